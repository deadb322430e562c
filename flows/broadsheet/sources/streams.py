"""Compressed streams: every byte or an error, never silently less.

gzip (RFC 1952), bzip2, xz and Zstandard (RFC 8878), each of one or many members. Growth is bounded
per stream; memory by each format's window.
"""

import bz2
import io
import lzma
import sys
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Protocol, cast

from broadsheet.config import Sources
from broadsheet.reasons import Reason
from broadsheet.sources.blobs import Refused

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


class _Gzip:
    """zlib's decompressor in the form of the others."""

    def __init__(self) -> None:
        self._inner = zlib.decompressobj(wbits=31)

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def needs_input(self) -> bool:
        return not self._inner.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        return self._inner.decompress(self._inner.unconsumed_tail + data, max(max_length, 0))


@dataclass(frozen=True, slots=True)
class Compression:
    """A compressed format: its name, the bytes that begin it, and its decompressor."""

    name: str
    magic: bytes
    start: Callable[[], _Decompressor]


GZIP = Compression("gzip", b"\x1f\x8b", _Gzip)
BZIP2 = Compression("bzip2", b"BZh", bz2.BZ2Decompressor)
XZ = Compression("xz", b"\xfd7zXZ\x00", lambda: lzma.LZMADecompressor(memlimit=_XZ_MEMORY_BYTES))
ZSTD = Compression(
    "zstd",
    b"\x28\xb5\x2f\xfd",
    lambda: zstd.ZstdDecompressor(
        options={zstd.DecompressionParameter.window_log_max: _ZSTD_WINDOW_LOG}
    ),
)
_DAMAGE = (zlib.error, lzma.LZMAError, zstd.ZstdError, EOFError, OSError)


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
        block = self._next(len(view))
        view[: len(block)] = block
        return len(block)

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
