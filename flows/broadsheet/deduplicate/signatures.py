"""MinHash signatures: a short sketch of a shingle set from which resemblance is estimated.

Each of ``SIGNATURE_HASHES`` random orders of all shingles names the first of a set; two sets agree
on it with the probability of their Jaccard similarity (A. Broder et al., "Min-wise independent
permutations", 1998). The estimate's standard error is at most 0.5 / sqrt(hashes). Of each hash only
the lowest 16 bits are kept (P. Li and C. König, "b-bit minwise hashing", 2010): two that differ
agree on them once in 65,536, which is far below that error, and a signature takes half the space.
"""

from functools import cache
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from broadsheet.deduplicate.shingles import Shingles
from broadsheet.deduplicate.words import scramble
from broadsheet.tables import SIGNATURE_BYTES

Signatures = NDArray[np.uint16]

SIGNATURE_HASHES: Final = SIGNATURE_BYTES // 2
SIGNATURE_TYPE: Final = pa.binary(SIGNATURE_BYTES)
"""A signature as Arrow value: its hashes as little-endian unsigned 16-bit integers."""

_EMPTY: Final = np.uint16(0xFFFF)


def sign(shingles: Shingles) -> Signatures:
    """Return the signatures of shingle sets: uint16 of shape (texts, ``SIGNATURE_HASHES``).

    The signature of an empty set is all ones; :func:`resemblance` of two empty sets is 1.
    """
    signatures = np.full((len(shingles), SIGNATURE_HASHES), _EMPTY, np.uint16)
    filled = np.flatnonzero(np.diff(shingles.offsets))
    if len(filled):
        starts = shingles.offsets[filled]
        for column, (multiplier, summand) in enumerate(zip(*_orders(), strict=True)):
            ordered = shingles.values * multiplier + summand
            signatures[filled, column] = np.minimum.reduceat(ordered, starts).astype(np.uint16)
    return signatures


def resemblance(left: Signatures, right: Signatures) -> NDArray[np.float32]:
    """Return the estimated Jaccard similarity of pairs of signatures, row by row."""
    agreements: NDArray[np.int64] = np.count_nonzero(left == right, axis=1)
    return (agreements / SIGNATURE_HASHES).astype(np.float32)


def signatures_to_arrow(signatures: Signatures) -> pa.Array:
    """Return signatures as an Arrow array of ``SIGNATURE_TYPE``."""
    data = pa.py_buffer(np.ascontiguousarray(signatures, dtype="<u2"))
    return pa.Array.from_buffers(SIGNATURE_TYPE, len(signatures), [None, data])


def signatures_from_arrow(column: pa.ChunkedArray) -> Signatures:
    """Return a column of ``SIGNATURE_TYPE`` as signatures of shape (rows, hashes)."""
    parts = [_view(chunk) for chunk in column.chunks if len(chunk)]
    if len(parts) == 1:
        return parts[0]
    return np.concatenate([np.zeros((0, SIGNATURE_HASHES), np.uint16), *parts])


def _view(chunk: pa.Array) -> Signatures:
    values = np.frombuffer(chunk.buffers()[1], "<u2").reshape(-1, SIGNATURE_HASHES)
    return values[chunk.offset : chunk.offset + len(chunk)]


@cache
def _orders() -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """Return multipliers and summands: ``value * odd + summand`` modulo 2**32 permutes."""
    seeds = scramble(np.arange(1, 2 * SIGNATURE_HASHES + 1, dtype=np.uint64))
    halves = (seeds >> np.uint64(32)).astype(np.uint32).reshape(2, -1)
    return halves[0] | np.uint32(1), halves[1]
