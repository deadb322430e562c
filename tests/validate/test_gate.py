"""What passes, what goes to quarantine, what stops a release, and what can never pass."""

from concurrent.futures import ThreadPoolExecutor

import pyarrow as pa
import pytest

from broadsheet.records import Accounts, Severity
from broadsheet.validate import Expectation, Suite, check_release, check_rows, engine, gate
from broadsheet.validate.engine import Finding
from broadsheet.validate.projection import project_batch
from broadsheet.verdicts import NO_ROWS, is_empty


def check_ten(table, suite, **accounts):
    figures = {"raw": 10, "published": 10} | accounts
    return check_release(
        lambda columns: [table.select(columns)],
        suite,
        accounts=Accounts(**figures),
        data_sha256="d1",
        quarantine_share_max=0.5,
    )


def failed(verdict):
    return {result.id for result in verdict.results if not result.success}


def make_suite(*expectations):
    return Suite(name="own", expectations=expectations)


def expect(kind="expect_column_values_to_not_be_null", severity=Severity.ERROR, **kwargs):
    return Expectation(
        id="rule", type=kind, kwargs=kwargs, severity=severity, description="A rule."
    )


def test_good_articles_pass(staged, suites):
    check = check_rows(staged(), suites.batch)
    assert check.verdict.passed
    assert check.failures == {}
    assert failed(check.verdict) == set()
    assert check.verdict.rows == 10


def test_a_bad_row_is_named_with_all_that_it_fails_and_does_not_stop_the_batch(staged, suites):
    table = staged({"url": "https://EXAMPLE.org/a b"}, {}, {"language": "english", "n_words": 3})
    check = check_rows(table, suites.batch)
    assert check.failures == {10: ("url-canonical",), 12: ("text-min-words", "language-tag")}
    assert check.verdict.passed


def test_samples_are_the_ids_of_failing_rows(staged, suites, id_of):
    check = check_rows(staged({"url": "ftp://example.org/"}), suites.batch)
    result = next(r for r in check.verdict.results if r.id == "url-canonical")
    assert result.samples == (id_of(10),)
    assert (result.evaluated, result.unexpected) == (11, 1)


def test_a_warning_sets_no_row_aside(staged, suites):
    check = check_rows(staged({"title": "Ox"}), suites.batch)
    assert failed(check.verdict) == {"title-length"}
    assert check.failures == {}
    assert check.verdict.passed


def test_a_critical_failure_of_a_row_stops_the_batch(staged):
    suite = make_suite(expect(severity=Severity.CRITICAL, column="title"))
    check = check_rows(staged({"title": None}), suite)
    assert not check.verdict.passed
    assert check.failures == {}


def test_an_error_of_the_table_stops_the_batch(staged):
    suite = make_suite(expect("expect_column_median_to_be_between", column="n_words", max_value=3))
    check = check_rows(staged(), suite)
    assert not check.verdict.passed
    assert check.failures == {}


def test_no_rows_are_a_fault_that_a_run_can_tell_from_others(staged, suites):
    check = check_rows(staged(good=0), suites.batch)
    assert check.verdict.faults == (NO_ROWS,)
    assert not check.verdict.passed
    assert is_empty(check.verdict)


def test_an_empty_suite_is_a_fault(staged):
    verdict = check_rows(staged(), make_suite()).verdict
    assert verdict.faults
    assert not verdict.passed


@pytest.mark.parametrize("column", ["no_such_column", "n_words"])
def test_an_expectation_that_raises_is_a_fault(staged, column):
    kind = "expect_column_values_to_be_canonical_url"
    suite = make_suite(expect(kind, severity=Severity.WARNING, column=column))
    verdict = check_rows(staged(), suite).verdict
    assert verdict.faults
    assert not verdict.passed


def test_an_expectation_that_was_not_judged_is_a_fault(staged, monkeypatch):
    monkeypatch.setattr(gate, "run_suite", lambda *_, **__: {})
    verdict = check_rows(staged(), make_suite(expect(column="id"))).verdict
    assert verdict.faults == ("rule was declared and not judged.",)
    assert not verdict.passed


