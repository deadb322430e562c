"""Whole pages beside what is read from them, for a person to judge.

The pages are written for these tests; their places, papers and people do not exist.
"""

import json
from pathlib import Path

import pytest

from broadsheet.parse.html import parse_html
from broadsheet.records import RawRecord, Source

FOLDER = Path(__file__).parents[1] / "golden" / "html"
PAGES = sorted(FOLDER.glob("*.html"))
SOURCE = Source(path="page.html", member=None, offset=0, length=1, sha256="0" * 64, format="html")
SINGLE = ("title", "published", "modified", "outlet", "url", "language")


def read(path):
    """Return what is chosen from a page, as its golden file shows it."""
    record = RawRecord(source=SOURCE, text=path.read_text(encoding="utf-8"), media="html")
    article = parse_html(record)
    chosen = {name: next((w.value for w in article.of(name)), None) for name in SINGLE}
    authors = [w.value for w in article.of("author")]
    return {**chosen, "authors": list(dict.fromkeys(authors)), "text": article.text.split("\n\n")}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_page_reads_as_its_golden_file_says(path):
    assert read(path) == json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))


def test_every_golden_file_has_its_page():
    assert {p.stem for p in FOLDER.glob("*.json")} == {p.stem for p in PAGES}
