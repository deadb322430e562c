"""The account of every file and container, whatever good, bad and hostile files lie together."""

import gzip
import io
import json
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from backports import zstd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from broadsheet import pipeline

SETTINGS = """
[dataset]
name = "tree"
pretty_name = "Tree"
description = "Invented articles."
license = "cc0-1.0"

[dates]
not_after = 2026-01-01

[sources]
batch_records = {}

[text]
min_words = 5

[validation]
max_quarantine_share = 1.0
"""
NOUNS = ("harbour", "bridge", "library", "orchard", "railway", "market", "theatre", "school")
VERBS = ("opened", "closed", "flooded", "moved", "burned", "sold", "rebuilt")


class Made(NamedTuple):
    """A file: the ending of its name, its bytes, and how many records and other entries it holds.

    ``records`` is None where nobody can say, because the file is cut.
    """

    suffix: str
    raw: bytes
    records: int | None = 1
    skipped: int = 0


def story(number: int) -> str:
    """Return an invented article, another for each number."""
    noun, verb = NOUNS[number % 8], VERBS[number % 7]
    return (
        f"The {noun} of Hollin was {verb} in week {number + 3}, and {number * 7 + 5} people came "
        f"to see it. A {NOUNS[(number * 3 + 1) % 8]} next to it had been {VERBS[(number + 4) % 7]} "
        f"{number + 2} years before, when nobody in the {NOUNS[(number + 5) % 8]} was hurt."
    )


numbers = st.integers(0, 9)  # some are drawn twice: duplicates
singles = st.one_of(
    numbers.map(lambda n: Made(".txt", story(n).encode())),
    numbers.map(lambda n: Made(".html", f"<h1>News</h1><p>{story(n)}</p>".encode())),
    numbers.map(lambda n: Made(".eml", f"Subject: News {n}\n\n{story(n)}".encode())),
    st.sampled_from(
        [
            Made(".txt", b""),
            Made(".txt", bytes(range(256))),
            Made(".txt", b"too short"),
            Made(".html", b"\x89PNG\r\n\x1a\n"),
            Made(".xyz", b"unknown"),
            Made(".pdf", b"%PDF-1.7"),
            Made(".xml", b"<!DOCTYPE a [<!ENTITY b 'c'>]><rss/>"),
            Made(".docx", b"no document"),
            Made(".parquet", b"PAR1 cut"),
            Made(".zip", b"PK\x03\x04 cut"),
            Made(".json", b"[" * 2_500 + b"]" * 2_500),
        ]
    ),
)


def rows_of(suffix: str, end: bytes, head: bytes = b"") -> Callable[[list], Made]:
    """Return what makes a file of rows, each of them bytes and the number of records it is."""
    return lambda rows: Made(
        suffix, head + b"".join(raw + end for raw, _ in rows), sum(count for _, count in rows)
    )


line = st.one_of(
    numbers.map(lambda n: (json.dumps({"text": story(n)}).encode(), 1)),
    st.sampled_from([(b"{", 1), (b"[]", 1), (b'{"a":1,"a":2}', 1), (b"\xff\xfe", 1), (b"", 0)]),
)
row = st.one_of(
    numbers.map(lambda n: (b'News,"' + story(n).encode() + b'"', 1)),
    numbers.map(lambda n: (b'"News\nof two lines","' + story(n).encode() + b'"', 1)),
    st.sampled_from([(b"a", 1), (b"a,b,c", 1), (b'"x", y', 1), (b",\xff", 1), (b"  ", 0)]),
)
lines = st.lists(line, min_size=1, max_size=8).map(rows_of(".jsonl", b"\n", b"\n"))
rows = st.lists(row, max_size=8).map(rows_of(".csv", b"\n", b"title,text\n"))


def table(found: list[int | None]) -> Made:
    """Return a Parquet file; a row without text is a record, too."""
    buffer = io.BytesIO()
    texts = [None if number is None else story(number) for number in found]
    pq.write_table(pa.table({"text": pa.array(texts, pa.string())}), buffer, row_group_size=3)
    return Made(".parquet", buffer.getvalue(), len(found))


tables = st.lists(numbers | st.none(), min_size=1, max_size=8).map(table)


