"""How much of their texts pairs of articles have in common: the true figures, not estimates."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from broadsheet.addressed import located
from broadsheet.deduplicate.groups import Rows, pair_codes, pair_ends
from broadsheet.deduplicate.shingles import Shingles, join, shingle

TextReader = Callable[[int, Sequence[int]], Sequence[str]]
"""Reads the texts of some rows of a batch: ``read(batch, rows)``, rows ascending and distinct."""

_ROWS_AT_ONCE: Final = 50_000
"""Shingle sets in memory at a time, some 2 kB each; twice this where two blocks meet."""
_PAIRS_AT_ONCE: Final = 2_000


_COUNTS: Final = ("common", "of_one", "of_other")
COMPARED_SCHEMA: Final = pa.schema(
    [pa.field(name, pa.int64(), nullable=False) for name in ("one", "other", *_COUNTS)]
)
"""Pairs of rows by their addresses: shingles in both, in the one and in the other."""


@dataclass(frozen=True, slots=True)
class Overlaps:
    """What pairs have in common, pair by pair.

    Attributes:
        common: shingles in both.
        left: shingles of the left one.
        right: shingles of the right one.

    """

    common: NDArray[np.int64]
    left: NDArray[np.int64]
    right: NDArray[np.int64]

    @property
    def jaccard(self) -> NDArray[np.float32]:
        """Share of all shingles that are in both; 1 for two empty sets."""
        union = self.left + self.right - self.common
        return _share(self.common, union)

    @property
    def left_in_right(self) -> NDArray[np.float32]:
        """Share of the left one's shingles that the right one has, too."""
        return _share(self.common, self.left)

    @property
    def right_in_left(self) -> NDArray[np.float32]:
        """Share of the right one's shingles that the left one has, too."""
        return _share(self.common, self.right)


class Comparison:
    """Texts of rows, compared pair by pair; what was compared before is not compared again."""

    def __init__(self, places: Rows, read: TextReader, known: pa.Table) -> None:
        """Take the texts of rows.

        Args:
            places: their addresses, see :mod:`broadsheet.addressed`.
            read: reads texts by address.
            known: table of ``COMPARED_SCHEMA``: what some of them have in common.

        """
        self._places, self._read = places, read
        order = np.argsort(places)
        ends = [np.asarray(known[name]) for name in ("one", "other")]
        counts = np.stack([np.asarray(known[name]) for name in _COUNTS])
        one, other = (order[np.searchsorted(places[order], end)] for end in ends)
        self._known = _pairs(one, other, counts)
        self._asked = [self._known[0][:0]], [counts[:, :0]]

    def overlaps(self, left: Rows, right: Rows) -> Overlaps:
        """Return what pairs of rows have in common, as :func:`overlaps` does."""
        codes, known = self._known
        wanted = pair_codes(left, right)
        at = np.minimum(np.searchsorted(codes, wanted), max(len(codes) - 1, 0))
        is_known = codes[at] == wanted if len(codes) else np.zeros(len(wanted), np.bool_)
        counts = np.zeros((3, len(wanted)), np.int64)
        counts[:, is_known] = known[:, at[is_known]]
        fresh = np.flatnonzero(~is_known)
        found = overlaps(self._places, *pair_ends(wanted[fresh]), self._read)
        counts[:, fresh] = found.common, found.left, found.right
        self._asked[0].append(wanted)
        self._asked[1].append(counts)
        of_left, of_right = np.where(left <= right, counts[1:], counts[:0:-1])
        return Overlaps(counts[0], of_left, of_right)

    def compared(self) -> pa.Table:
        """Return all that was asked for as a table of ``COMPARED_SCHEMA``, each pair once."""
        codes, first = np.unique(np.concatenate(self._asked[0]), return_index=True)
        counts = np.concatenate(self._asked[1], axis=1)[:, first]
        ends = (self._places[end] for end in pair_ends(codes))
        return pa.table([*ends, *counts], schema=COMPARED_SCHEMA)


