"""The quarantine as a place where people look: filtered, sampled, counted."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from broadsheet.reasons import expectation_reason
from broadsheet.tables import QUARANTINE

_DETAIL: Final = "fails "
_ROWS: Final = 5_000

Row = Mapping[str, Any]


def failure_detail(expectation_ids: Sequence[str]) -> str:
    """Return the detail of a row that failed expectations; it names all of them."""
    return _DETAIL + ", ".join(expectation_ids)


def all_reasons(row: Row) -> tuple[str, ...]:
    """Return every reason code of a quarantined record: a row may fail several expectations."""
    codes = [row["reason"]]
    if row["stage"] == "validate" and row["detail"].startswith(_DETAIL):
        ids = row["detail"].removeprefix(_DETAIL).split(", ")
        codes += [expectation_reason(name) for name in ids]
    return tuple(dict.fromkeys(codes))


def filter_rejections(
    paths: Iterable[Path],
    *,
    reasons: Sequence[str] = (),
    stages: Sequence[str] = (),
    sources: Sequence[str] = (),
    contains: str = "",
    sample: int | None = None,
) -> pa.Table:
    """Return the quarantined records that meet all conditions, in their order.

    Args:
        paths: Parquet files of ``tables.QUARANTINE``.
        reasons: codes, or families of codes (``date`` stands for ``date.unparsed`` and all
            others); each reason of a record counts.
        stages: the stages that refused them.
        sources: glob patterns of raw files, such as ``2024/*.html``.
        contains: characters that detail or excerpt must hold, in any letter case.
        sample: at most so many, spread over all and the same each time.

    """
    conditions = _conditions(reasons, stages, sources, contains)
    rows: list[Row] = []
    for path in paths:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=_ROWS):
                rows += (
                    row for row in batch.to_pylist() if all(meets(row) for meets in conditions)
                )
                rows = _least(rows, sample)
    return pa.Table.from_pylist(rows, QUARANTINE.schema)


def count_reasons(rejections: pa.Table) -> dict[str, int]:
    """Return how many records have each reason, the most frequent first."""
    counts = Counter(code for row in rejections.to_pylist() for code in all_reasons(row))
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _conditions(
    reasons: Sequence[str], stages: Sequence[str], sources: Sequence[str], contains: str
) -> list[Callable[[Row], bool]]:
    wanted = contains.casefold()
    conditions: list[Callable[[Row], bool]] = []
    if reasons:
        conditions.append(lambda row: any(_is_of(code, reasons) for code in all_reasons(row)))
    if stages:
        conditions.append(lambda row: row["stage"] in stages)
    if sources:
        conditions.append(lambda row: any(fnmatchcase(row["source_path"], p) for p in sources))
    if wanted:
        conditions.append(lambda row: wanted in f"{row['detail']}\n{row['excerpt']}".casefold())
    return conditions


def _is_of(code: str, reasons: Sequence[str]) -> bool:
    return any(code == reason or code.startswith(f"{reason}.") for reason in reasons)


def _least(rows: list[Row], sample: int | None) -> list[Row]:
    """Keep the rows whose places have the least digests: a fair choice without chance."""
    if sample is None or len(rows) <= sample:
        return rows
    kept = sorted(range(len(rows)), key=lambda index: _digest(rows[index]))[:sample]
    return [rows[index] for index in sorted(kept)]


def _digest(row: Row) -> bytes:
    place = "\0".join(str(row[f"source_{part}"]) for part in ("path", "member", "offset"))
    return hashlib.sha256(place.encode()).digest()
