"""A release is compared with those before, and told in every form."""

import copy
from dataclasses import asdict, replace

import orjson
import pytest

from broadsheet.config import Config, Dataset
from broadsheet.pipeline.reporting import compared, report_files
from broadsheet.publish.report import Aggregates, ReportFacts, results_json
from broadsheet.records import Accounts, ExpectationResult, Severity, Verdict
from broadsheet.validate import load_suites

RULE = ExpectationResult(
    id="title-stated",
    type="t",
    description="A rule.",
    column="title",
    severity=Severity.WARNING,
    success=True,
    evaluated=100,
    unexpected=5,
)
VERDICT = Verdict(
    suite="s", data_sha256="5" * 64, rows=100, results=(RULE,), faults=(), passed=True
)
FACTS = ReportFacts(
    config=Config(
        dataset=Dataset(name="brell", pretty_name="Brell", description="d", license="cc0-1.0")
    ),
    version=None,
    accounts=Accounts(raw=100, published=100),
    batches=VERDICT,
    release=VERDICT,
    aggregates=Aggregates(rows=100, missing={"title": 5}, outlets={"The Brell Post": 100}),
)


@pytest.fixture
def release(tmp_path):
    """Write what is read of the releases before, and return the folder of the newest."""
    for version, rows in (("1.0.0", 300), ("1.1.0", 500), ("1.2.0", 900)):
        folder = tmp_path / "brell" / version / "validation"
        folder.mkdir(parents=True)
        aggregates = replace(FACTS.aggregates, rows=rows)
        facts = replace(FACTS, version=version, aggregates=aggregates)
        (folder / "results.json").write_bytes(results_json(facts))
    return tmp_path / "brell" / "1.1.0"


def test_a_first_release_is_compared_with_nothing():
    assert compared(FACTS, None) == FACTS


def test_a_release_is_compared_with_the_one_before(release):
    facts = compared(FACTS, release)
    moved = [result.id for result in facts.drift.results if not result.success]
    assert moved == ["drift.rows"]
    assert [past.version for past in facts.history] == ["1.0.0", "1.1.0"]
    assert facts.passed


def test_critical_drift_stops_a_release(release):
    drift = FACTS.config.drift.model_copy(update={"severity": "critical"})
    facts = replace(FACTS, config=FACTS.config.model_copy(update={"drift": drift}))
    assert not compared(facts, release).passed


@pytest.mark.parametrize("content", [None, {"format": "0"}])
def test_results_of_another_form_are_left_alone(release, content):
    path = release / "validation" / "results.json"
    for other in release.parent.glob("*/validation/results.json"):
        other.unlink()
    if content is not None:
        path.write_bytes(orjson.dumps(content | {"version": "1.1.0"} | copy.deepcopy(_minimum())))
    assert compared(FACTS, release).drift is None


def _minimum():
    accounts = asdict(FACTS.accounts)
    return {"accounts": accounts, "release": {"results": []}, "batches": {"results": []}}


def test_the_report_is_told_in_every_form():
    files = report_files(FACTS, "1.0.0", load_suites())
    assert set(files) == {
        "validation/index.html",
        "validation/results.json",
        "validation/junit.xml",
        "validation/summary.md",
    }
    assert all(b"1.0.0" in files[name] for name in files if not name.endswith(".xml"))
