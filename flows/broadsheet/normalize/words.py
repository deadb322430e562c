"""Counting words, in scripts with and without spaces."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

import numpy as np

from broadsheet.characters import BEYOND, Laid, Table, hold, marked, new_table, plane, runs

# What a character is to a word; ``_ROLES`` says what that means.
_SPACE, _WORD, _MARK, _IDEOGRAPH, _UNSPACED_LETTER, _UNSPACED_WORD, _UNSPACED_MARK = range(7)
_SEPARATES, _BELONGS, _IS_NOTHING = range(3)
_ROLES: Final = np.array(
    [_SEPARATES, _BELONGS, _IS_NOTHING, _SEPARATES, _SEPARATES, _BELONGS, _IS_NOTHING], np.uint8
)
_ROLES_BESIDE_UNSPACED_LETTERS: Final = np.array(
    [_SEPARATES, _BELONGS, _IS_NOTHING, _SEPARATES, _SEPARATES, _SEPARATES, _SEPARATES], np.uint8
)
# Han, kana and their extensions: each character counts as a word, as word processors do.
_IDEOGRAPHS: Final = (
    (0x3041, 0x30FF), (0x31F0, 0x31FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF),
)  # fmt: skip
# Thai, Lao, Burmese and Khmer write words together; a word has about four of their letters.
_UNSPACED: Final = ((0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF))
_UNSPACED_LETTERS: Final = (
    (0x0E01, 0x0E2E), (0x0E81, 0x0EAE), (0x1000, 0x102A), (0x1780, 0x17B3),
)  # fmt: skip
_LETTERS_IN_UNSPACED_WORD: Final = 4


def count_words(texts: Sequence[str]) -> list[int]:
    """Return the number of words of each text.

    A word is a run of non-spaces with a letter or digit in it; in Chinese and Japanese each
    ideograph or kana; in Thai, Lao, Burmese and Khmer four base letters.
    """
    return [count for _, laid in Laid.all(texts) for count in _count(laid)]


def _count(laid: Laid) -> list[int]:
    kinds = laid.kinds(_kinds(), _kind_beyond)
    n_letters = laid.count(np.flatnonzero(kinds == _UNSPACED_LETTER))
    roles = _ROLES.take(kinds)
    for text in np.flatnonzero(n_letters).tolist():
        here = slice(*laid.bounds[text : text + 2])
        roles[here] = _ROLES_BESIDE_UNSPACED_LETTERS.take(kinds[here])
    begins, ends = runs(roles != _SEPARATES)
    n_spaced = laid.count(begins[hold(roles == _BELONGS, begins, ends)])
    n_ideographs = laid.count(np.flatnonzero(kinds == _IDEOGRAPH))
    counts = n_spaced + n_ideographs + -(-n_letters // _LETTERS_IN_UNSPACED_WORD)
    return counts.tolist()  # type: ignore[no-any-return]


def _kind_beyond(character: str) -> int:
    return _WORD if character.isalnum() else _MARK


@lru_cache(maxsize=1)
def _kinds() -> Table:
    """Return what each character of the Basic Multilingual Plane is to a word."""
    kinds = new_table()
    kinds[:BEYOND] = np.where(marked(str.isalnum, plane()), _WORD, _MARK)
    kinds[ord("_")] = _WORD
    kinds[:BEYOND][marked(str.isspace, plane())] = _SPACE
    for first, last in _IDEOGRAPHS:
        kinds[first : last + 1] = _IDEOGRAPH
    for first, last in _UNSPACED:
        block = kinds[first : last + 1]
        block[:] = np.where(block == _WORD, _UNSPACED_WORD, _UNSPACED_MARK)
    for first, last in _UNSPACED_LETTERS:
        kinds[first : last + 1] = _UNSPACED_LETTER
    return kinds
