"""What lies in the folder of raw files."""

import hashlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from broadsheet.config import FILE_NAME, Sources
from broadsheet.errors import ConfigError, StorageError
from broadsheet.reasons import Reason
from broadsheet.records import Rejection, Skipped, Source
from broadsheet.sources.blobs import EMPTY_SHA256, reject
from broadsheet.sources.cutting import Cutter, Part
from broadsheet.sources.formats import Format, format_of
from broadsheet.sources.tables_in_parts import TableCutter, table_cutter

_RELEASE_MARKS = ("manifest.json", "SHA256SUMS")
_BLOCK_BYTES = 2**20


@dataclass(frozen=True, slots=True, order=True)
class RawFile:
    """A file of raw input.

    Attributes:
        path: POSIX path relative to the raw folder.
        size: bytes.
        sha256: hexadecimal digest of its bytes when it was discovered.
        parts: stretches of a large file that can be read by themselves; none where it is one.

    """

    path: str
    size: int
    sha256: str
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Discovery:
    """What was found, each in the order of the paths.

    Attributes:
        files: what can be read.
        rejections: what cannot, with the reason. A file that could not be opened has length 0 and
            the digest of no bytes.
        skipped: what is no raw input: excluded files, links within the folder, datasets and
            releases below it. Hidden files and ``dataset.toml`` are not even counted.

    """

    files: tuple[RawFile, ...]
    rejections: tuple[Rejection, ...]
    skipped: tuple[Skipped, ...] = ()


def discover(root: Path, settings: Sources) -> Discovery:
    """List and digest the raw files below ``root``, the same way on every file system.

    Every file is read once. Order is that of the POSIX paths, by code point.

    Raises:
        StorageError: ``root`` is no folder, or may not be listed.

    """
    if not root.is_dir():
        raise StorageError(f"{root} is no folder. Put the raw files there, or set sources.path.")
    try:
        entries = sorted(_walk(root, root), key=lambda entry: _relative(entry, root))
    except PermissionError as error:
        raise StorageError(f"{error.filename} may not be listed. Grant read access.") from error
    found = [_look_at(entry, root, settings) for entry in entries]
    return Discovery(
        files=tuple(item for item in found if isinstance(item, RawFile)),
        rejections=tuple(item for item in found if isinstance(item, Rejection)),
        skipped=tuple(item for item in found if isinstance(item, Skipped)),
    )


def require_raw_files(root: Path) -> None:
    """Refuse a folder in which there is nothing to discover; cheap, for a check before a run.

    Raises:
        StorageError: ``root`` is no folder.
        ConfigError: it is empty but for hidden files and ``dataset.toml``.

    """
    if not root.is_dir():
        raise StorageError(f"{root} is no folder. Put the raw files there, or set sources.path.")
    if next(_walk(root, root), None) is None:
        raise ConfigError(f"{root} holds no raw files. Put them there, or set sources.path.")


def _walk(folder: Path, root: Path) -> Iterator[Path]:
    """Yield what is to be looked at: files, links and folders that are not entered."""
    with os.scandir(folder) as entries:
        for entry in entries:
            path = Path(entry.path)
            if entry.name.startswith(".") or entry.name == FILE_NAME:
                continue
            if entry.is_dir(follow_symlinks=False) and _foreign(path) is None:
                yield from _walk(path, root)
            else:
                yield path


def _foreign(folder: Path) -> Reason | None:
    """Say why a folder below the root is no raw input, or None where it is."""
    if (folder / FILE_NAME).is_file():
        return Reason.INPUT_DATASET
    if _is_release(folder):
        return Reason.INPUT_RELEASE
    # The folder that publishing keeps releases in: a link to the newest, beside all of them.
    if _is_release(folder / "latest"):
        return Reason.INPUT_RELEASE
    if _is_side_folder(folder):
        return Reason.INPUT_PART
    return None


def _is_side_folder(folder: Path) -> bool:
    """Tell whether a browser saved the images and scripts of a page beside it here."""
    stem = folder.name.removesuffix("_files").removesuffix(".files")
    pages = (folder.with_name(stem + suffix) for suffix in (".html", ".htm"))
    return stem != folder.name and any(page.is_file() for page in pages)


