"""Which blocks of a page are the body of its article.

Two small boosted forests decide: the first sees each block with its place and its neighbours, the
second also what the first thinks of the blocks around it. Both were trained by
``benchmarks/html_quality_train.py``; see ``docs/html.md`` for data and figures.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

import numpy as np
import numpy.typing as npt

from broadsheet.parse.html_bylines import starts_as_byline
from broadsheet.parse.html_context import second_features
from broadsheet.parse.html_days import days_in
from broadsheet.parse.html_features import block_features, count_words
from broadsheet.parse.html_forest import load_forest
from broadsheet.parse.html_layout import HEADINGS, layout_of
from broadsheet.parse.html_page import Page
from broadsheet.parse.html_setting import key_of
from broadsheet.parse.html_statements import plain
from broadsheet.parse.html_texts import Head
from broadsheet.parse.html_vocabulary import TAG_BITS
from broadsheet.parse.html_walk import read_page

# Log odds above which a block is body; chosen on held-out documents.
_THRESHOLD: Final = 0.9
# A page that yields less is asked again, less strictly, down to the lowest threshold.
_ENOUGH_CHARS: Final = 300
_LOWEST_THRESHOLD: Final = -2.0
_STEP: Final = 0.2
# A repeated shorter line (a refrain, "Yes.") may be the author's.
_LONGEST_REFRAIN: Final = 30
# A block so long may hold everything that the other blocks say.
_WHOLE_CHARS: Final = 800
_WHOLE_SHARE: Final = 0.3
_SAME_SHARE: Final = 0.7
_HEADINGS_OF_A_LIST: Final = 4
_HEAD: Final = 3  # paragraphs among which headline, byline and date may have come along
_LONGEST_CREDIT: Final = 100
_MOST_CREDIT_WORDS: Final = 12
_CREDIT_SHARE: Final = 0.4
# A stated body wins where the page shows less than this share of it: the rest is drawn by script.
_SHOWN_SHARE: Final = 0.5
_MIN_STATED_WORDS: Final = 40
_TABLE: Final = TAG_BITS["table"]
_CELL_TAGS: Final = frozenset(("td", "th"))
_CELL: Final = " | "  # between the cells of a row
_TAG: Final = re.compile(r"<(?:p|div|br|h[1-6])\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Body:
    """The body of an article.

    Attributes:
        text: paragraphs separated by a blank line; lines that ``<br>`` ends by a line feed.
        scores: for each block of the page the log odds that it is body.
        chosen: for each block whether it is.
        is_stated: whether the text is the one that the page's metadata states.

    """

    text: str
    scores: npt.NDArray[np.float32]
    chosen: npt.NDArray[np.bool_]
    is_stated: bool = False


def find_bodies(pages: Sequence[Page], heads: Sequence[Head]) -> list[Body]:
    """Choose the blocks of the body of each page and join them.

    Args:
        pages: the parsed pages.
        heads: what the head of each states of its text.

    """
    known = list(zip(pages, heads, strict=True))
    scores = iter(score_blocks([(page, head) for page, head in known if len(page.blocks)]))
    none = np.zeros(0, np.float32)
    return [
        body_of(page, next(scores) if len(page.blocks) else none, head.body) for page, head in known
    ]


def score_blocks(pages: Sequence[tuple[Page, Head]]) -> list[npt.NDArray[np.float32]]:
    """Return the log odds that blocks are body, for pages that have some."""
    if not pages:
        return []
    layout = layout_of([page for page, _ in pages])
    features = block_features(pages, layout)
    first = load_forest("blocks_first").log_odds(features)
    scores = load_forest("blocks_second").log_odds(second_features(layout, first, features))
    return np.split(scores, layout.starts[1:-1])


def body_of(page: Page, scores: npt.NDArray[np.float32], declared: str) -> Body:
    """Choose blocks by their log odds, or the stated body where the page shows too little of it."""
    chosen = _choose(page, scores)
    text = _join(page, chosen)
    flat = plain(declared)
    if count_words(flat) >= _MIN_STATED_WORDS and len(text) < _SHOWN_SHARE * len(flat):
        return Body(_stated(declared), scores, chosen, is_stated=True)
    return Body(text, scores, chosen)


def _choose(page: Page, scores: npt.NDArray[np.float32]) -> npt.NDArray[np.bool_]:
    chars = np.fromiter(map(len, page.blocks.text), np.int64, len(page.blocks))
    threshold = _THRESHOLD
    while chars[scores > threshold].sum() < _ENOUGH_CHARS and threshold > _LOWEST_THRESHOLD:
        threshold -= _STEP
    chosen = scores > threshold
    _drop_heading_lists(page, chosen)
    _drop_repeats(page, chosen)
    _drop_wholes(page, chosen)
    return chosen


def _drop_heading_lists(page: Page, chosen: npt.NDArray[np.bool_]) -> None:
    """Leave out headings that follow one another with no text between: other stories' headlines."""
    tags = [page.nodes.tag[node] for node in page.blocks.node]
    start = 0
    for tag, group in groupby(tags):
        end = start + sum(1 for _ in group)
        if tag in HEADINGS and end - start >= _HEADINGS_OF_A_LIST:
            chosen[start:end] = False
        start = end


