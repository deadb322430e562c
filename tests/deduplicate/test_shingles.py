"""Texts as sets of shingles, and what their sketches say of them."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet.deduplicate.bands import Banding, banding_for, near_candidates
from broadsheet.deduplicate.columns import Column
from broadsheet.deduplicate.containment import contained_candidates
from broadsheet.deduplicate.overlaps import count_common
from broadsheet.deduplicate.shingles import sample, shingle
from broadsheet.deduplicate.signatures import (
    resemblance,
    sign,
    signatures_from_arrow,
    signatures_to_arrow,
)
from broadsheet.deduplicate.words import MAX_CHARACTERS, words_of


def jaccard(one, other):
    common, left, right = count_common(shingle([one, other]), np.array([0]), np.array([1]))[:, 0]
    return common / (left + right - common)


@pytest.mark.parametrize(
    ("text", "shingles"),
    [
        ("", 0),
        ("... -- !", 0),
        ("Rain", 1),
        ("Rain fell on Upper Venn", 1),
        ("Rain fell on Upper Venn today", 2),
        ("港口委员会周一决定疏浚", 4),
        ("ฝนตกหนักวัน", 4),
    ],
)
def test_a_text_gives_a_shingle_for_each_place_that_one_fits(text, shingles):
    assert len(shingle([text]).of(0)) == shingles


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("Rain fell on Upper Venn", "RAIN FELL ON UPPER VENN", id="case"),
        pytest.param("Rain fell on Upper Venn", "Rain, fell on “Upper”  Venn!", id="marks"),
        pytest.param("ﬁne café at No. １", "fine cafe\u0301 at no 1", id="compatibility"),
        pytest.param("Straße Übung Öl Ähre Maß", "STRAßE ÜBUNG ÖL ÄHRE MAß", id="umlauts"),
    ],
)
def test_forms_of_writing_make_no_difference(one, other):
    assert jaccard(one, other) == 1


def test_no_word_spans_two_texts():
    together = shingle(["one two three", "four five six"])
    assert together.of(0).tolist() == shingle(["one two three"]).of(0).tolist()
    assert together.of(1).tolist() == shingle(["four five six"]).of(0).tolist()


def test_vowel_signs_belong_to_their_word():
    (words,) = words_of(["हिन्दी समाचार"])
    assert words.counts.tolist() == [2]


def test_names_are_capitals_inside_a_sentence():
    (words,) = words_of(["Rain fell. The mayor of Upper Venn said: It rained, Ilse Amonde said."])
    assert words.is_name.sum() == 4  # Upper, Venn, Ilse, Amonde


def test_the_end_of_an_endless_text_is_not_looked_at():
    endless = "rain " * (MAX_CHARACTERS // 5)
    assert shingle([endless]).of(0).tolist() == shingle([endless + "and sun"]).of(0).tolist()


@settings(deadline=None)
@given(st.lists(st.text(max_size=40), max_size=8))
def test_each_text_has_the_shingles_that_it_has_alone(texts):
    together = shingle(texts)
    assert len(together) == len(texts)
    for place, text in enumerate(texts):
        assert together.of(place).tolist() == shingle([text]).of(0).tolist()


@settings(deadline=None)
@given(st.lists(st.sampled_from("abcdefgh"), max_size=30), st.lists(st.sampled_from("abcdefgh")))
def test_common_shingles_are_those_of_the_sets(one, other):
    shingles = shingle([" ".join(one), " ".join(other)])
    sets = [set(shingles.of(place).tolist()) for place in (0, 1)]
    common, left, right = count_common(shingles, np.array([0]), np.array([1]))[:, 0]
    assert (common, left, right) == (len(sets[0] & sets[1]), len(sets[0]), len(sets[1]))


def test_signatures_estimate_the_jaccard_similarity(prose, edit):
    text = prose(0)
    for words in (0, 5, 15, 40):
        other = edit(text, words)
        estimate = float(resemblance(*(sign(shingle([t])) for t in (text, other)))[0])
        # Five standard errors of 128 independent draws.
        assert estimate == pytest.approx(jaccard(text, other), abs=5 * 0.5 / 128**0.5)


def test_signatures_come_back_from_arrow(prose):
    signatures = sign(shingle([prose(seed, 30) for seed in range(7)]))
    column = pa.chunked_array([signatures_to_arrow(signatures), signatures_to_arrow(signatures)])
    assert np.array_equal(
        signatures_from_arrow(column.slice(2, 9)),
        np.concatenate([signatures, signatures])[2:11],
    )


def test_an_empty_text_resembles_only_another_empty_one(prose):
    signatures = sign(shingle(["", "", prose(0)]))
    assert resemblance(signatures[[0, 0]], signatures[[1, 2]]).tolist() == [1, 0]


@pytest.mark.parametrize("threshold", [0.3, 0.5, 0.7, 0.8, 0.9, 1.0])
def test_bands_find_nearly_all_pairs_at_the_threshold(threshold):
    banding = banding_for(threshold)
    assert banding.probability(threshold) >= 0.98
    assert banding.count * banding.width <= 128


def test_the_curve_of_bands_is_that_of_the_textbook():
    assert Banding(20, 5).probability(0.8) == pytest.approx(0.9996, abs=1e-4)
    assert Banding(20, 5).probability(0.2) == pytest.approx(0.0064, abs=1e-4)


def signed(shingles):
    """Return the signatures of shingle sets as a column of keys."""
    return Column.of(pa.chunked_array([signatures_to_arrow(sign(shingles))]))


def sampled(shingles):
    """Return the samples of shingle sets as a column of keys."""
    return Column.of(pa.chunked_array([sample(shingles)]))


@pytest.mark.parametrize("copies", [2, 16, 60])
def test_all_copies_are_linked_however_large_their_bucket(prose, edit, copies):
    texts = [edit(prose(0), 3, seed) for seed in range(copies)]
    texts += [prose(seed) for seed in range(1, 30)]
    left, right = near_candidates(signed(shingle(texts)), 0.8)
    assert set(left) | set(right) == set(range(copies))
    assert (left < right).all()


def test_a_contained_text_is_a_candidate(prose):
    long = prose(0, 900)
    texts = [long, " ".join(long.split()[200:400]), prose(1, 900), prose(2, 200)]
    left, right = contained_candidates(sampled(shingle(texts)), 0.9)
    assert list(zip(left, right, strict=True)) == [(0, 1)]


def test_no_texts_have_no_candidates():
    shingles = shingle([])
    assert near_candidates(signed(shingles), 0.8)[0].size == 0
    assert contained_candidates(sampled(shingles), 0.9)[0].size == 0
