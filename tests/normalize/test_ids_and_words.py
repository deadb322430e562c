"""Ids that stay, one notion of the same text, and how words are counted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.identity import identity_sha256, identity_text
from broadsheet.normalize.ids import article_id
from broadsheet.normalize.words import count_words


@pytest.mark.parametrize(
    ("url", "text", "expected"),
    [
        # Written down once: another id for the same article would break every reference to it.
        ("https://news.example/a", "any text", "ws7u4iqwv7je3vxj"),
        (None, "The ferry line reopens.", "dhfolgpehoczqkil"),
    ],
)
def test_ids_do_not_change(url, text, expected):
    assert article_id(url, text) == expected


def test_the_url_decides_where_there_is_one():
    assert article_id("https://news.example/a", "one") == article_id(
        "https://www.news.example/a/", "two"
    )
    assert article_id(None, "one") != article_id(None, "two")


@pytest.mark.parametrize(
    "copy",
    [
        "The “ferry” line re-opens!",
        "the ferry line reopens",
        "THE FERRY\n\nLINE REOPENS",
        "Ｔｈｅ ferry line reopens",
    ],
)
def test_copies_of_a_text_are_the_same_text(copy):
    assert identity_sha256(copy) == identity_sha256("The ferry line reopens.")


@given(st.text(max_size=200))
def test_identity_is_a_fixed_point(text):
    assert identity_text(identity_text(text)) == identity_text(text)


@pytest.mark.parametrize(
    ("text", "n_words"),
    [
        ("", 0),
        ("The ferry line reopens.", 4),
        ("One — two – three", 3),
        ("state-of-the-art isn't five", 3),
        ("हिन्दी में चार शब्द", 4),
        ("港湾評議会", 5),
        ("港湾 council", 3),
        ("サービス", 4),
        ("เรือข้ามฟาก", 2),
        ("서울 시장", 2),
    ],
)
def test_words_are_counted_in_any_script(text, n_words):
    assert count_words(text) == n_words
