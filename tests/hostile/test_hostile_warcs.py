"""Cases 68 to 72: damaged web archives."""

import gzip
import zlib

import pytest

from broadsheet.reasons import Reason


def record(kind: str, block: bytes, *, length: object = None, url: str = "https://hollin.example/"):
    """Return a WARC record."""
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url}\r\n"
        f"WARC-Date: 2024-05-01T10:00:00Z\r\nContent-Type: application/http; msgtype=response\r\n"
        f"Content-Length: {len(block) if length is None else length}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


def response(number: int) -> bytes:
    """Return the block of a page."""
    body = f"<html><p>Story {number} of the harbour of Hollin.</p></html>".encode()
    return b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + body


PAGES = [record("response", response(n)) for n in range(4)]
PACKED = [gzip.compress(page, mtime=0) for page in PAGES]


def cut(raw: bytes) -> bytes:
    return raw[: len(raw) * 2 // 3]


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("a.warc", b"".join(PAGES[:2]) + cut(PAGES[2])),
        ("a.warc.gz", b"".join(PACKED[:2]) + cut(PACKED[2])),
        ("a.warc.gz", gzip.compress(b"".join(PAGES[:2]) + cut(PAGES[2]), mtime=0)),
    ],
)
def test_68_cut_in_mid_record(outcomes, name, raw):
    assert outcomes({name: raw}) == ["P", "P", Reason.STREAM_TRUNCATED]


@pytest.mark.parametrize("at", [0, 5, 12, 40, 80])
def test_69_one_flipped_byte_in_a_compressed_record(outcomes, at):
    bad = bytearray(PACKED[1])
    bad[at] ^= 0x55

    found = outcomes({"a.warc.gz": b"".join([PACKED[0], bytes(bad), *PACKED[2:]])})

    assert found in (["P", Reason.WARC_DAMAGED, "P", "P"], ["P", "P", "P", "P"])


@pytest.mark.parametrize("old", [b"WARC/1.0", b"Content-Length", b": ", b"\r\n\r\nHTTP"])
def test_69_a_damaged_header(outcomes, old):
    bad = PAGES[1].replace(old, b"#" * len(old), 1) if old != b": " else PAGES[1][3:]

    found = outcomes({"a.warc": b"".join([PAGES[0], bad, *PAGES[2:]])})

    assert found == ["P", Reason.WARC_DAMAGED, "P", "P"]


@pytest.mark.parametrize("length", ["-1", "x", "", "9" * 40, 5, 10**6, 10**14])
def test_70_a_wrong_content_length(outcomes, length):
    bad = record("response", response(1), length=length)

    found = outcomes({"a.warc": b"".join([PAGES[0], bad, *PAGES[2:]])})

    assert found == ["P", Reason.WARC_DAMAGED, "P", "P"]


def test_70_in_a_compressed_record(outcomes):
    bad = gzip.compress(record("response", response(1), length=-5))

    assert outcomes({"a.warc.gz": b"".join([PACKED[0], bad, *PACKED[2:]])}) == [
        "P",
        Reason.WARC_DAMAGED,
        "P",
        "P",
    ]


def test_71_compressed_as_a_whole(outcomes):
    assert outcomes({"a.warc.gz": gzip.compress(b"".join(PAGES))}) == ["P"] * 4


@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_72_what_holds_no_page_is_counted(outcomes, suffix):
    redirect = b"HTTP/1.1 301 Moved\r\nContent-Type: text/html\r\nLocation: /b\r\n\r\n<p>moved"
    image = b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n\x89PNG"
    records = [
        record("warcinfo", b"software: none\r\n"),
        record("request", b"GET / HTTP/1.1\r\n\r\n"),
        PAGES[0],
        record("revisit", response(0)),
        record("metadata", b"fetchTimeMs: 3\r\n"),
        record("response", redirect),
        record("response", image),
    ]
    raw = b"".join(gzip.compress(r) if suffix else r for r in records)

    assert outcomes({f"a.warc{suffix}": raw}) == ["P", f"{Reason.WARC_SKIPPED} x 6"]


@pytest.mark.parametrize("raw", [b"", b"no archive", bytes(3_000), b"WARC/1.0\r\n" * 3])
def test_what_is_no_web_archive(outcomes, raw):
    assert set(outcomes({"a.warc": raw})) <= {Reason.WARC_DAMAGED, Reason.CONTENT_EMPTY}


def test_a_compressed_page_that_is_a_bomb(outcomes):
    body = zlib.compress(bytes(2**26))
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: deflate\r\n\r\n"

    assert outcomes({"a.warc": record("response", head + body)}) == [Reason.SIZE_RECORD]
