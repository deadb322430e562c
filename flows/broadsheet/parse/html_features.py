"""What the block model sees of a block: its text, its place, its neighbours and what holds it.

Every feature is a number that does not depend on the page's language or on its outlet, except the
phrases of :mod:`broadsheet.parse.html_phrases` and the words of
:mod:`broadsheet.parse.html_vocabulary`.

Longer than 300 lines because names, phrases and their columns are read side by side.
"""

import re
from collections import Counter
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from broadsheet.parse.html_phrases import NAMES as PHRASE_NAMES
from broadsheet.parse.html_phrases import phrase_mask
from broadsheet.parse.html_tree import Block, Page
from broadsheet.parse.html_vocabulary import NAMES, words

Floats = npt.NDArray[np.float32]
Integers = npt.NDArray[np.int64]
Numbers = npt.NDArray[Any]

_WIDE: Final = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]")
_UPPER_WORD: Final = re.compile(r"\b[A-ZÀ-ÞА-ЯΑ-Ω]")
_DIGIT: Final = re.compile(r"\d")
_MARK: Final = re.compile(r"[|•·»›>/→▶✓©®#@]")
_ENDS: Final = (".。!！", "?？", "\"”’»')", ":：", "…", ",;")
_END: Final = {sign: kind for kind, ends in enumerate(_ENDS, start=1) for sign in ends}
_PHRASES_WITHIN: Final = 240  # characters; a longer block is told by what it is, not what it says
_LONG_WORDS: Final = 15
_LOOSE_LINKS: Final = 40  # per cent; a paragraph with more is a list of links
_LINE: Final = 400  # characters; counts of capitals, digits and marks matter in lines alone
_SAME_HEADLINE: Final = 60  # per cent of its words
_WIDE_WORD: Final = 100  # characters in ten words, on average; scripts without spaces have more
LEVELS: Final = 4

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


def block_features(page: Page, title: str, description: str, declared_body: str) -> Floats:
    """Describe each block of a page.

    Args:
        page: nodes and blocks; at least one block.
        title: the headline that the page's head states, or an empty string.
        description: the summary that the head states, or an empty string.
        declared_body: the body that its metadata states, or an empty string.

    Returns:
        An array of shape (blocks, ``len(FEATURES)``).

    """
    says, texts = _texts(page.blocks, title, description, declared_body)
    nodes = _node_masks(page)
    at = block_nodes(page)
    columns: list[Numbers] = [
        texts,
        _bits(says[:, None], len(PHRASE_NAMES)),
        nodes[at],
        _beside(texts, page, at),
        _levels(texts, page, at),
        _places(texts, page, at),
    ]
    return np.concatenate(columns, axis=1, dtype=np.float32)


def _texts(
    blocks: list[Block], title: str, description: str, declared_body: str
) -> tuple[Integers, Floats]:
    """Return the phrases that each block has, as bits, and the ``_TEXT`` columns.

    Longer than 40 lines because it names the features one by one.
    """
    copies = Counter(block.text for block in blocks)
    seen: set[str] = set()
    title_words = set(title.casefold().split())
    says = np.zeros(len(blocks), np.int64)
    rows: list[float] = []
    for index, block in enumerate(blocks):
        text = block.text
        chars, words = len(text), count_words(text)
        if chars <= _PHRASES_WITHIN:
            says[index] = phrase_mask(text)
        share = 0
        if title_words and words <= 2 * len(title_words) + 4:
            share = 100 * len(title_words & set(text.casefold().split())) // len(title_words)
        is_line = chars < _LINE
        rows += (
            chars,
            words,
            100 * min(block.link_chars, chars) // chars,
            block.links,
            100 * min(block.bold_chars, chars) // chars,
            _sentences(text),
            text.count(",") + text.count("，") + text.count("、"),
            _END.get(text[-1], 0),
            _start(text[0]),
            100 * min(len(_UPPER_WORD.findall(text)), words) // words if is_line else 15,
            100 * len(_DIGIT.findall(text)) // chars if is_line else 2,
            10 * chars // words,
            len(_MARK.findall(text)) if is_line else 0,
            block.is_line,
            copies[text],
            text in seen,
            share,
            text == title,
            0 if not declared_body else 1 + (text[:60] in declared_body),
            0 if not description else 1 + (text[:60] in description or description[:60] in text),
        )
        seen.add(text)
    return says, np.array(rows, np.float32).reshape(len(blocks), len(_TEXT))


def _sentences(text: str) -> int:
    """Count what ends sentences, as well as a paragraph that goes on without one needs it."""
    ends = text.count(". ") + text.count("? ") + text.count("! ") + text.count("。")
    return ends + text.endswith((".", "!", "?", ".”", '."', "…"))


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


def _bits(masks: Integers, count: int) -> Numbers:
    return ((masks >> np.arange(count)) & 1).astype(np.uint8)


