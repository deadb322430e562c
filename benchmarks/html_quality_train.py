"""Train the small forests that read HTML, and say how well they do on documents they never saw.

    pip install catboost trafilatura lxml_html_clean resiliparse
    python benchmarks/html_quality_train.py BENCH --work FOLDER [--write]

BENCH holds ``html_dev.parquet``, ``metrics.py`` and ``score.py`` (see ``docs/html.md``). Labels
come from there: the words of a body, segments to keep and to drop, title, authors, date. Where a
page has segments only, the blocks between are labelled by a vote of trafilatura, resiliparse and
the model of the round before, with a small weight. Documents are split into folds by domain;
``held_out.jsonl`` in FOLDER, to give to ``score.py``, holds what models say that saw no page of
the domain. With ``--write`` the models are trained on all documents and written beside the code:
weights alone, no text of any page.
"""

# ruff: noqa: ANN401, PLC0415, PLR2004 - catboost and the benchmark are untyped and optional; the
# figures are choices of this training alone

import argparse
import json
import pickle
import random
import sys
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pyarrow.parquet as pq
from catboost import CatBoostClassifier, Pool

sys.path.insert(0, str(Path(__file__).parent))
from html_quality_pages import decode

from broadsheet.parse import html_authors, html_dates, html_titles
from broadsheet.parse.forest import SCALE
from broadsheet.parse.html_body import Body, body_of, without_head
from broadsheet.parse.html_context import SECOND_FEATURES, second_features
from broadsheet.parse.html_features import FEATURES, block_features, count_words
from broadsheet.parse.html_forest import load_forest
from broadsheet.parse.html_layout import layout_of
from broadsheet.parse.html_marks import read_marks
from broadsheet.parse.html_page import Page
from broadsheet.parse.html_setting import Setting, setting_of
from broadsheet.parse.html_statements import Statements, read_statements
from broadsheet.parse.html_texts import Head
from broadsheet.parse.html_walk import read_page
from broadsheet.records import RawRecord, Source

FOLDS = 4
SOURCE = Source(path="", member=None, offset=0, length=1, sha256="0" * 64, format="html")
STATED_SOURCE = (
    "Weights trained by benchmarks/html_quality_train.py on labels of public benchmarks under "
    "Apache-2.0 and MIT. No text of any page."
)
DATA = Path(html_titles.__file__).parent / "data"
LEAST = {
    "titles": html_titles.LEAST_CONFIDENCE,
    "authors": html_authors.LEAST_CONFIDENCE,
    "dates": html_dates.LEAST_CONFIDENCE,
}
COLUMNS = {"titles": "title", "dates": "published_on"}
KEPT_PLACES = 0.1, 0.8  # least and most
# Weights of pages made to state less, and made to be silent of what is asked; each was chosen on
# held-out pages. The forest of authors weighs every name by itself and gains nothing from these.
JOINED = {
    "titles": 0.0,
    "authors": 0.1,
    "dates": 0.0,
}  # pages given more authors of the same byline
THINNED = {"titles": 0.0, "authors": 0.0, "dates": 0.4}
SILENT = {"titles": 0.5, "authors": 0.0, "dates": 0.5}
SILENT_SHARE = 0.1  # of pages that state no such thing, as confidences are to allow for
SURE_SHARE = {"titles": 0.975, "authors": 0.97, "dates": 0.975}
UNSEEN = ("jsonld", "meta", "og", "twitter", "title", "path", "script")
FIELDS = {"titles": html_titles, "authors": html_authors, "dates": html_dates}


@dataclass
class Document:
    """A page with its labels and what the models of its fold say."""

    row: dict[str, Any]
    page: Page
    found: Statements
    setting: Setting
    features: np.ndarray
    labels: np.ndarray
    weights: np.ndarray
    fold: int
    scores: dict[str, np.ndarray] = field(default_factory=dict)
    body: Body | None = None
    claims: dict[str, tuple[list[Any], np.ndarray]] = field(default_factory=dict)


