"""A release that reuses the one before is the one that is made whole, byte for byte."""

import hashlib
import random
import shutil
from pathlib import Path

import numpy as np
import pytest

from broadsheet import pipeline
from broadsheet.deduplicate import overlaps
from broadsheet.errors import PublishError
from broadsheet.pipeline import folding, origins, sameness
from broadsheet.publish import shards, write

SETTINGS = """
[sources]
batch_records = 8

[publish]
rows_per_shard = 6
rows_per_group = 2
"""
SPLITS = """
[splits]
by = "hash"
validation = 0.3
test = 0.3
"""
APPEND = "append = true\n"
ORIGINS = "valley/origins.parquet"
MADE_OF = "valley/made_of.json"
COMPARED = "valley/compared.parquet"


@pytest.fixture
def text():
    """Return a function that invents an article, another for each number."""

    def make(number):
        chance = random.Random(number)  # noqa: S311 - reproducible, guards nothing
        words = ("mill", "weir", "ferry", "council", "storm", "harvest", "bridge", "market")
        sentences = (" ".join(chance.choices(words, k=9)) for _ in range(9))
        return f"The {number}th day in Dunsmere. " + ". ".join(s.title() for s in sentences) + "."

    return make


@pytest.fixture
def reused(monkeypatch):
    """Return the list that every release adds to how many rows it took from the one before."""
    found = []
    take = write.reused

    def counts(rows, before, known):
        found.append(int((known >= 0).sum()))
        return take(rows, before, known)

    monkeypatch.setattr(write, "reused", counts)
    return found


def altered(files, chance, text):
    """Return files of which some are new, gone, changed, or copies of others."""
    files, number = dict(files), chance.randrange(10**6)
    for name in chance.sample(sorted(files), k=min(len(files), chance.randrange(3))):
        del files[name]
    for name in chance.sample(sorted(files), k=min(len(files), chance.randrange(3))):
        files[name] += f" It rained on {number} roofs."
    for name in chance.sample(sorted(files), k=min(len(files), chance.randrange(3))):
        files[f"copy-{number}-{name}"] = files[name].replace("Storm", "Gale", chance.randrange(2))
    new = range(number, number + chance.randrange(1, 5))
    return files | {f"{n:06d}.txt": text(n) for n in new}