def _node_masks(page: Page) -> Numbers:
    """Return the near and around bits of every node, shape (nodes, 2 * names)."""
    low = (1 << 40) - 1
    columns = []
    for masks in ([n.near for n in page.nodes], [n.around for n in page.nodes]):
        lower = np.array([mask & low for mask in masks], np.int64)[:, None]
        upper = np.array([mask >> 40 for mask in masks], np.int64)[:, None]
        columns += [_bits(lower, 40), _bits(upper, len(NAMES) - 40)]
    return np.concatenate(columns, axis=1)


def shift(values: Numbers, step: int) -> Numbers:
    """Move rows so that row ``i`` holds what row ``i + step`` held; -1 beyond the ends."""
    moved = np.full_like(values, -1)
    if abs(step) < len(values):
        if step > 0:
            moved[:-step] = values[step:]
        else:
            moved[-step:] = values[:step]
    return moved


def block_nodes(page: Page) -> Integers:
    """Return for each block the index of its innermost node."""
    return np.array([block.node for block in page.blocks], np.int64)


def shapes(page: Page) -> Integers:
    """Return for each block the number of the shape of its place."""
    nodes = page.nodes
    return np.array([nodes[block.node].shape for block in page.blocks], np.int64)


def _beside(texts: Floats, page: Page, at: Integers) -> Numbers:
    shape = shapes(page)[:, None]
    heading = np.fromiter((node.tag in _HEADINGS for node in page.nodes), bool, len(page.nodes))
    is_heading = heading[at].astype(np.float32)[:, None]
    own = texts[:, [_TEXT.index(name) for name in _BESIDE]]
    columns = [shift(own, step) for step in (-2, -1, 1, 2)]
    columns += [shift(shape, step) == shape for step in (-2, -1, 1, 2)]
    columns += [shift(is_heading, step) for step in (-1, 1)]
    return np.concatenate(columns, axis=1, dtype=np.float32)


_HEADINGS: Final = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))


def levels(page: Page, at: Integers) -> list[Integers]:
    """Return for each block the indexes of its nodes, innermost first; the root repeats."""
    parent = np.maximum(np.array([node.parent for node in page.nodes], np.int64), 0)
    result = [at]
    for _ in range(LEVELS - 1):
        result.append(parent[result[-1]])
    return result


def ranges(page: Page) -> tuple[Integers, Integers]:
    """Return the first block of each node and one past its last."""
    first = np.array([node.first for node in page.nodes], np.int64)
    last = np.array([node.last for node in page.nodes], np.int64)
    return first, np.minimum(np.maximum(last, first + 1), len(page.blocks))


def running(values: Numbers) -> Numbers:
    """Return sums of all values before each index, one longer than the values."""
    return np.concatenate(([0.0], np.cumsum(values, dtype=np.float64)))


def _levels(texts: Floats, page: Page, at: Integers) -> Numbers:
    first, last = ranges(page)
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
    return np.concatenate([per_node[nodes] for nodes in levels(page, at)], axis=1)


def _places(texts: Floats, page: Page, at: Integers) -> Numbers:
    chars, words, link = texts[:, 0], texts[:, 1], texts[:, 2]
    count = len(chars)
    index = np.arange(count)
    shape = shapes(page)
    by_shape = [
        np.bincount(shape, weights=weights)
        for weights in (np.ones(count), chars, words, chars * link)
    ]
    page_chars = max(float(by_shape[1].sum()), 1.0)
    before = running(chars)[:-1]
    is_long = (words >= _LONG_WORDS) & (link < _LOOSE_LINKS)
    overlap = texts[:, _TEXT.index("title_percent")] + 50 * texts[:, _TEXT.index("is_title")]
    title_at = int(np.argmax(overlap)) if overlap.max() >= _SAME_HEADLINE else -1
    depth = np.zeros(len(page.nodes), np.int64)
    for number, node in enumerate(page.nodes):
        depth[number] = depth[node.parent] + 1 if node.parent >= 0 else 0
    heading = np.fromiter((page.nodes[n].tag in _HEADINGS for n in at.tolist()), bool, count)
    columns = [
        by_shape[0][shape],
        1000 * by_shape[1][shape] // page_chars,
        10 * by_shape[2][shape] // by_shape[0][shape],
        by_shape[3][shape] // np.maximum(by_shape[1][shape], 1),
        index,
        count - index,
        1000 * before // page_chars,
        depth[at],
        np.full(count, count),
        np.full(count, page_chars),
        np.full(count, is_long.sum()),
        np.full(count, words.max()),
        index - title_at if title_at >= 0 else np.full(count, -999),
        1000 * (before - before[title_at]) // page_chars if title_at >= 0 else np.full(count, -999),
        _since(is_long, index),
        _since(is_long[::-1], index)[::-1],
        _since(heading, index),
        np.full(count, texts[:, _TEXT.index("word_chars")].mean(dtype=np.float64) > _WIDE_WORD),
    ]
    return np.stack(columns, axis=1)


def _since(marks: Numbers, index: Integers) -> Integers:
    """Return how many blocks ago the last marked block before each one was, at most 50."""
    last = np.maximum.accumulate(np.where(marks, index, -1_000))
    return np.minimum(index - np.concatenate(([-1_000], last[:-1])), 50)