def read_documents(bench: Path) -> list[Document]:
    """Read and cut the pages whose truth is not contested."""
    documents = []
    for row in pq.read_table(bench / "html_dev.parquet").to_pylist():
        page = None if row["contested"] else read_page(decode(row.pop("html")))
        if page is None or not len(page.blocks):
            continue
        found = read_statements(page)
        read_marks(page, found)
        url = row["url"] if (row["url"] or "").startswith("http") else ""
        fields = {"url": (url,)} if url else {}
        setting = setting_of(RawRecord(source=SOURCE, text="", media="html", fields=fields), found)
        head = Head(setting.headline, setting.description, found.body)
        features = block_features([(page, head)], layout_of([page])).T
        count = len(page.blocks)
        fold = zlib.crc32(_domain(row).encode()) % FOLDS
        page.scripts = []  # read; they are most of a page
        documents.append(
            Document(row, page, found, setting, features, np.zeros(count), np.zeros(count), fold)
        )
    return documents


def _domain(row: dict[str, Any]) -> str:
    host = (urlsplit(row["url"]).hostname if row["url"] else None) or row["id"]
    return ".".join(host.split(".")[-2:])


def overlap(page: Page, text: str, metrics: Any) -> np.ndarray:
    """Return for each block the share of its words, in runs of four, that a text has.

    Blocks of fewer words, such as the cells of a table, count if the text has them in such a run
    with what stands beside them; blocks that it does not have at all do not stand between.
    """
    words = metrics.tokenize(text)
    grams = set(_runs_of_four(words))
    flat = f" {' '.join(words)} "
    tokens = [metrics.tokenize(text) for text in page.blocks.text]
    shares = np.full(len(tokens), -1.0)
    stream: list[str] = []
    owners: list[int] = []
    for index, own in enumerate(tokens):
        if len(own) >= 4:
            mine = _runs_of_four(own)
            shares[index] = sum(gram in grams for gram in mine) / len(mine)
        elif own:
            shares[index] = 0.0
        if shares[index] >= 0.7 or (0 < len(own) < 4 and f" {' '.join(own)} " in flat):
            stream += own
            owners += [index] * len(own)
    is_shared = np.zeros(len(stream), bool)
    for start, gram in enumerate(_runs_of_four(stream)):
        if gram in grams:
            is_shared[start : start + 4] = True
    for index, word_is_shared in zip(owners, is_shared.tolist(), strict=True):
        if len(tokens[index]) < 4:
            shares[index] += word_is_shared / len(tokens[index])
    return shares


def _runs_of_four(words: list[str]) -> list[tuple[str, ...]]:
    return list(zip(*(words[start:] for start in range(4)), strict=False))


def label(documents: list[Document], votes: dict[str, dict[str, str]], metrics: Any) -> None:
    """Label every block, from its truth or from votes, and weigh it."""
    for document in documents:
        row, page = document.row, document.page
        if row["body"]:
            shares = overlap(page, row["body"], metrics)
            document.labels = (shares >= 0.5).astype(float)
            weights = np.where(shares < 0, 0, 2.0)
        else:
            weights = _label_by_vote(document, votes[row["id"]], metrics)
        words = np.array([count_words(text) for text in page.blocks.text])
        weights = weights * np.sqrt(np.minimum(words, 150))
        document.weights = weights / np.sqrt((weights * document.labels).sum() + 20)


def _label_by_vote(document: Document, votes: dict[str, str], metrics: Any) -> np.ndarray:
    shares = [overlap(document.page, text, metrics) for text in votes.values()]
    ayes = sum((share >= 0.5).astype(int) for share in shares)
    own = document.scores.get("second")
    if own is None:
        labels, weights = shares[0] >= 0.5, np.where((ayes == 0) | (ayes == 2), 0.4, 0.15)
    else:
        ayes = ayes + 2 * (own > 0.2)
        labels = ayes >= 2
        is_tie = (ayes == 2) & (np.abs(own - 0.2) <= 1.5)
        weights = np.where((ayes == 0) | (ayes == 4), 0.5, np.where(is_tie | (ayes == 1), 0.1, 0.3))
    weights[shares[0] < 0] = 0
    labels = labels.astype(float)
    keep = [" ".join(segment.split()) for segment in document.row["keep"] or ()]
    drop = [" ".join(segment.split()) for segment in document.row["drop"] or ()]
    for index, text in enumerate(document.page.blocks.text):
        if any(segment in text for segment in keep):
            labels[index], weights[index] = 1, 2
        elif any(segment in text for segment in drop):
            labels[index], weights[index] = 0, 2
    document.labels = labels
    return weights


