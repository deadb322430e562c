"""docs/validation.md tells of every column that is measured and every type of our own."""

from pathlib import Path

import orjson
import pytest

from broadsheet.validate import shipped_folder
from broadsheet.validate.catalogue import KINDS
from broadsheet.validate.projection import MEASURED

PAGE = (Path(__file__).parents[2] / "docs" / "validation.md").read_text(encoding="utf-8")
OWN = (
    "expect_column_values_to_be_canonical_url",
    "expect_column_values_to_be_language_tags",
    "expect_column_values_to_be_plausible_days",
    "expect_column_values_to_be_known_outlets",
    "expect_column_values_to_be_free_of_page_chrome",
    "expect_column_values_to_fit_their_language",
    "expect_column_values_to_be_derived_ids",
    "expect_column_pair_groups_of_a_to_share_one_b",
)


@pytest.mark.parametrize("name", MEASURED)
def test_a_measured_column_is_documented(name):
    assert f"`{name}`" in PAGE


@pytest.mark.parametrize("name", OWN)
def test_a_type_of_our_own_is_documented_with_its_arguments(name):
    (row,) = (line for line in PAGE.splitlines() if line.startswith(f"| `{name}`"))
    assert all(f"`{argument}`" in row for argument in KINDS[name].required)


def test_the_example_is_a_shipped_expectation():
    example = orjson.loads(PAGE.partition("```json\n")[2].partition("```")[0])
    suite = orjson.loads((shipped_folder() / "batch.json").read_bytes())
    shipped = next(e for e in suite["expectations"] if e["id"] == example["id"])
    assert shipped == example
