"""What holds for every page, however broken."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet.parse.forest import Forest
from broadsheet.parse.html import parse_html, parse_pages
from broadsheet.parse.html_characters import count_characters
from broadsheet.parse.html_features import count_words
from broadsheet.parse.html_phrases import NAMES, PHRASES, phrase_masks
from broadsheet.parse.html_walk import read_page
from broadsheet.records import ParsedArticle, RawRecord, Rejection, Source

SOURCE = Source(path="page.html", member=None, offset=0, length=1, sha256="0" * 64, format="html")
TAGS = ("p", "div", "h1", "article", "a", "span", "b", "br", "li", "td", "time", "script", "x-y")

texts = st.text(alphabet=st.characters(codec=None), max_size=60)
lines_of_text = texts.map(lambda text: " ".join(text.split())).filter(bool)
words_of_chrome = st.sampled_from(
    [word.strip("*").replace("_", " ") for line in PHRASES.values() for word in line.split()]
)
said = st.lists(words_of_chrome | lines_of_text, min_size=1, max_size=6).map(" ".join)
attributes = st.sampled_from(
    ("", " class='byline'", " itemprop=author", " datetime='2024-13-45'", " style='display:none'")
)
opening = st.builds(lambda tag, rest: f"<{tag}{rest}>", st.sampled_from(TAGS), attributes)
closing = st.builds(lambda tag: f"</{tag}>", st.sampled_from(TAGS))
pages = st.lists(opening | closing | texts, max_size=60).map("".join)


def read(html):
    return parse_html(RawRecord(source=SOURCE, text=html, media="html"))


@settings(deadline=None, max_examples=150)
@given(pages)
def test_any_page_is_read_or_set_aside(html):
    result = read(html)
    assert isinstance(result, ParsedArticle | Rejection)


@settings(deadline=None, max_examples=80)
@given(pages)
def test_what_is_read_can_be_written(html):
    result = read(f"<p>The tide turned the wheel of the mill again, and it held.</p>{html}")
    strings = [result.text] if isinstance(result, ParsedArticle) else [result.excerpt]
    strings += [w.value + w.excerpt for w in getattr(result, "witnesses", ())]
    "".join(strings).encode()


@settings(deadline=None, max_examples=80)
@given(pages)
def test_reading_twice_gives_the_same(html):
    assert read(html) == read(html)


@settings(deadline=None, max_examples=60)
@given(st.lists(pages, max_size=5))
def test_what_becomes_of_a_page_does_not_depend_on_those_beside_it(several):
    records = [RawRecord(source=SOURCE, text=html, media="html") for html in several]
    assert parse_pages(records) == [read(html) for html in several]


@settings(deadline=None, max_examples=80)
@given(pages)
def test_confidences_are_probabilities_and_excerpts_are_short(html):
    for witness in getattr(read(html), "witnesses", ()):
        assert 0 <= witness.confidence <= 1
        assert len(witness.excerpt) <= 160
        assert witness.value


@settings(deadline=None, max_examples=80)
@given(pages)
def test_blocks_of_a_node_are_a_range_of_its_parent(html):
    page = read_page(f"<div>{html}</div>")
    nodes = page.nodes
    for parent, first, last in zip(nodes.parent, nodes.first, nodes.last, strict=True):
        if parent >= 0:
            assert nodes.first[parent] <= first <= last


@settings(deadline=None, max_examples=80)
@given(
    st.lists(texts.map(lambda text: " ".join(text.split())).filter(bool), min_size=1, max_size=8)
)
def test_characters_counted_together_are_those_of_each_text(lines):
    together = count_characters(lines)

    alone = [count_characters([line]) for line in lines]
    for name in ("chars", "words", "digits", "capitals", "marks", "commas", "sentences"):
        found = getattr(together, name).tolist()
        assert found == [getattr(one, name)[0] for one in alone]
    assert together.words.tolist() == [count_words(line) for line in lines]


@pytest.mark.parametrize(
    ("line", "name", "count"),
    [
        ("Rain. Wind! Fog", "sentences", 2),
        ("He said so.”", "sentences", 1),
        ("3.5 of 10", "sentences", 0),
        ("雨が降った。風も吹いた。", "sentences", 2),
        ("雨が降った", "words", 3),
        ("Jo Linwick and McTarrow", "capitals", 3),
        ("1 2 ٣", "digits", 3),
        ("a | b › c", "marks", 2),
        ("a, b、c", "commas", 2),
        ("\U0001f600", "chars", 1),
    ],
)
def test_characters_are_counted(line, name, count):
    assert getattr(count_characters([line]), name).tolist() == [count]


@settings(deadline=None)
@given(st.lists(said, min_size=1, max_size=8))
def test_what_a_block_says_does_not_depend_on_those_beside_it(blocks):
    digits = count_characters(blocks).digits.tolist()
    alone = [phrase_masks([block], [count])[0] for block, count in zip(blocks, digits, strict=True)]
    assert phrase_masks(blocks, digits) == alone


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Read more", ["more", "update"]),
        ("He had read, and more", ["update"]),
        ("By Jo Linwick, 3 March 2024", ["byline", "date"]),
        ("延伸閱讀", ["more"]),
        ("$(document).ready", ["code"]),
        ("The tide turned the wheel", []),
    ],
)
def test_phrases_are_told_by_whole_words_beginnings_and_pairs(text, kinds):
    (mask,) = phrase_masks([text], count_characters([text]).digits.tolist())
    assert [name for bit, name in enumerate(NAMES) if mask >> bit & 1] == kinds


def test_a_forest_adds_the_leaves_that_its_answers_lead_to():
    stump = {"levels": 1, "bias": 4096, "features": [0], "borders": [0.5], "leaves": [-8192, 4096]}
    forest = Forest.of(stump, stump["borders"], np.float32)
    assert forest.log_odds(np.array([[0.0, 1.0]], np.float32)).tolist() == [-1.0, 2.0]
