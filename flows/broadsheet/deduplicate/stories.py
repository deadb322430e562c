"""Stories: articles about one event, whoever wrote them.

Two articles tell one story where they name the same people, places and bodies within a few days:
the cosine of their terms, weighted by frequency and rarity (G. Salton and C. Buckley, 1988).
Stories are stars around an article that all members resemble, and not chains, so that a long
war does not become one story (J. Aslam, E. Pelekhov, D. Rus, "The star clustering algorithm",
2004).
"""

from collections.abc import Iterator
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from broadsheet.deduplicate.groups import Rows
from broadsheet.deduplicate.terms import term_weights

_KEY_TERMS: Final = 10
"""Articles are candidates through the so many heaviest terms of each."""
_NEIGHBOURS: Final = 32
"""For each of its key terms an article is compared with so many others, the next in time."""
_LEAST_SHARED: Final = 3
"""Terms that two articles of one story share at least."""
_BACKGROUND: Final = 50
"""Articles that a corpus is imagined to have more, without any of the terms: in a corpus of one
story every term would otherwise count as common."""
_ROWS_AT_ONCE: Final = 20_000
_PAIRS_AT_ONCE: Final = 2_000
_NO_DAY: Final = -(2**31)


class Terms:
    """The weighted terms of some articles, one article after the other.

    Attributes:
        sizes: terms of each article.
        offsets: where each article's terms begin; length articles + 1.
        codes: number of each term, 0, 1, 2, ...
        weights: weight of each term in its article; the squares of an article's sum to 1.

    """

    def __init__(self, lists: pa.ChunkedArray) -> None:
        """Weigh lists as :func:`~broadsheet.deduplicate.terms.terms_of` gives them."""
        values = lists.combine_chunks()
        self.sizes: Rows = np.asarray(pc.list_value_length(values)).astype(np.int64)
        self.offsets: Rows = np.append(0, np.cumsum(self.sizes))
        hashes, frequency = term_weights(np.asarray(pc.list_flatten(values)))
        # Numbered by first occurrence, which the order of the articles decides.
        self.codes: NDArray[np.int32] = np.asarray(pa.array(hashes).dictionary_encode().indices)
        articles = np.bincount(self.codes)
        rarity = np.log1p((len(self.sizes) + _BACKGROUND) / (articles + 1)).astype(np.float32)
        weights: NDArray[np.float32] = frequency * rarity[self.codes]
        norms = np.zeros(len(self.sizes), np.float32)
        filled = np.flatnonzero(self.sizes)
        norms[filled] = np.sqrt(np.add.reduceat(weights * weights, self.offsets[filled]))
        self.weights = weights / np.repeat(norms, self.sizes)

    def padded(self, rows: Rows) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """Return codes and weights of the terms of rows, a row each; -1 and 0 where it has none."""
        within = np.arange(self.sizes[rows].max(initial=0))
        places = self.offsets[rows][:, None] + within
        is_term = within < self.sizes[rows][:, None]
        places = np.where(is_term, places, 0)
        return np.where(is_term, self.codes[places], -1), np.where(is_term, self.weights[places], 0)


def stories(
    terms: pa.ChunkedArray, published_on: pa.ChunkedArray, *, days: int, similarity: float
) -> Rows:
    """Return for each article the first article of its story, itself where it stands alone.

    Args:
        terms: list<uint64> per article, in an order that does not depend on the input's.
        published_on: day of each article, null where unknown. An article without a day is
            compared with those of any day, through terms that few articles share.
        days: most days between an article and the centre of its story.
        similarity: least cosine of an article and the centre.

    """
    weighted = Terms(terms)
    day = np.asarray(published_on.cast(pa.int32()).fill_null(_NO_DAY)).astype(np.int64)
    left, right = _candidates(weighted, day, days)
    cosine = _cosines(weighted, left, right)
    is_kin = cosine >= similarity
    return stars(len(day), left[is_kin], right[is_kin])


def stars(count: int, left: Rows, right: Rows) -> Rows:
    """Return for each node the first node of its star.

    The node with the most edges, the first of several, takes all its neighbours that are still
    free; then the next that is free.
    """
    ends = np.concatenate([left, right])
    others = np.concatenate([right, left])
    order = np.lexsort((others, ends))
    neighbours = others[order]
    degrees = np.bincount(ends, minlength=count)
    borders = np.append(0, np.cumsum(degrees))
    label = np.full(count, -1, np.int64)
    for centre in np.lexsort((np.arange(count), -degrees)):
        if degrees[centre] == 0:
            break
        if label[centre] < 0:
            around = neighbours[borders[centre] : borders[centre + 1]]
            members = np.append(around[label[around] < 0], centre)
            label[members] = members.min()
    return np.where(label < 0, np.arange(count), label)


def _candidates(terms: Terms, day: Rows, days: int) -> tuple[Rows, Rows]:
    """Return pairs that share enough key terms within the days; left < right, each pair once."""
    found = [*_dated_pairs(terms, day, days), *_undated_pairs(terms, day), np.zeros(0, np.int64)]
    pairs = np.unique(np.concatenate(found))
    return pairs >> 32, pairs & 0xFFFFFFFF


