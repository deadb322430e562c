"""Parquet and Arrow files: one record a row, read in small portions of the columns that matter.

A row is no stretch of the file's bytes. Its address is its number, its digest that of its values
as sorted JSON.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.ipc
import pyarrow.parquet as pq

from broadsheet.config import Sources
from broadsheet.isolation import Lost
from broadsheet.reasons import Reason
from broadsheet.records import RawRecord, Rejection, Source
from broadsheet.sources.blobs import EMPTY_SHA256, Blob, Item, Refused, Rows, alone, reject
from broadsheet.sources.columns import known_columns, to_record

PARQUET, ARROW = "parquet", "arrow"
_PORTION_ROWS = 256
_BUFFER_BYTES = 2**20  # so much of a column is in memory at once, not all of a row group's
_FREE_BYTES = 8 * 2**20  # growth is not looked at before so much has come out
_ALL_ROWS = 2**62
_ARROW_MAGIC = b"ARROW1\0\0"
_DAMAGE = (pa.ArrowException, OSError, ValueError, OverflowError)


def read_parquet(blob: Blob, settings: Sources) -> Iterator[Item]:
    """Yield one item a row of a Parquet file.

    Raises:
        Refused: the file cannot be read, from the start or from some row on.

    """
    try:
        source = _source(blob, settings)
        file = pq.ParquetFile(source, pre_buffer=False, buffer_size=_BUFFER_BYTES)
        kept = _kept(file.schema_arrow.names, settings)
        portions = _parquet_portions(file, kept, blob)
        yield from _rows(portions, blob, PARQUET, settings, _size(source, file.metadata, blob))
    except _DAMAGE as error:
        raise Refused(Reason.TABLE_DAMAGED, _first_line(error)) from error


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
            part.select(kept) for batch in _record_batches(reader) for part in _parts(batch)
        )
        yield from _rows(portions, blob, ARROW, settings, source.size())
    except _DAMAGE as error:
        raise Refused(Reason.TABLE_DAMAGED, _first_line(error)) from error


class _Gone(NamedTuple):
    """Rows that are left out, because an earlier reading died while it decoded them."""

    num_rows: int
    lost: Lost


def _parquet_portions(
    file: pq.ParquetFile, kept: list[str], blob: Blob
) -> Iterator[pa.RecordBatch | _Gone]:
    """Yield the rows of the row groups to read; what cannot be decoded ends its group alone."""
    for group in _groups_of(file.metadata, blob):
        left = file.metadata.row_group(group).num_rows
        portions = file.iter_batches(
            _PORTION_ROWS, row_groups=[group], columns=kept, use_threads=False
        )
        while True:
            if blob.steps is not None and (lost := blob.steps.begin()):
                yield _Gone(left, lost)
                break
            portion = next(portions, None)
            if blob.steps is not None:
                blob.steps.end()
            if portion is None:
                break
            left -= portion.num_rows
            yield portion


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


def _record_batches(reader: object) -> Iterator[pa.RecordBatch]:
    if isinstance(reader, pa.ipc.RecordBatchFileReader):
        yield from (reader.get_batch(number) for number in range(reader.num_record_batches))
    elif isinstance(reader, pa.RecordBatchReader):
        yield from reader


def _parts(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    batch.validate(full=True)  # offsets of a hostile file lead out of its buffers
    for start in range(0, batch.num_rows, _PORTION_ROWS):
        yield batch.slice(start, _PORTION_ROWS)


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


def _rows(
    portions: Iterator[pa.RecordBatch | _Gone],
    blob: Blob,
    format_: str,
    settings: Sources,
    size: int,
) -> Iterator[Item]:
    """Yield an item for each row to read; ``size`` is that of the bytes that hold them.

    Raises:
        Refused: the rows grow beyond the allowed ratio, as repeated values can, which are stored
            once.

    """
    number, first, stop = blob.rows or Rows(0, 0, _ALL_ROWS)
    given = 0
    for portion in portions:
        skipped = min(max(first - number, 0), portion.num_rows)
        number += skipped
        if isinstance(portion, _Gone):
            count = min(portion.num_rows - skipped, stop - number)
            if count > 0:
                yield _gone(count, number, portion.lost, blob, format_)
            number += count
        else:
            wanted = portion.slice(skipped, max(stop - number, 0))
            for item in _items(wanted, number, blob, format_, settings):
                given += item.source.length
                yield item
                number += 1
        if given > _FREE_BYTES and given > settings.max_ratio * size:
            detail = f"{size} bytes became more than {given}"
            raise Refused(Reason.ARCHIVE_RATIO, detail)
        if number >= stop:
            return


def _gone(count: int, number: int, lost: Lost, blob: Blob, format_: str) -> Rejection:
    detail = f"{count} rows from row {number} on cannot be decoded: {lost.detail}"
    return reject(_unread(number, blob, format_), lost.reason, detail)


def _items(
    wanted: pa.RecordBatch, number: int, blob: Blob, format_: str, settings: Sources
) -> Iterator[RawRecord | Rejection]:
    """Yield an item for each row of a portion, whose first one has that number."""
    rows = _together(wanted) if blob.steps is None else None
    unread = _unread(number, blob, format_)
    for at in range(wanted.num_rows):
        given = rows[at] if rows is not None else wanted.slice(at, 1)
        item = alone(blob, unread, b"", _item, given, number + at, blob, format_, settings)
        if isinstance(item, Rejection) and item.source is unread:
            item = replace(item, source=_unread(number + at, blob, format_))
        yield item


def _together(wanted: pa.RecordBatch) -> list[dict[str, object]] | None:
    """Return all rows, or None where they are to be turned into values one by one."""
    try:
        rows: list[dict[str, object]] = _readable(wanted).to_pylist()
    except MemoryError:
        return None
    return rows


def _unread(number: int, blob: Blob, format_: str) -> Source:
    """Return the address of a row whose values are not known."""
    return Source(blob.path, _place(number, blob), 0, 0, EMPTY_SHA256, format_)


def _place(number: int, blob: Blob) -> str:
    return f"{blob.member}!/row {number}" if blob.member else f"row {number}"


def _item(
    given: dict[str, object] | pa.RecordBatch,
    number: int,
    blob: Blob,
    format_: str,
    settings: Sources,
) -> RawRecord | Rejection:
    row = given if isinstance(given, dict) else _readable(given).to_pylist()[0]
    raw = orjson.dumps(row, option=orjson.OPT_SORT_KEYS, default=str)
    digest = hashlib.sha256(raw).hexdigest()
    source = Source(blob.path, _place(number, blob), 0, len(raw), digest, format_)
    if len(raw) > settings.max_record_bytes:
        detail = f"{len(raw)} bytes; at most {settings.max_record_bytes} are allowed"
        return reject(source, Reason.SIZE_RECORD, detail, raw)
    return to_record(source, row, settings, blob.notes)


def _readable(portion: pa.RecordBatch) -> pa.RecordBatch:
    """Return a portion with the times and days as strings of ISO 8601, binary as characters."""
    columns = []
    for column in portion.columns:
        kind = column.type
        if pa.types.is_temporal(kind) and not pa.types.is_duration(kind):
            columns.append(_as_iso(column))
        elif pa.types.is_dictionary(kind):
            columns.append(column.dictionary_decode())
        elif pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
            decoded = [v if v is None else v.decode("utf-8", "replace") for v in column.to_pylist()]
            columns.append(pa.array(decoded, pa.large_string()))
        else:
            columns.append(column)
    return pa.RecordBatch.from_arrays(columns, names=portion.schema.names)


def _as_iso(column: pa.Array) -> pa.Array:
    kind = column.type
    if pa.types.is_timestamp(kind):
        zone = "+00:00" if kind.tz else ""
        in_utc = column.cast(pa.timestamp("us", "UTC" if kind.tz else None), safe=False)
        text = pc.strftime(in_utc, format="%Y-%m-%dT%H:%M:%S")
        return pc.binary_join_element_wise(text, zone, "")
    return column.cast(pa.string())


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0][:300]
