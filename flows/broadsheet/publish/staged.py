"""Staged rows: which of them a table takes, and where each goes."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from broadsheet.addressed import addresses_of
from broadsheet.publish.ordering import Selection
from broadsheet.publish.placement import Integers
from broadsheet.tables import INDEX, Table


@dataclass(frozen=True, slots=True)
class Staged:
    """Rows that may be published.

    Attributes:
        articles: a Parquet file with the columns of staged articles.
        index: a Parquet file with those of the index, row for row.
        rows: how many of its rows end published or folded.

    """

    articles: Path
    index: Path
    rows: int


@dataclass(frozen=True, slots=True)
class Rows:
    """Staged rows of a configuration: which, where each goes, and the columns not staged.

    The addresses are sorted by batch and row.
    """

    table: Table
    staged: Sequence[Staged]
    addresses: pa.Table
    positions: Integers
    added: pa.Table


def by_address(table: pa.Table) -> pa.Table:
    """Return rows by batch and row; those in this order are not copied."""
    addresses = addresses_of(table)
    if (addresses[1:] > addresses[:-1]).all():
        return table
    return table.take(pa.array(np.argsort(addresses)))


def gather(staged: Sequence[Staged], addresses: pa.Table, columns: Sequence[str]) -> pa.Table:
    """Return some columns of the index of addressed rows, which are sorted by batch and row."""
    schema = pa.schema([INDEX.schema.field(name) for name in columns])
    parts = [
        pq.read_table(staged[batch].index, columns=list(columns)).take(pa.array(rows))
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


def selections(
    files: Sequence[Path],
    addresses: pa.Table,
    positions: Integers,
    added: pa.Table | None = None,
) -> list[Selection]:
    """Return the addressed rows of each file, with what is added to them."""
    return [
        Selection(
            files[batch],
            rows,
            positions[where],
            added.slice(where.start, len(rows)) if added is not None else None,
        )
        for batch, rows, where in _by_batch(addresses)
    ]
