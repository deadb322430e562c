"""What the block model sees of a block: its text, its place, its neighbours and what holds it.

Every feature is a number that does not depend on the page's language or on its outlet, except the
phrases of :mod:`broadsheet.parse.html_phrases` and the words of
:mod:`broadsheet.parse.html_vocabulary`.
"""

import re
from collections import Counter
from functools import lru_cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from broadsheet.parse.html_characters import count_characters
from broadsheet.parse.html_layout import LEVELS, Integers, Layout
from broadsheet.parse.html_page import Blocks, Page
from broadsheet.parse.html_phrases import NAMES as PHRASE_NAMES
from broadsheet.parse.html_phrases import phrase_masks
from broadsheet.parse.html_vocabulary import NAMES, words

Floats = npt.NDArray[np.float32]
Numbers = npt.NDArray[Any]

_WIDE: Final = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]")
_ENDS: Final = (".。!！", "?？", "\"”’»')", ":：", "…", ",;")
_END: Final = {sign: kind for kind, ends in enumerate(_ENDS, start=1) for sign in ends}
_PHRASES_WITHIN: Final = 240  # characters; a longer block is told by what it is, not what it says
_LONG_WORDS: Final = 15
_LOOSE_LINKS: Final = 40  # per cent; a paragraph with more is a list of links
_LINE: Final = 400  # characters; counts of capitals, digits and marks matter in lines alone
_SAME_HEADLINE: Final = 60  # per cent of its words
_WIDE_WORD: Final = 100  # characters in ten words, on average; scripts without spaces have more

