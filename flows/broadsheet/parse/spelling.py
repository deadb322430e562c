"""The characters and words of many lines at once, as arrays.

All lines of many pages are laid end to end as code points; tables by code point say what each is,
so that counting the commas of ten thousand lines takes a handful of array operations. Words are
compared by 64-bit keys: polynomial hashes of their lower-case letters, which one running sum over
all characters gives for every word (Karp and Rabin, "Efficient randomized pattern-matching
algorithms", 1987).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from broadsheet.characters import become, marked, plane

Counts = npt.NDArray[np.int32]
Keys = npt.NDArray[np.uint64]

SEEN: Final = 240
"""Characters of a line that are looked at; a longer one is prose anyway."""

COUNTED: Final = ("digits", "commas", "quotes", "symbols", "stops")
"""What is counted of each line, each in a byte of one 64-bit sum: no count exceeds ``SEEN``.

A stop is a full stop with a space after it.
"""

# Bits of a character.
_LETTER: Final = 1
_CAPITAL: Final = 2
_LOWER: Final = 4
_RARE: Final = 8  # it may be counted, or joins letters; one in twenty does

_PLANE: Final = 0x10000  # characters beyond share the last row
_PIECE: Final = 1 << 16  # characters at once, so that the arrays stay in the cache
_PRIME: Final = 0x9E3779B97F4A7C15  # odd, so that its powers have inverses
_MASK: Final = (1 << 64) - 1
_SYMBOLS: Final = "|»«›‹·•/→←<>@#©{}[]="


@dataclass(frozen=True, slots=True, eq=False)
class _Characters:
    """Tables by code point: bits, counters, its share in a word's key."""

    kinds: npt.NDArray[np.uint8]
    counters: Keys
    mixed: Keys
    powers: Keys
    inverses: Keys


@cache
def _characters() -> _Characters:
    flags = (
        marked(str.isdecimal, plane()),
        *(_among(some) for some in (",，、", '"“', _SYMBOLS)),
    )
    counters = np.zeros(_PLANE, np.uint64)
    for place, flag in enumerate(flags):
        counters |= flag.astype(np.uint64) << np.uint64(8 * place)
    kinds = _LETTER * marked(str.isalpha, plane())
    kinds |= _CAPITAL * (marked(str.isupper, plane()) | marked(str.istitle, plane()))
    kinds |= _LOWER * marked(str.islower, plane())
    kinds |= _RARE * ((counters > 0) | _among(".'’"))
    codes = become(list(map(str.lower, plane())), np.arange(_PLANE)).astype(np.uint64)
    codes[ord("ς")] = ord("σ")  # the same letter at the end of a word
    return _Characters(
        kinds.astype(np.uint8),
        counters,
        _mix(codes),
        _powers(_PRIME),
        _powers(pow(_PRIME, -1, 1 << 64)),
    )


def _among(characters: str) -> npt.NDArray[np.bool_]:
    found = np.zeros(_PLANE, np.bool_)
    found[[ord(c) for c in characters]] = True
    return found


def _mix(codes: Keys) -> Keys:
    """Return 64 well-mixed bits for each code (the finaliser of SplitMix64)."""
    mixed = (codes + np.uint64(1)) * np.uint64(_PRIME)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(mixed ^ (mixed >> np.uint64(31)))


def _powers(base: int) -> Keys:
    powers = np.full(_PIECE + SEEN + 2, base, np.uint64)
    powers[0] = 1
    return np.multiply.accumulate(powers)


