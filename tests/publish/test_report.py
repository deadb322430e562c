"""The report says what happened, to people and to programs, and no more than that."""

import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import jsonschema
import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from broadsheet.config import Config, Dataset
from broadsheet.errors import StorageError
from broadsheet.publish import report_charts as charts
from broadsheet.publish.report import (
    FileAccount,
    ReportFacts,
    aggregate,
    format_share,
    list_checks,
    read_history,
    render_report,
    results_json,
)
from broadsheet.publish.report_aggregates import Aggregates, ReasonCount
from broadsheet.publish.report_exports import render_summary
from broadsheet.records import Accounts, ExpectationResult, Rejection, Severity, Source, Verdict
from broadsheet.tables import ARTICLE, rejections_to_table

SCHEMA = Path(__file__).parents[2] / "schemas" / "validation.schema.json"
SOURCE = Source("raw/a.txt", None, 0, 10, "a" * 64, "text")


def result(name="title-stated", **changes):
    members = {
        "id": name,
        "type": "expect_column_values_to_not_be_null",
        "description": f"The rule {name} holds.",
        "column": "title",
        "severity": Severity.ERROR,
        "success": True,
        "evaluated": 10,
        "unexpected": 0,
    }
    return ExpectationResult(**members | changes)


def verdict(*results, suite="broadsheet.batch", faults=()):
    return Verdict(
        suite=suite,
        data_sha256="5" * 64,
        rows=10,
        results=results,
        faults=faults,
        passed=not faults and all(r.success or r.severity != "critical" for r in results),
    )


def make_facts(**changes):
    members = {
        "config": Config(
            dataset=Dataset(name="brell", pretty_name="Brell", description="d", license="cc0-1.0")
        ),
        "version": "1.0.0",
        "accounts": Accounts(raw=12, published=10, duplicates=1, quarantined=1),
        "batches": verdict(result()),
        "release": verdict(result("id-unique"), suite="broadsheet.release"),
        "aggregates": Aggregates(rows=10, words=500, months={"2024-02": 4, "2024-04": 6}),
    }
    return ReportFacts(**members | changes)


def article_row(number, **changes):
    row = {field.name: None if field.nullable else _filler(field.type) for field in ARTICLE.schema}
    name = f"article-{number}"
    return row | {"id": name, "cluster": name, "n_words": 60, "language": "en"} | changes


def _filler(kind):
    if pa.types.is_list(kind):
        return []
    if pa.types.is_boolean(kind):
        return False
    return "" if pa.types.is_string(kind) or pa.types.is_large_string(kind) else 0


@pytest.fixture
def parquet(tmp_path):
    """Write article rows as a Parquet file of a release."""

    def write(*rows):
        path = tmp_path / "train-00000-of-00001.parquet"
        pq.write_table(pa.Table.from_pylist(list(rows), ARTICLE.schema), path)
        return path

    return write


class Tags(HTMLParser):
    """Collects the names of all elements and the names of their attributes."""

    def __init__(self, page):
        super().__init__()
        self.names, self.attributes = set(), set()
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.names.add(tag)
        self.attributes |= {name for name, _ in attrs}


def test_the_first_screen_tells_verdict_and_account():
    page = render_report(make_facts())
    assert "Passed" in page
    assert "12 raw records: 10 published, 1 duplicates, 1 quarantined" in page
    assert "Nothing: every expectation holds." in page


@pytest.mark.parametrize("files", [1, 2])
def test_the_page_tells_each_file_and_how_many_others_there_are(files):
    others = FileAccount(path=None, files=files, raw=2)
    page = render_report(make_facts(files=(FileAccount(path="a.warc.gz", raw=10), others)))

    assert "<bdi>a.warc.gz</bdi>" in page
    assert f"{files} other file{'s' if files > 1 else ''}<" in page


@pytest.mark.parametrize(
    ("batches", "release", "state"),
    [
        (result(success=False, unexpected=2), None, "set aside"),
        (result(success=False, unexpected=2, severity=Severity.CRITICAL), None, "stops"),
        (result(success=False, evaluated=0, observed="3"), None, "stops"),
        (result(success=False, unexpected=2, severity=Severity.WARNING), None, "reported"),
        (None, result(success=False, unexpected=2), "stops"),
        (None, result(success=False, unexpected=2, severity=Severity.WARNING), "reported"),
    ],
)
def test_what_failed_stands_first_with_what_follows(batches, release, state):
    facts = make_facts(
        batches=verdict(batches or result()), release=verdict(release or result("id-unique"))
    )
    first, *others = list_checks(facts)
    assert first.state == state
    assert {check.state for check in others} == {"held"}


