"""What the finders of title, date and byline see of a page beside its lines' own features.

Where the body lies is known by now, as log odds for each line; a headline stands shortly before
it, a byline and a date between the two.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from broadsheet.parse.bylines import people_in, starts_as_byline
from broadsheet.parse.dates import dates_in
from broadsheet.parse.features import NAMES, Matrix
from broadsheet.parse.lines import Line

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
SIGNED: Final = (
    "people", "opens_as_byline", "follows_by", "words_beside", "lines_of_the_name",
    "name_in_body", "says_role",
)  # fmt: skip

TITLE_NAMES: Final = (*NAMES, *CONTEXT)
DATE_NAMES: Final = (*TITLE_NAMES, *DATED)
AUTHOR_NAMES: Final = (*TITLE_NAMES, *SIGNED)

_COLUMN: Final = {name: index for index, name in enumerate(NAMES)}
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
_ALNUM: Final = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Block:
    """The longest run of body lines: its first and last index; empty where ``last < first``."""

    first: int
    last: int


def main_block(features: Matrix, odds: npt.NDArray[np.float32]) -> Block:
    """Return the run of body lines with the most characters, gaps of a few lines allowed."""
    body = np.flatnonzero(odds > 0)
    if not len(body):
        return Block(0, -1)
    chars = np.minimum(features[:, 0], 600)
    runs = np.split(body, np.flatnonzero(np.diff(body) > _GAP) + 1)
    longest = max(runs, key=lambda run: int(chars[run].sum()))
    return Block(int(longest[0]), int(longest[-1]))


def context_features(
    lines: Sequence[Line],
    features: Matrix,
    odds: npt.NDArray[np.float32],
    block: Block,
    url: str | None,
) -> Matrix:
    """Return the features of all lines with ``CONTEXT`` appended.

    Args:
        lines: the page.
        features: from :func:`broadsheet.parse.features.line_features`.
        odds: log odds of each line to be body.
        block: where the body lies.
        url: the article's address, where the page states it; its path often spells the headline.

    """
    index = np.arange(len(lines))
    score = (np.clip(odds, -4, 4) * 10).astype(np.int32)
    columns = (
        score,
        *(_moved(score, reach) for reach in _REACH),
        np.clip(block.first - index, -200, 200),
        np.clip(index - block.last, -200, 200),
        *_among_heads(features, block),
        _slug_shares(lines, url),
        np.minimum(np.cumsum(features[:, _COLUMN["heading"]] == 1), 9),
        (index >= block.first) & (index <= block.last),
        _longest_before(features),
        _repeats(lines),
    )
    return np.concatenate([features, np.stack(columns, axis=1).astype(np.int32)], axis=1)


def _is_head(features: Matrix) -> npt.NDArray[np.bool_]:
    """Tell for each line whether it has a headline's length and is no chrome."""
    words = features[:, _COLUMN["words"]]
    linked = features[:, _COLUMN["link_share"]] >= 50  # noqa: PLR2004 - mostly a link
    is_chrome = features[:, _COLUMN["is_chrome_phrase"]] > 0
    is_long = (words >= _HEAD_WORDS[0]) & (words <= _HEAD_WORDS[1])
    return np.asarray(is_long & ~is_chrome & ~linked)


def _among_heads(features: Matrix, block: Block) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """Return how many such lines lie between a line and the body, and its heading's rank."""
    heads = np.cumsum(_is_head(features))
    between = np.minimum(heads[max(block.first - 1, 0)] - heads, 50)
    heading = features[:, _COLUMN["heading"]]
    top = heading[heading > 0].min() if heading.any() else 0
    is_before = np.arange(len(features)) < block.first
    return np.where(is_before, between, 0), np.where(heading == 0, 9, heading - top)


def _longest_before(features: Matrix) -> npt.NDArray[Any]:
    longest = np.maximum.accumulate(np.where(_is_head(features), features[:, 0], 0))
    return np.concatenate([[0], longest[:-1]])


def _moved(values: npt.NDArray[np.int32], reach: int) -> npt.NDArray[np.int32]:
    moved = np.full_like(values, -50)
    if abs(reach) < len(values):
        if reach < 0:
            moved[-reach:] = values[:reach]
        else:
            moved[:-reach] = values[reach:]
    return moved


