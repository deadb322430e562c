"""What the terms of articles weigh, by how often each occurs in its article and how rare it is.

The terms of all articles are counted some articles at a time; of some articles they are weighed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from broadsheet.deduplicate.columns import Column
from broadsheet.deduplicate.groups import Rows
from broadsheet.deduplicate.terms import term_weights

_BACKGROUND: Final = 50
"""Articles that a corpus is imagined to have more, without any of the terms: in a corpus of one
story every term would otherwise count as common."""
_ROWS_PADDED: Final = 10_000
_TERMS_AT_ONCE: Final = 2_000_000
"""Terms of portions that wait to be counted together."""
_MOST_TERMS: Final = 2**16
"""No article has more terms."""
_NO_TERMS: Final = pa.schema(
    [("term", pa.uint64()), ("first", pa.int64()), ("count", pa.int64())]
).empty_table()


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The terms of all articles, numbered by first occurrence, which the articles' order decides.

    Attributes:
        hashes: by number; uint64.
        rarity: the weight of each term in all of them.

    """

    hashes: pa.Array
    rarity: NDArray[np.float32]

    @classmethod
    def of(cls, terms: Column) -> Self:
        """Count the terms of all articles, some articles at a time."""
        counted = _counted([])
        waiting: list[pa.Table] = []
        for rows, lists in terms.values():
            hashes, _ = term_weights(np.asarray(pc.list_flatten(lists)))
            size = np.asarray(pc.list_value_length(lists)).astype(np.int64)
            within = np.arange(len(hashes)) - np.repeat(np.cumsum(size) - size, size)
            first = np.repeat(rows, size) * _MOST_TERMS + within
            one = pa.array(np.ones(len(hashes), np.int64))
            waiting.append(_counted([pa.table({"term": hashes, "first": first, "count": one})]))
            if sum(map(len, waiting)) > _TERMS_AT_ONCE + len(counted):
                counted, waiting = _counted([counted, *waiting]), []
        counted = _counted([counted, *waiting]).sort_by("first")
        articles = np.asarray(counted["count"])
        rarity = np.log1p((len(terms) + _BACKGROUND) / (articles + 1)).astype(np.float32)
        return cls(counted["term"].combine_chunks(), rarity)


def _counted(parts: Sequence[pa.Table]) -> pa.Table:
    """Return each term once, with where it occurs first, and how often it occurs."""
    table = pa.concat_tables([_NO_TERMS, *parts])
    found = table.group_by("term").aggregate([("first", "min"), ("count", "sum")])
    return found.select(["term", "first_min", "count_sum"]).rename_columns(_NO_TERMS.column_names)


class Terms:
    """The weighted terms of some articles, one article after the other.

    Attributes:
        sizes: terms of each article.
        offsets: where each article's terms begin; length articles + 1.
        codes: number of each term in the vocabulary.
        weights: weight of each term in its article; the squares of an article's sum to 1.

    """

    def __init__(self, lists: pa.Array, words: Vocabulary) -> None:
        """Weigh lists as :func:`~broadsheet.deduplicate.terms.terms_of` gives them."""
        self.sizes: Rows = np.asarray(pc.list_value_length(lists)).astype(np.int64)
        self.offsets: Rows = np.append(0, np.cumsum(self.sizes))
        hashes, frequency = term_weights(np.asarray(pc.list_flatten(lists)))
        self.codes: NDArray[np.int32] = np.asarray(
            pc.index_in(pa.array(hashes), value_set=words.hashes)
        )
        weights: NDArray[np.float32] = frequency * words.rarity[self.codes]
        norms = np.zeros(len(self.sizes), np.float32)
        filled = np.flatnonzero(self.sizes)
        norms[filled] = np.sqrt(np.add.reduceat(weights * weights, self.offsets[filled]))
        self.weights = weights / np.repeat(norms, self.sizes)

    def __len__(self) -> int:
        """Return the number of articles."""
        return len(self.sizes)

    def padded(self, rows: Rows) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """Return codes and weights of the terms of rows, a row each; -1 and 0 where it has none."""
        within = np.arange(self.sizes[rows].max(initial=0))
        places = self.offsets[rows][:, None] + within
        is_term = within < self.sizes[rows][:, None]
        places = np.where(is_term, places, 0)
        return np.where(is_term, self.codes[places], -1), np.where(is_term, self.weights[places], 0)

    def heaviest(self, most: int) -> Iterator[tuple[Rows, Rows]]:
        """Yield places of articles, portion by portion, with the codes of their heaviest terms."""
        for first in range(0, len(self), _ROWS_PADDED):
            some = np.arange(first, min(first + _ROWS_PADDED, len(self)))
            codes, weights = self.padded(some)
            order = np.lexsort((codes, -weights), axis=-1)[:, :most]
            codes = np.take_along_axis(codes, order, axis=-1)
            place, which = np.nonzero(codes >= 0)
            yield place + first, codes[place, which].astype(np.int64)
