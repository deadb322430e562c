"""Large Parquet and Arrow files into parts of whole rows, told by what their metadata says.

A part is a run of row groups (Parquet) or record batches (Arrow) that together stay within a
batch; a group that is larger by itself is several parts of the same bytes, each with its own rows.
Metadata is not believed: rows that cannot be there leave the file undivided, and readers count.
"""

import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from io import SEEK_END
from itertools import pairwise
from typing import BinaryIO, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from broadsheet.config import Sources
from broadsheet.sources.blobs import Rows
from broadsheet.sources.cutting import Part
from broadsheet.sources.digests import Digests

_FOOTER_END_BYTES = 8  # the footer's length and PAR1
_PARQUET_MAGIC = b"PAR1"
_ARROW_MAGIC = b"ARROW1\0\0"
_CONTINUATION = b"\xff\xff\xff\xff"
_DICTIONARY, _RECORD_BATCH = 2, 3  # types of messages, by Arrow's Message.fbs
_MOST_METADATA_BYTES = 2**24
_DAMAGE = (pa.ArrowException, OSError, ValueError, OverflowError, struct.error, IndexError)


@dataclass(frozen=True, slots=True)
class Group:
    """A row group or record batch: its stretch of the file, its rows, its bytes when decoded."""

    start: int
    stop: int
    rows: int
    decoded_bytes: int


class Stretch(NamedTuple):
    """Where a part lies: bytes from ``start`` to before ``stop``, and rows."""

    start: int
    stop: int
    rows: Rows


@dataclass(frozen=True, slots=True)
class Layout:
    """Groups of a table that adjoin, and what of the file is needed to read any of them."""

    groups: tuple[Group, ...]
    head: int = 0
    tail: int = 0


class RowGroup(NamedTuple):
    """What a footer says of a row group: its first byte, its rows, its bytes when decoded."""

    start: int
    rows: int
    decoded_bytes: int


ReadFooter = Callable[[bytes], Sequence[RowGroup] | None]
"""Returns the row groups that the footer of a Parquet file lists; None where it is unreadable."""


def read_footer(footer: bytes) -> list[RowGroup] | None:
    """Return the row groups of a Parquet file by its last bytes (:data:`ReadFooter`)."""
    try:  # from memory: Arrow may abort on a Python file
        metadata = pq.read_metadata(pa.BufferReader(_PARQUET_MAGIC + footer))
        found = [metadata.row_group(number) for number in range(metadata.num_row_groups)]
        return [
            RowGroup(min(map(_first_page, _columns(g))), g.num_rows, g.total_byte_size)
            for g in found
        ]
    except _DAMAGE:
        return None


def yield_footer(footer: bytes) -> Iterator[list[RowGroup] | None]:
    """Yield what :func:`read_footer` returns, for a guard (:data:`broadsheet.isolation.Work`)."""
    yield read_footer(footer)


def parquet_layout(file: BinaryIO, read: ReadFooter) -> Layout:
    """Return the row groups of a Parquet file; the footer at its end belongs to each."""
    size = file.seek(0, SEEK_END)
    file.seek(max(size - _FOOTER_END_BYTES, 0))
    (length,) = struct.unpack("<I", file.read(4))
    tail = length + _FOOTER_END_BYTES
    if length > _MOST_METADATA_BYTES:
        return Layout(())
    file.seek(max(size - tail, 0))
    found = read(file.read()) or ()
    borders = [0, *(group.start for group in found[1:]), size - tail]
    groups = tuple(
        Group(start, stop, group.rows, group.decoded_bytes)
        for group, start, stop in zip(found, borders, borders[1:], strict=False)
    )
    return Layout(groups, tail=tail)


def arrow_layout(file: BinaryIO) -> Layout:
    """Return the record batches of an Arrow file or stream whose dictionaries all come first."""
    size = file.seek(0, SEEK_END)
    file.seek(8 if file.seek(0) == 0 and file.read(8) == _ARROW_MAGIC else 0)
    head = 0
    groups: list[Group] = []
    while (start := file.tell()) < size and (message := _message(file)) is not None:
        kind, rows, stop = message
        if stop > size or (kind == _DICTIONARY and groups):
            return Layout(())
        if kind == _RECORD_BATCH:
            groups.append(Group(start, stop, rows, stop - start))
        elif not groups:
            head = stop
        file.seek(stop)
    return Layout(_to_the_end(groups, size), head=head)


def stretches_of(layout: Layout, settings: Sources) -> Iterator[Stretch]:
    """Yield the stretch of each part; small groups are joined until half a batch is full."""
    pending: list[Group] = []
    row = 0
    for group in layout.groups:
        if pending and _share([*pending, group], settings) > 1 / 2:
            yield from _cut(pending, row, settings)
            row += sum(g.rows for g in pending)
            pending = []
        pending.append(group)
    if pending:
        yield from _cut(pending, row, settings)


