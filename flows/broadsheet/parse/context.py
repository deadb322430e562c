"""What the finders of title, date and byline see of a page beside its lines' own features.

Where the body lies is known by now, as log odds for each line; a headline stands shortly before
it, a byline and a date between the two.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from broadsheet.parse.bylines import people_in, starts_as_byline
from broadsheet.parse.columns import Numbers
from broadsheet.parse.dates import dates_in
from broadsheet.parse.features import COLUMN, Matrix
from broadsheet.parse.sheaf import Sheaf

CONTEXT: Final = (
    "odds", "odds-1", "odds+1", "odds+2", "odds+3", "to_body", "past_body", "heads_between",
    "heading_rank", "slug", "first_headings", "within_body", "longest_head_before",
    "repeats_above",
)  # fmt: skip
DATED: Final = (
    "dates", "beside_dates", "says_published", "says_modified", "opens_published", "date_at",
    "dated_lines_to_body", "dated_lines_before", "dated_lines", "lines_of_the_day", "has_clock",
    "has_weekday",
)  # fmt: skip
OPENS_PUBLISHED: Final = DATED.index("opens_published") - len(DATED)
"""The row, counted from the end, that tells which lines open with "Published" or its like."""

SIGNED: Final = (
    "people", "opens_as_byline", "follows_by", "words_beside", "lines_of_the_name",
    "name_in_body", "says_role",
)  # fmt: skip

_NO_HEADING: Final = 9
_MOST_BESIDE: Final = 150  # characters beside the date in a line that dates an article
_GAP: Final = 6  # lines that may interrupt a body
_REACH: Final = (-1, 1, 2, 3)
_HEAD_WORDS: Final = (4, 25)

PUBLISHED: Final = re.compile(
    r"\b(?:publish|posted|released|created|first|original|issued|filed|veröffentlicht|publié"
    r"|publicado|pubblicat|date\b)",
    re.IGNORECASE,
)
MODIFIED: Final = re.compile(
    r"\b(?:updat|modif|last|edited|revised|aktualisiert|mis à jour|actualizado|aggiornat)",
    re.IGNORECASE,
)
_CLOCK: Final = re.compile(r"\d[:.]\d\d\b|\d ?[ap]\.?m\b", re.IGNORECASE)
_WEEKDAY: Final = re.compile(r"\b(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*[,.]? ", re.IGNORECASE)
_ROLE: Final = re.compile(
    r"\b(?:reporter|editor|correspondent|writer|author|staff|contributor|columnist)\b",
    re.IGNORECASE,
)
_BY_ALONE: Final = frozenset(
    ("by", "written by", "author", "authors", "von", "par", "por", "autor")
)


@dataclass(frozen=True, slots=True, eq=False)
class Blocks:
    """The longest run of body lines of each page: numbers of its first and last line.

    Empty where ``last < first``.
    """

    first: Numbers
    last: Numbers


def main_blocks(sheaf: Sheaf, features: Matrix, odds: npt.NDArray[np.float32]) -> Blocks:
    """Return for each page the run of body lines with most characters; few lines may part it."""
    first, last = sheaf.starts[:-1].copy(), sheaf.starts[:-1] - 1
    body = np.flatnonzero(odds > 0)
    if not len(body):
        return Blocks(first, last)
    page = sheaf.page[body]
    is_new = np.concatenate([[True], (np.diff(body) > _GAP) | (np.diff(page) > 0)])
    starts = np.flatnonzero(is_new)
    ends = np.concatenate([starts[1:], [len(body)]]) - 1
    sizes = np.add.reduceat(np.minimum(features[0][body], 600), starts)
    # By page, then the longest run last, of equals the first.
    order = np.lexsort((-starts, sizes, page[starts]))
    is_best = np.concatenate([page[starts][order][1:] != page[starts][order][:-1], [True]])
    best = order[is_best]
    pages = page[starts[best]]
    first[pages], last[pages] = body[starts[best]], body[ends[best]]
    return Blocks(first, last)


def context_features(
    sheaf: Sheaf,
    features: Matrix,
    odds: npt.NDArray[np.float32],
    blocks: Blocks,
) -> Matrix:
    """Return for all lines the rows of ``CONTEXT``, shape ``(len(CONTEXT), lines)``.

    No address is looked at yet, see :mod:`broadsheet.parse.slugs`. Longer than 40 lines because the
    rows are read beside their names.

    Args:
        sheaf: the pages.
        features: what their lines look like.
        odds: log odds of each line to be body.
        blocks: where the bodies lie.

    """
    here = np.arange(len(sheaf.texts))
    first, last = blocks.first[sheaf.page], blocks.last[sheaf.page]
    score = (np.clip(odds, -4, 4) * 10).astype(np.int32)
    heading = features[COLUMN["heading"]]
    is_head = _is_head(features)
    anchor = np.maximum(first - 1, sheaf.first)
    heads = sheaf.upto(is_head)
    between = np.minimum(heads[anchor] - heads, 50)
    top = np.where(heading > 0, heading, _NO_HEADING)
    top = sheaf.by_page(np.minimum, top, _NO_HEADING)[sheaf.page]
    columns = (
        score,
        *(sheaf.moved(score, reach, -50) for reach in _REACH),
        np.clip(first - here, -200, 200),
        np.clip(here - last, -200, 200),
        np.where(here < first, between, 0),
        np.where(heading == 0, _NO_HEADING, heading - top),
        np.full(len(here), -1),
        np.minimum(sheaf.upto(heading == 1), 9),
        (here >= first) & (here <= last),
        _longest_before(sheaf, np.where(is_head, features[0], 0)),
        _repeats(sheaf),
    )
    return np.stack(columns).astype(np.int32)


def _is_head(features: Matrix) -> npt.NDArray[np.bool_]:
    """Tell for each line whether it has a headline's length and is no chrome."""
    words = features[COLUMN["words"]]
    linked = features[COLUMN["link_share"]] >= 50  # noqa: PLR2004 - mostly a link
    is_chrome = features[COLUMN["is_chrome_phrase"]] > 0
    is_long = (words >= _HEAD_WORDS[0]) & (words <= _HEAD_WORDS[1])
    return np.asarray(is_long & ~is_chrome & ~linked)


