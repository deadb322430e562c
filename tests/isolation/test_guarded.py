"""A batch whose files crash, hang or exhaust the process that reads them: they alone are lost."""

import csv
import gzip
import io
import json
import random
import tarfile
import zipfile
from functools import partial

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from broadsheet.config import Config, Sources
from broadsheet.isolation import Limits
from broadsheet.pipeline import guarded
from broadsheet.reasons import Reason
from broadsheet.records import RawRecord, Rejection
from broadsheet.sources import discover, plan_batches, read_batch

CONFIG = {
    "dataset": {"name": "a", "pretty_name": "A", "description": "A", "license": "cc0-1.0"},
    "text": {"min_words": 5},
}
# The whole work of a batch, but text files that begin with a command do it: real deaths, as a
# fault of a library in native code would be one, while reading, refining or signing. The libraries
# that read JSON, CSV, Parquet and compressed WARC records die of a command in what they are given.
MODULE = """
import ctypes, os, time
import csv, email, re, types
import dataclasses
import orjson
import pyarrow.parquet as pq
from broadsheet import parse, refinement
from broadsheet.sources import (
    csvs, formats, frames, insides, jsons, mails, streams, table_rows, texts, warc_records, warcs,
    xmls,
)

def die(how):
    if how == "segfault":
        ctypes.string_at(0)
    elif how == "hang":
        while True:
            pass
    elif how == "sleep":
        time.sleep(600)
    elif how == "allocate":
        kept = []
        while True:
            kept.append(b"x" * 2**24)
    elif how == "fault":
        raise KeyError("a mistake of our own")

read_text, parse_many = texts.read_text, parse.parse_many

def read(blob, settings):
    for item in read_text(blob, settings):
        word, _, how = item.text.partition(" ")
        if word == "READ":
            die(how.split()[0])
        yield item

def refine(records, recurring):
    for record in records:
        word, _, how = record.text.partition(" ")
        if word == "PARSE":
            die(how.split()[0])
    return parse_many(records, recurring)

def obeying(work, told):
    def obey(given, *others, **named):
        if found := re.search(rb"DECODE (\\w+)", told(given)):
            die(found[1].decode())
        return work(given, *others, **named)
    return obey

def of_row(values):
    return str(values).encode()

def rows(lines, **named):
    def obeyed():
        for line in lines:
            obeying(str, str.encode)(line)
            yield line
    return csv.reader(obeyed(), **named)

jsons.orjson = types.SimpleNamespace(**vars(orjson))
jsons.orjson.loads = obeying(orjson.loads, bytes)
table_rows.orjson = types.SimpleNamespace(**vars(orjson))
table_rows.orjson.dumps = obeying(orjson.dumps, of_row)
class Obeying(pq.ParquetFile):
    def iter_batches(self, *sizes, **named):
        for batch in super().iter_batches(*sizes, **named):
            if "GROUP" in str(batch.to_pylist()):
                die("segfault")
            yield batch

frames.pq = types.SimpleNamespace(**vars(pq))
frames.pq.ParquetFile = Obeying
validated = frames.validated
def refused(batch):
    if "GROUP" in str(batch.to_pylist()):
        die("segfault")
    return validated(batch)

frames.validated = refused
csvs.csv = types.SimpleNamespace(**vars(csv))
csvs.csv.reader = rows
inflate = warc_records._inflate
def inflated(raw, start, limit):
    found = inflate(raw, start, limit)
    obeying(bytes, bytes)(found[0])
    return found
warc_records._inflate = inflated
warcs.decode = obeying(warcs.decode, bytes)
parsed = obeying(email.message_from_bytes, bytes)
mails.email = types.SimpleNamespace(message_from_bytes=parsed, policy=email.policy)
to_record = xmls.to_record
def item(source, values, *others):
    obeying(dict, of_row)(values)
    return to_record(source, values, *others)
xmls.to_record = item
xmls.etree = types.SimpleNamespace(**vars(xmls.etree))
parse_document = xmls.etree.fromstring
def parsed_document(raw, *others):
    if b"DOCUMENT segfault" in raw:
        die("segfault")
    return parse_document(raw, *others)
xmls.etree.fromstring = parsed_document

class Inflating:
    def __init__(self, **named):
        self.inner = igzip(**named)

    def decompress(self, raw, size=-1):
        block = self.inner.decompress(raw, size)
        if found := re.search(rb"INFLATE (\\w+)", block):
            die(found[1].decode())
        return block

    def __getattr__(self, name):
        return getattr(self.inner, name)

igzip = streams.igzip_lib.IgzipDecompressor
streams.igzip_lib = types.SimpleNamespace(**vars(streams.igzip_lib))
streams.igzip_lib.IgzipDecompressor = Inflating
yield_parts = insides.yield_parts

dying = dataclasses.replace(formats.format_of("a.txt"), read=read)
formats._BY_SUFFIX[".txt"] = dying
parse.parse_many = refine
keys_of = refinement.deduplicate.keys_of
def sign(rows):
    for text in rows["text"].to_pylist():
        word, _, how = text.partition(" ")
        if word == "SIGN":
            die(how.split()[0])
    return keys_of(rows)

refinement.deduplicate.keys_of = sign
work = refinement.work

def die_of_some_bytes(raw):
    die("segfault")
"""
DEATHS = {
    "segfault": Reason.RECORD_CRASHED,
    "hang": Reason.RESOURCE_TIMEOUT,
    "sleep": Reason.RESOURCE_TIMEOUT,
    "allocate": Reason.RESOURCE_MEMORY,
    "fault": Reason.RECORD_FAULT,
}


