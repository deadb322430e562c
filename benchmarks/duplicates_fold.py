"""How long a million articles take to fold, and in how much memory, once their keys are made.

    python benchmarks/duplicates_fold.py 1000000 [--real 20000]

Makes the keys of some invented articles, repeats them with other hashes, ids and days until there
are enough, so that the repetitions are no copies of one another, and folds them all. Prints CPU
seconds and the peak of resident memory.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

sys.path.insert(0, str(Path(__file__).parent))
from duplicates_speed import say, stage

from broadsheet.config import Duplicates
from broadsheet.deduplicate import fold, keys_of


def repeated(keys: pa.Table, number: int, n_files: int) -> pa.Table:
    """Return keys as those of other articles with the same copies among them."""
    chance = np.random.default_rng(number)
    hashes = np.frombuffer(keys["signature"].combine_chunks().buffers()[1], "<u2")
    hashes = hashes ^ chance.integers(0, 2**16, dtype=np.uint16)
    samples = keys["sample"].combine_chunks()
    others = np.asarray(samples.flatten()) ^ np.uint32(chance.integers(0, 2**28))
    names = [f"{number:03}{row:013}" for row in range(len(keys))]
    days = np.asarray(keys["published_on"].cast(pa.int32())) + 7 * number
    columns = {name: keys[name] for name in keys.column_names} | {
        "batch": pa.array(np.asarray(keys["batch"]) + np.int32(n_files * number)),
        "id": pa.array(names),
        "source_path": pa.array(names),
        "text_sha256": pa.array([f"{number:03}{v[3:]}" for v in keys["text_sha256"].to_pylist()]),
        "published_on": pa.array(days.astype(np.int32)).cast(pa.date32()),
        "sample": pa.ListArray.from_arrays(samples.offsets, pa.array(others)),
        "signature": pa.Array.from_buffers(
            keys.schema.field("signature").type, len(keys), [None, pa.py_buffer(hashes)]
        ),
    }
    return pa.table([columns[name] for name in keys.schema.names], schema=keys.schema)


def main() -> None:
    """Make the keys, repeat them, fold, and say what each took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int)
    parser.add_argument("--real", type=int, default=20_000, help="articles whose keys are made")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        paths = stage(Path(folder), options.real, 0.1)
        start = time.process_time()
        real = pa.concat_tables([keys_of(pq.read_table(p), n) for n, p in enumerate(paths)])
        say("keys", len(real), start)
        times = range(-(-options.count // len(real)))
        keys = pa.concat_tables([repeated(real, n, len(paths)) for n in times])

        def read(batch: int, rows: Sequence[int]) -> list[str]:
            texts = pq.read_table(paths[batch % len(paths)], columns=["text"])["text"]
            return texts.take(rows).to_pylist()

        start = time.process_time()
        fold(keys, Duplicates(), read)
        say("fold", len(keys), start)


if __name__ == "__main__":
    main()
