"""Train, validation and test: no copy, no quotation and no story on both sides.

Related articles (a family) never stand in two splits. Where an article could not be put anywhere
without a leak or without moving an article of an earlier release, it is in no split.
"""

import hashlib
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from broadsheet.config import Splits
from broadsheet.deduplicate.columns import Selects, read_all
from broadsheet.deduplicate.groups import Rows, codes

NAMES: Final = ("train", "validation", "test")
SPLIT_COLUMNS: Final = ("id", "outlet", "outlet_domain", "published_on")
"""What of its articles a splitting looks at."""
TRAIN, VALIDATION, TEST = range(3)
NONE: Final = -1


def assign_splits(
    articles: pa.Table, families: Rows, settings: Splits, earlier: Selects | None = None
) -> pa.Array:
    """Return the split of each article, null where it is in none.

    Args:
        articles: table with ``id``, ``outlet``, ``outlet_domain``, ``published_on``.
        families: number of each article's family.
        settings: the ``[splits]`` section.
        earlier: ``id`` and ``split`` of the articles of the release before. An article keeps its
            split; a new one takes the split of its family, unless that stands in two already.

    """
    if settings.by is None:
        return pa.nulls(len(articles), pa.string())
    wish = _wishes(articles, families, settings)
    family = np.unique(families, return_inverse=True)[1]
    if settings.by != "hash":
        # The split that most of a family wish keeps them: the fewest are left out.
        wish = np.where(wish == _majority(wish, family)[family], wish, NONE)
    if earlier is not None:
        known = read_all(earlier, ["id", "split"])
        wish = _kept(articles["id"], wish, family, settings, known)
    return pa.array(NAMES).take(pa.array(wish, mask=wish == NONE))


def _wishes(articles: pa.Table, families: Rows, settings: Splits) -> Rows:
    """Return where each article belongs by itself."""
    if settings.by == "time":
        return _by_day(articles["published_on"], settings)
    if settings.by == "outlet":
        outlets = pc.coalesce(articles["outlet_domain"], articles["outlet"])
        return _by_hash(outlets, settings)
    ids = articles["id"].combine_chunks()
    order = np.lexsort((codes(articles["id"]), families))
    _, first, family = np.unique(families[order], return_index=True, return_inverse=True)
    anchors = np.empty(len(order), np.int64)
    anchors[order] = order[first][family]  # the least id of each family
    return _by_hash(pa.chunked_array([ids.take(anchors)]), settings)


def _by_hash(values: pa.ChunkedArray, settings: Splits) -> Rows:
    """Put equal values together, so that the shares come out as they should; null in none."""
    encoded = values.combine_chunks().dictionary_encode()
    places = np.array([_place(settings.salt, v) for v in encoded.dictionary.to_pylist()], float)
    index = np.asarray(encoded.indices.fill_null(0))
    place = places[index] if len(places) else np.zeros(len(index))
    split = np.select(
        [place < settings.test, place < settings.test + settings.validation],
        [TEST, VALIDATION],
        TRAIN,
    )
    return np.where(np.asarray(values.is_null()), NONE, split)


def _place(salt: str, value: str) -> float:
    """Return a number in [0, 1) that looks random and never changes."""
    digest = hashlib.sha256(f"{salt}:{value}".encode()).digest()
    return int.from_bytes(digest[:6], "big") / 2**48


def _by_day(days: pa.ChunkedArray, settings: Splits) -> Rows:
    known = np.asarray(days.is_valid())
    # A day before all dates stands in for those that are unknown.
    day = np.asarray(days.cast(pa.int32()).fill_null(-(2**31))).astype("datetime64[D]")
    split = np.full(len(day), TRAIN)
    if settings.validation_from:
        split[day >= np.datetime64(settings.validation_from)] = VALIDATION
    if settings.test_from:
        split[day >= np.datetime64(settings.test_from)] = TEST
    return np.where(known, split, NONE)


def _majority(wish: Rows, family: Rows) -> Rows:
    """Return the most frequent split of each family, the first of several."""
    counts = np.zeros((family.max(initial=-1) + 1, len(NAMES)), np.int64)
    np.add.at(counts, (family[wish >= 0], wish[wish >= 0]), 1)
    majority: Rows = counts.argmax(axis=1)
    return majority


def _kept(
    ids: pa.ChunkedArray, wish: Rows, family: Rows, settings: Splits, earlier: pa.Table
) -> Rows:
    """Return the splits with those of an earlier release kept, and their families bound to them."""
    before = np.asarray(
        pc.index_in(
            earlier["split"].take(pc.index_in(ids, value_set=earlier["id"])),
            value_set=pa.array(NAMES),
        ).fill_null(NONE)
    ).astype(np.int64)
    is_old: NDArray[np.bool_] = before >= 0
    bound = np.zeros((family.max(initial=-1) + 1, len(NAMES)), np.bool_)
    bound[family[is_old], before[is_old]] = True
    n_bound = bound.sum(axis=1)[family]
    target = bound.argmax(axis=1)[family]
    follows = target if settings.by == "hash" else np.where(wish == target, wish, NONE)
    fresh = np.select([n_bound == 0, n_bound == 1], [wish, follows], NONE)
    return np.where(is_old, before, fresh)
