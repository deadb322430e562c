"""Which shard a row goes to: the one it was in, so that a growing corpus rewrites little.

Sorting all rows by id anew would scatter the rows of one added file over every shard, and each
would have to be written and uploaded again. Instead a row stays in the shard of the previous
release, and new rows form new shards at the end. Small shards at the end are merged as in a
log-structured merge tree (O'Neil et al., 1996), so that there are never many: one is merged with
what comes after it where that is at least as large.

The placement is a function of the rows and of the previous release alone, and a release is a fixed
point of it: placed by its own shards, it stays as it is. So a release can be rebuilt from its raw
files and itself.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Integers = npt.NDArray[np.int64]


def place(ids: pa.Array, previous: Sequence[pa.Array], rows_per_shard: int) -> Integers:
    """Return the shard of each row.

    Args:
        ids: the rows' ids, unique, in any order.
        previous: the ids in each shard of the previous release, in the order of the shards.
        rows_per_shard: most rows in a shard.

    Returns:
        For each id the number of its shard; shards are numbered from 0 without a gap.

    """
    homes = _homes(ids, previous)
    sizes = [int(n) for n in np.bincount(homes[homes >= 0], minlength=len(previous))]
    if any(size > rows_per_shard for size in sizes):  # the limit was lowered: begin anew
        homes, sizes = np.full(len(ids), -1, np.int64), []
    is_new = homes < 0
    n_new = int(is_new.sum())
    while n_new and sizes and sizes[-1] <= n_new and sizes[-1] + n_new <= rows_per_shard:
        is_new |= homes == len(sizes) - 1
        n_new += sizes.pop()
    homes[is_new] = len(sizes) + _even_parts(ids.filter(pa.array(is_new)), rows_per_shard)
    return np.unique(homes, return_inverse=True)[1].astype(np.int64)


def _homes(ids: pa.Array, previous: Sequence[pa.Array]) -> Integers:
    """Return for each id the previous shard that holds it, -1 where none does."""
    if not previous:
        return np.full(len(ids), -1, np.int64)
    known = pa.concat_arrays([shard.cast(ids.type) for shard in previous])
    shards = np.repeat(np.arange(len(previous)), [len(shard) for shard in previous])
    found = pc.fill_null(pc.index_in(ids, value_set=known), -1).to_numpy(zero_copy_only=False)
    return np.where(found < 0, -1, shards[found] if len(shards) else -1).astype(np.int64)


def _even_parts(ids: pa.Array, most: int) -> Integers:
    """Cut ids, in their order, into the fewest parts of nearly equal size."""
    ranks = np.empty(len(ids), np.int64)
    ranks[pc.sort_indices(ids).to_numpy()] = np.arange(len(ids))
    parts = -(-len(ids) // most)
    return ranks * parts // max(len(ids), 1)