def _longest_before(sheaf: Sheaf, lengths: npt.NDArray[np.int32]) -> Numbers:
    # Each page counts from a level that no length of the page before reaches.
    level = sheaf.page * 4096
    longest = np.maximum.accumulate(lengths + level) - level
    return np.asarray(sheaf.moved(longest, -1, 0))


def _repeats(sheaf: Sheaf) -> Numbers:
    """Return for each line how many lines before it the same stood, at most 300; else -1."""
    order = np.argsort(sheaf.same, kind="stable")
    is_again = sheaf.same[order][1:] == sheaf.same[order][:-1]
    distances = np.full(len(order), -1)
    distances[order[1:][is_again]] = np.minimum(np.diff(order)[is_again], 300)
    return distances


def dated_features(sheaf: Sheaf, features: Matrix, blocks: Blocks, dated: Numbers) -> Matrix:
    """Return the rows of ``DATED`` for some lines, shape ``(len(DATED), len(dated))``."""
    upto = sheaf.upto(features[COLUMN["has_date"]] > 0)
    anchor = np.maximum(blocks.first - 1, sheaf.starts[:-1])
    page = sheaf.page[dated]
    to_body = np.abs(upto[dated] - upto[anchor[page]])
    stated = [publication_date(sheaf.texts[i]) or "" for i in dated]
    same_day = Counter(zip(page.tolist(), stated, strict=True))
    lines_of_page = Counter(page.tolist())
    order: Counter[int] = Counter()
    rows = []
    for place, (index, day) in enumerate(zip(dated.tolist(), stated, strict=True)):
        text, on_page = sheaf.texts[index], int(page[place])
        found = list(dates_in(text))
        rows.append((
            len(found), len(text) - sum(len(match[0]) for match in found),
            PUBLISHED.search(text[:120]) is not None, MODIFIED.search(text[:120]) is not None,
            PUBLISHED.match(text) is not None, found[0].start(), to_body[place], order[on_page],
            lines_of_page[on_page], same_day[on_page, day], _CLOCK.search(text) is not None,
            _WEEKDAY.search(text) is not None,
        ))  # fmt: skip
        order[on_page] += 1
    return np.array(rows, dtype=np.int32).reshape(len(dated), len(DATED)).T


