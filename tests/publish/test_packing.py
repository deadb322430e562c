"""One archive, always the same bytes."""

import os
import zipfile

import pytest

from broadsheet import publish
from broadsheet.errors import PublishError
from broadsheet.publish.packing import pack


def test_an_archive_is_the_release_and_always_the_same(
    make_corpus, publish_corpus, dataset_dir, tmp_path
):
    publish_corpus(make_corpus())
    first = pack(dataset_dir / "1.0.0", tmp_path / "a.zip")
    for path in (dataset_dir / "1.0.0").rglob("*"):
        os.utime(path, (10**9, 10**9))

    second = pack(dataset_dir / "1.0.0", tmp_path / "b.zip")

    assert first == second
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        archive.extractall(tmp_path / "out")
    assert publish.verify(tmp_path / "out" / "valley-1.0.0") == ()


def test_an_existing_file_is_kept(make_corpus, publish_corpus, dataset_dir, tmp_path):
    publish_corpus(make_corpus())
    (tmp_path / "a.zip").write_bytes(b"mine")

    with pytest.raises(PublishError, match="exists"):
        pack(dataset_dir / "1.0.0", tmp_path / "a.zip")
    assert (tmp_path / "a.zip").read_bytes() == b"mine"
