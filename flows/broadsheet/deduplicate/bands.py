"""Candidates for near copies: locality-sensitive hashing of signatures, band by band.

A signature is cut into bands of a few hashes; texts that agree on all hashes of a band are
candidates (J. Leskovec, A. Rajaraman, J. Ullman, "Mining of Massive Datasets", section 3.4). One
band is joined at a time by sorting, so that memory is bounded by the rows and not by the pairs,
and bands can be spread over workers.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from broadsheet.deduplicate.groups import Rows
from broadsheet.deduplicate.signatures import SIGNATURE_HASHES, Signatures, resemblance
from broadsheet.deduplicate.words import Hashes, scramble

_RECALL: Final = 0.98
_NEIGHBOURS: Final = 16
"""In a bucket each text is paired with so many texts after it: buckets of up to 17 are joined
completely, and in larger ones neighbours are those that agree on the next band, too."""
_DEVIATIONS: Final = 4.0
"""A pair whose estimated similarity is so many standard errors below the threshold is dropped:
less than one in ten thousand true pairs."""
_PAIRS_AT_ONCE: Final = 200_000


@dataclass(frozen=True, slots=True)
class Banding:
    """How signatures are cut: ``count`` bands of ``width`` hashes."""

    count: int
    width: int

    def probability(self, similarity: float) -> float:
        """Return the theoretical probability that a pair of this similarity is a candidate."""
        return float(1 - (1 - similarity**self.width) ** self.count)


def banding_for(threshold: float) -> Banding:
    """Return the widest bands that still find 98 % of the pairs at the threshold."""
    choices = (Banding(SIGNATURE_HASHES // width, width) for width in range(32, 0, -1))
    return next(
        (choice for choice in choices if choice.probability(threshold) >= _RECALL),
        Banding(SIGNATURE_HASHES, 1),
    )


def near_candidates(signatures: Signatures, threshold: float) -> tuple[Rows, Rows]:
    """Return the pairs of rows whose similarity may reach the threshold.

    Args:
        signatures: shape (rows, hashes); rows in an order that does not depend on the input's.
        threshold: Jaccard similarity, above 0 and at most 1.

    Returns:
        Two arrays of rows, left < right, each pair once, in ascending order.

    """
    banding = banding_for(threshold)
    floor = threshold - _DEVIATIONS * np.sqrt(threshold * (1 - threshold) / SIGNATURE_HASHES)
    found = np.zeros(0, np.int64)
    for band in range(banding.count):
        fresh = [
            _code(left, right)[resemblance(signatures[left], signatures[right]) >= floor]
            for left, right in band_pairs(signatures, banding, band)
        ]
        found = np.unique(np.concatenate([found, *fresh]))
    return found >> 32, found & 0xFFFFFFFF


def band_pairs(signatures: Signatures, banding: Banding, band: int) -> Iterator[tuple[Rows, Rows]]:
    """Yield the pairs of rows that agree on a band, as arrays of bounded length."""
    hashes = _band_hashes(signatures, banding, band)
    order = np.argsort(hashes)
    equal = np.concatenate([[False], hashes[order[1:]] == hashes[order[:-1]], [False]])
    # Most rows share their bucket with no other: only the rest is put into one order.
    order = np.sort(order[(equal[:-1] | equal[1:])[: len(order)]])
    following = _band_hashes(signatures[order], banding, (band + 1) % banding.count)
    order = order[np.lexsort((following, hashes[order]))]
    hashes = hashes[order]
    for distance in range(1, min(_NEIGHBOURS, len(order) - 1) + 1):
        agree = np.flatnonzero(hashes[distance:] == hashes[:-distance])
        if not len(agree):
            return  # buckets are runs: no pair at this distance, none further off
        for start in range(0, len(agree), _PAIRS_AT_ONCE):
            some = agree[start : start + _PAIRS_AT_ONCE]
            ends = order[some], order[some + distance]
            yield np.minimum(*ends), np.maximum(*ends)


def _band_hashes(signatures: Signatures, banding: Banding, band: int) -> Hashes:
    hashes = np.zeros(len(signatures), np.uint64)
    for column in range(band * banding.width, (band + 1) * banding.width):
        hashes = scramble(hashes + signatures[:, column])
    return hashes


def _code(left: Rows, right: Rows) -> NDArray[np.int64]:
    return (left << 32) | right
