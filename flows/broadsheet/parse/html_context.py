"""What the second block model sees: what the first one thinks of a block and of those around it."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import numpy as np

from broadsheet.parse.html_features import running
from broadsheet.parse.html_layout import LEVELS, Layout
from broadsheet.parse.html_texts import Floats

_REACH: Final = 3
SECOND_FEATURES: Final = (
    "first",
    *(f"first@{step:+d}" for step in range(-_REACH, _REACH + 1) if step),
    *(f"first^{level}" for level in range(LEVELS)),
    "first_shape",
    "likely_before",
    "likely_after",
    "in_best",
    "best_before",
    "best_after",
    "page_likely",
    "window_3",
    "window_8",
)


def second_features(layout: Layout, first: Floats, features: Floats) -> Floats:
    """Describe each block by what the first model thinks of those around it.

    Args:
        layout: where the blocks lie.
        first: the first model's score of each block, shape (blocks,), in log odds.
        features: the result of :func:`block_features`.

    Returns:
        An array of shape (``len(FEATURES) + len(SECOND_FEATURES)``, blocks).

    Longer than 40 lines because it names the features one by one.

    """
    start, end, page, starts = layout.first, layout.last, layout.page, layout.starts
    chars = features[0].astype(np.float64)
    likely = np.clip(first, -6, 6).astype(np.float64)
    sums = running(np.stack([likely * chars, chars, (likely > 0) * chars]))
    mass, weight, good = sums
    per_node = (mass[end] - mass[start]) / np.maximum(weight[end] - weight[start], 1)
    shape = layout.shape
    by_shape = np.bincount(shape, weights=likely * chars) / np.maximum(
        np.bincount(shape, weights=chars), 1
    )
    index = np.arange(len(first))
    page_start, page_end = starts[page], starts[page + 1]
    weighed = (likely * np.minimum(chars, 400)).tolist()
    runs = [_best_run(weighed[low:high], low) for low, high in pairwise(starts.tolist())]
    begin, finish = np.array(runs, np.int64).T[:, page]
    columns = [
        likely,
        *layout.beside(likely, *(step for step in range(-_REACH, _REACH + 1) if step)),
        *per_node[layout.levels],
        by_shape[shape],
        good[:-1] - good[page_start],
        good[page_end] - good[1:],
        (index >= begin) & (index < finish),
        index - begin,
        index - finish,
        good[page_end] - good[page_start],
    ]
    for reach in (3, 8):
        low = np.maximum(index - reach, page_start)
        high = np.minimum(index + reach + 1, page_end)
        columns.append((mass[high] - mass[low]) / np.maximum(weight[high] - weight[low], 1))
    return np.concatenate([features, np.stack(columns)], dtype=np.float32)


def _best_run(scores: Sequence[float], start: int) -> tuple[int, int]:
    """Return the bounds of the run with the largest sum (Kadane's algorithm).

    The scores are those of the blocks from ``start`` on.
    """
    best = total = 0.0
    bounds, begin = (start, start), start
    for index, score in enumerate(scores, start):
        total += score
        if total <= 0:
            total, begin = 0.0, index + 1
        elif total > best:
            best, bounds = total, (begin, index + 1)
    return bounds
