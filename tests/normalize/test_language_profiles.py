"""The arrays give langdetect's own answer, to the last bit."""

import sys
from pathlib import Path

import langdetect
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from langdetect.detector_factory import DetectorFactory
from langdetect.lang_detect_exception import LangDetectException

from broadsheet.normalize.language_grams import load_profiles
from broadsheet.normalize.language_profiles import (
    _is_upper,  # the table has to be whole for the n-grams to be langdetect's
    probabilities_of,
)

LETTERS = "abcdefgh ABC XYZ äöüß ñé ệơ привет ёї 日本語 テスト 한국 ภาษา हि \u0219\u06cc @ ."


@pytest.fixture(scope="module")
def reference():
    """Return langdetect's own factory, its profiles read in the order of their names."""
    folder = Path(langdetect.__file__).parent / "profiles"
    factory = DetectorFactory()
    factory.load_json_profile([p.read_text("utf-8") for p in sorted(folder.iterdir())])
    factory.set_seed(0)
    return factory


def by_langdetect(factory, text, among=None):
    detector = factory.create()
    if among:
        detector.set_prior_map(dict.fromkeys(among, 1.0))
    detector.append(text)
    try:
        detector.get_probabilities()
    except LangDetectException:
        return None
    return detector.langprob


def test_the_languages_are_those_of_langdetect(reference):
    assert list(load_profiles().languages) == reference.langlist


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="sum() adds floats otherwise since 3.12")
@settings(max_examples=150, deadline=None)
@given(text=st.text(st.sampled_from(LETTERS), max_size=120))
def test_the_probabilities_are_the_same_to_the_last_bit(reference, text):
    expected = by_langdetect(reference, text)
    (found,) = probabilities_of([text], [None])

    assert (found is None) == (expected is None)
    assert found is None or np.array_equal(found, expected)


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="sum() adds floats otherwise since 3.12")
def test_possible_languages_are_langdetects_prior(reference):
    text = "Havnerådet vedtog tirsdag at åbne den gamle færgelinje igen inden sommeren."
    among = frozenset({"da", "no", "sv"})

    (found,) = probabilities_of([text], [among])

    assert np.array_equal(found, by_langdetect(reference, text, among))


WAVERING = (
    "Havnerådet vedtog tirsdag at åbne den gamle færgelinje igen inden sommeren.",
    "Hamnrådet beslutade i tisdags att öppna den gamla färjelinjen igen före sommaren.",
    "Le conseil du port a décidé mardi de rouvrir l'ancienne ligne avant l'été.",
    "The harbour council decided on Tuesday to open the old ferry line again.",
    "Rada přístavu v úterý rozhodla, že starou linku před létem znovu otevře.",
)
"""Of several together langdetect draws to its limit, because none of their languages wins."""


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="sum() adds floats otherwise since 3.12")
@settings(max_examples=20, deadline=None)
@given(
    asked=st.lists(
        st.tuples(
            st.lists(st.sampled_from(WAVERING), min_size=1, max_size=4).map(" ".join),
            st.sampled_from([None, frozenset({"cs", "da", "de", "en", "sv"}), frozenset({"fr"})]),
        ),
        min_size=8,
        max_size=12,
    )
)
def test_many_texts_at_once_are_the_same_to_the_last_bit(reference, asked):
    texts, among = zip(*asked, strict=True)

    found = probabilities_of(texts, among)

    for text, possible, probabilities in zip(texts, among, found, strict=True):
        assert np.array_equal(probabilities, by_langdetect(reference, text, possible))


def test_no_capital_lies_beyond_the_table():
    capitals = [code for code in range(sys.maxunicode + 1) if chr(code).isupper()]
    assert _is_upper().nonzero()[0].tolist() == capitals
