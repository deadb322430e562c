"""Speed and memory of reading, beside the bare loop of the best library over the same file.

Usage: python benchmarks/reading.py speed [RECORDS]        (default: 10000)
       python benchmarks/reading.py memory [RECORDS ...]   (default: 1000 100000 1000000)

Writes files of generated articles into a temporary folder. Times are CPU microseconds a record, the
best of five rounds in which all loops take turns, because what else the machine does slows all
alike. Two floors are stated:

- *bare*: the library's loop that decodes every record and looks at its text;
- *with digest*: the same, and the SHA-256 of each record's bytes, which any reader must compute
  that says where a row comes from (of a table's row that of its values as sorted JSON).

Ours checks, digests, maps columns and hands on addresses, record after record as a run takes them.
*Discovering* digests the file and its parts, once for all batches; *reading* compares the digest.
FastWARC is measured where it is installed. Memory is the peak of a process of its own that
discovers and reads, batch after batch, articles of 1 kB; its CPU time stands beside it.
"""

import csv
import gzip
import hashlib
import io
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from broadsheet.config import Sources
from broadsheet.records import RawRecord
from broadsheet.sources import Batch, discover, plan_batches, read_span

DEFAULT_SIZES = (1_000, 100_000, 1_000_000)
SETTINGS = Sources()
ROUNDS = 5
PARTS = ".parts"  # of compressed files, as the work folder keeps them; hidden from the discovery
LETTERS = random.Random(1)  # noqa: S311 - the same words each time
WORDS = ["".join(LETTERS.choices("etaoinshrdlucmfwypvbgk", k=n % 8 + 2)) for n in range(20_000)]
WEIGHTS = [1 / (rank + 1) for rank in range(len(WORDS))]  # as words of a language are used
PASSAGES = [" ".join(LETTERS.choices(WORDS, WEIGHTS, k=170)) for _ in range(997)]


def article(number: int, passages: int = 3) -> dict[str, str]:
    """Return a generated article; a passage is about 1 kB."""
    chosen = (PASSAGES[(number * 7 + n * 31) % len(PASSAGES)] for n in range(passages))
    return {
        "url": f"https://post.hollin.example/{number}",
        "title": f"Story {number}",
        "date": "2024-05-01",
        "text": f"Story {number}. " + '\nThen "he" said: '.join(chosen),
    }


def page(number: int, passages: int) -> bytes:
    """Return a page around an article: as many bytes of links again as of text."""
    told = article(number, passages)
    links = "".join(
        f'<li class="item-{n}"><a href="/{WORDS[(number + 17 * n) % 19_997]}/{n}">'
        f"{WORDS[(number * n) % 19_993]}</a></li>\n"
        for n in range(passages * 16)
    )
    text = told["text"].replace("\n", "</p>\n<p>")
    return (
        f"<!doctype html><html><head><title>{told['title']}</title></head><body><ul>{links}</ul>"
        f"<p>{text}</p></body></html>"
    ).encode()


def write_jsonl(path: Path, count: int, passages: int) -> None:
    """Write one article a line, as Python's own encoder does."""
    with gzip.open(path, "wb", 1) if path.suffix == ".gz" else path.open("wb") as file:
        for number in range(count):
            line = orjson.dumps(article(number, passages)).replace(b'":"', b'": "')
            file.write(line.replace(b'","', b'", "') + b"\n")


