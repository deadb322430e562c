"""JSON: one object a line, a list of objects, or an object around such a list.

Decoded by orjson, which is strict (RFC 8259) and bounded in depth. What it leaves open is decided
here: an object with one key twice is refused, as RFC 8259, section 4, says that its meaning is
unpredictable; an unpaired surrogate becomes U+FFFD.
"""

import json
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from io import BufferedReader, RawIOBase
from typing import Any, BinaryIO, cast

import numpy as np
import orjson

from broadsheet.config import Sources
from broadsheet.reasons import Reason
from broadsheet.records import Source
from broadsheet.sources.blobs import Blob, Item, Refused, alone, reject, too_long
from broadsheet.sources.columns import has_text, to_record
from broadsheet.sources.decoding import decode
from broadsheet.sources.json_elements import elements
from broadsheet.sources.lines import Line, portion_bytes, read_portions

JSONL, JSON = "jsonl", "json"
_MAX_DIGITS = 400  # the largest double has 309
_PEEK_BYTES = 2**20
_NESTED = (dict, list)  # not `dict | list`, which is made anew for each value
_MARK = b"\xef\xbb\xbf"
_LONE_SURROGATE = re.compile(
    r"(?<!\\)((?:\\\\)*)(?:\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])|"
    r"(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F][0-9a-fA-F]{2})"
)


def read_jsonl(blob: Blob, settings: Sources) -> Iterator[Item]:
    """Yield one item a line; blank lines are no records.

    Lines are read and checked in portions; only those of a portion that is not proven good as a
    whole are looked at one by one.
    """
    for lines in read_portions(blob.stream, settings.max_record_bytes, portion_bytes(blob)):
        for line, value in zip(lines, _proven(blob, lines), strict=True):
            if value:
                source = blob.source(line.raw, JSONL, at=line.start)
                try:
                    item: Item = to_record(source, value, settings, blob.notes)
                except Exception:  # noqa: BLE001 - where it comes again, it is told what it was
                    item = _line(blob, line, settings)
                yield item
            elif line.is_cut:
                yield too_long(blob, JSONL, line.start, line.length, line.raw)
            elif line.raw.strip():
                yield _line(blob, line, settings)


def _proven(blob: Blob, lines: list[Line]) -> list[dict[str, Any] | None]:
    """Return the object of each line that is good beyond doubt, and None for the others."""
    none: list[dict[str, Any] | None] = [None] * len(lines)
    if blob.steps is not None:  # one by one
        return none
    try:
        found = [None if line.is_cut else _object(line.raw) for line in lines]
    except MemoryError:
        return none
    read = [(line.raw, value) for line, value in zip(lines, found, strict=True) if value]
    raw = b"".join([raw for raw, _ in read])
    return none if _may_repeat_a_key(raw, [value for _, value in read]) else found


def _line(blob: Blob, line: Line, settings: Sources) -> Item:
    """Return what a line holds, whatever it is; a byte-order mark at the file's top is passed."""
    is_top = line.start == blob.offset == 0
    raw = line.raw.removeprefix(_MARK) if is_top else line.raw
    source = blob.source(raw, JSONL, at=line.start + len(line.raw) - len(raw))
    return _item(blob, source, raw, settings)


def read_json(blob: Blob, settings: Sources) -> Iterator[Item]:
    """Yield the records of a JSON document: an object, a list, or an object around a list.

    A file whose first line is an object by itself is read line by line.
    """
    stream = BufferedReader(cast("RawIOBase", blob.stream), _PEEK_BYTES)
    head = stream.peek(_PEEK_BYTES)
    start = len(_MARK) if head.startswith(_MARK) else 0
    first, _, rest = head[start:].partition(b"\n")
    if rest.strip() and _object(first) is not None:
        yield from read_jsonl(replace(blob, stream=cast("BinaryIO", stream)), settings)
        return
    stream.read(start)
    limit = settings.max_record_bytes
    found = elements(
        cast("BinaryIO", stream),
        limit,
        document_limit=max(limit, settings.batch_bytes),
        is_record=lambda raw: has_text(_object(raw) or {}, settings),
    )
    for element in found:
        source = blob.source(element.raw, JSON, at=start + element.start)
        yield _item(blob, source, element.raw, settings)


def _object(raw: bytes) -> dict[str, Any] | None:
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return None
    return value if isinstance(value, dict) else None


