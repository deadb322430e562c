"""Bring the rows of many staged files into one order, without holding them all in memory.

Each file is read once, a row group at a time; its rows are spilled to one of a few buckets by their
final position; each bucket is then small enough to be sorted in memory. Rows of a file in which
they lie in their order already, as in a shard of the release before, are not spilled but merged.
"""

import contextlib
import itertools
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet as pq

from broadsheet.publish.placement import Integers

MIN_BUCKET_ROWS = 16_384
MAX_BUCKETS = 128  # each is an open file; macOS allows 256 by default
_POSITION = "__position"


@dataclass(frozen=True, slots=True)
class Selection:
    """Rows of one staged Parquet file, and where each goes.

    Attributes:
        path: the file.
        rows: which of its rows, any order; shape (n,).
        positions: their final positions; shape (n,).
        added: columns that the file does not have, n rows; None where there are none.

    """

    path: Path
    rows: Integers
    positions: Integers
    added: pa.Table | None = None

    def is_sorted(self) -> bool:
        """Tell whether the rows lie in the file in the order of their positions."""
        return len(self.rows) > 0 and _ascends(self.rows) and _ascends(self.positions)


def ordered(
    selections: Sequence[Selection], schema: pa.Schema, scratch: Path
) -> Iterator[pa.Table]:
    """Yield the selected rows by position, as tables of the schema.

    Args:
        selections: their positions together are 0, 1, 2, ... without a gap or a repetition.
        schema: columns to take, from the file or from what is added.
        scratch: folder for the spilled rows; they are removed at the end.

    """
    total = sum(len(selection.rows) for selection in selections)
    bucket_rows = max(MIN_BUCKET_ROWS, -(-total // MAX_BUCKETS))
    spilled_schema = schema.append(pa.field(_POSITION, pa.int64(), nullable=False))
    in_order: list[_Sorted] = []
    others: list[Selection] = []
    for selection in selections:
        if selection.is_sorted():
            in_order.append(_Sorted(selection, spilled_schema))
        else:
            others.append(selection)
    with tempfile.TemporaryDirectory(prefix=".spill-", dir=scratch) as folder:
        buckets = [Path(folder, str(i)) for i in range(-(-total // bucket_rows))]
        _spill(others, spilled_schema, buckets, bucket_rows)
        for number, bucket in enumerate(buckets):
            with pa.OSFile(str(bucket)) as file, pa.ipc.open_stream(file) as stream:
                parts = [stream.read_all()]
            bucket.unlink()
            parts += [part.take_before((number + 1) * bucket_rows) for part in in_order]
            table = pa.concat_tables(parts)
            if not _ascends(table.column(_POSITION).to_numpy()):
                table = table.sort_by(_POSITION)
            yield table.drop_columns(_POSITION)


def _ascends(values: Integers) -> bool:
    return bool((values[1:] > values[:-1]).all())


class _Sorted:
    """Rows of a file in which they lie by position; at most a row group of them is in memory."""

    def __init__(self, selection: Selection, schema: pa.Schema) -> None:
        self._schema = schema
        self._first = int(selection.positions[0])
        self._portions = _selected(selection, schema)
        self._rest: pa.Table | None = schema.empty_table()

    def take_before(self, end: int) -> pa.Table:
        """Remove and return the rows whose positions are below an end; the file is opened late."""
        taken = [self._schema.empty_table()]
        while self._rest is not None and self._first < end:
            places = self._rest.column(_POSITION).to_numpy()
            stop = int(np.searchsorted(places, end))
            taken.append(self._rest.slice(0, stop))
            self._rest = self._rest.slice(stop)
            if len(self._rest):
                break
            self._rest = next(self._portions, None)
        return pa.concat_tables(taken)


def _spill(
    selections: Sequence[Selection], schema: pa.Schema, buckets: Sequence[Path], bucket_rows: int
) -> None:
    options = pa.ipc.IpcWriteOptions(compression="lz4")
    with contextlib.ExitStack() as stack:
        writers = [
            stack.enter_context(pa.ipc.new_stream(str(path), schema, options=options))
            for path in buckets
        ]
        for table in (part for selection in selections for part in _selected(selection, schema)):
            buckets_here = table.column(_POSITION).to_numpy() // bucket_rows
            numbers, starts = np.unique(buckets_here, return_index=True)  # rows are by position
            for number, part in zip(numbers, _slices(table, starts), strict=True):
                writers[number].write_table(part)


def _slices(table: pa.Table, starts: Integers) -> Iterator[pa.Table]:
    """Yield a table's rows from each start to before the next one."""
    for start, end in itertools.pairwise([*starts.tolist(), len(table)]):
        yield table.slice(start, end - start)


def _selected(selection: Selection, schema: pa.Schema) -> Iterator[pa.Table]:
    """Yield the selected rows with their positions, those of a row group at a time, by position."""
    added = selection.added.column_names if selection.added is not None else []
    names = [name for name in schema.names if name not in {*added, _POSITION}]
    with pq.ParquetFile(selection.path) as file:
        first = 0
        for group in range(file.num_row_groups):
            end = first + file.metadata.row_group(group).num_rows
            some = np.flatnonzero((selection.rows >= first) & (selection.rows < end))
            if len(some):
                some = some[np.argsort(selection.positions[some])]
                rows = selection.rows[some] - first
                table = file.read_row_group(group, columns=names)
                if not np.array_equal(rows, np.arange(len(table))):
                    table = table.take(pa.array(rows))
                columns = {name: table.column(name) for name in names}
                if selection.added is not None:
                    others = selection.added.take(pa.array(some))
                    columns |= {name: others.column(name) for name in added}
                columns[_POSITION] = pa.chunked_array([selection.positions[some]])
                arrays = [columns[field.name] for field in schema]
                yield pa.table(arrays, names=schema.names).cast(schema).combine_chunks()
            first = end