@pytest.fixture
def work(tmp_path, monkeypatch):
    """Return a function that works files as a run does, with readers that die where told."""
    code = tmp_path / "code"
    code.mkdir()
    (code / "dying_work.py").write_text(MODULE)
    monkeypatch.syspath_prepend(str(code))
    monkeypatch.setattr(guarded, "WORK", "dying_work:work")
    limits = Limits(cpu_seconds=1, wall_seconds=4, memory_bytes=2**28)
    monkeypatch.setattr(guarded, "limits_for", lambda _: limits)

    def run(files, **settings):
        root = tmp_path / "raw"
        root.mkdir()
        for name, content in files.items():
            (root / name).write_bytes(content)
        config = Config.model_validate({**CONFIG, "sources": settings})
        found = discover(root, config.sources)
        (batch,) = plan_batches(found.files, config.sources)
        return guarded.read_and_refine(str(root), batch, config, "raise")

    return run


def story(number):
    return f"The ferry number {number} of Hollin ran aground on Sunday; nobody was hurt.".encode()


def published(worked):
    return worked.rows["source_path"].to_pylist()


@pytest.mark.parametrize(
    ("when", "how"),
    [
        *(("READ", how) for how in DEATHS),
        ("PARSE", "segfault"),
        ("PARSE", "allocate"),
        ("SIGN", "hang"),
    ],
)
def test_a_file_that_kills_is_lost_alone(work, when, how):
    files = {f"{n:03d}.txt": story(n) for n in range(90)}
    files["070.txt"] = f"{when} {how} and so on, for quite some words more.".encode()

    worked = work(files)

    assert published(worked) == sorted(files.keys() - {"070.txt"})
    assert worked.keys["id"].to_pylist() == worked.rows["id"].to_pylist()
    (lost,) = worked.rejections
    assert (lost.source.path, lost.reason) == ("070.txt", DEATHS[how])
    assert lost.source.length > 0
    assert worked.found == dict.fromkeys(files, 1)


def test_several_deaths_near_one_another(work):
    files = {f"{n:03d}.txt": story(n) for n in range(12)}
    for number, what in ((0, "READ segfault"), (1, "PARSE segfault"), (11, "READ fault")):
        files[f"{number:03d}.txt"] = f"{what} and so on, for quite some words.".encode()

    worked = work(files)

    assert published(worked) == sorted(files)[2:11]
    assert [r.source.path for r in worked.rejections] == ["000.txt", "001.txt", "011.txt"]


def packed(kind, members):
    buffer = io.BytesIO()
    if kind == "zip":
        with zipfile.ZipFile(buffer, "w") as archive:
            for name, raw in members.items():
                archive.writestr(name, raw)
    else:
        with tarfile.open(fileobj=buffer, mode="w") as archive:
            for name, raw in members.items():
                info = tarfile.TarInfo(name)
                info.size = len(raw)
                archive.addfile(info, io.BytesIO(raw))
    return buffer.getvalue()


