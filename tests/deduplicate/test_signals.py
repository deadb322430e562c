"""Quality signals, and the rules that users make of them."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from broadsheet.config import Bounds, Config
from broadsheet.deduplicate import SIGNAL_SCHEMA, out_of_bounds, signals_of
from broadsheet.deduplicate.character_counts import COUNTED, count_characters
from broadsheet.reasons import filter_reason, is_reason, meaning_of

RAIN = "Rain fell on Upper Venn."


@pytest.fixture
def signal(staged):
    """Return a function that gives one signal of one text."""
    return lambda name, text, **row: signals_of(staged({"text": text} | row))[name][0].as_py()


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("n_sentences", "Rain fell. Did it? “Yes!” It did…", 4),
        ("n_sentences", "Rain fell on the 3.5 mile road", 1),
        ("n_sentences", "下雨了。河水上涨！", 2),
        ("n_stop_words", "The mayor of Venn, and the council, have to be with THAT.", 9),
        ("mean_word_length", "ab abcd", 3),
        ("alphabetic_word_share", "Rain 12 - fell", 0.5),
        ("symbol_word_ratio", "Rain #venn fell...", 2 / 3),
        ("digit_share", "ab 12", 0.5),
        ("uppercase_share", "AB cd 12", 0.5),
        ("uppercase_share", "ÄB cd 12", 0.5),
        ("digit_share", "äb 12", 0.5),
        ("uppercase_share", "下雨", 0),
        ("bullet_line_share", "• Rain\n- Sun\nWind\n-5 degrees", 0.5),
        ("ellipsis_line_share", "Rain fell...\n\nMore…\nThe end.\nYes", 0.5),
        ("punctuated_line_share", "Rain fell.\n“Did it?”\nMENU\nSports", 0.5),
        ("short_line_share", f"Menu\n{RAIN} And then it stopped raining.", 0.5),
        ("duplicate_line_share", "Rain\nSun\nRain\nRain", 0.5),
        ("duplicate_line_char_share", "Rain\nabcd\nRain\nRain", 0.5),
        ("top_2gram_char_share", "aa bb cc aa bb dd", 8 / 12),
        ("top_2gram_char_share", "aa bb cc dd", 0),
        ("top_3gram_char_share", "a a a a a", 1),
        ("top_4gram_char_share", "a b c d e a b c d", 8 / 9),
        ("duplicate_5gram_char_share", "a b c d e f a b c d e", 10 / 11),
        ("duplicate_5gram_char_share", "a b c d e f a b c d", 0),
        ("duplicate_10gram_char_share", "a b c d e f g h i j " * 2, 1),
    ],
)
def test_signals_are_those_of_their_definition(signal, name, text, value):
    assert signal(name, text) == pytest.approx(value)


SENTENCE_END = re.compile(r"[.!?…]+[\"'”’»)\]]*(?=\s|$)|[。！？।؟]+")


def counts_by_definition(text):
    tokens = text.split()
    return {
        "tokens": len(tokens),
        "with_letter": sum(re.search(r"[^\W\d_]", token) is not None for token in tokens),
        "visible": sum(map(len, tokens)),
        "digits": sum(map(str.isdigit, text)),
        "letters": sum(map(str.isalpha, text)),
        "capitals": sum(map(str.isupper, text)),
        "symbols": sum(map(text.count, ("#", "...", "…"))),
        "sentences": max(len(SENTENCE_END.findall(text)), 1 if tokens else 0),
    }


@given(
    st.lists(st.text(max_size=30) | st.text("aB1.!?…。؟\"') \n#_²½٣字ä𝕏\x1c\u2003", max_size=30))
)
def test_characters_of_many_texts_are_counted_as_of_each(texts):
    found = [dict(zip(COUNTED, row, strict=True)) for row in count_characters(texts).tolist()]

    assert found == [counts_by_definition(text) for text in texts]


@pytest.mark.parametrize(("language", "is_known"), [("en", True), ("en-GB", True), ("de", False)])
def test_stop_words_are_counted_in_english_alone(signal, language, is_known):
    assert (signal("n_stop_words", RAIN, language=language) is not None) == is_known


def test_the_share_of_the_raw_record_counts_bytes(signal):
    assert signal("raw_share", "Öl", source_length=6) == pytest.approx(0.5)
    assert signal("raw_share", "Öl", source_length=0) is None


def test_nothing_has_no_shares(staged):
    (signals,) = signals_of(staged({"text": ""})).to_pylist()
    assert {value for name, value in signals.items() if name.endswith("share")} == {None}


def test_no_rows_have_no_signals(staged):
    assert signals_of(staged()).num_rows == 0


@settings(deadline=None)
@given(st.lists(st.text(st.sampled_from("ab \n.#Ä1下"), max_size=60), max_size=5))
def test_shares_are_shares_and_texts_do_not_touch_each_other(staged, texts):
    together = signals_of(staged(*({"text": text} for text in texts))).to_pylist()
    for text, signals in zip(texts, together, strict=True):
        assert signals_of(staged({"text": text})).to_pylist() == [signals]
        shares = [v for name, v in signals.items() if name.endswith("_share")]
        assert all(
            share is None or 0 <= share <= 1 for share in shares if share != signals["raw_share"]
        )


ROWS = (
    {"text": RAIN, "n_words": 5},
    {"text": "12 34 56", "n_words": 3},
    {"text": "", "n_words": 0},
)


@pytest.mark.parametrize(
    ("filters", "refused"),
    [
        ({}, {}),
        ({"digit_share": Bounds(max=0.5)}, {1: ("digit_share",)}),
        ({"digit_share": Bounds(max=1)}, {}),
        ({"digit_share": Bounds(min=0.1)}, {0: ("digit_share",)}),
        (
            {"n_words": Bounds(min=4), "digit_share": Bounds(max=0.5)},
            {1: ("digit_share", "n_words"), 2: ("n_words",)},
        ),
    ],
)
def test_filters_refuse_what_is_out_of_bounds(staged, filters, refused):
    rows = staged(*ROWS)
    assert out_of_bounds(rows, signals_of(rows), filters) == refused


DATASET = {"name": "a", "pretty_name": "A", "description": "a", "license": "cc0-1.0"}


@pytest.mark.parametrize(
    ("filters", "message"),
    [
        ({"digit_shar": {"max": 1}}, "did you mean 'digit_share'"),
        ({"digit_share": {}}, "give min, max or both"),
        ({"digit_share": {"min": 1, "max": 0}}, "min is greater than max"),
    ],
)
def test_a_filter_that_makes_no_sense_is_refused(filters, message):
    with pytest.raises(ValidationError, match=message):
        Config.model_validate({"dataset": DATASET, "filters": filters})


@pytest.mark.parametrize("name", SIGNAL_SCHEMA.names)
def test_each_signal_can_be_a_filter_with_its_reason(name):
    config = Config.model_validate({"dataset": DATASET, "filters": {name: {"max": 1}}})
    assert config.filters[name].max == 1
    assert is_reason(filter_reason(name))
    assert name in meaning_of(filter_reason(name))
