"""Title, standfirst, date and byline of a plain page: which lines state them.

Four finders of one kind: gather the lines that may state the field, score each with its forest,
take the best, and say nothing where even that is more likely wrong than right.
"""

import re
from collections.abc import Container
from typing import Final

import numpy as np
import numpy.typing as npt

from broadsheet.parse.bylines import starts_as_byline
from broadsheet.parse.chrome import is_caption_credit
from broadsheet.parse.context import (
    MODIFIED,
    PUBLISHED,
    context_features,
    dated_features,
    dated_lines,
    publication_date,
    signed_features,
    signed_lines,
    title_lines,
)
from broadsheet.parse.credits import agencies_in
from broadsheet.parse.dates import dates_in
from broadsheet.parse.features import Matrix
from broadsheet.parse.models import Finder, Models
from broadsheet.parse.page import Page, witness

LEAST_ODDS: Final[dict[Finder, float]] = {"title": -0.3, "date": 0.0, "author": -0.3}
"""Log odds below which a finder says nothing."""

LEAST_ODDS_OF_FIRST: Final = -1.5
"""As ``LEAST_ODDS``, for a first line that stands apart and speaks of what the text speaks of:
scrapers often begin with the headline."""

LEAST_ODDS_OF_SENTENCE: Final = 1.0
"""As ``LEAST_ODDS``, for a line with a full stop, as standfirsts end and headlines rarely do."""

_MOST_BESIDE: Final = 150  # characters beside the date in a line that dates an article
_LONGEST_BYLINE: Final = 140  # characters
_FIRST_CONFIDENCE: Final = 0.6
_ON_TOPIC: Final = 0.5  # share of a headline's longer words that the text has, too
_FEWEST_GAPS: Final = 5  # between the words of a first line that may be a headline
_SENTENCE_END: Final = (".", "!", "?", "…", "。", ".”", '."', "”", '"', ":", ")")
_WORD: Final = re.compile(r"\w+")
_STANDFIRST: Final = 300  # characters of the longest standfirst
_FEWEST_SHINGLES: Final = 5
_REPEATED: Final = 0.6  # share of a standfirst that the text repeats


def read_head(page: Page, models: Models) -> None:
    """Read headline, date, byline and standfirst; their lines are taken out of the body."""
    context = context_features(page.lines, page.features, page.odds, page.block, page.stated("url"))
    _read_title(page, models, context)
    _read_date(page, models, context)
    _read_byline(page, models, context)
    if page.stated("title"):
        _read_repeated_standfirst(page)


def read_bare_head(page: Page) -> None:
    """Read a first line without a full stop as the standfirst, where the text begins after it.

    For records that have no head but the collector's date: their first line is text.
    """
    if len(page.lines) < 2:  # noqa: PLR2004 - a standfirst and a text
        return
    text, after = page.lines[0].text, page.lines[1].text
    is_sentence = text.endswith(_SENTENCE_END)
    if not is_sentence and len(text) < _STANDFIRST and after.endswith(_SENTENCE_END):
        raw = page.raw_line(0)
        page.take(0, [witness("subtitle", text, "standfirst.unpunctuated", 0.7, raw)])


def _score(models: Models, finder: Finder, rows: Matrix) -> npt.NDArray[np.float32]:
    return models.finders[finder].log_odds(rows.astype(np.float32))


def _best(models: Models, finder: Finder, rows: Matrix) -> tuple[int, float] | None:
    """Return the position of the best row and its confidence, if it is good enough."""
    if not len(rows):
        return None
    odds = _score(models, finder, rows)
    best = int(odds.argmax())
    if odds[best] <= LEAST_ODDS[finder]:
        return None
    return best, models.confidence(finder, float(odds[best]))


def _read_title(page: Page, models: Models, context: Matrix) -> None:
    candidates = title_lines(page.features, page.block)
    if not len(candidates):
        return
    odds = _score(models, "title", context[candidates])
    best = int(odds.argmax())
    index = int(candidates[best])
    line = page.lines[index]
    is_first = index == 0 and _opens_the_record(page)
    is_sentence = line.text.endswith(".")
    least = LEAST_ODDS_OF_SENTENCE if is_sentence else LEAST_ODDS["title"]
    if odds[best] <= (LEAST_ODDS_OF_FIRST if is_first else least):
        return
    rule = "line.heading" if line.heading else "line.first" if is_first else "line.title"
    confidence = models.confidence("title", float(odds[best]))
    if is_first:
        confidence = max(confidence, _FIRST_CONFIDENCE)
    page.take(index, [witness("title", line.text, rule, confidence, page.raw_line(index))])
    for other, again in enumerate(page.lines):
        if again.text == line.text:
            page.is_body[other] = False


