"""A new dataset project: what ``broadsheet init`` writes."""

import re
import shutil
from datetime import date
from pathlib import Path

from broadsheet.config import FILE_NAME, NAME_PATTERN
from broadsheet.contract import main as write_contract
from broadsheet.errors import ConfigError
from broadsheet.validate import shipped_folder

_SETTINGS = """\
# What this dataset is, and how its raw files are read.
# Every key is explained in schemas/dataset.schema.json.

[dataset]
name = "{name}"
pretty_name = "{pretty_name}"
description = "What the articles are about, who collected them, and how."
# An identifier of the Hugging Face Hub, such as "cc-by-4.0"; "other" needs license_name.
license = "other"
license_name = "publishers-rights"
# BCP 47 tags of the languages that you know the corpus to hold.
languages = []

[sources]
# Put the raw files here, or name where they lie, such as "s3://bucket/folder".
path = "seeds"

[dates]
# The day of collection: no article can be younger. Change it when you add newer ones.
not_after = {today}

[validation]
# The suites of Great Expectations; yours to edit.
expectations = "expectations"
"""


def write_project(folder: Path, today: date) -> None:
    """Write dataset.toml, schemas/, expectations/ and an empty seeds/ into a new folder.

    Raises:
        ConfigError: the folder holds a dataset already, or its name cannot be a dataset's.

    """
    name = folder.resolve().name.lower()
    if not re.fullmatch(NAME_PATTERN, name):
        raise ConfigError(
            f"{folder.name!r} cannot be a dataset's name: use letters, digits, '-', '_' and '.'."
        )
    if (folder / FILE_NAME).exists():
        raise ConfigError(f"{folder / FILE_NAME} exists; it was left as it is.")
    (folder / "seeds").mkdir(parents=True, exist_ok=True)
    shutil.copytree(
        shipped_folder(), folder / "expectations", ignore=shutil.ignore_patterns("*.md")
    )
    write_contract(folder / "schemas")
    pretty_name = name.replace("-", " ").replace("_", " ").capitalize()
    settings = _SETTINGS.format(name=name, pretty_name=pretty_name, today=today.isoformat())
    (folder / FILE_NAME).write_text(settings, encoding="utf-8")
