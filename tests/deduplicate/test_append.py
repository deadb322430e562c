"""A folder of new articles alone, appended to what was published before."""

import json
import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from broadsheet import pipeline, publish
from broadsheet.errors import ConfigError
from broadsheet.pipeline.carrying import gone_files
from broadsheet.publish import layout, staging
from broadsheet.publish.manifest import read_manifest
from broadsheet.rebuild import rebuild

APPEND = "[publish]\nappend = true\n"
BRIDGE = "https://valley.example/bridge"


def page(url, text):
    """Return a record that states its URL."""
    return json.dumps({"url": url, "text": text})


@pytest.fixture
def build(write_corpus, tmp_path):
    """Return a function that builds a folder of these files alone, and gives the release."""

    def run(files, extra=APPEND, name="raw", output="dist"):
        shutil.rmtree(tmp_path / name, ignore_errors=True)
        folder = write_corpus(files, extra=extra, name=name)
        planned = pipeline.plan(folder, str(tmp_path / output))
        batches = [pipeline.work_batch(request) for request in planned["requests"]]
        outcome = pipeline.release(planned["run"], [planned["discovery"], *batches])
        assert outcome["release"], outcome["message"]
        return Path(outcome["release"])

    return run


@pytest.fixture
def texts(prose):
    """Return a function that gives so many files of unrelated articles, from a number on."""
    return lambda first, count: {f"{i:03d}.txt": prose(i, 80) for i in range(first, first + count)}


def rows_of(folder, name="data"):
    return pq.read_table(folder / name).to_pylist()


def test_a_file_that_is_here_speaks_for_itself(tmp_path):
    rows = [{"path": f"{n}.txt", "size": 1, "sha256": "", "raw": 1, "skipped": 0} for n in range(3)]
    rows = [row | {"carried_from": "1.0.0" if row["path"] == "0.txt" else None} for row in rows]
    previous = tmp_path / "1.1.0"
    previous.mkdir()
    pq.write_table(pa.Table.from_pylist(rows), previous / layout.INPUTS_TABLE)

    gone = gone_files(previous, {"2.txt"})

    assert [(f.path, f.carried_from) for f in gone] == [("0.txt", "1.0.0"), ("1.txt", "1.1.0")]


def test_new_articles_are_added_to_those_before(build, texts):
    old = texts(0, 5)
    first = build(old | {"copy.txt": old["001.txt"]})
    second = build(texts(5, 3) | {"again.txt": old["002.txt"]})

    before = {row["id"]: row for row in rows_of(first)}
    after = {row["id"]: row for row in rows_of(second)}
    copies = {row["source_path"]: row for row in rows_of(second, "duplicates")}
    inputs = {row["path"]: row for row in rows_of(second, layout.INPUTS_TABLE)}
    assert publish.verify(second) == ()
    assert len(after) == 8
    assert after.keys() > before.keys()
    assert all(after[i]["text"] == row["text"] for i, row in before.items())
    assert set(copies) == {"again.txt", "copy.txt" if "copy.txt" in copies else "001.txt"}
    assert copies["again.txt"]["duplicate_of"] in before
    assert inputs["000.txt"]["carried_from"] == "1.0.0"
    assert inputs["005.txt"]["carried_from"] is None
    assert read_manifest(second)["carried"] == {"files": 6, "records": 6}
    assert read_manifest(second)["accounts"]["raw"] == 10


def test_the_space_that_is_asked_for_counts_what_is_carried_over(build, texts, monkeypatch):
    first = build(texts(0, 6))
    size = sum((first / name).stat().st_size for name in layout.files_of(first))
    asked = []
    monkeypatch.setattr(staging, "_require_space", lambda _, needed: asked.append(needed))

    build(texts(6, 1))
    build(texts(0, 8))

    assert asked[0] > 2 * size
    assert asked[1] < size


def test_it_makes_the_rows_that_a_build_of_everything_makes(build, texts, edit):
    old = texts(0, 6)
    near = {"near.txt": edit(old["003.txt"], 4), "same.txt": old["004.txt"]}
    build(old)
    appended = build(texts(6, 2) | near)
    whole = build(old | texts(6, 2) | near, extra="", name="all", output="other")

    labels = ("id", "text", "duplicate_count", "cluster", "story", "contained_in")
    pick = lambda folder: sorted(tuple(row[n] for n in labels) for row in rows_of(folder))  # noqa: E731
    assert [row[:3] for row in pick(appended)] == [row[:3] for row in pick(whole)]
    assert sorted(r["cluster"] == r["id"] for r in rows_of(appended)) == sorted(
        r["cluster"] == r["id"] for r in rows_of(whole)
    )


def test_only_additions_make_a_minor_version_and_nothing_new_makes_none(build, texts, tmp_path):
    build(texts(0, 4))
    second = build(texts(4, 2))
    again = build(texts(4, 2))

    assert second.name == again.name == "1.1.0"
    assert rebuild(second, tmp_path / "raw")["same"]


def test_without_the_setting_what_is_gone_is_removed(build, texts):
    build(texts(0, 4), extra="")

    assert build(texts(4, 2), extra="").name == "2.0.0"


def test_a_page_that_is_published_stays_and_its_revision_is_folded(build, prose):
    first = build({"old.json": page(BRIDGE, prose(1, 80))})
    (old,) = rows_of(first)
    second = build({"new.json": page(BRIDGE, prose(2, 80))})

    (row,) = rows_of(second)
    (copy,) = rows_of(second, "duplicates")
    assert (row["id"], row["text"], row["duplicate_count"]) == (old["id"], old["text"], 1)
    assert (copy["kind"], copy["duplicate_of"], copy["source_path"]) == (
        "revision",
        old["id"],
        "new.json",
    )


def test_a_takedown_reaches_what_is_carried_over(build, texts):
    old = texts(0, 3)
    first = build(old | {"copy.txt": old["001.txt"]})
    ids = {row["source_path"]: row["id"] for row in rows_of(first)}
    (copied,) = rows_of(first, "duplicates")
    listed = copied["duplicate_of"]
    second = build(texts(3, 2), APPEND + f'[takedown]\nids = ["{listed}"]\n')

    reasons = sorted(row["reason"] for row in rows_of(second, "quarantine"))
    assert listed in ids.values()
    assert listed not in {row["id"] for row in rows_of(second)}
    assert reasons in (["copy.alone", "rights.takedown"], ["rights.takedown", "rights.takedown"])
    assert publish.verify(second) == ()


def test_splits_stay_as_they_are(build, texts):
    by_hash = APPEND + '[splits]\nby = "hash"\ntest = 0.3\nvalidation = 0.3\n'
    before = {row["id"]: row["split"] for row in rows_of(build(texts(0, 12), by_hash))}
    second = build(texts(12, 4), by_hash)

    after = {row["id"]: row["split"] for row in rows_of(second)}
    assert after.items() >= before.items()
    assert len(after) == 16


def test_another_policy_does_not_pass_by_what_is_carried_over(build, texts):
    build(texts(0, 2))

    with pytest.raises(ConfigError, match=r"\[text\] of dataset.toml is not as it was for 1.0.0"):
        build(texts(2, 2), APPEND + "[text]\nmin_words = 30\n")


def test_three_deliveries_tell_which_version_read_what(build, texts):
    build(texts(0, 2))
    build(texts(2, 2))
    third = build(texts(4, 2))

    inputs = {row["path"]: row["carried_from"] for row in rows_of(third, layout.INPUTS_TABLE)}
    assert list(inputs.values()) == ["1.0.0", "1.0.0", "1.1.0", "1.1.0", None, None]
    assert len(rows_of(third)) == 6
