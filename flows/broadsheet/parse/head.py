"""Title, standfirst, date and byline of plain pages: which lines state them.

Three finders of one kind: gather the lines that may state the field, take the one that its forest
ranks first, and say nothing where even that is more likely wrong than right.
"""

import re
from collections.abc import Container, Mapping, Sequence
from itertools import compress
from typing import Final

from broadsheet.parse.bound import Bound
from broadsheet.parse.bylines import starts_as_byline
from broadsheet.parse.choices import Choice, choose
from broadsheet.parse.context import MODIFIED, OPENS_PUBLISHED, publication_date, signed_lines
from broadsheet.parse.credits import agencies_in
from broadsheet.parse.dates import dates_in
from broadsheet.parse.models import Finder, Models
from broadsheet.parse.openings import BYLINE
from broadsheet.parse.page import Page, witness

LEAST_ODDS: Final[dict[Finder, float]] = {"title": -0.3, "date": 0.0, "author": -0.3}
"""Log odds below which a finder says nothing."""

LEAST_ODDS_OF_FIRST: Final = -1.0
"""As ``LEAST_ODDS``, for a first line that stands apart and speaks of what the text speaks of:
scrapers often begin with the headline."""

LEAST_ODDS_OF_SENTENCE: Final = 1.0
"""As ``LEAST_ODDS``, for a line with a full stop, as standfirsts end and headlines rarely do."""

_LONGEST_BYLINE: Final = 140  # characters
_FIRST_CONFIDENCE: Final = 0.6
_ON_TOPIC: Final = 0.5  # share of a headline's longer words that the text has, too
_FEWEST_GAPS: Final = 5  # between the words of a first line that may be a headline
_CRUMB: Final = re.compile(r" [/>»›] ")
_CRUMB_GAPS: Final = 2  # between the words of a section's name, at most
_SENTENCE_END: Final = (".", "!", "?", "…", "。", ".”", '."', "”", '"', ":", ")")
_WORD: Final = re.compile(r"\w+")
_STANDFIRST: Final = 300  # characters of the longest standfirst
_FEWEST_SHINGLES: Final = 5
_REPEATED: Final = 0.6  # share of a standfirst that the text repeats


def read_heads(pages: Mapping[int, Page], bound: Bound, models: Models) -> None:
    """Read headline, date, byline and standfirst; their lines are taken out of the bodies.

    Args:
        pages: those of the bound pages that have a head, by their number.
        bound: what is known of all bound pages.
        models: what was learned.

    """
    sheaf = bound.sheaf
    for number, choice in choose(bound, models, "title", bound.titles()).items():
        if number in pages:
            _take_title(pages[number], choice, choice.line - int(sheaf.starts[number]))
    dates = bound.dates()
    says_so = dates[1][OPENS_PUBLISHED] > 0
    for number, choice in choose(bound, models, "date", dates, says_so).items():
        if number in pages and choice.odds > LEAST_ODDS["date"]:
            _take_date(pages[number], choice, choice.line - int(sheaf.starts[number]))
    named = signed_lines(sheaf, bound.features, bound.blocks)
    for number, page in pages.items():
        _read_agency_bylines(page, named, int(sheaf.starts[number]))
    named = {line: people for line, people in named.items() if int(sheaf.page[line]) in pages}
    bodies = {
        number: "\n".join(compress(pages[number].texts, pages[number].is_body))
        for number in {int(sheaf.page[line]) for line in named}
    }
    for number, choice in choose(bound, models, "author", bound.bylines(named, bodies)).items():
        if choice.odds > LEAST_ODDS["author"]:
            index = choice.line - int(sheaf.starts[number])
            _take_byline(pages[number], choice, index, named[choice.line])
    for page in pages.values():
        if page.stated("title"):
            _read_repeated_standfirst(page)


def read_bare_head(page: Page) -> None:
    """Read a first line without a full stop as the standfirst, where the text begins after it.

    For records that have no head but the collector's date: their first line is text.
    """
    if len(page.texts) < 2:  # noqa: PLR2004 - a standfirst and a text
        return
    text, after = page.texts[:2]
    is_sentence = text.endswith(_SENTENCE_END)
    if not is_sentence and len(text) < _STANDFIRST and after.endswith(_SENTENCE_END):
        raw = page.raw_line(0)
        page.take(0, [witness("subtitle", text, "standfirst.unpunctuated", 0.7, raw)])


