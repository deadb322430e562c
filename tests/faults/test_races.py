"""Two publishers and a reader."""

import multiprocessing
import time
from pathlib import Path

import pytest

from broadsheet import publish
from broadsheet.errors import StorageError, VersionConflictError

SPAWN = multiprocessing.get_context("fork")


def run_all(functions):
    """Run functions, each in a process of its own; return what each put into its queue."""
    queue = SPAWN.Queue()
    processes = [SPAWN.Process(target=f, args=(queue,)) for f in functions]
    for process in processes:
        process.start()
    answers = sorted(queue.get(timeout=60) for _ in processes)
    for process in processes:
        process.join(60)
    return answers


def publisher(releases, folder, count, tmp_path, name):
    """Return a function that publishes so many articles and says which version came of it."""

    def run(queue):
        corpus = releases["Corpus"]([releases["make_article"](n) for n in range(count)])
        queue.put(str(releases["build"](corpus, folder, tmp_path / name)))

    return run


def test_the_second_of_two_equal_runs_finds_it_published(releases, tmp_path):
    folder = tmp_path / "valley"

    answers = run_all([publisher(releases, folder, 30, tmp_path, name) for name in "ab"])

    assert answers == ["1.0.0", "None"]
    assert publish.verify(folder / "1.0.0") == ()


def test_two_runs_with_other_content_make_two_versions(releases, tmp_path):
    folder = tmp_path / "valley"

    answers = run_all(
        [publisher(releases, folder, count, tmp_path, str(count)) for count in (30, 31)]
    )

    assert answers in (["1.0.0", "1.1.0"], ["1.0.0", "2.0.0"])
    assert publish.verify(folder / answers[1]) == ()


def staged(releases, folder, count, work):
    """Return a staged release 1.0.0 of so many articles, as a publisher without a lock has it."""
    corpus = releases["Corpus"]([releases["make_article"](n) for n in range(count)])
    folder.mkdir(parents=True)
    arguments = releases["stage"](corpus, work)
    written = publish.write_tables(folder, **arguments)
    origin = publish.Origin(config=corpus.config)
    change = publish.compare(None, folder)
    return folder, publish.describe(written, origin, change, previous=None)


@pytest.mark.parametrize("second", [30, 31])
def test_a_version_is_committed_once_even_without_the_lock(releases, tmp_path, second):
    folder = tmp_path / "valley"
    ours, version = staged(releases, folder / ".staging-ours", 30, tmp_path / "work-ours")
    theirs, _ = staged(releases, folder / ".staging-theirs", second, tmp_path / "work-theirs")
    publish.commit(ours, folder, version)
    before = (folder / "1.0.0" / "SHA256SUMS").read_bytes()

    if second == 30:
        assert publish.commit(theirs, folder, version) == folder / "1.0.0"
    else:
        with pytest.raises(VersionConflictError, match="exists with another content"):
            publish.commit(theirs, folder, version)

    assert (folder / "1.0.0" / "SHA256SUMS").read_bytes() == before
    assert publish.verify(folder / "1.0.0") == ()


def test_a_reader_never_sees_a_part(releases, tmp_path):
    folder = tmp_path / "valley"

    def publish_three(queue):
        for count in (20, 25, 30):
            publisher(releases, folder, count, tmp_path, f"work-{count}")(SPAWN.Queue())
        queue.put(("published", 0))

    def read(queue):
        sound = set()
        deadline = time.monotonic() + 50
        while "1.2.0" not in sound and time.monotonic() < deadline:
            for release in Path(folder).glob("[0-9]*"):
                if publish.verify(release):
                    queue.put(("a part of", release.name))
                    return
                sound.add(release.name)
            if (folder / "latest").exists() and publish.verify((folder / "latest").resolve()):
                queue.put(("latest leads to a part", 0))
                return
        queue.put(("read", len(sound)))

    assert run_all([publish_three, read]) == [("published", 0), ("read", 3)]


def test_a_held_lock_is_reported(tmp_path):
    with (
        publish.open_staging(tmp_path),
        pytest.raises(StorageError, match="locked by another run"),
        publish.open_staging(tmp_path, wait_seconds=0),
    ):
        pytest.fail("two publishers at once")


def test_the_lock_of_a_killed_run_blocks_nobody(tmp_path):
    def hold(queue):
        with publish.open_staging(tmp_path):
            queue.put("held")
            time.sleep(60)

    queue = SPAWN.Queue()
    process = SPAWN.Process(target=hold, args=(queue,))
    process.start()
    assert queue.get(timeout=30) == "held"
    process.kill()
    process.join(30)

    with publish.open_staging(tmp_path, wait_seconds=5) as staging:
        assert list(tmp_path.glob(".staging-*")) == [staging]