def entry(kind: str, body: bytes, length: int | None = None) -> bytes:
    """Return a record of a web archive."""
    block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + body
    head = (
        f"WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Target-URI: https://hollin.example/a\r\n"
        f"WARC-Date: 2024-05-01T10:00:00Z\r\nContent-Type: application/http\r\n"
        f"Content-Length: {len(block) if length is None else length}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


entries = st.lists(
    st.one_of(
        numbers.map(lambda n: (entry("response", f"<p>{story(n)}</p>".encode()), 1, 0)),
        st.sampled_from(
            [
                (entry("request", b""), 0, 1),
                (entry("revisit", b"same"), 0, 1),
                (entry("response", b"", length=-1), 1, 0),
                (entry("response", b"<p>short</p>", length=10**6), 1, 0),
                (entry("response", b"\x89PNG\r\n\x1a\n"), 1, 0),
            ]
        ),
    ),
    min_size=1,
    max_size=6,
)


def archive(found: list[tuple[bytes, int, int]], *, is_packed: bool) -> Made:
    """Return a web archive, plain or compressed record by record; a good record ends it."""
    found = [*found, (entry("response", f"<p>{story(1)}</p>".encode()), 1, 0)]
    raw = b"".join(gzip.compress(r, mtime=0) if is_packed else r for r, _, _ in found)
    records, skipped = (sum(counts) for counts in list(zip(*found, strict=True))[1:])
    return Made(".warc.gz" if is_packed else ".warc", raw, records, skipped)


archives = st.builds(archive, entries, is_packed=st.booleans())


def packed(files: list[Made], kind: str) -> Made:
    """Return a zip or tar file; it holds what its members hold."""
    buffer = io.BytesIO()
    if kind == "zip":
        with zipfile.ZipFile(buffer, "w") as target:
            for number, made in enumerate(files):
                target.writestr(f"m{number}{made.suffix}", made.raw)
    else:
        with tarfile.open(fileobj=buffer, mode="w") as target:
            for number, made in enumerate(files):
                info = tarfile.TarInfo(f"m{number}{made.suffix}")
                info.size = len(made.raw)
                target.addfile(info, io.BytesIO(made.raw))
    counts = [made.records for made in files]
    records = None if None in counts else sum(count for count in counts if count)
    return Made(f".{kind}", buffer.getvalue(), records, sum(made.skipped for made in files))


def compressed(made: Made, kind: str, cut: int) -> Made:
    """Return a file compressed, and cut by so many bytes."""
    raw = (gzip.compress if kind == "gz" else zstd.compress)(made.raw)
    records = None if cut else made.records
    return Made(f"{made.suffix}.{kind}", raw[: max(len(raw) - cut, 1)], records, made.skipped)


leaves = st.one_of(singles, lines, rows, tables, archives)
# A web archive's name ends in two parts, so that one compressed again is none by its name.
plain = st.one_of(singles, lines, rows)
trees = st.recursive(
    leaves | st.builds(compressed, plain, st.sampled_from(["gz", "zst"]), st.sampled_from([0, 9])),
    lambda inner: st.builds(
        packed, st.lists(inner, min_size=1, max_size=3), st.sampled_from(["zip", "tar"])
    ),
    max_leaves=5,
)


def released(folder: Path, found: list[Made], batch_records: int) -> Path:
    """Return a release of files, made by the pipeline's plain functions."""
    raw = folder / "raw"
    raw.mkdir()
    (raw / "dataset.toml").write_text(SETTINGS.format(batch_records))
    for number, made in enumerate(found):
        (raw / f"f{number:02}{made.suffix}").write_bytes(made.raw)
    planned = pipeline.plan(raw, folder / "dist")
    batches = [pipeline.work_batch(Path(request)) for request in planned["requests"]]
    outcome = pipeline.release(Path(planned["run"]), [planned["discovery"], *batches])
    assert outcome["status"] == "published", outcome["message"]
    return Path(outcome["release"])


@pytest.mark.timeout(600)
@settings(
    max_examples=12,  # of some eight trees each; most of the time goes to validation
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(trees, min_size=4, max_size=12), st.sampled_from([10, 1_000]))
def test_every_file_and_container_has_its_account(tmp_path_factory, found, batch_records):
    found = [*found, Made(".txt", story(77).encode())]

    release = released(tmp_path_factory.mktemp("tree"), found, batch_records)

    accounts = pq.read_table(release / "inputs.parquet").to_pylist()
    assert [row["path"] for row in accounts] == [f"f{n:02}{m.suffix}" for n, m in enumerate(found)]
    for row, made in zip(accounts, found, strict=True):
        outcomes = row["published"] + row["duplicates"] + row["quarantined"]
        assert row["raw"] == outcomes
        if made.records is None:  # what is lost behind the cut is one more record, set aside
            assert row["quarantined"] > 0
        else:
            assert (row["raw"], row["skipped"]) == (made.records, made.skipped)
    manifest = orjson.loads((release / "manifest.json").read_bytes())
    report = orjson.loads((release / "validation" / "results.json").read_bytes())
    names = ("raw", "published", "duplicates", "quarantined")
    total = {name: sum(row[name] for row in accounts) for name in names}
    assert manifest["accounts"] == report["accounts"] == total
    assert {name: sum(file[name] for file in report["files"]) for name in names} == total
    assert manifest["skipped"] == report["skipped"]
    assert sum(manifest["skipped"].values()) == sum(row["skipped"] for row in accounts)
    configurations = manifest["configurations"]
    assert {name: entry["rows"] for name, entry in configurations.items()} == {
        "default": total["published"],
        "duplicates": total["duplicates"],
        "quarantine": total["quarantined"],
    }
