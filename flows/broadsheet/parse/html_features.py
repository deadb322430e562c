"""What the block model sees of a block: its text, its place, its neighbours and what holds it.

Every feature is a number that does not depend on the page's language or on its outlet, except the
phrases of :mod:`broadsheet.parse.html_phrases` and the words of
:mod:`broadsheet.parse.html_vocabulary`.
"""

import re
from collections.abc import Sequence
from typing import Final

import numpy as np

from broadsheet.parse.html_layout import LEVELS, Integers, Layout, Numbers
from broadsheet.parse.html_page import Page
from broadsheet.parse.html_phrases import NAMES as PHRASE_NAMES
from broadsheet.parse.html_texts import TEXT, Floats, Head, tell_texts
from broadsheet.parse.html_vocabulary import NAMES, words

_WIDE: Final = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]")
_LONG_WORDS: Final = 15
_LOOSE_LINKS: Final = 40  # per cent; a paragraph with more is a list of links
_SAME_HEADLINE: Final = 60  # per cent of its words
_WIDE_WORD: Final = 100  # characters in ten words, on average; scripts without spaces have more

_BESIDE: Final = ("words", "link_percent", "end", "bold_percent", "is_line")
_LEVEL: Final = ("blocks", "chars", "link_percent", "page_percent", "long", "mean_words")
_PLACE: Final = words(
    "shape_blocks shape_percent shape_words shape_link_percent index from_end "
    "percent_before depth  page_blocks page_chars page_long page_longest after_title "
    "after_title_percent before_long  after_long heading_above is_wide"
)
FEATURES: Final = (
    *TEXT,
    *(f"says.{name}" for name in PHRASE_NAMES),
    *(f"near.{name}" for name in NAMES),
    *(f"around.{name}" for name in NAMES),
    *(f"{name}@{step:+d}" for step in (-2, -1, 1, 2) for name in _BESIDE),
    *(f"same_shape@{step:+d}" for step in (-2, -1, 1, 2)),
    *(f"heading@{step:+d}" for step in (-1, 1)),
    *(f"{name}^{level}" for level in range(LEVELS) for name in _LEVEL),
    *_PLACE,
)


def count_words(text: str) -> int:
    """Count words; in scripts without spaces, two characters are one."""
    words = text.count(" ") + 1
    if not text.isascii():
        words += len(_WIDE.findall(text)) // 2
    return words


def block_features(pages: Sequence[tuple[Page, Head]], layout: Layout) -> Floats:
    """Describe each block of some pages.

    Args:
        pages: each with at least one block, and what its head states.
        layout: where their blocks lie.

    Returns:
        An array of shape (``len(FEATURES)``, blocks).

    """
    table = np.empty((len(FEATURES), len(layout.page)), np.float32)
    texts = table[: len(TEXT)]
    says = tell_texts([(page.blocks, head) for page, head in pages], layout, texts)
    nodes = [(page.nodes, page.blocks.node) for page, _ in pages]
    masks = (
        (says, len(PHRASE_NAMES)),
        ([known.near[node] for known, at in nodes for node in at], len(NAMES)),
        ([known.around[node] for known, at in nodes for node in at], len(NAMES)),
    )
    row = len(TEXT)
    for found, count in masks:
        table[row : row + count] = _bits(found, count).T
        row += count
    for part in (_beside(texts, layout), _levels(texts, layout), _places(texts, layout)):
        table[row : row + len(part)] = part
        row += len(part)
    return table


def _bits(masks: list[int], count: int) -> Numbers:
    """Return the lowest bits of masks, shape (masks, count)."""
    size = (count + 7) // 8
    packed = b"".join([mask.to_bytes(size, "little") for mask in masks])
    rows = np.frombuffer(packed, np.uint8).reshape(len(masks), size)
    return np.unpackbits(rows, axis=1, count=count, bitorder="little")


def _beside(texts: Floats, layout: Layout) -> Numbers:
    own = texts[[TEXT.index(name) for name in _BESIDE]]
    columns = layout.beside(own, -2, -1, 1, 2)
    shapes = layout.beside(layout.shape, -2, -1, 1, 2)
    columns.append(np.stack([shape == layout.shape for shape in shapes]))
    columns.append(np.stack(layout.beside(layout.is_heading.astype(np.float32), -1, 1)))
    return np.concatenate(columns, dtype=np.float32)