@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_a_member_that_kills_is_lost_alone(work, kind):
    members = {f"{n:02d}.txt": story(n) for n in range(10)}
    members["03.txt"] = b"READ segfault and so on, for quite some words."
    members["06.txt"] = b"PARSE segfault and so on, for quite some words."
    members["07.zip"] = packed("zip", {"a.txt": b"READ segfault", "b.txt": story(77)})

    worked = work({f"a.{kind}": packed(kind, members), "b.txt": story(50)})

    names = worked.rows["source_member"].to_pylist()
    good = ["00.txt", "01.txt", "02.txt", "04.txt", "05.txt", "07.txt", "08.txt", "09.txt"]
    assert names[:-1] == [*good, "07.zip!/b.txt"]
    assert [r.source.member for r in worked.rejections] == ["03.txt", "06.txt", "07.zip!/a.txt"]
    assert {r.reason for r in worked.rejections} == {Reason.RECORD_CRASHED}
    assert published(worked)[-1] == "b.txt"
    assert worked.found == {f"a.{kind}": 12, "b.txt": 1}


def test_a_line_that_kills_in_parsing_is_lost_alone(work):
    lines = [{"text": story(n).decode()} for n in range(200)]
    lines[150] = {"text": "PARSE segfault and so on, for quite some words."}
    raw = b"".join(json.dumps(line).encode() + b"\n" for line in lines)

    worked = work({"a.jsonl": raw})

    assert len(worked.rows) == 199
    (lost,) = worked.rejections
    assert raw[lost.source.offset :].startswith(b'{"text": "PARSE')


def lines_of(texts):
    return b"".join(json.dumps({"text": text}).encode() + b"\n" for text in texts)


def rows_of(texts):
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerows([["title", "text"], *(["One\ntwo", text] for text in texts)])
    return buffer.getvalue().encode()


def table_of(texts):
    buffer = io.BytesIO()
    pq.write_table(pa.table({"text": texts}), buffer, row_group_size=10)
    return buffer.getvalue()


def arrow_of(opened, texts):
    buffer = io.BytesIO()
    table = pa.table({"text": texts})
    with opened(buffer, table.schema) as writer:
        writer.write_table(table, 10)
    return buffer.getvalue()


batches_of = partial(arrow_of, pa.ipc.new_file)
stream_of = partial(arrow_of, pa.ipc.new_stream)


def list_of(texts):
    return json.dumps([{"text": text} for text in texts]).encode()


def archive_of(texts):
    return b"".join(gzip.compress(record, mtime=0) for record in records_of(texts))


def records_of(texts):
    records = []
    for number, text in enumerate(texts):
        head = (
            f"WARC/1.0\r\nWARC-Type: conversion\r\nWARC-Record-ID: <urn:uuid:{number}>\r\n"
            f"Content-Type: text/plain\r\nContent-Length: {len(text)}\r\n\r\n"
        )
        records.append(f"{head}{text}\r\n\r\n".encode())
    return records


def messages_of(texts):
    head = "From a@post.example Wed May  1 10:00:00 2024\nSubject: Harbour\n\n"
    return "".join(f"{head}{text}\n\n" for text in texts).encode()


def feed_of(texts):
    items = "".join(f"<item><description>{text}</description></item>" for text in texts)
    return f"<rss version='2.0'><channel>{items}</channel></rss>".encode()


HOLDING_MANY = {
    "a.jsonl": lines_of,
    "a.jsonl.gz": lambda texts: gzip.compress(lines_of(texts)),
    "a.json": list_of,
    "a.csv": rows_of,
    "a.parquet": table_of,
    "a.arrow": batches_of,
    "a.mbox": messages_of,
    "a.xml": feed_of,
    "a.warc": lambda texts: b"".join(records_of(texts)),
    "a.warc.gz": archive_of,
}


