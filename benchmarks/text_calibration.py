"""Whether confidence means what it says: right answers by stated confidence.

    python benchmarks/text_calibration.py BENCH PREDICTIONS.jsonl

PREDICTIONS are those that ``text_quality.py --out`` or ``text_training.py`` (``held-out.jsonl``)
writes. A value counts where the truth of its field is known; of several authors all must be right.
"""

import argparse
import sys
from collections import defaultdict
from pathlib import Path

import orjson
import pyarrow.parquet as pq

BINS = (0.0, 0.5, 0.7, 0.8, 0.9, 0.905, 1.01)
FIELDS = (("title", "title"), ("date", "published_on"), ("authors", "authors"))


def main() -> None:
    """Print a table: for each field and bin of confidence, values given and the share right."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("bench", type=Path)
    parser.add_argument("predictions", type=Path)
    arguments = parser.parse_args()
    sys.path.insert(0, str(arguments.bench))
    import metrics  # noqa: PLC0415 - the sets bring their own measure

    columns = ["id", "title", "authors", "date", "known", "contested"]
    truths = {
        row["id"]: row
        for row in pq.read_table(arguments.bench / "text_dev.parquet", columns=columns).to_pylist()
        if not row["contested"]
    }
    counts: dict[tuple[str, float], list[int]] = defaultdict(lambda: [0, 0])
    for line in arguments.predictions.read_bytes().splitlines():
        guess = orjson.loads(line)
        truth = truths.get(guess["id"])
        confidence = dict(guess["evidence"])
        for field, column in FIELDS:
            if truth is None or field not in truth["known"] or not guess[field]:
                continue
            if field == "title":
                right = metrics.title_eq(truth["title"] or "", guess["title"])
            elif field == "date":
                right = guess["date"] == truth["date"]
            else:
                right = metrics.author_counts(truth["authors"] or [], guess["authors"])[3]
            low = max(border for border in BINS if border <= confidence.get(column, 0))
            counts[field, low][0] += 1
            counts[field, low][1] += bool(right)
    print("| field | confidence from | values | right |\n|---|---|---|---|")
    for (field, low), (given, right) in sorted(counts.items()):
        print(f"| {field} | {low} | {given} | {right / given:.3f} |")


if __name__ == "__main__":
    main()
