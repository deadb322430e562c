"""Candidates for near copies: locality-sensitive hashing of signatures, band by band.

A signature is cut into bands of a few hashes; texts that agree on all hashes of a band are
candidates (J. Leskovec, A. Rajaraman, J. Ullman, "Mining of Massive Datasets", section 3.4). One
band is joined at a time by sorting. Of all rows only the hashes of some bands are held, and the
signatures of those that are compared, a block at a time.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa

from broadsheet.deduplicate.columns import Column
from broadsheet.deduplicate.groups import Rows, pair_codes, pair_ends
from broadsheet.deduplicate.signatures import (
    SIGNATURE_HASHES,
    resemblance,
    signatures_from_arrow,
)
from broadsheet.deduplicate.words import Hashes, scramble

_RECALL: Final = 0.98
_NEIGHBOURS: Final = 16
"""In a bucket each text is paired with so many texts after it: buckets of up to 17 are joined
completely, and in larger ones neighbours are those that agree on the next band, too."""
_DEVIATIONS: Final = 4.0
"""A pair whose estimated similarity is so many standard errors below the threshold is dropped:
less than one in ten thousand true pairs."""
_PAIRS_AT_ONCE: Final = 20_000
"""Signatures that are compared at a time: 10 MiB."""
_CANDIDATES_AT_ONCE: Final = 2_000_000
"""Pairs that are kept until they are compared."""
_HASHES_AT_ONCE: Final = 8_000_000
"""Hashes of bands in memory at a time: 64 MiB, or those of two bands where rows are more."""
_SIGNATURES_AT_ONCE: Final = 100_000
"""Signatures in memory at a time: 25 MiB, twice this where two blocks meet, and while read."""

_NO_PAIRS: Final[Rows] = np.zeros(0, np.int64)


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


def near_candidates(signatures: Column, threshold: float) -> tuple[Rows, Rows]:
    """Return the pairs of rows whose similarity may reach the threshold.

    Args:
        signatures: of rows in an order that does not depend on the input's. They are read some
            times, and a portion of them is held.
        threshold: Jaccard similarity, above 0 and at most 1.

    Returns:
        Two arrays of rows, left < right, each pair once, in ascending order.

    """
    banding = banding_for(threshold)
    floor = threshold - _DEVIATIONS * np.sqrt(threshold * (1 - threshold) / SIGNATURE_HASHES)
    found, fresh = _NO_PAIRS, [_NO_PAIRS]
    for left, right in _pairs(signatures, banding):
        fresh.append(pair_codes(left, right))
        if sum(map(len, fresh)) >= _CANDIDATES_AT_ONCE:
            found, fresh = _with_alike(found, fresh, signatures, floor), [_NO_PAIRS]
    found = _with_alike(found, fresh, signatures, floor)
    return pair_ends(found)


def _pairs(signatures: Column, banding: Banding) -> Iterator[tuple[Rows, Rows]]:
    """Yield the pairs that agree on a band, for all bands; as many of these at a time as fit."""
    at_once = max(1, min(banding.count, _HASHES_AT_ONCE // max(len(signatures), 1) - 1))
    for first in range(0, banding.count, at_once):
        bands = range(first, min(first + at_once, banding.count))
        hashes = band_hashes(signatures, banding, [*bands, bands.stop % banding.count])
        for place in range(len(bands)):
            yield from band_pairs(hashes[place], hashes[place + 1])


def band_pairs(hashes: Hashes, following: Hashes) -> Iterator[tuple[Rows, Rows]]:
    """Yield the pairs of rows that agree on a band, as arrays of bounded length.

    Args:
        hashes: of the band, for each row.
        following: of the next band, which says who are neighbours in a large bucket.

    """
    order = np.argsort(hashes)
    equal = np.concatenate([[False], hashes[order[1:]] == hashes[order[:-1]], [False]])
    # Most rows share their bucket with no other: only the rest is put into one order.
    order = np.sort(order[(equal[:-1] | equal[1:])[: len(order)]])
    order = order[np.lexsort((following[order], hashes[order]))]
    hashes = hashes[order]
    for distance in range(1, min(_NEIGHBOURS, len(order) - 1) + 1):
        agree = np.flatnonzero(hashes[distance:] == hashes[:-distance])
        if not len(agree):
            return  # buckets are runs: no pair at this distance, none further off
        for start in range(0, len(agree), _PAIRS_AT_ONCE):
            some = agree[start : start + _PAIRS_AT_ONCE]
            ends = order[some], order[some + distance]
            yield np.minimum(*ends), np.maximum(*ends)


def band_hashes(signatures: Column, banding: Banding, bands: Sequence[int]) -> Hashes:
    """Return a hash of each of some bands of all rows; shape (bands, rows)."""
    hashes = np.zeros((len(bands), len(signatures)), np.uint64)
    for rows, values in signatures.values():
        some = signatures_from_arrow(pa.chunked_array([values]))
        for place, band in enumerate(bands):
            of_band = np.zeros(len(rows), np.uint64)
            for column in range(band * banding.width, (band + 1) * banding.width):
                of_band = scramble(of_band + some[:, column])
            hashes[place, rows] = of_band
    return hashes


def _with_alike(found: Rows, fresh: Sequence[Rows], signatures: Column, floor: float) -> Rows:
    """Return codes of pairs with those of more that have alike signatures, each once, ascending.

    Signatures are read again, a block of rows at a time, of those rows that are in a pair.
    """
    pairs = np.setdiff1d(np.concatenate(fresh), found)
    left, right = pair_ends(pairs)
    rows = np.unique(np.concatenate([left, right]))
    left, right = np.searchsorted(rows, left), np.searchsorted(rows, right)
    is_alike = np.zeros(len(pairs), np.bool_)
    blocks = range(0, len(rows), _SIGNATURES_AT_ONCE)
    for one in blocks:
        here = signatures_from_arrow(signatures.take(rows[one : one + _SIGNATURES_AT_ONCE]))
        for other in blocks[one // _SIGNATURES_AT_ONCE :]:
            met = np.flatnonzero(
                (left // _SIGNATURES_AT_ONCE * _SIGNATURES_AT_ONCE == one)
                & (right // _SIGNATURES_AT_ONCE * _SIGNATURES_AT_ONCE == other)
            )
            if not len(met):
                continue
            there = here
            if other != one:
                some = rows[other : other + _SIGNATURES_AT_ONCE]
                there = signatures_from_arrow(signatures.take(some))
            for start in range(0, len(met), _PAIRS_AT_ONCE):
                some = met[start : start + _PAIRS_AT_ONCE]
                estimates = resemblance(here[left[some] - one], there[right[some] - other])
                is_alike[some] = estimates >= floor
    return np.union1d(found, pairs[is_alike])
