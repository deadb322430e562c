"""What the characters of many texts amount to, counted in one pass over all of them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt

from broadsheet.characters import code_points

Counts = npt.NDArray[np.int64]

_DIGIT, _WORD, _UPPER, _MARK, _WIDE, _COMMA, _STOP, _FULL_STOP = (1 << bit for bit in range(8))
_CLASSES: Final = (
    (_DIGIT, r"\d+"),
    (_WORD, r"\w+"),
    (_UPPER, "[A-ZÀ-ÖØ-ÞА-ЯΑ-Ω]+"),
    (_MARK, "[|•·»›>/→▶✓©®#@]+"),
    # Scripts without spaces, and Hangul.
    (_WIDE, "[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]+"),
    (_COMMA, "[,，、]+"),
    (_STOP, "[.?!]+"),
    (_FULL_STOP, "。+"),
)
_PLANE: Final = 0x10000
_SPACE: Final = 0x20
_QUOTES: Final = tuple(map(ord, '”"'))
_ELLIPSIS: Final = ord("…")
_DOT: Final = ord(".")


@dataclass(frozen=True, slots=True)
class Characters:
    """Counts for each text, arrays of shape (texts,).

    Attributes:
        chars: its length.
        words: words; in scripts without spaces, two characters are one.
        digits: digits of any script.
        capitals: words that begin with a capital letter.
        marks: signs that page chrome is fond of.
        commas: commas of any script.
        sentences: what ends sentences, as well as a paragraph that goes on without one needs it.

    """

    chars: Counts
    words: Counts
    digits: Counts
    capitals: Counts
    marks: Counts
    commas: Counts
    sentences: Counts


@cache
def _kinds() -> npt.NDArray[np.uint8]:
    """Return the classes of each character of the Basic Multilingual Plane, as bits."""
    plane = "".join(map(chr, range(_PLANE)))
    kinds = np.zeros(_PLANE, np.uint8)
    for bit, pattern in _CLASSES:
        for match in re.finditer(pattern, plane):
            kinds[match.start() : match.end()] |= bit
    return kinds


def count_characters(texts: Sequence[str]) -> Characters:
    """Count the characters of texts: at least one, each without white space at its ends."""
    chars = np.fromiter(map(len, texts), np.int64, len(texts))
    ends = np.cumsum(chars)
    starts = ends - chars
    codes = code_points("".join(texts))
    kinds = _kinds().take(codes, mode="clip")
    is_space = codes == _SPACE

    bounds = np.concatenate(([0], ends))

    def count(found: npt.NDArray[np.bool_]) -> Counts:
        # Few characters are of one kind: finding their places is faster than summing up all.
        return np.diff(np.searchsorted(np.flatnonzero(found), bounds))

    begins = np.empty(len(codes), np.bool_)
    begins[1:] = (kinds[:-1] & _WORD) == 0
    begins[starts] = True
    stops = (kinds & _STOP) > 0
    stops[:-1] &= is_space[1:]
    stops[-1] = False
    last = codes[ends - 1]
    before = np.where(chars > 1, codes[ends - 2], 0)
    is_end = (kinds[ends - 1] & _STOP > 0) | (last == _ELLIPSIS)
    is_end |= ((last == _QUOTES[0]) | (last == _QUOTES[1])) & (before == _DOT)
    return Characters(
        chars=chars,
        words=count(is_space) + 1 + count((kinds & _WIDE) > 0) // 2,
        digits=count((kinds & _DIGIT) > 0),
        capitals=count(begins & ((kinds & _UPPER) > 0)),
        marks=count((kinds & _MARK) > 0),
        commas=count((kinds & _COMMA) > 0),
        sentences=count(stops | ((kinds & _FULL_STOP) > 0)) + is_end,
    )
