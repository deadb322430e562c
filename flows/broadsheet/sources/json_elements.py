"""The elements of a JSON document, found without decoding the document as a whole.

A list may be larger than memory: ``[{...}, {...}]``. Only strings and brackets are looked at; each
element is decoded by itself, so that one that is broken does not take the others with it.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO

from broadsheet.reasons import Reason
from broadsheet.sources.blobs import Refused

_BLOCK_BYTES = 2**18
_BLANK = b" \t\r\n"
# Strings as a whole (possessive, so that no byte is tried twice), and brackets.
_TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+"|[\[\]{}]|"', re.DOTALL)
# What is neither object nor list: a string, a number, a word, or junk.
_SCALAR = re.compile(rb'"(?:[^"\\]++|\\.)*+"|[^,\[\]{}\s"]+|.', re.DOTALL)
# Keys under which exporters and interfaces put their list of articles.
_LISTS = frozenset(
    {b"articles", b"items", b"results", b"data", b"docs", b"stories", b"records", b"entries",
     b"news", b"posts", b"hits", b"documents", b"rows", b"response"}
)  # fmt: skip
_DEEPEST_LIST = 2  # as in {"response": {"results": [...]}}


@dataclass(frozen=True, slots=True)
class Element:
    """The bytes of one element and its place in the stream."""

    start: int
    raw: bytes


def elements(
    stream: BinaryIO, limit: int, *, document_limit: int, is_record: Callable[[bytes], bool]
) -> Iterator[Element]:
    """Yield the elements of a document: of a list each entry, else the document itself.

    An object that is no record and wraps a list of objects under a usual name stands for the list.
    Documents that follow one another are read one after the other.

    Args:
        stream: the bytes, without a byte-order mark.
        limit: most bytes of one element.
        document_limit: most bytes of an object that wraps a list.
        is_record: tells whether an object is a record by itself.

    Raises:
        Refused: an element is larger than its limit, or the document ends within a list
            (``stream.truncated``); what was yielded before stands.

    """
    buffer = _Buffer(stream)
    while first := buffer.next_byte(_BLANK + b","):
        if first == b"[":
            buffer.skip(1)
            yield from _entries(buffer, limit)
            continue
        document = buffer.take_value(document_limit)
        inside = _list_inside(document.raw)
        if inside is None or is_record(document.raw):
            yield document
        else:
            at = document.start + inside
            yield from _entries(_Buffer(BytesIO(document.raw[inside:]), at), limit)


def _entries(buffer: "_Buffer", limit: int) -> Iterator[Element]:
    """Yield the entries of a list whose opening bracket was passed, and pass its end."""
    while (first := buffer.next_byte(_BLANK + b",")) and first != b"]":
        yield buffer.take_value(limit)
    if not first:
        raise Refused(Reason.STREAM_TRUNCATED, "the list has no end")
    buffer.skip(1)


def _list_inside(document: bytes) -> int | None:
    """Return the place after the bracket of the list of objects that a document wraps, or None."""
    depth, key = 0, b""
    for token in _TOKEN.finditer(document):
        found = token[0]
        if found == b"{":
            depth += 1
        elif found in {b"}", b"]"}:
            depth -= 1
        elif found == b"[":
            depth += 1
            entry = document[token.end() : token.end() + 64].lstrip(_BLANK)[:1]
            if depth <= _DEEPEST_LIST + 1 and key in _LISTS and entry == b"{":
                return token.end()
        elif document[token.end() : token.end() + 64].lstrip(_BLANK)[:1] == b":":
            key = found[1:-1].lower()
    return None


class _Buffer:
    """A stream with a look ahead of what one element takes."""

    def __init__(self, stream: BinaryIO, at: int = 0) -> None:
        self._stream = stream
        self._bytes = bytearray()
        self._at = at  # place of the first buffered byte

    def skip(self, count: int) -> None:
        """Pass bytes that are buffered."""
        del self._bytes[:count]
        self._at += count

    def next_byte(self, skipped: bytes) -> bytes:
        """Pass the given bytes and return the next other one, unpassed; empty at the end."""
        while True:
            rest = self._bytes.lstrip(skipped)
            self.skip(len(self._bytes) - len(rest))
            if rest or not self._fill():
                return bytes(self._bytes[:1])

    def take_value(self, limit: int) -> Element:
        """Return the next value and pass it; a value without end is all that is left."""
        is_open = self._bytes.startswith((b"{", b"["))
        end = self._end_of_nested(limit) if is_open else self._end_of_scalar(limit)
        if end > limit:
            raise Refused(Reason.SIZE_RECORD, f"an element has {end} bytes or more, over {limit}")
        element = Element(self._at, bytes(self._bytes[:end]))
        self.skip(end)
        return element

    def _end_of_nested(self, limit: int) -> int:
        depth = position = 0
        while True:
            token = _TOKEN.search(self._bytes, position)
            if token is None or token[0] == b'"':  # nothing more, or a string that goes on
                position = token.start() if token else len(self._bytes)
                if len(self._bytes) > limit or not self._fill():
                    return len(self._bytes)
                continue
            position = token.end()
            depth += 1 if token[0] in b"{[" else -1 if token[0] in b"}]" else 0
            if depth == 0:
                return position

    def _end_of_scalar(self, limit: int) -> int:
        while True:
            scalar = _SCALAR.match(self._bytes)
            end = scalar.end() if scalar else 1
            if end < len(self._bytes) or end > limit or not self._fill():
                return end

    def _fill(self) -> bool:
        """Read on; as much as is there already, so that looking again costs a constant factor."""
        block = self._stream.read(max(_BLOCK_BYTES, len(self._bytes)))
        self._bytes += block
        return bool(block)
