"""Bringing copies into the order in which they would stay."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from broadsheet.addressed import addresses_of
from broadsheet.deduplicate.columns import (
    Column,
    Keys,
    Numbers,
    cut,
    first_equals,
    gather,
    portions,
    string_bytes,
)
from broadsheet.deduplicate.groups import Rows
from broadsheet.deduplicate.words import Hashes

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
_FIRST_DAY: Final = -(2**31)
_LAST_DAY: Final = 2**31 - 1
_LAST_INSTANT: Final = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Ranked:
    """Keys in the order of ``RANKING``; a row's number is its rank.

    Attributes:
        keys: the keys as they came.
        order: for each rank the position in ``keys``.
        rank: for each position its rank.
        addresses: for each rank the row's address, see :mod:`broadsheet.addressed`.
        texts: for each rank the first one with the same text.

    """

    keys: Keys
    order: Numbers
    rank: Numbers
    addresses: Rows
    texts: Numbers

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.order)

    def column(self, name: str, rows: Rows) -> Column:
        """Return some values of a column, to be read when they are needed."""
        return Column(self.keys, [name], self.order[rows])

    def take(self, names: Sequence[str], rows: Rows) -> pa.Table:
        """Return some values of some columns."""
        return gather(self.keys, names, self.order[rows])

    def by_address(self, rows: Rows) -> Rows:
        """Return rows in the order of their addresses, in which their keys are read."""
        return rows[np.argsort(self.addresses[rows])]

    def firsts(self, name: str) -> Numbers:
        """Return for each row the first with the same value of a column of strings."""
        return first_equals(self.keys, name, self.rank)


def rank(keys: Keys) -> Ranked:
    """Bring columns of ``KEY_SCHEMA``, in any order, into that of ``RANKING``."""
    order = _order(keys)
    ranks = np.empty(len(order), np.int32)
    ranks[order] = np.arange(len(order), dtype=np.int32)
    places = np.empty(len(order), np.int64)
    for first, portion in portions(keys, ["batch", "row"]):
        places[ranks[first : first + len(portion)]] = addresses_of(portion)
    return Ranked(keys, order, ranks, places, first_equals(keys, "text_sha256", ranks))


def _order(keys: Keys) -> Numbers:
    """Return the positions of the keys by rank.

    Nearly all rows are told apart by numbers and by how their ids begin; the others are ordered
    anew by all that counts, some at a time.
    """
    columns = [np.empty(len(keys), kind) for kind in (np.int64, np.int64, np.uint64)]
    for first, portion in portions(keys, [name for name, _ in RANKING[:4]]):
        for column, values in zip(columns, _as_numbers(portion), strict=True):
            column[first : first + len(portion)] = values
    order = np.lexsort(columns[::-1]).astype(np.int32)
    is_same = np.ones(max(len(order) - 1, 0), np.bool_)
    for column in columns:
        in_order = column[order]
        is_same &= in_order[1:] == in_order[:-1]
    del columns
    is_tied = np.append(is_same, False) | np.append(False, is_same)
    tied = np.flatnonzero(is_tied[: len(order)])
    borders = np.flatnonzero(~np.append(False, is_same)[tied])
    for some in cut(tied, borders):
        rows = np.sort(order[some])
        table = gather(keys, [name for name, _ in RANKING], rows)
        order[some] = rows[np.asarray(pc.sort_indices(table, sort_keys=list(RANKING)))]
    return order


def _as_numbers(portion: pa.Table) -> tuple[Rows, Rows, Hashes]:
    """Return what the first columns of ``RANKING`` come to, in the same order but for ties.

    Null is the greatest number; of an id, the first eight bytes count.
    """
    completeness, day, instant, ids = (column.combine_chunks() for column in portion.columns)
    days = np.asarray(day.cast(pa.int32()).fill_null(_LAST_DAY)).astype(np.int64)
    first = -np.asarray(completeness).astype(np.int64) << 32 | (days - _FIRST_DAY)
    at = np.asarray(instant.cast(pa.int64()).fill_null(_LAST_INSTANT))
    borders, data = string_bytes(ids)
    codes = np.append(data, np.uint8(0)).astype(np.uint64)
    begins = np.zeros(len(ids), np.uint64)
    for place in range(8):
        at_place = np.minimum(borders[:-1] + place, borders[1:])
        is_there = at_place < borders[1:]
        begins = begins << np.uint64(8) | np.where(is_there, codes[at_place], np.uint64(0))
    return first, at, begins
