"""CSV and TSV: a header line, then one record a row.

Rules of RFC 4180, with any of comma, semicolon, tab and bar between fields and any line end. Every
cell is a string as it stands: ``NA``, ``0012`` and ``=A1`` are not interpreted.
"""

import contextlib
import csv
import re
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import BinaryIO, NamedTuple

from broadsheet.config import Sources
from broadsheet.reasons import Reason
from broadsheet.sources.blobs import (
    NEW,
    OUT_OF_MEMORY,
    Blob,
    Item,
    Refused,
    alone,
    reject,
    too_long,
)
from broadsheet.sources.columns import to_record
from broadsheet.sources.decoding import Decoded, decode, plain_texts
from broadsheet.sources.lines import Line, portion_bytes, read_portions

CSV = "csv"
_DELIMITERS = ",;\t|"
# trafilatura writes tables without a header line, and "null" for what is not there. Told by the
# first row: an address, an identifier, a fingerprint (SimHash, hexadecimal).
_TRAFILATURA = re.compile(rb"https?://[^\s]+\t[^\t\r\n]*\t(?:[0-9a-f]{12,16}|null)\t")
_TRAFILATURA_COLUMNS = (
    "url", "id", "fingerprint", "hostname", "title", "image", "date", "text", "comments",
    "license", "pagetype",
)  # fmt: skip
_MARK = b"\xef\xbb\xbf"
_SNIFF_BYTES = 2**16


def read_csv(blob: Blob, settings: Sources) -> Iterator[Item]:
    """Yield one item a row; blank lines are no records.

    Raises:
        Refused: ``csv.header``, where the header is missing or names a column twice.

    """
    # One limit for the whole process, by design of the standard library; ours is the larger one.
    csv.field_size_limit(max(csv.field_size_limit(), settings.max_record_bytes))
    rows = _Rows(blob, settings)
    header = rows.header
    for row in rows:
        if row.is_cut:
            yield too_long(blob, CSV, row.start, row.length, row.raw)
            continue
        source = blob.source(row.raw, CSV, at=row.start)
        if row.fault is not None:
            yield reject(source, row.fault.reason, row.fault.detail, row.raw)
        elif len(row.cells) != len(header):
            detail = f"{len(row.cells)} fields; the header has {len(header)}"
            yield reject(source, Reason.CSV_COLUMNS, detail, row.raw)
        else:
            values = dict(zip(header, row.cells, strict=True))
            if rows.is_headless:
                values = {key: value for key, value in values.items() if value != "null"}
            notes = (*blob.notes, *row.notes) if row.notes else blob.notes
            yield alone(blob, source, row.raw, to_record, source, values, settings, notes)


class _Row(NamedTuple):
    start: int
    raw: bytes
    length: int = 0
    is_cut: bool = False
    cells: Sequence[str] = ()
    notes: tuple[Reason, ...] = ()
    fault: Refused | None = None


