"""Each expectation of the shipped suites fires on a planted fault: none is there for show."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pyarrow as pa
import pytest

from broadsheet.records import Accounts, Evidence, Severity, Source
from broadsheet.validate import Suite, check_release, check_rows
from broadsheet.validate.engine import run_suite

GERMAN = (
    "Der Rat hat am Montag beschlossen, das alte Becken vor dem Winter auszubaggern, und die "
    "Boote müssen nicht mehr auf die Flut warten, wie es bei der Sitzung hieß. Für die Arbeit "
    "sind sechs Wochen geplant, und der Hafen wird auf einer Seite gesperrt, sagte der Meister."
)


def source(**changes):
    return Source("raw/x.txt", None, 0, 400, "a" * 64, "text")._replace(**changes)


def text(body):
    return {"text": body, "n_chars": len(body), "n_words": len(body.split())}


# For each expectation of rows in batch.json one article, good but for what breaks it.
FAULTY_ARTICLES = {
    "id-present": {"id": None},
    "id-form": {"id": "7"},
    "id-derived": {"id": "abcdefgh23456777"},
    "text-present": text("") | {"n_words": 40},
    "text-min-words": {"n_words": 19},
    "text-clean": text("It rained\u202e in Brell. " * 9 + "End."),
    "text-trimmed": text("It rained  in Brell. " * 9 + "End."),
    "text-chrome": text("It rained in Brell. " * 9 + "Then\n\nComments are closed."),
    "text-length": {"n_chars": 1},
    "text-words-below-chars": {"n_words": 10**6},
    "title-clean": {"title": "Rain\u200b in Brell"},
    "title-length": {"title": "Ox"},
    "url-canonical": {"url": "HTTPS://news.example:443/a"},
    "outlet-domain-form": {"outlet_domain": "the brell post"},
    "outlet-country-form": {"outlet_country": "gb"},
    "outlet-known": {"notes": ("outlet.unknown",)},
    "authors-names": {"authors": ("https://news.example/author/7",)},
    "agencies-names": {"agencies": ("wire@agency.example",)},
    "published-on-plausible": {"published_on": date(1604, 12, 31)},
    "published-precision-known": {"published_precision": "hour"},
    "modified-after-published": {"modified_at": datetime(2024, 3, 4, 9, 29, tzinfo=UTC)},
    "language-tag": {"language": "english"},
    "language-fits-text": text(GERMAN) | {"language": "en"},
    "language-score-range": {"language_score": 1.5},
    "source-path-relative": {"source": source(path="raw/../../secret.txt")},
    "source-offset-range": {"source": source(offset=-1)},
    "source-length-range": {"source": source(length=0)},
    "source-sha256-form": {"source": source(sha256="A" * 64)},
    "evidence-sound": {
        "evidence": (Evidence(field="title", rule="heading", confidence=1.5, excerpt=""),)
    },
    "notes-known": {"notes": ("text.polished",)},
}

# For each expectation of release.json the columns of ten rows, good but for what breaks it.
FAULTY_RELEASES = {
    "id-present": {"id": [None, *[f"id-{n}" for n in range(9)]]},
    "id-unique": {"id": ["twice", "twice", *[f"id-{n}" for n in range(8)]]},
    "url-unique": {"url": ["https://news.example/1"] * 2 + [None] * 8},
    "source-unique": {"source_path": ["a"] * 10, "source_sha256": ["b"] * 10},
    "text-min-words": {"n_words": [19] + [90] * 9},
    "language-present": {"language": [None] + ["en"] * 9},
    "language-told": {"language": ["und"] * 2 + ["en"] * 8},
    "cluster-present": {"cluster": [None] + ["c"] * 9},
    "cluster-in-one-split": {"cluster": ["c"] * 10, "split": ["test"] + ["train"] * 9},
    "story-in-one-split": {"story": ["s"] * 10, "split": ["test"] + ["train"] * 9},
    "duplicate-count-range": {"duplicate_count": [-1] + [0] * 9},
    "title-stated": {"title": [None] * 4 + ["A title"] * 6},
    "url-stated": {"url": [None] * 10},
    "outlet-stated": {"outlet": [None] * 6 + ["The Brell Post"] * 4},
    "published-on-stated": {"published_on": [None] * 6 + [date(2024, 3, 4)] * 4},
    "published-precision-known": {"published_precision": ["hour"] + ["day"] * 9},
    "words-median": {"n_words": [6_000] * 10},
}


def stricter(suite):
    """Make each failing row of a suite count, so that one table can hold all faults."""
    return Suite(
        name=suite.name,
        expectations=tuple(
            replace(
                expectation,
                severity=Severity.ERROR,
                kwargs={k: v for k, v in expectation.kwargs.items() if k != "mostly"},
            )
            for expectation in suite.expectations
        ),
    )


def of_rows(suite):
    return {e.id for e in suite.expectations if e.domain == "rows"}


def derived_ids(table):
    """Return a rule that gives each URL the id that it has, but for the one that is planted."""
    ids = dict(zip(table["url"].to_pylist(), table["id"].to_pylist(), strict=True))
    number = 1 + list(FAULTY_ARTICLES).index("id-derived")
    return (ids | {table["url"][number].as_py(): "another"}).get


@pytest.fixture(scope="module")
def failures(staged, suites):
    """Return what each faulty article fails, by its expectation."""
    table = staged(*FAULTY_ARTICLES.values(), good=1)
    check = check_rows(table, stricter(suites.batch), derived_ids(table))
    assert check.verdict.faults == ()
    assert 0 not in check.failures
    return {name: check.failures.get(n + 1, ()) for n, name in enumerate(FAULTY_ARTICLES)}


def test_each_expectation_of_rows_has_its_fault(suites):
    assert set(FAULTY_ARTICLES) == of_rows(suites.batch)


@pytest.mark.parametrize("name", FAULTY_ARTICLES)
def test_an_expectation_of_rows_fires(failures, name):
    assert name in failures[name]


# Where one fault breaks several rules, they are about the same thing.
RELATED = {
    "id-form": {"id-present"},
    "text-clean": {"text-trimmed"},
    "text-length": {"text-words-below-chars"},
    "text-present": {"text-words-below-chars"},
}


@pytest.mark.parametrize("name", FAULTY_ARTICLES)
def test_a_fault_fails_nothing_else(failures, name):
    assert set(failures[name]) - {name} <= RELATED.get(name, set())


def test_each_expectation_of_the_release_has_its_fault(suites):
    names = {expectation.id for expectation in suites.release.expectations}
    assert set(FAULTY_RELEASES) == names - {"rows-present"}


@pytest.mark.parametrize("name", FAULTY_RELEASES)
def test_an_expectation_of_the_release_fires(released, suites, name):
    table = released(**FAULTY_RELEASES[name])
    rule = next(e for e in suites.release.expectations if e.id == name)
    verdict = check_release(
        lambda columns: [table.select(columns)],
        Suite(name="own", expectations=(rule,)),
        accounts=Accounts(raw=10, published=10),
        data_sha256="",
        quarantine_share_max=0.5,
    )
    assert name in {result.id for result in verdict.results if not result.success}
    assert verdict.passed == (rule.severity is Severity.WARNING)
    assert verdict.faults == ()


@pytest.mark.parametrize("name", ["batch", "release"])
def test_the_rule_that_there_are_rows_fires(suites, name):
    suite = getattr(suites, name)
    rule = tuple(e for e in suite.expectations if e.id == "rows-present")
    frame = pa.table({"id": pa.array([], pa.string())}).to_pandas()
    findings = run_suite(frame, Suite(name="own", expectations=rule), all_rows=True)
    assert not findings["rows-present"].success
