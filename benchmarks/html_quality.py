"""How well and how fast HTML is read: the whole way from a page to a row, on labelled pages.

    python benchmarks/html_quality.py BENCH [--out PRED.jsonl] [--peers] [--worst 20]

BENCH (or ``BROADSHEET_BENCH``) is a folder with ``html_dev.parquet`` and its ``score.py``. Prints
the scorer's table, the calibration of what was given, and CPU time a page; ``--peers`` adds
trafilatura and newspaper4k in the same run, where they are installed. These pages trained the
models: figures for pages that a model never saw come from ``html_quality_train.py``, whose
``held_out.jsonl`` is scored by ``--held-out``.
"""

# ruff: noqa: ANN401, PLC0415 - the benchmark and its peers are untyped and optional

import argparse
import importlib.util
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

sys.path.insert(0, str(Path(__file__).parent))
from html_quality_pages import decode

from broadsheet.config import Config, Dataset
from broadsheet.normalize import normalize
from broadsheet.parse import parse_many
from broadsheet.records import Article, ParsedArticle, RawRecord, Source

SOURCE = Source(path="", member=None, offset=0, length=1, sha256="0" * 64, format="html")
CONFIG = Config(
    dataset=Dataset(
        name="bench",
        pretty_name="Bench",
        description="Measures.",
        license="other",
        license_name="none",
    ),
)
PORTION = 25  # pages read together, some 4 MB, as in a build
BOUNDS = (0.0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 1.0)


def record_of(row: dict[str, Any]) -> RawRecord:
    """Return a page as the sources would hand it on: its text, and its address where known."""
    is_address = (row["url"] or "").startswith("http")
    fields = {"url": (row["url"],)} if is_address else {}
    return RawRecord(source=SOURCE, text=decode(row["html"]), media="html", fields=fields)


def prediction(identity: str, parsed: ParsedArticle, article: Article | None) -> dict[str, Any]:
    """Return what the scorer reads, from a row; without one, what was parsed."""
    if article is None:
        title = next(parsed.of("title"), None)
        body = {"id": identity, "title": title and title.value, "body": parsed.text}
        return {**body, "confidence": {"title": title.confidence} if title else {}}
    return {
        "id": identity,
        "title": article.title,
        "authors": [*article.authors, *article.agencies] or None,
        "date": article.published_on and article.published_on.isoformat(),
        "url": article.url,
        "body": article.text,
        "named": {w.value: w.confidence for w in parsed.of("author")},
        "confidence": {e.field: e.confidence for e in article.evidence},
    }


def read_all(rows: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], float, float]:
    """Read every page; return predictions and CPU seconds of parsing and of normalising."""
    predictions, parsing, normalizing = [], 0.0, 0.0
    for first in range(0, len(rows), PORTION):
        portion = rows[first : first + PORTION]
        records = [record_of(row) for row in portion]
        start = time.process_time()
        read = parse_many(records)
        parsing += time.process_time() - start
        for row, parsed in zip(portion, read, strict=True):
            if isinstance(parsed, ParsedArticle):
                start = time.process_time()
                (article,) = normalize([parsed], CONFIG)
                normalizing += time.process_time() - start
                known = article if isinstance(article, Article) else None
                predictions.append(prediction(row["id"], parsed, known))
            else:
                predictions.append({"id": row["id"]})
    return predictions, parsing, normalizing


