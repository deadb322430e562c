"""The characters and words of many lines at once, as arrays.

All lines of many pages are laid end to end as code points; tables by code point say what each is,
so that counting the commas of ten thousand lines takes a handful of array operations. Words are
compared by 64-bit keys: polynomial hashes of their lower-case letters, which one running sum over
all characters gives for every word (Karp and Rabin, "Efficient randomized pattern-matching
algorithms", 1987).
"""

from collections.abc import Iterable, Mapping, Sequence
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

COUNTED: Final = (
    "letters", "capitals", "lowers", "digits", "commas", "quotes", "symbols", "brackets",
)  # fmt: skip
"""What is counted of each line, each in a byte of one 64-bit sum: no count exceeds ``SEEN``."""

_PLANE: Final = 0x10000  # characters beyond share the last row
_PIECE: Final = 1 << 16  # characters at once, so that the arrays stay in the cache
_PRIME: Final = 0x9E3779B97F4A7C15  # odd, so that its powers have inverses
_MASK: Final = (1 << 64) - 1
_SYMBOLS: Final = "|»«›‹·•/→←<>@#©{}[]="


@dataclass(frozen=True, slots=True, eq=False)
class _Characters:
    """Tables by code point: counters, whether it is a letter, its share in a word's key."""

    counters: Keys
    is_letter: npt.NDArray[np.bool_]
    mixed: Keys
    powers: Keys
    inverses: Keys


