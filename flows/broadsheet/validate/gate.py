"""The gate: suites in, verdicts out. What cannot be trusted never passes."""

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import pyarrow as pa

from broadsheet.records import Accounts, ExpectationResult, Severity, Verdict
from broadsheet.tables import STAGED_ARTICLE_SCHEMA
from broadsheet.validate.engine import Finding, run_suite
from broadsheet.validate.portions import (
    MOST_SAMPLES,
    ReadColumns,
    columns_of,
    ids_of,
    judge_release,
)
from broadsheet.validate.projection import BATCH_COLUMNS, IdRule, project_batch
from broadsheet.validate.suites import Expectation, Suite
from broadsheet.verdicts import NO_ROWS

_FAULT_SHARE_MAX: Final = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class RowCheck:
    """What a suite says of a batch.

    Attributes:
        verdict: on the batch; rows that only fail expectations of severity *error* do not stop it.
        failures: for each row to quarantine, by its index, the ids of all expectations it fails.

    """

    verdict: Verdict
    failures: Mapping[int, tuple[str, ...]]


def check_rows(articles: pa.Table, suite: Suite, derive_id: IdRule | None = None) -> RowCheck:
    """Judge the staged articles of a batch.

    Args:
        articles: a table of ``tables.STAGED_ARTICLE_SCHEMA``.
        suite: as ``load_suites().batch``.
        derive_id: the rule that ids follow; without it nothing is said of them.

    Raises:
        ValueError: the table has another schema.

    """
    if not articles.schema.equals(STAGED_ARTICLE_SCHEMA):
        raise ValueError("check_rows needs a table of tables.STAGED_ARTICLE_SCHEMA")
    digest = table_sha256(articles)
    if not articles.num_rows:
        return RowCheck(verdict=_verdict(suite, digest, 0, [], [NO_ROWS]), failures={})
    frame = project_batch(articles, columns_of(suite, BATCH_COLUMNS), derive_id)
    findings = run_suite(frame, suite, all_rows=True) if suite.expectations else {}
    faults = [*_faults(findings, suite), *_unnamed(findings)]
    named = sorted({row for finding in findings.values() for row in finding.rows[:MOST_SAMPLES]})
    ids = dict(
        zip(named, articles.column("id").take(pa.array(named, pa.int64())).to_pylist(), strict=True)
    )
    results = [_result(e, findings[e.id], ids) for e in suite.expectations if e.id in findings]
    failures: dict[int, list[str]] = defaultdict(list)
    for expectation in suite.expectations:
        if expectation.domain == "rows" and expectation.severity is Severity.ERROR:
            for row in findings[expectation.id].rows if expectation.id in findings else ():
                failures[row].append(expectation.id)
    return RowCheck(
        verdict=_verdict(suite, digest, articles.num_rows, results, faults),
        failures={row: tuple(failures[row]) for row in sorted(failures)},
    )


def check_release(
    read: ReadColumns,
    suite: Suite,
    *,
    accounts: Accounts,
    data_sha256: str,
    quarantine_share_max: float,
    n_faults: int = 0,
) -> Verdict:
    """Judge the rows of a release, and that its accounts add up.

    Args:
        read: gives the named ones of ``RELEASE_COLUMNS`` of all written rows. It is called as
            often as the rules need, so that memory holds a portion of the rows.
        suite: as ``load_suites().release``.
        accounts: what became of the raw records.
        data_sha256: digest of the data that is judged; it stands in the verdict.
        quarantine_share_max: largest tolerable share of quarantined records, 0 to 1.
        n_faults: records that were lost because broadsheet itself raised.

    """
    rows = sum(len(table) for table in read(["id"]))
    own = [
        *_check_accounts(accounts, rows, quarantine_share_max),
        _check_faults(accounts, n_faults),
    ]
    if not rows:
        return _verdict(suite, data_sha256, 0, own, [NO_ROWS])
    findings = judge_release(read, suite, rows)
    faults = _faults(findings, suite)
    ids = ids_of(read, {row for finding in findings.values() for row in finding.rows})
    results = [_result(e, findings[e.id], ids) for e in suite.expectations if e.id in findings]
    return _verdict(suite, data_sha256, rows, [*own, *results], faults, is_release=True)


