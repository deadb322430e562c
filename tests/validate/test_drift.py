"""A scraper that broke is noticed; a corpus that only grew is not."""

import copy

import pytest

from broadsheet.config import Drift
from broadsheet.validate import check_drift

BEFORE = {
    "accounts": {"raw": 1100, "published": 1000, "duplicates": 50, "quarantined": 50},
    "release": {"data_sha256": "d1"},
    "figures": {
        "rows": 1000,
        "missing": {"title": 10, "published_on": 50},
        "outlets": {"The Brell Post": 600, "Ostmark Kurier": 380, "Radio Vell": 20},
        "languages": {"en": 600, "de": 400},
        "formats": {"warc": 1000},
        "precisions": {"day": 1000},
        "lengths": {"200": 500, "400": 500},
    },
}


def change(accounts=None, **figures):
    results = copy.deepcopy(BEFORE)
    results["accounts"] |= accounts or {}
    results["figures"] |= figures
    return results


def moved(current, previous=BEFORE, **settings):
    verdict = check_drift(current, previous, Drift(**settings))
    return {result.id.removeprefix("drift.") for result in verdict.results if not result.success}


GROWN = change(
    rows=1100,
    missing={"title": 12, "published_on": 55},
    outlets={"The Brell Post": 660, "Ostmark Kurier": 418, "Radio Vell": 22},
)


@pytest.mark.parametrize("current", [BEFORE, GROWN])
def test_the_same_and_growth_are_no_drift(current):
    assert moved(current) == set()


@pytest.mark.parametrize(
    ("current", "found"),
    [
        (change(rows=799), {"rows"}),
        (change(missing={"title": 300, "published_on": 50}), {"missing.title"}),
        (
            change(outlets={"The Brell Post": 980, "Radio Vell": 20}),
            {"shares.outlet", "vanished.outlet"},
        ),
        (change(languages={"en": 1000}), {"shares.language"}),
        (change(languages={"en": 590, "de": 400, "tl": 10}), {"new.language"}),
        (change(formats={"html": 1000}), {"shares.source_format", "new.source_format"}),
        (
            change(precisions={"day": 700, "unknown": 300}),
            {"shares.published_precision", "new.published_precision"},
        ),
        (change(lengths={"50": 300, "200": 350, "400": 350}), {"shares.n_words"}),
        (change(accounts={"raw": 1300, "quarantined": 250}), {"quarantine"}),
    ],
)
def test_what_moved_is_named(current, found):
    assert moved(current) == found


def test_a_field_that_was_lost_last_month_is_seen_among_the_added_rows():
    current = change(rows=1100, missing={"title": 10, "published_on": 150})
    assert moved(current) == {"added.published_on"}


def test_a_small_addition_tells_nothing():
    current = change(rows=1010, missing={"title": 20, "published_on": 50})
    assert moved(current) == set()


def test_a_small_release_before_tells_nothing():
    verdict = check_drift(change(rows=2), change(rows=20), Drift())
    assert verdict.results == ()
    assert verdict.passed


@pytest.mark.parametrize(("severity", "passed"), [("warning", True), ("critical", False)])
def test_drift_stops_a_release_where_it_is_critical(severity, passed):
    verdict = check_drift(change(rows=100), BEFORE, Drift(severity=severity))
    assert verdict.passed is passed
    assert verdict.data_sha256 == "d1"


def test_thresholds_can_be_set():
    assert moved(change(rows=799), rows_drop=0.5) == set()


def test_nothing_left_is_never_a_pass():
    empty = change(
        rows=0, missing={}, outlets={}, languages={}, formats={}, precisions={}, lengths={}
    )
    verdict = check_drift(empty, BEFORE, Drift())
    assert verdict.faults
    assert not verdict.passed
