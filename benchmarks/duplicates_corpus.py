"""Invented articles whose copies are known, for the other benchmarks of this folder.

Words follow Zipf's law over invented words; a share of the articles are copies of an earlier one,
edited in a stated way.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

ONSETS, VOWELS, CODAS = "bcdfghklmnprstvwz", "aeiou", ("", "", "", "n", "r", "s", "t")


@dataclass(frozen=True, slots=True)
class Copy:
    """One article: its text, and the number of the article that it was made from."""

    text: str
    origin: int


def vocabulary(size: int, seed: int) -> np.ndarray:
    """Return invented words, distinct, as an object array."""
    chance = random.Random(seed)  # noqa: S311 - reproducible, guards nothing
    words: dict[str, None] = {}
    while len(words) < size:
        syllables = chance.choice((1, 2, 2, 3, 3, 4))
        word = "".join(
            chance.choice(ONSETS) + chance.choice(VOWELS) + chance.choice(CODAS)
            for _ in range(syllables)
        )
        words[word] = None
    return np.array(list(words), object)


def articles(count: int, *, copies: float, seed: int = 0, words: int = 430) -> Iterator[Copy]:
    """Yield articles of about 3 kB; this share of them are near copies of one of the last 10,000.

    A copy has 1 to 12 words exchanged, and in a third of the cases its last paragraph cut off.
    """
    chance = np.random.default_rng(seed)
    vocab = vocabulary(50_000, seed)
    shares = 1 / np.arange(1, len(vocab) + 1)
    edges = np.cumsum(shares / shares.sum())
    recent: list[tuple[int, np.ndarray]] = []
    for number in range(count):
        if recent and chance.random() < copies:
            origin, tokens = recent[chance.integers(len(recent))]
            tokens = tokens.copy()
            places = chance.integers(len(tokens), size=chance.integers(1, 13))
            tokens[places] = chance.integers(len(vocab), size=len(places))
            if chance.random() < 1 / 3:
                tokens = tokens[: -len(tokens) // 8]
        else:
            origin = number
            tokens = np.searchsorted(edges, chance.random(int(words * (0.5 + chance.random()))))
            recent.append((origin, tokens))
            recent = recent[-10_000:]
        yield Copy(" ".join(vocab[np.minimum(tokens, len(vocab) - 1)]), origin)
