"""How much memory and CPU the folding of all rows takes, by the number of articles.

    python benchmarks/folding.py 100000 300000 1000000 [--against OTHER/flows] [--scratch FOLDER]

Invents staged keys (ids, pages, outlets, signatures, samples, terms: no texts are made, but those
that folding asks for), one in twenty of a near copy and one in fifty of an exact one, with page
chrome that an outlet's articles share, and folds them by the functions that a run calls, each size
in a process of its own. With ``--against`` the same keys are folded by the code of another
checkout, too, and what both find must be the same. Prints CPU seconds, the peak of resident memory,
and that peak by article, without what the process holds before it begins.
"""

import argparse
import hashlib
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from broadsheet.config import Duplicates
from broadsheet.deduplicate import KEY_SCHEMA, fold
from broadsheet.pipeline.folding import KeyFiles

BATCH_ROWS = 10_000
NEAR, EXACT = 20, 50  # one row in so many is a copy of the row before it
OUTLETS = 60
CHROME = 0.12  # of the hashes of an outlet's signatures
ALIKE = 0.8  # of those of a near copy
WIRED = 0.1  # of the articles
NAMES = 200_000
WORDS = 400


def write_keys(folder: Path, count: int) -> None:
    """Write the keys of so many invented articles, a file a batch."""
    chance = np.random.default_rng(1)
    chrome = chance.integers(0, 2**16, (OUTLETS, 128), np.uint16)
    names = chance.integers(0, 2**63, NAMES, np.uint64) << np.uint64(8)
    folder.mkdir(parents=True)
    for number in range(-(-count // BATCH_ROWS)):
        size = min(BATCH_ROWS, count - number * BATCH_ROWS)
        columns = invented(chance, chrome, names, number, size)
        for field in KEY_SCHEMA:
            if field.name not in columns:  # the quality signals, and what is not known
                values = chance.random(size).astype("f4") * 50
                known = pa.array(values).cast(field.type, safe=False) if is_number(field) else None
                columns[field.name] = known or empty(field, size)
        table = pa.table([columns[name] for name in KEY_SCHEMA.names], schema=KEY_SCHEMA)
        pq.write_table(table, folder / f"{number:05}.parquet", compression="zstd")


def invented(
    chance: np.random.Generator, chrome: np.ndarray, names: np.ndarray, number: int, size: int
) -> dict[str, pa.Array]:
    """Return the columns of a batch in which copies and their like can be told."""
    first = number * BATCH_ROWS
    outlet = chance.integers(0, OUTLETS, size)
    signature = chance.integers(0, 2**16, (size, 128), np.uint16)
    is_chrome = chance.random((size, 128)) < CHROME
    signature = np.where(is_chrome, chrome[outlet], signature)
    sample = chance.integers(0, 2**28, (size, 25), np.uint32)
    texts = np.arange(first, first + size)
    near, exact = (np.arange(1, size, every) for every in (NEAR, EXACT))
    kept = chance.random((len(near), 128)) < ALIKE
    signature[near] = np.where(kept, signature[near - 1], signature[near])
    sample[near, :20] = sample[near - 1, :20]
    signature[exact], sample[exact] = signature[exact - 1], sample[exact - 1]
    texts[exact] = texts[exact - 1]
    sample.sort(axis=1)
    term = np.sort(names[chance.zipf(1.3, (size, 24)) % NAMES], axis=1)
    term |= chance.integers(1, 9, (size, 24), np.uint64)
    day = 19_000 + chance.integers(0, 700, size).astype(np.int32)
    lists = (pa.array(np.arange(size + 1, dtype=np.int32) * width) for width in (25, 24))
    wired = [["Brell Wire"] if one else [] for one in chance.random(size) < WIRED]
    return {
        "batch": pa.array(np.full(size, number, np.int32)),
        "row": pa.array(np.arange(size)),
        "id": pa.array([digest(f"id{first + n}")[:16] for n in range(size)]),
        "url": pa.array([f"https://www.paper{o}.example/2024/05/story-{first + n}"
                         for n, o in enumerate(outlet.tolist())]),
        "outlet_domain": pa.array([f"paper{o}.example" for o in outlet.tolist()]),
        "agencies": pa.array(wired, KEY_SCHEMA.field("agencies").type),
        "published_on": pa.array(day).cast(pa.date32()),
        "source_path": pa.array([f"part-{number:08}.jsonl"] * size),
        "source_offset": pa.array(np.arange(size) * 2_400),
        "text_sha256": pa.array([digest(f"text{n}") for n in texts.tolist()]),
        "completeness": pa.array(100 + chance.integers(0, 8, size).astype(np.int32)),
        "signature": pa.Array.from_buffers(
            pa.binary(256), size, [None, pa.py_buffer(signature.tobytes())]
        ),
        "sample": pa.ListArray.from_arrays(next(lists), pa.array(sample.ravel())),
        "terms": pa.ListArray.from_arrays(next(lists), pa.array(term.ravel())),
    }  # fmt: skip


def is_number(field: pa.Field) -> bool:
    """Tell whether a column holds numbers."""
    return pa.types.is_floating(field.type) or pa.types.is_integer(field.type)


def empty(field: pa.Field, size: int) -> pa.Array:
    """Return a column without anything."""
    return pa.nulls(size, field.type) if field.nullable else pa.array([""] * size, field.type)


def digest(name: str) -> str:
    """Return what looks like the digest of a text."""
    return hashlib.sha256(name.encode()).hexdigest()


@cache
def vocabulary() -> list[str]:
    """Return words of which texts are cut."""
    chance = random.Random(0)  # noqa: S311 - reproducible, guards nothing
    return ["".join(chance.choices("abcdefghijklmnop", k=6)) for _ in range(50_000)]


def read(batch: int, rows: Sequence[int]) -> list[str]:
    """Return the texts of rows: those of copies have nine tenths in common."""
    found = []
    for row in rows:
        is_near, is_exact = row % NEAR == 1, row % EXACT == 1
        start = (batch * BATCH_ROWS + row - (is_near or is_exact)) * 7_919 % 49_000
        text = vocabulary()[start : start + WORDS]
        found.append(" ".join(text[: -WORDS // 20] if is_near and not is_exact else text))
    return found


def fold_once(folder: Path) -> None:
    """Fold the keys of a folder and print what it took, and the digest of what was found."""
    vocabulary()
    keys = KeyFiles(sorted(folder.iterdir()))
    before, start = peak(), time.process_time()
    folding = fold(keys, Duplicates(), read)
    seconds, after = time.process_time() - start, peak()
    told = hashlib.sha256()
    for table in (folding.survivors, folding.duplicates):
        for batch in table.combine_chunks().to_batches(max_chunksize=BATCH_ROWS):
            told.update(repr(batch.to_pylist()).encode())
    print(json.dumps({"cpu": seconds, "before": before, "peak": after, "found": told.hexdigest()}))


def peak() -> int:
    """Return the most bytes that this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def measure(folder: Path, flows: str | None) -> dict:
    """Fold in a process of its own, with other code where that is named."""
    path = {"PYTHONPATH": flows} if flows else {}
    command = [sys.executable, __file__, "--one", str(folder)]
    done = subprocess.run(  # noqa: S603 - this script
        command, check=True, capture_output=True, text=True, env=os.environ | path
    )
    return json.loads(done.stdout)


def main() -> None:
    """Invent keys, fold them, print a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("articles", type=int, nargs="*")
    parser.add_argument("--against", help="the flows/ of another checkout")
    parser.add_argument("--scratch", type=Path, help="folder for the keys, some 800 bytes each")
    parser.add_argument("--one", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.one:
        fold_once(chosen.one)
        return
    codes = {"other": chosen.against} if chosen.against else {}
    print("| articles | code | CPU s | peak GiB | bytes an article |\n|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as temporary:
        for count in chosen.articles:
            folder = (chosen.scratch or Path(temporary)) / f"keys-{count}"
            if not folder.is_dir():
                write_keys(folder, count)
            found = set()
            for name, flows in (codes | {"this": None}).items():
                told = measure(folder, flows)
                found.add(told["found"])
                each = (told["peak"] - told["before"]) / count
                print(f"| {count:,} | {name} | {told['cpu']:.1f} | {told['peak'] / 2**30:.2f} "
                      f"| {each:,.0f} |", flush=True)  # fmt: skip
            if len(found) > 1:
                raise SystemExit("the two find something else")


if __name__ == "__main__":
    main()