def _drop_repeats(page: Page, chosen: npt.NDArray[np.bool_]) -> None:
    """Leave out passages that were chosen before: two blocks or more, one after the other.

    A single repeated block, such as the question that a series of interviews shares, stays.
    """
    order = np.flatnonzero(chosen).tolist()
    texts = [page.blocks.text[index] for index in order]
    seen: set[str] = set()
    is_repeat = []
    for text in texts:
        is_repeat.append(text in seen and len(text) > _LONGEST_REFRAIN)
        seen.add(text)
    for place, index in enumerate(order):
        beside = is_repeat[max(place - 1, 0) : place + 2]
        if is_repeat[place] and (sum(beside) > 1 or texts[place] == texts[place - 1]):
            chosen[index] = False


def _drop_wholes(page: Page, chosen: npt.NDArray[np.bool_]) -> None:
    """Leave out a block that holds the whole text once more, as pages do for machines."""
    order = np.flatnonzero(chosen).tolist()
    texts = page.blocks.text
    total = sum(len(texts[index]) for index in order)
    for index in order:
        text = texts[index]
        if _WHOLE_CHARS < len(text) > _WHOLE_SHARE * total:
            rest = _runs(" ".join(texts[i] for i in order if i != index and chosen[i]))
            own = _runs(text)
            if len(own & rest) > _SAME_SHARE * len(own):
                chosen[index] = False


def _runs(text: str) -> set[tuple[str, ...]]:
    """Return the runs of four words of a text."""
    parts = text.split()
    return set(zip(*(parts[shift:] for shift in range(4)), strict=False))


def _join(page: Page, chosen: npt.NDArray[np.bool_]) -> str:
    parts: list[str] = []
    glue = ""
    row = -1
    blocks = page.blocks
    for index in np.flatnonzero(chosen).tolist():
        text = blocks.text[index]
        is_item = page.nodes.tag[blocks.node[index]] == "li"
        row, last_row = _row_of(page, index), row
        if row >= 0 and row == last_row:
            glue = _CELL
        parts += (glue, "- " if is_item and not text.startswith("- ") else "", text)
        follows = index + 1 < len(chosen) and chosen[index + 1]
        glue = "\n" if blocks.is_line[index] and follows and not blocks.has_gap[index] else "\n\n"
    return "".join(parts)


def _row_of(page: Page, block: int) -> int:
    """Return the table row whose cell holds a block and nothing else; -1 where there is none.

    Cells with more are there for the page's layout.
    """
    nodes = page.nodes
    node = page.blocks.node[block]
    if not nodes.around[node] & _TABLE:
        return -1
    while node >= 0 and nodes.tag[node] not in _CELL_TAGS:
        node = nodes.parent[node]
    is_alone = node >= 0 and nodes.last[node] - nodes.first[node] == 1
    return nodes.parent[node] if is_alone else -1


def without_head(text: str, title: str) -> str:
    """Return a body without headline, byline and date, where its first paragraphs are such."""
    paragraphs = text.split("\n\n")
    key = key_of(title)
    head = [
        part
        for part in paragraphs[:_HEAD]
        if not ((key and key_of(part) == key) or _is_credit(part))
    ]
    return "\n\n".join(head + paragraphs[_HEAD:]) or text


def _is_credit(text: str) -> bool:
    """Tell whether a paragraph is but a byline or a date."""
    if len(text) > _LONGEST_CREDIT or text.endswith((".", "!", "?", ":", "”", '"', "。")):
        return False
    if starts_as_byline(text):
        return count_words(text) <= _MOST_CREDIT_WORDS
    said = sum(len(day.text) for day in days_in(text, "DMY"))
    return said > 0 and said >= _CREDIT_SHARE * len(text)


def _stated(declared: str) -> str:
    """Return a stated body as paragraphs; some pages state it as HTML."""
    if not _TAG.search(declared):
        paragraphs = (plain(part) for part in re.split(r"\n\s*\n|\r\n|\n", declared))
        return "\n\n".join(part for part in paragraphs if part)
    page = read_page(declared)
    return "\n\n".join(page.blocks.text) if page else plain(declared)
