"""What the tests of deduplication share: staged articles, written by column."""

from datetime import UTC, date, datetime

import pyarrow as pa
import pytest

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
            if isinstance(row["published_at"], str):
                row["published_at"] = datetime.fromisoformat(row["published_at"]).astimezone(UTC)
        return pa.Table.from_pylist(complete, STAGED_ARTICLE_SCHEMA)

    return make
