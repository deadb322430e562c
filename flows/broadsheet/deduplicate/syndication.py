"""Wire copy told from other copies: one agency's text at several outlets."""

from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from broadsheet.deduplicate.groups import Rows, codes
from broadsheet.deduplicate.ranking import Ranked

_LEAST_OUTLETS: Final = 2


def syndicated_agencies(ranked: Ranked, cluster: Rows, rows: Rows) -> pa.ChunkedArray:
    """Return for some rows the agency whose text each carries, null where it is no syndicated copy.

    A cluster of copies is syndicated where it spans several known outlets and a copy credits an
    agency; the agency that most copies credit, the first by name of several, is said of all of
    them, as an outlet that prints the same words without credit prints the same agency's.

    Args:
        ranked: all rows.
        cluster: for each row the row that stands for its cluster.
        rows: those to be told of.

    """
    shared = np.flatnonzero(np.bincount(cluster, minlength=len(cluster))[cluster] >= _LEAST_OUTLETS)
    found = _agencies(ranked.take(["agencies", "outlet", "outlet_domain"], shared), cluster[shared])
    place = np.minimum(np.searchsorted(shared, rows), max(len(shared) - 1, 0))
    is_shared = shared[place] == rows if len(shared) else np.zeros(len(rows), np.bool_)
    return pa.chunked_array([found.take(pa.array(place, mask=~is_shared))])


def _agencies(keys: pa.Table, cluster: Rows) -> pa.Array:
    """Return the same for rows that share their clusters, whatever the clusters are called."""
    cluster = np.unique(cluster, return_inverse=True)[1]
    n_outlets = np.maximum(
        _distinct(codes(keys["outlet_domain"]), cluster), _distinct(codes(keys["outlet"]), cluster)
    )
    lists = keys["agencies"].combine_chunks()
    credited = pa.table(
        {
            "cluster": cluster[np.asarray(pc.list_parent_indices(lists))],
            "agency": pc.list_flatten(lists),
        }
    )
    counted = credited.group_by(["cluster", "agency"]).aggregate([([], "count_all")])
    # The most credited comes last and so is what remains.
    counted = counted.sort_by([("count_all", "ascending"), ("agency", "descending")])
    chosen = np.full(len(cluster), -1)
    chosen[np.asarray(counted["cluster"])] = np.arange(len(counted))
    place = chosen[cluster]
    is_none = (place < 0) | (n_outlets[cluster] < _LEAST_OUTLETS)
    return counted["agency"].combine_chunks().take(pa.array(place, mask=is_none))


def _distinct(values: Rows, cluster: Rows) -> Rows:
    """Return the number of distinct known values in each cluster, at the row that stands for it.

    An outlet may be known by its name alone or by its domain alone: neither is counted twice.
    """
    known = np.unique(np.stack([cluster, values], axis=1)[values >= 0], axis=0)
    return np.bincount(known[:, 0], minlength=len(cluster))
