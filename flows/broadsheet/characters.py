"""Texts as arrays of code points, and what each character is, looked up in tables.

A table has one small number for each code point of the Basic Multilingual Plane, and one for all
beyond it. So a property of a thousand characters is one look-up instead of a thousand calls.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import compress
from typing import Final, Self

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.uint32]
Table = npt.NDArray[np.uint8]
Positions = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

BEYOND_CASE: Final = 0x20000
"""From here on, in the planes of ideographs and further ones, no character has a case."""

BEYOND: Final = 0x10000
"""Where a table keeps what holds for all characters beyond the Basic Multilingual Plane."""


_TOGETHER: Final = 100_000  # characters; what fits a processor's cache, twice as fast as 1 M


def code_points(text: str) -> Codes:
    """Return the code points of a text."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


def codes_of(text: str) -> Codes:
    """Return the code points of a text, those beyond the Basic Multilingual Plane as ``BEYOND``."""
    return np.minimum(code_points(text), np.uint32(BEYOND))


def new_table() -> Table:
    """Return a table of zeros."""
    return np.zeros(BEYOND + 1, dtype=np.uint8)


def characters_before(code: int) -> str:
    """Return all characters before a code point, in their order."""
    codes = np.arange(code, dtype=np.uint32)
    return codes.tobytes().decode("utf-32-le", "surrogatepass")


@cache
def plane() -> str:
    """Return all characters of the Basic Multilingual Plane, in their order."""
    return characters_before(BEYOND)


def marked(answer: Callable[[str], bool], characters: Sequence[str]) -> Flags:
    """Return what a question, such as :meth:`str.isalpha`, has for an answer for each character.

    Tables are made in every process of a run: a method in C answers for a whole plane in
    milliseconds, where an expression of Python takes ten times as long.
    """
    return np.fromiter(map(answer, characters), np.bool_, len(characters))


def become(changed: Sequence[str], instead: npt.ArrayLike) -> npt.NDArray[np.int64]:
    """Return the code points of what characters have become, ``instead`` of those that are several.

    Args:
        changed: what each character has become: some characters, or none.
        instead: a number for each, or one for all.

    """
    is_single = np.fromiter(map(len, changed), np.int64, len(changed)) == 1
    codes = np.array(np.broadcast_to(np.asarray(instead, np.int64), is_single.shape))
    codes[is_single] = code_points("".join(compress(changed, is_single.tolist())))
    return codes


def kinds_of(text: str, table: Table, kind_of: Callable[[str], int]) -> Table:
    """Return what each character is, by a table and, beyond it, by the function of it."""
    codes = code_points(text)
    kinds = table.take(codes, mode="clip")
    for place in np.flatnonzero(codes >= BEYOND).tolist():
        kinds[place] = kind_of(text[place])
    return kinds


@dataclass(frozen=True, slots=True)
class Laid:
    """Some texts end to end, each followed by a line end, so that no run spans two.

    Attributes:
        text: all of them.
        bounds: where each begins, and where the last ends; of length texts + 1.

    """

    text: str
    bounds: Positions

    @classmethod
    def of(cls, texts: Sequence[str]) -> Self:
        """Lay all of some texts."""
        lengths = np.fromiter(map(len, texts), np.int64, len(texts))
        return cls("\n".join([*texts, ""]), np.concatenate([[0], np.cumsum(lengths + 1)]))

    @classmethod
    def all(cls, texts: Sequence[str]) -> "Iterator[tuple[Sequence[str], Laid]]":
        """Yield texts with how they lie, some at a time, in their order."""
        start = size = 0
        for end, text in enumerate(texts, 1):
            size += len(text)
            if size >= _TOGETHER or end == len(texts):
                some = texts[start:end]
                bounds = np.cumsum([0, *(len(each) + 1 for each in some)])
                yield some, cls("\n".join(some) + "\n", bounds)
                start, size = end, 0

    def kinds(self, table: Table, kind_of: Callable[[str], int]) -> Table:
        """Return what each character is, see :func:`kinds_of`."""
        return kinds_of(self.text, table, kind_of)

    def count(self, positions: Positions) -> Positions:
        """Return how many of some positions, in ascending order, lie in each text."""
        return np.diff(np.searchsorted(positions, self.bounds))


def runs(flags: Flags) -> tuple[Positions, Positions]:
    """Return first and last-plus-one positions of the runs of flags; the last must not be set."""
    edges = np.flatnonzero(flags[1:] != flags[:-1]) + 1
    if flags[0]:
        edges = np.append(0, edges)
    return edges[::2], edges[1::2]


def hold(flags: Flags, begins: Positions, ends: Positions) -> Flags:
    """Tell which runs have a flag set; most show it with their first character."""
    holds: Flags = flags[begins]
    others = np.flatnonzero(~holds)
    borders = np.stack([begins[others], ends[others]], axis=1).ravel()
    if len(borders):
        holds[others] = np.logical_or.reduceat(flags, borders)[::2]
    return holds
