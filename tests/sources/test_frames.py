import datetime as dt

import pyarrow as pa
import pyarrow.feather
import pyarrow.ipc
import pyarrow.parquet as pq
import pytest

from broadsheet.reasons import Reason
from broadsheet.records import RawRecord

ROWS = pa.table(
    {
        "id": [1, 2, 3],
        "title": ["Ferry", None, "Bridge"],
        "text": pa.array(["Aground.", "Frozen over.", None], pa.large_string()),
        "authors": [["Ida Vell", "Tom Rask"], [], None],
        "date": pa.array(
            [dt.datetime(2024, 5, 1, 10, tzinfo=dt.UTC)] * 3, pa.timestamp("ns", "Europe/Oslo")
        ),
        "modified": pa.array([dt.date(2024, 5, 2)] * 3),
        "language": pa.array(["en", "en", None]).dictionary_encode(),
    }
)


def parquet(path, table):
    pq.write_table(table, path, row_group_size=2)


def arrow_file(path, table):
    with pa.ipc.new_file(path, table.schema) as writer:
        writer.write_table(table)


def arrow_stream(path, table):
    with pa.ipc.new_stream(path, table.schema) as writer:
        writer.write_table(table)


WRITERS = {
    "a.parquet": parquet,
    "a.arrow": arrow_file,
    "a.arrows": arrow_stream,
    "a.feather": lambda path, table: pyarrow.feather.write_feather(table, path),
}


@pytest.mark.parametrize("name", WRITERS)
def test_a_row_is_a_record(tmp_path, read, name):
    WRITERS[name](str(tmp_path / name), ROWS)

    first, second, third = read()

    assert (first.text, second.text) == ("Aground.", "Frozen over.")
    assert first.fields == {
        "title": ("Ferry",),
        "author": ("Ida Vell", "Tom Rask"),
        "published": ("2024-05-01T10:00:00.000000+00:00",),
        "modified": ("2024-05-02",),
        "language": ("en",),
    }
    assert third.reason == Reason.CONTENT_EMPTY
    assert [item.source.member for item in (first, second, third)] == ["row 0", "row 1", "row 2"]


def test_an_address_does_not_depend_on_columns_that_are_not_read(tmp_path, read):
    parquet(str(tmp_path / "a.parquet"), ROWS)
    parquet(str(tmp_path / "b.parquet"), ROWS.drop_columns(["id"]))

    items = read()

    assert items[0].source.sha256 == items[3].source.sha256


def test_a_large_file_is_read_from_disk_row_by_row(tmp_path, read):
    table = pa.table({"text": [f"Story {n} {n * 7919 % 1000003}" for n in range(20_000)]})
    parquet(str(tmp_path / "a.parquet"), table)

    items = read(batch_bytes=2**16)

    assert [item.text for item in items] == table["text"].to_pylist()


def test_a_table_without_text_says_what_it_has(tmp_path, read):
    parquet(str(tmp_path / "a.parquet"), pa.table({"story": ["x"], "when": ["y"]}))

    (rejection,) = read()

    assert rejection.reason == Reason.SCHEMA_TEXT
    assert "story, when" in rejection.detail


def test_a_mapped_column_is_read(tmp_path, read):
    parquet(str(tmp_path / "a.parquet"), pa.table({"story": ["x"], "when": ["y"]}))

    (record,) = read(columns={"text": "story", "published": "when"})

    assert (record.text, record.fields) == ("x", {"published": ("y",)})


@pytest.mark.parametrize("name", WRITERS)
@pytest.mark.parametrize("share", [0.0, 0.3, 0.6, 0.97])
def test_a_cut_file_is_set_aside_and_nothing_is_made_up(tmp_path, read, name, share):
    path = tmp_path / name
    WRITERS[name](str(path), ROWS)
    raw = path.read_bytes()
    path.write_bytes(raw[: int(len(raw) * share)])

    items = read()

    assert items
    texts = [item.text for item in items if isinstance(item, RawRecord)]
    assert texts in ([], ["Aground.", "Frozen over."])


@pytest.mark.parametrize("name", WRITERS)
def test_any_flipped_byte_is_survived(tmp_path, read, name):
    path = tmp_path / name
    WRITERS[name](str(path), ROWS)
    raw = path.read_bytes()

    for at in range(0, len(raw), 37):
        path.write_bytes(raw[:at] + bytes([raw[at] ^ 0xFF]) + raw[at + 1 :])
        assert isinstance(read(), list)
