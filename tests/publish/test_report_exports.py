"""What CI systems and pull requests are told is what the report tells."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from markdown_it import MarkdownIt

from broadsheet.config import Config, Dataset
from broadsheet.publish.report import ReportFacts
from broadsheet.publish.report_aggregates import Aggregates, ReasonCount
from broadsheet.publish.report_exports import render_junit, render_summary
from broadsheet.records import Accounts, ExpectationResult, Severity, Verdict


def result(name, description="A rule.", **changes):
    members = {
        "id": name,
        "type": "t",
        "description": description,
        "column": "url",
        "severity": Severity.ERROR,
        "success": True,
        "evaluated": 10,
        "unexpected": 0,
    }
    return ExpectationResult(**members | changes)


def verdict(suite, *results, faults=()):
    return Verdict(
        suite=suite,
        data_sha256="5" * 64,
        rows=10,
        results=results,
        faults=faults,
        passed=not faults,
    )


def make_facts(batches=(), release=(), faults=(), reasons=()):
    return ReportFacts(
        config=Config(
            dataset=Dataset(name="brell", pretty_name="Brell", description="d", license="cc0-1.0")
        ),
        version="1.0.0",
        accounts=Accounts(raw=1200, published=1100, duplicates=60, quarantined=40),
        batches=verdict("broadsheet.batch", *batches),
        release=verdict("broadsheet.release", *release, faults=faults),
        aggregates=Aggregates(
            rows=10,
            quarantine=tuple(
                ReasonCount(reason=reason, stage="parse", records=4, samples=())
                for reason in reasons
            ),
        ),
    )


FAILED = {"success": False, "unexpected": 2, "samples": ("a1",)}
MIXED = make_facts(
    batches=[result("url-canonical", **FAILED), result("id-form")],
    release=[
        result("id-unique", "Ids differ.", severity=Severity.CRITICAL, **FAILED),
        result("title-stated", severity=Severity.WARNING, **FAILED),
    ],
    faults=("words-median raised: out of figs",),
    reasons=["content.empty"],
)


def test_junit_counts_what_stops_and_what_cannot_be_trusted():
    suites = {s.get("name"): s for s in etree.fromstring(render_junit(MIXED)).iter("testsuite")}
    release = suites["broadsheet.release"]
    assert (release.get("tests"), release.get("failures"), release.get("errors")) == ("3", "1", "1")
    assert [e.get("message") for e in release.iter("failure")] == ["Ids differ."]
    assert [e.get("message") for e in release.iter("error")] == ["words-median raised: out of figs"]
    assert suites["broadsheet.batch"].get("failures") == "0"


def test_junit_tells_what_is_only_reported():
    told = [e.text for e in etree.fromstring(render_junit(MIXED)).iter("system-out")]
    assert told == [
        "set aside: A rule. 2 of 10 fail (20%)\nSuch as: a1",
        "reported: A rule. 2 of 10 fail (20%)\nSuch as: a1",
    ]


def test_the_summary_tells_the_verdict_the_account_and_what_failed():
    summary = render_summary(MIXED)
    assert summary.startswith("### ❌ stopped: brell 1.0.0\n")
    assert "| 1,200 | 1,100 | 60 | 40 |" in summary
    assert "❌ stops: Ids differ. 2 of 10 fail (20%) (id-unique)" in summary
    assert "❌ cannot be trusted: words-median raised: out of figs" in summary
    assert "| content.empty | 4 |" in summary


def test_the_summary_of_a_good_release_is_short():
    assert render_summary(make_facts()).endswith("Every expectation holds.\n")


HOSTILE = [
    "<script>alert(1)</script>",
    "[x](javascript:alert(1))",
    "![x](https://evil.example/x.png)",
    "https://evil.example/",
    "a | b | c",
    "`code` **bold** ~~no~~",
    "\n---\n# Title\n",
    "@someone #12",
    "&lt;b&gt;",
    "\x1b[31mred\x1b[0m",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_markdown_shows_hostile_text_as_it_is(text):
    facts = make_facts(batches=[result("r", f"Rule {text} end", **FAILED)], reasons=[text])
    html = MarkdownIt("gfm-like", {"html": True, "linkify": False}).render(render_summary(facts))
    inert = MarkdownIt("gfm-like", {"html": True, "linkify": False}).render(
        render_summary(make_facts(batches=[result("r", "Rule plain end", **FAILED)], reasons=["q"]))
    )
    assert html.count("<") == inert.count("<")


@given(st.text())
def test_junit_is_always_well_formed(text):
    facts = make_facts(batches=[result("r", text, **FAILED)], faults=(text,))
    assert etree.fromstring(render_junit(facts)).tag == "testsuites"
