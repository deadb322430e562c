import gzip
import hashlib

import pytest

from broadsheet.reasons import Reason
from broadsheet.records import RawRecord, Skipped

HTML = "<html><head><title>Brücke</title></head><body><p>Die Brücke ist offen.</p></body></html>"


def record(kind: str, block: bytes, content_type: str = "application/http; msgtype=response"):
    head = (
        f"WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Target-URI: https://hollin.example/bridge\r\n"
        f"WARC-Date: 2024-05-01T10:00:00Z\r\nContent-Type: {content_type}\r\n"
        f"Content-Length: {len(block)}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


def response(body: bytes, *headers: str, content_type: str = "text/html; charset=utf-8") -> bytes:
    lines = ["HTTP/1.1 200 OK", f"Content-Type: {content_type}", *headers]
    return record("response", "\r\n".join(lines).encode() + b"\r\n\r\n" + body)


@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_a_page_with_address_url_and_crawl_time(write, read, suffix):
    pack = gzip.compress if suffix else bytes
    first, second = pack(response(HTML.encode())), pack(response(b"<p>Another</p>"))
    write(f"crawl.warc{suffix}", first + second)

    one, two = read()

    assert (one.text, one.media, one.source.format) == (HTML, "html", "warc")
    assert one.fields == {
        "url": ("https://hollin.example/bridge",),
        "crawled": ("2024-05-01T10:00:00Z",),
    }
    raw = second if suffix else second.removesuffix(b"\r\n\r\n")
    assert (two.source.offset, two.source.length) == (len(first), len(raw))
    assert two.source.sha256 == hashlib.sha256(raw).hexdigest()


def chunked(body: bytes) -> bytes:
    parts = [body[at : at + 20] for at in range(0, len(body), 20)]
    return b"".join(b"%x\r\n%s\r\n" % (len(p), p) for p in parts) + b"0\r\n\r\n"


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (chunked(HTML.encode()), ["Transfer-Encoding: chunked"]),
        (HTML.encode(), ["Transfer-Encoding: chunked"]),
        (gzip.compress(HTML.encode(), mtime=0), ["Content-Encoding: gzip"]),
        (HTML.encode(), ["Content-Encoding: gzip"]),
        (
            chunked(gzip.compress(HTML.encode(), mtime=0)),
            ["Transfer-Encoding: chunked", "Content-Encoding: gzip"],
        ),
    ],
)
def test_transfer_and_content_codings_whether_kept_or_taken_off(write, read, body, headers):
    write("crawl.warc", response(body, *headers))

    assert [item.text for item in read()] == [HTML]


def test_the_header_s_charset_and_language(write, read):
    page = response(
        HTML.encode("cp1252"), "Content-Language: de", content_type="text/html; charset=cp1252"
    )
    write("crawl.warc", page)

    (item,) = read()

    assert (item.text, item.fields["language"], item.notes) == (HTML, ("de",), ())


def test_a_text_of_a_wet_file(write, read):
    raw = record("warcinfo", b"x: y\r\n") + record(
        "conversion", "Die Brücke ist offen.".encode(), "text/plain"
    )
    write("crawl.warc.wet.gz", gzip.compress(raw))

    items = read()

    assert [i.text for i in items if isinstance(i, RawRecord)] == ["Die Brücke ist offen."]
    assert [(i.reason, i.count) for i in items if isinstance(i, Skipped)] == [
        (Reason.WARC_SKIPPED, 1)
    ]


def test_a_page_over_the_limit_is_set_aside_alone(write, read):
    pages = [response(b"<p>a</p>"), response(b"x" * 9_000), response(b"<p>b</p>")]
    write("crawl.warc", b"".join(pages))
    write("crawl2.warc.gz", b"".join(gzip.compress(p) for p in pages))

    found = [
        item.text if isinstance(item, RawRecord) else item.reason
        for item in read(max_record_bytes=4_096)
    ]

    assert found[:3] == ["<p>a</p>", Reason.SIZE_RECORD, "<p>b</p>"]
    assert found[3:] == ["<p>a</p>", Reason.SIZE_RECORD, "<p>b</p>"]
