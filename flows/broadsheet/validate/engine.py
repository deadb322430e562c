"""Great Expectations, run on one frame: the only module that imports it, and only when it runs.

Each call makes its own ephemeral context, so that threads share nothing and nothing is written.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from threading import RLock
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from broadsheet.records import Severity
from broadsheet.startup import postpone, without, without_collection
from broadsheet.validate.catalogue import KINDS
from broadsheet.validate.suites import Expectation, Suite

if TYPE_CHECKING:
    from great_expectations.core import ExpectationSuite, ExpectationValidationResult
    from great_expectations.data_context.data_context.abstract_data_context import (
        AbstractDataContext,
    )
    from great_expectations.datasource.fluent.interfaces import Batch

_importing: Final = RLock()
_SAMPLE: Final = 5
_BOOLEAN: Final = {"result_format": "BOOLEAN_ONLY"}
_COMPLETE: Final = {"result_format": "COMPLETE", "partial_unexpected_count": _SAMPLE}
_SUMMARY: Final = {"result_format": "SUMMARY", "partial_unexpected_count": _SAMPLE}


_CLIENTS: Final = ("azure", "boto3", "botocore", "google", "pyspark", "snowflake", "sqlalchemy")
_OF_NULLS: Final = {
    "expect_column_values_to_be_null",
    "expect_column_values_to_not_be_null",
}
_IGNORED: Final = {False: "either_value_is_missing", True: "both_values_are_missing"}
"""Rows that are not looked at, where an expectation says nothing: of one column, of several."""
_NONE_IGNORED: Final = ("neither", "never")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What Great Expectations said of one expectation.

    Attributes:
        id: the expectation's id.
        success: whether it is met.
        evaluated: rows looked at, nulls left out.
        unexpected: rows that fail it.
        rows: indexes of failing rows: all of them, or some.
        observed: what a table-level expectation saw.
        fault: the message of the exception that it raised, if it did.

    """

    id: str
    success: bool
    evaluated: int = 0
    unexpected: int = 0
    rows: tuple[int, ...] = ()
    observed: str = ""
    fault: str | None = None


def run_suite(frame: pd.DataFrame, suite: Suite, *, all_rows: bool) -> dict[str, Finding]:
    """Return the findings by expectation id, as many as Great Expectations gave.

    Most expectations of rows are met by each row, and a yes is all that is asked for first: it
    costs a third of a full result. Whatever is not met by each row, raises, or is of the table as
    a whole is asked for again, with all figures.

    Args:
        frame: the projection, with a plain row index.
        suite: a loaded suite.
        all_rows: whether each failing row is named; some are, otherwise.

    """
    batch = fetch(frame)
    of_rows = [e for e in suite.expectations if e.domain == "rows"]
    strict = [_strict(e) for e in of_rows]
    said = ask(batch, strict, frame, result_format=_BOOLEAN) if strict else {}
    met = {
        e.id: Finding(id=e.id, success=True, evaluated=int(mark_evaluated(frame, e).sum()))
        for e in of_rows
        if e.id in said and said[e.id].success
    }
    rest = [e for e in suite.expectations if e.id not in met]
    return met | (ask(batch, rest, frame, all_rows=all_rows) if rest else {})


def fetch(frame: pd.DataFrame) -> "Batch":
    """Return a frame as a batch; Great Expectations hashes it here, so do it once a frame."""
    return (
        _context()
        .data_sources.add_pandas("frames")
        .add_dataframe_asset("articles")
        .add_batch_definition_whole_dataframe("all")
        .get_batch({"dataframe": frame})
    )


def ask(
    batch: "Batch",
    expectations: Sequence[Expectation],
    frame: pd.DataFrame,
    *,
    all_rows: bool = False,
    result_format: Mapping[str, Any] | None = None,
) -> dict[str, Finding]:
    """Return what Great Expectations says of expectations, in full or in another format."""
    wanted = result_format or (_COMPLETE if all_rows else _SUMMARY)
    outcome = batch.validate(_declare(expectations, frame), result_format=dict(wanted))
    return {finding.id: finding for finding in map(_read, outcome.results)}


def _strict(expectation: Expectation) -> Expectation:
    """Return an expectation that each row has to meet."""
    return replace(
        expectation, kwargs={k: v for k, v in expectation.kwargs.items() if k != "mostly"}
    )


def mark_evaluated(frame: pd.DataFrame, expectation: Expectation) -> "pd.Series[bool]":
    """Mark the rows that an expectation of rows looks at, as Great Expectations does."""
    missing = frame[list(expectation.columns)].isna()
    ignored = expectation.kwargs.get("ignore_row_if", _IGNORED[len(expectation.columns) > 1])
    if expectation.type in _OF_NULLS or ignored in _NONE_IGNORED:
        return pd.Series(True, index=frame.index)
    if ignored.startswith(("both", "all")):
        return ~missing.all(axis="columns")
    return ~missing.any(axis="columns")