def test_nothing_is_written(staged, suites, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    check_rows(staged(), suites.batch)
    assert list(tmp_path.iterdir()) == []


def test_failing_rows_that_are_not_named_are_a_fault(staged, monkeypatch):
    finding = Finding(id="rule", success=False, evaluated=10, unexpected=2, rows=(1,))
    monkeypatch.setattr(gate, "run_suite", lambda *_, **__: {"rule": finding})
    verdict = check_rows(staged(), make_suite(expect(column="id"))).verdict
    assert verdict.faults == ("rule failed 2 rows and named 1.",)


def test_the_digest_is_that_of_the_data(staged, suites):
    first = check_rows(staged(), suites.batch).verdict.data_sha256
    again = check_rows(staged(), suites.batch).verdict.data_sha256
    other = check_rows(staged({}), suites.batch).verdict.data_sha256
    assert first == again != other


def test_the_digest_does_not_depend_on_how_the_table_is_cut(staged, suites):
    table = staged()
    cut = pa.concat_tables([table.slice(0, 3), table.slice(3)])
    whole = check_rows(table, suites.batch).verdict
    assert check_rows(cut, suites.batch).verdict == whole


def test_another_schema_is_refused(staged, suites):
    with pytest.raises(ValueError, match="STAGED_ARTICLE_SCHEMA"):
        check_rows(staged().drop_columns(["url"]), suites.batch)


def test_a_good_release_passes(released, suites):
    verdict = check_ten(released(), suites.release)
    assert verdict.passed
    assert verdict.data_sha256 == "d1"
    assert failed(verdict) == set()


@pytest.mark.parametrize(
    ("accounts", "expectation"),
    [
        ({"raw": 11}, "accounts.balance"),
        ({"raw": 11, "published": 11}, "accounts.rows"),
        ({"raw": 30, "quarantined": 20}, "accounts.quarantine-share"),
    ],
)
def test_accounts_that_do_not_add_up_stop_a_release(released, suites, accounts, expectation):
    verdict = check_ten(released(), suites.release, **accounts)
    assert failed(verdict) == {expectation}
    assert not verdict.passed


def test_a_release_without_rows_has_a_fault(released, suites):
    verdict = check_ten(released(good=0), suites.release, raw=0, published=0)
    assert verdict.faults == (NO_ROWS,)
    assert not verdict.passed


def test_a_repeated_id_stops_a_release(released, suites):
    verdict = check_ten(
        released(id=["twice-00"] * 2 + [f"once-{n:04}" for n in range(8)]), suites.release
    )
    assert failed(verdict) == {"id-unique"}
    assert not verdict.passed


def test_threads_do_not_disturb_one_another(staged, suites):
    suite = make_suite(*suites.batch.expectations[-4:])
    tables = [staged({"notes": ("odd",)} if n % 2 else {}, good=n + 1) for n in range(4)]
    alone = [check_rows(table, suite) for table in tables]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(check_rows, tables * 2, [suite] * 8))
    assert together == alone * 2


def test_what_each_row_meets_is_counted_as_great_expectations_counts_it(staged, suites):
    table = staged(
        {"title": None, "url": None}, {"modified_at": None}, {"published_at": None}, {"id": "7"}
    )
    frame = project_batch(table)
    rules = [e for e in suites.batch.expectations if e.domain == "rows"]
    rules += [
        Expectation(
            id=f"{kind}-{missing}",
            type=kind,
            kwargs={"column_A": "modified_at", "column_B": "published_at"} | missing,
            severity=Severity.WARNING,
            description="",
        )
        for kind in ("expect_column_pair_values_a_to_be_greater_than_b",)
        for missing in (
            {},
            {"ignore_row_if": "both_values_are_missing"},
            {"ignore_row_if": "either_value_is_missing"},
        )
    ]
    rules += [
        Expectation(
            id=f"compound-{missing}",
            type="expect_compound_columns_to_be_unique",
            kwargs={"column_list": ["url", "title", "source_path"], "ignore_row_if": missing},
            severity=Severity.WARNING,
            description="",
        )
        for missing in ("all_values_are_missing", "any_value_is_missing", "never")
    ]
    suite = Suite(name="own", expectations=tuple(rules))

    quick = engine.run_suite(frame, suite, all_rows=True)
    in_full = engine.ask(engine.fetch(frame), rules, frame, all_rows=True)

    assert quick == in_full
    assert any(not finding.success for finding in quick.values())
