"""The n-grams of langdetect's profiles, as tables to look them up in."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import langdetect
import numpy as np
import numpy.typing as npt
import orjson

from broadsheet.characters import BEYOND

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.uint64]

LETTER_BITS: Final = 12
"""Bits of the number of a character that is in some n-gram."""

NONE: Final = -1
"""Stands for the row of an n-gram that is in no profile."""

_HASH_BITS: Final = 19
_GOLDEN: Final = np.uint64(0x9E3779B97F4A7C15)
_EMPTY: Final = np.uint64(2**64 - 1)
_ROW_BITS: Final = np.uint64(17)
_ROW: Final = np.uint64(2**17 - 1)
_OTHER_LETTER: Final = 1  # not 0, which is none


@dataclass(frozen=True, slots=True)
class Profiles:
    """The n-grams of all languages.

    An n-gram is a number: of its letters' numbers, ``LETTER_BITS`` for each.

    Attributes:
        languages: langdetect's names, in the order of their files.
        letters: the number of each code point of the Basic Multilingual Plane, and of all beyond.
        single: the row of each letter in ``probabilities``, or ``NONE``.
        slots: a hash table of all n-grams: the number of each above, and its row in the lowest
            ``_ROW_BITS``, so that both are fetched at once.
        probabilities: of each n-gram in each language; shape (n-grams, languages).

    """

    languages: tuple[str, ...]
    letters: npt.NDArray[np.uint16]
    single: npt.NDArray[np.int64]
    slots: Codes
    probabilities: Floats

    def look_up(self, wanted: Codes) -> npt.NDArray[np.int64]:
        """Return the row of each key, or ``NONE``."""
        slots = _hashed(wanted)
        held = self.slots.take(slots)
        is_other = held >> _ROW_BITS != wanted
        rows = (held & _ROW).view(np.int64)
        rows[is_other] = NONE
        pending = np.flatnonzero(is_other & (held != _EMPTY))
        slots = slots.take(pending)
        while pending.size:
            slots = (slots + 1) % self.slots.size
            held = self.slots.take(slots)
            is_here = held >> _ROW_BITS == wanted.take(pending)
            rows[pending[is_here]] = (held[is_here] & _ROW).view(np.int64)
            goes_on = ~is_here & (held != _EMPTY)
            pending, slots = pending[goes_on], slots[goes_on]
        return rows


@lru_cache(maxsize=1)
def load_profiles() -> Profiles:
    """Read the profiles that langdetect ships, in the order of their names."""
    folder = Path(langdetect.__file__).parent / "profiles"
    contents = [
        orjson.loads(path.read_bytes())
        for path in sorted(folder.iterdir())
        if not path.name.startswith(".")
    ]
    grams = [_code_points_of(list(content["freq"])) for content in contents]
    every = np.concatenate(grams)
    known = np.unique(every)[1:]
    letters = np.full(BEYOND + 1, _OTHER_LETTER, dtype=np.uint16)
    letters[known] = _OTHER_LETTER + 1 + np.arange(known.size)
    keys, rows = np.unique(_keys(every, letters), return_inverse=True)
    probabilities = np.zeros((keys.size, len(contents)))
    start = 0
    for column, (content, codes) in enumerate(zip(contents, grams, strict=True)):
        counts = np.fromiter(content["freq"].values(), np.float64, len(codes))
        n_words = np.array(content["n_words"], np.float64)
        where = rows[start : start + len(codes)]
        probabilities[where, column] = counts / n_words[np.count_nonzero(codes, axis=1) - 1]
        start += len(codes)
    single = np.full(1 << LETTER_BITS, NONE, dtype=np.int64)
    alone = keys[keys < single.size]
    single[alone.view(np.int64)] = np.arange(alone.size)
    names = tuple(content["name"] for content in contents)
    return Profiles(names, letters, single, _hash_table(keys), probabilities)


def _code_points_of(grams: Sequence[str]) -> npt.NDArray[np.uint32]:
    """Return the code points of n-grams of one to three characters; 0 stands for none."""
    return np.array(grams, "<U3").view(np.uint32).reshape(-1, 3)


def _keys(grams: npt.NDArray[np.uint32], letters: npt.NDArray[np.uint16]) -> Codes:
    """Return each n-gram, given as code points, as one number."""
    keys = np.zeros(len(grams), np.uint64)
    for codes in grams.T:
        keys = np.where(codes > 0, keys << np.uint64(LETTER_BITS) | letters.take(codes), keys)
    return keys


def _hash_table(keys: Codes) -> Codes:
    """Return an open-addressing table of the keys with their positions."""
    slots = np.full(1 << _HASH_BITS, _EMPTY)
    entries = keys << _ROW_BITS | np.arange(keys.size, dtype=np.uint64)
    places = _hashed(keys)
    while entries.size:
        is_free = slots.take(places) == _EMPTY
        slots[places[is_free]] = entries[is_free]  # where several want a place, one gets it
        is_out = slots.take(places) != entries
        entries, places = entries[is_out], (places[is_out] + 1) % slots.size
    return slots


def _hashed(keys: Codes) -> npt.NDArray[np.int64]:
    """Return where the search for each key begins (Fibonacci hashing)."""
    slot: npt.NDArray[np.int64] = (keys * _GOLDEN >> np.uint64(64 - _HASH_BITS)).view(np.int64)
    return slot
