"""A release of any length, judged in bounded memory: findings as of one frame, from portions of it.

Great Expectations takes one frame, and a long release does not fit into one. Three kinds of rules
are asked for in three ways, each exact:

- What each row meets by itself is asked of one portion after the other, and the figures are added.
- What compares rows (unique values, groups) is asked of all rows whose key occurs more than once.
  They are found by 64-bit digests: equal keys have equal digests, so a row whose digest occurs once
  cannot fail; a digest that two keys share by chance only adds rows to those that are judged.
- What is of the table as a whole is asked of one column at a time.

Beside a portion, memory holds the digests of one rule or one short column: 8 bytes a row, with
what Great Expectations makes of it some 80, as measured.
"""

import gc
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from broadsheet.validate.catalogue import KINDS
from broadsheet.validate.engine import Finding, mark_evaluated, run_suite
from broadsheet.validate.projection import RELEASE_COLUMNS, to_frame
from broadsheet.validate.suites import Expectation, Suite

ReadColumns = Callable[[Sequence[str]], Iterable[pa.Table]]
"""Gives some columns of all rows in tables of any length, in the same order at each call."""

MOST_SAMPLES: Final = 5
PORTION_ROWS: Final = 100_000
_OF_PRESENCE: Final = (
    "expect_column_proportion_of_non_null_values_to_be_between",
    "expect_table_row_count_to_be_between",
)
_NUMBER: Final = "number of the row"
_OF_COLUMNS: Final = "expect_table_columns_to_match_set"


def judge_release(
    read: ReadColumns, suite: Suite, rows: int, portion_rows: int = PORTION_ROWS
) -> dict[str, Finding]:
    """Return the findings by expectation id, as ``run_suite`` would give them of all rows at once.

    Args:
        read: gives the rows; there is one at least.
        suite: a loaded suite.
        rows: how many there are.
        portion_rows: most rows in a frame; more only where so many have one and the same key.

    """
    if not suite.expectations:
        return {}
    if rows <= portion_rows:
        table = pa.concat_tables(read(columns_of(suite, RELEASE_COLUMNS)))
        return run_suite(to_frame(table), suite, all_rows=False)
    single, compared, whole = _by_way(suite)
    findings = _judge_rows(read, single, portion_rows)
    for rule in compared:
        findings |= _judge_compared(read, rule, portion_rows)
    for columns, rules in _by_columns(whole).items():
        findings |= run_suite(_frame_of(read, columns, rules), _suite(rules), all_rows=False)
        gc.collect()  # Great Expectations keeps a frame in a cycle of references
    return findings


def columns_of(suite: Suite, every: Sequence[str]) -> list[str]:
    """Return the columns that a suite looks at, and the id: Great Expectations needs no others.

    A rule about which columns there are looks at every one.
    """
    if any(rule.type == _OF_COLUMNS for rule in suite.expectations):
        return list(every)
    return list(dict.fromkeys(["id", *_columns(suite.expectations)]))


def _columns(rules: Iterable[Expectation]) -> list[str]:
    return list(dict.fromkeys(column for rule in rules for column in rule.columns))


def ids_of(read: ReadColumns, rows: Collection[int]) -> dict[int, str]:
    """Return the ids of rows, by their numbers."""
    wanted, ids = np.array(sorted(rows), np.int64), dict[int, str]()
    for start, table in _portions(read(["id"]), PORTION_ROWS) if len(wanted) else ():
        here = wanted[(wanted >= start) & (wanted < start + len(table))]
        found = table["id"].take(here - start).to_pylist()
        ids |= dict(zip(here.tolist(), found, strict=True))
    return ids


def _by_way(suite: Suite) -> tuple[list[Expectation], list[Expectation], list[Expectation]]:
    """Part a suite: what rows meet by themselves, what compares rows, what is of the table."""
    of_rows = [rule for rule in suite.expectations if rule.domain == "rows"]
    return (
        [rule for rule in of_rows if KINDS[rule.type].key is None],
        [rule for rule in of_rows if KINDS[rule.type].key is not None],
        [rule for rule in suite.expectations if rule.domain == "table"],
    )


def _suite(rules: Sequence[Expectation]) -> Suite:
    return Suite(name="a part", expectations=tuple(rules))


def _portions(tables: Iterable[pa.Table], most: int) -> Iterator[tuple[int, pa.Table]]:
    """Yield tables of so many rows, the last of fewer, each with the number of its first row."""
    start, held = 0, list[pa.Table]()
    for table in tables:
        held.append(table)
        while (count := sum(map(len, held))) >= most:
            joined = pa.concat_tables(held)
            yield start, joined.slice(0, most)
            start, held = start + most, [joined.slice(most)] if count > most else []
    if held:
        yield start, pa.concat_tables(held)


def _judge_rows(
    read: ReadColumns, rules: Sequence[Expectation], portion_rows: int
) -> dict[str, Finding]:
    found: defaultdict[str, list[Finding]] = defaultdict(list)
    suite, count = _suite(rules), 0
    if rules:
        for start, table in _portions(read(_columns(rules)), portion_rows):
            count += 1
            frame = to_frame(table)
            frame.index = pd.RangeIndex(start, start + len(frame))
            for name, finding in run_suite(frame, suite, all_rows=False).items():
                found[name].append(finding)
    # What was not judged in each portion was not judged.
    return {rule.id: _sum(rule, found[rule.id]) for rule in rules if len(found[rule.id]) == count}


