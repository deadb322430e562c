"""E-mail: newsletters as .eml and mbox, and pages that browsers save as MHTML (RFC 2557)."""

import email
import email.policy
import re
from collections.abc import Iterator
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parseaddr
from typing import cast

from broadsheet.config import Sources
from broadsheet.reasons import Reason
from broadsheet.records import Field, RawRecord, Rejection, Source
from broadsheet.sources.blobs import Blob, Item, Refused, Tally, alone, read_whole, reject, too_long
from broadsheet.sources.decoding import decode
from broadsheet.sources.lines import read_lines
from broadsheet.sources.pages import page

EML, MBOX, MHTML = "eml", "mbox", "mhtml"
_MAX_PARTS = 1_000
_LIST_HEADERS = ("List-Id", "List-Unsubscribe", "List-Post")
_ENVELOPE = re.compile(rb"From \S+.*\d{4}\s*\Z")


def read_eml(blob: Blob, settings: Sources) -> Iterator[Item]:
    """Yield the one message of a file; its other parts are counted."""
    raw = read_whole(blob, settings)
    yield from _message(raw, blob.source(raw, EML), blob, settings)


def read_mhtml(blob: Blob, settings: Sources) -> Iterator[Item]:
    """Yield the page of a saved web archive; its images and styles are counted."""
    raw = read_whole(blob, settings)
    yield from _message(raw, blob.source(raw, MHTML), blob, settings)


def read_mbox(blob: Blob, settings: Sources) -> Iterator[Item]:
    """Yield one message after the other (RFC 4155); a message over the limit is set aside."""
    for start, raw, length in _messages(blob, settings.max_record_bytes):
        if length > settings.max_record_bytes:
            yield too_long(blob, MBOX, start, length, raw[:1_000])
        elif raw.strip():
            source = blob.source(raw, MBOX, at=start)
            found = alone(blob, source, raw, _items, raw, source, blob, settings)
            yield from [found] if isinstance(found, Rejection) else found


def _messages(blob: Blob, limit: int) -> Iterator[tuple[int, bytes, int]]:
    """Yield place, bytes (the first ones where there are too many) and length of each message."""
    kept = bytearray()
    start = length = 0
    was_blank = True
    for line in read_lines(blob.stream, limit):
        if was_blank and _ENVELOPE.match(line.raw):
            if length:
                yield start, bytes(kept), length
            kept.clear()
            start, length = line.start, 0
        length += line.length + len(line.end)
        if length <= limit:
            kept += line.raw + line.end
        was_blank = not line.raw.strip()
    if length:
        yield start, bytes(kept), length


def _items(raw: bytes, source: Source, blob: Blob, settings: Sources) -> list[Item]:
    return [*_message(raw, source, blob, settings)]


def _message(raw: bytes, source: Source, blob: Blob, settings: Sources) -> Iterator[Item]:
    body = raw.partition(b"\n")[2] if _ENVELOPE.match(raw.partition(b"\n")[0]) else raw
    try:
        message = email.message_from_bytes(body, policy=email.policy.compat32)
        parts = _leaves(message)
        chosen = _best(parts)
        yield _record(chosen, message, source, settings, blob.notes)
    except Refused as refused:
        yield reject(source, refused.reason, refused.detail, raw)
    except (ValueError, LookupError, RecursionError) as error:
        # The standard library's parser lets some malformed headers and bodies through as these.
        yield reject(source, Reason.MAIL_DAMAGED, f"{type(error).__name__}: {error}", raw)
    else:
        tally = Tally(blob)
        if len(parts) > 1:
            tally.add(Reason.INPUT_PART, len(parts) - 1)
        yield from tally.items()


def _leaves(message: Message) -> list[Message]:
    """Return the parts that hold content.

    Raises:
        Refused: there are too many.

    """
    parts = [part for part in message.walk() if not part.is_multipart()]
    if len(parts) > _MAX_PARTS:
        raise Refused(Reason.MAIL_DAMAGED, f"{len(parts)} parts; at most {_MAX_PARTS}")
    return parts


def _best(parts: list[Message]) -> Message:
    """Return the first HTML part, else the first plain one.

    Raises:
        Refused: there is neither.

    """
    for wanted in (("text/html", "application/xhtml+xml"), ("text/plain",)):
        for part in parts:
            if part.get_content_type() in wanted and not part.get_filename():
                return part
    raise Refused(Reason.MAIL_DAMAGED, "no part is text")


def _record(
    part: Message, message: Message, source: Source, settings: Sources, notes: tuple[Reason, ...]
) -> Item:
    content = cast("bytes | None", part.get_payload(decode=True)) or b""
    charset = part.get_content_charset()
    fields = _fields(part, message, source.format)
    if part.get_content_type() != "text/plain":
        return page(content, source, settings, charset=charset, fields=fields, notes=notes)
    decoded = decode(content, configured=settings.encoding, declared=charset)
    if not decoded.text.strip():
        raise Refused(Reason.CONTENT_EMPTY, "white space only")
    return RawRecord(
        source=source,
        text=decoded.text,
        media="text",
        fields=fields,
        notes=(*notes, *decoded.notes),
    )


def _fields(part: Message, message: Message, format_: str) -> dict[Field, tuple[str, ...]]:
    """Return what the headers state. A sender is an outlet where it writes to a list."""
    found: dict[Field, str] = {"title": _header(message, "Subject")}
    if format_ == MHTML:
        location = _header(message, "Snapshot-Content-Location")
        found["url"] = location or _header(part, "Content-Location")
        found["crawled"] = _header(message, "Date")
    else:
        found["published"] = _header(message, "Date")
        sender, _ = parseaddr(_header(message, "From"))
        is_list = any(message.get(name) for name in _LIST_HEADERS)
        found["outlet" if is_list else "author"] = sender
    return {name: (value,) for name, value in found.items() if value}


def _header(message: Message, name: str) -> str:
    value = message.get(name)
    if value is None:
        return ""
    try:
        text = str(make_header(decode_header(str(value))))
    except (ValueError, LookupError):
        text = str(value)
    return " ".join(text.encode("utf-8", "replace").decode().split())
