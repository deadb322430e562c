"""Filters, splits and labels as a run applies them."""

from pathlib import Path

import datasets
import pyarrow.parquet as pq
import pytest

from broadsheet import pipeline, publish
from broadsheet.identity import identity_sha256
from broadsheet.publish import layout, verification
from broadsheet.publish.manifest import read_manifest

BY_HASH = '[splits]\nby = "hash"\ntest = 0.4\nvalidation = 0.2'


@pytest.fixture
def release(write_corpus, tmp_path):
    """Return a function that builds files with further settings, and gives the release."""

    def build(files, extra=""):
        planned = pipeline.plan(write_corpus(files, extra=extra), tmp_path / "dist")
        batches = [pipeline.work_batch(Path(request)) for request in planned["requests"]]
        outcome = pipeline.release(Path(planned["run"]), [planned["discovery"], *batches])
        assert outcome["release"], outcome["message"]
        return Path(outcome["release"])

    return build


@pytest.fixture
def articles(prose):
    """Return a function that gives so many files, whose articles are not related."""
    return lambda count: {f"{i:03d}.txt": prose(i, 80) for i in range(count)}


def splits_of(folder):
    """Return the split of each article by the file that it stands in."""
    shards = layout.shards_of(folder, "default")
    return {
        row["id"]: layout.split_of(path)
        for path in shards
        for row in pq.read_table(path, columns=["id"]).to_pylist()
    }


def test_a_filtered_row_is_quarantined_with_the_signal(release, stories):
    long = "\n\n".join(stories(6).values())
    folder = release({"-long.txt": long} | stories(3), "[filters]\nn_words = {max = 150}")

    (row,) = pq.read_table(folder / "quarantine").to_pylist()
    published = pq.read_table(folder / "data").to_pylist()
    index = pq.read_table(folder / "index").to_pylist()

    assert (row["source_path"], row["reason"]) == ("-long.txt", "filter.n_words")
    assert len(published) == 3
    assert {row["id"]: row["text_sha256"] for row in index} == {
        row["id"]: identity_sha256(row["text"]) for row in published
    }


def test_articles_keep_their_splits_in_the_next_release(release, stories):
    first = pq.read_table(release(stories(6), BY_HASH) / "data").to_pylist()
    folder = release(stories(12), BY_HASH)
    second = {row["id"]: row for row in pq.read_table(folder / "data").to_pylist()}

    assert {second[row["id"]]["split"] for row in first if row["split"]}
    assert all(second[row["id"]]["split"] == row["split"] for row in first if row["split"])
    assert all(second[row["id"]]["cluster"] == row["cluster"] for row in first)
    assert "splits.no-leak" in (folder / "validation" / "results.json").read_text()


def test_splits_load_by_their_names(release, articles, tmp_path):
    folder = release(articles(24), BY_HASH)
    cache = str(tmp_path / "cache")

    loaded = datasets.load_dataset(str(folder), cache_dir=cache)
    test = datasets.load_dataset(str(folder.parent), "1.0.0", split="test", cache_dir=cache)

    assert set(loaded) == {"train", "validation", "test"}
    assert sum(map(len, loaded.values())) == 24
    assert all(set(rows["split"]) == {split} for split, rows in loaded.items())
    assert test["id"] == loaded["test"]["id"]
    assert publish.verify(folder) == ()


def test_a_split_without_rows_has_no_file_and_no_name(release, articles, tmp_path):
    folder = release(articles(24), '[splits]\nby = "hash"\ntest = 0\nvalidation = 0.5')

    loaded = datasets.load_dataset(str(folder), cache_dir=str(tmp_path / "cache"))

    assert set(loaded) == {"train", "validation"}
    assert not list((folder / "data").glob("test-*"))


def test_an_article_in_no_split_stands_apart(release, articles, tmp_path):
    folder = release(articles(6), '[splits]\nby = "outlet"')  # none of them states its outlet

    loaded = datasets.load_dataset(str(folder), cache_dir=str(tmp_path / "cache"))

    assert set(loaded) == {"unassigned"}
    assert publish.verify(folder) == ()


def test_rows_stay_in_the_files_of_their_split(release, articles):
    before = splits_of(release(articles(24), BY_HASH))
    grown = release(articles(30), BY_HASH)

    assert grown.name == "1.1.0"
    assert splits_of(grown).items() >= before.items()


def test_splits_that_are_asked_for_later_make_files_of_their_own(release, articles):
    before = splits_of(release(articles(24)))
    folder = release(articles(24), BY_HASH)

    assert set(before.values()) == {"train"}
    assert set(splits_of(folder).values()) == {"train", "validation", "test"}
    assert publish.verify(folder) == ()


def test_a_row_in_the_file_of_another_split_is_noticed(release, articles):
    folder = release(articles(24), BY_HASH)
    manifest = read_manifest(folder)
    (test,) = (folder / "data").glob("test-*.parquet")
    (train,) = (folder / "data").glob("train-*.parquet")
    train.write_bytes(test.read_bytes())

    problems = list(verification._disagreements_of_splits(folder, manifest))  # noqa: SLF001 - the digests would tell first

    assert [(p.path, p.message) for p in problems] == [
        (f"data/{train.name}", "has rows of another split")
    ]
