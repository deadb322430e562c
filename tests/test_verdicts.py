"""Verdicts survive JSON, and many become one."""

from dataclasses import replace

import pytest

from broadsheet.errors import StorageError
from broadsheet.records import ExpectationResult, Severity, Verdict
from broadsheet.verdicts import NO_ROWS, extended, from_json, is_empty, merge, to_json


def result(name="url", *, success=True, unexpected=0, samples=()):
    return ExpectationResult(
        id=name,
        type="expect_column_values_to_not_be_null",
        description="A rule.",
        column="url",
        severity=Severity.WARNING,
        success=success,
        evaluated=10,
        unexpected=unexpected,
        samples=samples,
    )


def verdict(*results, rows=10, faults=(), passed=True, digest="a" * 64):
    return Verdict(
        suite="broadsheet.batch",
        data_sha256=digest,
        rows=rows,
        results=results,
        faults=faults,
        passed=passed,
    )


EMPTY = verdict(rows=0, faults=(NO_ROWS,), passed=False)


def test_a_verdict_survives_json():
    judged = verdict(result(success=False, unexpected=1, samples=("x",)), faults=("f",))
    assert from_json(to_json(judged)) == judged


@pytest.mark.parametrize(
    "members",
    [
        {},
        {**to_json(verdict()), "results": [{}]},
        {**to_json(verdict()), "more": 1},
        {**to_json(verdict()), "results": 7},
    ],
)
def test_what_is_no_verdict_is_refused(members):
    with pytest.raises(StorageError, match="no stored verdict"):
        from_json(members)


def test_figures_are_summed_by_expectation():
    bad = result(success=False, unexpected=2, samples=("a", "b"))
    merged = merge([verdict(result()), verdict(bad, digest="b" * 64)])
    assert merged.rows == 20
    assert merged.results[0] == replace(bad, evaluated=20)
    assert merged.passed


def test_samples_are_few_and_differ():
    many = [verdict(result(samples=("same", f"id-{n}"))) for n in range(9)]
    assert merge(many).results[0].samples == ("same", "id-0", "id-1", "id-2", "id-3")


def test_one_batch_that_did_not_pass_stops_all():
    assert not merge([verdict(result()), verdict(result(), passed=False)]).passed


def test_faults_of_batches_are_faults_of_all():
    merged = merge([verdict(result()), verdict(result(), faults=("raised",), passed=False)])
    assert merged.faults == ("raised",)
    assert not merged.passed


def test_an_empty_batch_beside_others_is_no_fault():
    merged = merge([EMPTY, verdict(result()), EMPTY])
    assert merged.faults == ()
    assert merged.passed


def test_empty_batches_alone_never_pass():
    merged = merge([EMPTY, EMPTY])
    assert is_empty(merged)
    assert not merged.passed


def test_batches_judged_by_different_expectations_are_a_fault():
    merged = merge([verdict(result("url")), verdict(result("title"))])
    assert merged.faults
    assert not merged.passed


@pytest.mark.parametrize("verdicts", [[], [verdict(), replace(verdict(), suite="other")]])
def test_only_verdicts_of_one_suite_are_merged(verdicts):
    with pytest.raises(ValueError, match="one suite"):
        merge(verdicts)


@pytest.mark.parametrize(
    ("severity", "success", "passed"),
    [
        (Severity.CRITICAL, False, False),
        (Severity.ERROR, False, False),
        (Severity.WARNING, False, True),
        (Severity.CRITICAL, True, True),
    ],
)
def test_further_results_can_stop_a_release(severity, success, passed):
    more = replace(result("splits-leak", success=success), severity=severity)
    judged = extended(verdict(result()), more)
    assert [r.id for r in judged.results] == ["url", "splits-leak"]
    assert judged.passed is passed
