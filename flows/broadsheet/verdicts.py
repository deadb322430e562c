"""Verdicts as JSON, and many verdicts as one."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields, replace
from typing import Any, Final

import orjson

from broadsheet.errors import StorageError
from broadsheet.records import ExpectationResult, Severity, Verdict

NO_ROWS: Final = "There are no rows; nothing can be said of nothing."
"""The fault of a verdict on an empty table."""

_MOST_SAMPLES: Final = 5


def is_empty(verdict: Verdict) -> bool:
    """Tell whether a verdict fails for nothing but that there was nothing to judge.

    A batch whose records were all quarantined before has such a verdict; it does not stop a run
    whose other batches have rows.
    """
    return verdict.rows == 0 and verdict.faults == (NO_ROWS,)


def extended(verdict: Verdict, *results: ExpectationResult) -> Verdict:
    """Return the verdict on a release with further results; one that stops it makes it fail."""
    stopped = any(not r.success and r.severity is not Severity.WARNING for r in results)
    every = (*verdict.results, *results)
    return replace(verdict, results=every, passed=verdict.passed and not stopped)


def to_json(verdict: Verdict) -> dict[str, Any]:
    """Return a verdict as values of JSON."""
    members: dict[str, Any] = orjson.loads(orjson.dumps(asdict(verdict)))
    return members


def from_json(members: Mapping[str, Any]) -> Verdict:
    """Return the verdict that :func:`to_json` gave.

    Raises:
        StorageError: it is something else.

    """
    try:
        lists = {
            "results": tuple(_result(item) for item in members["results"]),
            "faults": tuple(members["faults"]),
        }
        return Verdict(**{**members, **lists})
    except (ValueError, TypeError, KeyError) as error:
        raise StorageError(f"This is no stored verdict: {error}.") from error


def _result(members: dict[str, Any]) -> ExpectationResult:
    known = {f.name for f in fields(ExpectationResult)}
    if set(members) != known:
        raise ValueError(f"the members {sorted(set(members) ^ known)} are missing or unknown")
    severity = Severity(members["severity"])
    return ExpectationResult(
        **members | {"severity": severity, "samples": tuple(members["samples"])}
    )


def merge(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the verdict on several tables of one suite: figures summed by expectation.

    The digest is the SHA-256 of the digests, in their order. An empty table beside others with
    rows is no fault; only empty tables are one.

    Raises:
        ValueError: there is no verdict, or they are of different suites.

    """
    every = list(verdicts)
    names = {verdict.suite for verdict in every}
    if len(names) != 1:
        raise ValueError(f"verdicts of one suite are needed, found those of {sorted(names)}")
    judged = [verdict for verdict in every if not is_empty(verdict)] or every[:1]
    first = judged[0]
    faults = list(dict.fromkeys(fault for verdict in judged for fault in verdict.faults))
    expected = [result.id for result in first.results]
    if any([result.id for result in verdict.results] != expected for verdict in judged):
        faults.append("The batches were judged by different expectations.")
        judged = [first]
    results = tuple(_sum(column) for column in zip(*(v.results for v in judged), strict=True))
    digests = "".join(verdict.data_sha256 for verdict in every)
    return replace(
        first,
        data_sha256=hashlib.sha256(digests.encode()).hexdigest(),
        rows=sum(verdict.rows for verdict in every),
        results=results,
        faults=tuple(faults),
        passed=not faults and all(verdict.passed for verdict in judged),
    )


def _sum(results: tuple[ExpectationResult, ...]) -> ExpectationResult:
    """Return one expectation's result over all batches; figures of the first that failed it."""
    telling = next((result for result in results if not result.success), results[0])
    samples = (sample for result in results for sample in result.samples)
    return replace(
        telling,
        success=all(result.success for result in results),
        evaluated=sum(result.evaluated for result in results),
        unexpected=sum(result.unexpected for result in results),
        samples=tuple(dict.fromkeys(samples))[:_MOST_SAMPLES],
    )