def load_object(raw: bytes) -> tuple[Mapping[str, Any], tuple[Reason, ...]]:
    """Return the object that bytes encode, and what had to be done to read it.

    Raises:
        Refused: ``json.syntax``, ``json.depth``, ``json.number``, ``json.duplicate_key`` or
            ``schema.type``.

    """
    notes: tuple[Reason, ...] = ()
    try:
        value = orjson.loads(raw)  # which refuses bytes that are not UTF-8
    except orjson.JSONDecodeError:
        raw, notes = _utf8(raw)
        value = _read_again(raw)
    if not isinstance(value, dict):
        raise Refused(Reason.SCHEMA_TYPE, f"a JSON {type(value).__name__}, no object")
    if _may_repeat_a_key(raw, [value]):
        _refuse_repeated_keys(raw)
    return value, notes


def _item(blob: Blob, source: Source, raw: bytes, settings: Sources) -> Item:
    return alone(blob, source, raw, _loaded, blob, source, raw, settings)


def _loaded(blob: Blob, source: Source, raw: bytes, settings: Sources) -> Item:
    values, notes = load_object(raw)
    return _record(source, values, raw, settings, (*blob.notes, *notes))


def _record(
    source: Source,
    values: Mapping[str, Any],
    raw: bytes,
    settings: Sources,
    notes: tuple[Reason, ...],
) -> Item:
    try:
        return to_record(source, values, settings, notes)
    except RecursionError:
        return reject(source, Reason.JSON_DEPTH, "lists nested too deeply", raw)


def _utf8(raw: bytes) -> tuple[bytes, tuple[Reason, ...]]:
    """Return JSON bytes as valid UTF-8, as the standard has them."""
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        decoded = decode(raw)
        return decoded.text.encode(), decoded.notes
    return raw, ()


def _read_again(raw: bytes) -> Any:  # noqa: ANN401 - any JSON
    """Read what orjson refused, now that it is UTF-8; where only a surrogate is unpaired, mended.

    Raises:
        Refused: what is wrong.

    """
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError as found:
        error = found
    if "depth limit" in error.msg:
        raise Refused(Reason.JSON_DEPTH, error.msg)
    mended = _LONE_SURROGATE.sub(r"\1\\ufffd", raw.decode("utf-8")).encode()
    if mended != raw:
        return load_object(mended)[0]
    try:
        json.loads(raw, parse_constant=_refuse_number, parse_int=_bounded, parse_float=_bounded)
    except RecursionError:
        raise Refused(Reason.JSON_DEPTH, "nested too deeply") from None
    except ValueError:
        pass
    raise Refused(Reason.JSON_SYNTAX, str(error))


def _refuse_number(text: str) -> None:
    raise Refused(Reason.JSON_NUMBER, f"{text[:40]} is no number of JSON, or too large")


def _bounded(text: str) -> float:
    if len(text) > _MAX_DIGITS or (number := float(text)) in {float("inf"), float("-inf")}:
        _refuse_number(text)
    return number


def _may_repeat_a_key(raw: bytes, values: Iterable[dict[str, Any]]) -> bool:
    """Tell, at the speed of counting bytes, whether some key may be there twice.

    Two quotes stand around each string, and no others but escaped ones. So there are twice as many
    as strings that were read, or some were lost: at least a key that is there twice. Where a
    backslash before a quote is itself escaped, it is not told here which quotes are.

    Args:
        raw: objects, one behind the other.
        values: what they were read as.

    """
    codes = np.frombuffer(raw, np.uint8)
    quotes = np.flatnonzero(codes == ord('"'))
    escaped = quotes[codes[quotes - 1] == ord("\\")]  # an object does not begin with a quote
    if np.any(codes[escaped - 2] == ord("\\")):
        return True
    return len(quotes) - len(escaped) != 2 * sum(map(_count_strings, values))


def _count_strings(value: dict[str, Any]) -> int:
    """Return how many strings, keys among them, an object holds in any depth."""
    kinds = [*map(type, value.values())]
    count = kinds.count(str)
    if count == len(kinds):  # as most are
        return 2 * count
    count = 0
    waiting: list[Any] = [value]
    while waiting:
        value = waiting.pop()
        inner: Collection[Any] = value
        if isinstance(value, dict):
            count += len(value)
            inner = value.values()
        kinds = [*map(type, inner)]
        count += kinds.count(str)
        if list in kinds or dict in kinds:
            waiting += [item for item in inner if isinstance(item, _NESTED)]
    return count


def _refuse_repeated_keys(raw: bytes) -> None:
    try:
        json.loads(raw, object_pairs_hook=_once)
    except RecursionError:
        raise Refused(Reason.JSON_DEPTH, "nested too deeply") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) != len(pairs):
        twice = Counter(key for key, _ in pairs).most_common(1)[0][0]
        raise Refused(Reason.JSON_DUPLICATE_KEY, f"the key {twice[:80]!r} is there twice")
    return values