def read_votes(bench: Path, cache: Path) -> dict[str, dict[str, str]]:
    """Return the main text that other extractors find, from a cache or by running them."""
    if not cache.exists():
        import trafilatura
        from resiliparse.extract.html2text import extract_plain_text

        with cache.open("w", encoding="utf-8") as lines:
            for row in pq.read_table(bench / "html_dev.parquet").to_pylist():
                html = decode(row["html"])
                vote = {
                    "id": row["id"],
                    "traf": trafilatura.extract(html, include_comments=False) or "",
                    "resi": extract_plain_text(html, main_content=True, alt_texts=False) or "",
                }
                lines.write(json.dumps(vote) + "\n")
    with cache.open(encoding="utf-8") as lines:
        rows = map(json.loads, lines)
        return {row["id"]: {"traf": row["traf"], "resi": row["resi"]} for row in rows}


def fit(rows: Iterable[tuple[np.ndarray, np.ndarray, np.ndarray]], **settings: Any) -> Any:
    """Train one forest on (features, labels, weights) of documents."""
    features, labels, weights = (np.concatenate(part) for part in zip(*rows, strict=True))
    model = CatBoostClassifier(
        random_seed=1,
        verbose=0,
        thread_count=2,
        bootstrap_type="Bernoulli",
        allow_writing_files=False,
        **settings,
    )
    model.fit(Pool(features, labels, weight=weights))
    return model


BLOCKS = {"depth": 6, "l2_leaf_reg": 8, "border_count": 48, "rsm": 0.5, "subsample": 0.7}
CLAIMS = {"depth": 5, "l2_leaf_reg": 6, "border_count": 32, "rsm": 0.6, "subsample": 0.8}


def fit_blocks(documents: list[Document], stage: str, iterations: int) -> Any:
    """Train the first or the second block model."""
    rate = min(0.12, 24 / iterations)
    rows = ((_columns(d, stage), d.labels, d.weights) for d in documents)
    return fit(rows, iterations=iterations, learning_rate=rate, **BLOCKS)


def _columns(document: Document, stage: str) -> np.ndarray:
    if stage == "first":
        return document.features
    layout, first = layout_of([document.page]), document.scores["first"]
    return second_features(layout, first, document.features.T).T


def log_odds(model: Any, rows: np.ndarray) -> np.ndarray:
    """Return a model's scores."""
    return model.predict(rows, prediction_type="RawFormulaVal").astype(np.float32)


def score_blocks_held_out(documents: list[Document], iterations: int) -> None:
    """Give every document the scores of models that saw no page of its domain."""
    for stage in ("first", "second"):
        for fold in range(FOLDS):
            model = fit_blocks([d for d in documents if d.fold != fold], stage, iterations)
            for document in documents:
                if document.fold == fold:
                    rows = _columns(document, stage)
                    document.scores[f"new {stage}"] = log_odds(model, rows)
        for document in documents:
            document.scores[stage] = document.scores.pop(f"new {stage}")


def gather_claims(documents: list[Document]) -> None:
    """Note the claims of each field, with the body that held-out models found."""
    for d in documents:
        body = d.body = body_of(d.page, d.scores["second"], d.found.body)
        titles = html_titles.gather_titles(d.page, d.found, body)
        authors = html_authors.gather_authors(d.page, d.found, body)
        dates = html_dates.gather_dates(d.page, d.found, body, d.setting)
        claims = {"titles": titles, "authors": authors, "dates": dates}
        d.claims = {name: (known, describe(d, name, known)) for name, known in claims.items()}


def describe(document: Document, name: str, claims: list[Any]) -> np.ndarray:
    """Return the features of claims of a field."""
    page, body, setting = document.page, document.body, document.setting
    if name == "titles":
        return html_titles.title_features(claims, page, body, setting)
    if name == "authors":
        return html_authors.author_features(claims, page, body, setting)
    return html_dates.date_features(claims, page, body)


