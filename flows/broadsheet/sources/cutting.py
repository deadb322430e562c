"""Large files into parts that begin and end between records, found while they are digested.

Borders are defined by content: where records were added or changed, the next border is found
again, and the parts behind it stay what they were. A part ends at the first border behind half a
batch whose next bytes hash to a chosen value, or at any border where that takes too long.
"""

import codecs
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from broadsheet.config import Sources
from broadsheet.sources.digests import Digests
from broadsheet.sources.keeping import Keep, Packer, kept_name
from broadsheet.sources.members import PROBE_BYTES, begins_record, next_gzip

Borders = Callable[[bytes, int], Iterator[int]]
"""Yields the places in a block, from a place on, where a record begins."""


@dataclass(frozen=True, slots=True, order=True)
class Part:
    """A stretch of a file that can be read by itself.

    Attributes:
        start: first byte.
        stop: the byte after the last.
        head: bytes at the top of the file that are needed to read the stretch, such as a header
            line; they are part of the digest.
        sha256: hexadecimal digest of these bytes, after those of the head.
        tail: as ``head``, at the file's end, such as the footer of a Parquet file.
        base_row: of a table the row that the stretch begins with, counted from the file's first.
        first_row: the first row to read; it may lie within a large row group.
        stop_row: the row after the last; 0 stands for all.
        is_inside: the stretch, head and digest are those of what comes out of a compressed file.
        fault: of the last such stretch the reason code of what is wrong behind it, as
            :class:`~broadsheet.sources.blobs.Ending` has it.
        detail: the same in words.
        is_trailed: of the last such stretch, that other bytes follow the end.
        check: a quick digest of what ``sha256`` is of, see :mod:`broadsheet.sources.digests`.
        entry: of a stretch that is inside, the byte of the file at which inflating begins.

    """

    start: int
    stop: int
    head: int
    sha256: str
    tail: int = 0
    base_row: int = 0
    first_row: int = 0
    stop_row: int = 0
    is_inside: bool = False
    fault: str = ""
    detail: str = ""
    is_trailed: bool = False
    check: str = ""
    entry: int = 0


_ONE_IN = 16  # borders, so that a part is hardly longer than it must be
_MOST_TRIED = 8 * _ONE_IN  # where all records are alike, none is chosen
_HASHED_BYTES = 512  # past what all headers of an archive have in common
_WIDE_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_WARC = re.compile(rb"\r\n\r\n(?=WARC/1\.[01]\r\n)")


@dataclass(frozen=True, slots=True)
class Cut:
    """How a format is cut.

    Attributes:
        borders: where records begin.
        counts_lines: a line is about a record, so that parts are bounded by lines, too.
        has_quotes: a line end between quotes is no border.
        has_head: the first line is needed to read any part.
        is_tried: a border is one only if a compressed record can be read from there on.
        is_told_anywhere: records are told by their own bytes, so that reading can begin anywhere.

    """

    borders: Borders
    counts_lines: bool = False
    has_quotes: bool = False
    has_head: bool = False
    is_tried: bool = False
    is_told_anywhere: bool = False


def line_starts(block: bytes, start: int) -> Iterator[int]:
    """Yield where lines begin."""
    while (start := block.find(b"\n", start) + 1) > 0:
        yield start


def warc_starts(block: bytes, start: int) -> Iterator[int]:
    """Yield where uncompressed WARC records begin."""
    return (found.end() for found in _WARC.finditer(block, start))


def warc_member_starts(block: bytes, start: int) -> Iterator[int]:
    """Yield where compressed WARC records may begin."""
    while (start := next_gzip(block, start)) < len(block):
        yield start
        start += 1


LINES = Cut(line_starts, counts_lines=True, is_told_anywhere=True)
ROWS = Cut(line_starts, counts_lines=True, has_quotes=True, has_head=True)
WARC_RECORDS = Cut(warc_starts, is_told_anywhere=True)
WARC_MEMBERS = Cut(warc_member_starts, is_tried=True)


