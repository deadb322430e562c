"""Rows of a release in the order of their ids, and which values of two rows differ.

Each shard is sorted by id, so that a merge of the shards reads every file once and holds a few
rows of each.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

ROWS_IN_MEMORY = 16_384
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the rows of two releases before they are compared, by shard and row.

    Attributes:
        same: rows that both have as they are.
        alike: those, and rows of which only what the whole corpus tells may differ.

    """

    same: Mapping[Path, Mask] = field(default_factory=dict)
    alike: Mapping[Path, Mask] = field(default_factory=dict)


NOTHING: Final = Known()


class _Cursor:
    """The next rows of one sorted source."""

    def __init__(self, portions: Iterator[pa.Table]) -> None:
        self._portions = portions
        self.rows: pa.Table = next(portions, None)  # None at the end

    def last_id(self) -> str:
        """Return the greatest id that is at hand."""
        last: str = self.rows.column("id")[-1].as_py()
        return last

    def take_to(self, bound: str) -> pa.Table:
        """Remove and return the rows at hand up to an id, that one included."""
        n_taken = pc.sum(pc.less_equal(self.rows.column("id"), bound)).as_py()
        taken, rest = self.rows.slice(0, n_taken), self.rows.slice(n_taken)
        self.rows = rest if len(rest) else next(self._portions, None)
        return taken


def merged(
    paths: Sequence[Path], columns: Sequence[str], left_out: Mapping[Path, Mask]
) -> Iterator[pa.Table]:
    """Yield the rows of shards, each sorted by id, in the order of their ids.

    Args:
        paths: the shards.
        columns: what to read of them.
        left_out: of some shards which rows are not asked for.

    """
    portion_rows = max(64, ROWS_IN_MEMORY // max(len(paths), 1))
    cursors = [_Cursor(_portions(p, columns, portion_rows, left_out.get(p))) for p in paths]
    while active := [cursor for cursor in cursors if cursor.rows is not None]:
        bound = _least([cursor.last_id() for cursor in active])
        yield pa.concat_tables([c.take_to(bound) for c in active]).sort_by("id")


def paired(
    old: Iterator[pa.Table], new: Iterator[pa.Table]
) -> Iterator[tuple[pa.Table | None, pa.Table | None]]:
    """Yield stretches of two sorted streams that cover the same range of ids."""
    before, after = _Cursor(old), _Cursor(new)
    while before.rows is not None and after.rows is not None:
        bound = _least([before.last_id(), after.last_id()])
        yield before.take_to(bound), after.take_to(bound)
    while before.rows is not None:
        yield before.take_to(before.last_id()), None
    while after.rows is not None:
        yield None, after.take_to(after.last_id())


def differing(old: pa.ChunkedArray, new: pa.ChunkedArray) -> Mask:
    """Return which of two columns' values differ; both have one type and one length.

    A null equals a null, and a NaN the same NaN.
    """
    return _differing(_one(old), _one(new))


def _differing(old: pa.Array, new: pa.Array) -> Mask:
    if pa.types.is_list(old.type) or pa.types.is_large_list(old.type):
        return _lists_differ(old, new)
    if pa.types.is_struct(old.type):
        differs = _nulls_differ(old, new)
        for old_field, new_field in zip(old.flatten(), new.flatten(), strict=True):
            differs |= _differing(old_field, new_field)
        return differs
    if pa.types.is_floating(old.type):  # compare bits: a NaN is no number, but may be the same
        bits = {16: pa.int16(), 32: pa.int32(), 64: pa.int64()}[old.type.bit_width]
        old, new = old.view(bits), new.view(bits)
    unequal: Mask = (
        pc.not_equal(old, new).fill_null(fill_value=False).to_numpy(zero_copy_only=False)
    )
    return unequal | _nulls_differ(old, new)


def _lists_differ(old: pa.Array, new: pa.Array) -> Mask:
    lengths = [pc.fill_null(pc.list_value_length(a), -1) for a in (old, new)]
    differs: Mask = pc.not_equal(*lengths).to_numpy(zero_copy_only=False)
    alike = pa.array(~differs)
    rows = np.flatnonzero(~differs)
    old, new = old.filter(alike), new.filter(alike)
    elements = _differing(_one(old.flatten()), _one(new.flatten()))
    parents = pc.list_parent_indices(old).to_numpy()[elements]
    differs[rows[parents]] = True
    return differs


def _nulls_differ(old: pa.Array, new: pa.Array) -> Mask:
    mask: Mask = pc.not_equal(old.is_null(), new.is_null()).to_numpy(zero_copy_only=False)
    return mask


def _one(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def _portions(
    path: Path, columns: Sequence[str], rows: int, left_out: Mask | None
) -> Iterator[pa.Table]:
    with pq.ParquetFile(path) as file:
        present = [name for name in columns if name in file.schema_arrow.names]
        sizes = [file.metadata.row_group(i).num_rows for i in range(file.num_row_groups)]
        ends = np.cumsum(sizes)
        if left_out is None:
            left_out = np.zeros(int(ends[-1]), np.bool_)
        wanted = [~left_out[end - size : end] for size, end in zip(sizes, ends, strict=True)]
        for group, mask in enumerate(wanted):
            if mask.any():
                table = file.read_row_group(group, columns=present)
                table = table if mask.all() else table.filter(pa.array(mask))
                yield from (table.slice(start, rows) for start in range(0, len(table), rows))


def _least(ids: Sequence[str]) -> str:
    """Return the least id in Arrow's order, that of the UTF-8 bytes."""
    return min(ids, key=str.encode)


def is_moved(fields: Collection[str]) -> bool:
    """Tell whether columns that changed only say where the record lies.

    A record that grows moves all that come after it in its file, and none of them is corrected.
    """
    return bool(fields) and all(name.startswith("source_") for name in fields)
