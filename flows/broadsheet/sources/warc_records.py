"""The records of a web archive (WARC 1.1, ISO 28500:2017), each with its place.

Own code and not a library's, because the readers at hand end quietly where an archive is cut and
lose all that follows a damaged byte; a few lines find the next record instead. A record that is as
it should be is taken at once; all others go the careful way.
"""

import re
from collections.abc import Iterator, Mapping
from io import BufferedReader, BytesIO
from typing import BinaryIO, NamedTuple, cast

from isal import isal_zlib

from broadsheet.reasons import Reason
from broadsheet.sources.blobs import Refused, Steps
from broadsheet.sources.members import InflateError, next_record
from broadsheet.sources.warc_headers import (
    END_OF_HEAD,
    Usual,
    content_length,
    headers_of,
    usual_record,
)

_NEXT = re.compile(rb"(?:\A|\n)(WARC/[01]\.\d{1,2}\r?\n)")
_USUAL_END = b"\r\n\r\nWARC/1."
_BEHIND_BYTES = len(_USUAL_END)
_MAX_HEADER_BYTES = 2**16
_BLOCK_BYTES = 2**18
_GZIP_MAGIC = b"\x1f\x8b\x08"
_FIRST_BYTES = 2**13  # what is read beyond a member's end is copied for nothing


class Record(NamedTuple):
    """One record, or a stretch of bytes that is none.

    Attributes:
        start: first byte, in the file as it lies there.
        raw: the bytes as they lie there; only the first ones where the record is too large.
        length: how many bytes there are.
        headers: named fields in lower case; empty where the stretch is no record.
        block: the content, decompressed.
        fault: what is wrong, in words; empty where nothing is.
        kind: ``damaged``, ``cut`` or ``large`` where something is wrong.
        reason: why the record was lost in an earlier reading, if it was.

    """

    start: int
    raw: bytes
    length: int
    headers: Mapping[str, str]
    block: bytes = b""
    fault: str = ""
    kind: str = ""
    reason: Reason | None = None


def plain_records(stream: BinaryIO, limit: int, size: int | None = None) -> Iterator[Record]:
    """Yield the records of an uncompressed archive; after damage, from the next record on.

    Args:
        stream: the archive.
        limit: most bytes of a record.
        size: bytes of the archive where they are known; a record that claims more is damaged.

    Raises:
        Refused: the stream raised it; the records that were whole before were yielded.

    """
    # What is in memory is not copied block by block.
    buffer = _Buffer(None, stream.read()) if isinstance(stream, BytesIO) else _Buffer(stream)
    while buffer.pass_blank():
        record = buffer.take_usual(limit) or _take(buffer, limit, size)
        if record.kind in {"cut", "damaged"} and not buffer.peek(1) and buffer.fault:
            break
        yield record
    if buffer.fault:
        raise buffer.fault


def gzip_records(raw: bytes, limit: int, steps: Steps | None = None) -> Iterator[Record]:
    """Yield the records of an archive that is compressed record by record.

    A member that is damaged, or whose inflating is a step to leave out, is one stretch, which ends
    where the next record begins.
    """
    start = 0
    while start < len(raw):
        if not raw.startswith(_GZIP_MAGIC, start):
            stop = next_record(raw, start)
            if raw[start:stop].strip(b"\0\r\n"):
                yield _damaged(raw, start, stop, "no compressed record")
            start = stop
            continue
        if steps is not None and (lost := steps.begin()):
            stop = next_record(raw, start + 1)
            yield _damaged(raw, start, stop, lost.detail)._replace(reason=lost.reason)
            start = stop
            continue
        member, stop, fault, kind = _inflate(raw, start, limit)
        if steps is not None:
            steps.end()
        if fault:
            stop = len(raw) if kind == "cut" else stop or next_record(raw, start + 1)
            if kind == "cut" and (resumed := next_record(raw, start + 1)) < len(raw):
                stop, fault, kind = resumed, "the compressed record is damaged", "damaged"
            yield _damaged(raw, start, stop, fault, kind)
        elif (alone := _alone(member, limit)) is not None:
            block = member[alone.block : alone.stop]
            yield Record(start, raw[start:stop], stop - start, alone.headers, block)
        else:
            yield from _in_member(raw[start:stop], start, member, limit)
        start = stop


