"""The tables of a release, from the staged batches and the folding of duplicates."""

import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from broadsheet import config
from broadsheet.errors import PublishError
from broadsheet.publish import layout
from broadsheet.publish.ordering import Selection, ordered
from broadsheet.publish.placement import Integers, place
from broadsheet.publish.shards import TableFiles, file_schema, open_writer, write_shards
from broadsheet.reasons import Reason
from broadsheet.records import Accounts
from broadsheet.tables import ARTICLE, DUPLICATE, INPUT, QUARANTINE, STAGED_ARTICLE_SCHEMA, Table

BATCH_ARTICLES = "articles.parquet"
_SOURCE_ORDER = ("source_path", "source_member", "source_offset")
_QUARANTINE_ORDER = (*_SOURCE_ORDER, "stage", "reason", "detail")


@dataclass(frozen=True, slots=True)
class InputFile:
    """A raw file: POSIX path relative to the raw folder, bytes, SHA-256, records read from it.

    ``size`` and ``sha256`` are None where the file could not be read; ``records`` is None where
    nobody counted, and then the sum of their outcomes is taken.
    """

    path: str
    size: int | None
    sha256: str | None
    records: int | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """The tables of a release that is being made.

    Attributes:
        release: the folder, staged or final.
        tables: the files of each configuration, by its name.
        inputs: the raw files.
        accounts: what became of their records.
        withheld: records that are quarantined because they are on the takedown list.

    """

    release: Path
    tables: Mapping[str, TableFiles]
    inputs: tuple[InputFile, ...]
    accounts: Accounts
    withheld: int = 0


def write_tables(
    staging: Path,
    batches: Sequence[Path],
    *,
    survivors: pa.Table,
    duplicates: pa.Table,
    rejections: Sequence[Path],
    inputs: Iterable[InputFile],
    settings: config.Publish,
    previous: Path | None = None,
) -> Written:
    """Write ``data/``, ``quarantine/``, ``duplicates/`` and ``inputs.parquet``.

    Memory holds one batch, one bucket of rows, and the ids and addresses of all rows.

    Args:
        staging: an empty folder.
        batches: the staged batches' folders, by batch number; with ``articles.parquet`` each.
        survivors: the rows to publish: ``batch``, ``row`` and the columns not staged.
        duplicates: the rows folded into them: ``batch``, ``row`` and the columns of ``DUPLICATE``.
        rejections: Parquet files of the quarantine's schema.
        inputs: the raw files.
        settings: how to write.
        previous: the release before, whose placement of rows is kept.

    Raises:
        PublishError: rows are lost, counted twice, or share an id.

    """
    staged = [batch / BATCH_ARTICLES for batch in batches]
    _require_each_row_once(staged, survivors, duplicates)
    tables = {
        "default": _write_articles(staging, staged, survivors, settings, previous),
        "duplicates": _write_duplicates(staging, staged, duplicates, settings),
        "quarantine": _write_quarantine(staging, rejections, settings),
    }
    counted, accounts = _account(staging, inputs)
    _write_inputs(staging, counted)
    inputs = tuple(file for file, _ in counted)
    return Written(staging, tables, inputs, accounts, _withheld(tables["quarantine"]))


def _require_each_row_once(
    staged: Sequence[Path], survivors: pa.Table, duplicates: pa.Table
) -> None:
    addresses = pa.concat_tables([t.select(["batch", "row"]) for t in (survivors, duplicates)])
    distinct = addresses.group_by(["batch", "row"]).aggregate([])
    rows = sum(pq.read_metadata(path).num_rows for path in staged if path.is_file())
    if not len(addresses) == len(distinct) == rows:
        message = (
            f"{rows} staged rows, but {len(survivors)} to publish and {len(duplicates)} "
            f"duplicates ({len(distinct)} distinct). This is a fault of broadsheet; please report."
        )
        raise PublishError(message)


def _write_articles(
    staging: Path,
    staged: Sequence[Path],
    survivors: pa.Table,
    settings: config.Publish,
    previous: Path | None,
) -> TableFiles:
    survivors = survivors.sort_by([("batch", "ascending"), ("row", "ascending")])
    ids = _gather(staged, survivors, ["id"]).column("id").combine_chunks()
    if len(pc.unique(ids)) != len(ids):
        raise PublishError(
            "Two articles have one id. This is a fault of broadsheet; please report."
        )
    shards = layout.shards_of(previous, "default") if previous else ()
    known = [pq.read_table(p, columns=["id"]).column("id").combine_chunks() for p in shards]
    placed = place(ids, known, settings.rows_per_shard)
    positions = _positions(pa.table({"shard": placed, "id": ids}))
    across = [f.name for f in ARTICLE.schema if f.name not in STAGED_ARTICLE_SCHEMA.names]
    selections = _selections(staged, survivors, positions, survivors.select(across))
    rows = ordered(selections, ARTICLE.schema, staging)
    sizes = [int(n) for n in np.bincount(placed)]
    return write_shards(staging, ARTICLE, rows, sizes, settings.rows_per_group)


