"""Texts as sets of shingles: hashes of their overlapping runs of words.

Resemblance of two texts is the Jaccard similarity of their shingle sets, and containment the
share of one set found in the other (A. Broder, "On the resemblance and containment of documents",
1997). Words are told apart in whole columns at once, so that a million articles take minutes.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]

SHINGLE_WORDS: Final = 5
SHINGLE_CHARACTERS: Final = 8
"""Width where words are not separated: about as much text as five words (measured in
benchmarks/duplicates_quality.py)."""

_CHUNK_CHARACTERS: Final = 1_000_000
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


@dataclass(frozen=True, slots=True)
class Shingles:
    """The shingle sets of some texts, one after the other.

    Attributes:
        offsets: int64 of length texts + 1; text ``i`` has ``values[offsets[i]:offsets[i + 1]]``.
        values: uint32 hashes; within a text ascending and distinct.

    """

    offsets: NDArray[np.int64]
    values: NDArray[np.uint32]

    def __len__(self) -> int:
        """Return the number of texts."""
        return len(self.offsets) - 1

    def of(self, text: int) -> NDArray[np.uint32]:
        """Return the shingles of one text."""
        return self.values[self.offsets[text] : self.offsets[text + 1]]


def shingle(texts: Sequence[str]) -> Shingles:
    """Return the shingle sets of texts.

    Case, punctuation and compatibility forms (NFKC) make no difference. A text that is mostly in a
    script without spaces gives runs of characters, any other runs of words; one shorter than a
    shingle gives a single shingle, and one without letters and digits none.
    """
    parts = [_shingle_chunk(chunk) for chunk in _chunks(texts)]
    sizes = np.concatenate([np.zeros(1, np.int64), *(np.diff(p.offsets) for p in parts)])
    values = np.concatenate([np.zeros(0, np.uint32), *(p.values for p in parts)])
    return Shingles(np.cumsum(sizes), values)


def scramble(values: Hashes) -> Hashes:
    """Return well-mixed 64-bit hashes of integers (the finaliser of SplitMix64)."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def _chunks(texts: Sequence[str]) -> Iterator[list[str]]:
    """Yield the texts in runs of bounded size: a long run would only cost memory."""
    chunk: list[str] = []
    size = 0
    for text in texts:
        chunk.append(text)
        size += len(text)
        if size >= _CHUNK_CHARACTERS:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def _shingle_chunk(texts: list[str]) -> Shingles:
    plain = [unicodedata.normalize("NFKC", text).casefold() for text in texts]
    lengths = np.fromiter(map(len, plain), np.int64, len(plain))
    # Each text is followed by one separator, so that no word spans two texts.
    joined = "\n".join(plain) + "\n"
    codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), np.uint32)
    kinds = _character_kinds()[codes]
    starts, ends = _word_borders(kinds)
    words = scramble(_hash_runs(_character_hashes()[codes], starts, ends))

    n_texts = len(texts)
    text_starts = np.cumsum(lengths + 1) - (lengths + 1)
    first = np.append(np.searchsorted(starts, text_starts), len(starts))
    counts = np.diff(first)
    text_of = np.repeat(np.arange(n_texts), counts)
    alone = np.bincount(text_of[kinds[starts] == _ALONE], minlength=n_texts)
    widths = np.where(2 * alone > counts, SHINGLE_CHARACTERS, SHINGLE_WORDS)
    widths = np.minimum(widths, counts)

    begins = np.arange(len(starts))
    stops = begins + widths[text_of]
    fits = stops <= first[text_of + 1]
    hashes = scramble(_hash_runs(words, begins[fits], stops[fits]))
    # Sorting text number and hash as one integer sorts and groups in one go.
    keys = (text_of[fits].astype(np.uint64) << np.uint64(32)) | (hashes >> np.uint64(32))
    keys = np.unique(keys)
    sizes = np.bincount((keys >> np.uint64(32)).astype(np.int64), minlength=n_texts)
    return Shingles(np.append(0, np.cumsum(sizes)), keys.astype(np.uint32))


def _word_borders(kinds: NDArray[np.uint8]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return first and last-plus-one positions of the words among classified characters."""
    is_word, is_alone = kinds == _WORD, kinds == _ALONE
    outside = np.zeros(1, np.bool_)
    begins = is_alone | (is_word & ~np.concatenate([outside, is_word[:-1]]))
    finishes = is_alone | (is_word & ~np.concatenate([is_word[1:], outside]))
    return np.flatnonzero(begins), np.flatnonzero(finishes) + 1


def _hash_runs(
    values: Hashes, starts: NDArray[np.int64], ends: NDArray[np.int64]
) -> NDArray[np.uint64]:
    """Return the polynomial hash of each run ``values[start:end]``, by differences of prefixes."""
    powers, inverses = _powers(len(values) + 1)
    prefixes = np.zeros(len(values) + 1, np.uint64)
    np.cumsum(values * powers[: len(values)], out=prefixes[1:])
    return (prefixes[ends] - prefixes[starts]) * inverses[starts]


def _powers(count: int) -> tuple[Hashes, Hashes]:
    """Return at least ``count`` powers of the base modulo 2**64, and of its inverse."""
    return _cached_powers(1 << max(count - 1, 1).bit_length())


@cache
def _cached_powers(count: int) -> tuple[Hashes, Hashes]:
    base = np.full(count, _BASE, np.uint64)
    inverse = np.full(count, pow(_BASE, -1, _MODULUS), np.uint64)
    base[0] = inverse[0] = 1
    return np.cumprod(base, dtype=np.uint64), np.cumprod(inverse, dtype=np.uint64)


@cache
def _character_kinds() -> NDArray[np.uint8]:
    """Return for each code point whether it separates, is part of a word, or is a word."""
    kinds = np.fromiter(
        (unicodedata.category(chr(code))[0] in "LMN" for code in range(0x110000)), np.uint8
    )
    for first, last in _UNSPACED:
        kinds[first : last + 1] *= _ALONE
    return kinds


@cache
def _character_hashes() -> Hashes:
    return scramble(np.arange(1, 0x110001, dtype=np.uint64))
