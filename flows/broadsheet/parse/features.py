"""What the line classifier sees of pages: one column of integers a feature, one entry a line.

All features are integers, so that the trees of :mod:`broadsheet.parse.forest` decide the same
on every machine. Three groups stand side by side: the line itself, its neighbours, and its place
among the lines that read like prose. The lines of many pages are looked at together, because an
array operation costs the same for a page as for fifty; no line sees another page's.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt

from broadsheet.characters import Table, code_points, new_table
from broadsheet.parse.chrome import is_caption_credit, is_chrome_phrase
from broadsheet.parse.dates import has_date, holds_numbers
from broadsheet.parse.openings import BYLINE, CHROME, CREDIT, MONTH, SIGNS, marked_words
from broadsheet.parse.sheaf import Sheaf
from broadsheet.parse.spelling import COUNTED, SEEN, Spelling, spell
from broadsheet.parse.topics import LONG, topicality
from broadsheet.parse.vocabulary import Vocabulary

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
SHOWN: Final = (
    "chars", "words", "mean_word", "end", "commas", "stops", "capital_share", "digits",
    "upper_share", "is_chrome_phrase", "is_caption_credit", "lexicon_sum", "lexicon_mean",
    "lexicon_least", "has_date", "is_byline", "starts_low", "quotes", "short_low_share", "symbols",
)  # fmt: skip
"""Those of ``LINE`` that speak of what a line shows, and so are the same wherever it stands."""

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
    features = np.empty((len(NAMES), len(sheaf.texts)), np.int32)
    spelling = spell(sheaf.distinct)
    weights, bits = lexicon.of(spelling.keys), marked_words().of(spelling.keys)
    marks = np.where(spelling.opens > 0, spelling.opening(bits), 0).astype(np.int32)
    for index in np.flatnonzero(spelling.opens == 0).tolist():
        marks[index] = SIGNS.get(sheaf.distinct[index][0], 0)
    shown = _Shown(np.zeros((len(SHOWN), len(sheaf.distinct)), np.int32), sheaf.distinct, spelling)
    shown.fill_spelling(weights)
    shown.fill_phrases(marks, spelling.united(bits))
    for name, row in zip(SHOWN, shown.rows, strict=True):
        row.take(sheaf.text, out=features[COLUMN[name]], mode="clip")
    _fill_form(features, sheaf)
    features[COLUMN["topical"]] = topicality(sheaf, spelling, _is_prose(features))
    _fill_neighbours(features, sheaf)
    _fill_place(features, sheaf)
    return Look(features, marks.take(sheaf.text))


@dataclass(frozen=True, slots=True, eq=False)
class _Shown:
    """Fills the rows of ``SHOWN``, each text that lines show being looked at once."""

    rows: Matrix
    texts: Sequence[str]
    spelling: Spelling

    def __getitem__(self, name: str) -> Matrix:
        """Return the row of a feature."""
        return np.asarray(self.rows[SHOWN.index(name)])

    def fill_spelling(self, weights: npt.NDArray[np.int32]) -> None:
        """Fill what characters and words say."""
        spelling = self.spelling
        words = np.diff(spelling.first)
        count = np.maximum(words, 1)
        is_short_low = (spelling.lengths <= LONG) & ~spelling.is_capital
        letters, capitals, short_low = spelling.summed_small(
            spelling.lengths, spelling.is_capital, is_short_low
        )
        weight = spelling.summed(weights)
        rows = {
            "chars": np.minimum(np.fromiter(map(len, self.texts), np.int64, len(words)), 2000),
            "words": words,
            "mean_word": 10 * letters // count,
            "end": _ends(self.texts),
            "capital_share": 100 * capitals // count,
            "upper_share": 100 * spelling.is_upper,
            "lexicon_sum": weight,
            "lexicon_mean": weight // count,
            "lexicon_least": spelling.least(weights),
            "starts_low": spelling.opens == 1,
            "short_low_share": 100 * short_low // count,
        }
        rows |= dict(zip(COUNTED, spelling.counts, strict=False))
        for name, values in rows.items():
            self[name][:] = values

    def fill_phrases(self, marks: npt.NDArray[np.int32], any_marks: npt.NDArray[np.int32]) -> None:
        """Fill what rules of phrases say, each tried only where it may apply."""
        is_open = self["end"] != SENTENCE
        has_digits = self["digits"] >= _FEWEST_DIGITS
        may_credit = (any_marks & CREDIT > 0) | ((self["chars"] > SEEN) & is_open)
        rules = (
            ("is_chrome_phrase", is_chrome_phrase, marks & CHROME > 0),
            ("is_byline", _is_byline, marks & BYLINE > 0),
            ("is_caption_credit", is_caption_credit, may_credit),
            ("has_date", has_date, has_digits & (any_marks & MONTH > 0)),
            ("has_date", _has_numeric_date, has_digits & (any_marks & MONTH == 0)),
        )
        for name, rule, may_apply in rules:
            row = self[name]
            for index in np.flatnonzero(may_apply).tolist():
                row[index] = rule(self.texts[index])


def _fill_form(features: Matrix, sheaf: Sheaf) -> None:
    """Fill what the reading of the lines said of them."""
    lines, same = sheaf.lines, sheaf.same
    chars = np.fromiter(map(len, sheaf.distinct), np.int64, len(sheaf.distinct)).take(sheaf.text)
    blank = lines.follows_blank.astype(np.int32)
    rows = {
        "link_share": 100 * lines.link_chars // np.maximum(chars, 1),
        "heading": lines.headings,
        "is_item": lines.is_item,
        "is_quote": lines.is_quote,
        "is_emphasised": lines.is_emphasised,
        "follows_blank": blank,
        "before_blank": sheaf.moved(blank, 1, 1),
        "repeated": np.minimum(np.bincount(same, minlength=len(same))[same], 9),
    }
    for name, values in rows.items():
        features[COLUMN[name]] = values


def _is_byline(text: str) -> bool:
    return _BYLINE.match(text) is not None


def _has_numeric_date(text: str) -> bool:
    return holds_numbers(text) and has_date(text)


def _is_prose(features: Matrix) -> npt.NDArray[np.bool_]:
    return np.asarray((features[0] >= PROSE) & (features[COLUMN["end"]] == SENTENCE))


def _ends(texts: Sequence[str]) -> npt.NDArray[np.uint8]:
    """Return how lines end: within a clause (1), with a sentence (2), as a teaser (3), or so (0).

    The last character alone tells it of most.
    """
    ends = _end_table().take(code_points("".join([text[-1] for text in texts])), mode="clip")
    for index in np.flatnonzero(ends == _ASKED).tolist():
        ends[index] = _end(texts[index])
    return ends


def _end(text: str) -> int:
    if text[-1] == "." and not text.endswith("..."):
        return SENTENCE
    bare = text.rstrip(_CLOSING) or text
    if bare.endswith(("…", "...")) or text.endswith(("[…]", "[...]")):
        return _TEASER
    return _END.get(bare[-1], 0)


_ASKED: Final = 9  # a last character that does not tell it alone


@cache
def _end_table() -> Table:
    table = new_table()
    for character, end in (_END | dict.fromkeys(f".…{_CLOSING}", _ASKED)).items():
        table[ord(character)] = end
    return table


def _fill_neighbours(features: Matrix, sheaf: Sheaf) -> None:
    own = features[[COLUMN[name] for name in _NEIGHBOURS]]
    here, count = np.arange(own.shape[1]), own.shape[1]
    row = len(LINE)
    for reach in _REACH:
        rows = features[row : row + len(_NEIGHBOURS)]
        if reach < 0:
            rows[:, -reach:] = own[:, :reach]
            rows[:, np.flatnonzero(here + reach < sheaf.first)] = -1
        else:
            rows[:, : max(count - reach, 0)] = own[:, reach:]
            rows[:, np.flatnonzero(here + reach >= sheaf.end)] = -1
        row += len(_NEIGHBOURS)


def _fill_place(features: Matrix, sheaf: Sheaf) -> None:
    chars, end = features[0], features[COLUMN["end"]]
    prose, chrome = _is_prose(features), features[COLUMN["is_chrome_phrase"]] > 0
    index, rows = np.arange(len(sheaf.texts)) - sheaf.first, sheaf.end - sheaf.first
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