def is_plausible(layout: Layout, size: int, settings: Sources) -> bool:
    """Tell whether groups follow one another and hold no more rows than so many bytes may."""
    groups = layout.groups
    adjoin = all(a.stop == b.start for a, b in pairwise(groups))
    in_order = all(0 <= group.start < group.stop <= size and group.rows >= 0 for group in groups)
    rows = sum(group.rows for group in groups)
    return bool(groups) and adjoin and in_order and rows <= settings.max_ratio * size


@dataclass(slots=True)
class TableCutter:
    """Takes a file block by block and tells its parts at the end, as ``cutting.Cutter`` does."""

    layout: Layout
    stretches: tuple[Stretch, ...]
    head: bytes
    tail: bytes
    _digests: dict[tuple[int, int], Digests] = field(default_factory=dict)
    _size: int = 0

    def feed(self, block: bytes) -> None:
        """Take the next block."""
        at, self._size = self._size, self._size + len(block)
        for start, stop in dict.fromkeys((s.start, s.stop) for s in self.stretches):
            if start < self._size and stop > at:
                digests = self._digests.get((start, stop))
                if digests is None:
                    digests = self._digests[start, stop] = Digests(self.head + self.tail)
                digests.update(block[max(start - at, 0) : stop - at])

    def parts(self) -> tuple[Part, ...]:
        """Return the parts; none where the file is only one."""
        return tuple(
            Part(
                start,
                stop,
                self.layout.head,
                self._digests[start, stop].sha256(),
                self.layout.tail,
                *rows,
                check=self._digests[start, stop].check(),
            )
            for start, stop, rows in self.stretches
        )


def table_cutter(
    file: BinaryIO, format_: str, settings: Sources, read: ReadFooter = read_footer
) -> TableCutter | None:
    """Return what cuts a table in parts; None where it is one part or cannot be told."""
    try:
        layout = parquet_layout(file, read) if format_ == "parquet" else arrow_layout(file)
        size = file.seek(0, SEEK_END)
        if not is_plausible(layout, size, settings):
            return None
        stretches = tuple(stretches_of(layout, settings))
        file.seek(0)
        head = file.read(layout.head)
        file.seek(size - layout.tail)
        tail = file.read(layout.tail)
    except _DAMAGE:
        return None  # the reader says what is wrong with it
    return TableCutter(layout, stretches, head, tail) if len(stretches) > 1 else None


def _columns(group: pq.RowGroupMetaData) -> list[pq.ColumnChunkMetaData]:
    return [group.column(number) for number in range(group.num_columns)]


def _first_page(column: pq.ColumnChunkMetaData) -> int:
    places = (column.dictionary_page_offset, column.data_page_offset)
    return int(min(place for place in places if place))


def _share(groups: Iterable[Group], settings: Sources) -> float:
    """Return what share of a batch groups take, in rows or in bytes."""
    held = list(groups)
    rows = sum(group.rows for group in held) / settings.batch_records
    return max(rows, sum(group.decoded_bytes for group in held) / settings.batch_bytes)


def _cut(groups: list[Group], row: int, settings: Sources) -> Iterator[Stretch]:
    rows = sum(group.rows for group in groups)
    count = max(min(-int(-_share(groups, settings) // 1), rows), 1)
    for number in range(count):
        first, last = row + rows * number // count, row + rows * (number + 1) // count
        yield Stretch(groups[0].start, groups[-1].stop, Rows(row, first, last))


def _to_the_end(groups: list[Group], size: int) -> tuple[Group, ...]:
    """Return the groups with all that follows the last one, such as a file's footer."""
    if not groups:
        return ()
    last = groups[-1]
    return (*groups[:-1], Group(last.start, size, last.rows, last.decoded_bytes))


def _message(file: BinaryIO) -> tuple[int, int, int] | None:
    """Return the type of the next encapsulated message, its rows and where it ends.

    The format is that of "Encapsulated message format" in the Arrow columnar specification,
    version 1.0; None where the stream says that it ends, or is of an older version.
    """
    if file.read(4) != _CONTINUATION:
        return None
    (length,) = struct.unpack("<i", file.read(4))
    if not 0 < length <= _MOST_METADATA_BYTES:
        return None
    raw = file.read(length)
    (table,) = struct.unpack_from("<I", raw, 0)
    kind = _field(raw, table, 1, "<B")
    body = _field(raw, table, 3, "<q")
    header = _place(raw, table, 2)
    header += struct.unpack_from("<I", raw, header)[0] if header else 0
    rows = _field(raw, header, 0, "<q") if kind == _RECORD_BATCH and header else 0
    if body < 0:
        raise ValueError("a body of negative length")
    return kind, rows, file.tell() + body


def _place(raw: bytes, table: int, number: int) -> int:
    """Return where a field of a flatbuffers table lies, or 0 where it has its default."""
    vtable = table - struct.unpack_from("<i", raw, table)[0]
    (length,) = struct.unpack_from("<H", raw, vtable)
    slot = 4 + 2 * number
    offset = struct.unpack_from("<H", raw, vtable + slot)[0] if slot < length else 0
    return table + offset if offset else 0


def _field(raw: bytes, table: int, number: int, kind: str) -> int:
    place = _place(raw, table, number)
    return int(struct.unpack_from(kind, raw, place)[0]) if place else 0
