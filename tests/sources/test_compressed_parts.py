"""Large compressed files are read in parts, and come to what they come to as one."""

import bz2
import gzip
import io
import itertools
import lzma
from collections.abc import Callable
from functools import partial

import pytest

from broadsheet.config import Sources
from broadsheet.pipeline.workspace import keep_file
from broadsheet.reasons import Reason
from broadsheet.records import RawRecord, Rejection
from broadsheet.sources import Batch, Span, discover, plan_batches, read_batch, read_span
from broadsheet.sources.streams import GZIP, Inflated, zstd

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


def plan_and_keep(root, kept) -> list[Span]:
    files = discover(root, SMALL, keep=partial(keep_file, kept)).files
    return [span for batch in plan_batches(files, SMALL) for span in batch.spans]


def read_kept(root, kept, spans) -> list:
    return [i for span in spans for i in read_span(root, span, SMALL, "raise", kept=kept)]


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


@pytest.mark.parametrize("cut", [30, 2_000])
@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("kind", COMPRESS)
def test_a_stream_that_ends_early_is_noticed_behind_its_last_part(tmp_path, kind, name, cut):
    packed = COMPRESS[kind](FILES[name])
    (tmp_path / f"{name}.{kind}").write_bytes(packed[: len(packed) - cut])

    items, _ = read(tmp_path, SMALL)

    assert isinstance(items[-1], Rejection)
    assert items[-1].reason == Reason.STREAM_TRUNCATED
    if (name, kind) != ("a.warc", "gz"):  # by its members
        assert items == read(tmp_path, WHOLE)[0]


def in_members(raw: bytes, kind: str, count: int = 5) -> list[bytes]:
    """Return members of as many bytes each, without regard to where records begin."""
    size = len(raw) // count
    borders = [number * size for number in range(count)] + [len(raw)]
    return [COMPRESS[kind](raw[start:stop]) for start, stop in itertools.pairwise(borders)]


