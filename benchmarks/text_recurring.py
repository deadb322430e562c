"""What leaving out recurring lines adds: the same articles in the chrome of a few sites.

    python benchmarks/text_recurring.py BENCH [--outlets 2] [--pages 240]

Outlets are made from the development sets, for measuring only: the chrome around one labelled page
(its lines that are no body) is laid around the bodies of other pages, of whose chrome nothing is
kept. Prints the sets' own body F1 with and without the first pass, and the lines of bodies lost.
"""

import argparse
import random
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from text_quality import record_of

from broadsheet.parse import parse_many
from broadsheet.parse.recurring import recurs, sight
from broadsheet.records import ParsedArticle, RawRecord

FEWEST_LINES = 40  # of chrome that makes an outlet
KEPT = 0.9  # share of an outlet's lines that a page has


Chrome = tuple[list[str], list[str], list[str]]


def parted(row: dict[str, Any]) -> Chrome | None:
    """Return the chrome before, within and after a page's body; None where there is little."""
    lines, labels = row["raw"].split("\n"), row["line_labels"]
    body = [index for index, label in enumerate(labels) if label == 1]
    if len(lines) != len(labels) or not body:
        return None
    before, after = lines[: body[0]], lines[body[-1] + 1 :]
    within = [lines[i] for i in range(body[0], body[-1]) if labels[i] == 0 and lines[i].strip()]
    is_rich = len(before) + len(after) >= FEWEST_LINES and within
    return (before, within, after) if is_rich else None


def pages_of(
    outlet: int, chrome: Chrome, rows: list[dict[str, Any]]
) -> list[tuple[dict[str, Any], RawRecord]]:
    """Return bodies in the chrome of an outlet, each without a few of its lines."""
    draw = random.Random(outlet)  # noqa: S311 - which lines a page lacks needs no secret
    pages = []
    for number, row in enumerate(rows):
        before, within, after = ([ln for ln in part if draw.random() < KEPT] for part in chrome)
        paragraphs = row["body"].split("\n")
        for line in within:
            paragraphs.insert(draw.randrange(len(paragraphs) + 1), f"\n{line}\n")
        text = "\n".join([*before, "", *paragraphs, "", *after])
        pages.append((row, record_of(f"outlet-{outlet}/{number}.txt", text)))
    return pages


def recurring(records: list[RawRecord]) -> dict[str, set[int]]:
    """Return the recurring lines of records, counted in memory."""
    on: dict[str, dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
    for seen in filter(None, map(sight, records)):
        for key in seen.keys:
            on[seen.group][key].add(seen.page)
    pages = {group: len({p for some in keys.values() for p in some}) for group, keys in on.items()}
    return {
        group: {key for key, some in keys.items() if recurs(len(some), pages[group])}
        for group, keys in on.items()
    }


def main() -> None:
    """Make outlets, read them twice, score."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("bench", type=Path)
    parser.add_argument("--outlets", type=int, default=2)
    parser.add_argument("--pages", type=int, default=240)
    arguments = parser.parse_args()
    sys.path.insert(0, str(arguments.bench))
    import metrics  # noqa: PLC0415 - the sets bring their own measure

    rows = [
        row
        for row in pq.read_table(arguments.bench / "text_dev.parquet").to_pylist()
        if row["style"] == "full" and not row["contested"] and row["body"]
    ]
    chromes = [chrome for row in rows if (chrome := parted(row))][
        :: max(1, 60 // arguments.outlets)
    ]
    told = [
        page
        for outlet, chrome in enumerate(chromes[: arguments.outlets])
        for page in pages_of(outlet, chrome, rows[: arguments.pages])
    ]
    records = [record for _, record in told]
    keys = recurring(records)
    print("| first pass | body F1 | precision | recall |\n|---|---|---|---|")
    for name, known in (("without", {}), ("with", keys)):
        scores = []
        for (row, _), article in zip(told, parse_many(records, known), strict=True):
            text = article.text if isinstance(article, ParsedArticle) else ""
            scores.append(metrics.tp_fp_fn(row["body"], text))
        figures = metrics.body_scores(scores)
        shown = " | ".join(f"{figures[key]:.4f}" for key in ("f1", "precision", "recall"))
        print(f"| {name} | {shown} |")
    print(f"{len(told)} pages; recurring lines: {Counter({g: len(k) for g, k in keys.items()})}")


if __name__ == "__main__":
    main()