def _sum(rule: Expectation, found: Sequence[Finding], evaluated: int | None = None) -> Finding:
    """Return one finding of all portions; a share of rows may fail, as Great Expectations says."""
    if evaluated is None:
        evaluated = sum(finding.evaluated for finding in found)
    unexpected = sum(finding.unexpected for finding in found)
    fault = next((finding.fault for finding in found if finding.fault is not None), None)
    share = (evaluated - unexpected) / evaluated if evaluated else 1.0
    rows = sorted(row for finding in found for row in finding.rows)
    return Finding(
        id=rule.id,
        success=fault is None and share >= rule.kwargs.get("mostly", 1.0),
        evaluated=0 if fault is not None else evaluated,
        unexpected=0 if fault is not None else unexpected,
        rows=tuple(rows[:MOST_SAMPLES]),
        fault=fault,
    )


def _judge_compared(read: ReadColumns, rule: Expectation, portion_rows: int) -> dict[str, Finding]:
    """Judge a rule that compares rows: only those whose key occurs again can fail it."""
    evaluated, digests, first = 0, list[NDArray[np.uint64]](), None
    for _, table in _portions(read(_columns([rule])), portion_rows):
        looked_at = mark_evaluated(to_frame(table), rule).to_numpy()
        evaluated += int(looked_at.sum())
        digests.append(_digests(table, rule)[looked_at])
        first = first or table
    parts = _repeated(np.concatenate(digests), portion_rows)
    # Where no key occurs again, the first rows are as good as any.
    frames = (
        (_rows_with(read, rule, p, portion_rows) for p in parts) if parts else [to_frame(first)]
    )
    found = [run_suite(frame, _suite([rule]), all_rows=False).get(rule.id) for frame in frames]
    judged = [finding for finding in found if finding is not None]
    return {rule.id: _sum(rule, judged, evaluated)} if len(judged) == len(found) else {}


def _digests(table: pa.Table, rule: Expectation) -> NDArray[np.uint64]:
    """Return 64-bit digests of a rule's keys: equal ones of equal keys, in whatever portion."""
    named = rule.kwargs[KINDS[rule.type].key or ""]
    keys = table.select([named] if isinstance(named, str) else named)
    for index, field in enumerate(keys.schema):
        if pa.types.is_primitive(field.type) and not pa.types.is_temporal(field.type):
            # As floats: a frame holds whole numbers as such only where none is missing.
            number = pc.add(keys.column(index).cast(pa.float64(), safe=False), 0.0)
            keys = keys.set_column(index, field.name, number)
    found = pd.util.hash_pandas_object(to_frame(keys), index=False, categorize=False)
    return np.asarray(found, np.uint64)


def _repeated(digests: NDArray[np.uint64], most: int) -> list[NDArray[np.uint64]]:
    """Return the digests that occur again, parted so that each part has so many rows at most."""
    values, counts = np.unique(digests, return_counts=True)
    values, counts = values[counts > 1], counts[counts > 1]
    starts = np.flatnonzero(np.diff(np.cumsum(counts) // most, prepend=-1))
    return np.split(values, starts[1:]) if len(values) else []


def _rows_with(
    read: ReadColumns, rule: Expectation, digests: NDArray[np.uint64], portion_rows: int
) -> pd.DataFrame:
    """Return all rows whose key has one of some digests; the index numbers them."""
    kept = []
    for start, table in _portions(read(_columns([rule])), portion_rows):
        rows = np.flatnonzero(np.isin(_digests(table, rule), digests))
        kept.append(table.take(rows).append_column(_NUMBER, pa.array(rows + start)))
    return to_frame(pa.concat_tables(kept)).set_index(_NUMBER).rename_axis(None)


def _by_columns(
    rules: Sequence[Expectation],
) -> Mapping[tuple[str, ...], list[Expectation]]:
    """Group rules of the table by the columns that they look at."""
    groups: defaultdict[tuple[str, ...], list[Expectation]] = defaultdict(list)
    for rule in rules:
        every = RELEASE_COLUMNS if rule.type == _OF_COLUMNS else rule.columns
        groups[every or ("id",)].append(rule)
    return groups


def _frame_of(
    read: ReadColumns, columns: Sequence[str], rules: Sequence[Expectation]
) -> pd.DataFrame:
    """Return the columns of all rows, or as much of them as the rules look at."""
    if all(rule.type == _OF_COLUMNS for rule in rules):
        return to_frame(next(iter(read(columns))).slice(0, 1))
    tables: Iterable[pa.Table] = read(columns)
    if all(rule.type in _OF_PRESENCE for rule in rules):
        tables = (_marks(table, columns[0]) for table in tables)
    return to_frame(pa.concat_tables(tables))


def _marks(table: pa.Table, column: str) -> pa.Table:
    """Return which rows have a value, in four bytes each, however long the values are."""
    marks = pc.if_else(pc.is_valid(table[column]), 1.0, None)
    return pa.table({column: marks.cast(pa.float32())})
