"""What is known of rows spares reading them, and changes no difference that is found."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet.publish import stretches
from broadsheet.publish.rows import Known
from broadsheet.publish.stretches import differences
from broadsheet.tables import ARTICLE

ROWS = st.dictionaries(st.integers(0, 30), st.tuples(st.integers(0, 2), st.integers(0, 2)))


def write(path, rows):
    """Write articles by number, each with a text and a count, in two shards; return them."""
    paths = [path.with_suffix(f".{part}") for part in range(2)]
    for part, shard in enumerate(paths):
        numbers = sorted(number for number in rows if number % 2 == part)
        columns = {
            f.name: pa.array([plainest(f.type)] * len(numbers), f.type) for f in ARTICLE.schema
        }
        columns |= {
            "id": pa.array([f"{n:03}" for n in numbers], pa.string()),
            "outlet": pa.array([str(n % 3) for n in numbers], pa.string()),
            "text": pa.array([str(rows[n][0]) for n in numbers], pa.large_string()),
            "duplicate_count": pa.array([rows[n][1] for n in numbers], pa.int32()),
        }
        pq.write_table(pa.table(columns, schema=ARTICLE.schema), shard, row_group_size=3)
    return paths


@pytest.mark.parametrize("most_revised", [0, 10_000])
@settings(deadline=None, max_examples=30)
@given(ROWS, ROWS)
def test_known_rows_change_nothing(tmp_path_factory, most_revised, before, after):
    folder = tmp_path_factory.mktemp("shards")
    old, new = write(folder / "old", before), write(folder / "new", after)
    same, alike = {}, {}
    for path in (*old, *new):
        ids = [int(i) for i in pq.read_table(path, columns=["id"])["id"].to_pylist()]
        texts = [before.get(i, (-1,))[0] == after.get(i, (-2,))[0] for i in ids]
        alike[path] = np.array(texts, np.bool_)
        same[path] = np.array([before.get(i) == after.get(i) for i in ids], np.bool_)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stretches, "_MOST_REVISED", most_revised)
        found = list(differences(old, new, Known(same, alike)))

    expected = list(differences(old, new))
    assert changes_of(found) == changes_of(expected)
    for kind in ("added", "removed", "after"):
        assert outlets_of(found, kind) == outlets_of(expected, kind)


def plainest(kind):
    """Return the plainest value of an Arrow type."""
    if pa.types.is_list(kind):
        return []
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return ""
    return False if pa.types.is_boolean(kind) else 0


def changes_of(found):
    """Return all changes, in the order in which they came."""
    return [row for stretch in found for row in stretch.changes.to_pylist()]


def outlets_of(found, kind):
    """Return id and outlet of the rows of a kind, by id."""
    return sorted(
        (row["id"], row["outlet"])
        for stretch in found
        for row in getattr(stretch, kind).to_pylist()
    )