@dataclass(frozen=True, slots=True, eq=False)
class Spelling:
    """The characters and words of some lines.

    Attributes:
        counts: how many of each kind of ``COUNTED`` a line has, shape ``(8, lines)``.
        is_upper: whether a line has capitals and no other letters with two cases.
        opens: whether the first character is a lower-case letter (1), another letter (2) or none.
        first: number of the first word of each line; one entry more than lines.
        line: the line of each word.
        keys: the key of each word.
        lengths: its letters.
        is_capital: whether it begins with a capital.

    """

    counts: Counts
    is_upper: npt.NDArray[np.bool_]
    opens: Counts
    first: npt.NDArray[np.int64]
    line: npt.NDArray[np.int64]
    keys: Keys
    lengths: Counts
    is_capital: npt.NDArray[np.bool_]

    def summed(self, of_words: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
        """Return for each line the sum over its words."""
        sums = np.concatenate([[0], np.cumsum(of_words, dtype=np.int64)])
        return np.asarray(sums[self.first[1:]] - sums[self.first[:-1]])

    def summed_small(self, *of_words: npt.NDArray[Any]) -> tuple[npt.NDArray[np.int64], ...]:
        """Return the same for up to four arrays of numbers from 0 to ``SEEN``, at once."""
        packed = np.zeros(len(self.keys), np.int64)
        for place, values in enumerate(of_words):
            packed |= values.astype(np.int64) << (16 * place)
        sums = self.summed(packed)
        return tuple((sums >> (16 * place)) & 0xFFFF for place in range(len(of_words)))

    def least(self, of_words: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Return for each line the least value of its words; 0 where it has none."""
        return self._reduced(np.minimum, of_words)

    def united(self, of_words: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Return for each line the bits that any of its words has."""
        return self._reduced(np.bitwise_or, of_words)

    def opening(self, of_words: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Return for each line the value of its first word; 0 where it has none."""
        padded = np.concatenate([of_words, np.zeros(1, of_words.dtype)])
        return np.where(self.first[1:] > self.first[:-1], padded[self.first[:-1]], 0)

    def _reduced(self, function: np.ufunc, of_words: npt.NDArray[Any]) -> npt.NDArray[Any]:
        if not len(of_words):
            return np.zeros(len(self.opens), of_words.dtype)
        # The last word again: neither a least value nor united bits mind.
        padded = np.concatenate([of_words, of_words[-1:]])
        reduced = function.reduceat(padded, self.first[:-1])
        return np.where(self.first[1:] > self.first[:-1], reduced, 0)


def spell(texts: Sequence[str]) -> Spelling:
    """Return the characters and words at the start of each line."""
    seen = [text[:SEEN] for text in texts]
    lengths = np.fromiter(map(len, seen), np.int64, len(seen))
    ends = np.cumsum(lengths + 1)
    borders = np.searchsorted(ends, np.arange(0, int(ends[-1]) if len(ends) else 0, _PIECE))
    borders = np.unique(np.concatenate([borders, [len(seen)]])).tolist()
    pieces = [_spell(seen[a:b], lengths[a:b]) for a, b in zip([0, *borders], borders, strict=False)]
    return _joined([piece for piece in pieces if len(piece.opens)])


def _spell(seen: list[str], lengths: npt.NDArray[np.int64]) -> Spelling:
    table = _characters()
    if not seen:
        return _EMPTY
    codes = np.frombuffer("\n".join([*seen, ""]).encode("utf-32-le", "replace"), np.uint32)
    codes = np.minimum(codes, _PLANE - 1).astype(np.intp)
    starts = np.concatenate([[0], np.cumsum(lengths + 1)[:-1]])
    kinds = table.kinds.take(codes, mode="clip")
    has_any = np.bitwise_or.reduceat(kinds, starts)
    rare = np.flatnonzero(kinds & _RARE)
    is_letter = (kinds & _LETTER).view(np.bool_)
    joins = rare[np.isin(codes[rare], _JOINS)]
    joins = joins[(joins > 0) & (joins < len(codes) - 1)]
    is_letter[joins] = is_letter[joins - 1] & is_letter[joins + 1]
    edges = np.flatnonzero(is_letter[1:] != is_letter[:-1]) + 1
    if is_letter[0]:
        edges = np.concatenate([[0], edges])
    begins, ends = edges[::2], edges[1::2]  # a line end is no letter: each word has its end
    running = np.zeros(len(codes) + 1, np.uint64)
    np.cumsum(table.mixed.take(codes) * table.powers[: len(codes)], out=running[1:])
    first = np.concatenate([np.searchsorted(begins, starts), [len(begins)]])
    return Spelling(
        counts=_counted(codes, rare, np.append(starts, len(codes))),
        is_upper=has_any & (_CAPITAL | _LOWER) == _CAPITAL,
        opens=np.where(kinds[starts] & _LOWER, 1, 2 * is_letter[starts]).astype(np.int32),
        first=first,
        line=np.repeat(np.arange(len(seen)), np.diff(first)),
        keys=(running[ends] - running[begins]) * table.inverses[begins],
        lengths=(ends - begins).astype(np.int32),
        is_capital=kinds[begins] & _CAPITAL > 0,
    )


_JOINS: Final = np.array([ord("'"), ord("’")])


def _counted(
    codes: npt.NDArray[Any], rare: npt.NDArray[np.int64], bounds: npt.NDArray[np.int64]
) -> Counts:
    """Return the counts of each line.

    Args:
        codes: of all characters; a line end is the last.
        rare: places of those that may be counted.
        bounds: where each line begins, and where the last ends.

    """
    seen = codes[rare]
    counters = _characters().counters.take(seen)
    is_stop = (seen == ord(".")) & (codes[rare + 1] == ord(" "))
    counters |= is_stop.astype(np.uint64) << np.uint64(8 * COUNTED.index("stops"))
    sums = np.concatenate([np.zeros(1, np.uint64), np.cumsum(counters)])
    # What lies before a line falls out of the difference, carries and all.
    counted = np.diff(sums[np.searchsorted(rare, bounds)])
    return counted.view(np.uint8).reshape(-1, 8).T.astype(np.int32)


def _joined(pieces: list[Spelling]) -> Spelling:
    if len(pieces) < 2:  # noqa: PLR2004 - nothing to join
        return pieces[0] if pieces else _EMPTY
    lines = np.cumsum([0, *(len(piece.opens) for piece in pieces)]).tolist()
    words = np.cumsum([0, *(len(piece.keys) for piece in pieces)]).tolist()
    return Spelling(
        counts=np.concatenate([piece.counts for piece in pieces], axis=1),
        is_upper=np.concatenate([piece.is_upper for piece in pieces]),
        opens=np.concatenate([piece.opens for piece in pieces]),
        first=np.concatenate(
            [*(p.first[:-1] + n for p, n in zip(pieces, words, strict=False)), [words[-1]]]
        ),
        line=np.concatenate([p.line + n for p, n in zip(pieces, lines, strict=False)]),
        keys=np.concatenate([piece.keys for piece in pieces]),
        lengths=np.concatenate([piece.lengths for piece in pieces]),
        is_capital=np.concatenate([piece.is_capital for piece in pieces]),
    )


_NONE: Final = np.zeros(0, np.int64)
_EMPTY: Final = Spelling(
    counts=np.zeros((8, 0), np.int32),
    is_upper=np.zeros(0, np.bool_),
    opens=np.zeros(0, np.int32),
    first=np.zeros(1, np.int64),
    line=_NONE,
    keys=np.zeros(0, np.uint64),
    lengths=np.zeros(0, np.int32),
    is_capital=np.zeros(0, np.bool_),
)
