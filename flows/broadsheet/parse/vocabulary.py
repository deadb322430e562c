"""Values of words, looked up by the keys of many words at once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from broadsheet.parse.spelling import Keys, spell


@dataclass(frozen=True, slots=True, eq=False)
class Vocabulary:
    """Values of words, looked up by their keys: rows of buckets, each key in one of its bucket's.

    Attributes:
        keys: shape ``(rows, buckets)``; 0 where nothing is.
        values: the values at the same places; 0 where nothing is.
        is_shared: for each bucket, whether it holds more than one.

    """

    keys: Keys
    values: npt.NDArray[np.int32]
    is_shared: npt.NDArray[np.bool_]

    def of(self, keys: Keys) -> npt.NDArray[np.int32]:
        """Return the value of each word, 0 for those that have none."""
        bucket = (keys >> np.uint64(_SHIFT)).astype(np.intp)
        is_first = self.keys[0].take(bucket) == keys
        found = np.where(is_first, self.values[0].take(bucket), np.int32(0))
        # The further rows hold next to nothing.
        rest = np.flatnonzero(self.is_shared.take(bucket))
        for known, values in zip(self.keys[1:], self.values[1:], strict=True):
            there = bucket[rest]
            found[rest] += np.where(known.take(there) == keys[rest], values.take(there), 0)
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
    return Vocabulary(known, found, np.logical_or.reduce(known[1:] > 0))


def marks_of(kinds: Mapping[int, Iterable[str]]) -> dict[str, int]:
    """Return for each word the bits of the kinds that list it."""
    marks: dict[str, int] = {}
    for bit, words in kinds.items():
        for word in words:
            marks[word] = marks.get(word, 0) | bit
    return marks
