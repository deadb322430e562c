"""What the line classifier sees of a page: one row of integers a line.

All features are integers, so that the trees of :mod:`broadsheet.parse.html_forest` decide the same
on every machine. Three groups stand side by side: the line itself, its neighbours, and its place
among the lines that read like prose.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from broadsheet.parse.chrome import is_caption_credit, is_chrome_phrase
from broadsheet.parse.dates import has_date
from broadsheet.parse.lines import Line

Matrix = npt.NDArray[np.int32]

_WORD: Final = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_ASCII_WORD: Final = re.compile(r"[A-Za-z]+(?:'[A-Za-z]+)?")  # the same, faster
_BYLINE: Final = re.compile(
    r"(?:(?:words|written|story|reported|posted|published|author)s? )?"
    r"(?:by|von|par|por|autor|author)\b"
    r"|(?:foto|text):",
    re.IGNORECASE,
)
_DIGIT: Final = re.compile(r"\d")
_SHORT: Final = re.compile(r"\b[a-zß-öø-ÿа-яіїєґα-ωά-ώ]{1,4}\b")
_ASCII_SHORT: Final = re.compile(r"\b[a-z]{1,4}\b", re.ASCII)  # the same, faster
_SYMBOLS: Final = re.compile(r"[|»«›‹·•/→←<>@#©{}\[\]=]")
_END: Final = dict.fromkeys(".!?。！？॥।", 2) | dict.fromkeys(":;,", 1)
_CLOSING: Final = "\"'”’»)]*"

_SENTENCE: Final = 2
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
_COLUMN: Final = {name: index for index, name in enumerate(NAMES)}


def words_of(text: str) -> list[str]:
    """Return the words at the start of a line."""
    seen = text[:_SEEN]
    return (_ASCII_WORD if seen.isascii() else _WORD).findall(seen)


def line_features(lines: Sequence[Line], lexicon: Mapping[str, int], *, markdown: bool) -> Matrix:
    """Return the features of all lines of a page, shape ``(len(lines), len(NAMES))``.

    Args:
        lines: the page, in order.
        lexicon: weight of a lower-case word for (below zero) or against (above) body text.
        markdown: whether the page is marked up, so that links and headings can be seen.

    """
    words = [words_of(line.text) for line in lines]
    # One call for all words of a line; no word holds a line end.
    low = ["\n".join(seen).lower().split("\n") if seen else [] for seen in words]
    rows = [_own(*each, lexicon) for each in zip(lines, words, low, strict=True)]
    own = np.fromiter(chain.from_iterable(rows), np.int32, len(rows) * len(LINE))
    own = own.reshape(len(lines), len(LINE))
    own[:, _COLUMN["repeated"]] = _repetitions(lines)
    own[:-1, _COLUMN["before_blank"]] = own[1:, _COLUMN["follows_blank"]]
    prose = (own[:, 0] >= PROSE) & (own[:, _COLUMN["end"]] == _SENTENCE)
    own[:, _COLUMN["topical"]] = _topicality(low, prose)
    place = _place(own, prose, markdown=markdown)
    return np.concatenate([own, *_neighbours(own), place], axis=1)


_WEIGHED: Final = 40  # words of a line whose weights count
_LONG: Final = 4  # letters; longer words carry the topic
_SEEN: Final = 240  # characters of a line that are looked at; a longer one is prose anyway


def _own(
    line: Line, words: list[str], low: list[str], lexicon: Mapping[str, int]
) -> tuple[int, ...]:
    text = line.text[:_SEEN]
    count = len(words) or 1
    weighed = low[:_WEIGHED]
    weights = [weight for weight in map(lexicon.get, weighed) if weight is not None]
    bare = line.text.rstrip(_CLOSING) or line.text
    is_teaser = bare.endswith(("…", "...")) or line.text.endswith(("[…]", "[...]"))
    capitals = sum(map(str.istitle, words)) + sum(map(str.isupper, words))
    return (
        min(len(line.text), 2000), len(words), 10 * sum(map(len, words)) // count,
        _TEASER if is_teaser else _END.get(bare[-1], 0), text.count(","), text.count(". "),
        100 * line.link_chars // len(line.text), line.heading, line.is_item, line.is_quote,
        line.is_emphasised, line.follows_blank, 100 * capitals // count,
        len(_DIGIT.findall(text)), 100 * text.isupper(), is_chrome_phrase(line.text),
        is_caption_credit(line.text), sum(weights), sum(weights) // len(weighed) if weighed else 0,
        min(weights, default=0), has_date(text), _BYLINE.match(text) is not None,
        text[0].islower(), text.count('"') + text.count("“"),
        100 * len((_ASCII_SHORT if text.isascii() else _SHORT).findall(text)) // count,
        len(_SYMBOLS.findall(text)), 0, 0, 1,
    )  # fmt: skip


def _repetitions(lines: Sequence[Line]) -> list[int]:
    counts = Counter(line.text for line in lines)
    return [min(counts[line.text], 9) for line in lines]


def _topicality(words: list[list[str]], prose: npt.NDArray[np.bool_]) -> list[int]:
    """Return for each line the share of its longer words that the page's prose also has, in %.

    Args:
        words: the lower-case words of each line.
        prose: whether it reads like prose.

    """
    long = [{w for w in seen if len(w) > _LONG} for seen in words]
    is_prose = prose.tolist()
    counts = Counter(
        chain.from_iterable(seen for seen, is_one in zip(long, is_prose, strict=True) if is_one)
    )
    # What a line of prose says itself counts only where another says it, too.
    said, again = set(counts), {word for word, count in counts.items() if count > 1}
    return [
        100 * len(seen & (again if is_one else said)) // len(seen) if seen else -1
        for seen, is_one in zip(long, is_prose, strict=True)
    ]


def _neighbours(own: Matrix) -> list[Matrix]:
    columns = own[:, [_COLUMN[name] for name in _NEIGHBOURS]]
    rows = len(own)
    shifted = []
    for reach in _REACH:
        moved = np.full_like(columns, -1)
        if abs(reach) < rows:
            if reach < 0:
                moved[-reach:] = columns[:reach]
            else:
                moved[:-reach] = columns[reach:]
        shifted.append(moved)
    return shifted


def _place(own: Matrix, prose: npt.NDArray[np.bool_], *, markdown: bool) -> Matrix:
    rows = len(own)
    index = np.arange(rows)
    end, chrome = own[:, _COLUMN["end"]], own[:, _COLUMN["is_chrome_phrase"]] > 0
    mass = np.where(prose, np.minimum(own[:, 0], 600), 0)
    total = max(int(mass.sum()), 1)
    upto = np.cumsum(mass)
    columns = (
        index,
        rows - 1 - index,
        100 * index // max(rows - 1, 1),
        upto - mass,
        total - upto,
        100 * (upto - mass) // total,
        _window(mass, 2),
        _window(mass, 8),
        _since(prose),
        _until(prose),
        np.full(rows, 100 * total // max(int(own[:, 0].sum()), 1)),
        _window(own[:, _COLUMN["link_share"]] > _MOSTLY, 4),
        _since(own[:, _COLUMN["heading"]] > 0),
        np.full(rows, markdown),
        _window(end == _SENTENCE, 3),
        _window(own[:, _COLUMN["is_item"]], 3),
        _window(own[:, 0] < _SHORT_LINE, 3),
        _window(chrome, 5),
        _since(chrome),
        _until(chrome),
        _window(end == _TEASER, 4),
        _window(np.maximum(own[:, _COLUMN["topical"]], 0), 2),
    )
    return np.stack(columns, axis=1).astype(np.int32)


_FAR: Final = 50  # lines; farther is as good as never


def _since(marked: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """Return for each row the rows since the last marked one, itself included."""
    index = np.arange(len(marked))
    return np.minimum(index - np.maximum.accumulate(np.where(marked, index, -_FAR)), _FAR)


def _until(marked: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """Return for each row the rows until the next marked one, itself included."""
    return _since(marked[::-1])[::-1]


def _window(values: npt.NDArray[Any], reach: int) -> npt.NDArray[np.int64]:
    """Return the sum of the values within ``reach`` rows of each row."""
    sums = np.concatenate([[0], np.cumsum(values)])
    index = np.arange(len(values))
    return np.asarray(
        sums[np.minimum(index + reach + 1, len(values))] - sums[np.maximum(index - reach, 0)]
    )
