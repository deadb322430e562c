"""The keys of rows that are carried over, read from the index of the release before as needed."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from broadsheet import deduplicate
from broadsheet.tables import INDEX


@dataclass(frozen=True, slots=True)
class CarriedKeys:
    """The keys of the rows of a shard that are carried over; columns are read when asked for.

    Attributes:
        number: of the batch that they are.
        index: the file of the index beside the shard.
        shard: what has their quality signals; None where they are of copies, which have none.
        rows: which of its rows.

    """

    number: int
    index: Path
    shard: Path | None
    rows: NDArray[np.int64]

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.rows)

    def select(self, columns: Sequence[str], /) -> pa.Table:
        """Return some columns of ``KEY_SCHEMA``."""
        schema = pa.schema([deduplicate.KEY_SCHEMA.field(name) for name in columns])
        found = address(self.number, self.rows)
        signals = deduplicate.SIGNAL_SCHEMA.names
        for path, names in ((self.index, INDEX.schema.names), (self.shard, signals)):
            wanted = [name for name in columns if name in names]
            if path is None:
                found |= {name: pa.nulls(len(self), schema.field(name).type) for name in wanted}
            elif wanted:
                some = pq.read_table(path, columns=wanted).take(self.rows)
                found |= {name: some[name] for name in wanted}
        if "completeness" in columns:
            bonus = deduplicate.NO_TEXT if self.shard is None else deduplicate.PUBLISHED
            found["completeness"] = pc.add(found["completeness"], pa.scalar(bonus, pa.int32()))
        return pa.table([found[name] for name in columns], schema=schema)


def address(number: int, rows: NDArray[np.int64]) -> dict[str, pa.Array]:
    """Return the columns ``batch`` and ``row`` of rows of a batch."""
    return {"batch": pa.array(np.full(len(rows), number, np.int32)), "row": pa.array(rows)}