def test_a_stopped_release_says_why():
    fault = "id-unique raised: out of figs"
    facts = make_facts(release=verdict(faults=(fault,)), version=None)
    page = render_report(facts)
    assert "Stopped" in page
    assert fault in page
    assert "There is no release to load." in page


def test_accounts_that_do_not_add_up_are_seen():
    facts = make_facts(accounts=Accounts(raw=12, published=10))
    assert not facts.passed
    assert "12 raw records, 10 accounted for" in render_report(facts)


def test_the_page_needs_nothing_from_elsewhere():
    page = render_report(make_facts())
    assert "default-src 'none'; style-src 'unsafe-inline'; img-src data:" in page
    tags = Tags(page)
    assert not tags.names & {"script", "link", "iframe", "object", "embed", "img", "base", "form"}
    assert not {name for name in tags.attributes if name.startswith("on")}
    assert not re.search(r"@import|url\(", page)


HOSTILE = "</title></style><script>x</script><img src=x onerror=x>{{7*7}}\"'{% raw %}"


def test_scraped_strings_stay_text():
    config = Config(
        dataset=Dataset(name="b", pretty_name=HOSTILE, description=HOSTILE, license="cc0-1.0")
    )
    bad = result(success=False, unexpected=1, samples=(HOSTILE,), description=HOSTILE)
    rejection = Rejection(
        source=SOURCE._replace(path=HOSTILE, member=HOSTILE),
        stage=HOSTILE,
        reason=HOSTILE,
        detail=HOSTILE,
        excerpt=HOSTILE,
    )
    figures = Aggregates(
        rows=10,
        outlets={HOSTILE: 1},
        languages={HOSTILE: 1},
        notes={HOSTILE: 1},
        precisions={HOSTILE: 1},
    )
    facts = make_facts(
        config=config,
        batches=verdict(bad, faults=(HOSTILE,)),
        aggregates=figures,
        skipped=((HOSTILE, 1),),
    )
    page = render_report(
        replace(facts, aggregates=replace(figures, quarantine=_reasons(rejection)))
    )
    tags = Tags(page)
    assert "{{7*7}}" in page
    assert not tags.names & {"script", "img"}
    assert page.count("</title>") == page.count("</style>") == 1
    assert not {name for name in tags.attributes if name.startswith("on")}


def _reasons(*rejections):
    table = rejections_to_table(rejections)
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink)
    return aggregate([], [pa.BufferReader(sink.getvalue())]).quarantine


def test_the_results_meet_their_schema():
    schema = orjson.loads(SCHEMA.read_bytes())
    jsonschema.Draft202012Validator.check_schema(schema)
    bad = result(success=False, unexpected=2, samples=("a",))
    rejection = Rejection(source=SOURCE, stage="parse", reason="content.empty")
    figures = Aggregates(rows=1, lengths={0: 1}, quarantine=_reasons(rejection))
    files = (FileAccount(path="a.warc.gz", raw=10), FileAccount(path=None, files=7, raw=2))
    for facts in (
        make_facts(files=files),
        make_facts(batches=verdict(bad), version=None, aggregates=figures),
    ):
        jsonschema.validate(orjson.loads(results_json(facts)), schema)


def test_the_report_is_the_same_each_time():
    assert render_report(make_facts()) == render_report(make_facts())
    assert results_json(make_facts()) == results_json(make_facts())


def test_figures_are_counted_over_all_files(parquet):
    path = parquet(
        article_row(1, outlet="The Brell Post", published_on=date(2024, 2, 29), n_words=49),
        article_row(2, outlet="The Brell Post", title="Copied", duplicate_count=2, n_words=50),
        article_row(3, language="und", authors=["Ilse Amonde"], cluster="article-2"),
        article_row(4, is_truncated=True, is_paywalled=True, notes=["text.truncated"]),
    )
    figures = aggregate([path, path])
    assert figures.rows == 8
    assert figures.words == 2 * (49 + 50 + 60 + 60)
    assert figures.outlets == {"The Brell Post": 4}
    assert figures.languages == {"en": 6, "und": 2}
    assert figures.months == {"2024-02": 2}
    assert figures.missing["authors"] == 6
    assert figures.missing["language"] == 2
    assert figures.missing["outlet"] == 4
    assert figures.lengths[0] == 2
    assert figures.lengths[50] == 6
    assert (figures.truncated, figures.paywalled, figures.clustered) == (2, 2, 2)
    assert figures.notes == {"text.truncated": 2}
    assert [(c.title, c.copies) for c in figures.copied] == [("Copied", 2), ("Copied", 2)]