@pytest.mark.parametrize(
    ("name", "how"),
    [*((name, "segfault") for name in HOLDING_MANY), ("a.jsonl", "hang"), ("a.csv", "allocate")],
)
def test_a_record_that_kills_in_reading_is_lost_alone(work, name, how):
    texts = [story(number).decode() for number in range(30)]
    killing = (0, 17, 18, 29) if how == "segfault" else (17,)
    for number in killing:
        texts[number] = f"DECODE {how} and so on, for quite some words more."

    worked = work({name: HOLDING_MANY[name](texts), "b.txt": story(777)})

    good = [text for text in texts if not text.startswith("DECODE")]
    assert worked.rows["text"].to_pylist() == [*good, story(777).decode()]
    assert [r.reason for r in worked.rejections] == [DEATHS[how]] * len(killing)
    assert worked.found == {name: 30, "b.txt": 1}


def atom_of(texts):
    entries = "".join(f"<a:entry><a:summary>{text}</a:summary></a:entry>" for text in texts)
    return f"<a:feed xmlns:a='http://www.w3.org/2005/Atom'>{entries}</a:feed>".encode()


@pytest.mark.parametrize("write", [feed_of, atom_of], ids=["rss", "atom"])
def test_an_item_whose_parsing_kills_is_lost_alone(work, write):
    texts = [story(number).decode() for number in range(9)]
    texts[4] = "DOCUMENT segfault and so on, for quite some words more."

    worked = work({"a.xml": write(texts), "b.txt": story(777)})

    assert worked.rows["text"].to_pylist() == [*texts[:4], *texts[5:], story(777).decode()]
    (lost,) = worked.rejections
    assert (lost.source.member, lost.reason) == ("item 4", Reason.RECORD_CRASHED)
    assert lost.excerpt.startswith("<")
    assert worked.found == {"a.xml": 9, "b.txt": 1}


def test_a_feed_that_kills_whatever_its_items_are_is_lost_as_one(work):
    raw = feed_of([story(1).decode(), story(2).decode()])

    worked = work(
        {"a.xml": raw.replace(b"<channel>", b"<channel><title>DOCUMENT segfault</title>")}
    )

    (lost,) = worked.rejections
    assert (lost.source.path, lost.reason) == ("a.xml", Reason.RECORD_CRASHED)
    assert len(worked.rows) == 0


def test_the_row_that_kills_may_have_many_lines(work):
    killing = "Many lines\n\nDECODE segfault\n\nof one row, and some more words."
    texts = [story(1).decode(), killing, story(2).decode()]

    worked = work({"a.csv": rows_of(texts)})

    assert worked.rows["text"].to_pylist() == [texts[0], texts[2]]
    (lost,) = worked.rejections
    raw = rows_of(texts)[lost.source.offset :][: lost.source.length].decode()
    assert next(csv.reader(io.StringIO(raw, newline=""))) == ["One\ntwo", killing]


def test_a_row_group_that_kills_in_decoding_is_lost_alone(work):
    texts = [story(number).decode() for number in range(30)]
    texts[14] = "GROUP of rows that cannot be decoded."

    worked = work({"a.parquet": table_of(texts)})

    assert worked.rows["text"].to_pylist() == [*texts[:14], *texts[20:]]
    assert worked.rows["source_member"].to_pylist()[14] == "row 20"
    lost = [f"row {number}" for number in range(14, 20)]
    assert [r.source.member for r in worked.rejections] == lost
    assert {r.reason for r in worked.rejections} == {Reason.RECORD_CRASHED}
    assert worked.found == {"a.parquet": 30}


@pytest.mark.parametrize("write", [batches_of, stream_of], ids=["batches_of", "stream_of"])
def test_a_record_batch_that_kills_in_decoding_is_lost_alone(work, write):
    texts = [story(number).decode() for number in range(30)]
    texts[14] = "GROUP of rows that cannot be decoded."

    worked = work({"a.arrow": write(texts)})

    assert worked.rows["text"].to_pylist() == [*texts[:10], *texts[20:]]
    lost = [f"row {number}" for number in range(10, 20)]
    assert [r.source.member for r in worked.rejections] == lost
    assert {r.reason for r in worked.rejections} == {Reason.RECORD_CRASHED}
    assert worked.found == {"a.arrow": 30}


@pytest.mark.usefixtures("work")
def test_a_footer_that_kills_in_discovery_leaves_its_file_whole(monkeypatch, tmp_path):
    raw = table_of([story(number).decode() for number in range(30)])
    (tmp_path / "a.parquet").write_bytes(raw)
    assert len(discovered(tmp_path).parts) > 1

    monkeypatch.setattr(guarded, "READ_FOOTER", "dying_work:die_of_some_bytes")

    assert discovered(tmp_path).parts == ()


