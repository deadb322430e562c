"""A row stays in its shard; new rows gather at the end."""

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.publish.placement import place

IDS = st.lists(st.integers(0, 500).map("{:03d}".format), unique=True, max_size=60)


def shards_of(ids, placed):
    """Return the sets of ids by shard."""
    count = int(placed.max()) + 1 if len(placed) else 0
    return [pa.array(sorted(np.array(ids)[placed == shard]), pa.string()) for shard in range(count)]


def put(ids, previous, most):
    return place(pa.array(ids, pa.string()), previous, most)


def test_the_first_release_is_cut_evenly_by_id():
    placed = put(["d", "a", "c", "b", "e"], [], 2)

    assert placed.tolist() == [1, 0, 1, 0, 2]


def test_rows_stay_where_they_were_and_new_ones_follow():
    previous = [pa.array(["a", "c", "d", "e"]), pa.array(["f", "g", "h"])]

    assert put(["b", "a", "c", "d", "f", "h"], previous, 4).tolist() == [2, 0, 0, 0, 1, 1]


def test_small_shards_at_the_end_are_merged():
    previous = [pa.array(["a", "b", "c"]), pa.array(["d"])]

    assert put(["a", "b", "c", "d", "e"], previous, 4).tolist() == [0, 0, 0, 1, 1]


def test_a_shard_that_lost_all_rows_leaves_no_gap():
    previous = [pa.array(["a"]), pa.array(["b"]), pa.array(["c"])]

    assert put(["a", "c"], previous, 1).tolist() == [0, 1]


@given(IDS, IDS, st.integers(1, 20))
def test_every_row_has_a_shard_within_the_limit(before, after, most):
    previous = shards_of(before, put(before, [], most))

    placed = put(after, previous, most)

    sizes = np.bincount(placed) if len(placed) else np.array([0])
    assert len(placed) == len(after)
    assert sizes.max() <= most
    assert not len(after) or sizes.min() > 0


@given(IDS, IDS, st.integers(1, 20))
def test_a_release_is_a_fixed_point(before, after, most):
    previous = shards_of(before, put(before, [], most))
    placed = put(after, previous, most)

    again = put(after, shards_of(after, placed), most)

    assert again.tolist() == placed.tolist()


@given(IDS, st.integers(1, 20), st.randoms())
def test_the_order_of_rows_decides_nothing(ids, most, random):
    shuffled = random.sample(ids, len(ids))

    one, other = put(ids, [], most), put(shuffled, [], most)

    assert dict(zip(ids, one, strict=True)) == dict(zip(shuffled, other, strict=True))


def test_constant_growth_makes_few_shards():
    ids, previous = [], []
    for batch in range(64):
        ids += [f"{batch:03d}-{i}" for i in range(10)]
        previous = shards_of(ids, put(ids, previous, 10_000))

    assert len(previous) <= 7
