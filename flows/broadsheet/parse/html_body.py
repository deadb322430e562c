"""Which blocks of a page are the body of its article.

Two small boosted forests decide: the first sees each block with its place and its neighbours, the
second also what the first thinks of the blocks around it. Both were trained by
``benchmarks/html_quality_train.py``; see ``docs/html.md`` for data and figures.
"""

import re
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from broadsheet.parse.html_context import second_features
from broadsheet.parse.html_features import block_features, count_words
from broadsheet.parse.html_forest import load_forest
from broadsheet.parse.html_statements import plain
from broadsheet.parse.html_tree import Page, read_page

# Log odds above which a block is body; chosen on held-out documents.
_THRESHOLD: Final = 0.2
# A page that yields less is asked again, less strictly, down to the lowest threshold.
_ENOUGH_CHARS: Final = 400
_LOWEST_THRESHOLD: Final = -1.2
_STEP: Final = 0.2
# A repeated shorter line (a refrain, "Yes.") may be the author's.
_LONGEST_REFRAIN: Final = 30
# A stated body wins where the page shows less than this share of it: the rest is drawn by script.
_SHOWN_SHARE: Final = 0.5
_MIN_STATED_WORDS: Final = 40
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


def find_body(page: Page, title: str, declared: str) -> Body:
    """Choose the blocks of the body and join them.

    Args:
        page: the parsed page.
        title: the headline that the page's head states, or an empty string.
        declared: ``articleBody`` of its JSON-LD, or an empty string.

    """
    flat = plain(declared)
    if page.blocks:
        features = block_features(page, title, flat)
        first = load_forest("blocks_first").log_odds(features)
        scores = load_forest("blocks_second").log_odds(second_features(page, first, features))
        chosen = _choose(page, scores)
    else:
        scores = np.zeros(0, np.float32)
        chosen = np.zeros(0, bool)
    text = _join(page, chosen)
    if flat and count_words(flat) >= _MIN_STATED_WORDS and len(text) < _SHOWN_SHARE * len(flat):
        return Body(_stated(declared), scores, chosen, is_stated=True)
    return Body(text, scores, chosen)


def _choose(page: Page, scores: npt.NDArray[np.float32]) -> npt.NDArray[np.bool_]:
    chars = np.fromiter((len(block.text) for block in page.blocks), np.int64, len(page.blocks))
    threshold = _THRESHOLD
    while chars[scores > threshold].sum() < _ENOUGH_CHARS and threshold > _LOWEST_THRESHOLD:
        threshold -= _STEP
    chosen = scores > threshold
    seen: set[str] = set()
    for index in np.flatnonzero(chosen).tolist():
        text = page.blocks[index].text
        if len(text) > _LONGEST_REFRAIN and text in seen:
            chosen[index] = False
        seen.add(text)
    return chosen


def _join(page: Page, chosen: npt.NDArray[np.bool_]) -> str:
    parts: list[str] = []
    glue = ""
    for index in np.flatnonzero(chosen).tolist():
        block = page.blocks[index]
        is_item = page.nodes[block.node].tag == "li"
        parts += (glue, "- " if is_item and not block.text.startswith("- ") else "", block.text)
        follows = index + 1 < len(chosen) and chosen[index + 1]
        glue = "\n" if block.is_line and follows else "\n\n"
    return "".join(parts)


def _stated(declared: str) -> str:
    """Return a stated body as paragraphs; some pages state it as HTML."""
    if not _TAG.search(declared):
        paragraphs = (plain(part) for part in re.split(r"\n\s*\n|\r\n|\n", declared))
        return "\n\n".join(part for part in paragraphs if part)
    page = read_page(declared)
    return "\n\n".join(block.text for block in page.blocks) if page else plain(declared)
