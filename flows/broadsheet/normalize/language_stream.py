"""What langdetect draws with: one Mersenne Twister stream from seed 0, written down once."""

import math
import random
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

WORDS_OF_A_PAIR: Final = 4
"""Words that two normal deviates take."""

ALL_WORDS: Final = 16_384
"""Enough for seven trials of 1,001 draws and 16 words more: at least every second is a draw."""

_SEED: Final = 0


@lru_cache(maxsize=1)
def _stream() -> npt.NDArray[np.uint32]:
    """Return the first 32-bit words that the generator gives, as many as any text can need."""
    words = random.Random(_SEED)  # noqa: S311 - reproducible on purpose
    return np.array([words.getrandbits(32) for _ in range(ALL_WORDS)], dtype=np.uint32)


@lru_cache(maxsize=1)
def normal_pairs() -> Floats:
    """Return the two normal deviates that ``random.gauss`` makes of the four words at each place.

    Shape (places, 2).
    """
    words = _stream().tolist()
    return np.array([
        _normal_pair(*words[place : place + WORDS_OF_A_PAIR])
        for place in range(ALL_WORDS - WORDS_OF_A_PAIR + 1)
    ])  # fmt: skip


def _normal_pair(a: int, b: int, c: int, d: int) -> tuple[float, float]:
    first = ((a >> 5) * 67_108_864 + (b >> 6)) * (1.0 / 9_007_199_254_740_992.0)
    second = ((c >> 5) * 67_108_864 + (d >> 6)) * (1.0 / 9_007_199_254_740_992.0)
    radius = math.sqrt(-2.0 * math.log(1.0 - second))
    return math.cos(first * math.tau) * radius, math.sin(first * math.tau) * radius


@dataclass(slots=True)
class Draws:
    """What each text draws at each place of the stream: its accepted numbers, end to end.

    Attributes:
        numbers: the accepted numbers of all texts.
        places: where each of them stands, in the streams of all texts end to end.
        starts: where the numbers of each text begin.

    """

    numbers: npt.NDArray[np.uint32]
    places: Integers
    starts: Integers


def draws_of(sizes: Integers, n_words: int) -> Draws:
    """Return what texts of so many n-grams draw as ``random.choice`` does: bits until they fit."""
    bits = np.array([int(size).bit_length() for size in sizes], dtype=np.uint32)
    values = _stream()[None, :n_words] >> (np.uint32(32) - bits)[:, None]
    accepted = values < sizes.astype(np.uint32)[:, None]
    counts = np.count_nonzero(accepted, axis=1)
    places = np.flatnonzero(accepted)
    return Draws(values.ravel().take(places), places, np.cumsum(counts) - counts)
