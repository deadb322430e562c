import hashlib
import os

import pytest
import xxhash

from broadsheet.config import Sources
from broadsheet.errors import ConfigError, StorageError
from broadsheet.reasons import Reason
from broadsheet.sources import RawFile, discover, require_raw_files


def paths(found) -> list[str]:
    return [file.path for file in found.files]


def test_a_file_is_known_by_path_size_and_digest(tmp_path, write):
    write("north/harbour.txt", "The harbour froze.")

    found = discover(tmp_path, Sources())

    digest = hashlib.sha256(b"The harbour froze.").hexdigest()
    check = xxhash.xxh3_128_hexdigest(b"The harbour froze.")
    assert found.files == (RawFile("north/harbour.txt", 18, digest, check=check),)
    assert found.rejections == ()


def test_order_is_that_of_the_paths_by_code_point(tmp_path, write):
    for name in ("b.txt", "a/z.txt", "B.txt", "é.txt", "a-b.txt", "a.txt"):
        write(name, name)

    assert paths(discover(tmp_path, Sources())) == sorted(
        ["B.txt", "a-b.txt", "a.txt", "a/z.txt", "b.txt", "é.txt"]
    )


@pytest.mark.parametrize("name", [".hidden.txt", ".git/objects.txt", "dataset.toml", "sub/.x/y.md"])
def test_hidden_files_and_the_configuration_are_no_input(tmp_path, write, name):
    write(name, "not an article")

    found = discover(tmp_path, Sources())

    assert (found.files, found.rejections, found.skipped) == ((), (), ())


@pytest.mark.parametrize("glob", ["drafts/*", "*.md", "notes.md", "drafts/notes.md"])
def test_excluded_files_are_counted_as_skipped(tmp_path, write, glob):
    write("drafts/notes.md", "not yet")
    write("kept.txt", "kept")

    found = discover(tmp_path, Sources(exclude=(glob,)))

    assert paths(found) == ["kept.txt"]
    assert [(s.path, s.reason, s.count) for s in found.skipped] == [
        ("drafts/notes.md", Reason.INPUT_EXCLUDED, 1)
    ]


def test_a_dataset_below_is_another_dataset(tmp_path, write):
    write("dataset.toml", "")
    write("other/dataset.toml", "")
    write("other/story.txt", "belongs to the other")

    found = discover(tmp_path, Sources())

    assert paths(found) == []
    assert [(s.path, s.reason) for s in found.skipped] == [("other", Reason.INPUT_DATASET)]


def test_what_was_released_is_no_raw_input(tmp_path, write):
    for version in ("1.0.0", "1.1.0"):
        write(f"dist/corpus/{version}/manifest.json", "{}")
        write(f"dist/corpus/{version}/SHA256SUMS", "")
        write(f"dist/corpus/{version}/README.md", "# The card")
    write("dist/corpus/README.md", "# All versions")
    (tmp_path / "dist/corpus/latest").symlink_to("1.1.0")

    found = discover(tmp_path, Sources())

    assert paths(found) == []
    assert [(s.path, s.reason) for s in found.skipped] == [("dist/corpus", Reason.INPUT_RELEASE)]


@pytest.mark.parametrize("name", ["story.xyz", "story", "movie.mp4"])
def test_an_unknown_kind_of_file_is_set_aside(tmp_path, write, name):
    write(name, "What is this?")

    (rejection,) = discover(tmp_path, Sources()).rejections

    assert rejection.reason == Reason.TYPE_UNSUPPORTED
    assert rejection.source.sha256 == hashlib.sha256(b"What is this?").hexdigest()
    assert rejection.source.length == 13
    assert rejection.excerpt == "What is this?"


@pytest.mark.parametrize("target", ["/etc/hostname", "../outside.txt", "nowhere.txt", "link.txt"])
def test_a_link_that_leads_out_or_nowhere_is_set_aside(tmp_path, target):
    root = tmp_path / "raw"
    root.mkdir()
    (tmp_path / "outside.txt").write_text("outside")
    (root / "link.txt").symlink_to(target)

    found = discover(root, Sources())

    assert paths(found) == []
    assert [r.reason for r in found.rejections] == [Reason.IO_LINK]


def test_a_link_within_the_folder_is_read_once(tmp_path, write):
    write("a.txt", "one article")
    (tmp_path / "b.txt").symlink_to("a.txt")
    (tmp_path / "loop").symlink_to(".")

    found = discover(tmp_path, Sources())

    assert paths(found) == ["a.txt"]
    assert {(s.path, s.reason) for s in found.skipped} == {
        ("b.txt", Reason.INPUT_LINK),
        ("loop", Reason.INPUT_LINK),
    }


def test_a_pipe_is_not_opened(tmp_path):
    os.mkfifo(tmp_path / "pipe.txt")

    assert [r.reason for r in discover(tmp_path, Sources()).rejections] == [Reason.TYPE_UNSUPPORTED]


def test_a_name_that_is_not_utf8_is_set_aside(tmp_path):
    try:
        (tmp_path / os.fsdecode(b"caf\xe9.txt")).write_text("coffee")
    except OSError:
        pytest.skip("this file system takes UTF-8 names alone")

    (rejection,) = discover(tmp_path, Sources()).rejections

    assert rejection.reason == Reason.IO_NAME
    assert rejection.source.path == "caf\\udce9.txt"


@pytest.mark.parametrize(
    ("error", "reason"),
    [(PermissionError(13, "denied"), Reason.IO_PERMISSION), (OSError(5, "I/O"), Reason.IO_FAILED)],
)
def test_an_unreadable_file_is_set_aside_and_the_rest_goes_on(
    tmp_path, write, monkeypatch, error, reason
):
    write("bad.txt", "cannot be read")
    write("good.txt", "can be read")
    path_class = type(tmp_path)
    opened = path_class.open

    def fail(path, *args, **kwargs):
        if path.name == "bad.txt":
            raise error
        return opened(path, *args, **kwargs)

    monkeypatch.setattr(path_class, "open", fail)

    found = discover(tmp_path, Sources())

    assert paths(found) == ["good.txt"]
    (rejection,) = found.rejections
    assert (rejection.source.path, rejection.reason) == ("bad.txt", reason)
    assert rejection.source.length == 0
    assert rejection.source.sha256 == hashlib.sha256().hexdigest()


@pytest.mark.parametrize("name", ["missing", "file.txt"])
def test_a_root_that_is_no_folder_is_an_error_with_a_remedy(tmp_path, write, name):
    write("file.txt", "a file")

    with pytest.raises(StorageError, match=r"is no folder.*sources\.path"):
        discover(tmp_path / name, Sources())


def test_a_folder_without_raw_files_is_noticed_before_a_run(tmp_path, write):
    write("dataset.toml", "")
    with pytest.raises(ConfigError):
        require_raw_files(tmp_path)

    write("story.txt", "A story")
    require_raw_files(tmp_path)