def _pairs(one: Rows, other: Rows, counts: NDArray[np.int64]) -> tuple[Rows, NDArray[np.int64]]:
    """Return pairs as ascending codes with what they have in common, the lower row first."""
    counts = np.concatenate([counts[:1], np.where(one <= other, counts[1:], counts[:0:-1])])
    codes = pair_codes(one, other)
    order = np.argsort(codes)
    return codes[order], counts[:, order]


def overlaps(places: Rows, left: Rows, right: Rows, read: TextReader) -> Overlaps:
    """Return what pairs of rows have in common.

    The texts are read again, those of a block of rows at a time, so that memory stays bounded
    however many pairs there are.

    Args:
        places: addresses of rows, see :mod:`broadsheet.addressed`.
        left: one end of each pair, as positions among these.
        right: the other end.
        read: reads texts by their address.

    """
    counts = np.zeros((3, len(left)), np.int64)
    involved = np.unique(np.concatenate([left, right]))
    # Blocks are cut by address: copies often lie close to each other, and few batches are read.
    block = np.argsort(np.argsort(places[involved])) // _ROWS_AT_ONCE
    ends = [block[np.searchsorted(involved, end)] for end in (left, right)]
    blocks = np.sort(np.stack(ends, axis=1), axis=1)
    for met in np.unique(blocks, axis=0):
        pairs = np.flatnonzero((blocks == met).all(axis=1))
        rows = np.unique(np.concatenate([left[pairs], right[pairs]]))
        shingles, place = _read_shingles(places[rows], read)
        texts = (place[np.searchsorted(rows, end[pairs])] for end in (left, right))
        counts[:, pairs] = count_common(shingles, *texts)
    return Overlaps(*counts)


def count_common(shingles: Shingles, left: Rows, right: Rows) -> NDArray[np.int64]:
    """Return common, left and right shingles of pairs of texts; shape (3, pairs)."""
    sizes = np.diff(shingles.offsets)
    common = np.zeros(len(left), np.int64)
    for start in range(0, len(left), _PAIRS_AT_ONCE):
        some = slice(start, start + _PAIRS_AT_ONCE)
        tagged = np.concatenate(
            [_tagged(shingles, sizes, left[some]), _tagged(shingles, sizes, right[some])]
        )
        tagged.sort()
        # A set has no value twice: equal neighbours are one value in both texts of a pair.
        pair = tagged[:-1][tagged[1:] == tagged[:-1]] >> np.uint64(32)
        common[some] = np.bincount(pair.astype(np.int64), minlength=len(left[some]))
    return np.stack([common, sizes[left], sizes[right]])


def _tagged(shingles: Shingles, sizes: Rows, texts: Rows) -> NDArray[np.uint64]:
    """Return the shingles of texts, each with the position of its text in the upper half."""
    lengths = sizes[texts]
    position = np.repeat(np.arange(len(texts)), lengths)
    within = np.arange(len(position)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    values = shingles.values[shingles.offsets[texts][position] + within]
    tagged: NDArray[np.uint64] = (position.astype(np.uint64) << np.uint64(32)) | values
    return tagged


def _read_shingles(places: Rows, read: TextReader) -> tuple[Shingles, Rows]:
    """Return the shingles of the texts at some addresses, and where among them each one's are."""
    order = np.argsort(places)  # batch by batch, as they are read
    batches, rows = located(places[order])
    borders = np.flatnonzero(np.diff(batches)) + 1
    parts = [
        shingle(read(int(of[0]), some.tolist()))
        for of, some in zip(np.split(batches, borders), np.split(rows, borders), strict=True)
        if len(some)
    ]
    return join(parts), np.argsort(order)


def _share(part: NDArray[np.int64], whole: NDArray[np.int64]) -> NDArray[np.float32]:
    return np.where(whole > 0, part / np.maximum(whole, 1), 1).astype(np.float32)
