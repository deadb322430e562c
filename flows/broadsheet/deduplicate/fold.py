"""Choosing which of several copies stays, and accounting for the others."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from broadsheet.config import Duplicates
from broadsheet.deduplicate.groups import Rows, components, edges_of_equals
from broadsheet.deduplicate.signatures import resemblance, signatures_from_arrow

SURVIVOR_SCHEMA: Final = pa.schema(
    [
        pa.field("batch", pa.int32(), nullable=False),
        pa.field("row", pa.int64(), nullable=False),
        pa.field("duplicate_count", pa.int32(), nullable=False),
        pa.field("cluster", pa.string(), nullable=False),
    ]
)
DUPLICATE_SCHEMA: Final = pa.schema(
    [
        pa.field("batch", pa.int32(), nullable=False),
        pa.field("row", pa.int64(), nullable=False),
        pa.field("duplicate_of", pa.string(), nullable=False),
        pa.field("kind", pa.string(), nullable=False),
        pa.field("similarity", pa.float32(), nullable=False),
    ]
)

_RANKING: Final = (
    ("completeness", "descending"),
    ("published_on", "ascending"),
    ("published_at", "ascending"),
    ("id", "ascending"),
    ("source_path", "ascending"),
    ("source_member", "ascending"),
    ("source_offset", "ascending"),
    ("text_sha256", "ascending"),
    ("batch", "ascending"),
    ("row", "ascending"),
)
"""Who stays: the most complete, then the earliest, then the least id; the place where it lies
only breaks ties, so that the order of the input decides nothing. Nulls come last."""


@dataclass(frozen=True, slots=True)
class Folding:
    """Which staged rows are published, and which are folded into one of those.

    Attributes:
        survivors: table of ``SURVIVOR_SCHEMA``, by address: the published rows.
        duplicates: table of ``DUPLICATE_SCHEMA``, by address: all other rows.

    """

    survivors: pa.Table
    duplicates: pa.Table


def fold(keys: pa.Table, settings: Duplicates) -> Folding:
    """Group copies and keep one of each group.

    Rows with the same text, and rows of the same page (URL or id), are copies, as are those that a
    chain of such pairs links. Of each group exactly one row survives: the first by ``_RANKING``.

    Args:
        keys: table of ``KEY_SCHEMA``: all staged rows, in any order.
        settings: the ``[duplicates]`` section.

    """
    keys = _ranked(keys)
    survivor = _survivors(keys, settings)
    is_survivor = survivor == np.arange(len(keys))
    copies = np.bincount(survivor, minlength=len(keys)) - 1
    ids = keys["id"]
    survivors = pa.table(
        [
            keys["batch"].filter(is_survivor),
            keys["row"].filter(is_survivor),
            pa.array(copies[is_survivor].astype(np.int32)),
            ids.filter(is_survivor),
        ],
        schema=SURVIVOR_SCHEMA,
    )
    return Folding(_by_address(survivors), _by_address(_duplicates(keys, survivor)))


def _ranked(keys: pa.Table) -> pa.Table:
    """Return the keys so that of any group the one to keep comes first."""
    order = pc.sort_indices(keys, sort_keys=list(_RANKING))
    return keys.take(order).combine_chunks()


def _survivors(keys: pa.Table, settings: Duplicates) -> Rows:
    """Return for each ranked row the row that it is folded into, itself if it stays."""
    columns = ["id", "url"]  # ids are unique in a release, whatever the settings say
    if "exact" in settings.fold:
        columns.append("text_sha256")
    edges = [edges_of_equals(codes(keys[name])) for name in columns]
    return components(
        len(keys),
        np.concatenate([left for left, _ in edges]),
        np.concatenate([right for _, right in edges]),
    )


def _duplicates(keys: pa.Table, survivor: Rows) -> pa.Table:
    folded = np.flatnonzero(survivor != np.arange(len(keys)))
    into = survivor[folded]
    texts = codes(keys["text_sha256"])
    is_exact = texts[folded] == texts[into]
    return pa.table(
        [
            keys["batch"].take(folded),
            keys["row"].take(folded),
            keys["id"].take(into),
            pa.array(np.where(is_exact, "exact", "revision").tolist(), pa.string()),
            pa.array(_similarity(keys, folded, into, is_exact)),
        ],
        schema=DUPLICATE_SCHEMA,
    )


def _similarity(
    keys: pa.Table, left: Rows, right: Rows, is_exact: NDArray[np.bool_]
) -> NDArray[np.float32]:
    signatures = signatures_from_arrow(keys["signature"])
    estimate = resemblance(signatures[left], signatures[right])
    return np.where(is_exact, np.float32(1), estimate)


def codes(column: pa.ChunkedArray) -> Rows:
    """Return a number for each distinct value of a column, -1 for null."""
    indices = pc.rank(column, sort_keys="ascending", tiebreaker="dense")
    return np.where(np.asarray(column.is_valid()), np.asarray(indices).astype(np.int64), -1)


def _by_address(table: pa.Table) -> pa.Table:
    return table.sort_by([("batch", "ascending"), ("row", "ascending")])
