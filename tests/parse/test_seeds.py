"""The five example files read as a person decided that they read."""

import json
from pathlib import Path

import pytest

from broadsheet.parse import parse
from broadsheet.records import RawRecord, Source

TESTS = Path(__file__).parents[1]
SEEDS = TESTS.parent / "seeds" / "icc"
GOLDEN = sorted((TESTS / "golden" / "parse_icc").glob("*.json"))


def read(name):
    """Parse one example file."""
    text = (SEEDS / name).read_text(encoding="utf-8")
    source = Source(name, None, 0, len(text), "0" * 64, "text")
    return parse(RawRecord(source=source, text=text, media="text"))


@pytest.fixture(params=GOLDEN, ids=lambda path: path.stem)
def decided_and_parsed(request):
    """Give what was decided of a file, and what the parser makes of it."""
    decided = json.loads(request.param.read_text(encoding="utf-8"))
    return {name: entry["value"] for name, entry in decided.items()}, read(
        f"{request.param.stem}.txt"
    )


def test_every_example_is_decided():
    assert [path.stem for path in GOLDEN] == sorted(path.stem for path in SEEDS.glob("*.txt"))


@pytest.mark.parametrize("name", ["title", "subtitle", "outlet", "url"])
def test_the_surest_witness_says_what_is_stated(decided_and_parsed, name):
    decided, parsed = decided_and_parsed
    assert next((witness.value for witness in parsed.of(name)), None) == decided[name]


@pytest.mark.parametrize(
    ("name", "field"), [("authors", "author"), ("agencies", "agency"), ("published", "published")]
)
def test_all_witnesses_say_what_is_stated(decided_and_parsed, name, field):
    decided, parsed = decided_and_parsed
    assert [witness.value for witness in parsed.of(field)] == decided[name]


def test_the_body_is_the_article_without_the_page(decided_and_parsed):
    decided, parsed = decided_and_parsed
    assert parsed.text.split("\n\n") == decided["text"]


def test_an_excerpt_is_marked(decided_and_parsed):
    decided, parsed = decided_and_parsed
    assert parsed.is_truncated is decided["is_truncated"]


def test_every_value_is_found_where_its_evidence_says(decided_and_parsed):
    _, parsed = decided_and_parsed
    for witness in parsed.witnesses:
        assert witness.excerpt
        assert 0 <= witness.confidence <= 1
