"""How much of their texts pairs of articles have in common: the true figures, not estimates."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from broadsheet.deduplicate.groups import Rows, addresses
from broadsheet.deduplicate.shingles import Shingles, join, shingle

TextReader = Callable[[int, Sequence[int]], Sequence[str]]
"""Reads the texts of some rows of a batch: ``read(batch, rows)``, rows ascending and distinct."""

_ROWS_AT_ONCE: Final = 50_000
"""Shingle sets in memory at a time, some 2 kB each; twice this where two blocks meet."""
_PAIRS_AT_ONCE: Final = 2_000


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


def overlaps(keys: pa.Table, left: Rows, right: Rows, read: TextReader) -> Overlaps:
    """Return what pairs of rows have in common.

    The texts are read again, those of a block of rows at a time, so that memory stays bounded
    however many pairs there are.

    Args:
        keys: table with ``batch`` and ``row``.
        left: one end of each pair, as positions in ``keys``.
        right: the other end.
        read: reads texts by their address.

    """
    counts = np.zeros((3, len(left)), np.int64)
    involved = np.unique(np.concatenate([left, right]))
    # Blocks are cut by address: copies often lie close to each other, and few batches are read.
    where = np.asarray(addresses(keys.select(["batch", "row"]).take(involved)))
    block = np.argsort(np.argsort(where)) // _ROWS_AT_ONCE
    ends = [block[np.searchsorted(involved, end)] for end in (left, right)]
    blocks = np.sort(np.stack(ends, axis=1), axis=1)
    for met in np.unique(blocks, axis=0):
        pairs = np.flatnonzero((blocks == met).all(axis=1))
        rows = np.unique(np.concatenate([left[pairs], right[pairs]]))
        shingles, place = _read_shingles(keys, rows, read)
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


def _read_shingles(keys: pa.Table, rows: Rows, read: TextReader) -> tuple[Shingles, Rows]:
    """Return the shingles of rows (positions in the keys), and where among them each row's are."""
    batches = np.asarray(keys["batch"])[rows]
    addresses = np.asarray(keys["row"])[rows]
    order = np.lexsort((addresses, batches))  # batch by batch, as they are read
    borders = np.flatnonzero(np.diff(batches[order])) + 1
    parts = [
        shingle(read(int(batches[part[0]]), addresses[part].tolist()))
        for part in np.split(order, borders)
        if len(part)
    ]
    return join(parts), np.argsort(order)


def _share(part: NDArray[np.int64], whole: NDArray[np.int64]) -> NDArray[np.float32]:
    return np.where(whole > 0, part / np.maximum(whole, 1), 1).astype(np.float32)
