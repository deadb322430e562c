"""What tests of more than one stage share."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd  # noqa: F401 - a command that does without it would leave pyarrow so for all
import pytest

# No test may reach the network or the user's own caches.
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["PREFECT_SERVER_ANALYTICS_ENABLED"] = "false"

Json = dict[str, Any]

SETTINGS = """
[dataset]
name = "valley"
pretty_name = "Valley news"
description = "Invented articles about an invented valley."
license = "cc0-1.0"

[dates]
not_after = 2026-01-01
"""

PLACES = ("Aldermoor", "Brackwater", "Corrin Bay", "Dunsmere", "Eastholm", "Farrow Hill")
SUBJECTS = ("bridge", "library", "harbour", "school", "orchard", "railway", "market", "theatre")


def story(number: int) -> str:
    """Return an invented article of some 60 words, another for each number."""
    place, subject = PLACES[number % len(PLACES)], SUBJECTS[number % len(SUBJECTS)]
    return (
        f"Work on the {subject} of {place} will begin in week {number}, the council said.\n\n"
        f"Residents had asked for a new {subject} for {number + 3} years, and the old one was "
        f"closed after the storm damaged its roof. The council set aside {number * 7 + 11} "
        "thousand crowns, and a fund of the province pays the rest.\n\n"
        f"“We are relieved that {place} will have its {subject} back,” a teacher said. "
        f"The work takes {number % 9 + 2} months.\n"
    )


@pytest.fixture
def write_corpus(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes a dataset's folder: files by name, and dataset.toml."""

    def write(
        files: Mapping[str, str | bytes],
        settings: str = SETTINGS,
        extra: str = "",
        name: str = "raw",
        dataset: str = "valley",
    ) -> Path:
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        (folder / "dataset.toml").write_text(
            settings.replace('"valley"', f'"{dataset}"') + extra, encoding="utf-8"
        )
        for path, content in files.items():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            data = content if isinstance(content, bytes) else content.encode()
            target.write_bytes(data)
        return folder

    return write


@pytest.fixture
def stories() -> Callable[[int], dict[str, str]]:
    """Return a function that gives so many files, each with another article."""
    return lambda count: {f"{i:03d}.txt": story(i) for i in range(count)}
