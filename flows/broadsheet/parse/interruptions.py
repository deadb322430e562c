"""What interrupts a body although its lines look like prose: rules that overrule the model."""

import re
from collections.abc import Set as AbstractSet
from typing import Final

from broadsheet.parse.page import Page
from broadsheet.parse.recurring import line_key

_SURE: Final = 2.0  # log odds from which a line is body, whatever phrase it opens with
_HEADLINE_WORDS: Final = range(9, 25)
_FOREIGN: Final = 0.5  # share of a headline's longer words that the text may have, too
_PROSE: Final = 50  # characters of a neighbour that is a paragraph
_REPEATED: Final = 60  # characters of a paragraph that no writer says twice
_PULLED: Final = 300  # characters of the longest quotation that a page sets out
_QUOTES: Final = "\"'“”‘’«»„—– "
_CLOSED: Final = frozenset(".!?:;,…")
_OPEN_END: Final = re.compile(r"[\w)’'\"”]")


def leave_out_interruptions(page: Page) -> None:
    """Take out of the body what is none of its own, however much it reads like it.

    Phrases of page chrome, a lone headline of another article, and what the page shows twice.
    """
    for index in page.body():
        if page.is_phrase[index] and page.odds[index] < _SURE:
            page.is_body[index] = page.lines[index].text.startswith("http")
    lone = _lone_headline(page)
    if lone is not None:
        page.is_body[lone] = False
    for index in _said_twice(page):
        page.is_body[index] = False


def leave_out_recurring(page: Page, keys: AbstractSet[int]) -> None:
    """Take the lines out of the body that stand on many pages of the outlet."""
    for index in page.body():
        # As the first pass saw it: the raw line, markup and all.
        if line_key(raw := page.raw_line(index)) in keys:
            page.is_body[index] = False
            page.recurring.append(raw)


def _said_twice(page: Page) -> list[int]:
    """Return the paragraphs that the page shows again, and the quotations it pulls from others.

    The first of equal paragraphs stays, and the paragraph that a pulled quotation was taken from.
    """
    long = [(i, page.lines[i].text.strip(_QUOTES)) for i in page.body()]
    long = [(index, text) for index, text in long if len(text) >= _REPEATED]
    first: dict[str, int] = {}
    for index, text in long:
        first.setdefault(text, index)
    whole = "\n".join(first)
    again = [index for index, text in long if first[text] != index]
    quoted = [text for text in first if len(text) <= _PULLED and whole.count(text) > 1]
    return again + [first[text] for text in quoted]


def _lone_headline(page: Page) -> int | None:
    """Return the one line in mid-text that reads like another article's headline.

    A text is parted by subheads or by none: a single sentence without a full stop, apart from the
    paragraphs around it and about something else, is the link to a related article.
    """
    body = page.body()
    ends = [(i, page.lines[i].text[-1]) for i in body[1:-1]]
    open_lines = [i for i, end in ends if end not in _CLOSED and _OPEN_END.match(end)]
    open_lines = [i for i in open_lines if not _is_quotation(page.lines[i].text)]
    if len(open_lines) != 1:
        return None
    (index,) = open_lines
    line, at = page.lines[index], body.index(index)
    neighbours = [page.lines[body[at - 1]], page.lines[body[at + 1]]]
    is_apart = line.follows_blank and page.lines[index + 1].follows_blank
    is_plain = not (line.heading or line.is_item or line.is_quote or line.is_emphasised)
    is_headline = line.text.count(" ") + 1 in _HEADLINE_WORDS and is_apart and is_plain
    if is_headline and all(len(near.text) >= _PROSE for near in neighbours):
        return index if page.topicality(index) < _FOREIGN else None
    return None


def _is_quotation(text: str) -> bool:
    return text[-1] in "\"'”’" and len(text) > 1 and text[-2] in ".!?…,"
