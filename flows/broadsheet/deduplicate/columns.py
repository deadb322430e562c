"""Columns of the keys of all rows, read when they are needed and no longer held than that.

Signatures, samples, terms and the names of pages are most of the bytes of the keys, and each is
needed for a moment. So what is held of all rows are numbers: places, and what belongs together.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Protocol, Self

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from broadsheet.deduplicate.groups import Rows
from broadsheet.deduplicate.words import Hashes, Positions, hash_runs, prefixes_of, scramble

Numbers = NDArray[np.int32]
"""Numbers of rows where all of them are held: half the space of ``Rows``."""

PORTION_ROWS: Final = 16_384
"""Rows of the keys that are read at a time."""
_STRINGS_AT_ONCE: Final = 200_000
"""Values that are compared as they are, at a time."""


class Selected(Protocol):
    """Some columns of all rows: a table, or what reads them portion by portion."""

    def to_reader(self) -> pa.RecordBatchReader:
        """Return what gives the rows in their order."""


class Selects(Protocol):
    """A table, or what reads columns of one when asked for them."""

    def select(self, columns: Sequence[str], /) -> Selected:
        """Return some columns."""


class Keys(Selects, Protocol):
    """All rows with columns of ``KEY_SCHEMA``."""

    def __len__(self) -> int:
        """Return the number of rows."""


def read_all(table: Selects, columns: Sequence[str]) -> pa.Table:
    """Return some columns as a table."""
    return table.select(columns).to_reader().read_all()


def portions(keys: Keys, columns: Sequence[str]) -> Iterator[tuple[int, pa.Table]]:
    """Yield some columns of all rows portion by portion, each with the number of its first row."""
    first = 0
    for batch in keys.select(columns).to_reader():
        for start in range(0, len(batch), PORTION_ROWS):
            portion = pa.table(batch.slice(start, PORTION_ROWS))
            yield first, portion
            first += len(portion)


def gather(keys: Keys, columns: Sequence[str], rows: Rows | Numbers) -> pa.Table:
    """Return some columns of some rows, in the order of these.

    Args:
        keys: all rows.
        columns: which of their columns.
        rows: positions of rows among the keys; in any order, and some more than once.

    """
    if (rows[1:] > rows[:-1]).all():
        parts = [part for _, part in Column(keys, columns, rows).portions()]
        if not parts:
            return keys.select(columns).to_reader().schema.empty_table()
        return pa.concat_tables(parts)
    distinct, place = np.unique(rows.astype(np.int64), return_inverse=True)
    return gather(keys, columns, distinct).combine_chunks().take(pa.array(place))


@dataclass(frozen=True, slots=True)
class Column:
    """Columns of some rows of the keys.

    Attributes:
        keys: all rows.
        names: which columns.
        rows: distinct positions of the rows among the keys; a row's place here is its number.

    """

    keys: Keys
    names: Sequence[str]
    rows: Rows | Numbers

    @classmethod
    def of(cls, values: pa.ChunkedArray) -> Self:
        """Return a column that is at hand."""
        return cls(pa.table({"values": values}), ["values"], np.arange(len(values)))

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.rows)

    def portions(self) -> Iterator[tuple[Rows, pa.Table]]:
        """Yield the numbers of some rows with their values, until all were there."""
        place = np.full(len(self.keys), -1, np.int32)
        place[self.rows] = np.arange(len(self.rows))
        for first, portion in portions(self.keys, self.names):
            places = place[first : first + len(portion)]
            some = np.flatnonzero(places >= 0)
            if len(some) == len(portion):
                yield places.astype(np.int64), portion
            elif len(some):
                yield places[some].astype(np.int64), portion.take(pa.array(some))

    def values(self) -> Iterator[tuple[Rows, pa.Array]]:
        """Yield the same of a single column, as arrays."""
        for places, portion in self.portions():
            yield places, portion.column(0).combine_chunks()

    def take(self, places: Rows) -> pa.ChunkedArray:
        """Return the values of some rows of a single column."""
        return gather(self.keys, self.names, self.rows[places]).column(0)


def first_equals(keys: Keys, name: str, rank: Numbers) -> Numbers:
    """Return for each row the first that has the same string; itself where it has none.

    Rows are told apart by a hash of 8 bytes; of those that agree on it the strings are compared,
    some at a time.

    Args:
        keys: all rows.
        name: a column of strings.
        rank: for each row of the keys its rank.

    Returns:
        An array by rank of ranks.

    """
    hashes = np.empty(len(keys), np.uint64)
    is_known = np.empty(len(keys), np.bool_)
    for first, portion in portions(keys, [name]):
        values = portion.column(0).combine_chunks()
        hashes[first : first + len(values)] = string_hashes(values)
        is_known[first : first + len(values)] = np.asarray(values.is_valid())
    suspects = _repeated(hashes, np.flatnonzero(is_known))
    borders = np.flatnonzero(np.diff(hashes[suspects])) + 1
    firsts = np.arange(len(keys), dtype=np.int32)
    for some in cut(suspects, borders):
        values = gather(keys, [name], some).column(0).combine_chunks().dictionary_encode().indices
        code, ranks = np.asarray(values), rank[some]
        least = np.full(int(code.max(initial=-1)) + 1, len(keys), np.int32)
        np.minimum.at(least, code, ranks)
        firsts[ranks] = least[code]
    return firsts


def string_hashes(values: pa.Array) -> Hashes:
    """Return a hash of each string of an array; that of null is any."""
    ends, data = string_bytes(values)
    prefixes = prefixes_of(data[ends[0] : ends[-1]].astype(np.uint64) + np.uint64(1))
    places: Positions = ends - ends[0]
    return scramble(hash_runs(prefixes, places[:-1], places[1:]))


def string_bytes(values: pa.Array) -> tuple[Positions, NDArray[np.uint8]]:
    """Return where each of some strings begins, and the last one ends, in bytes; and these."""
    texts = values.cast(pa.large_string())
    _, offsets, data = texts.buffers()
    borders = np.frombuffer(offsets, np.int64)[texts.offset : texts.offset + len(texts) + 1]
    return borders, np.frombuffer(data or b"", np.uint8)


def _repeated(hashes: Hashes, rows: Rows) -> Rows:
    """Return those of some rows whose hash another of them has, too, in the order of hashes."""
    rows = rows[np.argsort(hashes[rows])]
    same = np.flatnonzero(np.diff(hashes[rows]) == 0)
    is_repeated = np.zeros(len(rows), np.bool_)
    is_repeated[same] = is_repeated[same + 1] = True
    return rows[is_repeated]


def cut(rows: Rows, borders: Rows) -> Iterator[Rows]:
    """Yield rows some at a time, cut at borders alone."""
    start = 0
    while start < len(rows):
        later = borders[np.searchsorted(borders, start + _STRINGS_AT_ONCE) :]
        stop = int(later[0]) if len(later) else len(rows)
        yield rows[start:stop]
        start = stop
