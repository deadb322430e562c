"""Work folder and releases in a store: the same release as on a disk, and nothing shared but it."""

from pathlib import Path

import fsspec
import pytest

from broadsheet import pipeline
from broadsheet.errors import ConfigError, StorageError
from broadsheet.publish.layout import files_of


@pytest.fixture(params=["memory", "s3"])
def url(request):
    """Return the address of an empty store."""
    return request.getfixturevalue(f"{request.param}_url")


def build(folder, output, *, publishes=True):
    planned = pipeline.plan(folder, output)
    batches = [pipeline.work_batch(request) for request in planned["requests"]]
    return pipeline.release(planned["run"], [planned["discovery"], *batches], publishes=publishes)


def stored(address):
    """Return the files below an address, by their path there."""
    store, folder = fsspec.core.url_to_fs(address)
    store.invalidate_cache()
    return {p.split(folder.rstrip("/") + "/")[1]: store.cat_file(p) for p in store.find(folder)}


def content(release):
    return {name: (Path(release) / name).read_bytes() for name in files_of(Path(release))}


def test_releases_in_a_store_are_those_of_a_disk_to_the_byte(
    url, write_corpus, stories, tmp_path, cache
):
    for count in (3, 4):  # a second release takes its shards, labels and trend from the first
        folder = write_corpus(stories(count))
        there, here = build(folder, url), build(folder, tmp_path / "dist")
        fsspec.filesystem("local").rm(str(cache), recursive=True)  # as on another machine

    assert there["version"] == here["version"] == "1.1.0"
    assert there["release"] == f"{url}/valley/1.1.0"
    assert stored(there["release"]) == content(here["release"])
    card = stored(f"{url}/valley")["README.md"]
    assert card == (tmp_path / "dist" / "valley" / "README.md").read_bytes()
    assert build(folder, url)["status"] == "unchanged"


def test_a_batch_that_is_staged_in_a_store_is_not_worked_again(
    memory_url, write_corpus, stories, monkeypatch
):
    folder = write_corpus(stories(3))
    first = build(folder, memory_url)
    monkeypatch.setattr(pipeline.batch, "read_and_refine", None)

    assert build(folder, memory_url)["message"] == first["message"].replace(
        "Published valley 1.0.0.", "Nothing changed: valley 1.0.0 is published already."
    )


def test_a_batch_damaged_in_a_store_is_found_out_and_worked_again(
    memory_url, write_corpus, stories
):
    folder = write_corpus(stories(3))
    planned = pipeline.plan(folder, memory_url)
    batches = [planned["discovery"], *map(pipeline.work_batch, planned["requests"])]
    store, place = fsspec.core.url_to_fs(batches[1]["folder"])
    damaged = bytearray(store.cat_file(f"{place}/articles.parquet"))
    damaged[len(damaged) // 2] ^= 1
    store.pipe_file(f"{place}/articles.parquet", bytes(damaged))

    with pytest.raises(StorageError, match=r"articles\.parquet is damaged; run again"):
        pipeline.release(planned["run"], batches)

    assert build(folder, memory_url)["status"] == "published"


def test_a_damaged_local_copy_is_fetched_again(memory_url, write_corpus, stories, cache):
    build(write_corpus(stories(3)), memory_url)
    for path in cache.rglob("*.parquet"):
        path.chmod(0o644)
        path.write_bytes(b"")

    assert build(write_corpus(stories(4)), memory_url)["version"] == "1.1.0"


def test_a_check_leaves_its_report_in_the_store(memory_url, write_corpus, stories):
    outcome = build(write_corpus(stories(2)), memory_url, publishes=False)

    assert outcome["status"] == "checked"
    assert b"<html" in fsspec.filesystem("memory").cat_file(outcome["report"])


def test_a_worker_with_other_code_is_refused(memory_url, write_corpus, stories, monkeypatch):
    planned = pipeline.plan(write_corpus(stories(1)), memory_url)
    monkeypatch.setattr(pipeline.batch, "code_digest", lambda: "another")

    with pytest.raises(ConfigError, match="other code or libraries"):
        pipeline.work_batch(planned["requests"][0])


def test_an_address_of_no_kind_is_said(write_corpus, stories):
    with pytest.raises(ConfigError, match="nowhere://bucket"):
        build(write_corpus(stories(1)), "nowhere://bucket")
