"""Rows of a table to items, a portion at a time.

A row is no stretch of the file's bytes. Its address is its number, its digest that of its values
as sorted JSON.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import replace

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from broadsheet.config import Sources
from broadsheet.isolation import Lost
from broadsheet.reasons import Reason
from broadsheet.records import RawRecord, Rejection, Source
from broadsheet.sources.blobs import EMPTY_SHA256, NEW, Blob, Item, Refused, Rows, alone, reject
from broadsheet.sources.columns import to_record
from broadsheet.sources.growth import grows_too_much
from broadsheet.sources.salvage import Gone

_ALL_ROWS = 2**62
_SORTED = orjson.OPT_SORT_KEYS


def records_of(
    portions: Iterator[pa.RecordBatch | Gone],
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
        if isinstance(portion, Gone):
            count = max(min(portion.num_rows - skipped, stop - number), 0)
            yield from _gone(count, number, portion.lost, blob, format_, most=size // 2)
            number += count
        else:
            wanted = portion.slice(skipped, max(stop - number, 0))
            for item in _items(wanted, number, blob, format_, settings):
                given += item.source.length
                yield item
                number += 1
        if grows_too_much(given, size, settings.max_ratio):
            detail = f"{size} bytes became more than {given}"
            raise Refused(Reason.ARCHIVE_RATIO, detail)
        if number >= stop:
            return


def _gone(
    count: int, number: int, lost: Lost, blob: Blob, format_: str, *, most: int
) -> Iterator[Rejection]:
    """Yield a rejection for each row that is lost, or one for all where so many cannot be there.

    A file of so many bytes holds no more rows than half of them, or says so falsely.
    """
    if count > most:
        detail = f"{count} rows from row {number} on cannot be decoded: {lost.detail}"
        yield reject(_unread(number, blob, format_), lost.reason, detail)
        return
    for at in range(number, number + count):
        detail = f"cannot be decoded: {lost.detail}"
        yield reject(_unread(at, blob, format_), lost.reason, detail)


def _items(
    wanted: pa.RecordBatch, number: int, blob: Blob, format_: str, settings: Sources
) -> Iterator[RawRecord | Rejection]:
    """Yield an item for each row of a portion, whose first one has that number."""
    rows = _together(wanted) if blob.steps is None else None
    unread = _unread(number, blob, format_)
    for at in range(wanted.num_rows):
        if rows is not None and (item := _tried(rows[at], number + at, blob, format_, settings)):
            yield item
            continue
        given = rows[at] if rows is not None else wanted.slice(at, 1)
        found = alone(blob, unread, b"", _item, given, number + at, blob, format_, settings)
        if isinstance(found, Rejection) and found.source is unread:
            found = replace(found, source=_unread(number + at, blob, format_))
        yield found


def _tried(
    row: dict[str, object], number: int, blob: Blob, format_: str, settings: Sources
) -> RawRecord | Rejection | None:
    """Return the item of a row, or None where it raises: when it does so again, it is told why."""
    try:
        return _item(row, number, blob, format_, settings)
    except Exception:  # noqa: BLE001 - whatever it is
        return None


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
    raw = orjson.dumps(row, option=_SORTED, default=str)
    digest = hashlib.sha256(raw).hexdigest()
    source = NEW(Source, (blob.path, _place(number, blob), 0, len(raw), digest, format_))
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