@cache
def _characters() -> _Characters:
    is_letter = marked(str.isalpha, plane())
    flags = (
        is_letter,
        marked(str.isupper, plane()) | marked(str.istitle, plane()),
        marked(str.islower, plane()),
        marked(str.isdecimal, plane()),
        *(_among(some) for some in (",，、", '"“', _SYMBOLS, "(")),
    )
    counters = np.zeros(_PLANE, np.uint64)
    for place, flag in enumerate(flags):
        counters |= flag.astype(np.uint64) << np.uint64(8 * place)
    codes = become(list(map(str.lower, plane())), np.arange(_PLANE)).astype(np.uint64)
    codes[ord("ς")] = ord("σ")  # the same letter at the end of a word
    return _Characters(
        counters, is_letter, _mix(codes), _powers(_PRIME), _powers(pow(_PRIME, -1, 1 << 64))
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
        stops: full stops and spaces after them, of each line.
        opens: whether the first character is a lower-case letter (1), another letter (2) or none.
        first: number of the first word of each line; one entry more than lines.
        line: the line of each word.
        keys: the key of each word.
        lengths: its letters.
        is_capital: whether it begins with a capital.

    """

    counts: Counts
    stops: Counts
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
            return np.zeros(len(self.stops), of_words.dtype)
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
    return _joined([piece for piece in pieces if len(piece.stops)])


def _spell(seen: list[str], lengths: npt.NDArray[np.int64]) -> Spelling:
    table = _characters()
    if not seen:
        return _EMPTY
    codes = np.frombuffer("\n".join([*seen, ""]).encode("utf-32-le", "replace"), np.uint32)
    codes = np.minimum(codes, _PLANE - 1).astype(np.intp)
    starts = np.concatenate([[0], np.cumsum(lengths + 1)[:-1]])
    counters = np.add.reduceat(table.counters.take(codes), starts)
    counts = counters.view(np.uint8).reshape(-1, 8).T.astype(np.int32)
    stops = np.zeros(len(codes), np.uint8)
    stops[:-1] = (codes[:-1] == ord(".")) & (codes[1:] == ord(" "))
    is_letter = table.is_letter.take(codes)
    joins = np.flatnonzero((codes == ord("'")) | (codes == ord("’")))
    joins = joins[(joins > 0) & (joins < len(codes) - 1)]
    is_letter[joins] = is_letter[joins - 1] & is_letter[joins + 1]
    edges = np.flatnonzero(is_letter[1:] != is_letter[:-1]) + 1
    if is_letter[0]:
        edges = np.concatenate([[0], edges])
    begins, ends = edges[::2], edges[1::2]  # a line end is no letter: each word has its end
    running = np.zeros(len(codes) + 1, np.uint64)
    np.cumsum(table.mixed.take(codes) * table.powers[: len(codes)], out=running[1:])
    first = np.concatenate([np.searchsorted(begins, starts), [len(begins)]])
    opener = table.counters.take(codes[starts])
    is_low = (opener >> np.uint64(16)) & np.uint64(1)
    return Spelling(
        counts=counts,
        stops=np.add.reduceat(stops, starts, dtype=np.int32),
        opens=np.where(is_low, 1, 2 * is_letter[starts]).astype(np.int32),
        first=first,
        line=np.repeat(np.arange(len(seen)), np.diff(first)),
        keys=(running[ends] - running[begins]) * table.inverses[begins],
        lengths=(ends - begins).astype(np.int32),
        is_capital=(table.counters.take(codes[begins]) >> np.uint64(8)) & np.uint64(1) > 0,
    )


def _joined(pieces: list[Spelling]) -> Spelling:
    if len(pieces) < 2:  # noqa: PLR2004 - nothing to join
        return pieces[0] if pieces else _EMPTY
    lines = np.cumsum([0, *(len(piece.stops) for piece in pieces)]).tolist()
    words = np.cumsum([0, *(len(piece.keys) for piece in pieces)]).tolist()
    return Spelling(
        counts=np.concatenate([piece.counts for piece in pieces], axis=1),
        stops=np.concatenate([piece.stops for piece in pieces]),
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
    stops=np.zeros(0, np.int32),
    opens=np.zeros(0, np.int32),
    first=np.zeros(1, np.int64),
    line=_NONE,
    keys=np.zeros(0, np.uint64),
    lengths=np.zeros(0, np.int32),
    is_capital=np.zeros(0, np.bool_),
)


@dataclass(frozen=True, slots=True, eq=False)
class Vocabulary:
    """Values of words, looked up by their keys: rows of buckets, each key in one of its bucket's.

    Attributes:
        keys: shape ``(rows, buckets)``; 0 where nothing is.
        values: the values at the same places; 0 where nothing is.

    """

    keys: Keys
    values: npt.NDArray[np.int32]

    def of(self, keys: Keys) -> npt.NDArray[np.int32]:
        """Return the value of each word, 0 for those that have none."""
        bucket = (keys >> np.uint64(_SHIFT)).astype(np.intp)
        found = np.zeros(len(keys), np.int32)
        for known, values in zip(self.keys, self.values, strict=True):
            found += np.where(known.take(bucket) == keys, values.take(bucket), 0)
        return found


_BUCKETS: Final = 1 << 14
_SHIFT: Final = 64 - 14


def vocabulary_of(values: Mapping[str, int]) -> Vocabulary:
    """Return a vocabulary of lower-case words; what is no single word is left out."""
    words = sorted(values)
    spelling = spell(words)
    single = [i for i, count in enumerate(np.diff(spelling.first).tolist()) if count == 1]
    keys = spelling.keys[spelling.first[single]] if single else np.zeros(0, np.uint64)
    buckets: dict[int, list[tuple[int, int]]] = {}
    for index, key in zip(single, keys.tolist(), strict=True):
        buckets.setdefault(key >> _SHIFT, []).append((key, values[words[index]]))
    rows = max(map(len, buckets.values()), default=1)
    known = np.zeros((rows, _BUCKETS), np.uint64)
    found = np.zeros((rows, _BUCKETS), np.int32)
    for bucket, entries in buckets.items():
        for row, (key, value) in enumerate(entries):
            known[row, bucket], found[row, bucket] = key, value
    return Vocabulary(known, found)


def marks_of(kinds: Mapping[int, Iterable[str]]) -> dict[str, int]:
    """Return for each word the bits of the kinds that list it."""
    marks: dict[str, int] = {}
    for bit, words in kinds.items():
        for word in words:
            marks[word] = marks.get(word, 0) | bit
    return marks