def _slug_shares(lines: Sequence[Line], url: str | None) -> npt.NDArray[np.int64]:
    """Return for each line the share of its words that the address's path spells, in per cent."""
    if not url:
        return np.full(len(lines), -1)
    slug = set(_ALNUM.findall(url.lower().partition("://")[2].partition("/")[2]))
    words = [set(_ALNUM.findall(line.text[:200].lower())) for line in lines]
    return np.array([100 * len(w & slug) // len(w) if w else 0 for w in words], dtype=np.int64)


def _repeats(lines: Sequence[Line]) -> list[int]:
    last: dict[str, int] = {}
    distances = []
    for index, line in enumerate(lines):
        distances.append(min(index - last.get(line.text, index + 1), 300))
        last[line.text] = index
    return distances


def dated_features(
    lines: Sequence[Line], context: Matrix, block: Block, dated: npt.NDArray[np.int64]
) -> Matrix:
    """Return the rows of the dated lines with ``DATED`` appended, shape ``(len(dated), ...)``."""
    stated = [publication_date(lines[i].text) or "" for i in dated]
    has_date = context[:, _COLUMN["has_date"]] > 0
    upto = np.cumsum(has_date)
    to_body = np.abs(upto - upto[max(block.first - 1, 0)])
    rows = []
    for order, (index, day) in enumerate(zip(dated, stated, strict=True)):
        text = lines[index].text
        found = list(dates_in(text))
        rows.append((
            len(found), len(text) - sum(len(match[0]) for match in found),
            PUBLISHED.search(text[:120]) is not None, MODIFIED.search(text[:120]) is not None,
            PUBLISHED.match(text) is not None, found[0].start(), to_body[index], order, len(dated),
            stated.count(day), _CLOCK.search(text) is not None, _WEEKDAY.search(text) is not None,
        ))  # fmt: skip
    added = np.array(rows, dtype=np.int32).reshape(len(dated), len(DATED))
    return np.concatenate([context[dated], added], axis=1)


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
    lines: Sequence[Line], context: Matrix, body: str, signed: dict[int, tuple[str, ...]]
) -> Matrix:
    """Return the rows of lines that name people, with ``SIGNED`` appended.

    Args:
        lines: the page.
        context: from :func:`context_features`.
        body: the text of the body.
        signed: the people that each of those lines names, by its index.

    """
    names = [name for people in signed.values() for name in people]
    rows = []
    for index, people in signed.items():
        text = lines[index].text
        before = lines[index - 1].text.lower().strip(": ") if index else ""
        beside = len(text.split()) - sum(len(name.split()) for name in people)
        rows.append((
            len(people), starts_as_byline(text), before in _BY_ALONE, max(beside, 0),
            max(names.count(name) for name in people), any(name in body for name in people),
            _ROLE.search(text) is not None,
        ))  # fmt: skip
    added = np.array(rows, dtype=np.int32).reshape(len(signed), len(SIGNED))
    return np.concatenate([context[list(signed)], added], axis=1)


def title_lines(features: Matrix, block: Block) -> npt.NDArray[np.int64]:
    """Return the indexes of the lines that may be the headline."""
    index = np.arange(len(features))
    heading = features[:, _COLUMN["heading"]]
    may = (
        (features[:, _COLUMN["words"]] >= 2)  # noqa: PLR2004 - one word is a section's name
        & (features[:, 0] <= 300)  # noqa: PLR2004 - characters; longer lines are paragraphs
        & (features[:, _COLUMN["is_byline"]] == 0)
        & (index >= block.first - 60)
        & (index <= block.first + 6)
    )
    return np.flatnonzero(may | (heading == 1) | ((heading == 2) & (index < block.first + 3)))  # noqa: PLR2004


def dated_lines(features: Matrix) -> npt.NDArray[np.int64]:
    """Return the indexes of the lines that state a day, at most 200."""
    return np.flatnonzero(features[:, _COLUMN["has_date"]] > 0)[:200]


def signed_lines(
    lines: Sequence[Line], features: Matrix, block: Block
) -> dict[int, tuple[str, ...]]:
    """Return the people named by the short lines before, at the start of and after the body."""
    index = np.arange(len(features))
    near = (index >= block.first - 25) & (index <= block.first + 3)
    near |= (index >= block.last) & (index <= block.last + 8)
    short = (features[:, 0] <= 140) & (features[:, _COLUMN["words"]] <= 16)  # noqa: PLR2004
    short &= features[:, _COLUMN["capital_share"]] >= 40  # noqa: PLR2004 - names are capitals
    named = {i: people_in(lines[i].text) for i in np.flatnonzero(near & short).tolist()}
    return {i: people for i, people in named.items() if people}