@dataclass(slots=True)
class Cutter:
    """Takes a file block by block and tells its parts at the end.

    ``keep`` is given head and stretch of each part, packed, where there are several;
    ``begins_record`` tells of some bytes whether a compressed record begins with them.
    """

    cut: Cut
    settings: Sources
    keep: Keep | None = None
    begins_record: Callable[[bytes], bool] = begins_record
    _parts: list[Part] = field(default_factory=list)
    _digests: Digests = field(default_factory=Digests)
    _head: bytes = b""
    _start: int = 0
    _size: int = 0
    _lines: int = 0
    _is_quoted: bool = False
    _is_off: bool = False
    _packer: Packer | None = None

    def feed(self, block: bytes) -> None:
        """Take the next block."""
        if self._start == self._size == 0:
            self._begin(block)
        position = 0
        while not self._is_off and (border := self._border(block, position)) is not None:
            self._take(block[position:border])
            self._end_part()
            position = border
        self._take(block[position:])

    def parts(self) -> tuple[Part, ...]:
        """Return the parts; none where the file is only one."""
        if self._parts:
            return self.all_parts()
        return ()

    def all_parts(self) -> tuple[Part, ...]:
        """Return the parts, also where it is only one."""
        if self._size or not self._parts:
            self._end_part()
        return tuple(self._parts)

    def _begin(self, block: bytes) -> None:
        self._is_off = block.startswith(_WIDE_MARKS)
        if self.cut.has_head:
            end = next((at for at in line_starts(block, 0) if not _odd(block[:at])), 0)
            self._head = block[:end]
            self._is_off = self._is_off or end == 0
        self._packer = Packer() if self.keep else None

    def _border(self, block: bytes, position: int) -> int | None:
        """Return the border in a block at which the current part ends, or None."""
        least = self._least(block, position)
        if least is None:
            return None
        surely = position + self.settings.batch_bytes * 3 // 4 - self._size
        counted, is_quoted = position, self._is_quoted
        for tried, border in enumerate(self.cut.borders(block, least)):
            if self.cut.has_quotes:
                is_quoted ^= _odd(block[counted:border])
                counted = border
            is_chosen = zlib.crc32(block[border : border + _HASHED_BYTES]) % _ONE_IN == 0
            is_due = tried >= _MOST_TRIED or border >= surely
            is_wanted = not is_quoted and border < len(block) and (is_chosen or is_due)
            if is_wanted and self._is_proven(block, border):
                return border
        return None

    def _is_proven(self, block: bytes, border: int) -> bool:
        head = block[border : border + PROBE_BYTES]
        return not self.cut.is_tried or self.begins_record(head)

    def _least(self, block: bytes, position: int) -> int | None:
        """Return from where in a block the part may end: behind half a batch."""
        by_bytes = position + self.settings.batch_bytes // 2 - self._size
        least = max(by_bytes, position + 1)
        if self.cut.counts_lines:
            wanted = max(self.settings.batch_records * 3 // 4 - self._lines, 1)
            if block.count(b"\n", position) >= wanted:
                least = min(least, _place_of_line(block, position, wanted))
        return least if least < len(block) else None

    def _take(self, stretch: bytes) -> None:
        self._digests.update(stretch)
        if self._packer is not None:
            self._packer.add(stretch)
        self._size += len(stretch)
        if self.cut.counts_lines:
            self._lines += stretch.count(b"\n")
        if self.cut.has_quotes:
            self._is_quoted ^= _odd(stretch)

    def _end_part(self) -> None:
        head = len(self._head) if self._start else 0
        stop = self._start + self._size
        sha256, check = self._digests.sha256(), self._digests.check()
        self._parts.append(Part(self._start, stop, head, sha256, check=check))
        if self.keep is not None and self._packer is not None:
            self.keep(kept_name(sha256), self._packer.packed())
            self._packer = Packer(self._head)
        self._start, self._size, self._lines = stop, 0, 0
        self._digests = Digests(self._head)


def _odd(stretch: bytes) -> bool:
    return stretch.count(b'"') % 2 == 1


def _place_of_line(block: bytes, start: int, number: int) -> int:
    """Return where the line of this number ends; the block has as many."""
    for _ in range(number):
        start = block.find(b"\n", start) + 1
    return start - 1
