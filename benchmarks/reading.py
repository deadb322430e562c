"""Speed and memory of reading, beside the bare loop of the best library over the same file.

Usage: python benchmarks/reading.py [RECORDS ...]     (default: 1000 10000 100000)

Writes JSON lines, Parquet and compressed WARC files of generated articles into a temporary
folder. The bare loops decode every record and look at its text; ours also digests each record and
each file, checks, and hands on addresses. Times are CPU seconds of the process, the best of three.
FastWARC is measured where it is installed.
"""

import gzip
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from broadsheet.config import Sources
from broadsheet.records import RawRecord
from broadsheet.sources import discover, plan_batches, read_batch

WORDS = (
    "the",
    "harbour",
    "council",
    "bridge",
    "river",
    "ferry",
    "mayor",
    "said",
    "of",
    "and",
    "new",
)
DEFAULT_SIZES = (1_000, 10_000, 100_000)
SETTINGS = Sources()


def article(number: int) -> dict[str, str]:
    """Return a generated article of about 3 kB."""
    source = random.Random(number)  # noqa: S311 - the same articles each time
    return {
        "url": f"https://post.hollin.example/{number}",
        "title": f"Story {number}",
        "date": "2024-05-01",
        "text": " ".join(source.choices(WORDS, k=550)),
    }


def write_jsonl(path: Path, count: int) -> None:
    """Write one article a line."""
    with path.open("wb") as file:
        for number in range(count):
            file.write(orjson.dumps(article(number)) + b"\n")


def write_parquet(path: Path, count: int) -> None:
    """Write one article a row, in groups of 2,000."""
    schema = pa.schema([(name, pa.string()) for name in article(0)])
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for start in range(0, count, 2_000):
            rows = [article(n) for n in range(start, min(start + 2_000, count))]
            writer.write_table(pa.Table.from_pylist(rows, schema), row_group_size=2_000)


def write_warc(path: Path, count: int) -> None:
    """Write one page a record, each compressed by itself."""
    with path.open("wb") as file:
        for number in range(count):
            page = f"<html><body><p>{article(number)['text']}</p>{'<br>' * 3_000}</body></html>"
            block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
            block += page.encode()
            head = (
                f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:{number}>\r\n"
                f"WARC-Target-URI: https://post.hollin.example/{number}\r\n"
                f"WARC-Date: 2024-05-01T00:00:00Z\r\nContent-Length: {len(block)}\r\n\r\n"
            )
            file.write(gzip.compress(head.encode() + block + b"\r\n\r\n", 6, mtime=0))


def bare_jsonl(path: Path) -> int:
    """Decode each line with orjson."""
    with path.open("rb") as file:
        return sum(bool(orjson.loads(line)["text"]) for line in file)


def bare_parquet(path: Path) -> int:
    """Turn each row into a Python object with pyarrow."""
    batches = pq.ParquetFile(path).iter_batches(256, use_threads=False)
    return sum(bool(row["text"]) for batch in batches for row in batch.to_pylist())


def bare_warc(path: Path) -> int:
    """Decode each page with FastWARC."""
    from fastwarc.warc import ArchiveIterator, WarcRecordType  # noqa: PLC0415 - optional

    with path.open("rb") as file:
        records = ArchiveIterator(file, record_types=WarcRecordType.response, parse_http=True)
        return sum(bool(record.reader.read().decode()) for record in records)


def ours(path: Path) -> int:
    """Discover, plan and read, batch after batch."""
    found = discover(path.parent, SETTINGS)
    count = 0
    for batch in plan_batches(found.files, SETTINGS):
        items = read_batch(path.parent, batch, SETTINGS)
        count += sum(isinstance(item, RawRecord) for item in items)
    return count


FORMATS: dict[str, tuple[Callable[[Path, int], None], Callable[[Path], int]]] = {
    "a.jsonl": (write_jsonl, bare_jsonl),
    "a.parquet": (write_parquet, bare_parquet),
    "a.warc.gz": (write_warc, bare_warc),
}


def best(work: Callable[[Path], int], path: Path) -> float | None:
    """Return the CPU seconds of the best of three runs; None where a library is missing."""
    times = []
    for _ in range(3):
        before = time.process_time()
        try:
            work(path)
        except ImportError:
            return None
        times.append(time.process_time() - before)
    return min(times)


def peak(name: str, folder: Path) -> float:
    """Return the peak memory of a process that reads the file, MiB."""
    run = subprocess.run(  # noqa: S603 - this script
        [sys.executable, __file__, "--peak", name, str(folder)],
        check=True,
        capture_output=True,
        text=True,
    )
    return float(run.stdout)


def main(sizes: tuple[int, ...]) -> None:
    """Print the table."""
    print("| file | records | MB | bare, s | ours, s | ratio | peak, MiB |")
    print("|---|---|---|---|---|---|---|")
    for name, (write, bare) in FORMATS.items():
        for size in sizes:
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / name
                write(path, size)
                assert ours(path) == size
                alone, with_checks = best(bare, path), best(ours, path)
                ratio = f"{with_checks / alone:.2f}" if alone and with_checks else "–"
                shown = f"{alone:.2f}" if alone else "–"
                megabytes = path.stat().st_size / 1e6
                print(
                    f"| {name} | {size} | {megabytes:.1f} | {shown} | {with_checks:.2f} | {ratio} "
                    f"| {peak(name, Path(folder)):.0f} |",
                    flush=True,
                )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--peak"]:
        ours(Path(sys.argv[3]) / sys.argv[2])
        status = Path("/proc/self/status").read_text(
            encoding="ascii"
        )  # getrusage counts the parent
        print(int(status.partition("VmHWM:")[2].split()[0]) / 1024)
    else:
        main(tuple(int(size) for size in sys.argv[1:]) or DEFAULT_SIZES)
