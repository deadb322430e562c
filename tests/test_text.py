"""Character cleaning: what every string of a release has gone through."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.reasons import Reason
from broadsheet.text import MOST_MARKS, clean, excerpt, squeeze

ANY_TEXT = st.text(st.characters(), max_size=300) | st.text(
    st.sampled_from("ae\u0301\u0344\u0323\u05b0\u200b\u200d\r\n\x85\ud800\u202e한가"), max_size=60
)


@pytest.mark.parametrize(
    ("dirty", "expected"),
    [
        ("Ferry sunk\x00 at dawn", "Ferry sunk at dawn"),
        ("\ufeffFerry", "Ferry"),
        ("Fer\u200bry", "Ferry"),
        ("hyphen\u00adated", "hyphenated"),
        ("safe\u202egpj.exe", "safegpj.exe"),
        ("bell\x07 and escape\x1b[31m", "bell and escape[31m"),
        ("broken \ud800 pair", "broken \ufffd pair"),
        ("hidden \U000e0041\U000e0042tags", "hidden tags"),
        ("latin\u200djoiner", "latinjoiner"),
    ],
)
def test_hidden_characters_are_removed_and_noted(dirty, expected):
    assert clean(dirty) == (expected, (Reason.TEXT_CLEANED,))


@pytest.mark.parametrize(
    "text",
    [
        "می\u200cخواهم",  # Persian: the joiner keeps two letters apart
        "क्\u200dष",  # Hindi: the joiner asks for a half form
        "👩\u200d🚒",  # one emoji of two
        "tab\tstays",
        "Größe, naïve, 東京, Київ",
    ],
)
def test_characters_that_carry_meaning_stay(text):
    assert clean(text) == (text, ())


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\v", "\f", "\x85", "\u2028", "\u2029"])
def test_every_line_end_becomes_a_line_feed(end):
    assert clean(f"one{end}two") == ("one\ntwo", ())


def test_two_spellings_of_one_letter_become_the_same():
    assert clean("cafe\u0301") == clean("caf\u00e9")


def test_a_run_of_combining_marks_is_cut():
    text, notes = clean("e" + "\u0323\u0301" * 5_000 + "nd")
    assert sum(map(unicodedata.combining, text)) > 0
    assert len(text) <= MOST_MARKS + len("end")
    assert notes == (Reason.TEXT_CAPPED,)


@given(ANY_TEXT)
def test_cleaning_is_idempotent_encodable_and_normal(text):
    once, _ = clean(text)
    assert clean(once) == (once, ())
    assert once.encode("utf-8").decode("utf-8") == once
    assert unicodedata.is_normalized("NFC", once)


def test_every_character_comes_out_in_normal_form_also_behind_what_it_composes_with():
    composed = filter(unicodedata.decomposition, map(chr, range(0xD800)))
    pairs = [unicodedata.normalize("NFD", character) for character in composed]
    alone = [chr(code) for code in range(0x80, 0xD800)]
    for text in (*alone, *pairs):
        assert unicodedata.is_normalized("NFC", clean(text)[0])


@given(ANY_TEXT)
def test_squeezing_is_idempotent_and_keeps_all_but_white_space(text):
    once = squeeze(text)
    assert squeeze(once) == once
    assert once.split() == text.split()


def test_an_excerpt_is_one_short_line():
    assert excerpt("A  ferry\nsank. " * 40, 20) == "A ferry sank. A ferr"
