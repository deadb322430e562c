"""The difference of two releases: by row, by field, by word; for people and for programs."""

import json
from dataclasses import replace

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet import publish
from broadsheet.publish.differences import word_difference


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("", "", ()),
        ("a mill", "a mill", (("same", "a mill"),)),
        ("a mill", "the mill", (("old", "a"), ("new", "the"), ("same", " mill"))),
        ("", "new", (("new", "new"),)),
        ("old", "", (("old", "old"),)),
        ("0.9925", "0.9981", (("old", "0.9925"), ("new", "0.9981"))),
        (
            "It turned. All stood.",
            "It turned! All stood.",
            (("same", "It turned"), ("old", "."), ("new", "!"), ("same", " All stood.")),
        ),
    ],
)
def test_words_are_told_apart(old, new, words):
    assert word_difference(old, new) == words


@given(st.text("ab1 .,", max_size=60), st.text("ab1 .,", max_size=60))
def test_both_texts_can_be_read_off_their_difference(old, new):
    words = word_difference(old, new)

    assert "".join(text for edit, text in words if edit != "new") == old
    assert "".join(text for edit, text in words if edit != "old") == new


@pytest.fixture
def difference(make_corpus, publish_corpus, dataset_dir, article):
    """Return the difference of two releases: one article added, one removed, one corrected."""
    corpus = make_corpus([*range(250)])
    publish_corpus(corpus)
    corrected = article(50, title=None, text="The mill of Dunsmere stood 50 times on that day.")
    articles = [corrected if a.id == corrected.id else a for a in corpus.articles[1:]]
    publish_corpus(replace(corpus, articles=[*articles, article(900)]))
    return publish.diff(dataset_dir / "1.0.0", dataset_dir / "2.0.0")


def test_sums_by_field_outlet_and_month(difference):
    change = difference.change

    assert (change.added, change.removed, change.changed) == (1, 1, 1)
    assert change.by_field["text"] == change.by_field["title"] == 1
    assert change.by_outlet == {"Gazette 0": (1, 1, 0), "Gazette 2": (0, 0, 1)}
    assert change.by_month == {"": (1, 1, 1)}


def test_as_text(difference, article):
    text = publish.difference_to_text(difference, 10)

    assert text.startswith("1.0.0 -> 2.0.0: 1 added, 1 removed, 1 changed\n")
    assert f"+ {article(900).id}  Mill turns 900 times\n" in text
    assert f"- {article(0).id}  Mill turns 0 times\n" in text
    assert "    text: The mill of Dunsmere [-turned-]{+stood+} 50 times on that day.\n" in text
    assert "    title: [-Mill turns 50 times-]\n" in text


def test_as_text_within_a_limit(difference):
    assert publish.difference_to_text(difference, 1).endswith("... and 2 more\n")


def test_as_json(difference, article):
    report = json.loads(publish.difference_to_json(difference, 10))

    rows = {row["change"]: row for row in report["rows"]}
    assert report["change"]["step"] == "major"
    assert rows["added"]["id"] == article(900).id
    assert {"name": "title", "old": "Mill turns 50 times", "new": None} in rows["changed"]["fields"]


def test_as_parquet(difference, tmp_path):
    rows = publish.write_difference(difference, tmp_path / "diff.parquet")

    table = pq.read_table(tmp_path / "diff.parquet").to_pylist()
    assert len(table) == rows
    fields = {row["field"] for row in table if row["change"] == "changed"}
    assert {"title", "text"} <= fields
    assert [row["field"] for row in table if row["change"] == "added"] == [None]


def test_records_that_only_moved_are_counted_and_not_shown(
    make_corpus, publish_corpus, dataset_dir, article
):
    corpus = make_corpus([*range(30)])
    publish_corpus(corpus)
    moved = [
        replace(a, source=a.source._replace(offset=a.source.offset + 7)) for a in corpus.articles
    ]
    publish_corpus(replace(corpus, articles=[article(0, title="Corrected"), *moved[1:]]))

    difference = publish.diff(dataset_dir / "1.0.0", dataset_dir / "2.0.0")

    assert (difference.change.changed, difference.change.moved) == (30, 29)
    text = publish.difference_to_text(difference, 5)
    assert "30 changed, 29 of them only moved within the raw files\n" in text
    assert text.count("\n~ ") == 1
    assert "more" not in text
    page = publish.render_difference(difference, 5)
    assert page.count("<article") == 1
    changes = (dataset_dir / "2.0.0" / "CHANGES.md").read_text(encoding="utf-8")
    assert "29 of the changed ones only lie elsewhere in the raw files." in changes
    assert len(json.loads(publish.difference_to_json(difference, 99))["rows"]) == 30


def test_as_html_that_is_inert(make_corpus, publish_corpus, dataset_dir, article):
    corpus = make_corpus([*range(250)])
    publish_corpus(corpus)
    hostile = article(0, title="<script>alert(1)</script>", outlet="<img src=x onerror=alert(2)>")
    publish_corpus(replace(corpus, articles=[hostile, *corpus.articles[1:]]))

    page = publish.render_difference(publish.diff(dataset_dir / "1.0.0", dataset_dir / "2.0.0"), 10)

    assert "&lt;script&gt;" in page.replace("<ins>", "").replace("</ins>", "").replace(
        "<del>", ""
    ).replace("</del>", "")
    assert "<script" not in page
    assert "<img" not in page


def test_releases_with_the_same_rows_do_not_differ(
    make_corpus, publish_corpus, dataset_dir, tmp_path
):
    publish_corpus(make_corpus())
    publish_corpus(make_corpus(extra={"NOTES.md": b"Read me."}))

    difference = publish.diff(dataset_dir / "1.0.0", dataset_dir / "1.0.1")

    assert list(difference.rows()) == []
    assert publish.write_difference(difference, tmp_path / "diff.parquet") == 0
    assert not (tmp_path / "diff.parquet").exists()
