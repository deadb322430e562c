"""The flags that stand for a text in the frame say what the functions on texts say."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet.tables import articles_to_table
from broadsheet.text import clean, squeeze
from broadsheet.validate.projection import BATCH_COLUMNS, RELEASE_COLUMNS, project_batch

# Characters that the rules speak of are rare in random text; these make them common.
NOTABLE = st.sampled_from(
    "a \n\t\r\x00\x1f\u0085\u00a0\u00ad\u0301\u0308\u200b\u200d\u202e\ufeff\ufffeé한"
)
TEXTS = st.text(st.one_of(NOTABLE, st.characters(codec="utf-8")), max_size=30)


@settings(deadline=None)  # a busy machine is no fault
@given(st.lists(TEXTS, min_size=1, max_size=5))
def test_flags_of_texts_are_those_of_the_cleaning_functions(make_article, texts):
    frame = project_batch(
        articles_to_table([make_article(n, text=text) for n, text in enumerate(texts)])
    )
    assert frame["text_is_clean"].tolist() == [clean(text)[0] == text for text in texts]
    assert frame["text_is_trimmed"].tolist() == [squeeze(text) == text for text in texts]
    assert frame["text_chars"].tolist() == [len(text) for text in texts]


def test_long_runs_of_combining_marks_are_seen(staged):
    frame = project_batch(staged({"text": "a" + "\u0301" * 40}, good=0))
    assert frame["text_is_clean"].tolist() == [False]


def test_the_frame_has_the_columns_that_suites_can_name(staged):
    assert tuple(project_batch(staged()).columns) == BATCH_COLUMNS


def test_no_text_and_no_list_reaches_the_frame():
    wide = {"text", "evidence", "authors", "agencies", "notes"}
    assert not wide & {*BATCH_COLUMNS, *RELEASE_COLUMNS}


@pytest.mark.parametrize(
    ("names", "good"),
    [
        ((), True),
        (("Ilse Amonde", "Bo Tarr"), True),
        (("Ilse Amonde", "https://x.example"), False),
        (("i@x.example",), False),
        (("–",), False),
        (("a\nb",), False),
        (("n" * 121,), False),
    ],
)
def test_authors_are_names(staged, names, good):
    frame = project_batch(staged({"authors": names}, good=1))
    assert frame["authors_are_names"].tolist() == [True, good]


def test_a_title_that_is_missing_is_clean(staged):
    assert project_batch(staged({"title": None}, good=0))["title_is_clean"].tolist() == [True]


def test_an_id_is_derived_from_the_url_else_from_a_text_that_is_whole(staged):
    table = staged(
        {"id": "id of https://news.example/a", "url": "https://news.example/a"},
        {"id": "id of It rained.", "url": None, "text": "It rained."},
        {"id": "id of It rained.", "url": "https://news.example/a", "text": "It rained."},
        {"id": "another", "url": None, "text": "It rained."},
        {"id": "another", "url": None, "text": "Write to [email].", "notes": ("privacy.email",)},
        good=0,
    )

    frame = project_batch(table, ["id_is_derived"], lambda url, text: f"id of {url or text}")

    assert frame["id_is_derived"].tolist() == [True, True, False, False, None]
    assert project_batch(table)["id_is_derived"].isna().all()
