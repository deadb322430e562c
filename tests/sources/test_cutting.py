import gzip
import hashlib
import io

import orjson
import pytest

from broadsheet.config import Sources
from broadsheet.records import RawRecord
from broadsheet.sources import discover, plan_batches, read_batch

SETTINGS = Sources(batch_bytes=2**18, batch_records=5_000)


def story(number: int) -> str:
    return f"Story {number}: {hashlib.sha512(b'%d' % number).hexdigest() * 2}"


def jsonl(numbers) -> bytes:
    return b"".join(orjson.dumps({"text": story(n)}) + b"\n" for n in numbers)


def csv(numbers) -> bytes:
    rows = (f'{n},"{story(n)}\n""quoted"""\n'.encode() for n in numbers)
    return b"number,text\n" + b"".join(rows)


def warc_record(number: int) -> bytes:
    block = f"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n{story(number)}".encode()
    head = f"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: {len(block)}\r\n\r\n"
    return head.encode() + block + b"\r\n\r\n"


def warc(numbers) -> bytes:
    return b"".join(map(warc_record, numbers))


def warc_gz(numbers) -> bytes:
    return b"".join(gzip.compress(warc_record(n), mtime=0) for n in numbers)


WRITERS = {"a.jsonl": jsonl, "a.csv": csv, "a.warc": warc, "a.warc.gz": warc_gz}


def batches_of(root):
    return plan_batches(discover(root, SETTINGS).files, SETTINGS)


@pytest.mark.parametrize("name", WRITERS)
def test_a_large_file_is_several_batches_and_every_record_is_read_once(tmp_path, write, name):
    path = write(name, WRITERS[name](range(8_000)))
    batches = batches_of(tmp_path)

    records = [read_batch(tmp_path, batch, SETTINGS) for batch in batches]

    assert len(batches) > 3
    assert all(len(found) <= SETTINGS.batch_records for found in records)
    assert all(batch.size <= SETTINGS.batch_bytes for batch in batches)
    flat = [record for found in records for record in found]
    assert all(isinstance(record, RawRecord) for record in flat)
    assert [record.text.split(":")[0] for record in flat] == [f"Story {n}" for n in range(8_000)]
    raw = path.read_bytes()
    for record in flat[::97]:
        place = record.source
        found = raw[place.offset : place.offset + place.length]
        assert hashlib.sha256(found).hexdigest() == place.sha256


@pytest.mark.parametrize("name", WRITERS)
def test_a_change_leaves_the_other_parts_as_they_were(tmp_path, write, name):
    numbers = list(range(8_000))
    write(name, WRITERS[name](numbers))
    before = {span.sha256 for batch in batches_of(tmp_path) for span in batch.spans}

    write(name, WRITERS[name]([*numbers[:3_000], 99_999, *numbers[3_000:], 100_000]))
    after = {span.sha256 for batch in batches_of(tmp_path) for span in batch.spans}

    assert len(after & before) >= len(before) - 3


def test_short_lines_are_bounded_by_their_number(tmp_path, write):
    write("a.jsonl", b'{"text": "Brief."}\n' * 60_000)

    batches = batches_of(tmp_path)

    assert max(len(read_batch(tmp_path, b, SETTINGS)) for b in batches) <= 5_000


def test_a_changed_header_changes_every_part(tmp_path, write):
    raw = csv(range(8_000))
    write("a.csv", raw)
    before = {span.sha256 for batch in batches_of(tmp_path) for span in batch.spans}

    write("a.csv", raw.replace(b"number,text", b"nomber,text", 1))
    after = {span.sha256 for batch in batches_of(tmp_path) for span in batch.spans}

    assert not after & before


def test_a_wide_encoding_is_not_cut(tmp_path, write):
    write("a.jsonl", jsonl(range(8_000)).decode().encode("utf-16"))

    assert len(batches_of(tmp_path)) == 1


def test_a_part_that_changed_is_noticed(tmp_path, write):
    path = write("a.jsonl", jsonl(range(8_000)))
    batches = batches_of(tmp_path)
    raw = bytearray(path.read_bytes())
    raw[-100] ^= 1
    path.write_bytes(raw)

    reasons = [
        item.reason
        for batch in batches
        for item in read_batch(tmp_path, batch, SETTINGS)
        if not isinstance(item, RawRecord)
    ]

    assert reasons == ["io.changed"]


def test_the_parts_are_the_file(tmp_path, write):
    raw = csv(range(8_000))
    write("a.csv", raw)
    (file,) = discover(tmp_path, SETTINGS).files

    stream = io.BytesIO(raw)
    assert b"".join(stream.read(part.stop - part.start) for part in file.parts) == raw
