"""Full disks, limits and missing permission: an error that helps, and no trace."""

import multiprocessing
import os
import resource
import shutil
from types import SimpleNamespace

import pytest

from broadsheet import publish
from broadsheet.errors import StorageError

FORK = multiprocessing.get_context("fork")


def test_too_little_space_is_refused_before_any_work(tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=10**6))

    with (
        pytest.raises(StorageError, match="has 1 MB free and publishing needs up to 2 MB"),
        publish.open_staging(tmp_path, expected_bytes=10**6),
    ):
        pytest.fail("work began")
    assert [path.name for path in tmp_path.iterdir()] == [".lock"]


def test_a_file_size_limit_stops_the_run_and_leaves_nothing(releases, tmp_path):
    folder = tmp_path / "valley"
    corpus = releases["Corpus"]([releases["make_article"](n) for n in range(100)])
    answers = FORK.Queue()

    def run():
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
        try:
            with publish.open_staging(folder) as staging:
                publish.write_tables(staging, **arguments)
        except StorageError as error:
            answers.put(str(error))

    arguments = releases["stage"](corpus, tmp_path / "work")
    process = FORK.Process(target=run)
    process.start()
    message = answers.get(timeout=60)
    process.join(60)

    assert message.startswith(f"Publishing to {folder} failed:")
    assert "large" in message
    assert [path.name for path in folder.iterdir()] == [".lock"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_permission_is_refused_before_any_work(tmp_path):
    tmp_path.chmod(0o500)

    with (
        pytest.raises(StorageError, match="Grant permission or choose another folder"),
        publish.open_staging(tmp_path / "valley"),
    ):
        pytest.fail("work began")


def test_a_path_that_is_a_file_is_refused(tmp_path):
    (tmp_path / "valley").write_text("not a folder")

    with (
        pytest.raises(StorageError, match="valley"),
        publish.open_staging(tmp_path / "valley"),
    ):
        pytest.fail("work began")
