"""The headers of web archive records: in full, and those that are as most are at once."""

import re
from collections.abc import Mapping
from typing import NamedTuple

_VERSION = re.compile(rb"WARC/[01]\.\d{1,2}\r?\n")
END_OF_HEAD = re.compile(rb"\r?\n\r?\n")
_USUAL_VERSIONS = (b"WARC/1.0\r\n", b"WARC/1.1\r\n")
_USUAL_HEADER_BYTES = 2_048
_LENGTH = b"\ncontent-length:"
_MAX_LENGTH_DIGITS = 15


class Usual(NamedTuple):
    """A record that is as most are: its headers, and where its block begins and ends."""

    headers: Mapping[str, str]
    block: int
    stop: int


def usual_record(raw: bytes, start: int) -> Usual | None:
    """Return the record that begins here, unless something about its header is unusual."""
    end = END_OF_HEAD.search(raw, start, start + _USUAL_HEADER_BYTES)
    if end is None or not raw.startswith(_USUAL_VERSIONS, start):
        return None
    head = raw[start : end.end()]
    lowered = head.lower()
    at = lowered.find(_LENGTH) + len(_LENGTH)
    if at < len(_LENGTH) or lowered.count(b"content-length") > 1:
        return None
    number = head[at : head.find(b"\n", at)].removesuffix(b"\r").strip(b" \t")
    if not number.isdigit() or len(number) > _MAX_LENGTH_DIGITS:
        return None
    return Usual(headers_of(head), end.end(), end.end() + int(number))


def content_length(head: bytes) -> int | None:
    """Return the length that a record's header states; None where that is no valid header."""
    if not _VERSION.match(head):
        return None
    found = re.findall(rb"(?mi)^content-length[ \t]*:[ \t]*(\S*)[ \t]*\r?$", head)
    is_number = len(found) == 1 and found[0].isdigit() and len(found[0]) <= _MAX_LENGTH_DIGITS
    return int(found[0]) if is_number else None


def headers_of(head: bytes) -> dict[str, str]:
    """Return the named fields of a header in lower case; of repeated ones the first."""
    fields: dict[str, str] = {}
    for line in head.decode("utf-8", "replace").splitlines()[1:]:
        name, colon, value = line.partition(":")
        if colon and (key := name.strip().lower()) not in fields:
            fields[key] = value.strip()
    return fields
