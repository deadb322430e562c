"""Train what plain pages are read with, and measure it on pages held out.

    python benchmarks/text_training.py BENCH --work FOLDER [--measure]

BENCH is the folder of development sets. Pages are parted by site into five folds; a page is judged
by models that saw no page of its site, which are kept in FOLDER, so that ``--measure`` can judge
changed rules without training again. The shipped models, trained on all pages, are written to
``flows/broadsheet/parse/data/text_models.json``.

    pip install catboost inscriptis html2text
"""

import argparse
import math
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson
from forests import train_forest
from text_pages import FOLDS, LabelledPage, load_pages
from text_quality import predict

from broadsheet.normalize.dates import StatedDate, read_date
from broadsheet.parse import context as ctx
from broadsheet.parse.features import Matrix, line_features, words_of
from broadsheet.parse.html_forest import Forest, forest_of
from broadsheet.parse.models import FILE, models_of

DATA = Path(__file__).parents[1] / "flows" / "broadsheet" / "parse" / "data" / FILE
FEWEST_SITES = 8  # that a weighted word stands on
SURE, FEWEST_SURE = 0.97, 40  # share right, and choices that must show it
STYLE_WEIGHT = {"full": 0.5, "ablate": 0.4, "swap": 0.6, "prefix": 0.4}
Floats = npt.NDArray[np.float32]


@dataclass(slots=True)
class Seen:
    """A page as the models of one fold see it."""

    page: LabelledPage
    features: Matrix
    odds: Floats


