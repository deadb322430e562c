"""Choosing which of several copies stays, and accounting for the others."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from broadsheet.addressed import addresses_of, located
from broadsheet.config import Duplicates, Splits
from broadsheet.deduplicate.columns import Keys, Selects, read_all
from broadsheet.deduplicate.groups import Rows, codes, edges_of_equals
from broadsheet.deduplicate.kinship import NOWHERE, Kinship, Ties, relate
from broadsheet.deduplicate.labels import group_labels
from broadsheet.deduplicate.overlaps import COMPARED_SCHEMA, Comparison, TextReader
from broadsheet.deduplicate.ranking import Ranked, rank
from broadsheet.deduplicate.signals import SIGNAL_SCHEMA
from broadsheet.deduplicate.signatures import resemblance, signatures_from_arrow
from broadsheet.deduplicate.splits import SPLIT_COLUMNS, assign_splits
from broadsheet.deduplicate.syndication import syndicated_agencies
from broadsheet.tables import ACROSS_BATCHES, ARTICLE, DUPLICATE

_ADDRESS: Final = (
    pa.field("batch", pa.int32(), nullable=False),
    pa.field("row", pa.int64(), nullable=False),
)
SURVIVOR_SCHEMA: Final = pa.schema(
    [*_ADDRESS, *(ARTICLE.schema.field(name) for name in ACROSS_BATCHES)]
)
DUPLICATE_SCHEMA: Final = pa.schema(
    [*_ADDRESS, *(f for f in DUPLICATE.schema if not f.name.startswith("source_"))]
)

NOTHING_COMPARED: Final = COMPARED_SCHEMA.empty_table()

NO_TEXT: Final = -1_000
"""What is added to the completeness of a row whose text was not kept: it never stays."""
PUBLISHED: Final = 1_000
"""What is added to the completeness of a row that is published already: it stays."""


@dataclass(frozen=True, slots=True)
class Carried:
    """Rows of the release before that are carried over; their raw records are not at hand.

    Attributes:
        first_batch: batches from this number on hold them.
        folded: table of ``DUPLICATE_SCHEMA``: those that were folded then. Their texts cannot be
            read; each has a published row of the same id, page, text or ``duplicate_of`` to go to.

    """

    first_batch: int
    folded: pa.Table


@dataclass(frozen=True, slots=True)
class Folding:
    """Which staged rows are published, and which are folded into one of those.

    Attributes:
        survivors: table of ``SURVIVOR_SCHEMA``, by address: the published rows.
        duplicates: table of ``DUPLICATE_SCHEMA``, by address: all other rows.
        compared: table of ``COMPARED_SCHEMA``: what the pairs have in common that were compared.

    """

    survivors: pa.Table
    duplicates: pa.Table
    compared: pa.Table


def fold(
    keys: Keys,
    settings: Duplicates,
    read: TextReader | None = None,
    *,
    splits: Splits | None = None,
    earlier: Selects | None = None,
    carried: Carried | None = None,
    compared: pa.Table = NOTHING_COMPARED,
) -> Folding:
    """Group copies, keep one of each group, and label what is left.

    Rows with the same text, and rows of the same page (URL or id), are copies, as are those that a
    chain of such pairs links; near copies, too, where the settings say so. Of each group exactly
    one row survives: the first by ``ranking.RANKING``.

    Args:
        keys: all staged rows with the columns of ``KEY_SCHEMA``, in any order.
        settings: the ``[duplicates]`` section.
        read: reads texts by address, to compare those that may be near copies. Without it there
            are no near copies, and the similarity of revisions is estimated.
        splits: the ``[splits]`` section; without it there are none.
        earlier: ``id``, ``cluster``, ``story`` and ``split`` of the release before: its articles
            keep their splits, and go on to name the groups that they named.
        carried: which rows are carried over from that release; what it tied stays tied.
        compared: what texts have in common that were compared before, and need not be read again.

    """
    ranked = rank(keys)
    texts = Comparison(ranked.addresses, read, compared) if read else None
    ties = _ties(ranked, earlier, carried) if carried else None
    kinship = relate(ranked, settings, texts, ties)
    into = kinship.cluster if "near" in settings.fold else kinship.same
    survivors = _survivors(ranked, kinship, into, splits or Splits(), earlier)
    duplicates = _duplicates(ranked, kinship, into, texts, carried.folded if carried else None)
    return Folding(survivors, duplicates, texts.compared() if texts else NOTHING_COMPARED)


def _survivors(
    ranked: Ranked, kinship: Kinship, into: Rows, splits: Splits, earlier: Selects | None
) -> pa.Table:
    stays = ranked.by_address(np.flatnonzero(into == np.arange(len(ranked))))
    copies = np.bincount(into, minlength=len(ranked))[stays] - 1
    holder = kinship.container[stays]
    holder = np.where(holder == NOWHERE, NOWHERE, into[holder])
    ids = ranked.take(["id"], stays)["id"]
    signals = ranked.take(SIGNAL_SCHEMA.names, stays)
    columns = {
        **_address(ranked, stays),
        "duplicate_count": pa.array(copies.astype(np.int32)),
        "cluster": group_labels(ids, stays, kinship.cluster[stays], earlier, "cluster"),
        "story": group_labels(ids, stays, kinship.story[stays], earlier, "story"),
        "contained_in": _ids(ranked, np.where(holder == stays, NOWHERE, holder)),
        "syndicated_from": syndicated_agencies(ranked, kinship.cluster, stays),
        "split": _splits(ranked, kinship, stays, splits, earlier),
        **{name: signals[name] for name in SIGNAL_SCHEMA.names},
    }
    return pa.table([columns[name] for name in SURVIVOR_SCHEMA.names], schema=SURVIVOR_SCHEMA)


def _splits(
    ranked: Ranked, kinship: Kinship, stays: Rows, splits: Splits, earlier: Selects | None
) -> pa.Array:
    if splits.by is None:
        return pa.nulls(len(stays), pa.string())
    articles = ranked.take(SPLIT_COLUMNS, stays)
    return assign_splits(articles, kinship.families()[stays], splits, earlier)


def _ties(ranked: Ranked, earlier: Selects | None, carried: Carried) -> Ties:
    """Return how carried rows hung together in the release before."""
    is_carried = located(ranked.addresses)[0] >= carried.first_batch
    place = pc.index_in(
        pa.array(ranked.addresses), value_set=pa.array(addresses_of(carried.folded))
    )
    is_folded = np.asarray(place.is_valid())
    ids = ranked.take(["id"], np.arange(len(ranked)))["id"]
    into = pc.index_in(carried.folded["duplicate_of"].take(place), value_set=ids)
    folded = np.flatnonzero(np.asarray(into.is_valid()))
    cluster = np.full(len(ranked), -1)
    if earlier is not None:
        known = read_all(earlier, ["id", "cluster"])
        labels = known["cluster"].take(pc.index_in(ids, value_set=known["id"]))
        cluster = np.where(is_carried & ~is_folded, codes(labels), -1)
    edges = folded, np.asarray(into.drop_null()).astype(np.int64)
    return Ties(is_carried, is_folded, edges, edges_of_equals(cluster))


def _duplicates(
    ranked: Ranked,
    kinship: Kinship,
    into: Rows,
    texts: Comparison | None,
    folded: pa.Table | None,
) -> pa.Table:
    gone = ranked.by_address(np.flatnonzero(into != np.arange(len(ranked))))
    kept = into[gone]
    is_exact = ranked.texts[gone] == ranked.texts[kept]
    is_near = kinship.same[gone] != kept
    kinds = np.select([is_exact, is_near], ["exact", "near"], "revision").astype(object)
    similarity = np.ones(len(gone), np.float32)
    other = ~is_exact
    if folded is not None:
        place = pc.index_in(
            pa.array(ranked.addresses[gone]), value_set=pa.array(addresses_of(folded))
        )
        old = np.flatnonzero(np.asarray(place.is_valid()))
        known = folded.take(place.drop_null())
        similarity[old] = _similarity(ranked, gone[old], kept[old], None)
        is_same = np.asarray(pc.equal(known["duplicate_of"], _ids(ranked, kept[old])))
        kinds[old[is_same]] = np.asarray(known["kind"])[is_same]
        similarity[old[is_same]] = np.asarray(known["similarity"])[is_same]
        other[old] = False
    some = np.flatnonzero(other)
    similarity[some] = _similarity(ranked, gone[some], kept[some], texts)
    told = ranked.take(["modified_at", "published_at"], gone)
    columns = {
        **_address(ranked, gone),
        "duplicate_of": _ids(ranked, kept),
        "kind": pa.array(kinds.tolist(), pa.string()),
        "similarity": pa.array(similarity),
        "revised_at": pc.coalesce(told["modified_at"], told["published_at"]),
    }
    return pa.table([columns[name] for name in DUPLICATE_SCHEMA.names], schema=DUPLICATE_SCHEMA)


def _similarity(ranked: Ranked, left: Rows, right: Rows, texts: Comparison | None) -> pa.Array:
    if texts is not None:
        return texts.overlaps(left, right).jaccard
    columns = [ranked.take(["signature"], rows)["signature"] for rows in (left, right)]
    return resemblance(*map(signatures_from_arrow, columns))


def _address(ranked: Ranked, rows: Rows) -> dict[str, pa.Array]:
    batch, row = located(ranked.addresses[rows])
    return {"batch": pa.array(batch.astype(np.int32)), "row": pa.array(row)}


def _ids(ranked: Ranked, rows: Rows) -> pa.ChunkedArray:
    """Return the ids of rows, null for ``NOWHERE``."""
    some, place = np.unique(rows[rows != NOWHERE], return_inverse=True)
    places = np.full(len(rows), NOWHERE)
    places[rows != NOWHERE] = place
    ids = ranked.take(["id"], some)["id"].combine_chunks()
    return ids.take(pa.array(places, mask=places == NOWHERE))
