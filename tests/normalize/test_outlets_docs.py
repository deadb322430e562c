"""What docs/outlets.md says is so."""

import re
import textwrap
from pathlib import Path

import pytest

from broadsheet.config import load_config
from broadsheet.normalize.outlets import CONFIDENCE, resolve
from broadsheet.normalize.outlets_registry import COLUMNS, CheckedBy, Kind

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "outlets.md").read_text(encoding="utf-8")
COLUMNS_PAGE = (ROOT / "flows/broadsheet/normalize/data/README.md").read_text(encoding="utf-8")
ABOUT = '[dataset]\nname = "x"\npretty_name = "X"\ndescription = "x"\nlicense = "mit"\n'


def examples(language):
    """Return the code blocks of the page in one language."""
    blocks = re.findall(rf"^ *```{language}\n(.*?)^ *```", PAGE, flags=re.DOTALL | re.MULTILINE)
    return [textwrap.dedent(block) for block in blocks]


def test_every_rule_is_explained_with_its_confidence():
    rows = dict(re.findall(r"^\| `([a-z.-]+)` \|.*\| \.(\d\d) \|$", PAGE, flags=re.MULTILINE))
    assert rows == {rule: f"{confidence:.2f}"[2:] for rule, confidence in CONFIDENCE.items()}


@pytest.mark.parametrize("word", [*COLUMNS, *Kind, "hand", "two-sources", "unchecked"])
def test_every_column_and_vocabulary_is_explained(word):
    assert f"`{word}`" in COLUMNS_PAGE


def test_the_example_tables_do_what_the_page_says(tmp_path):
    (tmp_path / "dataset.toml").write_text(ABOUT + "\n".join(examples("toml")), encoding="utf-8")
    config = load_config(tmp_path)
    added = resolve([], "https://www.gullbaygazette.example/a", config)
    left = resolve([], "https://gullbay.example/a", config)
    corrected = resolve([], "https://www.reuters.com/a", config)
    assert added.outlet.checked_by is CheckedBy.DATASET
    assert (left.outlet.id, left.rule) == ("gull-bay-gazette", "url.host-retired")
    assert corrected.outlet.time_zone == "America/New_York"


@pytest.mark.parametrize("code", examples("python"))
def test_the_example_code_runs(code, capsys):
    exec(compile(code, "docs/outlets.md", "exec"), {})  # noqa: S102 - the page's own examples
    assert capsys.readouterr().out