def test_quarantined_records_are_counted_by_reason_with_some_samples():
    rejections = [
        Rejection(source=SOURCE, stage="parse", reason="content.empty", excerpt=f"no {n}")
        for n in range(5)
    ] + [Rejection(source=SOURCE._replace(member="m"), stage="sources", reason="type.mismatch")]
    first, second = _reasons(*rejections)
    assert (first.reason, first.records, len(first.samples)) == ("content.empty", 5, 3)
    assert second.samples[0].source == "raw/a.txt › m"


def test_a_reason_that_two_stages_gave_is_told_with_all_its_records():
    counts = [
        ("content.empty", "parse", 40),
        ("json.syntax", "sources", 9),
        ("content.empty", "sources", 7),
    ]
    found = tuple(
        ReasonCount(reason=reason, stage=stage, records=records, samples=())
        for reason, stage, records in counts
    )
    facts = make_facts(
        accounts=Accounts(raw=100, published=44, quarantined=56),
        aggregates=replace(make_facts().aggregates, quarantine=found),
    )

    assert facts.aggregates.reasons == {"content.empty": 47, "json.syntax": 9}
    assert '<dd class="value">47</dd>' in render_report(facts)
    assert "| content.empty | 47 |" in render_summary(facts)


def test_nothing_at_all_can_be_reported():
    nothing = make_facts(accounts=Accounts(), aggregates=aggregate([]), version=None)
    assert "No raw record was read." in render_report(nothing)


@pytest.mark.parametrize(
    ("share", "words"),
    [(0, "0%"), (1, "100%"), (0.5, "50%"), (0.123, "12.3%"), (1e-6, "<0.1%"), (0.99999, ">99.9%")],
)
def test_small_shares_are_not_rounded_away(share, words):
    assert format_share(share) == words


def test_a_single_record_in_a_million_is_seen_in_the_flow():
    bands = charts.flow(Accounts(raw=10**6, published=10**6 - 1, quarantined=1)).bands
    assert [band.height > 0 for band in bands] == [True, False, True]
    assert all(0 < band.label_at < 1 for band in bands)


@pytest.mark.parametrize(
    ("months", "labels"),
    [
        ({}, []),
        ({"2024-02": 1}, ["2024-02"]),
        ({"2023-12": 1, "2024-02": 1}, ["2023-12", "2024-01", "2024-02"]),
        ({"2010-01": 1, "2019-01": 1}, [str(year) for year in range(2010, 2020)]),
        ({"1850-01": 1, "1999-12": 1}, [f"{year}s" for year in range(1850, 2000, 10)]),
    ],
)
def test_time_has_no_gaps_and_few_steps(months, labels):
    columns = charts.over_time(months)
    assert [column.label for column in columns] == labels
    assert sum(column.count for column in columns) == sum(months.values())


def test_many_bars_are_summed_into_one():
    bars = charts.bars({str(n): 1 for n in range(20)}, 20, most_bars=5)
    assert [bar.label for bar in bars] == ["0", "1", "2", "3", "16 others"]
    assert sum(bar.count for bar in bars) == 20


def past(version, failing):
    return {
        "version": version,
        "accounts": {"published": 8, "quarantined": 1},
        "release": {"results": []},
        "batches": {
            "results": [
                {"id": "title-stated", "evaluated": 10, "unexpected": failing},
                {"id": "words-median", "evaluated": 0, "unexpected": 0},
            ]
        },
    }


def test_the_trend_stands_beside_the_expectation(tmp_path):
    paths = []
    for version, failing in (("1.0.0", 1), ("1.1.0", 3)):
        paths.append(tmp_path / f"{version}.json")
        paths[-1].write_bytes(orjson.dumps(past(version, failing)))
    history = read_history([*paths, tmp_path / "missing.json"])
    facts = make_facts(history=history, version="1.2.0")
    check = next(check for check in list_checks(facts) if check.result.id == "title-stated")
    assert check.trend == (("1.0.0", 0.1), ("1.1.0", 0.3))
    page = render_report(facts)
    assert "before: 1.0.0 10%, 1.1.0 30%" in page
    assert "8 before, 10 now" in page


def test_a_damaged_history_is_an_error(tmp_path):
    path = tmp_path / "results.json"
    path.write_text('{"version": "1.0.0"}')
    with pytest.raises(StorageError, match="no validation results"):
        read_history([path])


def test_drift_is_reported_and_can_stop_a_release():
    moved = result("drift.rows", success=False, evaluated=0, observed="9 before, 1 now")
    drift = verdict(moved, suite="broadsheet.drift")
    facts = make_facts(drift=replace(drift, passed=False))
    assert not facts.passed
    assert "9 before, 1 now" in render_report(facts)
    schema = orjson.loads(SCHEMA.read_bytes())
    jsonschema.validate(orjson.loads(results_json(facts)), schema)