def word_weights(pages: Iterable[LabelledPage]) -> dict[str, int]:
    """Weigh the words of short lines: hundredths of log odds for chrome, counted by site."""
    sites: dict[str, tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
    for page in pages:
        if page.style in {"ablate", "swap", "prefix"}:  # the same pages again
            continue
        for line, label in zip(page.lines, page.line_labels, strict=True):
            if label is not None and len(line.text) <= 160:  # noqa: PLR2004
                for word in {w.lower() for w in words_of(line.text)}:
                    sites[word][label].add(page.site)
    weights = {}
    for word, (chrome, body) in sorted(sites.items()):
        weight = round(100 * math.log((len(chrome) + 0.5) / (len(body) + 0.5)))
        if len(chrome | body) >= FEWEST_SITES and abs(weight) >= 40:  # noqa: PLR2004
            weights[word] = max(-300, min(300, weight))
    return weights


def train_body(pages: Sequence[LabelledPage], words: dict[str, int]) -> dict[str, Any]:
    """Train the forest that tells body lines."""
    rows = []
    for page in pages:
        label = np.array([-1 if x is None else x for x in page.line_labels])
        known = label >= 0
        if not known.any():
            continue
        features = line_features(page.lines, words, markdown=page.markdown)
        chars = np.array([min(len(line.text), 400) for line in page.lines])[known]
        weight = (0.3 + chars / 150) * STYLE_WEIGHT.get(page.style, 1) * _trust(page)
        rows.append((features[known], label[known], 5 * weight / np.sqrt(weight.sum())))
    return train_forest(rows, **SHARED, **BODY)


BODY = {"iterations": 200, "depth": 5, "learning_rate": 0.1, "l2_leaf_reg": 15}
SHARED = {"border_count": 48, "rsm": 0.4, "subsample": 0.6}
FINDER = {"iterations": 120, "depth": 4, "learning_rate": 0.1, "l2_leaf_reg": 8}


def _trust(page: LabelledPage) -> float:
    return 1.0 if page.is_scored else 0.7


Candidates = Callable[[Seen], tuple[Matrix, list[int], list[bool]]]


def title_candidates(seen: Seen) -> tuple[Matrix, list[int], list[bool]]:
    """Return rows, labels (-1 unsure) and whether each is the right answer."""
    block, context = _context(seen)
    lines = ctx.title_lines(seen.features, block)
    truth = _bare(seen.page.title or "")
    labels = []
    for index in lines:
        text = _bare(seen.page.lines[index].text)
        is_part = truth and len(text) > 15 and (text in truth or truth in text)  # noqa: PLR2004
        labels.append(1 if truth and text == truth else -1 if is_part else 0)
    return context[lines], labels, [label == 1 for label in labels]


def date_candidates(seen: Seen) -> tuple[Matrix, list[int], list[bool]]:
    """As ``title_candidates``; a date that nobody could read is neither right nor wrong."""
    block, context = _context(seen)
    lines = ctx.dated_lines(seen.features)
    labels = []
    for index in lines:
        stated = read_date(ctx.publication_date(seen.page.lines[index].text) or "")
        day = stated.on.isoformat() if isinstance(stated, StatedDate) and stated.on else None
        labels.append(-1 if day is None else int(day == seen.page.date))
    rows = ctx.dated_features(seen.page.lines, context, block, lines)
    return rows, labels, [label == 1 for label in labels]


def author_candidates(seen: Seen) -> tuple[Matrix, list[int], list[bool]]:
    """As ``title_candidates``; a line that names one of the authors is right."""
    block, context = _context(seen)
    named = ctx.signed_lines(seen.page.lines, seen.features, block)
    body = "\n".join(
        line.text for line, odd in zip(seen.page.lines, seen.odds, strict=True) if odd > 0
    )
    truth = {_bare(name) for name in seen.page.authors or []}
    labels = [int(any(_bare(name) in truth for name in people)) for people in named.values()]
    if not named:
        return np.zeros((0, len(ctx.AUTHOR_NAMES)), np.int32), [], []
    rows = ctx.signed_features(seen.page.lines, context, body, named)
    return rows, labels, [label == 1 for label in labels]


FINDERS: dict[str, tuple[str, Candidates]] = {
    "title": ("title", title_candidates),
    "date": ("date", date_candidates),
    "author": ("authors", author_candidates),
}


def _context(seen: Seen) -> tuple[ctx.Block, Matrix]:
    block = ctx.main_block(seen.features, seen.odds)
    page = seen.page
    return block, ctx.context_features(page.lines, seen.features, seen.odds, block, page.url)


def _bare(text: str) -> str:
    return re.sub(r"[\W_]+", " ", text.casefold()).strip()


def train_finder(seen: Sequence[Seen], field: str, candidates: Candidates) -> dict[str, Any]:
    """Train the forest of a finder on the pages whose truth is known."""
    rows = []
    draw = np.random.default_rng(0)
    for one in seen:
        if field not in one.page.known or one.page.style == "prefix":
            continue
        found, label, _ = candidates(one)
        labelled = np.array(label, dtype=np.int64)
        wrong = np.flatnonzero(labelled == 0)
        if len(wrong) > 50:  # noqa: PLR2004 - a page of links must not outweigh the others
            wrong = draw.choice(wrong, 50, replace=False)
        chosen = np.concatenate([np.flatnonzero(labelled == 1), wrong])
        weight = _trust(one.page) * {"ablate": 0.7, "full": 0.8}.get(one.page.style, 1)
        rows.append((found[chosen], labelled[chosen], np.full(len(chosen), weight)))
    return train_forest(rows, **SHARED, **FINDER)


def calibrate(held_out: Iterable[tuple[float, bool]]) -> tuple[float, float, float]:
    """Fit a probability to the log odds of choices on held-out pages, by Newton's method.

    Returns:
        Slope, offset, and the least log odds from which on 97 % of the choices are right.

    """
    choices = sorted(held_out, reverse=True)
    odds, right = map(np.array, zip(*choices, strict=True))
    line = np.array([1.0, 0.0])
    design = np.stack([odds, np.ones_like(odds)], axis=1)
    for _ in range(25):
        chance = 1 / (1 + np.exp(-design @ line))
        bend = design.T @ (design * (chance * (1 - chance))[:, None]) + 1e-3 * np.eye(2)
        line = line - np.linalg.solve(bend, design.T @ (chance - right))
    shares = np.cumsum(right) / np.arange(1, len(right) + 1)
    sure = np.flatnonzero((shares >= SURE) & (np.arange(len(right)) >= FEWEST_SURE))
    border = float(odds[sure[-1]]) if len(sure) else 99.0
    return round(float(line[0]), 4), round(float(line[1]), 4), round(border, 4)


def see(pages: Iterable[LabelledPage], words: dict[str, int], body: dict[str, Any]) -> list[Seen]:
    """Return pages as a body forest sees them."""
    forest = forest_of(body)
    seen = []
    for page in pages:
        features = line_features(page.lines, words, markdown=page.markdown)
        seen.append(Seen(page, features, forest.log_odds(features.astype(np.float32))))
    return seen


def train_folds(pages: list[LabelledPage], folder: Path) -> list[Seen]:
    """Train the models of every fold; return all pages as seen by models that never saw them."""
    held_out: list[Seen] = []
    bodies = []
    for fold in range(FOLDS):
        rest = [page for page in pages if page.fold != fold]
        words = word_weights(rest)
        bodies.append({"words": words, "body": train_body(rest, words)})
        held_out += see((p for p in pages if p.fold == fold), words, bodies[fold]["body"])
        print(f"fold {fold}: body of {len(rest)} pages, {len(words)} words", file=sys.stderr)
    choices: dict[str, list[tuple[float, bool]]] = {name: [] for name in FINDERS}
    for fold, parts in enumerate(bodies):
        rest = [seen for seen in held_out if seen.page.fold != fold]
        parts["finders"] = {name: train_finder(rest, *how) for name, how in FINDERS.items()}
        for name, forest in parts["finders"].items():
            unseen = [seen for seen in held_out if seen.page.fold == fold]
            choices[name] += _choices(unseen, forest_of(forest), *FINDERS[name])
        print(f"fold {fold}: finders", file=sys.stderr)
    calibration = {name: calibrate(found) for name, found in choices.items()}
    for fold, parts in enumerate(bodies):
        parts["calibration"] = calibration
        (folder / f"fold-{fold}.json").write_bytes(orjson.dumps(parts))
    return held_out


def _choices(
    pages: Iterable[Seen], forest: Forest, field: str, candidates: Candidates
) -> Iterator[tuple[float, bool]]:
    """Yield the log odds of the choice on each page, and whether it is right."""
    for seen in pages:
        if field in seen.page.known and seen.page.is_scored:
            rows, _, right = candidates(seen)
            if len(rows):
                odds = forest.log_odds(rows.astype(np.float32))
                best = int(odds.argmax())
                yield float(odds[best]), right[best]


def predict_held_out(pages: list[LabelledPage], folder: Path, out: Path) -> None:
    """Predict every scored page with the models that saw no page of its site."""
    with out.open("wb") as lines:
        for fold in range(FOLDS):
            models = models_of(orjson.loads((folder / f"fold-{fold}.json").read_bytes()))
            for page in pages:
                if page.fold == fold and page.is_scored:
                    lines.write(orjson.dumps(predict(page.id, page.raw, models)) + b"\n")


def main() -> None:
    """Train and write, or measure what was trained before."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("bench", type=Path)
    parser.add_argument("--work", type=Path, required=True, help="folder for the folds' models")
    parser.add_argument("--measure", action="store_true", help="train nothing, measure the folds")
    arguments = parser.parse_args()
    pages = load_pages(arguments.bench)
    if not arguments.measure:
        held_out = train_folds(pages, arguments.work)
        words = word_weights(pages)
        first = orjson.loads((arguments.work / "fold-0.json").read_bytes())
        parts = {
            "words": words,
            "body": train_body(pages, words),
            "finders": {name: train_finder(held_out, *how) for name, how in FINDERS.items()},
            "calibration": first["calibration"],
        }
        DATA.write_bytes(orjson.dumps(parts) + b"\n")
        print(f"{DATA.name}: {DATA.stat().st_size // 1024} kB")
    predictions = arguments.work / "held-out.jsonl"
    predict_held_out([page for page in pages if page.is_scored], arguments.work, predictions)
    command = [sys.executable, arguments.bench / "score.py", "text", predictions]
    subprocess.run(command, check=True)  # noqa: S603 - the sets' own scorer


if __name__ == "__main__":
    main()