def is_gzip_by_record(raw: bytes) -> bool:
    """Tell whether records are compressed one by one: in several members, or alone in one."""
    if next_record(raw, 1) < len(raw):
        return True
    member, _, fault, _ = _inflate(raw, 0, 2**20)
    return not (fault or len(_NEXT.findall(member)) > 1)


def _inflate(raw: bytes, start: int, limit: int) -> tuple[bytes, int, str, str]:
    """Return a member's content, where it ends (0: unknown), and what is wrong with it."""
    inflater = isal_zlib.decompressobj(wbits=31)
    most = limit + _MAX_HEADER_BYTES
    view = memoryview(raw)
    parts: list[bytes] = []
    length, at, size = 0, start, _FIRST_BYTES
    try:
        while not inflater.eof and (inflater.unconsumed_tail or at < len(raw)):
            if length >= most:
                return b"", 0, f"more than {limit} bytes", "large"
            fed: bytes | memoryview = inflater.unconsumed_tail
            if not fed:
                fed = view[at : at + size]
                at, size = at + len(fed), min(size * 2, _BLOCK_BYTES)
            parts.append(inflater.decompress(fed, most - length))
            length += len(parts[-1])
    except InflateError as error:
        return b"", 0, str(error), "damaged"
    if not inflater.eof:
        return b"", 0, "the archive ends in mid-record", "cut"
    return b"".join(parts), at - len(inflater.unused_data), "", ""


def _in_member(raw: bytes, start: int, member: bytes, limit: int) -> Iterator[Record]:
    """Yield the record in a member; of several each one, all with the member's place."""
    buffer = _Buffer(None, member)
    while buffer.pass_blank():
        found = _take(buffer, limit)
        kind = "damaged" if found.kind == "cut" else found.kind
        yield Record(start, raw, len(raw), found.headers, found.block, found.fault, kind)


def _alone(member: bytes, limit: int) -> Usual | None:
    """Return the one record of a member that holds no more and no less."""
    usual = usual_record(member, 0)
    if usual is None or usual.stop > len(member) or usual.stop - usual.block > limit:
        return None
    return usual if member[usual.stop :] in {b"", b"\r\n\r\n"} else None


def _damaged(raw: bytes, start: int, stop: int, fault: str, kind: str = "damaged") -> Record:
    return Record(start, raw[start:stop], stop - start, {}, b"", fault, kind)


def _take(buffer: "_Buffer", limit: int, size: int | None = None) -> Record:
    """Return the record at the front of a buffer and pass it, or the damage up to the next."""
    start = buffer.at
    head = buffer.head()
    length = content_length(head)
    if length is None:
        return _resynchronised(buffer, "no record header, or one without a valid Content-Length")
    headers = headers_of(head)
    total = len(head) + length
    is_beyond = size is not None and start + total > size
    if length > limit and not is_beyond:
        raw = buffer.peek(1_000)
        passed = buffer.skip(total)
        kind = "large" if passed == total else "cut"
        return Record(start, raw, passed, headers, b"", f"{length} bytes", kind)
    raw = buffer.peek(min(total, len(head) + limit))
    if len(raw) < total:
        if buffer.find_next(1) is not None:
            return _resynchronised(buffer, "the record is shorter than its Content-Length")
        passed = buffer.skip(total)
        return Record(start, raw, passed, headers, b"", "the archive ends in mid-record", "cut")
    behind = buffer.peek(total + 16)[total:]
    if behind.strip(b"\r\n") and not behind.startswith(
        (b"\r\n\r\n", b"\n\n", b"WARC/", b"\r\nWARC/")
    ):
        return _resynchronised(buffer, "the record is longer than its Content-Length")
    buffer.skip(total)
    return Record(start, raw, total, headers, raw[len(head) :])


