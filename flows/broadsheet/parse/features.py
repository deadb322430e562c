"""What the line classifier sees of pages: one column of integers a feature, one entry a line.

All features are integers, so that the trees of :mod:`broadsheet.parse.forest` decide the same
on every machine. Three groups stand side by side: the line itself, its neighbours, and its place
among the lines that read like prose. The lines of many pages are looked at together, because an
array operation costs the same for a page as for fifty; no line sees another page's.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from broadsheet.parse.chrome import is_caption_credit, is_chrome_phrase
from broadsheet.parse.dates import has_date, holds_numbers
from broadsheet.parse.openings import BYLINE, CHROME, CREDIT, MONTH, SIGNS, marked_words
from broadsheet.parse.sheaf import Sheaf
from broadsheet.parse.spelling import SEEN, Spelling, Vocabulary, spell

Matrix = npt.NDArray[np.int32]

_BYLINE: Final = re.compile(
    r"(?:(?:words|written|story|reported|posted|published|author)s? )?"
    r"(?:by|von|par|por|autor|author)\b"
    r"|(?:foto|text):",
    re.IGNORECASE,
)
_END: Final = dict.fromkeys(".!?。！？॥।", 2) | dict.fromkeys(":;,", 1)
_CLOSING: Final = "\"'”’»)]*"

SENTENCE: Final = 2
"""How a line ends that ends a sentence, in the row ``end``."""

_TEASER: Final = 3  # breaks off in mid-sentence
_MOSTLY: Final = 50  # per cent
_SHORT_LINE: Final = 40  # characters

PROSE: Final = 80
"""Characters from which a line that ends a sentence reads like prose."""

LINE: Final = (
    "chars", "words", "mean_word", "end", "commas", "stops", "link_share", "heading", "is_item",
    "is_quote", "is_emphasised", "follows_blank", "capital_share", "digits", "upper_share",
    "is_chrome_phrase", "is_caption_credit", "lexicon_sum", "lexicon_mean", "lexicon_least",
    "has_date", "is_byline", "starts_low", "quotes", "short_low_share", "symbols", "repeated",
    "topical", "before_blank",
)  # fmt: skip
_NEIGHBOURS: Final = (
    "chars", "end", "link_share", "lexicon_mean", "capital_share", "is_item", "has_date",
    "is_byline", "heading",
)  # fmt: skip
_REACH: Final = (-3, -2, -1, 1, 2, 3)
PLACE: Final = (
    "index", "index_from_end", "index_share", "prose_before", "prose_after", "prose_before_share",
    "prose_near", "prose_around", "to_prose_above", "to_prose_below", "prose_share", "links_near",
    "to_heading_above", "is_marked_up", "sentences_near", "items_near", "short_near",
    "chrome_near", "to_chrome_above", "to_chrome_below", "teasers_near", "topical_near",
)  # fmt: skip
NAMES: Final = (
    *LINE,
    *(f"{name}{reach:+d}" for reach in _REACH for name in _NEIGHBOURS),
    *PLACE,
)
COLUMN: Final = {name: index for index, name in enumerate(NAMES)}
"""The row of each feature in a matrix."""

_LONG: Final = 4  # letters; longer words carry the topic
_FEWEST_DIGITS: Final = 4  # of a written day


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """What the lines of a sheaf look like.

    Attributes:
        features: shape ``(len(NAMES), lines)``.
        marks: bits of each line's first word or sign, see :mod:`broadsheet.parse.openings`.

    """

    features: Matrix
    marks: npt.NDArray[np.int32]


def look_at(sheaf: Sheaf, lexicon: Vocabulary) -> Look:
    """Return what all lines of some pages look like.

    Args:
        sheaf: the pages.
        lexicon: weight of a lower-case word for (below zero) or against (above) body text.

    """
    features = np.empty((len(NAMES), len(sheaf.lines)), np.int32)
    spelling = spell(sheaf.texts)
    weights, bits = lexicon.of(spelling.keys), marked_words().of(spelling.keys)
    marks = np.where(spelling.opens > 0, spelling.opening(bits), 0).astype(np.int32)
    for index in np.flatnonzero(spelling.opens == 0).tolist():
        marks[index] = SIGNS.get(sheaf.texts[index][0], 0)
    own = _Own(features, sheaf, spelling)
    own.fill_shape()
    own.fill_spelling(weights)
    own.fill_phrases(marks, spelling.united(bits))
    _fill_neighbours(features, sheaf)
    _fill_place(features, sheaf)
    return Look(features, marks)


@dataclass(frozen=True, slots=True, eq=False)
class _Own:
    """Fills the rows that speak of a line by itself."""

    features: Matrix
    sheaf: Sheaf
    spelling: Spelling

    def _fill(self, **rows: Any) -> None:  # noqa: ANN401 - whatever numpy takes for a row
        for name, values in rows.items():
            self.features[COLUMN[name]] = values

    def fill_shape(self) -> None:
        """Fill what the reading of the lines said of them."""
        text, _, _, links, heading, item, quote, emphasised, follows_blank = (
            zip(*self.sheaf.lines, strict=True) if self.sheaf.lines else [()] * 9
        )
        chars = np.fromiter(map(len, text), np.int64, len(text))
        blank, same = np.array(follows_blank, np.int32), self.sheaf.same
        self._fill(
            chars=np.minimum(chars, 2000),
            end=_ends(text),
            link_share=100 * np.array(links, np.int64) // np.maximum(chars, 1),
            heading=np.array(heading, np.int32),
            is_item=np.array(item, np.int32),
            is_quote=np.array(quote, np.int32),
            is_emphasised=np.array(emphasised, np.int32),
            follows_blank=blank,
            before_blank=self.sheaf.moved(blank, 1, 1),
            repeated=np.minimum(np.bincount(same, minlength=len(same))[same], 9),
        )

    def fill_spelling(self, weights: npt.NDArray[np.int32]) -> None:
        """Fill what characters and words say."""
        spelling, counts = self.spelling, self.spelling.counts
        words = np.diff(spelling.first)
        count = np.maximum(words, 1)
        is_short_low = (spelling.lengths <= _LONG) & ~spelling.is_capital
        weight = spelling.summed(weights)
        self._fill(
            words=words,
            mean_word=10 * spelling.summed(spelling.lengths) // count,
            commas=counts[4],
            stops=spelling.stops,
            capital_share=100 * spelling.summed(spelling.is_capital) // count,
            digits=counts[3],
            upper_share=100 * ((counts[1] > 0) & (counts[2] == 0)),
            lexicon_sum=weight,
            lexicon_mean=weight // count,
            lexicon_least=spelling.least(weights),
            starts_low=spelling.opens == 1,
            quotes=counts[5],
            short_low_share=100 * spelling.summed(is_short_low) // count,
            symbols=counts[6],
            topical=_topicality(self.sheaf, spelling, self._prose()),
        )

    def _prose(self) -> npt.NDArray[np.bool_]:
        return _is_prose(self.features)

    def fill_phrases(self, marks: npt.NDArray[np.int32], any_marks: npt.NDArray[np.int32]) -> None:
        """Fill what rules of phrases say, each tried only where it may apply."""
        texts, chars = self.sheaf.texts, self.features[0]
        is_open = self.features[COLUMN["end"]] != SENTENCE
        has_digits = self.spelling.counts[3] >= _FEWEST_DIGITS
        may_credit = (any_marks & CREDIT > 0) | ((chars > SEEN) & is_open)
        rules = (
            ("is_chrome_phrase", is_chrome_phrase, marks & CHROME > 0),
            ("is_byline", _is_byline, marks & BYLINE > 0),
            ("is_caption_credit", is_caption_credit, may_credit),
            ("has_date", has_date, has_digits & (any_marks & MONTH > 0)),
            ("has_date", _has_numeric_date, has_digits & (any_marks & MONTH == 0)),
        )
        self.features[[COLUMN[name] for name, _, _ in rules]] = 0
        for name, rule, may_apply in rules:
            row = self.features[COLUMN[name]]
            for index in np.flatnonzero(may_apply).tolist():
                row[index] = rule(texts[index])


def _is_byline(text: str) -> bool:
    return _BYLINE.match(text) is not None


def _has_numeric_date(text: str) -> bool:
    return holds_numbers(text) and has_date(text)


def _is_prose(features: Matrix) -> npt.NDArray[np.bool_]:
    return np.asarray((features[0] >= PROSE) & (features[COLUMN["end"]] == SENTENCE))


def _ends(texts: Sequence[str]) -> list[int]:
    """Return how lines end: within a clause (1), with a sentence (2), as a teaser (3), or so (0).

    The last character alone tells it of most.
    """
    ends = [_END_OF_MOST.get(text[-1], 0) for text in texts]
    for index in [index for index, end in enumerate(ends) if end < 0]:
        ends[index] = _end(texts[index])
    return ends


def _end(text: str) -> int:
    if text[-1] == "." and not text.endswith("..."):
        return SENTENCE
    bare = text.rstrip(_CLOSING) or text
    if bare.endswith(("…", "...")) or text.endswith(("[…]", "[...]")):
        return _TEASER
    return _END.get(bare[-1], 0)


_END_OF_MOST: Final = _END | dict.fromkeys(f".…{_CLOSING}", -1)


def _topicality(
    sheaf: Sheaf, spelling: Spelling, is_prose: npt.NDArray[np.bool_]
) -> npt.NDArray[np.int64]:
    """Return for each line the share of its longer words that other prose of its page has, in %.

    -1 for a line without longer words.
    """
    is_long = np.flatnonzero(spelling.lengths > _LONG)
    line = spelling.line[is_long]
    # One key for a word of a page, so that pages do not mix.
    page = (sheaf.page[line].astype(np.uint64) + np.uint64(1)) * np.uint64(0xD6E8FEB86659FD93)
    keys = spelling.keys[is_long] ^ page
    order = np.argsort(keys)
    is_new = np.concatenate([[True], keys[order][1:] != keys[order][:-1]])[: len(order)]
    group = np.cumsum(is_new) - 1
    starts = np.flatnonzero(is_new)
    said_by = line[order]
    is_said = is_prose[said_by]
    none = len(sheaf.lines)
    if not len(order):
        return np.full(none, -1, np.int64)
    first = np.minimum.reduceat(np.where(is_said, said_by, none), starts)[group]
    last = np.maximum.reduceat(np.where(is_said, said_by, -1), starts)[group]
    # What a line of prose says itself counts only where another says it, too.
    is_shared = (last >= 0) & ((first != said_by) | (last != said_by))
    long = np.bincount(line, minlength=none)
    shared = np.bincount(said_by[is_shared], minlength=none)
    return np.where(long > 0, 100 * shared // np.maximum(long, 1), -1)


def _fill_neighbours(features: Matrix, sheaf: Sheaf) -> None:
    here = np.arange(len(sheaf.lines))
    row = len(LINE)
    for reach in _REACH:
        there = here + reach
        is_there = (there >= sheaf.first) & (there < sheaf.end)
        clipped = np.clip(there, 0, max(len(here) - 1, 0))
        for name in _NEIGHBOURS:
            features[row] = np.where(is_there, features[COLUMN[name]].take(clipped), -1)
            row += 1


def _fill_place(features: Matrix, sheaf: Sheaf) -> None:
    chars, end = features[0], features[COLUMN["end"]]
    prose, chrome = _is_prose(features), features[COLUMN["is_chrome_phrase"]] > 0
    index, rows = np.arange(len(sheaf.lines)) - sheaf.first, sheaf.end - sheaf.first
    mass = np.where(prose, np.minimum(chars, 600), 0)
    total = np.maximum(sheaf.total(mass), 1)
    before = sheaf.upto(mass) - mass
    columns = (
        index,
        rows - 1 - index,
        100 * index // np.maximum(rows - 1, 1),
        before,
        total - before - mass,
        100 * before // total,
        sheaf.window(mass, 2),
        sheaf.window(mass, 8),
        sheaf.since(prose),
        sheaf.until(prose),
        100 * total // np.maximum(sheaf.total(chars), 1),
        sheaf.window(features[COLUMN["link_share"]] > _MOSTLY, 4),
        sheaf.since(features[COLUMN["heading"]] > 0),
        sheaf.is_marked_up,
        sheaf.window(end == SENTENCE, 3),
        sheaf.window(features[COLUMN["is_item"]], 3),
        sheaf.window(chars < _SHORT_LINE, 3),
        sheaf.window(chrome, 5),
        sheaf.since(chrome),
        sheaf.until(chrome),
        sheaf.window(end == _TEASER, 4),
        sheaf.window(np.maximum(features[COLUMN["topical"]], 0), 2),
    )
    for row, values in enumerate(columns, len(NAMES) - len(PLACE)):
        features[row] = values
