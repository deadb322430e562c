"""Wire agencies that a page credits, and what it says of the rest of its text.

The names and phrases are those of plain text; here they count only where a page means its own
article by them: bylines, datelines and credits at its body, notices where it ends. Pages show the
same words beside other stories, in menus and in dialogues that no reader sees.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np

from broadsheet.parse.chrome import is_caption_credit, says_paywalled, says_truncated
from broadsheet.parse.credits import (
    agencies_in,
    dateline_agency,
    is_tail_credit,
    signing_agencies,
)
from broadsheet.parse.html_authors import bylines_near
from broadsheet.parse.html_body import Body
from broadsheet.parse.html_page import Page
from broadsheet.parse.html_statements import Statements
from broadsheet.parse.html_vocabulary import CLASS_BITS, TAG_BITS
from broadsheet.records import Witness

# How sure it is that an agency is credited, by the place of its name.
_HEAD: Final = {"jsonld.author": 0.9, "jsonld.page.author": 0.85, "meta.author": 0.8}
_SHOWN: Final = 0.85
_DATELINE: Final = 0.97
_TAIL: Final = 0.9

_BEFORE, _AFTER = 6, 4  # blocks around the first of the body in which its byline stands
_DATED: Final = 3  # paragraphs of which one may open with the dateline
_ENDING: Final = 2  # paragraphs at the end, and blocks after it, that may credit
_NOTICE: Final = 3  # blocks after the body that may say why it ends
_LONGEST_NOTICE: Final = 160
_ELSEWHERE: Final = (
    TAG_BITS["hidden"]
    | TAG_BITS["nav"]
    | TAG_BITS["footer"]
    | TAG_BITS["figure"]
    | TAG_BITS["aside"]
    | CLASS_BITS["related"]
    | CLASS_BITS["caption"]
)


def credited_agencies(page: Page, found: Statements, body: Body, text: str) -> Iterator[Witness]:
    """Yield the agencies that sign, date or end an article, each place one witness."""
    paragraphs = text.split("\n\n")
    for paragraph in paragraphs[:_DATED]:
        if credit := dateline_agency(paragraph):
            yield _witness(credit[0], "dateline.agency", _DATELINE, credit[1])
            break
    for value, rule, confidence, raw in _bylines(page, found, body):
        for name in signing_agencies(value):
            yield _witness(name, rule, confidence, raw)
    for line in (*paragraphs[-_ENDING:], *_endings(page, body)):
        if is_tail_credit(line):
            for name in agencies_in(line):
                yield _witness(name, "tail.credit", _TAIL, line)


def _endings(page: Page, body: Body) -> Iterator[str]:
    """Yield the lines after the body that may be its credit; a bare name may be a photograph's."""
    for line in _after(page, body, _ENDING):
        if line.startswith(("(", "[")) or " " in line.strip("©"):
            yield line


def _bylines(page: Page, found: Statements, body: Body) -> Iterator[tuple[str, str, float, str]]:
    """Yield the bylines of an article: value, rule, confidence and raw characters."""
    start = next(iter(np.flatnonzero(body.chosen).tolist()), 0)
    for statement in found.of("author"):
        is_near = start - _BEFORE <= statement.block <= start + _AFTER
        confidence = _HEAD.get(statement.rule, _SHOWN if statement.block >= 0 and is_near else 0)
        if confidence and not is_caption_credit(statement.value.replace("\n", " ")):
            yield statement.value, statement.rule, confidence, statement.excerpt
    for value, rule, _, raw in bylines_near(page, body):
        yield value, rule, _SHOWN, raw


def _after(page: Page, body: Body, count: int) -> list[str]:
    """Return the blocks after the body that a reader sees as its own."""
    end = next(reversed(np.flatnonzero(body.chosen).tolist()), -1) + 1
    return _own(page, end, end + count)


def _own(page: Page, first: int, last: int) -> list[str]:
    """Return the text of those blocks in a range that do not belong to something else."""
    around, nodes = page.nodes.around, page.blocks.node
    return [
        text
        for index, text in enumerate(page.blocks.text[first:last], first)
        if not around[nodes[index]] & _ELSEWHERE
    ]


def _witness(name: str, rule: str, confidence: float, raw: str) -> Witness:
    return Witness(field="agency", value=name, rule=rule, confidence=confidence, excerpt=raw[:160])


def ends_at_a_paywall(page: Page, body: Body) -> bool:
    """Tell whether a page says, within its body or where that ends, that the rest is for payers."""
    chosen = np.flatnonzero(body.chosen).tolist()
    within = _own(page, chosen[0], chosen[-1] + 1) if chosen else []
    return any(
        len(line) <= _LONGEST_NOTICE and says_paywalled(line)
        for line in (*within, *_after(page, body, _NOTICE))
    )


def ends_as_an_excerpt(page: Page, body: Body, text: str) -> bool:
    """Tell whether a page says, where its body ends, that it is an excerpt."""
    last = text.rpartition("\n\n")[2]
    return says_truncated(last) or any(map(says_truncated, _after(page, body, _NOTICE)))