def _resynchronised(buffer: "_Buffer", fault: str) -> Record:
    """Pass everything up to the next record."""
    start, raw = buffer.at, buffer.peek(1_000)
    length = buffer.skip_to_next()
    return Record(start, raw[:length], length, {}, b"", fault, "damaged")


class _Buffer:
    """Bytes of a stream with a look ahead."""

    def __init__(self, stream: BinaryIO | None, raw: bytes = b"") -> None:
        self._stream = cast("BufferedReader | None", stream)
        self._bytes = raw
        self._from = 0  # what was passed is cut off now and then, not at each record
        self.at = 0
        self.fault: Refused | None = None  # of the stream, behind what is here

    def peek(self, count: int) -> bytes:
        """Return the next bytes, fewer at the end."""
        while len(self._bytes) - self._from < count and self._fill():
            pass
        return self._bytes[self._from : self._from + count]

    def take_usual(self, limit: int) -> Record | None:
        """Return the next record and pass it, where it and what follows are as they should be."""
        usual = usual_record(self._bytes, self._from)
        if usual is None or usual.stop - usual.block > limit:
            return None
        start, stop = self._from, usual.stop
        behind = self._bytes[stop : stop + _BEHIND_BYTES]
        if not behind.startswith(_USUAL_END):
            if len(behind) == _BEHIND_BYTES or not self._fill():
                return None
            return self.take_usual(limit)
        raw = self._bytes[start:stop]
        record = Record(self.at, raw, len(raw), usual.headers, raw[usual.block - start :])
        self._from, self.at = stop, self.at + len(raw)
        return record

    def skip(self, count: int) -> int:
        """Pass bytes and return how many there were."""
        passed = 0
        while passed < count and self.peek(1):
            step = min(count - passed, len(self._bytes) - self._from)
            self._from += step
            passed += step
        self.at += passed
        return passed

    def pass_blank(self) -> bool:
        """Pass line ends and tell whether anything follows."""
        while (ahead := self.peek(64)) and not (rest := ahead.lstrip(b"\r\n")):
            self.skip(len(ahead))
        if ahead:
            self.skip(len(ahead) - len(rest))
        return bool(ahead)

    def head(self) -> bytes:
        """Return a record's header with the blank line behind it; empty where there is none."""
        size = 2_048
        while True:
            ahead = self.peek(size)
            if end := END_OF_HEAD.search(ahead):
                return ahead[: end.end()]
            if len(ahead) < size or size >= _MAX_HEADER_BYTES:
                return b""
            size *= 2

    def find_next(self, start: int) -> int | None:
        """Return how far ahead the next record begins in what is buffered."""
        found = _NEXT.search(self._bytes, self._from + start)
        return found.start(1) - self._from if found else None

    def skip_to_next(self) -> int:
        """Pass everything up to the next record, or to the end; return how much."""
        passed = 0
        while True:
            if (ahead := self.find_next(1)) is not None:
                return passed + self.skip(ahead)
            kept = 32  # the next header may have begun
            passed += self.skip(max(len(self._bytes) - self._from - kept, 0))
            if not self._fill():
                return passed + self.skip(kept)

    def _fill(self) -> bool:
        if self._stream is None or self.fault:
            return False
        rest = self._bytes[self._from :]
        # As much as is there already, so that copying costs a constant factor.
        wanted, blocks = max(_BLOCK_BYTES, len(rest)), []
        try:  # one call each, because what a call has read is lost where it raises
            while wanted > 0 and (block := self._stream.read1(wanted)):
                blocks.append(block)
                wanted -= len(block)
        except Refused as refused:
            self.fault = refused
        self._bytes, self._from = rest + b"".join(blocks), 0
        return bool(blocks)
