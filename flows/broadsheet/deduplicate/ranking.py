"""Bringing copies into the order in which they would stay."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from broadsheet.deduplicate.groups import Rows, codes

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
_PLAIN: Final = (
    "batch",
    "row",
    "id",
    "url",
    "agencies",
    "outlet",
    "outlet_domain",
    "published_at",
    "published_on",
    "modified_at",
    "text_sha256",
)


class Keys(Protocol):
    """All rows with columns of ``KEY_SCHEMA``: a table, or what reads columns when asked for them.

    Signatures, samples, terms and signals are most of the bytes, and each is needed once.
    """

    def select(self, columns: Sequence[str], /) -> pa.Table:
        """Return some columns."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """Keys in the order of ``RANKING``; a row's number is its rank.

    Attributes:
        plain: the columns that are cheap to hold.
        texts: a number for each distinct text.
        unranked: the keys as they came, for the others.
        order: for each rank the position in ``unranked``.

    """

    plain: pa.Table
    texts: Rows
    unranked: Keys
    order: Rows

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.order)

    def sketch(self, name: str, rows: Rows) -> pa.ChunkedArray:
        """Return some values of a column that is too heavy to be held."""
        return self.sketches([name], rows)[name]

    def sketches(self, names: Sequence[str], rows: Rows) -> pa.Table:
        """Return some values of several such columns."""
        return self.unranked.select(names).take(self.order[rows])


def rank(keys: Keys) -> Ranked:
    """Bring columns of ``KEY_SCHEMA``, in any order, into that of ``RANKING``."""
    names = [*dict.fromkeys([*_PLAIN, *(name for name, _ in RANKING)])]
    table = keys.select(names)
    order = np.asarray(pc.sort_indices(table, sort_keys=list(RANKING))).astype(np.int64)
    plain = table.select(_PLAIN).take(order)
    return Ranked(plain.drop_columns("text_sha256"), codes(plain["text_sha256"]), keys, order)
