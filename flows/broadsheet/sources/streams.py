"""Compressed streams: every byte or an error, never silently less.

gzip (RFC 1952), bzip2, xz and Zstandard (RFC 8878), each of one or many members. Growth is bounded
per stream; memory by each format's window. Members do not depend on one another: where one is
damaged, the next that is whole is looked for.
"""

import bz2
import io
import lzma
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Protocol, cast

from isal import igzip_lib

from broadsheet.config import Sources
from broadsheet.isolation import progress
from broadsheet.reasons import Reason
from broadsheet.sources.blobs import Ending, Refused, Steps
from broadsheet.sources.growth import grows_too_much
from broadsheet.sources.members import InflateError, Search, heads

if TYPE_CHECKING or sys.version_info < (3, 14):
    from backports import zstd
else:
    from compression import zstd

BLOCK_BYTES = 2**16
"""So much is read and inflated at once."""
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
    """A compressed format.

    Attributes:
        name: stands in the column ``source_format``.
        magic: the bytes that begin each member.
        head: what else the first bytes of a member are, where one is looked for.
        start: makes its decompressor.

    """

    name: str
    magic: bytes
    head: re.Pattern[bytes]
    start: Callable[[], _Decompressor]


GZIP = Compression(
    "gzip",
    b"\x1f\x8b",
    re.compile(rb"\x1f\x8b\x08[\x00-\x1f]", re.DOTALL),
    lambda: igzip_lib.IgzipDecompressor(flag=igzip_lib.DECOMP_GZIP),
)
BZIP2 = Compression(
    "bzip2", b"BZh", re.compile(rb"BZh[1-9](?:1AY&SY|\x17rE8P\x90)"), bz2.BZ2Decompressor
)
XZ = Compression(
    "xz",
    b"\xfd7zXZ\x00",
    re.compile(rb"\xfd7zXZ\x00"),
    lambda: lzma.LZMADecompressor(memlimit=_XZ_MEMORY_BYTES),
)
ZSTD = Compression(
    "zstd",
    b"\x28\xb5\x2f\xfd",
    re.compile(rb"\x28\xb5\x2f\xfd"),
    lambda: zstd.ZstdDecompressor(
        options={zstd.DecompressionParameter.window_log_max: _ZSTD_WINDOW_LOG}
    ),
)
_DAMAGE = (InflateError, lzma.LZMAError, zstd.ZstdError, EOFError, OSError, ValueError)


