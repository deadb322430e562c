"""Zip and tar: every member read as a stream, none written anywhere.

A member whose name leads out of the archive, a link and a device are set aside, never followed.
Members that discovery would not count either (hidden files, folders) are passed over.
"""

import io
import lzma
import re
import stat
import struct
import tarfile
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO, cast

from broadsheet.config import FILE_NAME, Sources
from broadsheet.reasons import Reason
from broadsheet.records import Rejection
from broadsheet.sources.blobs import Blob, Item, Read, Refused, refuse
from broadsheet.sources.faults import may_pass
from broadsheet.sources.growth import grows_too_much

ZIP, TAR = "zip", "tar"
_MAX_NAME_CHARS = 255
_END_OF_DIRECTORY = b"PK\x05\x06"
_END_OF_DIRECTORY_64 = b"PK\x06\x06"
_TAIL_BYTES = 2**16 + 22 + 76  # the longest comment, the end record, and that of Zip64
_DIRECTORY_ENTRY_BYTES = 46
_TAR_BLOCK_BYTES = 512
_DRIVE = re.compile(r"[A-Za-z]:")
_ZIP_DAMAGE = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, struct.error)


def read_zip(blob: Blob, settings: Sources, read_member: Read) -> Iterator[Item]:
    """Yield what the members of a zip file hold; a broken member is set aside alone.

    Raises:
        Refused: the archive as a whole cannot be read, is nested too deeply, or has too many
            members.
        OSError: reading it failed, which may pass.

    """
    _refuse_depth(blob, settings)
    stream = _seekable(blob, settings)
    _refuse_count(_zip_entries(stream), settings)
    try:
        archive = zipfile.ZipFile(stream)
    except (*_ZIP_DAMAGE, ValueError, NotImplementedError) as error:
        if may_pass(error):
            raise
        raise Refused(Reason.ARCHIVE_DAMAGED, f"{type(error).__name__}: {error}") from error
    with archive:
        for number, info in enumerate(archive.infolist()):
            if info.is_dir() or _is_hidden(info.filename):
                continue
            member = _named(blob, info.orig_filename, number)
            yield from _zip_member(archive, info, member, settings, read_member)


def _zip_member(
    archive: zipfile.ZipFile,
    info: zipfile.ZipInfo,
    member: Blob,
    settings: Sources,
    read_member: Read,
) -> Iterator[Item]:
    mode = info.external_attr >> 16
    if stat.S_IFMT(mode) not in {0, stat.S_IFREG}:
        yield _refuse_member(member, Reason.ARCHIVE_MEMBER, "a link or a device")
    elif (fault := _escape(info.filename)) is not None:
        yield _refuse_member(member, Reason.ARCHIVE_MEMBER, fault)
    elif info.flag_bits & 1:
        yield _refuse_member(member, Reason.ARCHIVE_ENCRYPTED, "the member is encrypted")
    elif grows_too_much(info.file_size, info.compress_size, settings.max_ratio):
        detail = f"{info.compress_size} bytes are said to become {info.file_size}"
        yield _refuse_member(member, Reason.ARCHIVE_RATIO, detail)
    else:
        try:
            with archive.open(info) as opened:
                stream = cast("BinaryIO", io.BufferedReader(_Checked(opened)))
                yield from read_member(
                    replace(member, stream=stream, size=info.file_size), settings
                )
        except (*_ZIP_DAMAGE, NotImplementedError, RuntimeError) as error:
            if may_pass(error):
                raise
            yield _refuse_member(member, Reason.ARCHIVE_DAMAGED, f"{error}")


class _Checked(io.RawIOBase):
    """A member whose faults are raised as :class:`Refused`, wherever its bytes are read."""

    def __init__(self, stream: object) -> None:
        super().__init__()
        self._stream = cast("BinaryIO", stream)

    def readable(self) -> bool:
        """Return True, as the interface asks."""
        return True

    def readinto(self, buffer: object) -> int:
        """Fill a buffer with the next bytes and return how many."""
        view = memoryview(cast("bytearray", buffer)).cast("B")
        try:
            block = self._stream.read(len(view))
        except (*_ZIP_DAMAGE, tarfile.TarError) as error:
            if may_pass(error):
                raise
            raise Refused(Reason.ARCHIVE_DAMAGED, str(error)) from error
        view[: len(block)] = block
        return len(block)


