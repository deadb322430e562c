"""The MinHash pipeline of datatrove on the articles that duplicates_speed.py staged.

    python benchmarks/duplicates_datatrove.py FOLDER 100000

Needs an environment of its own with datatrove[processing], spacy, pyarrow and orjson. Runs in one
process with datatrove's own defaults (14 bands of 8 hashes of 5-grams) its four steps: signatures,
buckets, clusters, filter. Prints CPU seconds, its children's included.
"""

import resource
import sys
import tempfile
import time
from pathlib import Path

from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.dedup import (
    MinhashDedupBuckets,
    MinhashDedupCluster,
    MinhashDedupFilter,
    MinhashDedupSignature,
)
from datatrove.pipeline.dedup.minhash import MinhashConfig
from datatrove.pipeline.readers import ParquetReader
from datatrove.pipeline.writers import JsonlWriter


def main() -> None:
    """Run the four steps one after the other and print what each took."""
    folder, count = Path(sys.argv[1]), int(sys.argv[2])
    config = MinhashConfig()
    with tempfile.TemporaryDirectory() as scratch:
        reader = ParquetReader(str(folder), limit=count, id_key="id", glob_pattern="*.parquet")
        work = {step: f"{scratch}/{step}" for step in ("signatures", "buckets", "remove", "kept")}
        steps = {
            "signatures": ([reader, MinhashDedupSignature(work["signatures"], config=config)], 1),
            "buckets": (
                [MinhashDedupBuckets(work["signatures"], work["buckets"], config=config)],
                config.num_buckets,
            ),
            "clusters": ([MinhashDedupCluster(work["buckets"], work["remove"], config=config)], 1),
            "filter": (
                [reader, MinhashDedupFilter(work["remove"]), JsonlWriter(work["kept"])],
                1,
            ),
        }
        total = 0.0
        for name, (pipeline, tasks) in steps.items():
            start = cpu()
            LocalPipelineExecutor(
                pipeline, tasks=tasks, workers=1, logging_dir=f"{scratch}/logs/{name}"
            ).run()
            total += cpu() - start
            print(f"{name}: {cpu() - start:.1f} s CPU", flush=True)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"all: {total:.1f} s CPU, {count / total:,.0f} articles/s, peak {peak:.2f} GiB")


def cpu() -> float:
    """Return CPU seconds of this process and of its ended children."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


if __name__ == "__main__":
    main()
