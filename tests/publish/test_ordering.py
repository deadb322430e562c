"""Rows of many files come in one order, whether they lay in it or not."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet.publish import ordering
from broadsheet.publish.ordering import Selection, ordered

SCHEMA = pa.schema([("text", pa.large_string()), ("added", pa.int64())])


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.integers(0, 3), max_size=40),
    st.randoms(use_true_random=False),
    st.sets(st.integers(0, 3)),
)
def test_files_in_order_and_others_give_the_same(tmp_path_factory, file_of, chance, in_order):
    folder = tmp_path_factory.mktemp("files")
    selections = []
    for number in range(4):
        positions = [place for place, file in enumerate(file_of) if file == number]
        if number not in in_order:
            chance.shuffle(positions)
        path = folder / str(number)
        texts = [f"text {place}" for place in positions]
        table = pa.table({"text": pa.array(["left out", *texts], pa.large_string())})
        pq.write_table(table, path, row_group_size=3)
        if positions:
            added = pa.table({"added": pa.array(positions, pa.int64())})
            rows = np.arange(1, len(table))
            selections.append(Selection(path, rows, np.array(positions), added))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ordering, "MIN_BUCKET_ROWS", 7)
        portions = [SCHEMA.empty_table(), *ordered(selections, SCHEMA, folder)]

    table = pa.concat_tables(portions)
    assert table["text"].to_pylist() == [f"text {place}" for place in range(len(file_of))]
    assert table["added"].to_pylist() == list(range(len(file_of)))
    assert not list(folder.glob(".spill-*"))
