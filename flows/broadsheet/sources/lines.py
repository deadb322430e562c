"""Lines of a byte stream, with their place, in bounded memory."""

from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from broadsheet.sources.blobs import NEW, Blob, Refused

_BLOCK_BYTES = 2**20
_PORTION_BYTES = 2**18
_LINE_FEED = ord("\n")


class Line(NamedTuple):
    """A line without its end.

    Attributes:
        start: position of its first byte in the stream.
        raw: its bytes; of a line over the limit the first ones alone.
        length: bytes of the whole line.
        end: what ends it.
        is_cut: whether the line is longer than the limit.

    """

    start: int
    raw: bytes
    length: int
    end: bytes = b""
    is_cut: bool = False


def read_lines(stream: BinaryIO, limit: int) -> Iterator[Line]:
    r"""Yield lines that end with ``\n`` or ``\r\n``; one longer than ``limit`` is not kept."""
    for lines in read_portions(stream, limit):
        yield from lines


def portion_bytes(blob: Blob) -> int:
    """Return how much of a blob to read at once: a line, where reading may kill."""
    return _PORTION_BYTES if blob.steps is None else 1


def read_portions(stream: BinaryIO, limit: int, size: int = _PORTION_BYTES) -> Iterator[list[Line]]:
    """Yield lines as :func:`read_lines`, in lists of about ``size`` bytes, for work in bulk.

    Raises:
        Refused: the stream raised it; the lines before were yielded.

    """
    start, readline = 0, stream.readline
    fault: Refused | None = None
    while fault is None:
        portion: list[Line] = []
        stop = start + size
        try:
            while start < stop and (raw := readline(limit + 2)):
                taken = len(raw)
                if taken > limit:
                    line, taken = _line(raw, start, stream, limit)
                elif raw[-1] != _LINE_FEED:
                    line = NEW(Line, (start, raw, taken, b"", False))
                elif raw[-2:-1] == b"\r":
                    line = NEW(Line, (start, raw[:-2], taken - 2, b"\r\n", False))
                else:
                    line = NEW(Line, (start, raw[:-1], taken - 1, b"\n", False))
                portion.append(line)
                start += taken
        except Refused as refused:
            fault = refused
        if not portion:
            break
        yield portion
    if fault is not None:
        raise fault


def _line(raw: bytes, start: int, stream: BinaryIO, limit: int) -> tuple[Line, int]:
    """Return a line that may be over the limit, and how many bytes it took with its end."""
    bare = raw.removesuffix(b"\n").removesuffix(b"\r") if raw.endswith(b"\n") else raw
    if len(bare) <= limit:
        return Line(start, bare, len(bare), raw[len(bare) :]), len(raw)
    length = len(raw)
    while not raw.endswith(b"\n") and (raw := stream.readline(_BLOCK_BYTES)):
        length += len(raw)
    return Line(start, bare[:1_000], length, is_cut=True), length
