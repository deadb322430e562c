"""How long copies take to find in a corpus, and in how much memory.

    python benchmarks/duplicates_speed.py 100000 [--texts FOLDER] [--workers 1]

Writes the articles as staged batches of 10,000 into a folder, then works as a build does: keys in
each batch, then one folding of all. Prints CPU seconds and the peak of resident memory of each
step, and how the clusters compare with what is known of the corpus.
"""

import argparse
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

sys.path.insert(0, str(Path(__file__).parent))
from duplicates_corpus import articles

from broadsheet.config import Duplicates
from broadsheet.deduplicate import fold, keys_of
from broadsheet.pipeline.folding import KeyFiles
from broadsheet.tables import STAGED_ARTICLE_SCHEMA

BATCH_ROWS = 10_000


def stage(folder: Path, count: int, copies: float) -> list[Path]:
    """Write the corpus as staged batches, where it is not there yet; return their files."""
    paths = [folder / f"articles-{n:04}.parquet" for n in range(-(-count // BATCH_ROWS))]
    if all(path.exists() for path in paths):
        return paths
    made = articles(count, copies=copies)
    for number, path in enumerate(paths):
        size = min(BATCH_ROWS, count - number * BATCH_ROWS)
        batch = [next(made) for _ in range(size)]
        pq.write_table(staged_table(batch, number * BATCH_ROWS), path, compression="zstd")
    return paths


def staged_table(batch: Sequence, first: int) -> pa.Table:
    """Return articles as a staged table; the origin of each stands in ``source_length``."""
    size = len(batch)
    ids = [f"{first + n:016}" for n in range(size)]
    columns = {
        "id": ids,
        "text": [article.text for article in batch],
        "source_length": [article.origin for article in batch],
        "published_on": [
            date(2024, 1, 1) + timedelta(days=(first + n) // 3000) for n in range(size)
        ],
        "source_path": ids,
    }
    arrays = []
    for field in STAGED_ARTICLE_SCHEMA:
        if field.name in columns:
            values = pa.array(columns[field.name], field.type)
        elif field.nullable:
            values = pa.nulls(size, field.type)
        else:
            values = pa.array([empty(field.type)] * size, field.type)
        arrays.append(values)
    return pa.table(arrays, schema=STAGED_ARTICLE_SCHEMA)


def empty(type_: pa.DataType) -> object:
    """Return the plainest value of an Arrow type."""
    if pa.types.is_list(type_):
        return []
    if pa.types.is_string(type_) or pa.types.is_large_string(type_):
        return ""
    return False if pa.types.is_boolean(type_) else 0


def main() -> None:
    """Stage, make the keys, fold, and say what each took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int)
    parser.add_argument("--texts", type=Path, help="folder for the staged articles; kept")
    parser.add_argument("--copies", type=float, default=0.1, help="share of near copies")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.texts or Path(scratch)
        folder.mkdir(exist_ok=True, parents=True)
        measure(stage(folder, options.count, options.copies), options.count)


def measure(paths: Sequence[Path], count: int) -> None:
    """Print a line a step."""
    start = time.process_time()
    files = [path.with_name(path.name.replace("articles", "keys")) for path in paths]
    for path, keys in zip(paths, files, strict=True):
        pq.write_table(keys_of(pq.read_table(path), 0), keys, compression="zstd")
    say("keys", count, start)
    start = time.process_time()

    def read(batch: int, rows: Sequence[int]) -> list[str]:
        return pq.read_table(paths[batch], columns=["text"])["text"].take(rows).to_pylist()

    folding = fold(KeyFiles(files), Duplicates(), read)
    say("fold", count, start)
    origins = np.concatenate(
        [pq.read_table(p, columns=["source_length"])["source_length"].to_numpy() for p in paths]
    )
    heads = folding.survivors["cluster"].to_numpy().astype(np.int64)
    same = np.flatnonzero(origins != np.arange(count))
    found = (heads[same] == heads[origins[same]]).mean()
    wrong = (origins[heads] != origins).sum()
    print(f"copies {len(same)}, found {found:.4f}, rows in a wrong cluster {wrong}")


def say(step: str, count: int, start: float) -> None:
    """Print CPU time and peak memory."""
    seconds = time.process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"{step}: {seconds:.1f} s CPU, {count / seconds:,.0f} articles/s, peak {peak:.2f} GiB")


if __name__ == "__main__":
    main()