def digests(outcome):
    """Return the SHA-256 of all files of a release, by name."""
    if not outcome["version"]:
        return {}
    folder = Path(outcome["release"])
    files = (path for path in folder.rglob("*") if path.is_file())
    return {p.relative_to(folder): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


@pytest.fixture
def linked(monkeypatch):
    """Return the list of the files of the release before that are in a new one as they are."""
    found = []
    link = shards.link_or_copy

    def counts(source, target):
        found.append(source)
        link(source, target)

    monkeypatch.setattr(shards, "link_or_copy", counts)
    return found


@pytest.mark.timeout(600)  # some 20 releases, each judged; a busy machine takes minutes
@pytest.mark.parametrize(("seed", "extra"), [(1, ""), (2, SPLITS), (3, APPEND)])
def test_any_series_of_changes_gives_what_is_made_whole(
    write_corpus, text, reused, linked, tmp_path, seed, extra
):
    chance = random.Random(seed)  # noqa: S311 - as above
    dist, kept = tmp_path / "dist", tmp_path / "kept"
    files = {f"{number:06d}.txt": text(number) for number in range(12)}
    for _ in range(3):
        shutil.rmtree(tmp_path / "raw", ignore_errors=True)
        folder = write_corpus(files, extra=SETTINGS + extra)
        planned = pipeline.plan(folder, dist)
        batches = [pipeline.work_batch(request) for request in planned["requests"]]
        staged = [planned["discovery"], *batches]
        shutil.copytree(dist, kept, symlinks=True)

        for name in (ORIGINS, COMPARED):
            (dist / ".work" / name).unlink(missing_ok=True)
        whole = pipeline.release(planned["run"], staged)
        expected = digests(whole)
        (dist / ".work" / MADE_OF).unlink(missing_ok=True)
        unchanged = pipeline.release(planned["run"], staged)
        assert unchanged["status"] == "unchanged"
        shutil.rmtree(dist)
        kept.rename(dist)

        outcome = pipeline.release(planned["run"], staged)
        assert outcome == whole
        assert digests(outcome) == expected
        assert pipeline.release(planned["run"], staged) == unchanged
        files = altered(files, chance, text)

    fresh = pipeline.plan(folder, tmp_path / "fresh")
    anew = [fresh["discovery"], *map(pipeline.work_batch, fresh["requests"])]
    assert [batch["files"] for batch in anew] == [batch["files"] for batch in staged]
    assert len(reused) >= 2
    assert {path.parts[-3] for path in linked} >= {"index"}
    assert np.all(np.array(reused) > 0)


@pytest.fixture
def published(write_corpus, text, tmp_path):
    """Return a function that releases five articles, or as many as it is told, by settings."""

    def build(number=5, extra="", version=None):
        folder = write_corpus({f"{n}.txt": text(n) for n in range(number)}, extra=SETTINGS + extra)
        planned = pipeline.plan(folder, tmp_path / "dist")
        staged = [planned["discovery"], *map(pipeline.work_batch, planned["requests"])]
        return pipeline.release(planned["run"], staged, version=version)

    return build


def test_without_a_change_nothing_is_made(published, monkeypatch):
    first = published()
    monkeypatch.setattr(folding, "KeyFiles", None)
    monkeypatch.setattr(write, "write_shards", None)
    again = published()

    assert again["message"] == "Nothing changed: valley 1.0.0 is published already."
    same = ("accounts", "reasons", "version", "release", "report")
    assert {name: again[name] for name in same} == {name: first[name] for name in same}
    assert list(again["accounts"]) == list(first["accounts"])


@pytest.mark.parametrize("lost", [MADE_OF, ORIGINS, COMPARED])
def test_what_is_kept_may_be_lost(published, tmp_path, lost):
    published()
    (tmp_path / "dist" / ".work" / lost).unlink()

    assert published()["status"] == "unchanged"


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b'{"made_of": 1, "checksums": 2}'])
def test_a_damaged_note_of_what_it_was_made_of_is_as_good_as_none(published, tmp_path, content):
    published()
    (tmp_path / "dist" / ".work" / MADE_OF).write_bytes(content)

    assert published()["status"] == "unchanged"


@pytest.mark.parametrize("damage", ["flip", "remove", "add"])
def test_a_damaged_release_is_noticed_though_nothing_changed(published, damage):
    shard = next(Path(published()["release"]).glob("data/*.parquet"))
    match damage:
        case "flip":
            content = shard.read_bytes()
            shard.chmod(0o644)
            shard.write_bytes(content[:-40] + bytes([content[-40] ^ 1]) + content[-39:])
        case "remove":
            shard.unlink()
        case "add":
            (shard.parent / "more.parquet").write_bytes(b"more")

    with pytest.raises(PublishError, match="is not what it says it is"):
        published()


def test_any_change_makes_it_anew(published, reused, monkeypatch):
    published()

    assert published(extra="notes = 'Another.'\n")["version"] == "1.0.1"
    assert published(number=6, extra="notes = 'Another.'\n")["version"] == "1.1.0"
    named = published(number=6, extra="notes = 'Another.'\n", version="2.0.0")
    assert named["version"] == "2.0.0"
    monkeypatch.setattr(sameness, "package_digest", lambda: "another")
    assert published(number=6, extra="notes = 'Another.'\n")["status"] == "unchanged"
    assert reused == [5, 5, 6, 6]


def test_files_with_the_same_rows_are_kept_but_written_anew_by_other_code(
    published, linked, monkeypatch
):
    first = Path(published()["release"])
    (shard,) = first.glob("data/*.parquet")
    second = Path(published(number=6)["release"])
    assert linked == [shard, first / "index" / "data" / shard.name]
    assert (second / "data" / "train-00000-of-00002.parquet").samefile(shard)

    linked.clear()
    monkeypatch.setattr(origins, "package_digest", lambda: "another")
    published(number=7)
    assert linked == []


