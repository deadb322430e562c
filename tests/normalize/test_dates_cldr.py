"""Dates of 42 languages in the patterns of Unicode CLDR, as ``cldr_dates.csv`` holds them.

The file was rendered with Babel 2.18: six days in the full, long, medium and short pattern.
"""

import csv
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from broadsheet.normalize.dates import StatedDate, read_date
from broadsheet.normalize.locality import NOWHERE, Locality

with (Path(__file__).parent / "cldr_dates.csv").open(encoding="utf-8", newline="") as file:
    ROWS = list(csv.DictReader(file))


def outcomes(rows, *, knows_language):
    """Count what is right, wrong and left out."""
    counts = Counter()
    for row in rows:
        locality = Locality(languages=(row["language"],)) if knows_language else NOWHERE
        stated = read_date(row["text"], locality)
        day = stated.on if isinstance(stated, StatedDate) else None
        outcome = "right" if day == date.fromisoformat(row["day"]) else "wrong"
        counts["null" if day is None else outcome] += 1
    return counts


@pytest.mark.parametrize("pattern", ["full", "long", "medium", "short"])
def test_with_the_language_known_nearly_all_are_right_and_none_is_wrong(pattern):
    rows = [row for row in ROWS if row["pattern"] == pattern]

    counts = outcomes(rows, knows_language=True)

    assert len({row["language"] for row in rows}) == 42
    assert counts["right"] >= 0.99 * len(rows)
    assert counts["wrong"] == 0


def test_without_a_language_months_in_words_are_read_all_the_same():
    rows = [row for row in ROWS if row["pattern"] in {"full", "long"}]

    counts = outcomes(rows, knows_language=False)

    assert counts["right"] >= 0.97 * len(rows)
    assert counts["wrong"] == 0


def test_without_a_language_digits_are_never_read_the_wrong_way_round():
    rows = [row for row in ROWS if row["pattern"] == "short"]

    assert outcomes(rows, knows_language=False)["wrong"] == 0