def claim_labels(document: Document, name: str, metrics: Any) -> np.ndarray | None:
    """Return which claims of a field are right; None where the truth does not say."""
    claims, row = document.claims[name][0], document.row
    if not claims or not row[{"titles": "title", "authors": "authors", "dates": "date"}[name]]:
        return None
    if name == "titles":
        right = [metrics.title_eq(row["title"], claim.value) for claim in claims]
    elif name == "dates":
        right = [claim.day.isoformat() == row["date"][:10] for claim in claims]
    else:
        truth = metrics.author_set(row["authors"])
        named = [metrics.author_set([claim.value]) for claim in claims]
        right = [bool(names) and names <= truth for names in named]
    return np.array(right, float)


def silent(document: Document, name: str, labels: np.ndarray) -> list[Any]:
    """Return the claims that are left where a page does not state what is right."""
    claims = document.claims[name][0]
    return [claim for claim, label in zip(claims, labels, strict=True) if not label]


def thinned(document: Document, name: str, labels: np.ndarray) -> tuple[list[Any], np.ndarray]:
    """Return the claims and labels that are left where a page uses only some of its places.

    Every page that a model learns from states most things several times; a new one may not.
    """
    source = random.Random(f"{document.row['id']} {name}")  # noqa: S311 - the same each time
    rules = FIELDS[name].RULES
    share = source.uniform(*KEPT_PLACES)
    kept = {rule for rule in rules if source.random() < share}
    claims, left = [], []
    for claim, label in zip(document.claims[name][0], labels, strict=True):
        places = {rule: value for rule, value in claim.rules.items() if rule in kept}
        if places:
            is_shown = any(not rule.startswith(UNSEEN) for rule in places)
            claims.append(replace(claim, rules=places, block=claim.block if is_shown else -1))
            left.append(label)
            if name == "dates":
                times = {rule: count for rule, count in claim.times.items() if rule in kept}
                claims[-1] = replace(claims[-1], times=times)
    return claims, np.array(left)


def joined(document: Document, name: str, labels: np.ndarray) -> tuple[list[Any], np.ndarray]:
    """Return the claims and labels of a page whose right ones share their places with up to three.

    Few pages that a model learns from have several authors; "By A and B" is common all the same.
    The others' names are those of the page with a word turned round.
    """
    source = random.Random(document.row["id"])  # noqa: S311 - the same each time
    claims, right = [], []
    for claim, label in zip(document.claims[name][0], labels, strict=True):
        claims.append(claim)
        right.append(label)
        parts = claim.value.split()
        for number in range(source.randint(1, 3) if label else 0):
            turned = [
                part[::-1].title() if place == number % len(parts) else part
                for place, part in enumerate(parts)
            ]
            value = " ".join(turned[:: -1 if number > 1 else 1])
            claims.append(replace(claim, value=value, first_in_rule=False))
            right.append(1.0)
    return claims, np.array(right)


