"""Compressed streams: every byte or an error, never silently less.

gzip (RFC 1952), bzip2, xz and Zstandard (RFC 8878), each of one or many members. Growth is bounded
per stream; memory by each format's window.
"""

import bz2
import contextlib
import io
import lzma
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Protocol, cast

from isal import igzip_lib

from broadsheet.config import Sources
from broadsheet.isolation import progress
from broadsheet.reasons import Reason
from broadsheet.sources.blobs import Ending, Inside, Refused
from broadsheet.sources.digests import Check

if TYPE_CHECKING or sys.version_info < (3, 14):
    from backports import zstd
else:
    from compression import zstd

_BLOCK_BYTES = 2**16
_FREE_BYTES = 8 * 2**20  # growth is not looked at before so much has come out
_XZ_MEMORY_BYTES = 256 * 2**20
_ZSTD_WINDOW_LOG = 27  # 128 MiB, the largest that `zstd` reads without being told to


class _Decompressor(Protocol):
    """What the decompressors of the standard library have in common."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int = -1) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Compression:
    """A compressed format: its name, the bytes that begin it, and its decompressor."""

    name: str
    magic: bytes
    start: Callable[[], _Decompressor]


GZIP = Compression(
    "gzip", b"\x1f\x8b", lambda: igzip_lib.IgzipDecompressor(flag=igzip_lib.DECOMP_GZIP)
)
BZIP2 = Compression("bzip2", b"BZh", bz2.BZ2Decompressor)
XZ = Compression("xz", b"\xfd7zXZ\x00", lambda: lzma.LZMADecompressor(memlimit=_XZ_MEMORY_BYTES))
ZSTD = Compression(
    "zstd",
    b"\x28\xb5\x2f\xfd",
    lambda: zstd.ZstdDecompressor(
        options={zstd.DecompressionParameter.window_log_max: _ZSTD_WINDOW_LOG}
    ),
)
# Cast, because the library's own types call it an instance.
InflateError = cast("type[Exception]", igzip_lib.error)
_DAMAGE = (InflateError, lzma.LZMAError, zstd.ZstdError, EOFError, OSError)


class Inflated(io.RawIOBase):
    """The decompressed bytes of a stream, to be read from start to end.

    Reading raises :class:`Refused` once all bytes before the fault were handed out:
    ``stream.truncated``, ``stream.damaged``, ``archive.ratio``, or ``type.mismatch`` where the
    stream does not begin as its format does.
    """

    def __init__(self, stream: BinaryIO, compression: Compression, settings: Sources) -> None:
        super().__init__()
        self._stream = stream
        self._compression = compression
        self._max_ratio = settings.max_ratio
        self._inner: _Decompressor | None = None
        self._waiting = b""
        self.fault: Refused | None = None
        self._taken = self._given = 0
        self.has_trailing = False

    def readable(self) -> bool:
        """Return True, as the interface asks."""
        return True

    def readinto(self, buffer: object) -> int:
        """Fill a buffer with the next bytes and return how many; 0 at the end."""
        view = memoryview(cast("bytearray", buffer)).cast("B")
        progress()
        block = self._next(len(view))
        view[: len(block)] = block
        return len(block)

    @property
    def ending(self) -> Ending:
        """Say how the stream ends, once it was read to its end."""
        if self.fault is None:
            return Ending(is_trailed=self.has_trailing)
        return Ending(self.fault.reason.value, self.fault.detail)

    def blocks(self) -> Iterator[bytes]:
        """Yield all bytes in blocks; where growth is refused, it is behind the same one each time.

        Raises:
            Refused: as for reading.

        """
        while block := self.read(_BLOCK_BYTES):
            yield block

    def _next(self, size: int) -> bytes:
        if self.fault is not None:
            raise self.fault
        try:
            block = self._inflate(size)
        except Refused as refused:
            self.fault = refused
            raise
        except _DAMAGE as error:
            self.fault = Refused(Reason.STREAM_DAMAGED, f"{self._compression.name}: {error}")
            raise self.fault from error
        self._given += len(block)
        if self._given > _FREE_BYTES and self._given > self._max_ratio * self._taken:
            detail = f"{self._taken} bytes became more than {self._given}"
            self.fault = Refused(Reason.ARCHIVE_RATIO, detail)
            raise self.fault
        return block

    def _inflate(self, size: int) -> bytes:
        """Return at least one byte, or none at the end of the last member."""
        while True:
            if self._inner is None and not self._begin():
                return b""
            inner = cast("_Decompressor", self._inner)
            if not inner.eof:
                if inner.needs_input and not self._waiting and not self._refill():
                    name = self._compression.name
                    raise Refused(Reason.STREAM_TRUNCATED, f"the {name} stream ends early")
                block = inner.decompress(self._waiting, size)
                self._waiting = b""
            else:
                block = b""
            if inner.eof:
                self._waiting = inner.unused_data
                self._inner = None
            if block:
                return block

    def _begin(self) -> bool:
        """Start the next member, if there is one; what else follows the last is noted."""
        magic = self._compression.magic
        while len(self._waiting) < len(magic) and self._refill():
            pass
        is_first = self._taken == len(self._waiting) and not self._given
        if self._waiting.startswith(magic):
            self._inner = self._compression.start()
            return True
        if is_first and not self._waiting:
            raise Refused(Reason.CONTENT_EMPTY, "no bytes")
        if is_first:
            name = self._compression.name
            raise Refused(Reason.TYPE_MISMATCH, f"the bytes do not begin as {name} does")
        while not self._waiting.strip(b"\0") and self._refill():  # padding of tapes and blocks
            self._waiting = self._waiting.lstrip(b"\0")
        self.has_trailing = self.has_trailing or bool(self._waiting.strip(b"\0"))
        self._waiting = b""
        return False

    def _refill(self) -> bool:
        block = self._stream.read(_BLOCK_BYTES)
        self._taken += len(block)
        self._waiting += block
        return bool(block)


def inflate(stream: BinaryIO, compression: Compression, settings: Sources) -> Inflated:
    """Return the decompressed bytes of a stream."""
    return Inflated(stream, compression, settings)


class Stretch(io.RawIOBase):
    """A stretch of what comes out of a compressed file, to be read from start to end.

    Where the file is damaged behind it, reading raises :class:`Refused` at its end.

    Attributes:
        start: place of the first byte.
        head: the bytes at the top of the file that the stretch needs.
        fault: what was raised.
        has_trailing: other bytes follow the end of the stream, and the stretch is its last.

    """

    def __init__(self, inside: Inside, raw: bytes) -> None:
        """Take the bytes of head and stretch."""
        super().__init__()
        self.start = inside.start
        self.head = raw[: inside.head]
        self.fault: Refused | None = None
        self.has_trailing = inside.ending.is_trailed
        self._bytes = io.BytesIO(raw)
        self._bytes.seek(inside.head)
        self._ending = inside.ending

    def readable(self) -> bool:
        """Return True, as the interface asks."""
        return True

    def readinto(self, buffer: object) -> int:
        """Fill a buffer with the next bytes and return how many; 0 at the end."""
        count = self._bytes.readinto(cast("bytearray", buffer))
        if count == 0 and self._ending.fault:
            reason = next(reason for reason in Reason if reason == self._ending.fault)
            self.fault = Refused(reason, self._ending.detail)
            raise self.fault
        return count


def take_stretch(inflated: Inflated, inside: Inside) -> Stretch:
    """Return a stretch, as it was kept or else by inflating all that lies before it, too.

    Raises:
        Refused: the bytes are not those that were discovered.

    """
    if inside.kept is not None:
        return Stretch(inside, inside.kept)
    head, parts, at = b"", [], 0
    with contextlib.suppress(Refused):  # it is behind the stretch, or the digest tells
        for block in inflated.blocks():
            head += block[: inside.head - len(head)]
            if at + len(block) > inside.start:
                parts.append(block[max(inside.start - at, 0) : inside.stop - at])
            at += len(block)
            if at >= inside.stop:
                break
    raw = b"".join([head, *parts])
    if Check(raw).hexdigest() != inside.check:
        raise Refused(Reason.IO_CHANGED, "the bytes are not those that were discovered")
    return Stretch(inside, raw)
