"""The tables of a release, from the staged batches and the folding of duplicates."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from broadsheet import config
from broadsheet.addressed import addresses_of
from broadsheet.errors import PublishError
from broadsheet.fingerprint import digest_file
from broadsheet.publish import layout
from broadsheet.publish.accounting import InputFile, write_inputs
from broadsheet.publish.ordering import Selection, ordered
from broadsheet.publish.placement import Integers, place
from broadsheet.publish.reuse import known_rows, open_before, reused, same_rows, twins, without
from broadsheet.publish.rows import NOTHING, Known
from broadsheet.publish.shards import TableFiles, Twins, write_index, write_shards
from broadsheet.publish.staged import Rows, Staged, by_address, gather, selections
from broadsheet.reasons import Reason
from broadsheet.records import Accounts
from broadsheet.tables import ARTICLE, DUPLICATE, INDEX, QUARANTINE, STAGED_ARTICLE_SCHEMA


class Indexed(NamedTuple):
    """The files of a configuration, and those of its index."""

    files: TableFiles
    index_files: tuple[Path, ...]


_SOURCE_ORDER = ("source_path", "source_member", "source_offset")
_QUARANTINE_ORDER = (*_SOURCE_ORDER, "stage", "reason", "detail")


@dataclass(frozen=True, slots=True)
class Written:
    """The tables of a release that is being made.

    Attributes:
        release: the folder, staged or final.
        tables: the files of each configuration, by its name.
        index: the files of the index.
        inputs: the raw files.
        accounts: what became of their records.
        withheld: records that are quarantined because they are on the takedown list.
        made_of: ``batch`` and ``row`` of the staged row that each published row was made of.
        known: of shards of this release and of the one before: which rows need not be compared.
        digests: SHA-256 of the files of tables and index, as they were written.

    """

    release: Path
    tables: Mapping[str, TableFiles]
    index: tuple[Path, ...]
    inputs: tuple[InputFile, ...]
    accounts: Accounts
    withheld: int
    made_of: pa.Table
    known: Known = NOTHING
    digests: Mapping[Path, str] = field(default_factory=dict)


def write_tables(
    staging: Path,
    staged: Sequence[Staged],
    *,
    survivors: pa.Table,
    duplicates: pa.Table,
    rejections: Sequence[Path],
    inputs: Iterable[InputFile],
    settings: config.Publish,
    previous: Path | None = None,
    is_split: bool = False,
    keeps_files: bool = False,
) -> Written:
    """Write the tables and ``inputs.parquet``; memory holds a batch, a bucket of rows, all ids.

    Longer than 40 lines because most of them explain its arguments.

    Args:
        staging: an empty folder.
        staged: the staged batches, by batch number.
        survivors: the rows to publish: ``batch``, ``row`` and the columns not staged; where it is
            known, also ``before``: the number of the row of the release before, counted through
            its shards, that was made of the same staged row, and -1 where there is none.
        duplicates: the rows folded into them: ``batch``, ``row`` and the columns of ``DUPLICATE``.
        rejections: Parquet files of the quarantine's schema.
        inputs: the raw files.
        settings: how to write.
        previous: the release before, whose placement of rows is kept.
        is_split: whether the rows' ``split`` decides their files; otherwise all are of one split.
        keeps_files: whether the release before was written in the same way, so that a file with the
            same rows would be the same, and is not written again.

    Raises:
        PublishError: rows are lost, counted twice, or share an id.

    """
    _require_each_row_once(staged, survivors, duplicates)
    survivors = by_address(survivors)
    placing = _place_articles(staged, survivors, settings, previous, is_split=is_split)
    articles, known = _write_articles(
        staging,
        staged,
        survivors,
        settings,
        placing=placing,
        previous=previous,
        keeps_files=keeps_files,
    )
    copies = _write_duplicates(staging, staged, duplicates, settings)
    quarantine = _write_quarantine(staging, rejections, settings)
    tables = {"default": articles.files, "duplicates": copies.files, "quarantine": quarantine}
    listed, accounts = write_inputs(staging, inputs)
    index = (*articles.index_files, *copies.index_files)
    made_of = survivors.select(["batch", "row"]).take(np.argsort(placing.positions))
    withheld = _withheld(quarantine)
    paths = [*index, *(path for files in tables.values() for path in files.paths)]
    digests = {path: digest_file(path) for path in paths}
    return Written(staging, tables, index, listed, accounts, withheld, made_of, known, digests)


def _require_each_row_once(
    staged: Sequence[Staged], survivors: pa.Table, duplicates: pa.Table
) -> None:
    addresses = np.concatenate([addresses_of(table) for table in (survivors, duplicates)])
    addresses.sort()
    distinct = len(addresses) - int((addresses[1:] == addresses[:-1]).sum())
    if not len(addresses) == distinct == (rows := sum(part.rows for part in staged)):
        message = (
            f"{rows} staged rows, but {len(survivors)} to publish and {len(duplicates)} "
            f"duplicates ({distinct} distinct). This is a fault of broadsheet; please report."
        )
        raise PublishError(message)


@dataclass(frozen=True, slots=True)
class _Placing:
    """The final position of each article, and the rows of each shard by split."""

    positions: Integers
    sizes: Mapping[str, Sequence[int]]


def _place_articles(
    staged: Sequence[Staged],
    survivors: pa.Table,
    settings: config.Publish,
    previous: Path | None,
    *,
    is_split: bool,
) -> _Placing:
    ids = gather(staged, survivors, ["id"]).column("id").combine_chunks()
    if len(pc.unique(ids)) != len(ids):
        raise PublishError(
            "Two articles have one id. This is a fault of broadsheet; please report."
        )
    splits = survivors.column("split").combine_chunks().fill_null(layout.UNASSIGNED)
    if not is_split:
        splits = pa.array([layout.SPLIT]).take(pa.array(np.zeros(len(ids), np.int64)))
    placed, sizes = _place(ids, splits, previous, settings.rows_per_shard)
    return _Placing(_positions(pa.table({"shard": placed, "id": ids})), sizes)


class _Ready(NamedTuple):
    """Shards, and files of the index, that the release before has as they are."""

    shards: Twins
    index_files: Twins


_NONE: Final = _Ready({}, {})


def _write_articles(
    staging: Path,
    staged: Sequence[Staged],
    survivors: pa.Table,
    settings: config.Publish,
    *,
    placing: _Placing,
    previous: Path | None,
    keeps_files: bool,
) -> tuple[Indexed, Known]:
    across = [f.name for f in ARTICLE.schema if f.name not in STAGED_ARTICLE_SCHEMA.names]
    rows = Rows(ARTICLE, staged, survivors, placing.positions, survivors.select(across))
    before = open_before(previous) if "before" in survivors.column_names else None
    if before is None:
        return _write_indexed(staging, rows, placing.sizes, settings), NOTHING
    known = np.asarray(survivors.column("before"))
    same = same_rows(rows, before, known)
    ready = _NONE
    if keeps_files:
        every = [size for parts in placing.sizes.values() for size in parts]
        shards = twins(rows, before, np.where(same, known, -1), every)
        indexed = twins(rows, before, known, every)
        ready = _Ready(
            {number: before.shards[which] for number, which in shards.items()},
            {number: before.index[which] for number, which in indexed.items()},
        )
    taken = reused(rows, before, known)
    written = _write_indexed(staging, taken, placing.sizes, settings, ready)
    return written, known_rows(rows, before, known, same, written.files)


def _write_indexed(
    staging: Path,
    rows: Rows,
    sizes: Mapping[str, Sequence[int]],
    settings: config.Publish,
    ready: _Ready = _NONE,
) -> Indexed:
    """Write a configuration, and its index row for row."""
    every = [size for parts in sizes.values() for size in parts]
    some = without(rows, every, ready.shards)
    articles = [part.articles for part in some.staged]
    taken = selections(articles, some.addresses, some.positions, some.added)
    in_order = ordered(taken, rows.table.schema, staging)
    most = settings.rows_per_group
    files = write_shards(staging, rows.table, in_order, sizes, most, twins=ready.shards)
    some = without(rows, every, ready.index_files)
    taken = selections([part.index for part in some.staged], some.addresses, some.positions)
    known = ordered(taken, INDEX.schema, staging)
    return Indexed(files, write_index(staging, files, known, most, twins=ready.index_files))


def _place(
    ids: pa.Array, splits: pa.Array, previous: Path | None, most: int
) -> tuple[Integers, dict[str, list[int]]]:
    """Return the shard of each row, counted through all splits, and the shards' sizes by split."""
    placed = np.zeros(len(ids), np.int64)
    sizes: dict[str, list[int]] = {}
    for split in layout.SPLITS:
        rows = np.flatnonzero(pc.equal(splits, split).to_numpy(zero_copy_only=False))
        shards = layout.shards_of(previous, "default", [split]) if previous else ()
        known = [pq.read_table(p, columns=["id"]).column("id").combine_chunks() for p in shards]
        homes = place(ids.take(pa.array(rows)), known, most)
        placed[rows] = homes + sum(map(len, sizes.values()))
        sizes[split] = [int(n) for n in np.bincount(homes)]
    return placed, sizes