def claim_rows(
    document: Document, name: str, labels: np.ndarray
) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Yield features, labels and weights of a page as it is, stating less, and not stating it."""
    weight = 1.0 if document.row["dataset"].startswith("news") else 0.7
    yield document.claims[name][1], labels, np.full(len(labels), weight)
    claims, left = thinned(document, name, labels)
    if claims and THINNED[name]:
        yield describe(document, name, claims), left, np.full(len(left), THINNED[name] * weight)
    if JOINED[name] and labels.any():
        claims, right = joined(document, name, labels)
        yield describe(document, name, claims), right, np.full(len(right), JOINED[name] * weight)
    if (others := silent(document, name, labels)) and SILENT[name]:
        none = np.zeros(len(others))
        yield describe(document, name, others), none, np.full(len(others), SILENT[name] * weight)


def fit_claims(documents: list[Document], name: str, metrics: Any) -> Any:
    """Train the forest of one field."""
    rows = []
    for document in documents:
        labels = claim_labels(document, name, metrics)
        if labels is not None:
            rows += claim_rows(document, name, labels)
    return fit(rows, iterations=150, learning_rate=0.08, **CLAIMS)


def platt(
    odds: np.ndarray,
    labels: np.ndarray,
    weights: np.ndarray,
    may_be_sure: np.ndarray,
    sure_share: float,
) -> tuple[float, float]:
    """Return slope and offset that make held-out log odds mean what they say.

    Both are then made smaller until of what is given with more than .9 enough is right: public
    labels err, too, and a confidence that promises too much is worse than one that says less.
    """
    slope, offset = 1.0, 0.0
    for _ in range(50):
        p = 1 / (1 + np.exp(-(slope * odds + offset)))
        w = weights * np.maximum(p * (1 - p), 1e-9)
        hessian = np.array([[(w * odds**2).sum(), (w * odds).sum()], [(w * odds).sum(), w.sum()]])
        miss = weights * (labels - p)
        step = np.linalg.solve(hessian, [(miss * odds).sum(), miss.sum()])
        slope, offset = slope + step[0], offset + step[1]
    for factor in np.arange(1.0, 0.4, -0.01):
        is_sure = (may_be_sure > 0) & (factor * (slope * odds + offset) > np.log(9))
        if is_sure.any() and np.average(labels[is_sure], weights=weights[is_sure]) >= sure_share:
            break
    return round(float(factor * slope), 3), round(float(factor * offset), 3)


def write(
    model: Any, path: Path, columns: int, work: Path, calibration: tuple[float, float] = (1.0, 0.0)
) -> None:
    """Write a model as JSON: integer leaves, one number a border."""
    model.save_model(str(work / "model.json"), format="json")
    stored = json.loads((work / "model.json").read_text())
    numbers = [f["flat_feature_index"] for f in stored["features_info"]["float_features"]]
    scale, (bias,) = stored["scale_and_bias"]
    trees = stored["oblivious_trees"]
    levels = max(len(tree["splits"]) for tree in trees)
    features: list[int] = []
    borders: list[float] = []
    leaves: list[int] = []
    for tree in trees:
        splits = [
            (numbers[s["float_feature_index"]], round(s["border"], 4)) for s in tree["splits"]
        ]
        splits += [(0, 1e30)] * (levels - len(splits))
        values = tree["leaf_values"] + [0.0] * (2**levels - len(tree["leaf_values"]))
        features += [number for number, _ in splits]
        borders += [int(b) if b < 1e9 and b == int(b) else b for _, b in splits]
        leaves += [round(value * scale * SCALE) for value in values]
    data = {
        "source": STATED_SOURCE,
        "columns": columns,
        "levels": levels,
        "bias": round(bias * SCALE),
        "slope": calibration[0],
        "offset": calibration[1],
        "features": features,
        "borders": borders,
        "leaves": leaves,
    }
    path.write_text(json.dumps(data, separators=(",", ":")) + "\n", encoding="utf-8")
    print(f"{path.name}: {path.stat().st_size / 1000:.0f} kB, {len(trees)} trees")


def sure(name: str, claim: Any, document: Document) -> bool:
    """Tell whether a claim may be given with more than .9."""
    return name != "authors" or html_authors.is_borne_out(claim, document.setting)


def held_out_odds(
    documents: list[Document], names: Iterable[str], metrics: Any
) -> dict[str, tuple[float, float]]:
    """Give every claim the log odds of a model that saw no page of its domain.

    Returns:
        Slope and offset that calibrate each field: of its surest claim, for authors of each claim.

    """
    calibrations = {}
    for name in names:
        cases: list[tuple[float, float, float, bool]] = []
        for fold in range(FOLDS):
            model = fit_claims([d for d in documents if d.fold != fold], name, metrics)
            for d in documents:
                if d.fold == fold and d.claims[name][0]:
                    odds = d.scores[name] = log_odds(model, d.claims[name][1])
                    labels = claim_labels(d, name, metrics)
                    if labels is not None:
                        best = [int(np.argmax(odds))] if name != "authors" else range(len(odds))
                        claims = d.claims[name][0]
                        cases += [(odds[i], labels[i], 1.0, sure(name, claims[i], d)) for i in best]
                        if (others := silent(d, name, labels)) and SILENT[name]:
                            none = float(log_odds(model, describe(d, name, others)).max())
                            cases.append((none, 0.0, SILENT_SHARE, True))
        calibrations[name] = platt(*np.array(cases, float).T, SURE_SHARE[name])
        print(f"{name}: slope and offset {calibrations[name]}", flush=True)
    return calibrations


def predictions(
    documents: list[Document], calibrations: dict[str, tuple[float, float]]
) -> Iterable[dict[str, Any]]:
    """Yield what the held-out models say of each document, as ``score.py`` reads it."""
    for d in documents:
        chances = {
            name: 1 / (1 + np.exp(-(d.scores[name] * slope + offset)))
            for name, (slope, offset) in calibrations.items()
            if d.claims[name][0]
        }
        best = {
            name: d.claims[name][0][int(np.argmax(chances[name]))]
            for name in ("titles", "dates")
            if name in chances and chances[name].max() >= LEAST[name]
        }
        named = {
            claim.value: html_authors.bounded_belief(claim, float(p), d.setting)
            for claim, p in zip(d.claims["authors"][0], chances.get("authors", ()), strict=False)
            if p >= LEAST["authors"]
        }
        title = best["titles"].value if "titles" in best else None
        yield {
            "id": d.row["id"],
            "body": without_head(d.body.text, title or ""),
            "title": title,
            "date": best["dates"].day.isoformat() if "dates" in best else None,
            "authors": list(named) or None,
            "named": named,
            "confidence": {COLUMNS[name]: float(chances[name].max()) for name in best},
        }


def train_blocks(documents: list[Document], options: argparse.Namespace, metrics: Any) -> None:
    """Score every block held out, round by round, or take the scores of the last run."""
    votes = read_votes(options.bench, options.work / "votes.jsonl")
    rounds = options.work / "rounds.pickle"
    if options.resume:
        known = pickle.loads(rounds.read_bytes())  # noqa: S301 - written by this script
        for document in documents:
            document.labels, document.weights, document.scores = known[document.row["id"]]
    for number in range(0 if options.resume else options.rounds):
        label(documents, votes, metrics)
        last = number + 1 == options.rounds
        score_blocks_held_out(documents, options.iterations if last else options.iterations // 2)
        print(f"round {number + 1} done", flush=True)
    known = {d.row["id"]: (d.labels, d.weights, d.scores) for d in documents}
    rounds.write_bytes(pickle.dumps(known))


def main() -> None:
    """Train, print held-out predictions to a file, and write the models where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bench", type=Path)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--iterations", type=int, default=220)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--resume", action="store_true", help="keep the block labels and scores")
    parser.add_argument(
        "--fields", default="", help="train these alone, blocks as they ship or are kept"
    )
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    sys.path.insert(0, str(options.bench))
    import metrics

    options.work.mkdir(parents=True, exist_ok=True)
    documents = read_documents(options.bench)
    names = options.fields.split(",") if options.fields else list(FIELDS)
    if options.fields and not options.resume:
        for document in documents:
            document.scores["first"] = load_forest("blocks_first").log_odds(document.features.T)
            rows = _columns(document, "second")
            document.scores["second"] = load_forest("blocks_second").log_odds(rows.T)
    else:
        train_blocks(documents, options, metrics)
    gather_claims(documents)
    calibrations = held_out_odds(documents, names, metrics)
    with (options.work / "held_out.jsonl").open("w", encoding="utf-8") as lines:
        lines.writelines(json.dumps(p) + "\n" for p in predictions(documents, calibrations))
    if options.write:
        stages = (("first", FEATURES), ("second", FEATURES + SECOND_FEATURES))
        for stage, columns in () if options.fields else stages:
            model = fit_blocks(documents, stage, options.iterations)
            write(model, DATA / f"html_blocks_{stage}.json", len(columns), options.work)
        for name in names:
            model = fit_claims(documents, name, metrics)
            path = DATA / f"html_{name}.json"
            write(model, path, len(FIELDS[name].FEATURES), options.work, calibrations[name])


if __name__ == "__main__":
    main()
