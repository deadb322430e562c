"""What the second block model sees: what the first one thinks of a block and of those around it."""

from typing import Final

import numpy as np

from broadsheet.parse.html_features import Floats, Numbers, running, shift
from broadsheet.parse.html_layout import LEVELS, Layout

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
        An array of shape (blocks, ``len(FEATURES) + len(SECOND_FEATURES)``).

    Longer than 40 lines because it names the features one by one.

    """
    count = len(first)
    start, end = layout.first, layout.last
    chars = features[:, 0].astype(np.float64)
    likely = np.clip(first, -6, 6).astype(np.float64)
    mass = running(likely * chars)
    weight = running(chars)
    per_node = (mass[end] - mass[start]) / np.maximum(weight[end] - weight[start], 1)
    shape = layout.shape
    by_shape = np.bincount(shape, weights=likely * chars) / np.maximum(
        np.bincount(shape, weights=chars), 1
    )
    good = running((likely > 0) * chars)
    index = np.arange(count)
    begin, finish = _best_run(likely * np.minimum(chars, 400))
    columns = [
        likely,
        *(shift(likely, step) for step in range(-_REACH, _REACH + 1) if step),
        *(per_node[nodes] for nodes in layout.levels),
        by_shape[shape],
        good[:-1],
        good[-1] - good[1:],
        (index >= begin) & (index < finish),
        index - begin,
        index - finish,
        np.full(count, good[-1]),
        _window(likely * chars, chars, 3),
        _window(likely * chars, chars, 8),
    ]
    return np.concatenate([features, np.stack(columns, axis=1)], axis=1, dtype=np.float32)


def _window(mass: Numbers, chars: Numbers, reach: int) -> Numbers:
    index = np.arange(len(mass))
    low, high = np.maximum(index - reach, 0), np.minimum(index + reach + 1, len(mass))
    sums, weights = running(mass), running(chars)
    means: Numbers = (sums[high] - sums[low]) / np.maximum(weights[high] - weights[low], 1)
    return means


def _best_run(scores: Numbers) -> tuple[int, int]:
    """Return the bounds of the run with the largest sum (Kadane's algorithm)."""
    best = total = 0.0
    bounds, begin = (0, 0), 0
    for index, score in enumerate(scores.tolist()):
        total += score
        if total <= 0:
            total, begin = 0.0, index + 1
        elif total > best:
            best, bounds = total, (begin, index + 1)
    return bounds