class _Rows:
    """The rows of a stream; a broken one is set aside and reading goes on at the next line.

    Lines are read in portions. Rows of a portion that is plain UTF-8 are read together, up to the
    first that is broken or goes on behind the portion; the rest is read row by row.
    """

    def __init__(self, blob: Blob, settings: Sources) -> None:
        self._settings = settings
        self._limit = settings.max_record_bytes
        self._steps = blob.steps
        self._portions = read_portions(_with_plain_ends(blob), self._limit, portion_bytes(blob))
        self._read = 0  # portions
        self._ahead: deque[Line] = deque()  # lines of the portion, and those to read again
        self._legacy: str | None = None  # the encoding of lines that are not UTF-8
        self._taken: list[Line] = []  # lines of the current row
        first = None if blob.head else self._next_line()
        head = (blob.head or (first.raw if first else b"")).removeprefix(_MARK)
        self._delimiter = _delimiter(head)
        self.is_headless = _TRAFILATURA.match(head) is not None
        if self.is_headless and first is not None:
            self._ahead.appendleft(first)
        self.header = _TRAFILATURA_COLUMNS if self.is_headless else self._header(head)

    def _header(self, raw: bytes) -> tuple[str, ...]:
        try:
            text = decode(raw, configured=self._settings.encoding).text
            cells = next(csv.reader([text], delimiter=self._delimiter, strict=True), [])
        except (Refused, csv.Error) as error:
            raise Refused(Reason.CSV_HEADER, f"the header cannot be read: {error}") from error
        names = tuple(cell.strip() for cell in cells)
        twice = [name for name, count in Counter(names).items() if count > 1]
        if not any(names):
            raise Refused(Reason.CSV_HEADER, "there is no header")
        if twice:
            raise Refused(Reason.CSV_HEADER, f"columns are named twice: {', '.join(twice[:5])}")
        return names

    def __iter__(self) -> Iterator[_Row]:
        while self._ahead or self._read_on():
            if self._steps is None and self._settings.encoding is None:
                yield from self._together()
            portions = self._read
            while self._ahead and self._read == portions:
                yield from self._one()

    def _together(self) -> Iterator[_Row]:
        """Yield the rows at the front of the portion, as long as they are plain and whole."""
        lines = [*self._ahead]
        texts = plain_texts([line.raw for line in lines])
        if texts is None or any(line.is_cut for line in lines):
            return
        reader = csv.reader((f"{text}\n" for text in texts), delimiter=self._delimiter, strict=True)
        done = 0
        with contextlib.suppress(csv.Error, MemoryError):
            for cells in reader:
                first, count = lines[done], reader.line_num - done
                raw = first.raw if count == 1 else _joined(lines[done : done + count])
                if len(raw) > self._limit:
                    break
                done += count
                if raw.strip():
                    yield NEW(_Row, (first.start, raw, 0, False, cells, (), None))
        self._ahead = deque(lines[done:])

    def _one(self) -> Iterator[_Row]:
        """Yield the row at the front, if there is one, in a step of its own."""
        if (first := self._next_line()) is None:
            return
        if first.is_cut:
            yield _Row(first.start, first.raw, first.length, is_cut=True)
        elif first.raw.strip():
            self._ahead.appendleft(first)
            if self._steps is None:
                yield self._row()
            elif lost := self._steps.begin():
                yield self._lost(Refused(lost.reason, lost.detail))
            else:
                row = self._row()
                self._steps.end()
                yield row

    def _row(self) -> _Row:
        """Return the row that begins at the next line, however many lines it takes."""
        notes: list[Reason] = []
        self._taken = []
        try:
            cells = next(csv.reader(self._decoded(notes), delimiter=self._delimiter, strict=True))
        except (csv.Error, Refused) as error:
            return self._broken(error)
        except MemoryError:
            self._ahead.extendleft(reversed(self._taken))
            return self._lost(Refused(Reason.RESOURCE_MEMORY, OUT_OF_MEMORY))
        found = tuple(dict.fromkeys(notes))
        return _Row(self._taken[0].start, _joined(self._taken), cells=cells, notes=found)

    def _broken(self, error: csv.Error | Refused) -> _Row:
        """Set aside the first line of what was taken and put back the others."""
        first = self._taken[0]
        self._ahead.extendleft(reversed(self._taken[1:]))
        fault = error if isinstance(error, Refused) else Refused(Reason.CSV_QUOTE, str(error))
        return _Row(first.start, first.raw, fault=fault)

    def _lost(self, fault: Refused) -> _Row:
        """Set aside the next row unread: the lines up to one behind which all quotes are closed."""
        self._taken = []
        quotes = size = 0
        while (line := self._next_line()) is not None:
            self._taken.append(line)
            quotes += line.raw.count(b'"')
            size += line.length
            if quotes % 2 == 0:
                return _Row(self._taken[0].start, _joined(self._taken), fault=fault)
            if line.is_cut or size > self._limit:
                break
        return self._broken(fault)

    def _decoded(self, notes: list[Reason]) -> Iterator[str]:
        """Yield lines as characters, with their ends, and note what that took."""
        size = 0
        while (line := self._next_line()) is not None:
            self._taken.append(line)
            size += line.length
            if line.is_cut or size > self._limit:
                raise Refused(Reason.CSV_QUOTE, f"a quoted field goes on over {size} bytes")
            decoded = self._decode(line.raw)
            notes += decoded.notes
            yield f"{decoded.text}\n"

    def _decode(self, raw: bytes) -> Decoded:
        """Decode a line; the first that is not UTF-8 decides how others like it are read."""
        decoded = decode(raw, configured=self._settings.encoding, declared=self._legacy)
        if self._legacy is None and Reason.ENCODING_DETECTED in decoded.notes:
            self._legacy = decoded.encoding
        return decoded

    def _next_line(self) -> Line | None:
        return self._ahead.popleft() if self._ahead or self._read_on() else None

    def _read_on(self) -> bool:
        self._read += 1
        self._ahead.extend(next(self._portions, ()))
        return bool(self._ahead)


def _joined(lines: Sequence[Line]) -> bytes:
    """Return the bytes of a row: its lines with their ends, but for the last."""
    return b"".join([line.raw + line.end for line in lines[:-1]]) + lines[-1].raw


def _with_plain_ends(blob: Blob) -> BinaryIO:
    r"""Return the stream; of a file that ends its lines with ``\r`` alone, with ``\n`` instead."""
    if not blob.stream.seekable():
        return blob.stream
    head = blob.stream.read(_SNIFF_BYTES)
    blob.stream.seek(-len(head), 1)
    if b"\r" in head and b"\n" not in head:
        return BytesIO(blob.stream.read().replace(b"\r", b"\n"))
    return blob.stream


def _delimiter(header: bytes) -> str:
    """Return the sign that divides the header most often, outside quotes."""
    if _TRAFILATURA.match(header):
        return "\t"
    bare = b"".join(header.split(b'"')[::2]).decode("utf-8", "replace")
    return max(_DELIMITERS, key=bare.count)
