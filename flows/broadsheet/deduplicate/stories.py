"""Stories: articles about one event, whoever wrote them.

Two articles tell one story where they name the same people, places and bodies within a few days:
the cosine of their terms, weighted by frequency and rarity (G. Salton and C. Buckley, 1988).
Stories are stars around an article that all members resemble, and not chains, so that a long
war does not become one story (J. Aslam, E. Pelekhov, D. Rus, "The star clustering algorithm",
2004).
"""

import itertools
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
_PAIRS_AT_ONCE: Final = 100_000
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

    def places(self, rows: Rows) -> tuple[Rows, Rows]:
        """Return the places of the terms of rows, and for each which of the rows it is of."""
        sizes = self.sizes[rows]
        which = np.repeat(np.arange(len(rows)), sizes)
        within = np.arange(len(which)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        return self.offsets[rows][which] + within, which


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
    borders = [*range(0, len(day), _ROWS_AT_ONCE), len(day)]
    parts = [_key_terms(terms, start, stop) for start, stop in itertools.pairwise(borders)]
    rows = np.concatenate([np.zeros(0, np.int64), *(part[0] for part in parts)])
    codes = np.concatenate([np.zeros(0, np.int64), *(part[1] for part in parts)])
    found = [
        *_dated_pairs(rows, codes, day, days),
        *_undated_pairs(rows, codes, day),
        np.zeros(0, np.int64),
    ]
    pairs = np.unique(np.concatenate(found))
    return pairs >> 32, pairs & 0xFFFFFFFF


def _key_terms(terms: Terms, start: int, stop: int) -> tuple[Rows, Rows]:
    """Return the articles from ``start`` to before ``stop``, and the codes of their key terms."""
    some = slice(terms.offsets[start], terms.offsets[stop])
    rows = np.repeat(np.arange(start, stop), terms.sizes[start:stop])
    order = np.lexsort((terms.codes[some], -terms.weights[some], rows))
    within = np.arange(some.start, some.stop) - terms.offsets[rows]
    key = order[within < _KEY_TERMS]
    return rows[key], terms.codes[some][key].astype(np.int64)


def _dated_pairs(rows: Rows, codes: Rows, day: Rows, days: int) -> list[Rows]:
    """Return codes of the pairs of dated articles, found slice by slice of time."""
    is_dated = day[rows] != _NO_DAY
    rows, codes = rows[is_dated], codes[is_dated]
    order = np.lexsort((rows, day[rows], codes))
    rows, codes = rows[order], codes[order]
    when = day[rows]
    first = np.argsort(np.argsort(day, kind="stable"), kind="stable")  # place in time
    part = first[rows] // _ROWS_AT_ONCE
    found = []
    for number in np.unique(part):
        start = np.flatnonzero(part == number)
        pairs = []
        for distance in range(1, _NEIGHBOURS + 1):
            start = start[start + distance < len(rows)]
            other = start + distance
            is_near = (codes[start] == codes[other]) & (when[other] - when[start] <= days)
            start = start[is_near]
            pairs.append(_code(rows[start], rows[start + distance]))
        found.append(_repeated(np.concatenate(pairs)))
    return found


def _undated_pairs(rows: Rows, codes: Rows, day: Rows) -> list[Rows]:
    """Return codes of the pairs of which one or both have no day."""
    articles = np.bincount(codes) if len(codes) else codes
    undated = day[rows] == _NO_DAY
    has_undated = np.bincount(codes[undated], minlength=len(articles)) > 0
    is_telling = has_undated[codes] & (articles[codes] <= _NEIGHBOURS)
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
    cosines = np.zeros(len(left))
    for start in range(0, len(left), _PAIRS_AT_ONCE):
        some = slice(start, start + _PAIRS_AT_ONCE)
        ends = [terms.places(rows) for rows in (left[some], right[some])]
        places = np.concatenate([place for place, _ in ends])
        pairs = np.concatenate([which for _, which in ends])
        order = np.argsort((pairs << 32) | terms.codes[places])
        places, pairs = places[order], pairs[order]
        same = np.flatnonzero(
            (pairs[1:] == pairs[:-1]) & (terms.codes[places[1:]] == terms.codes[places[:-1]])
        )
        products = terms.weights[places[same]] * terms.weights[places[same + 1]]
        cosines[some] = np.bincount(pairs[same], products, minlength=len(left[some]))
    return cosines
