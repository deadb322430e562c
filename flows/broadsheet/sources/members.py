"""Where the members of compressed files may begin, told by their first bytes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, cast

from isal import igzip_lib, isal_zlib

from broadsheet.isolation import progress

PROBE_BYTES = 4_096
"""So many bytes tell whether a compressed WARC record begins with them."""

# Cast, because the library's own types call it an instance.
InflateError = cast("type[Exception]", igzip_lib.error)
_BLOCK_BYTES = 2**16
_MOST_HEAD_BYTES = 10  # of any compressed format
_GZIP_MAGIC = b"\x1f\x8b\x08"


@dataclass(slots=True)
class Search:
    """What may still be done to read on behind damage: of a file that is made of it, not all.

    Attributes:
        gaps: members that may be gone on with.
        n_bytes: bytes that may be looked at in vain, compressed and not.

    """

    gaps: int = 100
    n_bytes: int = 2**30


def heads(stream: BinaryIO, head: re.Pattern[bytes], start: int) -> Iterator[int]:
    """Yield the places from ``start`` on at which a member may begin."""
    ahead = b""
    stream.seek(start)
    while block := stream.read(_BLOCK_BYTES):
        progress()
        ahead += block
        behind = start + len(ahead)
        searched = 0
        for found in head.finditer(ahead):
            searched = found.end()
            yield start + found.start()
        searched = max(searched, len(ahead) - _MOST_HEAD_BYTES + 1)
        start, ahead = start + searched, ahead[searched:]
        stream.seek(behind)  # who was told of a place may have read there


def next_gzip(raw: bytes, start: int) -> int:
    """Return where a gzip member may begin, or the end of the bytes."""
    found = raw.find(_GZIP_MAGIC, start)
    return found if found >= 0 else len(raw)


def begins_record(raw: bytes) -> bool:
    """Tell whether bytes are the first of a compressed record, not there by chance."""
    try:
        return bool(isal_zlib.decompressobj(wbits=31).decompress(raw, 16).startswith(b"WARC/"))
    except InflateError:
        return False


def yield_begins_record(raw: bytes) -> Iterator[bool]:
    """Yield what :func:`begins_record` returns, for a guard (:data:`broadsheet.isolation.Work`)."""
    yield begins_record(raw)


def next_record(raw: bytes, start: int) -> int:
    """Return where the next compressed record begins, or the end of the bytes."""
    while (start := next_gzip(raw, start)) < len(raw):
        if begins_record(raw[start : start + PROBE_BYTES]):
            return start
        start += 1
    return len(raw)
