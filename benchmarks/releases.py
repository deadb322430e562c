"""What a series of releases of a growing corpus costs: versions, bytes of their own, time, memory.

    python benchmarks/releases.py [ARTICLES] [FOLDER] [--one-percent]

With ``--one-percent`` a hundredth of the articles is corrected, otherwise ten of them.

The articles are random words of about 3 kB, spread over 1,000 outlets; they enter as staged
batches of 5,000, as a run leaves them. Bytes of its own are those of files that are no hard link to
a file of the release before. Bytes to send are those of chunks of about 64 KiB, cut where the
content says so, that no release before has: what storage that keeps equal chunks once, as the
Hub's does, would be sent.
"""

import hashlib
import random
import resource
import shutil
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from broadsheet import publish
from broadsheet.config import Config
from broadsheet.deduplicate import keys_of
from broadsheet.publish.layout import files_of
from broadsheet.records import Article, Source
from broadsheet.tables import ARTICLE, STAGED_ARTICLE_SCHEMA, articles_to_table

WORDS = [f"{a}{b}{c}" for a in "bdfgklmnprst" for b in "aeiou" for c in ("ra", "ne", "sto", "ling")]
BATCH_ROWS = 5_000
N_CORRECTED, N_TAKEN_DOWN = 10, 5
CHUNK_LEAST, CHUNK_MOST = 2**13, 2**17


def make_article(number: int, edition: int = 0) -> Article:
    """Return an article of some 450 words; another edition of it has another text."""
    chance = random.Random(number * 1_000 + edition)  # noqa: S311 - words, no secrets
    text = " ".join(chance.choices(WORDS, k=450))
    name = hashlib.sha256(str(number).encode()).hexdigest()
    source = Source(f"crawl-{number // 500:05d}.jsonl", None, number, 100, name, "jsonl")
    return Article(
        id=name[:16],
        text=text,
        source=source,
        url=f"https://example.org/{name[:12]}",
        title=" ".join(chance.choices(WORDS, k=8)),
        outlet=f"Outlet {number % 1_000}",
        n_words=450,
        n_chars=len(text),
        language="en",
    )


def stage(articles: list[Article], work: Path) -> dict[str, object]:
    """Write staged batches and what folding would say of them."""
    batches, addresses = [], []
    for start in range(0, len(articles), BATCH_ROWS):
        part = articles[start : start + BATCH_ROWS]
        folder = work / str(start)
        folder.mkdir(parents=True)
        table = articles_to_table(part)
        pq.write_table(table, folder / "articles.parquet")
        pq.write_table(keys_of(table, 0), folder / "keys.parquet")
        addresses += [(len(batches), row) for row in range(len(part))]
        batches.append(
            publish.Staged(folder / "articles.parquet", folder / "keys.parquet", len(part))
        )
    survivors = {"batch": [b for b, _ in addresses], "row": [r for _, r in addresses]}
    for column in ARTICLE.columns:
        if column.name not in STAGED_ARTICLE_SCHEMA.names:
            text = pa.types.is_string(column.type) and not column.nullable
            fill = None if column.nullable else 0
            values = [a.id for a in articles] if text else [fill] * len(articles)
            survivors[column.name] = pa.array(values, column.type)
    empty = {"duplicate_of": pa.string(), "kind": pa.string(), "similarity": pa.float32()}
    duplicates = pa.schema([("batch", pa.int64()), ("row", pa.int64()), *empty.items()])
    paths = sorted({a.source.path for a in articles})
    return {
        "staged": batches,
        "survivors": pa.table(survivors),
        "duplicates": duplicates.empty_table(),
        "rejections": [],
        "inputs": [publish.InputFile(path, 1, "0" * 64) for path in paths],
    }


