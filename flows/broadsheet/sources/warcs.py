"""Web archives: the pages of WARC files, the texts of WET files.

What holds no page (requests, revisits, metadata, images, failed fetches) is counted as
``warc.skipped``. A record's address is that of its bytes in the file, as a CDX index has it.
"""

import hashlib
import re
import zlib
from collections.abc import Iterator, Mapping
from email.message import Message
from functools import lru_cache
from io import BufferedReader
from typing import BinaryIO, NamedTuple, cast

from broadsheet.config import Sources
from broadsheet.reasons import Reason
from broadsheet.records import Field, RawRecord, Source
from broadsheet.sources.blobs import Blob, Item, Refused, Tally, alone, reject
from broadsheet.sources.decoding import decode
from broadsheet.sources.pages import page
from broadsheet.sources.streams import GZIP, Inflated
from broadsheet.sources.warc_records import (
    Record,
    gzip_records,
    is_gzip_by_record,
    plain_records,
)

WARC = "warc"
_PAGES = {"text/html", "application/xhtml+xml", "application/xhtml"}
_TEXTS = {"text/plain"}
_STATUS = re.compile(rb"HTTP/\d(?:\.\d)? +(\d{3})\b[^\r\n]*\r?\n")
_END_OF_HEAD = re.compile(rb"\r?\n\r?\n")
_CHUNK_SIZE = re.compile(rb"\s*([0-9A-Fa-f]{1,8})[^\r\n]*\r?\n")
_KINDS = {
    "damaged": Reason.WARC_DAMAGED,
    "cut": Reason.STREAM_TRUNCATED,
    "large": Reason.SIZE_RECORD,
}


def read_warc(blob: Blob, settings: Sources) -> Iterator[Item]:
    """Yield the pages of a web archive, compressed record by record, as a whole, or not at all."""
    tally = Tally(blob)
    for record in _records(blob, settings):
        source = _source(blob, record)
        if record.fault:
            reason = record.reason or _KINDS[record.kind]
            yield reject(source, reason, record.fault, record.raw)
            continue
        item = alone(blob, source, record.raw, _item, record, source, blob, settings)
        if item is None:
            tally.add(Reason.WARC_SKIPPED)
        else:
            yield item
    yield from tally.items()


def _records(blob: Blob, settings: Sources) -> Iterator[Record]:
    limit = settings.max_record_bytes
    if not blob.name.lower().endswith(".gz"):
        return plain_records(blob.stream, limit, blob.size)
    is_small = blob.size is not None and blob.size <= settings.batch_bytes
    raw = blob.stream.read() if is_small else b""
    if raw and is_gzip_by_record(raw):
        return gzip_records(raw, limit, blob.steps)
    if raw:
        blob.stream.seek(-len(raw), 1)
    inflated = BufferedReader(Inflated(blob.stream, GZIP, settings))
    return plain_records(cast("BinaryIO", inflated), limit)


def _source(blob: Blob, record: Record) -> Source:
    """Return the address of a record, of which only the first bytes are here if it is too large."""
    digest = hashlib.sha256(record.raw).hexdigest()
    return Source(blob.path, blob.member, blob.offset + record.start, record.length, digest, WARC)


def _item(record: Record, source: Source, blob: Blob, settings: Sources) -> Item | None:
    """Return what a record holds, or None where it holds no page."""
    content = _content(record, settings.max_record_bytes)
    if content is None:
        return None
    if content.media_type in _PAGES:
        return page(
            content.raw,
            source,
            settings,
            charset=content.charset,
            fields=_fields(record.headers, content),
            notes=blob.notes,
        )
    decoded = decode(content.raw, configured=settings.encoding, declared=content.charset)
    if not decoded.text.strip():
        return reject(source, Reason.CONTENT_EMPTY, "white space only")
    return RawRecord(
        source=source,
        text=decoded.text,
        media="text",
        fields=_fields(record.headers, content),
        notes=(*blob.notes, *decoded.notes),
    )