def _key_terms(terms: Terms, articles: Rows) -> Iterator[tuple[Rows, Rows]]:
    """Yield the places of some articles, portion by portion, and the codes of their key terms."""
    for first in range(0, len(articles), _ROWS_AT_ONCE):
        codes, weights = terms.padded(articles[first : first + _ROWS_AT_ONCE])
        order = np.lexsort((codes, -weights), axis=-1)[:, :_KEY_TERMS]
        codes = np.take_along_axis(codes, order, axis=-1)
        place, which = np.nonzero(codes >= 0)
        yield place + first, codes[place, which].astype(np.int64)


def _dated_pairs(terms: Terms, day: Rows, days: int) -> Iterator[Rows]:
    """Yield codes of the pairs of dated articles, found slice by slice of time."""
    in_time = np.argsort(day, kind="stable")
    in_time = in_time[day[in_time] != _NO_DAY]
    when = day[in_time]
    start = 0
    while start < len(in_time):
        stop, end = _slice_from(start, when, days)
        articles = in_time[start:end]
        parts = (codes << 32 | place for place, codes in _key_terms(terms, articles))
        entries = np.sort(np.concatenate([np.zeros(0, np.int64), *parts]))
        codes, places = entries >> 32, entries & 0xFFFFFFFF
        one, pairs = np.flatnonzero(places < stop - start), [np.zeros(0, np.int64)]
        for distance in range(1, _NEIGHBOURS + 1):
            one = one[one + distance < len(entries)]
            between = when[start + places[one + distance]] - when[start + places[one]]
            one = one[(codes[one] == codes[one + distance]) & (between <= days)]
            pairs.append(_code(articles[places[one]], articles[places[one + distance]]))
        yield _repeated(np.concatenate(pairs))
        start = stop


def _slice_from(start: int, when: Rows, days: int) -> tuple[int, int]:
    """Return where a slice of time ends, and where that ends which is within days of it.

    It is as long as what it is compared with, so that the work does not grow with the square of
    what one day holds.
    """
    size = _ROWS_AT_ONCE
    while True:
        stop = min(start + size, len(when))
        end = int(np.searchsorted(when, when[stop - 1] + days, side="right"))
        if end - stop <= stop - start:
            return stop, end
        size *= 2


def _undated_pairs(terms: Terms, day: Rows) -> list[Rows]:
    """Return codes of the pairs of which one or both have no day."""
    undated = np.flatnonzero(day == _NO_DAY)
    if not len(undated):
        return []
    is_asked = np.zeros(int(terms.codes.max(initial=-1)) + 1, np.bool_)
    for _, codes in _key_terms(terms, undated):
        is_asked[codes] = True
    portions = _key_terms(terms, np.arange(len(day)))
    kept = [(rows[is_asked[c]], c[is_asked[c]]) for rows, c in portions]
    rows, codes = (np.concatenate(part) for part in zip(*kept, strict=True))
    is_telling = np.bincount(codes)[codes] <= _NEIGHBOURS
    rows, codes = rows[is_telling], codes[is_telling]
    order = np.lexsort((rows, codes))
    rows, codes = rows[order], codes[order]
    pairs = [np.zeros(0, np.int64)]
    for distance in range(1, min(_NEIGHBOURS, len(rows))):
        same = np.flatnonzero(codes[distance:] == codes[:-distance])
        ends = rows[same], rows[same + distance]
        is_open = (day[ends[0]] == _NO_DAY) | (day[ends[1]] == _NO_DAY)
        pairs.append(_code(ends[0][is_open], ends[1][is_open]))
    return [_repeated(np.concatenate(pairs))]


def _repeated(codes: Rows) -> Rows:
    """Return the pairs that share at least ``_LEAST_SHARED`` key terms."""
    pairs, shared = np.unique(codes, return_counts=True)
    return pairs[shared >= _LEAST_SHARED]


def _code(one: Rows, other: Rows) -> Rows:
    return (np.minimum(one, other) << 32) | np.maximum(one, other)


def _cosines(terms: Terms, left: Rows, right: Rows) -> NDArray[np.float64]:
    """Return the cosines of pairs: each term of the one is held against each of the other."""
    cosines = np.zeros(len(left))
    for start in range(0, len(left), _PAIRS_AT_ONCE):
        some = slice(start, start + _PAIRS_AT_ONCE)
        (codes, weights), (others, weights_of_others) = map(terms.padded, (left[some], right[some]))
        equal = (codes[:, :, None] == others[:, None, :]) & (codes >= 0)[:, :, None]
        pair, one, other = np.unravel_index(np.flatnonzero(equal), equal.shape)
        products = weights[pair, one] * weights_of_others[pair, other]
        cosines[some] = np.bincount(pair, products, minlength=len(codes))
    return cosines