def publication_date(text: str) -> str | None:
    """Return the date of a line that is most likely the publication's.

    The first that is said to be one, else the first that is not said to be a later change.
    """
    best: tuple[int, int, str] | None = None
    end = 0
    for order, match in enumerate(dates_in(text)):
        before = text[end : match.start()]
        rank = 2 if PUBLISHED.search(before) else 0 if MODIFIED.search(before) else 1
        best = max(best or (-1, 0, ""), (rank, -order, match[0]))
        end = match.end()
    return best[2] if best else None


def signed_features(
    sheaf: Sheaf, bodies: Mapping[int, str], signed: Mapping[int, tuple[str, ...]]
) -> Matrix:
    """Return the rows of ``SIGNED`` for the lines that name people.

    Args:
        sheaf: the pages.
        bodies: the text of each page's body.
        signed: the people that each of those lines names, by its number.

    """
    lines_of_name = Counter(
        (sheaf.page[index], name) for index, people in signed.items() for name in people
    )
    rows = []
    for index, people in signed.items():
        text, page = sheaf.texts[index], int(sheaf.page[index])
        before = sheaf.texts[index - 1].lower().strip(": ") if index > sheaf.first[index] else ""
        beside = len(text.split()) - sum(len(name.split()) for name in people)
        rows.append((
            len(people), starts_as_byline(text), before in _BY_ALONE, max(beside, 0),
            max(lines_of_name[page, name] for name in people),
            any(name in bodies[page] for name in people), _ROLE.search(text) is not None,
        ))  # fmt: skip
    return np.array(rows, dtype=np.int32).reshape(len(signed), len(SIGNED)).T


def title_lines(sheaf: Sheaf, features: Matrix, blocks: Blocks) -> Numbers:
    """Return the numbers of the lines that may be a headline."""
    here, first = np.arange(len(sheaf.texts)), blocks.first[sheaf.page]
    heading = features[COLUMN["heading"]]
    may = (
        (features[COLUMN["words"]] >= 2)  # noqa: PLR2004 - one word is a section's name
        & (features[0] <= 300)  # noqa: PLR2004 - characters; longer lines are paragraphs
        & (features[COLUMN["is_byline"]] == 0)
        & (here >= first - 60)
        & (here <= first + 6)
    )
    return np.flatnonzero(may | (heading == 1) | ((heading == 2) & (here < first + 3)))  # noqa: PLR2004


def dated_lines(sheaf: Sheaf, features: Matrix) -> Numbers:
    """Return the numbers of the lines that may date an article, at most 200 a page.

    A photograph's date is not the article's, nor is one in the midst of a paragraph.
    """
    has_date = features[COLUMN["has_date"]] > 0
    may = has_date & (features[COLUMN["is_caption_credit"]] == 0) & (sheaf.upto(has_date) <= 200)  # noqa: PLR2004
    lines = np.flatnonzero(may).tolist()
    return np.array([index for index in lines if _may_date(sheaf.texts[index])], np.int64)


def _may_date(text: str) -> bool:
    beside = len(text) - sum(len(match[0]) for match in dates_in(text))
    return beside <= _MOST_BESIDE or PUBLISHED.match(text) is not None


def signed_lines(sheaf: Sheaf, features: Matrix, blocks: Blocks) -> dict[int, tuple[str, ...]]:
    """Return the people named by the short lines before, at the start of and after the bodies."""
    here = np.arange(len(sheaf.texts))
    first, last = blocks.first[sheaf.page], blocks.last[sheaf.page]
    near = (here >= first - 25) & (here <= first + 3)
    near |= (here >= last) & (here <= last + 8)
    short = (features[0] <= 140) & (features[COLUMN["words"]] <= 16)  # noqa: PLR2004
    capitals = features[COLUMN["capital_share"]]
    # Names are capitals, and have at least two words.
    short &= (capitals >= 40) & (capitals * features[COLUMN["words"]] > 120)  # noqa: PLR2004
    short &= features[COLUMN["is_chrome_phrase"]] == 0
    may = np.flatnonzero(near & short)
    asked, again = np.unique(sheaf.text[may], return_inverse=True)
    people = [people_in(sheaf.distinct[text]) for text in asked.tolist()]
    named = zip(may.tolist(), again.tolist(), strict=True)
    return {line: people[text] for line, text in named if people[text]}