def build(articles: list[Article], config: Config, dataset: Path, work: Path) -> tuple[Path, float]:
    """Publish articles; return the release and the seconds of CPU, staging not counted."""
    arguments = stage(articles, work)
    start = time.process_time()
    with publish.open_staging(dataset) as staging:
        previous = publish.newest_release(dataset)
        if previous:
            publish.require_sound(previous)
        written = publish.write_tables(
            staging, previous=previous, settings=config.publish, **arguments
        )
        change = publish.compare(previous, staging)
        origin = publish.Origin(config=config)
        version = publish.describe(written, origin, change, previous=previous)
        release = publish.commit(staging, dataset, version)
    seconds = time.process_time() - start
    shutil.rmtree(work)
    return release, seconds


def cut(data: bytes) -> list[bytes]:
    """Cut bytes into chunks of 8 to 128 KiB, some 64 on average, where 48 bytes say so."""
    table = np.random.default_rng(0).integers(0, 2**63, 256, np.uint64)
    sums = np.cumsum(table[np.frombuffer(data, np.uint8)])
    marks = np.flatnonzero((sums[48:] - sums[:-48]) >> np.uint64(47) == 0) + 48
    chunks, start = [], 0
    for mark in [*marks.tolist(), len(data)]:
        while mark - start > CHUNK_MOST:
            chunks.append(data[start : start + CHUNK_MOST])
            start += CHUNK_MOST
        if mark - start >= CHUNK_LEAST or mark == len(data):
            chunks.append(data[start:mark])
            start = mark
    return chunks


def to_send(release: Path, known: set[bytes]) -> int:
    """Return the bytes of a release's chunks that are not known, and add them."""
    size = 0
    for name in files_of(release):
        for chunk in cut((release / name).read_bytes()):
            digest = hashlib.sha256(chunk).digest()
            size += len(chunk) * (digest not in known)
            known.add(digest)
    return size


def main(count: int, folder: Path, *, corrects_one_percent: bool) -> None:
    """Build the series and print its table."""
    about = {"name": "bench", "pretty_name": "Bench", "description": "Words.", "license": "mit"}
    settings = {"rows_per_shard": max(count // 20, 1)}
    config = Config.model_validate({"dataset": about, "publish": settings})
    noted = config.dataset.model_copy(update={"description": "Words, at random."})
    articles = [make_article(number) for number in range(count)]
    grown = [*articles, *(make_article(count + number) for number in range(count // 100))]
    n_corrected = max(N_CORRECTED, count // 100 if corrects_one_percent else 0)
    corrected = [make_article(n, 1) if n < n_corrected else a for n, a in enumerate(grown)]
    taken_down = corrected[N_TAKEN_DOWN:]
    steps = [
        ("first", articles, config),
        ("1 % added", grown, config),
        (f"{n_corrected} corrected", corrected, config),
        ("5 taken down", taken_down, config),
        ("described anew", taken_down, config.model_copy(update={"dataset": noted})),
    ]
    print("| step | version | articles | MB | MB of its own | share | MB to send | CPU s |")
    print("|---|---|---:|---:|---:|---:|---:|---:|")
    known: set[int] = set()
    sent: set[bytes] = set()
    for name, rows, step_config in steps:
        release, seconds = build(rows, step_config, folder / "bench", folder / "work")
        stats = [(release / file).stat() for file in files_of(release)]
        total = sum(s.st_size for s in stats)
        own = sum(s.st_size for s in stats if s.st_ino not in known)
        known |= {s.st_ino for s in stats}
        figures = f"{total / 1e6:.2f} | {own / 1e6:.2f} | {own / total:.1%}"
        figures += f" | {to_send(release, sent) / 1e6:.2f} | {seconds:.1f}"
        print(f"| {name} | {release.name} | {len(rows):,} | {figures} |", flush=True)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\nPeak memory {peak:.0f} MiB, most of it the articles that this script holds.")


if __name__ == "__main__":
    flags = {argument for argument in sys.argv[1:] if argument.startswith("--")}
    wanted, parent = (*(a for a in sys.argv[1:] if a not in flags), None, None)[:2]
    with tempfile.TemporaryDirectory(dir=parent) as scratch:
        chosen = "--one-percent" in flags
        main(int(wanted or 20_000), Path(scratch), corrects_one_percent=chosen)
