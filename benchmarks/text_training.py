"""Train what plain pages are read with, and measure it on pages held out.

    python benchmarks/text_training.py BENCH --work FOLDER [--finders | --measure]

BENCH is the folder of development sets. Pages are parted by site into five folds; a page is judged
by models that saw no page of its site. These are kept in FOLDER, so that ``--measure`` can judge
changed rules without training again, and ``--finders`` train all but the words and bodies. The
shipped models, of all pages, are written to ``flows/broadsheet/parse/data/text_models.json``.

    pip install catboost inscriptis html2text
"""

import argparse
import math
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
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
from broadsheet.parse.body import doubt_teasers
from broadsheet.parse.bound import Bound
from broadsheet.parse.columns import Lines, Numbers
from broadsheet.parse.features import Matrix, look_at
from broadsheet.parse.forest import Forest
from broadsheet.parse.models import FILE, models_of
from broadsheet.parse.sheaf import Sheaf
from broadsheet.parse.spelling import SEEN
from broadsheet.parse.text_forest import text_forest_of
from broadsheet.parse.vocabulary import Vocabulary, vocabulary_of

DATA = Path(__file__).parents[1] / "flows" / "broadsheet" / "parse" / "data" / FILE
FEWEST_SITES = 8  # that a weighted word stands on
SURE, FEWEST_SURE = 0.97, 40  # share right, and choices that must show it
STYLE_WEIGHT = {"full": 0.5, "ablate": 0.4, "swap": 0.6, "prefix": 0.4}
WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
Floats = npt.NDArray[np.float32]


@dataclass(slots=True)
class Seen:
    """A page as the models of one fold see it, with the odds of its lines."""

    page: LabelledPage
    bound: Bound
    odds: Floats


