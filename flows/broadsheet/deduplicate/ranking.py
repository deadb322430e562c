"""Bringing copies into the order in which they would stay."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from broadsheet.deduplicate.groups import Rows
from broadsheet.deduplicate.signals import SIGNAL_SCHEMA

RANKING: Final = (
    ("completeness", "descending"),
    ("published_on", "ascending"),
    ("published_at", "ascending"),
    ("id", "ascending"),
    ("source_path", "ascending"),
    ("source_member", "ascending"),
    ("source_offset", "ascending"),
    ("text_sha256", "ascending"),
    ("batch", "ascending"),
    ("row", "ascending"),
)
"""Who stays: the most complete, then the earliest, then the least id; the place where it lies
only breaks ties, so that the order of the input decides nothing. Nulls come last."""
_SKETCHES: Final = ("signature", "sample", "terms", *SIGNAL_SCHEMA.names)


@dataclass(frozen=True, slots=True)
class Ranked:
    """Keys in the order of ``RANKING``; a row's number is its rank.

    Attributes:
        plain: the columns that are cheap to hold twice.
        unranked: the keys as they came, for the others.
        order: for each rank the position in ``unranked``.

    """

    plain: pa.Table
    unranked: pa.Table
    order: Rows

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.order)

    def sketch(self, name: str, rows: Rows) -> pa.ChunkedArray:
        """Return some values of a column that is too heavy to be held in another order."""
        return self.unranked[name].take(self.order[rows])


def rank(keys: pa.Table) -> Ranked:
    """Bring a table of ``KEY_SCHEMA``, in any order, into that of ``RANKING``."""
    order = np.asarray(pc.sort_indices(keys, sort_keys=list(RANKING))).astype(np.int64)
    return Ranked(keys.drop_columns(list(_SKETCHES)).take(order), keys, order)