def calibration(
    rows: list[dict[str, Any]], predictions: list[dict[str, Any]], metrics: Any
) -> Iterator[tuple[str, str, int, float]]:
    """Yield for title, date and each name of an author how often each band of confidence is right.

    The last band of each is everything above .9.
    """
    cases: dict[str, list[tuple[float, bool]]] = {"title": [], "date": [], "author": []}
    by_id = {p["id"]: p for p in predictions}
    for row in rows:
        given = by_id[row["id"]]
        known = {name for name in ("title", "date", "authors") if row[name] and given.get(name)}
        if row["contested"]:
            continue
        sure = given.get("confidence", {})
        if "title" in known:
            is_right = metrics.title_eq(row["title"], given["title"])
            cases["title"].append((sure.get("title", 0.0), is_right))
        if "date" in known:
            is_right = metrics.date_cmp(row["date"], given["date"]) == "exact"
            cases["date"].append((sure.get("published_on", 0.0), is_right))
        if "authors" in known:
            truth = metrics.author_set(row["authors"])
            cases["author"] += (
                (p, metrics.author_set([name]) <= truth) for name, p in given["named"].items()
            )
    for name, found in cases.items():
        for low, high in (*pairwise(BOUNDS), (0.9, 1.0)):
            band = [ok for p, ok in found if low < p <= high]
            if band:
                yield name, f"{low:.2f} to {high:.2f}", len(band), sum(band) / len(band)


def peers(rows: list[dict[str, Any]]) -> Iterator[tuple[str, float]]:
    """Yield CPU milliseconds a page of other extractors, with metadata as we read it."""
    readers: dict[str, Callable[[str], object]] = {}
    if importlib.util.find_spec("trafilatura"):
        import trafilatura

        readers["trafilatura"] = trafilatura.bare_extraction
    if importlib.util.find_spec("newspaper"):
        import newspaper

        def read(html: str) -> object:
            article = newspaper.Article("https://bench.example/", language="en")
            article.download(input_html=html)
            return article.parse()

        readers["newspaper4k"] = read
    for name, read_page in readers.items():
        start = time.process_time()
        for row in rows:
            try:
                read_page(decode(row["html"]))
            except Exception as error:  # noqa: BLE001 - a peer's fault on a page is not ours
                print(f"{name} on {row['id']}: {type(error).__name__}", file=sys.stderr)
        yield name, 1000 * (time.process_time() - start) / len(rows)


def main() -> None:
    """Read the pages and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bench", nargs="?", default=os.environ.get("BROADSHEET_BENCH"))
    parser.add_argument("--out", type=Path, default=Path("html_predictions.jsonl"))
    parser.add_argument("--held-out", type=Path, help="score these predictions, read nothing")
    parser.add_argument("--peers", action="store_true")
    parser.add_argument("--worst", type=int, default=0)
    options = parser.parse_args()
    if not options.bench or not Path(options.bench, "html_dev.parquet").exists():
        sys.exit("No development set: name its folder, or set BROADSHEET_BENCH.")
    sys.path.insert(0, options.bench)
    import metrics

    rows = pq.read_table(Path(options.bench, "html_dev.parquet")).to_pylist()
    if options.held_out:
        with options.held_out.open(encoding="utf-8") as lines:
            predictions = [json.loads(line) for line in lines]
        rows = [row for row in rows if row["id"] in {p["id"] for p in predictions}]
    else:
        predictions, parsing, normalizing = read_all(rows)
        with options.out.open("w", encoding="utf-8") as lines:
            lines.writelines(json.dumps(p) + "\n" for p in predictions)
    scored = str(options.held_out or options.out)
    scorer = [sys.executable, str(Path(options.bench, "score.py")), "html", scored]
    subprocess.run([*scorer, "--worst", str(options.worst)], check=True)  # noqa: S603 - named by the user
    print("\n| field | confidence | values | right |\n|---|---|---|---|")
    for name, band, count, share in calibration(rows, predictions, metrics):
        print(f"| {name} | {band} | {count} | {share:.3f} |")
    if options.held_out:
        return
    print("\n| reader | CPU ms a page |\n|---|---|")
    print(f"| broadsheet, parse | {1000 * parsing / len(rows):.1f} |")
    print(f"| broadsheet, normalize | {1000 * normalizing / len(rows):.1f} |")
    for name, milliseconds in peers(rows) if options.peers else ():
        print(f"| {name} | {milliseconds:.1f} |")


if __name__ == "__main__":
    main()