def running(values: Numbers) -> Numbers:
    """Return sums of all values before each index, one longer than the values.

    Sums of whole numbers, and of these in 1/4096, are exact: it makes no difference what stands
    before.
    """
    sums = np.zeros((*values.shape[:-1], values.shape[-1] + 1))
    np.cumsum(values, axis=-1, dtype=np.float64, out=sums[..., 1:])
    return sums


def _is_long(texts: Floats) -> Numbers:
    is_long: Numbers = (texts[1] >= _LONG_WORDS) & (texts[2] < _LOOSE_LINKS)
    return is_long


def page_sums(values: Numbers, layout: Layout) -> Numbers:
    """Return for each page the sum of the values of its blocks."""
    sums = running(values)
    return np.asarray(sums[layout.starts[1:]] - sums[layout.starts[:-1]])


def _levels(texts: Floats, layout: Layout) -> Numbers:
    first, last = layout.first, layout.last
    chars, words, link = texts[0], texts[1], texts[2]
    sums = running(np.stack([chars, words, chars * link, _is_long(texts)]))
    totals = sums.take(last, axis=1) - sums.take(first, axis=1)
    blocks = last - first
    page_chars = np.maximum(page_sums(chars, layout), 1.0)[layout.node_page]
    per_node = np.stack(
        [
            blocks,
            totals[0],
            totals[2] // np.maximum(totals[0], 1),
            1000 * totals[0] // page_chars,
            totals[3],
            10 * totals[1] // np.maximum(blocks, 1),
        ]
    )
    found = [per_node.take(nodes, axis=1) for nodes in layout.levels]
    return np.concatenate(found)


def _places(texts: Floats, layout: Layout) -> Numbers:
    """Return the ``_PLACE`` columns.

    Longer than 40 lines because it names the features one by one.
    """
    chars, words, link = texts[0], texts[1], texts[2]
    page, starts = layout.page, layout.starts
    counts = np.diff(starts)
    start, count = starts[page], counts[page]
    index = np.arange(len(page)) - start
    shape = layout.shape
    by_shape = [
        np.bincount(shape, weights=weights)
        for weights in (np.ones(len(page)), chars, words, chars * link)
    ]
    page_chars = np.maximum(page_sums(chars, layout), 1.0)[page]
    sums = running(chars)
    before = sums[:-1] - sums[start]
    is_long = _is_long(texts)
    title_at = _title_places(texts, layout)[page]
    has_title = title_at >= 0
    wide = page_sums(texts[TEXT.index("word_chars")], layout) / counts > _WIDE_WORD
    columns = [
        by_shape[0][shape],
        1000 * by_shape[1][shape] // page_chars,
        10 * by_shape[2][shape] // by_shape[0][shape],
        by_shape[3][shape] // np.maximum(by_shape[1][shape], 1),
        index,
        count - index,
        1000 * before // page_chars,
        layout.depth,
        count,
        page_chars,
        page_sums(is_long, layout)[page],
        np.maximum.reduceat(words, starts[:-1])[page],
        np.where(has_title, index + start - title_at, -999),
        np.where(has_title, 1000 * (before - before[title_at]) // page_chars, -999),
        _since(is_long, start),
        _since(is_long[::-1], len(page) - (start + count)[::-1])[::-1],
        _since(layout.is_heading, start),
        wide[page],
    ]
    return np.stack(columns)


def _title_places(texts: Floats, layout: Layout) -> Integers:
    """Return for each page the first block that is most like its headline; -1 where none is."""
    starts = layout.starts[:-1]
    overlap = texts[TEXT.index("title_percent")] + 50 * texts[TEXT.index("is_title")]
    most = np.maximum.reduceat(overlap, starts)
    best = np.flatnonzero(overlap == most[layout.page])
    places = best[np.searchsorted(best, starts)]
    return np.where(most >= _SAME_HEADLINE, places, -1)


def _since(marks: Numbers, start: Integers) -> Integers:
    """Return how many blocks ago the last marked block of its page was, at most 50.

    Args:
        marks: by block.
        start: for each block the first of its page.

    """
    index = np.arange(len(marks))
    last = np.concatenate(([-1], np.maximum.accumulate(np.where(marks, index, -1))[:-1]))
    return np.where(last >= start, np.minimum(index - last, 50), 50)
