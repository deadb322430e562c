"""Tables over characters are what each character says of itself."""

import pytest

from broadsheet.characters import (
    BEYOND,
    BEYOND_CASE,
    become,
    characters_before,
    marked,
    plane,
)
from broadsheet.deduplicate import character_counts, words

SOME = "aZß½١Ⅷ_ \u00a0。!”ǅ日ิ\u0301\U0001d400\U00020000"


def test_the_plane_holds_each_character_at_its_code_point():
    assert [ord(c) for c in plane()] == [*range(BEYOND)]


@pytest.mark.parametrize("question", [str.isalpha, str.isupper, str.isspace, str.isdecimal])
def test_marks_are_the_answers_in_their_order(question):
    assert marked(question, SOME).tolist() == [question(c) for c in SOME]


def test_what_becomes_several_characters_or_none_is_told_by_the_number_instead():
    changed = ["a", "ss", "", "\U0001d400"]
    assert become(changed, [7, 8, 9, 10]).tolist() == [ord("a"), 8, 9, 0x1D400]
    assert become(changed, 5).tolist() == [ord("a"), 5, 5, 0x1D400]


def test_no_character_beyond_has_a_case():
    beyond = characters_before(0x110000)[BEYOND_CASE:]
    assert not marked(str.isupper, beyond).any()
    assert not marked(str.istitle, beyond).any()
    assert beyond.casefold() == beyond


def test_each_character_counts_as_what_it_is():
    characters = [c for c in plane()[::101] + SOME if not c.isspace()]
    counts = character_counts.count_characters(characters).T.tolist()
    told = dict(zip(character_counts.COUNTED, counts, strict=True))
    assert told["letters"] == [c.isalpha() for c in characters]
    assert told["capitals"] == [c.isupper() for c in characters]
    assert told["digits"] == [c.isdigit() for c in characters]


@pytest.mark.parametrize("character", "aZΣДÉǅ\U00010400")
def test_case_makes_no_difference_to_a_word(character):
    (found,) = words.words_of([f"so {character}, so {character.casefold()}"])
    _, first, _, second = found.hashes.tolist()
    assert first == second
    assert found.is_name.tolist()[1::2] == [character.isupper() or character.istitle(), False]
