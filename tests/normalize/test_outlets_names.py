"""What does not tell two names of outlets apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.normalize.outlets_names import fold_name, is_common


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The Globe and Mail", "globe & mail"),
        ("Süddeutsche Zeitung", "SUDDEUTSCHE  ZEITUNG"),
        ("L’Équipe", "L'Equipe"),
        ("Página/12", "Pagina 12"),
        ("Democracy Now!", "Democracy Now"),
        ("Ｔｈｅ　Ｐａｐｅｒ", "Paper"),
    ],
)
def test_spellings_of_one_name_meet(one, other):
    assert fold_name(one) == fold_name(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Diena", "Dena"),
        ("ガゼット", "カセット"),
        ("दिन", "दीन"),
        ("ข่าวสด", "ขาวสด"),
        ("The Times", "The Time"),
    ],
)
def test_different_names_stay_apart(one, other):
    assert fold_name(one) != fold_name(other)


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Daily Record", True), ("The Sun", True), ("Daily Maverick", False), ("Le Monde", False)],
)
def test_names_of_common_words_are_told(name, expected):
    assert is_common(fold_name(name)) is expected


@given(st.text())
def test_folding_a_key_changes_nothing_but_an_article(name):
    key = fold_name(name)
    assert fold_name(f"x {key}") == f"x {key}".strip()
