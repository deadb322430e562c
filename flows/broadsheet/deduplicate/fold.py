"""Choosing which of several copies stays, and accounting for the others."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from broadsheet.config import Duplicates, Splits
from broadsheet.deduplicate.groups import Rows, addresses, codes, edges_of_equals
from broadsheet.deduplicate.kinship import NOWHERE, Kinship, Ties, relate
from broadsheet.deduplicate.labels import group_labels
from broadsheet.deduplicate.overlaps import TextReader, overlaps
from broadsheet.deduplicate.ranking import Keys, Ranked, rank
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

    """

    survivors: pa.Table
    duplicates: pa.Table


def fold(
    keys: Keys,
    settings: Duplicates,
    read: TextReader | None = None,
    *,
    splits: Splits | None = None,
    earlier: pa.Table | None = None,
    carried: Carried | None = None,
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

    """
    ranked = rank(keys)
    ties = _ties(ranked, earlier, carried) if carried else None
    kinship = relate(ranked, settings, read, ties)
    into = kinship.cluster if "near" in settings.fold else kinship.same
    survivors = _survivors(ranked, kinship, into, splits or Splits(), earlier)
    duplicates = _duplicates(ranked, kinship, into, read, carried.folded if carried else None)
    return Folding(_by_address(survivors), _by_address(duplicates))


def _survivors(
    ranked: Ranked, kinship: Kinship, into: Rows, splits: Splits, earlier: pa.Table | None
) -> pa.Table:
    keys = ranked.plain
    stays = np.flatnonzero(into == np.arange(len(keys)))
    copies = np.bincount(into, minlength=len(keys)) - 1
    holder = kinship.container[stays]
    holder = np.where(holder == NOWHERE, NOWHERE, into[holder])
    ids = keys["id"].take(stays)
    signals = ranked.sketches(SIGNAL_SCHEMA.names, stays)
    columns = {
        "batch": keys["batch"].take(stays),
        "row": keys["row"].take(stays),
        "duplicate_count": pa.array(copies[stays].astype(np.int32)),
        "cluster": group_labels(ids, kinship.cluster[stays], earlier, "cluster"),
        "story": group_labels(ids, kinship.story[stays], earlier, "story"),
        "contained_in": _ids(keys, np.where(holder == stays, NOWHERE, holder)),
        "syndicated_from": syndicated_agencies(keys, kinship.cluster).take(stays),
        "split": assign_splits(
            keys.select(SPLIT_COLUMNS).take(stays), kinship.families()[stays], splits, earlier
        ),
        **{name: signals[name] for name in SIGNAL_SCHEMA.names},
    }
    return pa.table([columns[name] for name in SURVIVOR_SCHEMA.names], schema=SURVIVOR_SCHEMA)


def _ties(ranked: Ranked, earlier: pa.Table | None, carried: Carried) -> Ties:
    """Return how carried rows hung together in the release before."""
    keys = ranked.plain
    is_carried = np.asarray(keys["batch"]) >= carried.first_batch
    place = pc.index_in(addresses(keys), value_set=addresses(carried.folded))
    is_folded = np.asarray(place.is_valid())
    into = pc.index_in(carried.folded["duplicate_of"].take(place), value_set=keys["id"])
    folded = np.flatnonzero(np.asarray(into.is_valid()))
    cluster = np.full(len(keys), -1)
    if earlier is not None:
        labels = earlier["cluster"].take(pc.index_in(keys["id"], value_set=earlier["id"]))
        cluster = np.where(is_carried & ~is_folded, codes(labels), -1)
    edges = folded, np.asarray(into.drop_null()).astype(np.int64)
    return Ties(is_carried, is_folded, edges, edges_of_equals(cluster))


def _duplicates(
    ranked: Ranked,
    kinship: Kinship,
    into: Rows,
    read: TextReader | None,
    folded: pa.Table | None,
) -> pa.Table:
    keys = ranked.plain
    gone = np.flatnonzero(into != np.arange(len(keys)))
    kept = into[gone]
    is_exact = ranked.texts[gone] == ranked.texts[kept]
    is_near = kinship.same[gone] != kept
    kinds = np.select([is_exact, is_near], ["exact", "near"], "revision").astype(object)
    similarity = np.ones(len(gone), np.float32)
    other = ~is_exact
    if folded is not None:
        place = pc.index_in(addresses(keys.take(gone)), value_set=addresses(folded))
        old = np.flatnonzero(np.asarray(place.is_valid()))
        known = folded.take(place.drop_null())
        similarity[old] = _similarity(ranked, gone[old], kept[old], None)
        is_same = np.asarray(pc.equal(known["duplicate_of"], keys["id"].take(kept[old])))
        kinds[old[is_same]] = np.asarray(known["kind"])[is_same]
        similarity[old[is_same]] = np.asarray(known["similarity"])[is_same]
        other[old] = False
    some = np.flatnonzero(other)
    similarity[some] = _similarity(ranked, gone[some], kept[some], read)
    columns = {
        "batch": keys["batch"].take(gone),
        "row": keys["row"].take(gone),
        "duplicate_of": _ids(keys, kept),
        "kind": pa.array(kinds.tolist(), pa.string()),
        "similarity": pa.array(similarity),
        "revised_at": pc.coalesce(keys["modified_at"], keys["published_at"]).take(gone),
    }
    return pa.table([columns[name] for name in DUPLICATE_SCHEMA.names], schema=DUPLICATE_SCHEMA)


def _similarity(ranked: Ranked, left: Rows, right: Rows, read: TextReader | None) -> pa.Array:
    if read is not None:
        return overlaps(ranked.plain, left, right, read).jaccard
    signatures = [signatures_from_arrow(ranked.sketch("signature", r)) for r in (left, right)]
    return resemblance(*signatures)


def _ids(keys: pa.Table, rows: Rows) -> pa.ChunkedArray:
    """Return the ids of rows, null for ``NOWHERE``."""
    return keys["id"].take(pa.array(rows, mask=rows == NOWHERE))


def _by_address(table: pa.Table) -> pa.Table:
    return table.sort_by([("batch", "ascending"), ("row", "ascending")])