def write_csv(path: Path, count: int, passages: int) -> None:
    """Write one article a row."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(article(0)))
        writer.writeheader()
        writer.writerows(article(number, passages) for number in range(count))


def _tables(count: int, passages: int) -> Iterator[pa.Table]:
    schema = pa.schema([(name, pa.string()) for name in article(0)])
    for start in range(0, count, 2_000):
        rows = [article(n, passages) for n in range(start, min(start + 2_000, count))]
        yield pa.Table.from_pylist(rows, schema)


def write_parquet(path: Path, count: int, passages: int) -> None:
    """Write one article a row, in groups of 2,000."""
    schema = next(_tables(1, 1)).schema
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for table in _tables(count, passages):
            writer.write_table(table)


def write_arrow(path: Path, count: int, passages: int) -> None:
    """Write one article a row, in record batches of 2,000."""
    with pa.ipc.new_file(str(path), next(_tables(1, 1)).schema) as writer:
        for table in _tables(count, passages):
            writer.write_table(table)


def write_warc(path: Path, count: int, passages: int) -> None:
    """Write one page a record; for ``.gz`` each compressed by itself, as crawls are."""
    level = 6 if passages > 1 else 1
    with path.open("wb") as file:
        for number in range(count):
            block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"
            block += b"Server: nginx\r\nDate: Wed, 01 May 2024 00:00:00 GMT\r\n\r\n"
            block += page(number, passages)
            head = (
                f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:{number}>\r\n"
                f"WARC-Target-URI: https://post.hollin.example/{number}\r\n"
                f"WARC-Date: 2024-05-01T00:00:00Z\r\nWARC-IP-Address: 192.0.2.1\r\n"
                f"Content-Type: application/http; msgtype=response\r\n"
                f"Content-Length: {len(block)}\r\n\r\n"
            )
            record = head.encode() + block + b"\r\n\r\n"
            file.write(gzip.compress(record, level, mtime=0) if path.suffix == ".gz" else record)


def digest(raw: bytes) -> str:
    """Return the digest that an address holds."""
    return hashlib.sha256(raw).hexdigest()


def bare_jsonl(path: Path, *, is_digested: bool) -> int:
    """Decode each line with orjson."""
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
        if not is_digested:
            return sum(bool(orjson.loads(line)["text"]) for line in file)
        return sum(bool(orjson.loads(line)["text"] and digest(line)) for line in file)


def bare_csv(path: Path, *, is_digested: bool) -> int:
    """Turn each row into a dictionary with the standard library."""
    count = 0
    with path.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            count += bool(row["text"])
            if is_digested:
                digest(",".join(row.values()).encode())
    return count


def _rows(rows: list[dict[str, Any]], *, is_digested: bool) -> int:
    if not is_digested:
        return sum(bool(row["text"]) for row in rows)
    option = orjson.OPT_SORT_KEYS
    return sum(bool(row["text"] and digest(orjson.dumps(row, option=option))) for row in rows)


def bare_parquet(path: Path, *, is_digested: bool) -> int:
    """Turn each row into a Python object with pyarrow."""
    batches = pq.ParquetFile(path).iter_batches(256, use_threads=False)
    return sum(_rows(batch.to_pylist(), is_digested=is_digested) for batch in batches)


def bare_arrow(path: Path, *, is_digested: bool) -> int:
    """Turn each row into a Python object with pyarrow."""
    file = pa.ipc.open_file(pa.OSFile(str(path)))
    batches = (file.get_batch(number) for number in range(file.num_record_batches))
    return sum(_rows(batch.to_pylist(), is_digested=is_digested) for batch in batches)


def bare_warc(path: Path, *, is_digested: bool) -> int:
    """Decode each page with FastWARC."""
    from fastwarc.warc import ArchiveIterator, WarcRecordType  # noqa: PLC0415 - optional

    raw = path.read_bytes()
    count = last = 0
    kinds = WarcRecordType.response
    for record in ArchiveIterator(io.BytesIO(raw), record_types=kinds, parse_http=True):
        count += bool(record.reader.read().decode())
        if is_digested:
            digest(raw[last : record.stream_pos])
            last = record.stream_pos
    return count


WRITERS: dict[str, Callable[[Path, int, int], None]] = {
    "a.jsonl": write_jsonl,
    "a.jsonl.gz": write_jsonl,
    "a.csv": write_csv,
    "a.parquet": write_parquet,
    "a.arrow": write_arrow,
    "a.warc": write_warc,
    "a.warc.gz": write_warc,
}
BARE: dict[str, Callable[..., int]] = {
    "a.jsonl": bare_jsonl,
    "a.jsonl.gz": bare_jsonl,
    "a.csv": bare_csv,
    "a.parquet": bare_parquet,
    "a.arrow": bare_arrow,
    "a.warc": bare_warc,
    "a.warc.gz": bare_warc,
}
MEASURED_MEMORY = ("a.jsonl", "a.jsonl.gz", "a.warc.gz", "a.parquet")


def keep(folder: Path, name: str, packed: bytes) -> None:
    """Keep a part of a compressed file, as the work folder does."""
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(packed)


def plan(root: Path) -> tuple[Batch, ...]:
    """Discover what lies there and plan its batches."""
    return plan_batches(discover(root, SETTINGS, keep=partial(keep, root / PARTS)).files, SETTINGS)


def read(root: Path, batches: tuple[Batch, ...]) -> int:
    """Read as a run does, a stretch after the other, and return how many records there were."""
    spans = (span for batch in batches for span in batch.spans)
    found = (read_span(root, span, SETTINGS, "raise", kept=root / PARTS) for span in spans)
    return sum(sum(isinstance(item, RawRecord) for item in items) for items in found)


def seconds(work: Callable[[], object]) -> float:
    """Return the CPU time that a piece of work takes."""
    before = time.process_time()
    work()
    return time.process_time() - before


def speed(name: str, count: int) -> None:
    """Print the row of a format."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        WRITERS[name](path, count, 3 if "warc" not in name else 12)
        batches = plan(path.parent)
        assert read(path.parent, batches) == count
        loops: dict[str, Callable[[], object]] = {
            "bare": lambda: BARE[name](path, is_digested=False),
            "with digest": lambda: BARE[name](path, is_digested=True),
            "discovering": lambda: plan(path.parent),
            "reading": lambda: read(path.parent, batches),
        }
        try:
            rounds = [{at: seconds(loop) for at, loop in loops.items()} for _ in range(ROUNDS)]
        except ImportError as error:
            print(f"| {name} | not measured: {error} |")
            return
        best = {at: min(one[at] for one in rounds) / count * 1e6 for at in loops}
        shown = " | ".join(f"{best[at]:.1f}" for at in loops)
        size = path.stat().st_size / count / 1e3
        print(
            f"| {name} | {size:.1f} | {shown} | {best['reading'] / best['bare']:.2f} "
            f"| {best['reading'] / best['with digest']:.2f} |",
            flush=True,
        )