def discovered(folder):
    (file,) = guarded.discover(folder, Sources(batch_records=10)).files
    return file


def members_of(killing, count=7, how="segfault"):
    """Return lines in several gzip members, of which some kill; and the texts of each."""
    texts = [[story(10 * m + n).decode() for n in range(10)] for m in range(count)]
    for number in killing:
        texts[number][5] = f"INFLATE {how} and so on, for quite some words more."
    return [gzip.compress(lines_of(member)) for member in texts], texts


@pytest.mark.parametrize("killing", [(2,), (0,), (6,), (1, 2, 5)])
def test_a_member_whose_inflating_kills_is_lost_alone(work, killing):
    members, texts = members_of(killing)

    worked = work({"a.jsonl.gz": b"".join(members), "b.txt": story(777)})

    good = [t for number, member in enumerate(texts) if number not in killing for t in member]
    assert worked.rows["text"].to_pylist() == [*good, story(777).decode()]
    lost = [r for r in worked.rejections if r.reason == Reason.RECORD_CRASHED]
    assert len(lost) == (2 if len(killing) > 1 else 1)  # of members that adjoin as one
    assert all("of the compressed bytes at most" in r.detail for r in lost)
    assert worked.found["a.jsonl.gz"] == len(good) + len(worked.rejections)


# So that the file is inflated at discovery.
LARGE = Sources(batch_bytes=2**16, batch_records=15, max_ratio=1_000)


@pytest.mark.parametrize("how", ["segfault", "hang", "allocate"])
@pytest.mark.usefixtures("work")
def test_inflating_that_kills_at_discovery_ends_its_stretch_alone(monkeypatch, tmp_path, how):
    monkeypatch.setattr(guarded, "CUT_INSIDE", "dying_work:yield_parts")
    members, texts = members_of((3,), how=how)
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "a.jsonl.gz").write_bytes(b"".join(members))
    kept = {}

    found = guarded.discover(raw, LARGE, kept.__setitem__)

    items = [i for b in plan_batches(found.files, LARGE) for i in read_batch(raw, b, LARGE)]
    good = [text for number, member in enumerate(texts) if number != 3 for text in member]
    assert [item.text for item in items if isinstance(item, RawRecord)] == good
    (lost,) = (item for item in items if isinstance(item, Rejection))
    assert lost.reason == DEATHS[how]
    assert f"bytes at most {len(members[3])} are lost" in lost.detail
    assert {part.entry for part in found.files[0].parts} == {0, sum(map(len, members[:4]))}
    assert len(kept) == len(found.files[0].parts)


@pytest.mark.usefixtures("work")
def test_a_file_that_always_kills_at_discovery_is_read_as_one(monkeypatch, tmp_path):
    monkeypatch.setattr(guarded, "CUT_INSIDE", "dying_work:die_of_some_bytes")
    (tmp_path / "a.jsonl.gz").write_bytes(b"".join(members_of(())[0]))

    (file,) = guarded.discover(tmp_path, LARGE).files

    assert file.parts == ()


@pytest.mark.usefixtures("work")
def test_a_record_that_kills_when_it_is_tried_at_discovery_is_no_border(monkeypatch, tmp_path):
    noise = random.Random(1).randbytes(2**16).hex()  # noqa: S311 - so that the file is large
    (tmp_path / "a.warc.gz").write_bytes(archive_of([f"{n} {noise}" for n in range(30)]))
    small = Sources(batch_bytes=2**18)
    assert len(guarded.discover(tmp_path, small).files[0].parts) > 1

    monkeypatch.setattr(guarded, "BEGINS_RECORD", "dying_work:die_of_some_bytes")

    assert guarded.discover(tmp_path, small).files[0].parts == ()


def test_work_that_never_begins_loses_each_file(work, monkeypatch):
    monkeypatch.setattr(guarded, "WORK", "dying_work:no_such_function")

    worked = work({"a.txt": story(1), "b.txt": story(2)})

    assert [(r.source.path, r.reason) for r in worked.rejections] == [
        ("a.txt", Reason.RECORD_FAULT),
        ("b.txt", Reason.RECORD_FAULT),
    ]
