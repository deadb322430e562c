"""The words of many texts at once, as hashes in one array.

Told apart in whole columns instead of text by text, so that a million articles take minutes.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from broadsheet.characters import (
    BEYOND_CASE,
    Laid,
    become,
    characters_before,
    code_points,
    marked,
)

Hashes = NDArray[np.uint64]
Positions = NDArray[np.int64]
Flags = NDArray[np.bool_]

MAX_CHARACTERS: Final = 1_000_000
"""What comes after so many characters of one text is not looked at: no article is that long."""

_LAST_CODE: Final = 0x3FFFF  # all letters are below; what is above counts as unassigned
_BASE: Final = 0x9E3779B97F4A7C15  # odd, so that it has an inverse modulo 2**64
_MODULUS: Final = 2**64
_UNSPACED: Final = (  # scripts written without spaces between words
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Myanmar
    (0x1780, 0x17FF),  # Khmer
    (0x3040, 0x30FF),  # Hiragana, Katakana
    (0x31F0, 0x31FF),  # Katakana extensions
    (0x3400, 0x4DBF),  # Han
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0x20000, 0x3FFFF),
)
_SEPARATOR, _WORD, _ALONE = 0, 1, 2
_LINKS: Final = " ,-'’"  # what may stand between two words of a sentence


@dataclass(frozen=True, slots=True)
class Words:
    """The words of some texts, one text after the other.

    In a script without spaces each character is a word.

    Attributes:
        first: int64 of length texts + 1; text ``i`` has the words from ``first[i]`` to before
            ``first[i + 1]``.
        text_of: for each word the number of its text.
        hashes: for each word its 64-bit hash; case and compatibility forms make no difference.
        lengths: for each word its characters.
        is_name: whether the word begins with a capital inside a sentence.
        is_alone: whether the word is a character of a script without spaces.
        prefixes: of the hashes, see :func:`prefixes_of`.

    """

    first: Positions
    text_of: Positions
    hashes: Hashes
    lengths: Positions
    is_name: Flags
    is_alone: Flags
    prefixes: Hashes

    @property
    def counts(self) -> Positions:
        """The number of words of each text."""
        return np.diff(self.first)

    def hash_runs(self, starts: Positions, ends: Positions) -> Hashes:
        """Return a well-mixed hash of each run of words from ``start`` to before ``end``."""
        return scramble(hash_runs(self.prefixes, starts, ends))

    def summed(self, values: Positions | Flags) -> NDArray[np.float64]:
        """Return the sum of a value of the words of each text."""
        sums = np.zeros(len(values) + 1, np.int64)
        np.cumsum(values, out=sums[1:])
        return np.diff(sums.take(self.first)).astype(float)


def words_of(texts: Sequence[str]) -> Iterator[Words]:
    """Yield the words of the texts, some texts at a time, in their order."""
    normal = [
        unicodedata.normalize("NFKC", text[:MAX_CHARACTERS])[:MAX_CHARACTERS] for text in texts
    ]
    for _, laid in Laid.all(normal):
        yield _words(laid)


def scramble(values: Hashes) -> Hashes:
    """Return well-mixed 64-bit hashes of integers (the finaliser of SplitMix64)."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def prefixes_of(values: Hashes) -> Hashes:
    """Return the polynomial hash of the first values, for each number of them from 0 to all."""
    powers, _ = _powers(max(len(values), 1024).bit_length())
    prefixes = np.zeros(len(values) + 1, np.uint64)
    np.cumsum(values * powers[: len(values)], out=prefixes[1:])
    return prefixes


def hash_runs(prefixes: Hashes, starts: Positions, ends: Positions) -> Hashes:
    """Return the polynomial hash of each run from ``start`` to before ``end``."""
    _, inverses = _powers(max(len(prefixes) - 1, 1024).bit_length())
    return (prefixes.take(ends) - prefixes.take(starts)) * inverses.take(starts)


