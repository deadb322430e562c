"""How much leaks from training to test: at random, and by the splits of broadsheet.

    python benchmarks/duplicates_leaks.py 10000

An invented corpus, three of ten articles near copies of another, split 80 : 10 : 10 in two ways.
"""

import hashlib
import sys
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

sys.path.insert(0, str(Path(__file__).parent))
from duplicates_corpus import articles
from duplicates_speed import staged_table

from broadsheet.config import Duplicates, Splits
from broadsheet.deduplicate import fold, keys_of, leakage


def main() -> None:
    """Print the leakage of both ways."""
    corpus = list(articles(int(sys.argv[1]), copies=0.3))
    staged = staged_table(corpus, 0)

    def read(_batch: int, rows: Sequence[int]) -> list[str]:
        return [corpus[row].text for row in rows]

    keys = keys_of(staged, 0)
    folding = fold(keys, Duplicates(), read, splits=Splits(by="hash"))
    print("by families:", leakage(keys, folding.survivors, read))
    at_random = folding.survivors.set_column(
        folding.survivors.schema.get_field_index("split"),
        "split",
        pa.array([random_split(row) for row in folding.survivors["row"].to_pylist()]),
    )
    print("at random:  ", leakage(keys, at_random, read))


def random_split(row: int) -> str:
    """Return a split that knows nothing of copies."""
    place = hashlib.sha256(str(row).encode()).digest()[0] / 256
    return "test" if place < 0.1 else "validation" if place < 0.2 else "train"  # noqa: PLR2004


if __name__ == "__main__":
    main()
