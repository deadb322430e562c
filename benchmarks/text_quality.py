"""How well plain text and Markdown are read: the shipped models on a set of labelled pages.

    python benchmarks/text_quality.py BENCH [--calibration] [--out PRED.jsonl]

BENCH is the folder of development sets (``text_dev.parquet`` beside its ``score.py``); by default
the environment variable BROADSHEET_BENCH names it. Pages go the users' way: parse, then normalise.
Mind that the shipped models were trained on these very pages: ``text_training.py`` gives the
figures for pages that were held out.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import orjson
import pyarrow.parquet as pq

from broadsheet.config import Config
from broadsheet.normalize import normalize
from broadsheet.parse.models import Models
from broadsheet.parse.text import parse_texts
from broadsheet.records import Article, RawRecord, Rejection, Source
from broadsheet.refinement import PORTION_RECORDS

CONFIG = Config.model_validate({
    "dataset": {"name": "bench", "pretty_name": "Bench", "description": "-", "license": "other",
                "license_name": "-"},
    "text": {"min_words": 1},
})  # fmt: skip


def record_of(name: str, raw: str) -> RawRecord:
    """Make a record of one page."""
    source = Source(name, None, 0, len(raw), "0" * 64, "text")
    return RawRecord(source=source, text=raw, media="text")


def predict(name: str, raw: str, models: Models | None = None) -> dict[str, Any]:
    """Return what a user gets from a page, in the scorer's form."""
    (article,) = parse_texts([record_of(name, raw)], models=models)
    row = article if isinstance(article, Rejection) else normalize([article], CONFIG)[0]
    if not isinstance(row, Article):
        return {"id": name, "title": None, "authors": [], "date": None, "body": "", "evidence": []}
    return {
        "id": name,
        "title": row.title,
        "authors": list(row.authors),
        "date": row.published_on.isoformat() if row.published_on else None,
        "url": row.url,
        "body": row.text,
        "evidence": [[e.field, round(e.confidence, 2)] for e in row.evidence],
    }


def main() -> None:
    """Predict, score and time."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("bench", type=Path, nargs="?", default=os.environ.get("BROADSHEET_BENCH"))
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    if not arguments.bench or not (Path(arguments.bench) / "text_dev.parquet").exists():
        sys.exit(
            "No development sets: name their folder, or set BROADSHEET_BENCH. Nothing measured."
        )
    bench = Path(arguments.bench)
    table = pq.read_table(bench / "text_dev.parquet", columns=["id", "raw"])
    pages = list(zip(table["id"].to_pylist(), table["raw"].to_pylist(), strict=True))
    with tempfile.TemporaryDirectory() as folder:
        out = arguments.out or Path(folder) / "predictions.jsonl"
        out.write_bytes(b"\n".join(orjson.dumps(predict(name, raw)) for name, raw in pages))
        subprocess.run([sys.executable, bench / "score.py", "text", out], check=True)  # noqa: S603
    records = [record_of(name, raw) for name, raw in pages]
    began = time.process_time()
    for start in range(0, len(records), PORTION_RECORDS):
        parse_texts(records[start : start + PORTION_RECORDS])
    print(f"\nparsing: {len(pages) / (time.process_time() - began):,.0f} documents a CPU second")


if __name__ == "__main__":
    main()