def word_weights(pages: Iterable[LabelledPage]) -> dict[str, int]:
    """Weigh the words of short lines: hundredths of log odds for chrome, counted by site."""
    sites: dict[str, tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
    for page in pages:
        if page.style in {"ablate", "swap", "prefix"}:  # the same pages again
            continue
        for line, label in zip(page.lines, page.line_labels, strict=True):
            if label is not None and len(line.text) <= 160:  # noqa: PLR2004
                for word in set(WORD.findall(line.text[:SEEN].lower())):
                    sites[word][label].add(page.site)
    weights = {}
    for word, (chrome, body) in sorted(sites.items()):
        weight = round(100 * math.log((len(chrome) + 0.5) / (len(body) + 0.5)))
        if len(chrome | body) >= FEWEST_SITES and abs(weight) >= 40:  # noqa: PLR2004
            weights[word] = max(-300, min(300, weight))
    return weights


def train_body(looks: Iterable[tuple[LabelledPage, Matrix]]) -> dict[str, Any]:
    """Train a forest that tells body lines from what they look like."""
    rows = []
    for page, features in looks:
        label = np.array([-1 if x is None else x for x in page.line_labels])
        known = np.flatnonzero(label >= 0)
        if not len(known):
            continue
        chars = np.minimum(features[0][known], 400)
        weight = (0.3 + chars / 150) * STYLE_WEIGHT.get(page.style, 1) * _trust(page)
        rows.append((features[:, known].T, label[known], 5 * weight / np.sqrt(weight.sum())))
    return train_forest(rows, **SHARED, **BODY)


BODY = {"iterations": 200, "depth": 5, "learning_rate": 0.1, "l2_leaf_reg": 15}
SHARED = {"border_count": 48, "rsm": 0.4, "subsample": 0.6}
SMALL = {"iterations": 120, "depth": 4, "learning_rate": 0.1, "l2_leaf_reg": 8}
LARGE = {"iterations": 300, "depth": 5, "learning_rate": 0.07, "l2_leaf_reg": 8}


def _trust(page: LabelledPage) -> float:
    return 1.0 if page.is_scored else 0.7


Labelled = tuple[Numbers, Matrix, list[int]]


def title_candidates(seen: Seen) -> Labelled:
    """Return lines, what the finder sees of them, and labels (-1 unsure)."""
    lines, rows = seen.bound.titles()
    truth = _bare(seen.page.title or "")
    labels = []
    for index in lines:
        text = _bare(seen.page.lines[index].text)
        is_part = truth and len(text) > 15 and (text in truth or truth in text)  # noqa: PLR2004
        labels.append(1 if truth and text == truth else -1 if is_part else 0)
    return lines, rows, labels


def date_candidates(seen: Seen) -> Labelled:
    """As ``title_candidates``; a date that nobody could read is neither right nor wrong."""
    lines, rows = seen.bound.dates()
    labels = []
    for index in lines:
        stated = read_date(ctx.publication_date(seen.page.lines[index].text) or "")
        day = stated.on.isoformat() if isinstance(stated, StatedDate) and stated.on else None
        labels.append(-1 if day is None else int(day == seen.page.date))
    return lines, rows, labels


def author_candidates(seen: Seen) -> Labelled:
    """As ``title_candidates``; a line that names one of the authors is right."""
    bound = seen.bound
    named = ctx.signed_lines(bound.sheaf, bound.features, bound.blocks)
    body = "\n".join(
        line.text for line, odd in zip(seen.page.lines, seen.odds, strict=True) if odd > 0
    )
    truth = {_bare(name) for name in seen.page.authors or []}
    labels = [int(any(_bare(name) in truth for name in people)) for people in named.values()]
    return *bound.bylines(named, {0: body}), labels


@dataclass(frozen=True, slots=True)
class Finding:
    """How a finder is trained: the field of the truth, its candidates, CatBoost's settings."""

    field: str
    candidates: Callable[[Seen], Labelled]
    settings: dict[str, Any]


FINDERS = {
    "title": Finding("title", title_candidates, LARGE),
    "date": Finding("date", date_candidates, SMALL),
    "author": Finding("authors", author_candidates, SMALL),
}


def _bare(text: str) -> str:
    return re.sub(r"[\W_]+", " ", text.casefold()).strip()


def train_finder(seen: Sequence[Seen], finding: Finding) -> dict[str, Any]:
    """Train the forest of a finder on the pages whose truth is known."""
    rows = []
    draw = np.random.default_rng(0)
    for one in seen:
        if finding.field not in one.page.known or one.page.style == "prefix":
            continue
        _, found, label = finding.candidates(one)
        labelled = np.array(label, dtype=np.int64)
        wrong = np.flatnonzero(labelled == 0)
        if len(wrong) > 50:  # noqa: PLR2004 - a page of links must not outweigh the others
            wrong = draw.choice(wrong, 50, replace=False)
        chosen = np.concatenate([np.flatnonzero(labelled == 1), wrong])
        weight = _trust(one.page) * {"ablate": 0.7, "full": 0.8}.get(one.page.style, 1)
        rows.append((found[:, chosen].T, labelled[chosen], np.full(len(chosen), weight)))
    return train_forest(rows, **SHARED, **finding.settings)


def choices_of(
    seen: Iterable[Seen], forest: Forest, finding: Finding
) -> Iterator[tuple[float, bool]]:
    """Yield the log odds of the choice on each page, and whether it is right."""
    for one in seen:
        if finding.field in one.page.known and one.page.is_scored:
            _, rows, labels = finding.candidates(one)
            if labels:
                odds = forest.log_odds(rows)
                best = int(odds.argmax())
                yield float(odds[best]), labels[best] == 1


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


def look(
    pages: Iterable[LabelledPage], words: Vocabulary
) -> list[tuple[LabelledPage, Sheaf, Matrix]]:
    """Return what the lines of pages look like."""
    sheaves = [(page, Sheaf.of(Lines.of([page.lines]), [page.markdown])) for page in pages]
    return [(page, sheaf, look_at(sheaf, words).features) for page, sheaf in sheaves]


def see(pages: Iterable[LabelledPage], words: Vocabulary, body: dict[str, Any]) -> list[Seen]:
    """Return pages as a body forest sees them."""
    forest = text_forest_of(body)
    seen = []
    for page, sheaf, features in look(pages, words):
        odds = doubt_teasers(sheaf, features, forest.log_odds(features))
        blocks = ctx.main_blocks(sheaf, features, odds)
        context = ctx.context_features(sheaf, features, odds, blocks)
        bound = Bound(sheaf, np.concatenate([features, context]), blocks, [page.url])
        seen.append(Seen(page, bound, odds))
    return seen


def beheaded(pages: Iterable[LabelledPage]) -> Iterator[LabelledPage]:
    """Yield cut web pages again without the lines that state their headline.

    What a scraper misses of a page is mostly its headline: the line that then comes first, a
    standfirst or a caption, must not pass for it.
    """
    for page in pages:
        title = _bare(page.title or "")
        if page.is_scored or not page.id.endswith(".crop") or len(title) <= 8:  # noqa: PLR2004
            continue
        kept = [n for n, line in enumerate(page.lines) if not _tells(_bare(line.text), title)]
        if 4 <= len(kept) < len(page.lines):  # noqa: PLR2004 - a text, and a headline fewer
            yield replace(
                page,
                id=f"{page.id}@beheaded",
                style="ablate",
                title=None,
                known=("title",),
                lines=[page.lines[n] for n in kept],
                line_labels=[page.line_labels[n] for n in kept],
            )


def _tells(text: str, title: str) -> bool:
    return title in text or (len(text) > 15 and text in title)  # noqa: PLR2004


@dataclass(slots=True)
class Shared:
    """What the processes that train folds share with the one that started them."""

    pages: list[LabelledPage]
    held_out: list[Seen]
    folder: Path


SHARE = Shared([], [], Path())
ALL = FOLDS  # in place of a fold: hold nothing out
WORKERS = 2


def in_parallel(function: Callable[[int], Any], folds: Iterable[int]) -> list[Any]:
    """Call a function for each fold, in processes that inherit what is shared."""
    with ProcessPoolExecutor(WORKERS, mp_context=get_context("fork")) as pool:
        return list(pool.map(function, folds))


def train_first(fold: int) -> tuple[dict[str, Any], list[Seen]]:
    """Train words and body on all folds but one; return that one's pages as these see them."""
    rest = [page for page in SHARE.pages if page.fold != fold]
    weights = word_weights(rest)
    words = vocabulary_of(weights)
    body = train_body((page, features) for page, _, features in look(rest, words))
    _say(f"fold {fold}: body of {len(rest)} pages, {len(weights)} words")
    return {"words": weights, "body": body}, _held_out(fold, weights, body)


def see_again(fold: int) -> tuple[dict[str, Any], list[Seen]]:
    """As ``train_first``, with the words and body that were trained before."""
    parts = orjson.loads((SHARE.folder / f"fold-{fold}.json").read_bytes())
    parts = {name: parts[name] for name in ("words", "body")}
    return parts, _held_out(fold, **parts)


def _held_out(fold: int, words: dict[str, int], body: dict[str, Any]) -> list[Seen]:
    pages = [page for page in SHARE.pages if page.fold == fold]
    return see([*pages, *beheaded(pages)], vocabulary_of(words), body)


def train_finders(fold: int) -> tuple[dict[str, Any], dict[str, list[tuple[float, bool]]]]:
    """Train the finders on all folds but one; return their choices on that one's pages."""
    rest = [seen for seen in SHARE.held_out if seen.page.fold != fold]
    unseen = [seen for seen in SHARE.held_out if seen.page.fold == fold]
    finders = {name: train_finder(rest, how) for name, how in FINDERS.items()}
    _say(f"fold {fold}: finders")
    return finders, {
        name: list(choices_of(unseen, text_forest_of(forest), FINDERS[name]))
        for name, forest in finders.items()
    }


def train_all(
    pages: list[LabelledPage], folder: Path, *, keeps_bodies: bool = False
) -> dict[str, Any]:
    """Train the models of every fold and those of all pages, and write them to a folder.

    Args:
        pages: the labelled pages.
        folder: where the models go.
        keeps_bodies: the words and bodies in that folder are kept; the finders alone are trained.

    """
    SHARE.pages, SHARE.folder = pages, folder
    folds = []
    for parts, seen in in_parallel(see_again if keeps_bodies else train_first, range(FOLDS + 1)):
        folds.append(parts)
        SHARE.held_out += seen
    verdicts: dict[str, list[tuple[float, bool]]] = {name: [] for name in FINDERS}
    found = in_parallel(train_finders, range(FOLDS + 1))
    for parts, (finders, choices) in zip(folds, found, strict=True):
        parts["finders"] = finders
        for name, some in choices.items():
            verdicts[name] += some
    calibration = {name: calibrate(choices) for name, choices in verdicts.items()}
    for fold, parts in enumerate(folds):
        parts["calibration"] = calibration
        (folder / f"fold-{fold}.json").write_bytes(orjson.dumps(parts))
    return folds[ALL]


def _say(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


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
    parser.add_argument("--finders", action="store_true", help="keep the bodies trained before")
    parser.add_argument("--measure", action="store_true", help="train nothing, measure the folds")
    arguments = parser.parse_args()
    pages = load_pages(arguments.bench)
    if not arguments.measure:
        parts = train_all(pages, arguments.work, keeps_bodies=arguments.finders)
        DATA.write_bytes(orjson.dumps(parts) + b"\n")
        print(f"{DATA.name}: {DATA.stat().st_size // 1024} kB")
    predictions = arguments.work / "held-out.jsonl"
    predict_held_out([page for page in pages if page.is_scored], arguments.work, predictions)
    command = [sys.executable, arguments.bench / "score.py", "text", predictions]
    subprocess.run(command, check=True)  # noqa: S603 - the sets' own scorer


if __name__ == "__main__":
    main()
