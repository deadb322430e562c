"""Parquet and Arrow files: one record a row, read in small portions of the columns that matter."""

from collections.abc import Iterator, Sequence
from functools import partial

import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet as pq

from broadsheet.config import Sources
from broadsheet.reasons import Reason
from broadsheet.sources.blobs import Blob, Item, Refused
from broadsheet.sources.columns import known_columns
from broadsheet.sources.faults import may_pass
from broadsheet.sources.salvage import DAMAGE, Gone, first_line, one_batch, portions_of, slices_of
from broadsheet.sources.table_rows import records_of
from broadsheet.sources.tables_in_parts import Group, Layout, arrow_layout

PARQUET, ARROW = "parquet", "arrow"
_BUFFER_BYTES = 2**20  # so much of a column is in memory at once, not all of a row group's
_ARROW_MAGIC = b"ARROW1\0\0"


def read_parquet(blob: Blob, settings: Sources) -> Iterator[Item]:
    """Yield one item a row of a Parquet file.

    Raises:
        Refused: the file cannot be read, from the start or from some row on.

    """
    try:
        source = _source(blob, settings)
        file = pq.ParquetFile(
            source, pre_buffer=False, buffer_size=_BUFFER_BYTES, page_checksum_verification=True
        )
        kept = _kept(file.schema_arrow.names, settings)
        portions = _parquet_portions(file, kept, blob)
        yield from records_of(portions, blob, PARQUET, settings, _size(source, file.metadata, blob))
    except DAMAGE as error:
        if may_pass(error):
            raise
        raise Refused(Reason.TABLE_DAMAGED, first_line(error)) from error


def read_arrow(blob: Blob, settings: Sources) -> Iterator[Item]:
    """Yield one item a row of an Arrow file or stream (Feather included).

    Raises:
        Refused: as for :func:`read_parquet`.

    """
    try:
        source = _source(blob, settings)
        reader = pa.ipc.open_stream(source) if blob.head else _open_arrow(source)
        kept = _kept(reader.schema.names, settings)
        portions = (
            part if isinstance(part, Gone) else part.select(kept)
            for part in _arrow_portions(reader, source, blob)
        )
        yield from records_of(portions, blob, ARROW, settings, source.size())
    except DAMAGE as error:
        if may_pass(error):
            raise
        raise Refused(Reason.TABLE_DAMAGED, first_line(error)) from error


def _parquet_portions(
    file: pq.ParquetFile, kept: list[str], blob: Blob
) -> Iterator[pa.RecordBatch | Gone]:
    """Yield the rows of the row groups to read; what cannot be decoded ends its group alone."""
    for group in _groups_of(file.metadata, blob):
        decode = partial(file.iter_batches, row_groups=[group], columns=kept, use_threads=False)
        yield from portions_of(decode, file.metadata.row_group(group).num_rows, blob.steps)


def _source(blob: Blob, settings: Sources) -> pa.NativeFile:
    """Return the bytes for Arrow: a large file by its path, anything else in memory."""
    if blob.head:  # record batches of an Arrow file, below its schema and dictionaries
        return pa.BufferReader(blob.head.removeprefix(_ARROW_MAGIC) + blob.stream.read())
    path = getattr(blob.stream, "name", None)
    if isinstance(path, str) and blob.member is None:
        return pa.OSFile(path)
    if blob.rows is not None:  # a part of a file that lies elsewhere
        return pa.PythonFile(blob.stream, mode="r")
    raw = blob.stream.read(settings.batch_bytes + 1)
    if len(raw) > settings.batch_bytes:
        raise Refused(Reason.SIZE_RECORD, f"a nested table over {settings.batch_bytes} bytes")
    if not raw:
        raise Refused(Reason.CONTENT_EMPTY, "no bytes")
    return pa.BufferReader(raw)


def _groups_of(metadata: pq.FileMetaData, blob: Blob) -> list[int]:
    """Return the numbers of the row groups that hold the rows to read.

    Raises:
        Refused: no group begins with the row that the bytes at hand begin with.

    """
    if blob.rows is None:
        return list(range(metadata.num_row_groups))
    numbers, row = [], 0
    is_known = False
    for number in range(metadata.num_row_groups):
        is_known = is_known or row == blob.rows.base
        if blob.rows.base <= row < blob.rows.stop:
            numbers.append(number)
        row += metadata.row_group(number).num_rows
    if not is_known or row < blob.rows.stop:
        raise Refused(Reason.IO_CHANGED, "the rows are not those that were discovered")
    return numbers


def _size(source: pa.NativeFile, metadata: pq.FileMetaData, blob: Blob) -> int:
    """Return the bytes that the rows to read take, if each row takes as many."""
    if blob.rows is None:
        return int(source.size())
    return int(source.size() * (blob.rows.stop - blob.rows.first) / metadata.num_rows)


def _open_arrow(source: pa.NativeFile) -> pa.ipc.RecordBatchFileReader | pa.RecordBatchReader:
    try:
        return pa.ipc.open_file(source)
    except pa.ArrowInvalid:
        source.seek(0)
        return pa.ipc.open_stream(source)


def _arrow_portions(
    reader: pa.ipc.RecordBatchFileReader | pa.RecordBatchReader, source: pa.NativeFile, blob: Blob
) -> Iterator[pa.RecordBatch | Gone]:
    """Yield the rows of all record batches; one that cannot be decoded is lost alone.

    Where something is wrong they are found by what stands before each of them in the file.
    """
    number = 0
    if blob.steps is None:
        try:
            for batch in _record_batches(reader):
                yield from slices_of(validated(batch))
                number += 1
        except DAMAGE as error:
            if may_pass(error):
                raise
            layout = arrow_layout(source)
            if len(layout.groups) <= number:
                raise
        else:
            return
    else:
        layout = arrow_layout(source)
    if not layout.groups:  # dictionaries between the batches, or a format of old
        for batch in _record_batches(reader):
            yield from slices_of(validated(batch))
    for group in layout.groups[number:]:
        yield from one_batch(partial(_decoded, source, layout, group), group.rows, blob.steps)


def _decoded(source: pa.NativeFile, layout: Layout, group: Group) -> pa.RecordBatch:
    """Return the record batch of a group, decoded by itself."""
    source.seek(0)
    head = source.read(layout.head).removeprefix(_ARROW_MAGIC)
    source.seek(group.start)
    raw = head + source.read(group.stop - group.start)
    return validated(pa.ipc.open_stream(pa.BufferReader(raw)).read_next_batch())


def validated(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Return a record batch whose offsets lie within its buffers; those of a hostile file may not.

    Raises:
        ArrowInvalid: they do not.

    """
    batch.validate(full=True)
    return batch


def _record_batches(reader: object) -> Iterator[pa.RecordBatch]:
    if isinstance(reader, pa.ipc.RecordBatchFileReader):
        yield from (reader.get_batch(number) for number in range(reader.num_record_batches))
    elif isinstance(reader, pa.RecordBatchReader):
        yield from reader


def _kept(names: Sequence[str], settings: Sources) -> list[str]:
    """Return the columns that hold something we look for.

    Raises:
        Refused: two columns have one name, or none is known to hold the text.

    """
    if len(set(names)) != len(names):
        raise Refused(Reason.CSV_HEADER, "two columns have one name")
    kept = known_columns(tuple(names), settings)
    if not kept:
        shown = ", ".join(names[:20])
        raise Refused(Reason.SCHEMA_TEXT, f"none of these is known to hold the text: {shown}")
    return kept
