"""Rows that the release before has, too: read from its shards, where they lie in their order.

Staged batches hold rows as they were found, and to bring all of them into the order of ids is most
of the work on a release. A row that was published from the same staged row has the same values in
the release before, but for the columns that the whole corpus tells; and where those are the same,
too, it need not be compared with itself. What is written is the same, byte for byte.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from broadsheet.publish import layout
from broadsheet.publish.features import file_schema
from broadsheet.publish.placement import Integers
from broadsheet.publish.rows import Known, Mask, differing
from broadsheet.publish.shards import TableFiles
from broadsheet.publish.staged import Rows, Staged
from broadsheet.tables import ARTICLE, INDEX


@dataclass(frozen=True, slots=True)
class Before:
    """The published rows of the release before, in the order of its shards.

    Attributes:
        shards: its shards of the default configuration.
        index: the files of their index.
        starts: number of the first row of each shard; the last one is the number of rows.

    """

    shards: tuple[Path, ...]
    index: tuple[Path, ...]
    starts: tuple[int, ...]

    def locate(self, rows: Integers) -> tuple[Integers, Integers]:
        """Return the shard of each row, and its place there."""
        shard = np.searchsorted(self.starts, rows, side="right") - 1
        return shard, rows - np.asarray(self.starts)[shard]

    def read(self, columns: Sequence[str]) -> pa.Table:
        """Return some columns of all rows."""
        return pa.concat_tables([pq.read_table(path, columns=columns) for path in self.shards])


def open_before(previous: Path | None) -> Before | None:
    """Return the rows of the release before, None where there are none or of other columns."""
    shards = layout.shards_of(previous, "default") if previous else ()
    if previous is None or not shards:
        return None
    index = tuple(layout.index_of(previous, shard) for shard in shards)
    starts = tuple(accumulate((pq.read_metadata(path).num_rows for path in shards), initial=0))
    is_alike = all(
        pq.read_schema(path).equals(schema)
        for paths, schema in ((shards, file_schema(ARTICLE)), (index, INDEX.schema))
        for path in paths
    )
    return Before(shards, index, starts) if is_alike else None


def reused(rows: Rows, before: Before, known: Integers) -> Rows:
    """Return the same rows; those that the release before has are taken from its shards.

    Args:
        rows: staged rows.
        before: the release before.
        known: for each of them the number of its row there, -1 where it has none.

    """
    some = np.flatnonzero(known >= 0)
    batch, row = (rows.addresses.column(name).to_numpy().copy() for name in ("batch", "row"))
    shard, row[some] = before.locate(known[some])
    batch[some] = len(rows.staged) + shard
    order = np.lexsort((row, batch))
    addresses = pa.table({"batch": batch[order], "row": row[order]})
    shards = (Staged(*paths, 0) for paths in zip(before.shards, before.index, strict=True))
    added = rows.added.take(pa.array(order))
    return Rows(rows.table, [*rows.staged, *shards], addresses, rows.positions[order], added)


def same_rows(rows: Rows, before: Before, known: Integers) -> Mask:
    """Return which rows the release before has exactly as they are to be written.

    Args:
        rows: as those of :func:`reused`.
        before: as there.
        known: as there.

    """
    some = np.flatnonzero(known >= 0)
    differs = np.zeros(len(some), np.bool_)
    for name in rows.added.column_names:  # one at a time: together they take as much as all ids
        was = before.read([name]).column(name).take(pa.array(known[some]))
        differs |= differing(was, rows.added.column(name).take(pa.array(some)))
    same = np.zeros(len(known), np.bool_)
    same[some] = ~differs
    return same


def known_rows(rows: Rows, before: Before, known: Integers, same: Mask, files: TableFiles) -> Known:
    """Return which rows of the shards before, and of those written, need not be compared.

    Args:
        rows: as those of :func:`reused`.
        before: as there.
        known: as there.
        same: what :func:`same_rows` says of them.
        files: the shards written.

    """
    starts = [0, *accumulate(pq.read_metadata(path).num_rows for path in files.paths)]
    found = (
        _masks(before.shards, before.starts, known[rows_of])
        | _masks(files.paths, starts, rows.positions[rows_of])
        for rows_of in (np.flatnonzero(same), np.flatnonzero(known >= 0))
    )
    return Known(*found)


def twins(rows: Rows, before: Before, known: Integers, sizes: Sequence[int]) -> dict[int, int]:
    """Return the shards that hold the same rows as one before, in the same order: which one.

    Args:
        rows: as those of :func:`reused`.
        before: as there.
        known: as there; -1, too, for rows that the release before has otherwise.
        sizes: rows of each shard.

    """
    in_order = np.empty(len(known), np.int64)
    in_order[rows.positions] = known
    old = {start: (number, stop) for number, (start, stop) in enumerate(pairwise(before.starts))}
    found = {}
    for number, (start, stop) in enumerate(pairwise([0, *accumulate(sizes)])):
        here = in_order[start:stop]
        which, end = old.get(int(here[0]), (-1, -1))
        if end - here[0] == len(here) and np.array_equal(here, np.arange(here[0], end)):
            found[number] = which
    return found


def without(rows: Rows, sizes: Sequence[int], shards: Collection[int]) -> Rows:
    """Return the rows of all shards but some, with their places among those that are left."""
    if not shards:
        return rows
    shard = np.searchsorted(np.cumsum(sizes), rows.positions, side="right")
    left = np.flatnonzero(~np.isin(shard, list(shards)))
    places = np.empty(len(left), np.int64)
    places[np.argsort(rows.positions[left])] = np.arange(len(left))
    kept = pa.array(left)
    added, addresses = rows.added.take(kept), rows.addresses.take(kept)
    return Rows(rows.table, rows.staged, addresses, places, added)


def _masks(paths: Sequence[Path], starts: Sequence[int], rows: Integers) -> dict[Path, Mask]:
    """Return for each shard which of its rows are among some, numbered through all shards."""
    mask = np.zeros(starts[-1], np.bool_)
    mask[rows] = True
    return {path: mask[starts[i] : starts[i + 1]] for i, path in enumerate(paths)}