def _take_title(page: Page, choice: Choice, index: int) -> None:
    text, confidence = page.texts[index], choice.confidence
    is_first = index == 0 and _opens_the_record(page)
    least = LEAST_ODDS_OF_SENTENCE if text.endswith(".") else LEAST_ODDS["title"]
    if choice.odds <= (LEAST_ODDS_OF_FIRST if is_first else least):
        return
    is_heading = page.lines.headings[choice.line] > 0
    rule = "line.heading" if is_heading else "line.first" if is_first else "line.title"
    if is_first:
        confidence = max(confidence, _FIRST_CONFIDENCE)
    title = _behind_crumbs(text)
    page.take(index, [witness("title", title, rule, confidence, page.raw_line(index))])
    if page.texts.count(text) > 1:
        page.is_body = [
            is_body and again != text
            for again, is_body in zip(page.texts, page.is_body, strict=True)
        ]


def _behind_crumbs(text: str) -> str:
    """Return the headline of a line that begins with the path of its section."""
    *crumbs, last = _CRUMB.split(text)
    is_path = len(crumbs) > 1 and all(crumb.count(" ") <= _CRUMB_GAPS for crumb in crumbs)
    return last if is_path and last.count(" ") >= _FEWEST_GAPS else text


def _opens_the_record(page: Page) -> bool:
    """Tell whether the first line stands apart, without a full stop, and on the text's topic."""
    text = page.texts[0]
    is_apart = len(page.texts) > 1 and bool(page.lines.follows_blank[page.first + 1])
    is_open = not text.endswith(_SENTENCE_END) and text.count(" ") >= _FEWEST_GAPS
    return is_apart and is_open and page.topicality(0) >= _ON_TOPIC


def _take_date(page: Page, choice: Choice, index: int) -> None:
    text, raw = page.texts[index], page.raw_line(index)
    stated, confidence = publication_date(text), choice.confidence
    found = [witness("published", stated, "line.date", confidence, raw)] if stated else []
    end = 0
    for match in dates_in(text):
        if match[0] != stated and MODIFIED.search(text[end : match.start()]):
            found.append(witness("modified", match[0], "line.updated", confidence, raw))
        end = match.end()
    is_line_of_its_own = not page.is_body[index]
    page.found.extend(found)
    page.is_body[index] = not is_line_of_its_own


def _take_byline(page: Page, choice: Choice, index: int, people: Sequence[str]) -> None:
    text, raw = page.texts[index], page.raw_line(index)
    rule = "byline.by" if starts_as_byline(text) else "line.author"
    found = [witness("author", person, rule, choice.confidence, raw) for person in people]
    agencies = [witness("agency", n, rule, choice.confidence, raw) for n in agencies_in(text)]
    page.take(index, [*found, *agencies])


def _read_agency_bylines(page: Page, named: Container[int], start: int) -> None:
    """Read the lines before the body that open with "By" and name agencies alone."""
    for index in page.marked[BYLINE]:
        text = page.texts[index]
        if index > page.start or start + index in named or len(text) >= _LONGEST_BYLINE:
            continue
        if starts_as_byline(text):
            raw = page.raw_line(index)
            agencies = agencies_in(text)
            page.take(index, [witness("agency", name, "byline.by", 0.9, raw) for name in agencies])


def _read_repeated_standfirst(page: Page) -> None:
    """Read a first sentence that a later paragraph says again as the standfirst.

    A standfirst sums up what the text then tells in nearly the same words; a lede does not.
    """
    body = page.body()
    if len(body) < 3 or len(page.texts[body[0]]) > _STANDFIRST:  # noqa: PLR2004 - it, a lede, a repetition
        return
    shingles = _shingles(page.texts[body[0]])
    if len(shingles) < _FEWEST_SHINGLES:
        return
    near = [page.texts[i] for i in body[1:8]]
    # The longer a word, the sooner a paragraph without it is told.
    words = sorted((shingle[0] for shingle in shingles), key=len, reverse=True)
    again = [text for text in near if _may_repeat(text, words)]
    shared = max((len(shingles & _shingles(text)) for text in again), default=0)
    if _REPEATED * len(shingles) <= shared < len(shingles):
        raw = page.raw_line(body[0])
        found = witness("subtitle", page.texts[body[0]], "standfirst.repeated", 0.6, raw)
        page.take(body[0], [found])


def _may_repeat(text: str, words: Sequence[str]) -> bool:
    """Tell whether a text can hold so many shingles that it repeats their sentence.

    Their first words must stand in it. To look for a few words is far faster than to read all of a
    paragraph's, and few paragraphs hold them.
    """
    low = text.lower()
    missing, most = 0, (1 - _REPEATED) * len(words) + 1e-9
    for word in words:
        if word not in low:
            missing += 1
            if missing > most:
                return False
    return True


def _shingles(text: str) -> set[tuple[str, ...]]:
    """Return the runs of four words of a text."""
    words = _WORD.findall(text.lower())
    return set(zip(words, words[1:], words[2:], words[3:], strict=False))