def peak(name: str, count: int) -> str:
    """Return the peak memory of a process that reads such a file, and its CPU time."""
    with tempfile.TemporaryDirectory() as folder:
        WRITERS[name](Path(folder) / name, count, 1)
        run = subprocess.run(  # noqa: S603 - this script
            [sys.executable, __file__, "peak", folder, str(count)],
            check=True,
            capture_output=True,
            text=True,
        )
    return run.stdout.strip()


def main(what: str, *values: str) -> None:
    """Print a table."""
    if what == "speed":
        count = int(values[0]) if values else 10_000
        print("| file | kB a record | bare, µs | with digest | discovering | reading |", end="")
        print(" reading / bare | reading / with digest |\n" + "|---" * 8 + "|")
        for name in WRITERS:
            speed(name, count)
    elif what == "memory":
        sizes = tuple(map(int, values)) or DEFAULT_SIZES
        print(f"| MiB; CPU s to discover + read | {' | '.join(f'{n:,}' for n in sizes)} |")
        print("|---" * (len(sizes) + 1) + "|")
        for name in MEASURED_MEMORY:
            print(f"| {name} | {' | '.join(peak(name, n) for n in sizes)} |", flush=True)
    else:  # within a process of its own
        folder, count = Path(values[0]), int(values[1])
        began = time.process_time()
        batches = plan(folder)
        planned = time.process_time()
        assert read(folder, batches) == count
        spent = f"{planned - began:.2f} + {time.process_time() - planned:.2f}"
        status = Path("/proc/self/status").read_text(encoding="ascii")  # getrusage counts parents
        print(f"{int(status.partition('VmHWM:')[2].split()[0]) // 1024}; {spent}")


if __name__ == "__main__":
    main(*(sys.argv[1:] or ["speed"]))
