"""Pairs of rows, and connected components: what belongs together as a chain of pairs links it."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Rows = NDArray[np.int64]


def components(count: int, left: Rows, right: Rows) -> Rows:
    """Return for each of ``count`` nodes the smallest node that it is linked with.

    Args:
        count: number of nodes, numbered from 0.
        left: one end of each edge.
        right: the other end.

    Each round at least halves the components that are still linked (hooking and shortcutting:
    Y. Shiloach and U. Vishkin, "An O(log n) parallel connectivity algorithm", 1982).

    """
    labels = np.arange(count)
    while True:
        low = np.minimum(labels[left], labels[right])
        high = np.maximum(labels[left], labels[right])
        if np.array_equal(low, high):
            return labels
        np.minimum.at(labels, high, low)
        while not np.array_equal(shorter := labels[labels], labels):
            labels = shorter


def edges_of_equals(codes: Rows) -> tuple[Rows, Rows]:
    """Return edges that link the nodes of equal code; a negative code is equal to none."""
    nodes = np.flatnonzero(codes >= 0)
    nodes = nodes[np.argsort(codes[nodes], kind="stable")]
    is_same = codes[nodes[1:]] == codes[nodes[:-1]]
    return nodes[:-1][is_same], nodes[1:][is_same]


def pair_codes(one: Rows, other: Rows) -> Rows:
    """Return each pair of rows, in any order, as one number: the lower << 32 | the higher.

    Codes are in the order of their rows. No corpus has 2 ** 31 rows.
    """
    return np.minimum(one, other).astype(np.int64) << 32 | np.maximum(one, other)


def pair_ends(codes: Rows) -> tuple[Rows, Rows]:
    """Return the lower and the higher row of each pair."""
    return codes >> 32, codes & 0xFFFFFFFF


def codes(column: pa.ChunkedArray) -> Rows:
    """Return a number for each distinct value of a column, -1 for null."""
    ranks = pc.rank(column, sort_keys="ascending", tiebreaker="dense")
    return np.where(np.asarray(column.is_valid()), np.asarray(ranks).astype(np.int64), -1)