def _zip_entries(stream: BinaryIO) -> int:
    """Return how many entries the end of a zip file promises, without reading its directory."""
    size = stream.seek(0, io.SEEK_END)
    stream.seek(max(0, size - _TAIL_BYTES))
    tail = stream.read(_TAIL_BYTES)
    stream.seek(0)
    at = tail.rfind(_END_OF_DIRECTORY)
    if at < 0 or len(tail) < at + 22:
        raise Refused(Reason.ARCHIVE_DAMAGED, "no zip directory at the end: cut, or no zip file")
    entries, directory_bytes = struct.unpack_from("<H I", tail, at + 10)[:2]
    at_64 = tail.rfind(_END_OF_DIRECTORY_64)
    if at_64 >= 0 and len(tail) >= at_64 + 56:
        entries, directory_bytes = struct.unpack_from("<Q Q", tail, at_64 + 32)
    return int(max(entries, min(directory_bytes, size) // (2 * _DIRECTORY_ENTRY_BYTES)))


def read_tar(blob: Blob, settings: Sources, read_member: Read) -> Iterator[Item]:
    """Yield what the regular members of a tar file hold.

    Raises:
        Refused: as for :func:`read_zip`, and ``stream.truncated`` where the archive lacks its end;
            what was yielded before stands.

    """
    _refuse_depth(blob, settings)
    ending = _Ending(blob.stream)
    try:
        with tarfile.open(
            fileobj=cast("BinaryIO", ending), mode="r|", errors="surrogateescape"
        ) as archive:
            for number, info in enumerate(archive):
                _refuse_count(number + 1, settings)
                archive.members = []  # type: ignore[attr-defined] # it keeps all, unasked
                if not info.isdir() and not (info.isreg() and _is_hidden(info.name)):
                    member = _named(blob, info.name, number)
                    yield from _tar_member(archive, info, member, settings, read_member)
    except tarfile.TarError as error:
        if ending.length == 0:
            raise Refused(Reason.CONTENT_EMPTY, "no bytes") from error
        if ending.length <= _TAR_BLOCK_BYTES or "unexpected end" not in str(error):
            raise Refused(Reason.ARCHIVE_DAMAGED, str(error)) from error
        raise Refused(Reason.STREAM_TRUNCATED, f"the tar archive ends early: {error}") from error
    except (ValueError, OverflowError) as error:  # tarfile lets bad numbers of headers through
        raise Refused(Reason.ARCHIVE_DAMAGED, str(error)) from error
    if not ending.is_blank:
        raise Refused(Reason.STREAM_TRUNCATED, "the tar archive lacks its closing blocks")


def _tar_member(
    archive: tarfile.TarFile,
    info: tarfile.TarInfo,
    member: Blob,
    settings: Sources,
    read_member: Read,
) -> Iterator[Item]:
    fault = _escape(info.name) if info.isreg() else "a link, a device or a pipe"
    if fault is not None:
        yield _refuse_member(member, Reason.ARCHIVE_MEMBER, fault)
        return
    opened = archive.extractfile(info)
    stream = cast("BinaryIO", io.BufferedReader(_Checked(opened)))
    yield from read_member(replace(member, stream=stream, size=info.size), settings)


class _Ending:
    """A stream that knows whether its last block was blank, as the end of a tar archive is."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._last = b""
        self.length = 0

    @property
    def is_blank(self) -> bool:
        return not self._last.strip(b"\0")

    def read(self, size: int) -> bytes:
        """Return the next bytes."""
        parts = []
        while size and (block := self._stream.read(size)):
            parts.append(block)
            size -= len(block)
        read = b"".join(parts)
        self._last = read[-_TAR_BLOCK_BYTES:] or self._last
        self.length += len(read)
        return read


def _named(blob: Blob, name: str, number: int) -> Blob:
    """Return the blob of a member, still without its bytes, under a name that can be written."""
    is_usable = name.isprintable() and 0 < len(name) <= _MAX_NAME_CHARS and name.strip() == name
    if is_usable:
        return blob.within(unicodedata.normalize("NFC", name), blob.stream)
    suffix = re.search(r"(?:\.[A-Za-z0-9]{1,8}){1,2}\Z", name.replace("\0", ""))
    synthetic = f"member-{number:06}{suffix[0] if suffix else ''}"
    return blob.within(synthetic, blob.stream, notes=(Reason.ARCHIVE_NAME,))


def _escape(name: str) -> str | None:
    """Say how a name leads out of the archive, or None where it does not."""
    parts = name.replace("\\", "/").split("/")
    if not parts[0] or _DRIVE.match(name):
        return "an absolute path"
    return "a path that climbs" if ".." in parts else None


def _is_hidden(name: str) -> bool:
    parts = name.rstrip("/").split("/")
    is_dotted = any(part.startswith(".") and part.strip(".") for part in parts)
    return is_dotted or parts[0] == "__MACOSX" or parts[-1] == FILE_NAME


def _refuse_member(member: Blob, reason: Reason, detail: str) -> Rejection:
    return refuse(member, "unknown", Refused(reason, detail))


def _refuse_depth(blob: Blob, settings: Sources) -> None:
    if blob.depth > settings.max_nesting:
        raise Refused(Reason.ARCHIVE_DEPTH, f"nested {blob.depth} deep")


def _refuse_count(count: int, settings: Sources) -> None:
    if count > settings.max_members:
        raise Refused(
            Reason.ARCHIVE_COUNT, f"{count} members or more; at most {settings.max_members}"
        )


def _seekable(blob: Blob, settings: Sources) -> BinaryIO:
    """Return the stream if it can be sought in, else its bytes in memory.

    Raises:
        Refused: a nested archive is larger than a batch may be.

    """
    if blob.stream.seekable():
        return blob.stream
    raw = blob.stream.read(settings.batch_bytes + 1)
    if len(raw) > settings.batch_bytes:
        raise Refused(Reason.SIZE_RECORD, f"a nested zip file over {settings.batch_bytes} bytes")
    return io.BytesIO(raw)
