import datetime as dt

import pyarrow as pa
import pyarrow.feather
import pyarrow.ipc
import pyarrow.parquet as pq
import pytest

from broadsheet.config import Sources
from broadsheet.reasons import Reason
from broadsheet.records import RawRecord, Rejection
from broadsheet.sources import Batch, discover, plan_batches, read_batch
from broadsheet.sources.tables_in_parts import arrow_layout

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
    table = pa.table({"text": [f"Story {n} {n * 7919 % 1000003}" for n in range(4_000)]})
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
    reasons = {item.reason for item in items if isinstance(item, Rejection)}
    assert reasons <= {Reason.TABLE_DAMAGED, Reason.CONTENT_EMPTY, Reason.STREAM_TRUNCATED}
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


def damaged_parquet(path, table):
    pq.write_table(table, path, row_group_size=500, write_page_checksum=True)
    second = pq.read_metadata(path).row_group(1).column(0)
    return second.dictionary_page_offset + second.total_compressed_size // 2


def damaged_arrow(open_writer):
    def write(path, table):
        options = pa.ipc.IpcWriteOptions(compression="zstd")
        with open_writer(path, table.schema, options=options) as writer:
            writer.write_table(table, 500)
        with pa.OSFile(path) as file:
            second = arrow_layout(file).groups[1]
        return second.stop - 200

    return write


DAMAGED = {
    "a.parquet": damaged_parquet,
    "a.arrow": damaged_arrow(pa.ipc.new_file),
    "a.arrows": damaged_arrow(pa.ipc.new_stream),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_damage_in_one_group_costs_no_row_of_another(tmp_path, read, name):
    texts = [f"Story {n} {n * 7919 % 1000003}" for n in range(1_500)]
    at = DAMAGED[name](str(tmp_path / name), pa.table({"text": texts}))
    raw = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(raw[:at] + b"\xff" * 100 + raw[at + 100 :])

    items = read()

    assert [item.source.member for item in items] == [f"row {n}" for n in range(1_500)]
    assert [item.text for item in items[:500]] == texts[:500]
    assert [item.text for item in items[1_000:]] == texts[1_000:]
    lost = [item for item in items if isinstance(item, Rejection)]
    assert lost[-1].source.member == "row 999"
    assert {item.reason for item in lost} == {Reason.TABLE_DAMAGED}


def test_a_flipped_letter_is_noticed_where_pages_have_checksums(tmp_path, read):
    path = tmp_path / "a.parquet"
    texts = ["The ferry ran aground.", "The harbour froze."]
    table = pa.table({"text": texts})
    pq.write_table(
        table,
        path,
        row_group_size=1,
        compression="none",
        write_page_checksum=True,
    )
    path.write_bytes(path.read_bytes().replace(b"ferry", b"fairy"))

    lost, record = read()

    assert (lost.source.member, lost.reason) == ("row 0", Reason.TABLE_DAMAGED)
    assert record.text == "The harbour froze."


def grouped(path, table):
    pq.write_table(table, path, row_group_size=500)


def one_group(path, table):
    pq.write_table(table, path, row_group_size=1_000_000)


def in_batches(open_writer):
    def write_table(path, table):
        with open_writer(path, table.schema) as writer:
            writer.write_table(table, max_chunksize=500)

    return write_table


LARGE_WRITERS = {
    "a.parquet": grouped,
    "b.parquet": one_group,
    "a.arrow": in_batches(pa.ipc.new_file),
    "b.arrow": arrow_file,
    "a.arrows": in_batches(pa.ipc.new_stream),
}
SMALL_BATCHES = Sources(batch_records=1_000)


def large(count):
    return pa.table(
        {
            "text": [f"Story {n} {n * 7919 % 1000003}" for n in range(count)],
            "language": pa.array(["en", "nb"] * (count // 2)).dictionary_encode(),
        }
    )


@pytest.mark.parametrize("name", LARGE_WRITERS)
def test_a_large_table_is_several_batches_and_every_row_is_read_once(tmp_path, name):
    table = large(7_300)
    LARGE_WRITERS[name](str(tmp_path / name), table)
    batches = plan_batches(discover(tmp_path, SMALL_BATCHES).files, SMALL_BATCHES)

    found = [
        read_batch(tmp_path, Batch.from_json(batch.to_json()), SMALL_BATCHES) for batch in batches
    ]

    assert len(batches) >= 8
    assert all(0 < len(items) <= SMALL_BATCHES.batch_records for items in found)
    items = [item for items in found for item in items]
    assert [item.text for item in items] == table["text"].to_pylist()
    assert [item.source.member for item in items] == [f"row {n}" for n in range(7_300)]
    assert items[-1].fields == {"language": ("nb",)}
    assert len({batch.digest for batch in batches}) == len(batches)


@pytest.mark.parametrize("name", LARGE_WRITERS)
def test_a_part_says_of_a_row_what_the_whole_file_says(tmp_path, read, name):
    LARGE_WRITERS[name](str(tmp_path / name), large(7_300))

    assert read(batch_records=1_000) == read()


@pytest.mark.parametrize("name", LARGE_WRITERS)
@pytest.mark.parametrize("at", [-30, -5_000])
def test_a_table_that_changed_is_noticed(tmp_path, name, at):
    path = tmp_path / name
    LARGE_WRITERS[name](str(path), large(7_300))
    batches = plan_batches(discover(tmp_path, SMALL_BATCHES).files, SMALL_BATCHES)
    raw = bytearray(path.read_bytes())
    raw[at] ^= 1
    path.write_bytes(raw)

    last = read_batch(tmp_path, batches[-1], SMALL_BATCHES)

    assert [item.reason for item in last] == [Reason.IO_CHANGED]


def test_record_batches_behind_a_change_stay_as_they_were(tmp_path):
    def digests(table):
        in_batches(pa.ipc.new_stream)(str(tmp_path / "a.arrows"), table)
        (file,) = discover(tmp_path, SMALL_BATCHES).files
        return {part.sha256 for part in file.parts}

    before = digests(large(8_000))

    assert len(digests(large(10_000)) & before) >= len(before) - 2


@pytest.mark.parametrize("name", ["a.parquet", "a.arrow", "a.arrows"])
def test_any_flipped_byte_of_a_large_table_is_survived(tmp_path, read, name):
    path = tmp_path / name
    LARGE_WRITERS[name](str(path), large(1_000))
    raw = path.read_bytes()
    step = len(raw) // 30

    for at in [*range(0, len(raw), step), *range(len(raw) - 200, len(raw), 11)]:
        path.write_bytes(raw[:at] + bytes([raw[at] ^ 0xFF]) + raw[at + 1 :])
        items = read(batch_records=250)
        assert all(isinstance(item, RawRecord | Rejection) for item in items)
