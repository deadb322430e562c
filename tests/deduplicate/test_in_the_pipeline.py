"""Filters, splits and labels as a run applies them."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from broadsheet import pipeline

SETTINGS = """
[dataset]
name = "valley"
pretty_name = "Valley news"
description = "Invented articles about an invented valley."
license = "cc0-1.0"

[dates]
not_after = 2026-01-01
"""


@pytest.fixture
def release(write_corpus, tmp_path):
    """Return a function that builds files with further settings, and gives the release."""

    def build(files, settings=""):
        planned = pipeline.plan(write_corpus(files, SETTINGS + settings), tmp_path / "dist")
        batches = [pipeline.work_batch(Path(request)) for request in planned["requests"]]
        outcome = pipeline.release(Path(planned["run"]), [planned["discovery"], *batches])
        assert outcome["release"], outcome["message"]
        return Path(outcome["release"])

    return build


def test_a_filtered_row_is_quarantined_with_the_signal(release, stories):
    long = "\n\n".join(stories(6).values())
    folder = release(stories(3) | {"long.txt": long}, "[filters]\nn_words = {max = 150}")

    (row,) = pq.read_table(folder / "quarantine").to_pylist()

    assert (row["source_path"], row["reason"]) == ("long.txt", "filter.n_words")
    assert pq.read_table(folder / "data").num_rows == 3


def test_articles_keep_their_splits_in_the_next_release(release, stories):
    settings = '[splits]\nby = "hash"\ntest = 0.4\nvalidation = 0.2'
    first = pq.read_table(release(stories(6), settings) / "data").to_pylist()
    folder = release(stories(12), settings)
    second = {row["id"]: row for row in pq.read_table(folder / "data").to_pylist()}

    assert {second[row["id"]]["split"] for row in first if row["split"]}
    assert all(second[row["id"]]["split"] == row["split"] for row in first if row["split"])
    assert all(second[row["id"]]["cluster"] == row["cluster"] for row in first)
    assert "splits.no-leak" in (folder / "validation" / "results.json").read_text()