def _is_release(folder: Path) -> bool:
    return all((folder / mark).is_file() for mark in _RELEASE_MARKS)


def _relative(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix()


def _look_at(path: Path, root: Path, settings: Sources) -> RawFile | Rejection | Skipped:
    """Say what one entry of the folder is."""
    name = _relative(path, root)
    shown = name.encode("utf-8", "backslashreplace").decode()
    if any(fnmatchcase(name, glob) or fnmatchcase(path.name, glob) for glob in settings.exclude):
        return Skipped(path=shown, member=None, reason=Reason.INPUT_EXCLUDED.value, count=1)
    if shown != name:
        return _refuse(shown, Reason.IO_NAME, "the name's bytes are not valid UTF-8")
    try:
        return _look_at_named(path, name, root, settings)
    except OSError as error:
        reason = Reason.IO_PERMISSION if isinstance(error, PermissionError) else Reason.IO_FAILED
        return _refuse(name, reason, error.strerror or str(error))


def _look_at_named(
    path: Path, name: str, root: Path, settings: Sources
) -> RawFile | Rejection | Skipped:
    mode = path.lstat().st_mode
    if stat.S_ISREG(mode):
        return _oversized(path, name, settings) or _digest(path, name, settings)
    if stat.S_ISLNK(mode):
        return _look_at_link(path, root, name)
    if stat.S_ISDIR(mode):
        reason = _foreign(path) or Reason.INPUT_DATASET
        is_part = reason is Reason.INPUT_PART
        count = sum(p.is_file() for p in path.rglob("*")) if is_part else 1
        return Skipped(path=name, member=None, reason=reason.value, count=count)
    return _refuse(name, Reason.TYPE_UNSUPPORTED, "a device, pipe or socket")


def _look_at_link(path: Path, root: Path, name: str) -> Rejection | Skipped:
    try:
        is_inside = path.resolve(strict=True).is_relative_to(root.resolve())
    except (OSError, RuntimeError):
        return _refuse(name, Reason.IO_LINK, "the link leads nowhere")
    if not is_inside:
        return _refuse(name, Reason.IO_LINK, "the link leads out of the raw folder")
    return Skipped(path=name, member=None, reason=Reason.INPUT_LINK.value, count=1)


def _oversized(path: Path, name: str, settings: Sources) -> Rejection | None:
    """Return the rejection of a file of one record that is over the limit; it is not read."""
    format_ = format_of(name)
    size = path.stat().st_size
    if format_ is None or not format_.is_single or size <= settings.max_record_bytes:
        return None
    source = Source(name, None, 0, size, EMPTY_SHA256, format_.name)
    detail = f"{size} bytes; at most {settings.max_record_bytes} are allowed"
    return reject(source, Reason.SIZE_RECORD, detail)


def _digest(path: Path, name: str, settings: Sources) -> RawFile | Rejection:
    """Read a file once, for its size, its digest and its parts."""
    format_ = format_of(name)
    digest, size, head = hashlib.sha256(), 0, b""
    cutter = _cutter(path, format_, settings) if format_ else None
    with path.open("rb", buffering=0) as stream:
        while block := stream.read(_BLOCK_BYTES):
            digest.update(block)
            size += len(block)
            head = head or block[:1_000]
            if cutter is not None:
                cutter.feed(block)
    if format_ is None:
        source = Source(name, None, 0, size, digest.hexdigest(), "unknown")
        suffix = path.suffix or "a name without ending"
        return reject(source, Reason.TYPE_UNSUPPORTED, f"no reader for {suffix}", head)
    return RawFile(name, size, digest.hexdigest(), cutter.parts() if cutter else ())


def _cutter(path: Path, format_: Format, settings: Sources) -> Cutter | TableCutter | None:
    """Return what divides a file into parts, where it can be divided and may be worth it."""
    if format_.is_table:
        return table_cutter(path, format_.name, settings)
    is_large = path.stat().st_size > _BLOCK_BYTES
    return Cutter(format_.cut, settings) if format_.cut and is_large else None


def _refuse(name: str, reason: Reason, detail: str) -> Rejection:
    format_ = format_of(name)
    known = format_.name if format_ else "unknown"
    return reject(Source(name, None, 0, 0, EMPTY_SHA256, known), reason, detail)
