"""JSON: one object a line, a list of objects, or an object around such a list.

Decoded by orjson, which is strict (RFC 8259) and bounded in depth. What it leaves open is decided
here: an object with one key twice is refused, as RFC 8259, section 4, says that its meaning is
unpredictable; an unpaired surrogate becomes U+FFFD.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from io import BufferedReader, RawIOBase
from typing import Any, BinaryIO, cast

import orjson

from broadsheet.config import Sources
from broadsheet.reasons import Reason
from broadsheet.records import Source
from broadsheet.sources.blobs import Blob, Item, Refused, reject, too_long
from broadsheet.sources.columns import has_text, to_record
from broadsheet.sources.decoding import decode
from broadsheet.sources.json_elements import elements
from broadsheet.sources.lines import read_lines

JSONL, JSON = "jsonl", "json"
_MAX_DIGITS = 400  # the largest double has 309
_PEEK_BYTES = 2**20
_NESTED = (dict, list)  # not `dict | list`, which is made anew for each value of each record
_MARK = b"\xef\xbb\xbf"
_LONE_SURROGATE = re.compile(
    r"(?<!\\)((?:\\\\)*)(?:\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])|"
    r"(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F][0-9a-fA-F]{2})"
)
# White space between a key and its colon; where there is some, keys cannot be counted by `":`.
_SPACED_COLON = re.compile(rb'"[ \t\r\n]+:')


def read_jsonl(blob: Blob, settings: Sources) -> Iterator[Item]:
    """Yield one item a line; blank lines are no records."""
    for line in read_lines(blob.stream, settings.max_record_bytes):
        if line.is_cut:
            yield too_long(blob, JSONL, line.start, line.length, line.raw)
            continue
        raw = line.raw
        at = line.start
        if at == 0 and blob.offset == 0 and raw.startswith(_MARK):
            raw, at = raw.removeprefix(_MARK), len(_MARK)
        if raw.strip():
            yield _item(blob, blob.source(raw, JSONL, at=at), raw, settings)


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
    raw, notes = _utf8(raw)
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        value = _second_reading(raw, error)
    if not isinstance(value, dict):
        raise Refused(Reason.SCHEMA_TYPE, f"a JSON {type(value).__name__}, no object")
    if _may_repeat_a_key(raw, value):
        _refuse_repeated_keys(raw)
    return value, notes


def _item(blob: Blob, source: Source, raw: bytes, settings: Sources) -> Item:
    try:
        values, notes = load_object(raw)
    except Refused as refused:
        return reject(source, refused.reason, refused.detail, raw)
    return to_record(source, values, settings, (*blob.notes, *notes))


def _utf8(raw: bytes) -> tuple[bytes, tuple[Reason, ...]]:
    """Return JSON bytes as valid UTF-8, as the standard has them."""
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        decoded = decode(raw)
        return decoded.text.encode(), decoded.notes
    return raw, ()


def _second_reading(raw: bytes, error: orjson.JSONDecodeError) -> Any:  # noqa: ANN401 - any JSON
    """Read what orjson refused, where only a surrogate is unpaired; else say what is wrong."""
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


def _may_repeat_a_key(raw: bytes, value: dict[str, Any]) -> bool:
    """Tell, at the speed of counting bytes, whether some key may be there twice.

    An object that is written again as the same bytes repeats none. Else: ``":`` ends each key, and
    within a string its quote is escaped, so that more of them than keys say that a closer look is
    due.
    """
    try:
        if orjson.dumps(value) == raw:
            return False
    except orjson.JSONEncodeError:
        pass  # deeper than it writes, though not than it reads
    return raw.count(b'":') != _count_keys(value) or _SPACED_COLON.search(raw) is not None


def _count_keys(value: Any) -> int:  # noqa: ANN401 - any JSON
    is_object = isinstance(value, dict)
    count = len(value) if is_object else 0
    for inner in value.values() if is_object else value:
        if isinstance(inner, _NESTED):
            count += _count_keys(inner)
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