class _Content(NamedTuple):
    """The body of a record, its type, encoding and language as its headers state them."""

    raw: bytes
    media_type: str
    charset: str | None = None
    language: str | None = None


def _content(record: Record, limit: int) -> _Content | None:
    kind = record.headers.get("warc-type", "").lower()
    if kind == "response":
        content = _response(record, limit)
    elif kind in {"resource", "conversion"}:
        media_type, charset = _content_type(record.headers.get("content-type", ""))
        content = _Content(record.block, media_type, charset or _utf8_of(kind))
    else:
        content = None
    return content if content and content.media_type in _PAGES | _TEXTS else None


def _utf8_of(kind: str) -> str | None:
    return "utf-8" if kind == "conversion" else None  # WET files are UTF-8 by definition


def _response(record: Record, limit: int) -> _Content | None:
    """Return the body of an HTTP response that was a success."""
    status = _STATUS.match(record.block)
    end = _END_OF_HEAD.search(record.block)
    if status is None or end is None or not status[1].startswith(b"2"):
        return None
    headers = _http_headers(record.block[status.end() : end.start()])
    media_type, charset = _content_type(headers.get("content-type", ""))
    if media_type not in _PAGES | _TEXTS:
        return None
    body = record.block[end.end() :]
    if headers.get("transfer-encoding", "").lower() == "chunked":
        body = _unchunked(body)
    body = _uncoded(body, headers.get("content-encoding", "").lower().strip(), limit)
    return _Content(body, media_type, charset, headers.get("content-language"))


def _http_headers(head: bytes) -> dict[str, str]:
    fields: dict[str, str] = {}
    for line in head.decode("latin-1").splitlines():
        name, colon, value = line.partition(":")
        if colon:
            fields.setdefault(name.strip().lower(), value.strip())
    return fields


@lru_cache(maxsize=1_024)
def _content_type(value: str) -> tuple[str, str | None]:
    message = Message()
    message["Content-Type"] = " ".join(value.split())
    media_type = value.partition(";")[0].strip().lower()
    try:
        return media_type, message.get_content_charset()
    except (ValueError, LookupError, TypeError):
        return media_type, None


def _unchunked(body: bytes) -> bytes:
    """Return a chunked body as one; a body that is stored without its chunks as it is."""
    parts: list[bytes] = []
    at = 0
    while found := _CHUNK_SIZE.match(body, at):
        size = int(found[1], 16)
        if size == 0:
            return b"".join(parts)
        parts.append(body[found.end() : found.end() + size])
        at = found.end() + size
    return body


def _uncoded(body: bytes, coding: str, limit: int) -> bytes:
    """Return a body without its compression; many archives state one that they took off.

    Raises:
        Refused: the coding is none that is read here, or the body is larger than a record may be.

    """
    if coding in {"gzip", "x-gzip"} and body.startswith(b"\x1f\x8b"):
        return _inflated(body, 31, limit)
    if coding == "deflate" and body[:1] == b"\x78":
        return _inflated(body, 15, limit)
    if coding in {"br", "zstd"} and b"<" not in body[:2_000]:
        raise Refused(Reason.TYPE_UNSUPPORTED, f"no reader for the content coding {coding}")
    return body


def _inflated(body: bytes, wbits: int, limit: int) -> bytes:
    inflater = zlib.decompressobj(wbits)
    try:
        content = inflater.decompress(body, limit + 1)
    except zlib.error as error:
        raise Refused(Reason.STREAM_DAMAGED, f"the page's compression: {error}") from error
    if len(content) > limit:
        raise Refused(Reason.SIZE_RECORD, f"more than {limit} bytes")
    if not inflater.eof:
        raise Refused(Reason.STREAM_TRUNCATED, "the page's compression ends early")
    return content


def _fields(headers: Mapping[str, str], content: _Content) -> dict[Field, tuple[str, ...]]:
    stated: dict[Field, str | None] = {
        "url": headers.get("warc-target-uri", "").strip("<>"),
        "crawled": headers.get("warc-date"),
        "language": content.language,
    }
    return {name: (value,) for name, value in stated.items() if value}
