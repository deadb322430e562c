import hashlib
from pathlib import Path

import pytest

from broadsheet.config import Sources
from broadsheet.reasons import Reason
from broadsheet.records import Source
from broadsheet.sources import discover, plan_batches, read_batch
from broadsheet.sources.blobs import printable


def only_batch(root: Path, settings: Sources = Sources()):  # noqa: B008 - immutable
    (batch,) = plan_batches(discover(root, settings).files, settings)
    return batch


@pytest.mark.parametrize(
    ("name", "media"),
    [
        ("a.txt", "text"),
        ("a.text", "text"),
        ("A.TXT", "text"),
        ("a.md", "markdown"),
        ("a.markdown", "markdown"),
    ],
)
def test_one_file_is_one_record_with_its_address(write, read, name, media):
    write(name, "\r\n A ferry ran aground.\n")

    (record,) = read()

    raw = b"\r\n A ferry ran aground.\n"
    assert record.text == raw.decode()
    assert record.media == media
    assert record.notes == ()
    assert record.source == Source(name, None, 0, 24, hashlib.sha256(raw).hexdigest(), media)


@pytest.mark.parametrize(
    "content", [b"", b" \r\n\t", b"\xef\xbb\xbf", b"\xef\xbb\xbf \n", b"\xc2\xa0"]
)
def test_nothing_but_white_space_is_empty(write, read, content):
    write("a.txt", content)

    (rejection,) = read()

    assert rejection.reason == Reason.CONTENT_EMPTY


def test_binary_bytes_in_a_text_file_are_set_aside(write, read):
    write("a.txt", b"\x7fELF" + bytes(200))

    (rejection,) = read()

    assert rejection.reason == Reason.TYPE_MISMATCH
    assert rejection.source.length == 204


def test_the_configured_encoding_is_used(write, read):
    write("a.txt", "Мост открыт".encode("koi8-r"))

    (record,) = read(encoding="koi8-r")

    assert record.text == "Мост открыт"


def test_a_file_over_the_limit_is_set_aside_unread(write, read):
    write("a.txt", b"x" * 5_000)
    write("b.txt", b"x" * 4_096)

    large, fitting = read(max_record_bytes=4_096)

    assert large.reason == Reason.SIZE_RECORD
    assert large.source.length == 5_000
    assert large.source.sha256 == hashlib.sha256().hexdigest()
    assert fitting.text == "x" * 4_096


@pytest.mark.parametrize("content", ["changed", "a longer text than before", ""])
def test_a_file_that_changed_since_discovery_is_set_aside(tmp_path, write, content):
    path = write("a.txt", "the old")
    batch = only_batch(tmp_path)
    path.write_text(content)

    (rejection,) = read_batch(tmp_path, batch, Sources())

    assert rejection.reason == Reason.IO_CHANGED
    assert rejection.source.sha256 == hashlib.sha256(b"the old").hexdigest()


def test_a_file_that_is_gone_has_changed(tmp_path, write):
    path = write("a.txt", "here")
    batch = only_batch(tmp_path)
    path.unlink()

    (rejection,) = read_batch(tmp_path, batch, Sources())

    assert rejection.reason == Reason.IO_CHANGED


def fail_to_open(monkeypatch, name: str, error: OSError) -> None:
    opened = Path.open

    def fail(path, *args, **kwargs):
        if path.name == name:
            raise error
        return opened(path, *args, **kwargs)

    monkeypatch.setattr(Path, "open", fail)


def test_a_passing_fault_is_raised_so_that_the_caller_tries_again(tmp_path, write, monkeypatch):
    write("a.txt", "one")
    batch = only_batch(tmp_path)
    fail_to_open(monkeypatch, "a.txt", OSError(5, "Input/output error"))

    with pytest.raises(OSError, match="Input/output"):
        read_batch(tmp_path, batch, Sources())


def test_the_last_try_sets_the_file_aside_and_goes_on(tmp_path, write, monkeypatch):
    write("a.txt", "one")
    write("b.txt", "two")
    batch = only_batch(tmp_path)
    fail_to_open(monkeypatch, "a.txt", OSError(5, "Input/output error"))

    failed, record = read_batch(tmp_path, batch, Sources(), on_failure="reject")

    assert (failed.reason, failed.source.path) == (Reason.IO_FAILED, "a.txt")
    assert record.text == "two"


def test_a_permission_that_was_withdrawn_is_never_tried_again(tmp_path, write, monkeypatch):
    write("a.txt", "one")
    batch = only_batch(tmp_path)
    fail_to_open(monkeypatch, "a.txt", PermissionError(13, "denied"))

    (rejection,) = read_batch(tmp_path, batch, Sources())

    assert rejection.reason == Reason.IO_PERMISSION


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (b"a\0b\x1b[31m  c\n", "a b [31m c"),
        ("\ud800x\u202ey", "x y"),
        ("long " * 100, ("long " * 48).strip()),
    ],
)
def test_an_excerpt_is_printable_and_short(raw, shown):
    assert printable(raw) == shown


@pytest.mark.parametrize(
    ("name", "raw"), [("a.csv", b"x,x\n"), ("a.zip", b"no zip"), ("a.xml", b"<urlset/>")]
)
def test_a_file_that_is_refused_as_such_keeps_its_address(write, read, name, raw):
    write(name, raw)

    (rejection,) = read()

    assert rejection.source.length == len(raw)
    assert rejection.source.sha256 == hashlib.sha256(raw).hexdigest()


def test_a_fault_of_a_reader_sets_its_file_aside_alone(write, read, monkeypatch):
    write("a.html", "<p>A page</p>")
    write("b.txt", "A text")
    monkeypatch.setattr("broadsheet.sources.pages.decode", lambda *_, **__: 1 / 0)

    fault, record = read()

    assert fault.reason == Reason.RECORD_FAULT
    assert "ZeroDivisionError" in fault.detail
    assert record.text == "A text"