_TEXT: Final = words(
    "chars words link_percent links bold_percent sentences commas end start upper_percent "
    "digit_percent word_chars marks is_line copies copy_before title_percent is_title "
    "declared described"
)
_BESIDE: Final = ("words", "link_percent", "end", "bold_percent", "is_line")
_LEVEL: Final = ("blocks", "chars", "link_percent", "page_percent", "long", "mean_words")
_PLACE: Final = words(
    "shape_blocks shape_percent shape_words shape_link_percent index from_end "
    "percent_before depth  page_blocks page_chars page_long page_longest after_title "
    "after_title_percent before_long  after_long heading_above is_wide"
)
FEATURES: Final = (
    *_TEXT,
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


def block_features(
    page: Page, layout: Layout, title: str, description: str, declared_body: str
) -> Floats:
    """Describe each block of a page.

    Args:
        page: nodes and blocks; at least one block.
        layout: where its blocks lie.
        title: the headline that the page's head states, or an empty string.
        description: the summary that the head states, or an empty string.
        declared_body: the body that its metadata states, or an empty string.

    Returns:
        An array of shape (blocks, ``len(FEATURES)``).

    """
    says, texts = _texts(page.blocks, title, description, declared_body)
    near, around = page.nodes.near, page.nodes.around
    columns: list[Numbers] = [
        texts,
        _bits(says, len(PHRASE_NAMES)),
        _bits([near[node] for node in page.blocks.node], len(NAMES)),
        _bits([around[node] for node in page.blocks.node], len(NAMES)),
        _beside(texts, layout),
        _levels(texts, layout),
        _places(texts, layout),
    ]
    return np.concatenate(columns, axis=1, dtype=np.float32)


def _texts(
    blocks: Blocks, title: str, description: str, declared_body: str
) -> tuple[list[int], Floats]:
    """Return the phrases that each block has, as bits, and the ``_TEXT`` columns.

    Longer than 40 lines because it names the features one by one.
    """
    texts = blocks.text
    counted = count_characters(texts)
    chars, words = counted.chars, counted.words
    copies = Counter(texts)
    seen: set[str] = set()
    says = phrase_masks([text if len(text) <= _PHRASES_WITHIN else "" for text in texts])
    title_words = set(title.casefold().split())
    most_words = 2 * len(title_words) + 4 if title_words else 0
    rows = []
    for text, length in zip(texts, words.tolist(), strict=True):
        share = 0
        if length <= most_words:
            share = 100 * len(title_words.intersection(text.casefold().split())) // len(title_words)
        rows.append((_END.get(text[-1], 0), _start(text[0]), copies[text], text in seen, share))
        seen.add(text)
    end, start, count, is_copy, shares = np.array(rows, np.float32).T
    is_line = chars < _LINE
    columns = (
        chars,
        words,
        100 * np.minimum(blocks.link_chars, chars) // chars,
        blocks.links,
        100 * np.minimum(blocks.bold_chars, chars) // chars,
        counted.sentences,
        counted.commas,
        end,
        start,
        np.where(is_line, 100 * np.minimum(counted.capitals, words) // words, 15),
        np.where(is_line, 100 * counted.digits // chars, 2),
        10 * chars // words,
        np.where(is_line, counted.marks, 0),
        blocks.is_line,
        count,
        is_copy,
        shares,
        [text == title for text in texts],
        [1 + (text[:60] in declared_body) for text in texts] if declared_body else 0,
        [1 + (text[:60] in description or description[:60] in text) for text in texts]
        if description
        else 0,
    )
    table = np.empty((len(texts), len(_TEXT)), np.float32)
    for number, column in enumerate(columns):
        table[:, number] = column
    return says, table


@lru_cache(maxsize=4_096)  # most blocks begin with one of few characters
def _start(character: str) -> int:
    if character.islower():
        return 0
    if character.isupper():
        return 1
    if character.isdigit():
        return 2
    if character in "\"'“„«»–—-":
        return 3
    return 5 if character.isalpha() else 4


def _bits(masks: list[int], count: int) -> Numbers:
    """Return the lowest bits of masks, shape (masks, count)."""
    size = (count + 7) // 8
    packed = b"".join([mask.to_bytes(size, "little") for mask in masks])
    rows = np.frombuffer(packed, np.uint8).reshape(len(masks), size)
    return np.unpackbits(rows, axis=1, count=count, bitorder="little")


def shift(values: Numbers, step: int) -> Numbers:
    """Move rows so that row ``i`` holds what row ``i + step`` held; -1 beyond the ends."""
    moved = np.full_like(values, -1)
    if abs(step) < len(values):
        if step > 0:
            moved[:-step] = values[step:]
        else:
            moved[-step:] = values[:step]
    return moved


def _beside(texts: Floats, layout: Layout) -> Numbers:
    shape = layout.shape[:, None]
    is_heading = layout.is_heading.astype(np.float32)[:, None]
    own = texts[:, [_TEXT.index(name) for name in _BESIDE]]
    columns = [shift(own, step) for step in (-2, -1, 1, 2)]
    columns += [shift(shape, step) == shape for step in (-2, -1, 1, 2)]
    columns += [shift(is_heading, step) for step in (-1, 1)]
    return np.concatenate(columns, axis=1, dtype=np.float32)


def running(values: Numbers) -> Numbers:
    """Return sums of all values before each index, one longer than the values."""
    return np.concatenate(([0.0], np.cumsum(values, dtype=np.float64)))


def _levels(texts: Floats, layout: Layout) -> Numbers:
    first, last = layout.first, layout.last
    chars, words, link = texts[:, 0], texts[:, 1], texts[:, 2]
    totals = [
        (sums := running(values))[last] - sums[first]
        for values in (chars, words, chars * link, (words >= _LONG_WORDS) & (link < _LOOSE_LINKS))
    ]
    blocks = last - first
    page_chars = max(float(chars.sum(dtype=np.float64)), 1.0)
    per_node = np.stack(
        [
            blocks,
            totals[0],
            totals[2] // np.maximum(totals[0], 1),
            1000 * totals[0] // page_chars,
            totals[3],
            10 * totals[1] // np.maximum(blocks, 1),
        ],
        axis=1,
    )
    return np.concatenate([per_node[nodes] for nodes in layout.levels], axis=1)


def _places(texts: Floats, layout: Layout) -> Numbers:
    chars, words, link = texts[:, 0], texts[:, 1], texts[:, 2]
    count = len(chars)
    index = np.arange(count)
    shape = layout.shape
    by_shape = [
        np.bincount(shape, weights=weights)
        for weights in (np.ones(count), chars, words, chars * link)
    ]
    page_chars = max(float(by_shape[1].sum()), 1.0)
    before = running(chars)[:-1]
    is_long = (words >= _LONG_WORDS) & (link < _LOOSE_LINKS)
    overlap = texts[:, _TEXT.index("title_percent")] + 50 * texts[:, _TEXT.index("is_title")]
    title_at = int(np.argmax(overlap)) if overlap.max() >= _SAME_HEADLINE else -1
    columns = [
        by_shape[0][shape],
        1000 * by_shape[1][shape] // page_chars,
        10 * by_shape[2][shape] // by_shape[0][shape],
        by_shape[3][shape] // np.maximum(by_shape[1][shape], 1),
        index,
        count - index,
        1000 * before // page_chars,
        layout.depth,
        np.full(count, count),
        np.full(count, page_chars),
        np.full(count, is_long.sum()),
        np.full(count, words.max()),
        index - title_at if title_at >= 0 else np.full(count, -999),
        1000 * (before - before[title_at]) // page_chars if title_at >= 0 else np.full(count, -999),
        _since(is_long, index),
        _since(is_long[::-1], index)[::-1],
        _since(layout.is_heading, index),
        np.full(count, texts[:, _TEXT.index("word_chars")].mean(dtype=np.float64) > _WIDE_WORD),
    ]
    return np.stack(columns, axis=1)


def _since(marks: Numbers, index: Integers) -> Integers:
    """Return how many blocks ago the last marked block before each one was, at most 50."""
    last = np.maximum.accumulate(np.where(marks, index, -1_000))
    return np.minimum(index - np.concatenate(([-1_000], last[:-1])), 50)
