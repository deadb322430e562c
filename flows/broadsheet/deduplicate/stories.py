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
from numpy.typing import NDArray

from broadsheet.deduplicate.columns import Column, Numbers
from broadsheet.deduplicate.groups import Rows, pair_codes, pair_ends
from broadsheet.deduplicate.weights import Terms, Vocabulary

_KEY_TERMS: Final = 10
"""Articles are candidates through the so many heaviest terms of each."""
_NEIGHBOURS: Final = 32
"""For each of its key terms an article is compared with so many others, the next in time."""
_LEAST_SHARED: Final = 3
"""Terms that two articles of one story share at least."""
_ROWS_AT_ONCE: Final = 50_000
"""Articles in a slice of time, at least: their terms are some 20 MiB."""
_ROWS_COMPARED: Final = 5_000
"""Articles whose neighbours are found at a time, in at most 320 pairs each."""
_PAIRS_AT_ONCE: Final = 2_000
_NO_DAY: Final = -(2**31)
_NO_TERM: Final = -2
Days = NDArray[np.int32]


def stories(terms: Column, published_on: pa.ChunkedArray, *, days: int, similarity: float) -> Rows:
    """Return for each article the first article of its story, itself where it stands alone.

    Args:
        terms: list<uint64> per article, in an order that does not depend on the input's. They are
            read some times, those of a slice of time at a time.
        published_on: day of each article, null where unknown. An article without a day is
            compared with those of any day, through terms that few articles share.
        days: most days between an article and the centre of its story.
        similarity: least cosine of an article and the centre.

    """
    words = Vocabulary.of(terms)
    day = np.asarray(published_on.cast(pa.int32()).fill_null(_NO_DAY))
    found = [np.zeros(0, np.int64), *_dated_kin(terms, words, day, days, similarity)]
    found += _undated_kin(terms, words, day, similarity)
    pairs = np.concatenate(found)
    found.clear()
    pairs.sort()
    return stars(len(day), pairs[np.append(True, pairs[1:] != pairs[:-1])[: len(pairs)]])


def stars(count: int, pairs: Rows) -> Rows:
    """Return for each node the first node of its star.

    The node with the most edges, the first of several, takes all its neighbours that are still
    free; then the next that is free.

    Args:
        count: number of nodes.
        pairs: edges as :func:`~broadsheet.deduplicate.groups.pair_codes`, ascending, each once.

    """
    after, followers = _neighbours(pairs, count)
    before, leaders = _neighbours(np.sort(pairs << 32 | pairs >> 32), count)
    degrees = np.diff(after) + np.diff(before)
    label = np.full(count, -1, np.int64)
    for centre in np.lexsort((np.arange(count), -degrees)):
        if degrees[centre] == 0:
            break
        if label[centre] < 0:
            later = followers[after[centre] : after[centre + 1]]
            earlier = leaders[before[centre] : before[centre + 1]]
            around = np.concatenate([later, earlier])
            members = np.append(around[label[around] < 0], centre)
            label[members] = members.min()
    return np.where(label < 0, np.arange(count), label)


def _neighbours(codes: Rows, count: int) -> tuple[Rows, Numbers]:
    """Return where each node's edges begin among ascending ones, and to which nodes they lead."""
    borders = np.searchsorted(codes, np.arange(count + 1) << 32)
    return borders, (codes & 0xFFFFFFFF).astype(np.int32)


def _dated_kin(
    terms: Column, words: Vocabulary, day: Days, days: int, similarity: float
) -> Iterator[Rows]:
    """Yield codes of the pairs of dated articles that are alike, found slice by slice of time."""
    in_time = np.argsort(day, kind="stable")
    in_time = in_time[day[in_time] != _NO_DAY]
    when = day[in_time]
    start = 0
    while start < len(in_time):
        stop, end = _slice_from(start, when, days)
        articles = in_time[start:end]
        weighted = Terms(terms.take(articles).combine_chunks(), words)
        for pairs in _sharing(weighted, when[start:end], stop - start, days):
            yield _kin(*pairs, articles, weighted, similarity)
        start = stop


