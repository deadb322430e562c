"""Naming a group of articles by one of them, by the same one as long as it is there."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from broadsheet.deduplicate.columns import Selects, read_all
from broadsheet.deduplicate.groups import Rows


def group_labels(
    ids: pa.ChunkedArray, ranks: Rows, groups: Rows, earlier: Selects | None, column: str
) -> pa.ChunkedArray:
    """Return for each article the id of the article that its group is named by.

    That is the first that named its group in the release before, and otherwise the first: an
    article that joins a group changes the label of no other.

    Args:
        ids: ids of the published articles.
        ranks: their ranks, which say who is first.
        groups: number of each article's group.
        earlier: ``id`` and labels of the release before.
        column: which of its labels.

    """
    named_before = np.zeros(len(groups), np.bool_)
    if earlier is not None:
        known = read_all(earlier, ["id", column])
        names = known["id"].filter(pc.equal(known["id"], known[column]).fill_null(False))
        named_before = np.asarray(pc.is_in(ids, value_set=names))
    order = np.lexsort((ranks, ~named_before, groups))
    _, first, group = np.unique(groups[order], return_index=True, return_inverse=True)
    heads = np.empty(len(groups), np.int64)
    heads[order] = order[first][group]
    return ids.combine_chunks().take(pa.array(heads))