def _write_duplicates(
    staging: Path, staged: Sequence[Staged], duplicates: pa.Table, settings: config.Publish
) -> Indexed:
    duplicates = by_address(duplicates)
    positions = _positions(gather(staged, duplicates, _SOURCE_ORDER))
    added = duplicates.drop_columns(["batch", "row"])
    sizes = {layout.SPLIT: _even_sizes(len(duplicates), settings.rows_per_shard)}
    rows = Rows(DUPLICATE, staged, duplicates, positions, added)
    return _write_indexed(staging, rows, sizes, settings)


def _write_quarantine(
    staging: Path, rejections: Sequence[Path], settings: config.Publish
) -> TableFiles:
    columns = [pq.read_table(path, columns=list(_QUARANTINE_ORDER)) for path in rejections]
    keys = pa.concat_tables([QUARANTINE.schema.empty_table().select(_QUARANTINE_ORDER), *columns])
    positions = _positions(keys)
    starts = np.cumsum([0, *map(len, columns)])
    selections = [
        Selection(path, np.arange(len(part)), positions[start : start + len(part)])
        for path, part, start in zip(rejections, columns, starts, strict=False)
    ]
    rows = ordered(selections, QUARANTINE.schema, staging)
    if not settings.quarantine_excerpts:
        rows = (_without_excerpts(portion) for portion in rows)
    sizes = {layout.SPLIT: _even_sizes(len(keys), settings.rows_per_shard)}
    return write_shards(staging, QUARANTINE, rows, sizes, settings.rows_per_group)


def _without_excerpts(rows: pa.Table) -> pa.Table:
    index = rows.schema.get_field_index("excerpt")
    empty = pa.array([""] * len(rows), rows.schema.field(index).type)
    return rows.set_column(index, rows.schema.field(index), empty)


def _positions(keys: pa.Table) -> Integers:
    """Return the rank of each row by all columns, in their order."""
    ranks = np.empty(len(keys), np.int64)
    order = pc.sort_indices(keys, [(name, "ascending") for name in keys.column_names])
    ranks[order.to_numpy()] = np.arange(len(keys))
    return ranks


def _even_sizes(rows: int, most: int) -> list[int]:
    """Return the sizes of the fewest shards of nearly equal size."""
    count = -(-rows // most)
    return [rows * (i + 1) // count - rows * i // count for i in range(count)]


def _withheld(quarantine: TableFiles) -> int:
    columns = [pq.read_table(path, columns=["reason"]).column(0) for path in quarantine.paths]
    return sum(pc.sum(pc.equal(c, str(Reason.RIGHTS_TAKEDOWN))).as_py() for c in columns)
