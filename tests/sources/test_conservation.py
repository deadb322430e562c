"""Every raw record is accounted for, whatever good, bad and hostile files lie together."""

import bz2
import gzip
import io
import json
import lzma
import tarfile
import tempfile
import zipfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from broadsheet.config import Sources
from broadsheet.records import RawRecord, Rejection
from broadsheet.sources import discover, plan_batches, read_batch

STORY = "The ferry of Hollin ran aground on Sunday; nobody was hurt."

# A file's content, and how many records it holds.
singles = st.sampled_from(
    [
        (".txt", STORY.encode(), 1),
        (".txt", b"", 1),
        (".txt", bytes(range(256)), 1),
        (".md", b"# Ferry\n\n" + STORY.encode(), 1),
        (".html", f"<p>{STORY}</p>".encode(), 1),
        (".html", b"\x89PNG\r\n\x1a\n", 1),
        (".xyz", b"unknown", 1),
        (".pdf", b"%PDF-1.7", 1),
        (".eml", f"Subject: x\n\n{STORY}".encode(), 1),
        (".xml", b"<!DOCTYPE a [<!ENTITY b 'c'>]><rss/>", 1),
        (".docx", b"no document", 1),
        (".parquet", b"PAR1 cut", 1),
    ]
)
good_line = st.just((json.dumps({"text": STORY}).encode(), 1))
bad_line = st.sampled_from(
    [(b"{", 1), (b"[]", 1), (b'{"a":1,"a":2}', 1), (b"\xff\xfe", 1), (b"", 0)]
)
lines = st.lists(good_line | bad_line, max_size=8).map(
    lambda found: (
        ".jsonl",
        b"\n".join([*(raw for raw, _ in found), b""]) + b"\n",
        sum(n for _, n in found),
    )
)
rows = st.lists(st.sampled_from([b"a,b", b"a", b"a,b,c", b'"x", y', b",\xff"]), max_size=8).map(
    lambda found: (".csv", b"\n".join([b"title,text", *found]), len(found))
)
leaves = singles | lines | rows


def packed(files: list[tuple[str, bytes, int]], kind: str) -> tuple[str, bytes, int]:
    """Return an archive of files; it holds the records that they hold."""
    buffer = io.BytesIO()
    if kind == "zip":
        with zipfile.ZipFile(buffer, "w") as archive:
            for number, (suffix, raw, _) in enumerate(files):
                archive.writestr(f"m{number}{suffix}", raw)
    else:
        with tarfile.open(fileobj=buffer, mode="w") as archive:
            for number, (suffix, raw, _) in enumerate(files):
                info = tarfile.TarInfo(f"m{number}{suffix}")
                info.size = len(raw)
                archive.addfile(info, io.BytesIO(raw))
    return f".{kind}", buffer.getvalue(), sum(count for *_, count in files)


def compressed(file: tuple[str, bytes, int], kind: str) -> tuple[str, bytes, int]:
    """Return a file compressed; it holds the same records."""
    compress = {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress}[kind]
    return f"{file[0]}.{kind}", compress(file[1]), file[2]


archives = st.builds(packed, st.lists(leaves, max_size=4), st.sampled_from(["zip", "tar"]))
files = st.recursive(
    leaves | archives,
    lambda inner: st.builds(compressed, inner, st.sampled_from(["gz", "bz2", "xz"])),
    max_leaves=2,
)


def account(found: list[tuple[str, bytes, int]], batch_records: int) -> tuple[int, list]:
    """Return how many records there are, and the items that reading yields."""
    sources = Sources(batch_records=batch_records, batch_bytes=2**16)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for number, (suffix, raw, _) in enumerate(found):
            (root / f"f{number}{suffix}").write_bytes(raw)
        discovery = discover(root, sources)
        batches = plan_batches(discovery.files, sources)
        items = [item for b in batches for item in read_batch(root, b, sources)]
    return sum(count for *_, count in found), [*discovery.rejections, *items]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(files, max_size=6), st.integers(1, 5))
def test_records_in_are_records_out(found, batch_records):
    expected, items = account(found, batch_records)

    assert sum(isinstance(item, RawRecord | Rejection) for item in items) == expected


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(files, max_size=4), st.integers(1, 3), st.integers(4, 50))
def test_batches_change_nothing(found, few, many):
    assert by_place(account(found, few)[1]) == by_place(account(found, many)[1])


def by_place(items: list) -> list[str]:
    """Return items in an order that does not depend on batches."""
    return sorted(map(repr, items))
