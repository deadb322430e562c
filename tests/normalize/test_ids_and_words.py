"""Ids that stay, one notion of the same text, and how words are counted."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.identity import identity_sha256, identity_text
from broadsheet.normalize.ids import article_id, known_as
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
    assert count_words([text]) == [n_words]


_IDEOGRAPH = re.compile(r"[\u3041-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]+")
_BASE_LETTER = re.compile(r"[\u0e01-\u0e2e\u0e81-\u0eae\u1000-\u102a\u1780-\u17b3]")


def words_by_definition(text):
    """Count words as the docstring of ``count_words`` puts it, by regular expressions."""
    spaced, n_ideographs = _IDEOGRAPH.subn(" ", text)
    n_letters = len(_BASE_LETTER.findall(spaced))
    spaced = _UNSPACED.sub(" ", spaced) if n_letters else spaced
    return len(re.findall(r"\w\S*", spaced)) + n_ideographs + -(-n_letters // 4)


@given(
    st.lists(
        st.text(max_size=60) | st.text("ab_-—' \n\t\x1cé«ก๑ฯ漢・가𝕏😀\u200b\u3000ၐៗ9½"), max_size=20
    )
)
def test_the_tables_count_what_the_definition_says(texts):
    assert count_words(texts) == [words_by_definition(text) for text in texts]


def identity_by_definition(text):
    for _ in range(2):
        text = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"[\W_]+", "", text)


@given(st.text(max_size=60) | st.text("aẞß \u0301é…¼ſﬁ가ᄀ\u11a8\u1161\u0345ẚ\u09c7\u09be𝕏Ⅷ_ﾊﾞ"))
def test_the_table_folds_as_the_definition_does(text):
    assert identity_text(text) == identity_by_definition(text)


def test_each_character_folds_beside_another_as_alone():
    plane = "".join(chr(c) for c in range(0x10000) if not 0xD800 <= c < 0xE000)

    wrong = [c for c in plane if identity_text(f"é{c}") != identity_by_definition(f"é{c}")]

    assert wrong == []


@given(st.text(max_size=60) | st.text("aZ0_ -é\n"))
def test_ascii_has_no_identity_of_its_own(text):
    assert identity_text(text) == identity_text(text + "é").removesuffix("é")


@pytest.mark.parametrize(
    "form",
    [
        "https://news.example/story",
        "http://www.news.example/story?utm_source=x#top",
        "https://m.news.example/story",
    ],
)
def test_any_form_of_a_url_leads_to_its_article(form):
    names = known_as(form)
    assert article_id("https://news.example/story", "") in names
    assert form in names


def test_an_id_is_known_as_itself():
    assert known_as("5caisqaf6w4etxjy") == {"5caisqaf6w4etxjy"}