def _words(laid: Laid) -> Words:
    codes = np.minimum(code_points(laid.text), _LAST_CODE)
    characters = _characters()
    kinds = characters.kinds.take(codes)
    starts, ends = _borders(kinds)
    of_characters = prefixes_of(characters.hashes.take(codes))
    hashes = scramble(hash_runs(of_characters, starts, ends))
    first = np.searchsorted(starts, laid.bounds)
    return Words(
        first=first,
        text_of=np.repeat(np.arange(len(first) - 1), np.diff(first)),
        hashes=hashes,
        lengths=ends - starts,
        is_name=characters.is_upper[codes[starts]] & _is_inside_sentence(codes, starts, ends),
        is_alone=kinds[starts] == _ALONE,
        prefixes=prefixes_of(hashes),
    )


def _borders(kinds: NDArray[np.uint8]) -> tuple[Positions, Positions]:
    """Return first and last-plus-one positions of the words among classified characters."""
    is_word, is_alone = kinds == _WORD, kinds == _ALONE
    outside = np.zeros(1, np.bool_)
    begins = is_alone | (is_word & ~np.concatenate([outside, is_word[:-1]]))
    finishes = is_alone | (is_word & ~np.concatenate([is_word[1:], outside]))
    return np.flatnonzero(begins), np.flatnonzero(finishes) + 1


def _is_inside_sentence(codes: NDArray[np.uint32], starts: Positions, ends: Positions) -> Flags:
    """Tell for each word whether only characters of ``_LINKS`` part it from the one before."""
    is_break = _characters().is_break
    inside = np.zeros(len(starts), np.bool_)
    begins, finishes = ends[:-1], starts[1:]
    inside[1:] = ~is_break.take(codes.take(begins))  # most gaps are one character
    wide = np.flatnonzero(finishes - begins > 1)
    if len(wide):
        borders = np.stack([begins[wide], finishes[wide]], axis=1).ravel()
        breaks = np.logical_or.reduceat(is_break.take(codes), borders)[::2]
        inside[1 + wide] = ~breaks
    # Characters without spaces between them have nothing between them that could break.
    inside[1:][finishes == begins] = True
    return inside


@dataclass(frozen=True, slots=True)
class _Characters:
    """Tables over all code points."""

    kinds: NDArray[np.uint8]
    hashes: Hashes
    is_upper: Flags
    is_break: Flags


@cache
def _characters() -> _Characters:
    every = characters_before(_LAST_CODE + 1)
    categories = "".join(map(unicodedata.category, every)).encode()
    kinds = np.isin(np.frombuffer(categories, np.uint8)[::2], list(b"LMN")).astype(np.uint8)
    for first, last in _UNSPACED:
        kinds[first : last + 1] *= _ALONE
    with_case = every[:BEYOND_CASE]
    folded = np.arange(len(every))
    folded[:BEYOND_CASE] = become(list(map(str.casefold, with_case)), folded[:BEYOND_CASE])
    is_upper = np.zeros(len(every), np.bool_)
    is_upper[:BEYOND_CASE] = marked(str.isupper, with_case) | marked(str.istitle, with_case)
    is_break = kinds == _SEPARATOR
    is_break[[ord(c) for c in _LINKS]] = False
    return _Characters(
        kinds=kinds,
        hashes=scramble(folded.astype(np.uint64) + np.uint64(1)),
        is_upper=is_upper,
        is_break=is_break,
    )


@lru_cache(maxsize=4)
def _powers(bits: int) -> tuple[Hashes, Hashes]:
    """Return 2**bits powers of the base modulo 2**64, and of its inverse."""
    base = np.full(1 << bits, _BASE, np.uint64)
    inverse = np.full(1 << bits, pow(_BASE, -1, _MODULUS), np.uint64)
    base[0] = inverse[0] = 1
    return np.cumprod(base, dtype=np.uint64), np.cumprod(inverse, dtype=np.uint64)