def table_sha256(table: pa.Table) -> str:
    """Return the SHA-256 of a table's schema and values, hexadecimal."""
    digest = hashlib.sha256()
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        for batch in table.combine_chunks().to_batches():
            writer.write_batch(batch)
    digest.update(sink.getvalue())
    return digest.hexdigest()


def _faults(findings: Mapping[str, Finding], suite: Suite) -> list[str]:
    """Say why findings cannot be trusted; nothing where they can."""
    if not suite.expectations:
        return ["The suite is empty; a suite of nothing proves nothing."]
    faults = [
        f"{name} raised: {finding.fault}"
        for name, finding in findings.items()
        if finding.fault is not None
    ]
    faults += [
        f"{expectation.id} was declared and not judged."
        for expectation in suite.expectations
        if expectation.id not in findings
    ]
    return sorted(faults)


def _unnamed(findings: Mapping[str, Finding]) -> list[str]:
    """Say which findings do not name each row that fails, so that it cannot be set aside."""
    return [
        f"{name} failed {finding.unexpected} rows and named {len(finding.rows)}."
        for name, finding in sorted(findings.items())
        if finding.unexpected != len(finding.rows)
    ]


def _result(
    expectation: Expectation, finding: Finding, ids: Mapping[int, str]
) -> ExpectationResult:
    samples = (ids[row] for row in finding.rows[:MOST_SAMPLES])
    return ExpectationResult(
        id=expectation.id,
        type=expectation.type,
        description=expectation.description,
        column=expectation.column,
        severity=expectation.severity,
        success=finding.success,
        evaluated=finding.evaluated,
        unexpected=finding.unexpected,
        observed=finding.observed,
        samples=tuple(samples),
    )


def _stops(result: ExpectationResult, domain: str, *, is_release: bool) -> bool:
    """Tell whether a result stops the publish."""
    if result.success or result.severity is Severity.WARNING:
        return False
    return is_release or result.severity is Severity.CRITICAL or domain == "table"


def _verdict(
    suite: Suite,
    digest: str,
    rows: int,
    results: Sequence[ExpectationResult],
    faults: Sequence[str],
    *,
    is_release: bool = False,
) -> Verdict:
    domains = {expectation.id: expectation.domain for expectation in suite.expectations}
    stopped = any(
        _stops(result, domains.get(result.id, "table"), is_release=is_release) for result in results
    )
    return Verdict(
        suite=suite.name,
        data_sha256=digest,
        rows=rows,
        results=tuple(results),
        faults=tuple(faults),
        passed=not faults and not stopped,
    )


def _check_faults(accounts: Accounts, faults: int) -> ExpectationResult:
    """Report each record that our own faults cost; where they are many, stop the release."""
    is_tolerable = faults <= _FAULT_SHARE_MAX * accounts.raw
    return ExpectationResult(
        id="accounts.faults",
        type="broadsheet_accounts",
        description="No record was lost to a fault of broadsheet itself; more than 1 % stop it.",
        column=None,
        severity=Severity.WARNING if is_tolerable else Severity.CRITICAL,
        success=not faults,
        evaluated=accounts.raw,
        unexpected=faults,
        observed=f"{faults} of {accounts.raw}" if faults else "",
    )


def _check_accounts(
    accounts: Accounts, rows: int, quarantine_share_max: float
) -> list[ExpectationResult]:
    """Judge what no single row shows; these are always part of a release's verdict."""
    share = accounts.quarantined / accounts.raw if accounts.raw else 0.0
    parts = accounts.published + accounts.duplicates + accounts.quarantined
    checks = (
        (
            "accounts.balance",
            "Each raw record is exactly one of published, duplicate or quarantined.",
            accounts.balanced,
            f"{accounts.raw} raw, {parts} accounted for",
        ),
        (
            "accounts.rows",
            "As many rows were written as records were published.",
            rows == accounts.published,
            f"{rows} rows, {accounts.published} published",
        ),
        (
            "accounts.quarantine-share",
            f"At most {quarantine_share_max:.1%} of the records are quarantined.",
            share <= quarantine_share_max,
            f"{share:.1%}",
        ),
    )
    return [
        ExpectationResult(
            id=name,
            type="broadsheet_accounts",
            description=description,
            column=None,
            severity=Severity.CRITICAL,
            success=success,
            evaluated=0,
            unexpected=0,
            observed=observed,
        )
        for name, description, success, observed in checks
    ]