def _write_duplicates(
    staging: Path, staged: Sequence[Path], duplicates: pa.Table, settings: config.Publish
) -> TableFiles:
    duplicates = duplicates.sort_by([("batch", "ascending"), ("row", "ascending")])
    positions = _positions(_gather(staged, duplicates, _SOURCE_ORDER))
    added = duplicates.drop_columns(["batch", "row"])
    rows = ordered(_selections(staged, duplicates, positions, added), DUPLICATE.schema, staging)
    sizes = _even_sizes(len(duplicates), settings.rows_per_shard)
    return write_shards(staging, DUPLICATE, rows, sizes, settings.rows_per_group)


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
    sizes = _even_sizes(len(keys), settings.rows_per_shard)
    return write_shards(staging, QUARANTINE, rows, sizes, settings.rows_per_group)


def _without_excerpts(rows: pa.Table) -> pa.Table:
    index = rows.schema.get_field_index("excerpt")
    empty = pa.array([""] * len(rows), rows.schema.field(index).type)
    return rows.set_column(index, rows.schema.field(index), empty)


def _gather(staged: Sequence[Path], addresses: pa.Table, columns: Sequence[str]) -> pa.Table:
    """Return some columns of the addressed rows, which are sorted by batch and row."""
    schema = pa.schema([STAGED_ARTICLE_SCHEMA.field(name) for name in columns])
    parts = [
        pq.read_table(staged[batch], columns=list(columns)).take(pa.array(rows))
        for batch, rows, _ in _by_batch(addresses)
    ]
    return pa.concat_tables([schema.empty_table(), *(part.cast(schema) for part in parts)])


def _by_batch(addresses: pa.Table) -> list[tuple[int, Integers, slice]]:
    """Return (batch, its rows, where they stand in the addresses) of sorted addresses."""
    batch = addresses.column("batch").to_numpy()
    row = addresses.column("row").to_numpy()
    numbers, starts = np.unique(batch, return_index=True)
    ends = [*starts[1:], len(batch)][: len(numbers)]
    return [
        (int(number), row[start:end], slice(int(start), int(end)))
        for number, start, end in zip(numbers, starts, ends, strict=True)
    ]


def _selections(
    staged: Sequence[Path], addresses: pa.Table, positions: Integers, added: pa.Table
) -> list[Selection]:
    return [
        Selection(staged[batch], rows, positions[where], added.slice(where.start, len(rows)))
        for batch, rows, where in _by_batch(addresses)
    ]


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


def _account(
    release: Path, inputs: Iterable[InputFile]
) -> tuple[list[tuple[InputFile, Accounts]], Accounts]:
    """Say what became of each input's records, by what was written."""
    published, duplicates, quarantined = (
        _rows_by_path(release, table) for table in (ARTICLE, DUPLICATE, QUARANTINE)
    )
    counted = []
    for file in sorted(inputs, key=lambda file: os.fsencode(file.path)):
        outcomes = Accounts(
            published=published.pop(file.path, 0),
            duplicates=duplicates.pop(file.path, 0),
            quarantined=quarantined.pop(file.path, 0),
        )
        found = outcomes.published + outcomes.duplicates + outcomes.quarantined
        raw = found if file.records is None else file.records
        accounts = replace(outcomes, raw=raw)
        if not accounts.balanced:
            raise PublishError(f"{file.path}: its records do not add up ({accounts}).")
        counted.append((replace(file, records=raw), accounts))
    if unknown := {*published, *duplicates, *quarantined}:
        raise PublishError(f"Rows come from files that are no input: {sorted(unknown)[:3]}.")
    return counted, sum((accounts for _, accounts in counted), Accounts())


def _withheld(quarantine: TableFiles) -> int:
    columns = [pq.read_table(path, columns=["reason"]).column(0) for path in quarantine.paths]
    return sum(pc.sum(pc.equal(c, str(Reason.RIGHTS_TAKEDOWN))).as_py() for c in columns)


def _rows_by_path(release: Path, table: Table) -> Counter[str]:
    counts: Counter[str] = Counter()
    for path in layout.shards_of(release, table.name):
        for batch in pq.ParquetFile(path).iter_batches(columns=["source_path"]):
            for pair in batch.column(0).value_counts():
                counts[pair["values"].as_py()] += pair["counts"].as_py()
    return counts


def _write_inputs(release: Path, counted: Sequence[tuple[InputFile, Accounts]]) -> None:
    rows = [
        {
            "path": file.path,
            "size": file.size,
            "sha256": file.sha256,
            "raw": accounts.raw,
            "published": accounts.published,
            "duplicates": accounts.duplicates,
            "quarantined": accounts.quarantined,
        }
        for file, accounts in counted
    ]
    if rows:
        schema = file_schema(INPUT)
        with open_writer(release / layout.INPUTS_TABLE, schema) as writer:
            writer.write_table(pa.Table.from_pylist(rows, schema), row_group_size=5_000)
