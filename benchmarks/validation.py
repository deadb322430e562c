"""What validation costs: CPU seconds and peak memory, by stage and number of rows.

Run ``python benchmarks/validation.py 10000 1000000``. Rows are made up: 3,000 characters of text,
half of the values distinct. Batches are of 10,000 rows, as in a build. The release is read from
files and judged in a process of its own, so that the peak is its own; each figure is of one core.
"""

import argparse
import multiprocessing
import random
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from broadsheet.normalize import article_id
from broadsheet.records import Accounts
from broadsheet.tables import ARTICLE, STAGED_ARTICLE_SCHEMA
from broadsheet.validate import RELEASE_COLUMNS, check_release, check_rows, load_suites

BATCH_ROWS = 10_000
MEASURED_BATCHES = 10
WORDS = "the of council harbour and said Monday rain to bridge that vote Brell was on for".split()  # noqa: SIM905 - reads best


def make_rows(first: int, rows: int) -> pa.Table:
    """Return rows of the release's schema; the same numbers give the same rows."""
    chance = random.Random(first)  # noqa: S311 - made-up data
    texts = [" ".join(chance.choices(WORDS, k=550)) for _ in range(64)]
    day = date(2020, 1, 1)
    urls = [f"https://news{n % 400}.example/story/{first + n}" for n in range(rows)]
    ids = [article_id(url, "") for url in urls]
    columns = {
        "id": ids,
        "url": urls,
        "title": [f"Council votes on bridge {first + n}" for n in range(rows)],
        "outlet": [f"Outlet {n % 400}" for n in range(rows)],
        "outlet_domain": [f"news{n % 400}.example" for n in range(rows)],
        "outlet_country": ["GB"] * rows,
        "published_at": [
            datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=n) for n in range(rows)
        ],
        "published_on": [day + timedelta(days=n % 2_000) for n in range(rows)],
        "published_precision": ["minute"] * rows,
        "language": ["en"] * rows,
        "text": [texts[n % 64] for n in range(rows)],
        "n_chars": [len(texts[n % 64]) for n in range(rows)],
        "n_words": [550] * rows,
        "source_path": [f"raw/{(first + n) // 100}.warc" for n in range(rows)],
        "source_offset": list(range(rows)),
        "source_length": [4_000] * rows,
        "source_sha256": [f"{first + n:064x}" for n in range(rows)],
        "source_format": ["warc"] * rows,
        "cluster": ids,
        "evidence": [[{"field": "title", "rule": "meta", "confidence": 0.9, "excerpt": "x"}] * 6]
        * rows,
        "notes": [["chrome.removed"]] * rows,
    }
    return pa.table([_column(columns, field, rows) for field in ARTICLE.schema], ARTICLE.schema)


def _column(columns: dict[str, list[object]], field: pa.Field, rows: int) -> pa.Array:
    if field.name in columns:
        return pa.array(columns[field.name], field.type)
    if field.nullable:
        return pa.nulls(rows, field.type)
    if pa.types.is_list(field.type):
        return pa.array([[]] * rows, field.type)
    return pa.array([0] * rows).cast(field.type)


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", type=int, nargs="+")
    started = time.process_time()
    suites = load_suites()
    check_rows(make_rows(0, 10).select(STAGED_ARTICLE_SCHEMA.names), suites.batch)
    print(f"import and first use: {time.process_time() - started:.1f} s of CPU")
    for rows in parser.parse_args().rows:
        with tempfile.TemporaryDirectory() as folder:
            per_row = measure_batches(rows, Path(folder))
            with multiprocessing.get_context("spawn").Pool(1) as pool:
                seconds, before, after = pool.apply(measure_release, (rows, Path(folder)))
        print(
            f"{rows:>9,} rows: "
            f"batches {per_row * rows:6.1f} s of CPU ({per_row * 1e6:.0f} µs a row), "
            f"release {seconds:5.1f} s; peak before the release "
            f"{before:,.0f} MiB, after it {after:,.0f} MiB",
            flush=True,
        )


def measure_batches(rows: int, folder: Path) -> float:
    """Write rows as a release's files, without texts; return what batches cost, in s a row."""
    suite, cpu, judged = load_suites().batch, 0.0, 0
    for first in range(0, rows, BATCH_ROWS):
        table = make_rows(first, min(BATCH_ROWS, rows - first))
        pq.write_table(table.select(RELEASE_COLUMNS), folder / f"{first:09d}.parquet")
        if first < MEASURED_BATCHES * BATCH_ROWS:  # the others cost the same
            staged = table.select(STAGED_ARTICLE_SCHEMA.names)
            started = time.process_time()
            assert check_rows(staged, suite, article_id).verdict.passed
            cpu += time.process_time() - started
            judged += len(staged)
    return cpu / judged


def measure_release(rows: int, folder: Path) -> tuple[float, float, float]:
    """Judge the written rows in a process of its own: seconds of CPU, peak before and after."""

    def read(columns: Sequence[str]) -> Iterator[pa.Table]:
        for path in sorted(folder.iterdir()):
            yield pq.read_table(path, columns=list(columns))

    suites = load_suites()
    check_rows(make_rows(0, 10).select(STAGED_ARTICLE_SCHEMA.names), suites.batch)
    before, started = peak(), time.process_time()
    verdict = check_release(
        read,
        suites.release,
        accounts=Accounts(raw=rows, published=rows),
        data_sha256="",
        quarantine_share_max=0.5,
    )
    assert verdict.passed, verdict
    return time.process_time() - started, before, peak()


def peak() -> float:
    """Return the most memory that this process had, in MiB; Linux tells."""
    status = Path("/proc/self/status").read_text(encoding="ascii")  # unlike rusage, without parents
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


if __name__ == "__main__":
    main()
