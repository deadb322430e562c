"""Candidates for containment: a text that another one holds nearly whole, as a quotation does.

Signatures do not find them, since the resemblance of a short text and a long one is low. Samples
do: the shingles whose hash falls below a bound are the same choice in every text, so that the
sample of a contained text lies in the sample of its container.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np
import pyarrow.compute as pc

from broadsheet.deduplicate.columns import Column
from broadsheet.deduplicate.groups import Rows, pair_codes, pair_ends
from broadsheet.deduplicate.words import Hashes

_MOST_TEXTS: Final = 32
"""A shingle that more texts share tells nothing: it is page chrome, or a common phrase."""
_LEAST_SHARED: Final = 2
_VALUES_AT_ONCE: Final = 4_000_000
"""Shingles joined at a time: at most so many, some 100 MiB."""
_SLACK: Final = 0.6
"""A sample may by chance share less than the text does; true containment is checked later."""


def contained_candidates(samples: Column, share: float) -> tuple[Rows, Rows]:
    """Return pairs of rows of which one may hold at least this share of the other.

    Args:
        samples: list<uint32> per row, as :func:`~broadsheet.deduplicate.shingles.sample` gives.
            They are read some times, and a portion of their values is held.
        share: least share of the smaller text.

    Returns:
        Two arrays of rows, left < right, each pair once. Texts so short that fewer than two of
        their shingles are sampled are not found.

    """
    sizes = np.zeros(len(samples), np.int32)
    for rows, lists in samples.values():
        sizes[rows] = np.asarray(pc.list_value_length(lists))
    n_parts = 1 << (int(sizes.sum()) // _VALUES_AT_ONCE).bit_length()
    pairs, shared = np.zeros(0, np.int64), np.zeros(0, np.int64)
    for part in range(n_parts):  # by value, so that no pair is parted
        codes = [pair_codes(*ends) for ends in _pairs_sharing(_of(samples, part, n_parts))]
        found, count = np.unique(np.concatenate([pairs[:0], *codes]), return_counts=True)
        pairs, shared = _added_up(pairs, shared, found, count)
    left, right = pair_ends(pairs)
    expected = share * np.minimum(sizes[left], sizes[right])
    is_candidate = (shared >= _LEAST_SHARED) & (shared >= _SLACK * expected)
    return left[is_candidate], right[is_candidate]


def _of(samples: Column, part: int, n_parts: int) -> Hashes:
    """Return the values of a part (a power of 2 of them), ascending, each with its row below it."""
    packed = [np.zeros(0, np.uint64)]
    for rows, lists in samples.values():
        values = np.asarray(pc.list_flatten(lists))
        some = np.flatnonzero(values & np.uint32(n_parts - 1) == part)
        of_value = np.asarray(pc.list_parent_indices(lists))[some]
        packed.append(
            values[some].astype(np.uint64) << np.uint64(32) | rows[of_value].view(np.uint64)
        )
    return np.sort(np.concatenate(packed))


def _added_up(pairs: Rows, shared: Rows, more: Rows, count: Rows) -> tuple[Rows, Rows]:
    """Return pairs with what they share, and what they and others share of some more values."""
    if not len(pairs):
        return more, count
    every, place = np.unique(np.concatenate([pairs, more]), return_inverse=True)
    total = np.bincount(place, np.concatenate([shared, count])).astype(np.int64)
    return every, total


def _pairs_sharing(packed: Hashes) -> Iterator[tuple[Rows, Rows]]:
    """Yield pairs of rows for each value that they share, left < right."""
    values = (packed >> np.uint64(32)).astype(np.int64)
    rows = (packed & np.uint64(0xFFFFFFFF)).astype(np.int64)
    starts = np.flatnonzero(np.append(True, values[1:] != values[:-1])[: len(values)])
    count = np.diff(np.append(starts, len(values)))
    is_telling = np.repeat((count > 1) & (count <= _MOST_TEXTS), count)
    values, rows = values[is_telling], rows[is_telling]
    for distance in range(1, min(_MOST_TEXTS, len(rows))):
        same = np.flatnonzero(values[distance:] == values[:-distance])
        if not len(same):
            return
        yield rows[same], rows[same + distance]
