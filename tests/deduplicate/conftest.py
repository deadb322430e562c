"""What the tests of deduplication share: staged articles, written by column."""

import random
from datetime import UTC, date, datetime

import pyarrow as pa
import pytest

from broadsheet.config import Duplicates
from broadsheet.deduplicate import fold, keys_of
from broadsheet.tables import STAGED_ARTICLE_SCHEMA

DEFAULTS = {
    "authors": [],
    "agencies": [],
    "published_precision": "unknown",
    "language": "en",
    "language_score": 0.99,
    "n_words": 0,
    "n_chars": 0,
    "is_truncated": False,
    "is_paywalled": False,
    "source_offset": 0,
    "source_length": 0,
    "source_sha256": "",
    "source_format": "text",
    "evidence": [],
    "notes": [],
}


@pytest.fixture(scope="session")
def staged():
    """Return a function that makes a staged batch of rows given as dicts of what matters."""

    def make(*rows):
        complete = [
            dict.fromkeys(STAGED_ARTICLE_SCHEMA.names)
            | DEFAULTS
            | {"id": row.get("url") or f"id{i}", "source_path": f"{i:04}.txt"}
            | row
            for i, row in enumerate(rows)
        ]
        for row in complete:
            if isinstance(row["published_on"], str):
                row["published_on"] = date.fromisoformat(row["published_on"])
            for name in ("published_at", "modified_at"):
                if isinstance(row[name], str):
                    row[name] = datetime.fromisoformat(row[name]).astimezone(UTC)
        return pa.Table.from_pylist(complete, STAGED_ARTICLE_SCHEMA)

    return make


SYLLABLES = ("ba", "den", "fi", "gor", "hu", "ka", "lem", "mo", "nis", "pra", "ro", "sut", "ve")


@pytest.fixture(scope="session")
def prose():
    """Return a function that invents a text of so many words, another for each seed."""

    def write(seed, words=300):
        chance = random.Random(seed)  # noqa: S311 - reproducible, guards nothing
        return " ".join(
            "".join(chance.choices(SYLLABLES, k=chance.randint(1, 4))) for _ in range(words)
        )

    return write


@pytest.fixture(scope="session")
def edit():
    """Return a function that exchanges some words of a text, here and there."""

    def change(text, words, seed=0):
        chance = random.Random(seed)  # noqa: S311 - reproducible, guards nothing
        parts = text.split(" ")
        for place in chance.sample(range(len(parts)), words):
            parts[place] = f"edited{chance.randrange(10**6)}"
        return " ".join(parts)

    return change


@pytest.fixture
def folded(staged):
    """Return a function that folds rows and gives the published and the folded, by row."""

    def run(*rows, **settings):
        table = staged(*rows)
        texts = table["text"]
        folding = fold(
            keys_of(table, 0), Duplicates(**settings), lambda _, some: texts.take(some).to_pylist()
        )
        return tuple(
            {row["row"]: row for row in part.to_pylist()}
            for part in (folding.survivors, folding.duplicates)
        )

    return run
