"""Replacing files and renaming folders without overwriting."""

import errno

import pytest

from broadsheet.publish import files


@pytest.fixture(params=["exclusive rename", "without it"])
def rename(request, monkeypatch):
    """Return ``rename_into_place``, on a system with and one without exclusive renames."""
    if request.param == "without it":
        monkeypatch.setattr(files, "_exclusive_rename", lambda *_: errno.EINVAL)
    return files.rename_into_place


def test_a_folder_is_renamed_with_its_content(rename, tmp_path):
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "file").write_text("content")

    rename(tmp_path / "new", tmp_path / "1.0.0")

    assert (tmp_path / "1.0.0" / "file").read_text() == "content"
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("content", [[], ["file"]], ids=["empty", "filled"])
def test_an_existing_folder_is_never_overwritten(rename, tmp_path, content):
    for folder in ("new", "1.0.0"):
        (tmp_path / folder).mkdir()
    for name in content:
        (tmp_path / "1.0.0" / name).write_text("old")

    with pytest.raises(FileExistsError):
        rename(tmp_path / "new", tmp_path / "1.0.0")

    assert sorted(path.name for path in (tmp_path / "1.0.0").iterdir()) == content


def test_a_missing_folder_is_an_error(rename, tmp_path):
    with pytest.raises(FileNotFoundError):
        rename(tmp_path / "new", tmp_path / "1.0.0")


def test_a_file_is_replaced_whole(tmp_path):
    path = tmp_path / "README.md"
    files.replace_file(path, b"one")
    files.replace_file(path, b"two")

    assert path.read_bytes() == b"two"
    assert [p.name for p in tmp_path.iterdir()] == ["README.md"]


def test_a_link_is_replaced(tmp_path):
    files.replace_link(tmp_path / "latest", "1.0.0")
    files.replace_link(tmp_path / "latest", "1.1.0")

    assert (tmp_path / "latest").readlink().name == "1.1.0"
    assert [p.name for p in tmp_path.iterdir()] == ["latest"]