def warm_up() -> None:
    """Import Great Expectations ahead of the first check, while there is time for it."""
    _great_expectations()
    _context()


def warm_up_beside() -> None:
    """Begin to import Great Expectations in a thread of its own; the first check waits for it.

    A fault is not told here: the first check meets it, too.
    """
    beside = ThreadPoolExecutor(1, thread_name_prefix="great-expectations")
    beside.submit(_warm_up_without_collection)
    beside.shutdown(wait=False)


def _warm_up_without_collection() -> None:
    with without_collection():
        warm_up()


def _great_expectations() -> Any:  # noqa: ANN401 - the library has no types
    with _importing:
        return _imported()


@lru_cache(maxsize=1)
def _imported() -> Any:  # noqa: ANN401 - the library has no types
    """Import Great Expectations with our own expectations, and without what no suite can ask for.

    For one expectation that the catalogue does not have it imports scipy's statistics and a
    plotting library, and for data that lies elsewhere the clients of every store that happens to
    be there: together more than half of its time.
    """
    from broadsheet.validate.model_fields import sparing_copies  # noqa: PLC0415 - goes with it

    postpone("scipy.stats", "altair")
    with without(*_CLIENTS), sparing_copies():
        import great_expectations as gx  # noqa: PLC0415 - it takes seconds

        import broadsheet.validate.expectations  # noqa: F401, PLC0415 - registers our own

    return gx


def _context() -> "AbstractDataContext":
    """Return a fresh context that is quiet, in memory only, and calls nobody."""
    gx = _great_expectations()
    from great_expectations.data_context.types.base import (  # noqa: PLC0415 - it takes seconds
        DataContextConfig,
        InMemoryStoreBackendDefaults,
        ProgressBarsConfig,
    )

    config = DataContextConfig(
        store_backend_defaults=InMemoryStoreBackendDefaults(init_temp_docs_sites=False),
        analytics_enabled=False,
        progress_bars=ProgressBarsConfig(globally=False, metric_calculations=False),
    )
    context: AbstractDataContext = gx.get_context(mode="ephemeral", project_config=config)
    return context


def _declare(expectations: Iterable[Expectation], frame: pd.DataFrame) -> "ExpectationSuite":
    """Hand a suite to Great Expectations, whose severities are other than ours."""
    suite: ExpectationSuite = _great_expectations().ExpectationSuite(
        name="asked",
        expectations=[
            {
                "id": expectation.id,
                "type": expectation.type,
                "kwargs": dict(_typed(expectation, frame)),
                "description": expectation.description,
                "severity": "critical" if expectation.severity is Severity.CRITICAL else "warning",
            }
            for expectation in expectations
        ],
    )
    return suite


def _typed(expectation: Expectation, frame: pd.DataFrame) -> Iterator[tuple[str, Any]]:
    """Yield arguments, days as instants where the column holds instants."""
    column = expectation.column
    is_instant = column in frame.columns and frame[column].dtype.kind == "M"
    for name, value in expectation.kwargs.items():
        if is_instant and isinstance(value, str) and name in {"min_value", "max_value"}:
            yield name, datetime.fromisoformat(value)
        else:
            yield name, value


def _read(outcome: "ExpectationValidationResult") -> Finding:
    name = (outcome.expectation_config and outcome.expectation_config.id) or ""
    success = bool(outcome.success)
    fault = _exception(outcome.exception_info)
    if fault is not None:
        return Finding(id=name, success=False, fault=fault)
    result = outcome.result
    if "element_count" not in result:
        return Finding(id=name, success=success, observed=_figure(outcome))
    rows = result.get("unexpected_index_list", result.get("partial_unexpected_index_list")) or ()
    return Finding(
        id=name,
        success=success,
        evaluated=result["element_count"] - result.get("missing_count", 0),
        unexpected=result["unexpected_count"],
        rows=tuple(int(row) for row in rows),
    )


def _exception(info: Mapping[str, Any]) -> str | None:
    """Return the message of an exception, in either of the two shapes that it comes in."""
    shapes = [info] if "raised_exception" in info else list(info.values())
    for shape in shapes:
        if isinstance(shape, Mapping) and shape.get("raised_exception"):
            return str(shape.get("exception_message") or "an exception without a message")
    return None


def _figure(outcome: "ExpectationValidationResult") -> str:
    """Return what a table-level expectation saw, for a person."""
    value = outcome.result.get("observed_value")
    if isinstance(value, float):
        config = outcome.expectation_config
        is_share = config and KINDS[config.type].arguments.get("min_value") == "share"
        return f"{value:.1%}" if is_share else f"{value:,.6g}"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, list | tuple | set):
        return ", ".join(sorted(map(str, value)))
    return "" if value is None else str(value)
