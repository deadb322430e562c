"""Candidates for containment: a text that another one holds nearly whole, as a quotation does.

Signatures do not find them, since the resemblance of a short text and a long one is low. Samples
do: the shingles whose hash falls below a bound are the same choice in every text, so that the
sample of a contained text lies in the sample of its container.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from broadsheet.deduplicate.groups import Rows

_MOST_TEXTS: Final = 32
"""A shingle that more texts share tells nothing: it is page chrome, or a common phrase."""
_LEAST_SHARED: Final = 2
_VALUES_AT_ONCE: Final = 4_000_000
"""Shingles joined at a time: some 200 MiB."""
_SLACK: Final = 0.6
"""A sample may by chance share less than the text does; true containment is checked later."""


def contained_candidates(samples: pa.ChunkedArray, share: float) -> tuple[Rows, Rows]:
    """Return pairs of rows of which one may hold at least this share of the other.

    Args:
        samples: list<uint32> per row, as :func:`~broadsheet.deduplicate.shingles.sample` gives.
        share: least share of the smaller text.

    Returns:
        Two arrays of rows, left < right, each pair once. Texts so short that fewer than two of
        their shingles are sampled are not found.

    """
    lists = samples.combine_chunks()
    sizes = np.asarray(pc.list_value_length(lists)).astype(np.int64)
    rows = np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)
    values = np.asarray(pc.list_flatten(lists))
    n_parts = max(1, -(-len(values) // _VALUES_AT_ONCE))
    codes = []
    for part in range(n_parts):  # by value, so that no pair is parted
        some = np.flatnonzero(values % np.uint32(n_parts) == part)
        for left, right in _pairs_sharing(values[some], rows[some].astype(np.int64)):
            codes.append(left << 32 | right)
    pairs, shared = np.unique(np.concatenate([np.zeros(0, np.int64), *codes]), return_counts=True)
    left, right = pairs >> 32, pairs & 0xFFFFFFFF
    expected = share * np.minimum(sizes[left], sizes[right])
    is_candidate = (shared >= _LEAST_SHARED) & (shared >= _SLACK * expected)
    return left[is_candidate], right[is_candidate]


def _pairs_sharing(values: Rows, rows: Rows) -> Iterator[tuple[Rows, Rows]]:
    """Yield pairs of rows for each value that they share, left < right."""
    packed = np.sort(values.astype(np.uint64) << np.uint64(32) | rows.astype(np.uint64))
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