def test_rows_of_a_batch_that_a_file_was_added_to_are_known(write_corpus, text, reused, tmp_path):
    lines = [f'{{"text": "{text(number)}"}}' for number in range(9)]
    files = {f"{n}.jsonl": "\n".join(lines[n : n + 3]) for n in (0, 3)}
    for more in ({}, {"1.jsonl": lines[6]}, {"3.jsonl": lines[7]}):
        files |= more
        planned = pipeline.plan(write_corpus(files), tmp_path / "dist")
        (batch,) = map(pipeline.work_batch, planned["requests"])
        outcome = pipeline.release(planned["run"], [planned["discovery"], batch])
        assert outcome["status"] == "published"

    assert reused == [6, 4]


def test_origins_of_another_release_are_not_used(write_corpus, text, reused, tmp_path):
    dist = tmp_path / "dist"
    for number in (5, 6):
        folder = write_corpus({f"{n}.txt": text(n) for n in range(number)}, extra=SETTINGS)
        planned = pipeline.plan(folder, dist)
        staged = [planned["discovery"], *map(pipeline.work_batch, planned["requests"])]
        if number == 6:
            shutil.rmtree(dist / "valley" / "1.0.0")
        assert pipeline.release(planned["run"], staged)["version"] == "1.0.0"

    assert reused == []


@pytest.fixture
def compared(monkeypatch):
    """Return the list that every comparison of texts adds its number of pairs to."""
    found = []
    compare = overlaps.overlaps

    def counts(places, left, right, read):
        found.append(len(left))
        return compare(places, left, right, read)

    monkeypatch.setattr(overlaps, "overlaps", counts)
    return found


@pytest.mark.parametrize("content", [None, b"", b"PAR1 damaged PAR1"])
def test_texts_that_stay_are_not_compared_again(write_corpus, text, compared, tmp_path, content):
    def pairs_compared(files):
        compared.clear()
        folder = write_corpus(files, extra=SETTINGS)
        planned = pipeline.plan(folder, tmp_path / "dist")
        staged = [planned["discovery"], *map(pipeline.work_batch, planned["requests"])]
        pipeline.release(planned["run"], staged)
        return sum(compared)

    files = {f"{n}.txt": text(n) for n in range(12)}
    files |= {f"copy-{n}.txt": f"{text(n)} It rained." for n in range(4)}
    at_first = pairs_compared(files)
    files = {"0-before.txt": text(20), **files}  # so that rows lie elsewhere
    without_copies = pairs_compared(files)
    with_a_copy = pairs_compared(files | {"copy-5.txt": f"{text(5)} It snowed."})
    if content is not None:
        (tmp_path / "dist" / ".work" / COMPARED).write_bytes(content)
    (tmp_path / "dist" / ".work" / MADE_OF).unlink()
    again = pairs_compared(files | {"copy-5.txt": f"{text(5)} It snowed."})

    assert at_first >= 4
    assert without_copies == 0
    assert with_a_copy >= 1
    assert again == (0 if content is None else at_first + with_a_copy)


def test_damaged_origins_are_as_good_as_none(write_corpus, text, reused, tmp_path):
    folder = write_corpus({f"{n}.txt": text(n) for n in range(5)}, extra=SETTINGS)
    planned = pipeline.plan(folder, tmp_path / "dist")
    staged = [planned["discovery"], *map(pipeline.work_batch, planned["requests"])]
    pipeline.release(planned["run"], staged)
    (tmp_path / "dist" / ".work" / ORIGINS).write_bytes(b"PAR1 damaged PAR1")
    (tmp_path / "dist" / ".work" / MADE_OF).unlink()

    assert pipeline.release(planned["run"], staged)["status"] == "unchanged"
    assert reused == []