class Inflated(io.RawIOBase):
    """The decompressed bytes of a stream, to be read from start to end.

    Reading raises :class:`Refused` once all bytes before the fault were handed out:
    ``stream.truncated``, ``stream.damaged``, ``archive.ratio``, or ``type.mismatch`` where the
    stream does not begin as its format does.

    Attributes:
        fault: what was raised.
        resumed_at: behind a fault, the place in the file of the next member that is whole.
        has_trailing: bytes that are no member follow the last.
        is_done: everything was handed out.

    """

    def __init__(
        self,
        stream: BinaryIO,
        compression: Compression,
        settings: Sources,
        *,
        entry: int = 0,
        steps: Steps | None = None,
        search: Search | None = None,
    ) -> None:
        """Read from a member on, which begins ``entry`` bytes into the file.

        ``search`` is given where the caller reads on behind damage.
        """
        super().__init__()
        self._stream = stream
        self._compression = compression
        self._max_ratio = settings.max_ratio
        self._inner: _Decompressor | None = None
        self._waiting = b""
        self._ready = memoryview(b"")
        self._entry = self._member_at = self._block_at = entry
        self._steps = steps or Steps()
        self._search = search or Search(gaps=0)
        self.fault: Refused | None = None
        self.resumed_at: int | None = None
        self._taken = self._given = 0
        self.has_trailing = self.is_done = False

    def readable(self) -> bool:
        """Return True, as the interface asks."""
        return True

    def readinto(self, buffer: object) -> int:
        """Fill a buffer with the next bytes and return how many; 0 at the end."""
        view = memoryview(cast("bytearray", buffer)).cast("B")
        if not self._ready:
            progress()
            self._ready = memoryview(self._next())
        count = min(len(view), len(self._ready))
        view[:count] = self._ready[:count]
        self._ready = self._ready[count:]
        return count

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
        while block := self.read(BLOCK_BYTES):
            yield block

    def give_up(self, reason: Reason, detail: str) -> Refused:
        """Return the fault of what is not to be read on, and look for the next whole member."""
        self.fault = Refused(reason, detail)
        if not self._stream.seekable():
            return self.fault
        if self._inner is None:  # what is lost begins with the next member
            self._member_at = self._block_at = self._entry + self._taken - len(self._waiting)
        if self._search.gaps > 0:
            self.resumed_at = self._next_whole(self._member_at + 1)
            self._search.gaps -= 1
        stop = self.resumed_at
        if stop is None:
            stop = self._stream.seek(0, io.SEEK_END)
        start = max(self._member_at, self._block_at)
        lost = f"of the compressed bytes at most {stop - start} are lost, from byte {start} on"
        self.fault = Refused(reason, f"{detail}; {lost}")
        return self.fault

    def _next_whole(self, start: int) -> int | None:
        """Return where the next member begins that can be read to its end, checksum included."""
        for at in heads(self._stream, self._compression.head, start):
            if self._search.n_bytes <= 0:
                break
            if self._steps.begin():  # trying it killed an earlier reading
                continue
            try:
                is_whole, looked_at = self._is_whole(at)
            finally:
                self._steps.end()
            if is_whole:
                return at
            self._search.n_bytes -= looked_at
        return None

    def _next(self) -> bytes:
        """Return the next block; where one ends does not depend on how much was asked for."""
        if self.fault is not None:
            raise self.fault
        try:
            block = self._inflate(BLOCK_BYTES)
        except Refused as refused:
            self.fault = refused
            raise
        self._given += len(block)
        if grows_too_much(self._given, self._taken, self._max_ratio):
            detail = f"{self._taken} bytes became more than {self._given}"
            self.fault = Refused(Reason.ARCHIVE_RATIO, detail)
            raise self.fault
        self.is_done = not block
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
                    raise self.give_up(Reason.STREAM_TRUNCATED, f"the {name} stream ends early")
                try:
                    block = inner.decompress(self._waiting, size)
                except _DAMAGE as error:  # reading the file raises OSError, too, outside of this
                    detail = f"{self._compression.name}: {error}"
                    raise self.give_up(Reason.STREAM_DAMAGED, detail) from error
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
        self._member_at = self._entry + self._taken - len(self._waiting)
        if self._waiting.startswith(magic):
            self._inner = self._compression.start()
            return True
        if is_first and not self._waiting:
            raise Refused(Reason.CONTENT_EMPTY, "no bytes")
        if is_first:
            name = self._compression.name
            raise self.give_up(Reason.TYPE_MISMATCH, f"the bytes do not begin as {name} does")
        while not self._waiting.strip(b"\0") and self._refill():  # padding of tapes and blocks
            self._waiting = self._waiting.lstrip(b"\0")
        if self._waiting.strip(b"\0"):
            self._refuse_before_a_member()
            self.has_trailing = True
        self._waiting = b""
        return False

    def _refuse_before_a_member(self) -> None:
        """Refuse bytes that are no member, unless none follows them."""
        start = self._entry + self._taken - len(self._waiting)
        is_found = self._stream.seekable() and self._next_whole(start + 1) is not None
        if is_found or self._search.n_bytes <= 0:
            raise self.give_up(Reason.STREAM_DAMAGED, f"no {self._compression.name} member")

    def _refill(self) -> bool:
        self._block_at = self._entry + self._taken
        block = self._stream.read(BLOCK_BYTES)
        self._taken += len(block)
        self._waiting += block
        return bool(block)

    def _is_whole(self, start: int) -> tuple[bool, int]:
        """Tell whether a member can be read to its end, and how many bytes were looked at."""
        self._stream.seek(start)
        inner = self._compression.start()
        fed = given = 0
        while not inner.eof and not grows_too_much(given, fed, self._max_ratio):
            progress()
            block = self._stream.read(BLOCK_BYTES) if inner.needs_input else b""
            fed += len(block)
            if inner.needs_input and not block:
                break
            try:
                given += len(inner.decompress(block, BLOCK_BYTES))
            except (*_DAMAGE, MemoryError):
                break
        return inner.eof, fed + given
