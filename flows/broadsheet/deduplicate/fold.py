"""Choosing which of several copies stays, and accounting for the others."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from broadsheet.config import Duplicates, Splits
from broadsheet.deduplicate.groups import Rows, codes
from broadsheet.deduplicate.kinship import NOWHERE, Kinship, relate
from broadsheet.deduplicate.labels import group_labels
from broadsheet.deduplicate.overlaps import TextReader, overlaps
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
    keys: pa.Table,
    settings: Duplicates,
    read: TextReader | None = None,
    *,
    splits: Splits | None = None,
    earlier: pa.Table | None = None,
) -> Folding:
    """Group copies, keep one of each group, and label what is left.

    Rows with the same text, and rows of the same page (URL or id), are copies, as are those that a
    chain of such pairs links; near copies, too, where the settings say so. Of each group exactly
    one row survives: the first by ``ranking.RANKING``.

    Args:
        keys: table of ``KEY_SCHEMA``: all staged rows, in any order.
        settings: the ``[duplicates]`` section.
        read: reads texts by address, to compare those that may be near copies. Without it there
            are no near copies, and the similarity of revisions is estimated.
        splits: the ``[splits]`` section; without it there are none.
        earlier: ``id``, ``cluster``, ``story`` and ``split`` of the release before: its articles
            keep their splits, and go on to name the groups that they named.

    """
    ranked = rank(keys)
    kinship = relate(ranked, settings, read)
    into = kinship.cluster if "near" in settings.fold else kinship.same
    survivors = _survivors(ranked, kinship, into, splits or Splits(), earlier)
    duplicates = _duplicates(ranked, kinship, into, read)
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
        **{name: ranked.sketch(name, stays) for name in SIGNAL_SCHEMA.names},
    }
    return pa.table([columns[name] for name in SURVIVOR_SCHEMA.names], schema=SURVIVOR_SCHEMA)


def _duplicates(ranked: Ranked, kinship: Kinship, into: Rows, read: TextReader | None) -> pa.Table:
    keys = ranked.plain
    gone = np.flatnonzero(into != np.arange(len(keys)))
    kept = into[gone]
    texts = codes(keys["text_sha256"])
    is_exact = texts[gone] == texts[kept]
    is_near = kinship.same[gone] != kept
    similarity = np.ones(len(gone), np.float32)
    other = np.flatnonzero(~is_exact)
    similarity[other] = _similarity(ranked, gone[other], kept[other], read)
    columns = {
        "batch": keys["batch"].take(gone),
        "row": keys["row"].take(gone),
        "duplicate_of": _ids(keys, kept),
        "kind": pa.array(
            np.select([is_exact, is_near], ["exact", "near"], "revision").tolist(), pa.string()
        ),
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
