"""Characters, tokens and sentences of many texts, counted at once.

The texts are laid end to end as code points, and a table says what each character is; so a count
costs some array operations for fifty texts, not for one.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from broadsheet.characters import BEYOND, Laid, Table, hold, marked, new_table, plane, runs

Counts = NDArray[np.int64]

COUNTED: Final = (
    "tokens", "with_letter", "visible", "digits", "letters", "capitals", "symbols", "sentences",
)  # fmt: skip
"""What is counted of each text: runs of non-spaces, those with a letter, their characters, and
among these digits, letters and capitals; ``#`` and ellipses; sentences."""

_SPACE, _IN_WORD, _DIGIT, _LETTER, _CAPITAL, _STOP, _CLOSE, _FULL_STOP = (1 << n for n in range(8))
_STOPS: Final = ".!?…"  # end a sentence where a space follows, or quotes and brackets and a space
_CLOSING: Final = "\"'”’»)]"
_FULL_STOPS: Final = "。！？।؟"  # end one whatever follows
_AMONG: Final = ((_STOP, _STOPS), (_CLOSE, _CLOSING), (_FULL_STOP, _FULL_STOPS))
_SYMBOLS: Final = ("#", "...", "…")


def count_characters(texts: Sequence[str]) -> Counts:
    """Return what is counted of each text; shape (texts, ``COUNTED``)."""
    parts = [_count(some, laid) for some, laid in Laid.all(texts)]
    return np.concatenate([np.zeros((0, len(COUNTED)), np.int64), *parts])


def _count(texts: Sequence[str], laid: Laid) -> Counts:
    classes = laid.kinds(_classes(), _class_of)
    is_visible = classes & _SPACE == 0
    begins, ends = runs(is_visible)
    lengths = np.append(0, np.cumsum(ends - begins))
    visible = np.diff(lengths[np.searchsorted(begins, laid.bounds)])
    other = laid.count(np.flatnonzero((classes & _LETTER == 0) & is_visible))
    n_tokens = laid.count(begins)
    columns = (
        n_tokens,
        laid.count(begins[hold(classes & _IN_WORD > 0, begins, ends)]),
        visible,
        laid.count(np.flatnonzero(classes & _DIGIT)),
        visible - other,
        laid.count(np.flatnonzero(classes & _CAPITAL)),
        np.array([sum(map(text.count, _SYMBOLS)) for text in texts]),
        np.maximum(laid.count(_sentence_ends(classes)), n_tokens > 0),
    )
    return np.stack(columns, axis=1)


@lru_cache(maxsize=1)
def _classes() -> Table:
    """Return the classes of each character of the Basic Multilingual Plane, added up."""
    table = new_table()
    table[:BEYOND] = _classes_of(plane())
    return table


def _classes_of(characters: str) -> Table:
    """Return the classes of each of some characters."""
    is_in_word = marked(str.isalnum, characters) & ~marked(str.isdecimal, characters)
    flags = (
        (_SPACE, marked(str.isspace, characters)),
        (_IN_WORD, is_in_word),
        (_DIGIT, marked(str.isdigit, characters)),
        (_LETTER, marked(str.isalpha, characters)),
        (_CAPITAL, marked(str.isupper, characters)),
        *((flag, marked(frozenset(some).__contains__, characters)) for flag, some in _AMONG),
    )
    classes = np.zeros(len(characters), np.uint8)
    for flag, holds in flags:
        classes |= holds * np.uint8(flag)
    return classes


def _class_of(character: str) -> int:
    return int(_classes_of(character)[0])


def _sentence_ends(classes: Table) -> Counts:
    """Return where sentences end, ascending: at a run of stops, with what closes behind it."""
    is_stop = classes & _STOP > 0
    stops = np.flatnonzero(is_stop[:-1] & ~is_stop[1:])
    after = stops + 1
    closes = np.flatnonzero(classes[after] & _CLOSE)
    while len(closes):
        after[closes] += 1
        closes = closes[classes[after[closes]] & _CLOSE > 0]
    stops = stops[classes[after] & _SPACE > 0]
    is_full = classes & _FULL_STOP > 0
    full = np.flatnonzero(is_full[:-1] & ~is_full[1:])
    return np.sort(np.concatenate([stops, full])) if len(full) else stops
