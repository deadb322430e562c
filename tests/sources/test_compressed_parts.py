"""Large compressed files are read in parts, and come to what they come to as one."""

import bz2
import gzip
import lzma
from collections.abc import Callable

import pytest

from broadsheet.config import Sources
from broadsheet.reasons import Reason
from broadsheet.records import RawRecord, Rejection
from broadsheet.sources import Batch, discover, plan_batches, read_batch
from broadsheet.sources.streams import zstd

SMALL = Sources(batch_bytes=2**16, batch_records=100, max_ratio=200)
WHOLE = Sources(max_ratio=200)
COMPRESS: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zst": zstd.compress,
}


def story(number: int) -> str:
    return (
        f"Story {number}: the ferry of Hollin ran aground {'again ' * (number % 7)}on day {number}."
    )


LINES = b"".join(b'{"text": "%s"}\n' % story(n).encode() for n in range(1_000))
ROWS = b"title,text\n" + b"".join(
    b'%d,"%s\nLine two."\n' % (n, story(n).encode()) for n in range(1_000)
)
RECORDS = b"".join(
    b"WARC/1.0\r\nWARC-Type: conversion\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n"
    b"%s\r\n\r\n" % (len(text), text)
    for text in (story(n).encode() * 5 for n in range(1_000))
)
FILES = {"a.jsonl": LINES, "a.csv": ROWS, "a.warc": RECORDS}


def read(root, settings) -> tuple[list, tuple[Batch, ...]]:
    batches = plan_batches(discover(root, settings).files, settings)
    batches = tuple(Batch.from_json(batch.to_json()) for batch in batches)
    return [item for b in batches for item in read_batch(root, b, settings)], batches


@pytest.mark.parametrize(
    ("name", "kind"),
    [(n, k) for n in FILES for k in COMPRESS if (n, k) != ("a.warc", "gz")],  # cut by its members
)
def test_parts_come_to_the_same_as_the_whole(tmp_path, name, kind):
    (tmp_path / f"{name}.{kind}").write_bytes(COMPRESS[kind](FILES[name]))

    items, batches = read(tmp_path, SMALL)

    assert len(batches) > 3
    assert max(span.size for b in batches for span in b.spans) <= SMALL.batch_bytes
    assert items == read(tmp_path, WHOLE)[0]
    assert sum(isinstance(item, RawRecord) for item in items) == 1_000


def test_members_one_behind_the_other(tmp_path):
    half = LINES.index(b"\n", len(LINES) // 2) - 20  # in mid-record
    packed = gzip.compress(LINES[:half]) + gzip.compress(LINES[half:])
    (tmp_path / "a.jsonl.gz").write_bytes(packed)

    items, batches = read(tmp_path, SMALL)

    assert len(batches) > 3
    assert items == read(tmp_path, WHOLE)[0]


@pytest.mark.parametrize("kind", COMPRESS)
def test_a_stream_that_ends_early_is_noticed_behind_its_last_part(tmp_path, kind):
    packed = COMPRESS[kind](LINES)
    (tmp_path / f"a.jsonl.{kind}").write_bytes(packed[: len(packed) - 30])

    items, _ = read(tmp_path, SMALL)

    assert isinstance(items[-1], Rejection)
    assert items[-1].reason == Reason.STREAM_TRUNCATED
    assert items == read(tmp_path, WHOLE)[0]


def test_bytes_behind_the_end_are_noted_on_the_last_record(tmp_path):
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(LINES) + b"junk")

    items, batches = read(tmp_path, SMALL)

    assert len(batches) > 3
    assert [item.notes for item in items if item.notes] == [(Reason.STREAM_TRAILING,)]
    assert items[-1].notes


def test_parts_behind_and_before_a_change_stay_what_they_were(tmp_path):
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(LINES))
    before = {batch.spans[0].sha256 for batch in read(tmp_path, SMALL)[1]}

    path.write_bytes(gzip.compress(LINES.replace(b"Story 500:", b"Story five hundred:")))
    after = {batch.spans[0].sha256 for batch in read(tmp_path, SMALL)[1]}

    assert len(after - before) == 1


def test_a_file_that_was_written_anew_is_not_read(tmp_path):
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(LINES))
    batches = plan_batches(discover(tmp_path, SMALL).files, SMALL)

    path.write_bytes(gzip.compress(LINES.replace(b"ferry", b"boat")))
    (item,) = read_batch(tmp_path, batches[1], SMALL)

    assert isinstance(item, Rejection)
    assert item.reason == Reason.IO_CHANGED
