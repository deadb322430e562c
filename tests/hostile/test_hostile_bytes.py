"""Cases 1 to 12: bytes and encodings, as far as reading decides them."""

import os

import pytest

from broadsheet.reasons import Reason
from broadsheet.sources import FORMATS

STORY = "Der Bürgermeister von Grünhausen eröffnete am Sonntag die neue Brücke über den Fluss."

CASES = {
    "1 empty file": (b"", Reason.CONTENT_EMPTY),
    "2 NUL bytes": (STORY.replace(" ", "\0 ").encode(), "P"),
    "4 invalid UTF-8": (STORY.encode() + b" \xff\xfe.", "P encoding.replaced"),
    "5 UTF-16 without a mark": (STORY.encode("utf-16-le"), "P encoding.detected"),
    "6 byte-order mark": (b"\xef\xbb\xbf" + STORY.encode(), "P"),
    "8 bidirectional overrides": (f"\u202e{STORY}\u200b".encode(), "P"),
    "10 combining marks": (("a" + "\u0301" * 10_000 + STORY).encode(), "P"),
    "11 binary": (bytes(range(256)) * 40, Reason.TYPE_MISMATCH),
    "11 an image": (b"\x89PNG\r\n\x1a\n" + bytes(300), Reason.TYPE_MISMATCH),
    "11 a program": (b"\x7fELF\x02\x01\x01" + bytes(300), Reason.TYPE_MISMATCH),
}


@pytest.mark.parametrize("case", CASES)
def test_bytes(outcomes, case):
    raw, expected = CASES[case]

    assert outcomes({"case.txt": raw, "good.txt": STORY.encode()}) == [expected, "P"]


@pytest.mark.parametrize("suffix", [suffix for f in FORMATS for suffix in f.suffixes])
def test_1_an_empty_file_of_any_format(outcomes, suffix):
    assert outcomes({f"case{suffix}": b""}) == [Reason.CONTENT_EMPTY]


@pytest.mark.parametrize("raw", [rb'{"text": "a\ud800b"}', rb'{"text": "a\udfffb"}'])
def test_3_a_lone_surrogate_is_replaced(outcomes, raw):
    assert outcomes({"case.jsonl": raw}) == ["P"]


def test_7_a_wrong_declared_charset(outcomes):
    raw = f'<meta charset="shift_jis"><p>{STORY}'.encode("cp1252")

    assert outcomes({"case.html": raw}) == ["P encoding.detected"]


def test_12_a_line_of_two_gib_in_a_text(outcomes, tmp_path):
    (tmp_path / "raw").mkdir()
    with (tmp_path / "raw" / "case.txt").open("wb") as file:
        os.truncate(file.fileno(), 2**31)

    assert outcomes({}) == [Reason.SIZE_RECORD]


@pytest.mark.parametrize("name", ["case.jsonl", "case.csv", "case.mbox"])
def test_12_a_line_over_a_batch_is_never_held(outcomes, tmp_path, name):
    (tmp_path / "raw").mkdir()
    with (tmp_path / "raw" / name).open("wb") as file:
        file.write(b"text\n" if name == "case.csv" else b"From hollin 2024\n")
        os.truncate(file.fileno(), 2**27)

    assert outcomes({}, batch_bytes=2**20, max_record_bytes=2**20)[-1] == Reason.SIZE_RECORD