def with_a_flaw(member: bytes) -> bytes:
    return member[: len(member) // 2] + b"\xff" * 9 + member[len(member) // 2 + 9 :]


FLAWS = {
    "in a member": lambda ms: [ms[0], ms[1], with_a_flaw(ms[2]), *ms[3:]],
    "in two members": lambda ms: [ms[0], with_a_flaw(ms[1]), ms[2], with_a_flaw(ms[3]), ms[4]],
    "in the first": lambda ms: [with_a_flaw(ms[0]), *ms[1:]],
    "in the last": lambda ms: [*ms[:-1], with_a_flaw(ms[-1])],
    "a member cut": lambda ms: [ms[0], ms[1], ms[2][:-40], *ms[3:]],
    "in the first byte of all": lambda ms: [b"\0" + ms[0][1:], *ms[1:]],
    "in the first byte of one": lambda ms: [ms[0], ms[1], b"\0" + ms[2][1:], *ms[3:]],
}


@pytest.mark.parametrize("flaw", FLAWS)
@pytest.mark.parametrize("kind", COMPRESS)
@pytest.mark.parametrize("name", ["a.jsonl", "a.warc"])
def test_a_damaged_member_is_lost_alone(tmp_path, name, kind, flaw):
    if (name, kind) == ("a.warc", "gz"):  # read record by record
        name = "a.ndjson"
    raw = FILES["a.warc" if "warc" in name else "a.jsonl"]
    members = FLAWS[flaw](in_members(raw, kind))
    (tmp_path / f"{name}.{kind}").write_bytes(b"".join(members))

    items, batches = read(tmp_path, SMALL)

    texts = [item.text for item in items if isinstance(item, RawRecord)]
    whole = [story(n) if "warc" not in name else story(n) * 5 for n in range(1_000)]
    numbers = [whole.index(text) for text in texts]
    lost = 2 if "two" in flaw else 1
    assert numbers == sorted(set(numbers))
    assert 990 - 205 * lost < len(texts) < 1_000
    assert (999 in numbers) == (flaw != "in the last")
    told = [i for i in items if isinstance(i, Rejection) and "bytes at most" in i.detail]
    assert len(told) == lost
    assert {i.reason for i in told} <= {
        Reason.STREAM_DAMAGED,
        Reason.STREAM_TRUNCATED,
        Reason.TYPE_MISMATCH,
    }
    assert len(batches) > 3
    assert items == read(tmp_path, WHOLE)[0]


def test_what_lies_behind_a_gap_is_found_again_by_its_address(tmp_path):
    members = FLAWS["in a member"](in_members(LINES, "gz"))
    raw = b"".join(members)
    (tmp_path / "a.jsonl.gz").write_bytes(raw)

    last = read(tmp_path, SMALL)[0][-1]

    name, _, entry = last.source.member.partition(" from byte ")
    assert name == "a.jsonl"
    assert int(entry) == sum(map(len, members[:3]))
    inflated = gzip.decompress(raw[int(entry) :])
    assert inflated[last.source.offset :][: last.source.length] == LINES.splitlines()[-1]


def test_a_file_that_is_made_of_gaps_is_read_on_so_often_and_no_more(tmp_path):
    members = [gzip.compress(b'{"text": "%s"}\n' % story(n).encode() * 9) for n in range(400)]
    flawed = [with_a_flaw(m) if number % 2 else m for number, m in enumerate(members)]
    (tmp_path / "a.jsonl.gz").write_bytes(b"".join(flawed))

    items, batches = read(tmp_path, SMALL)

    gaps = [item for item in items if isinstance(item, Rejection)]
    assert len(gaps) == 101
    assert len(items) == len(gaps) + 9 * 101
    assert len(batches) == 101
    lost = sum(map(len, flawed[201:]))
    assert f"at most {lost} are lost" in gaps[-1].detail
    assert items == read(tmp_path, Sources(max_ratio=2))[0]


@pytest.mark.parametrize("flaw", ["in a member", "in the first byte of one"])
def test_rows_behind_a_gap_are_not_guessed(tmp_path, flaw):
    members = FLAWS[flaw](in_members(ROWS, "gz"))
    (tmp_path / "a.csv.gz").write_bytes(b"".join(members))

    items, _ = read(tmp_path, SMALL)

    (told,) = (item for item in items if isinstance(item, Rejection))
    assert told is items[-1]
    assert told.reason == Reason.STREAM_DAMAGED
    assert f"at most {sum(map(len, members[2:]))} are lost" in told.detail  # to the file's end
    assert items == read(tmp_path, WHOLE)[0]


def test_a_file_that_cannot_be_read_is_not_taken_for_damaged():
    class Failing(io.BytesIO):
        def read(self, _=-1) -> bytes:
            raise OSError(5, "Input/output error")

    with pytest.raises(OSError, match="Input/output"):
        Inflated(Failing(), GZIP, SMALL).read(1)


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


BROKEN = {
    "as it should be": lambda packed: packed,
    "cut": lambda packed: packed[:-30],
    "followed by junk": lambda packed: packed + b"junk",
}


@pytest.mark.parametrize("broken", BROKEN)
@pytest.mark.parametrize("kind", COMPRESS)
@pytest.mark.parametrize("name", FILES)
def test_parts_that_were_kept_come_to_the_same(tmp_path, name, kind, broken):
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / f"{name}.{kind}").write_bytes(BROKEN[broken](COMPRESS[kind](FILES[name])))

    items = read_kept(raw, tmp_path / "kept", plan_and_keep(raw, tmp_path / "kept"))

    assert items == read(raw, SMALL)[0]


def test_what_was_kept_is_not_inflated_again(tmp_path, monkeypatch):
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "a.jsonl.gz").write_bytes(gzip.compress(LINES))
    inflated: list[int] = []
    take = Inflated.readinto

    def count(self, buffer) -> int:
        inflated.append(take(self, buffer))
        return inflated[-1]

    monkeypatch.setattr(Inflated, "readinto", count)

    items = read_kept(raw, tmp_path / "kept", plan_and_keep(raw, tmp_path / "kept"))

    assert len(items) == 1_000
    assert sum(inflated) == len(LINES)


@pytest.mark.parametrize("damage", [lambda p: p.unlink(), lambda p: p.write_bytes(b"\x28\xb5/")])
def test_a_part_that_was_kept_and_is_lost_is_inflated_again(tmp_path, damage):
    raw, kept = tmp_path / "raw", tmp_path / "kept"
    raw.mkdir()
    (raw / "a.csv.gz").write_bytes(gzip.compress(ROWS))
    spans = plan_and_keep(raw, kept)

    for path in kept.iterdir():
        damage(path)

    assert read_kept(raw, kept, spans) == read(raw, WHOLE)[0]


def test_a_file_of_one_part_is_not_kept(tmp_path):
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "a.jsonl.gz").write_bytes(gzip.compress(LINES[: LINES.index(b"\n") + 1]))

    plan_and_keep(raw, tmp_path / "kept")

    assert not (tmp_path / "kept").exists()