def _opens_the_record(page: Page) -> bool:
    """Tell whether the first line stands apart, without a full stop, and on the text's topic."""
    text = page.lines[0].text
    is_apart = len(page.lines) > 1 and page.lines[1].follows_blank
    is_open = not text.endswith(_SENTENCE_END) and text.count(" ") >= _FEWEST_GAPS
    return is_apart and is_open and page.topicality(0) >= _ON_TOPIC


def _read_date(page: Page, models: Models, context: Matrix) -> None:
    candidates = dated_lines(page.features)
    # A photograph's date is not the article's, nor is one in the midst of a paragraph.
    candidates = np.array([i for i in candidates if _may_date(page.lines[i].text)], dtype=np.int64)
    if not len(candidates):
        return
    best = _best(models, "date", dated_features(page.lines, context, page.block, candidates))
    if best is None:
        return
    index, confidence = int(candidates[best[0]]), best[1]
    text, raw = page.lines[index].text, page.raw_line(index)
    stated = publication_date(text)
    found = [witness("published", stated, "line.date", confidence, raw)] if stated else []
    end = 0
    for match in dates_in(text):
        if match[0] != stated and MODIFIED.search(text[end : match.start()]):
            found.append(witness("modified", match[0], "line.updated", confidence, raw))
        end = match.end()
    is_line_of_its_own = not page.is_body[index]
    page.found.extend(found)
    page.is_body[index] = not is_line_of_its_own


def _may_date(text: str) -> bool:
    beside = len(text) - sum(len(match[0]) for match in dates_in(text))
    is_short = beside <= _MOST_BESIDE or PUBLISHED.match(text) is not None
    return is_short and not is_caption_credit(text)


def _read_byline(page: Page, models: Models, context: Matrix) -> None:
    named = signed_lines(page.lines, page.features, page.block)
    _read_agency_bylines(page, named)
    if not named:
        return
    body = "\n".join(page.lines[index].text for index in page.body())
    best = _best(models, "author", signed_features(page.lines, context, body, named))
    if best is None:
        return
    index = list(named)[best[0]]
    text, raw = page.lines[index].text, page.raw_line(index)
    rule = "byline.by" if starts_as_byline(text) else "line.author"
    people = [witness("author", person, rule, best[1], raw) for person in named[index]]
    agencies = [witness("agency", name, rule, best[1], raw) for name in agencies_in(text)]
    page.take(index, [*people, *agencies])


def _read_agency_bylines(page: Page, named: Container[int]) -> None:
    """Read the lines before the body that open with "By" and name agencies alone."""
    for index in range(min(page.block.first + 1, len(page.lines))):
        text = page.lines[index].text
        if index not in named and len(text) < _LONGEST_BYLINE and starts_as_byline(text):
            raw = page.raw_line(index)
            agencies = agencies_in(text)
            page.take(index, [witness("agency", name, "byline.by", 0.9, raw) for name in agencies])


def _read_repeated_standfirst(page: Page) -> None:
    """Read a first sentence that a later paragraph says again as the standfirst.

    A standfirst sums up what the text then tells in nearly the same words; a lede does not.
    """
    body = page.body()
    if len(body) < 3 or len(page.lines[body[0]].text) > _STANDFIRST:  # noqa: PLR2004 - it, a lede, a repetition
        return
    shingles = _shingles(page.lines[body[0]].text)
    shared = max(len(shingles & _shingles(page.lines[i].text)) for i in body[1:8])
    if len(shingles) >= _FEWEST_SHINGLES and _REPEATED * len(shingles) <= shared < len(shingles):
        raw = page.raw_line(body[0])
        found = witness("subtitle", page.lines[body[0]].text, "standfirst.repeated", 0.6, raw)
        page.take(body[0], [found])


def _shingles(text: str) -> set[tuple[str, ...]]:
    """Return the runs of four words of a text."""
    words = _WORD.findall(text.lower())
    return set(zip(words, words[1:], words[2:], words[3:], strict=False))