def _sharing(terms: Terms, when: Days, n_first: int, days: int) -> Iterator[tuple[Rows, Rows]]:
    """Yield the pairs that share enough key terms: some of the first articles, and later ones.

    Args:
        terms: of articles in the order of time.
        when: their days.
        n_first: so many of them are looked at, and compared with all.
        days: most days between two of a pair.

    """
    parts = (codes << 32 | place for place, codes in terms.heaviest(_KEY_TERMS))
    entries = np.sort(np.concatenate([np.zeros(0, np.int64), *parts]))
    codes, places = entries >> 32, entries & 0xFFFFFFFF
    for first in range(0, n_first, _ROWS_COMPARED):
        last = min(first + _ROWS_COMPARED, n_first)
        one, pairs = np.flatnonzero((places >= first) & (places < last)), [np.zeros(0, np.int64)]
        for distance in range(1, _NEIGHBOURS + 1):
            one = one[one + distance < len(entries)]
            other = one + distance
            is_open = codes[one] == codes[other]
            is_open &= when[places[other]] - when[places[one]] <= days
            one, other = one[is_open], other[is_open]
            pairs.append(pair_codes(places[one], places[other]))
        yield pair_ends(_repeated(np.concatenate(pairs)))


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


def _undated_kin(terms: Column, words: Vocabulary, day: Days, similarity: float) -> Iterator[Rows]:
    """Yield codes of the pairs that are alike, and of which one or both have no day."""
    undated = np.flatnonzero(day == _NO_DAY)
    if not len(undated):
        return
    is_asked = np.zeros(len(words.rarity), np.bool_)
    for _, codes in _key_terms(Column(terms.keys, terms.names, terms.rows[undated]), words):
        is_asked[codes] = True
    portions = _key_terms(terms, words)
    kept = [np.stack([rows, c])[:, is_asked[c]].astype(np.int32) for rows, c in portions]
    rows, codes = np.concatenate(kept, axis=1)
    del kept
    is_telling = np.bincount(codes)[codes] <= _NEIGHBOURS
    rows, codes = rows[is_telling], codes[is_telling]
    order = np.lexsort((rows, codes))
    rows, codes = rows[order], codes[order]
    pairs = [np.zeros(0, np.int64)]
    for distance in range(1, min(_NEIGHBOURS, len(rows))):
        same = np.flatnonzero(codes[distance:] == codes[:-distance])
        ends = rows[same], rows[same + distance]
        is_open = (day[ends[0]] == _NO_DAY) | (day[ends[1]] == _NO_DAY)
        pairs.append(pair_codes(ends[0][is_open], ends[1][is_open]))
    found = _repeated(np.concatenate(pairs))
    for start in range(0, len(found), _ROWS_AT_ONCE):
        ends = pair_ends(found[start : start + _ROWS_AT_ONCE])
        articles = np.unique(np.concatenate(ends))
        weighted = Terms(terms.take(articles).combine_chunks(), words)
        one, other = (np.searchsorted(articles, end) for end in ends)
        yield _kin(one, other, articles, weighted, similarity)


def _key_terms(terms: Column, words: Vocabulary) -> Iterator[tuple[Rows, Rows]]:
    """Yield the places of all articles, portion by portion, and the codes of their key terms."""
    for rows, lists in terms.values():
        for places, codes in Terms(lists, words).heaviest(_KEY_TERMS):
            yield rows[places], codes


def _kin(one: Rows, other: Rows, articles: Rows, weighted: Terms, similarity: float) -> Rows:
    """Return codes of the pairs, given as places among some articles, that are alike enough."""
    is_ordered = articles[one] < articles[other]
    left, right = np.where(is_ordered, one, other), np.where(is_ordered, other, one)
    kin = np.flatnonzero(_cosines(weighted, left, right) >= similarity)
    return pair_codes(articles[left[kin]], articles[right[kin]])


def _repeated(codes: Rows) -> Rows:
    """Return the pairs that share at least ``_LEAST_SHARED`` key terms."""
    pairs, shared = np.unique(codes, return_counts=True)
    return pairs[shared >= _LEAST_SHARED]


def _cosines(terms: Terms, left: Rows, right: Rows) -> NDArray[np.float64]:
    """Return the cosines of pairs: each term of the one is held against each of the other."""
    cosines = np.zeros(len(left))
    for start in range(0, len(left), _PAIRS_AT_ONCE):
        some = slice(start, start + _PAIRS_AT_ONCE)
        (codes, weights), (others, weights_of_others) = map(terms.padded, (left[some], right[some]))
        others[others < 0] = _NO_TERM  # what one article does not have the other does not share
        equal = codes[:, :, None] == others[:, None, :]
        pair, one, other = np.unravel_index(np.flatnonzero(equal), equal.shape)
        products = weights[pair, one] * weights_of_others[pair, other]
        cosines[some] = np.bincount(pair, products, minlength=len(codes))
    return cosines
