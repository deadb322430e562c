"""What lies in the folder of raw files."""

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import partial
from pathlib import PurePosixPath
from typing import Any, Self

from broadsheet.config import FILE_NAME, Sources
from broadsheet.errors import ConfigError
from broadsheet.reasons import Reason
from broadsheet.records import Rejection, Skipped, Source
from broadsheet.sources.blobs import EMPTY_SHA256, reject
from broadsheet.sources.cutting import Cutter, Part
from broadsheet.sources.digests import Digests
from broadsheet.sources.formats import Format, cut_inside, format_of
from broadsheet.sources.insides import CutInside, InsideCutter, cut_here
from broadsheet.sources.keeping import Keep
from broadsheet.sources.members import begins_record
from broadsheet.sources.roots import Kind, Place, Root, StoreFolder, open_root
from broadsheet.sources.sizes import sized_for
from broadsheet.sources.tables_in_parts import (
    ReadFooter,
    TableCutter,
    read_footer,
    table_cutter,
)

AnyCutter = Cutter | TableCutter | InsideCutter
CutterOf = Callable[[str, Format, int], AnyCutter | None]

_RELEASE_MARKS = ("manifest.json", "SHA256SUMS")
_BLOCK_BYTES = 2**20
_NOT_READ = {
    Kind.LINK_OUT: (Reason.IO_LINK, "the link leads out of the raw folder"),
    Kind.LINK_NOWHERE: (Reason.IO_LINK, "the link leads nowhere"),
    Kind.OTHER: (Reason.TYPE_UNSUPPORTED, "a device, pipe or socket"),
}


@dataclass(frozen=True, slots=True, order=True)
class RawFile:
    """A file of raw input.

    Attributes:
        path: POSIX path relative to the raw folder.
        size: bytes.
        sha256: hexadecimal digest of its bytes when it was discovered.
        parts: stretches of a large file that can be read by themselves; none where it is one.
        check: a quick digest of all its bytes.

    """

    path: str
    size: int
    sha256: str
    parts: tuple[Part, ...] = ()
    check: str = ""

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Self:
        """Return the file whose fields ``dataclasses.asdict`` gave."""
        return cls(**value | {"parts": tuple(Part(**part) for part in value["parts"])})


@dataclass(frozen=True, slots=True)
class Discovery:
    """What was found, each in the order of the paths.

    Attributes:
        files: what can be read.
        rejections: what cannot, with the reason. A file that could not be opened has length 0 and
            the digest of no bytes.
        skipped: what is no raw input: excluded files, links within the folder, datasets and
            releases below it. Hidden files and ``dataset.toml`` are not even counted.
        settings: the section ``[sources]``, its batches of the size that the corpus calls for.

    """

    files: tuple[RawFile, ...]
    rejections: tuple[Rejection, ...]
    settings: Sources
    skipped: tuple[Skipped, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoders:
    """All that native code decodes at discovery: in a run each works in a child process.

    Attributes:
        read_footer: reads the footers of Parquet files.
        cut_inside: tells the parts of what compressed files hold.
        begins_record: tells whether a compressed WARC record begins with some bytes.

    """

    read_footer: ReadFooter = read_footer
    cut_inside: CutInside = cut_here
    begins_record: Callable[[bytes], bool] = begins_record


def discover(
    place: Place, settings: Sources, *, decoders: Decoders = Decoders(), keep: Keep | None = None
) -> Discovery:
    """List and digest the raw files at a place, the same way on every file system and store.

    Every file is read once. Order is that of the POSIX paths, by code point.

    Args:
        place: the folder of raw files.
        settings: the section ``[sources]``.
        decoders: what decodes.
        keep: stores the parts of large compressed files, which are inflated here once; where they
            are not kept, each is found again by inflating all that lies before it.

    Raises:
        StorageError: the place is no folder, or may not be listed.

    """
    root = open_root(place)
    names = sorted(root.walk(partial(_is_foreign, root)))
    sizes = dict(_stored(root, names))
    settings = sized_for(sizes.items(), settings)
    cutter_of = partial(
        _cutter, place=place, root=root, settings=settings, decoders=decoders, keep=keep
    )
    look_at = partial(_look_at, root=root, sizes=sizes, settings=settings, cutter_of=cutter_of)
    if root.opened_at_once > 1:
        with ThreadPoolExecutor(root.opened_at_once) as threads:
            found = list(threads.map(look_at, names))
    else:
        found = [look_at(name) for name in names]
    return Discovery(
        files=tuple(item for item in found if isinstance(item, RawFile)),
        rejections=tuple(item for item in found if isinstance(item, Rejection)),
        settings=settings,
        skipped=tuple(item for item in found if isinstance(item, Skipped)),
    )


def _stored(root: Root, names: Iterable[str]) -> Iterator[tuple[str, int]]:
    """Yield files with their bytes, as far as the folder tells."""
    for name in names:
        with contextlib.suppress(OSError):
            if root.kind(name) is Kind.FILE:
                yield name, root.size(name)


def require_raw_files(place: Place) -> None:
    """Refuse a place at which there is nothing to discover; cheap, for a check before a run.

    Raises:
        StorageError: the place is no folder, or may not be reached.
        ConfigError: it is empty but for hidden files and ``dataset.toml``.

    """
    root = open_root(place)
    if isinstance(root, StoreFolder):
        root.require()  # a whole listing is not cheap
    elif next(root.walk(partial(_is_foreign, root)), None) is None:
        raise ConfigError(f"{place} holds no raw files. Put them there, or set sources.path.")


def _is_foreign(root: Root, folder: str) -> bool:
    return _foreign(root, folder) is not None


def _foreign(root: Root, folder: str) -> Reason | None:
    """Say why a folder below the root is no raw input, or None where it is."""
    if root.is_file(f"{folder}/{FILE_NAME}"):
        return Reason.INPUT_DATASET
    if _is_release(root, folder):
        return Reason.INPUT_RELEASE
    # The folder that publishing keeps releases in: a link to the newest, beside all of them.
    if _is_release(root, f"{folder}/latest"):
        return Reason.INPUT_RELEASE
    if _is_side_folder(root, folder):
        return Reason.INPUT_PART
    return None


def _is_side_folder(root: Root, folder: str) -> bool:
    """Tell whether a browser saved the images and scripts of a page beside it here."""
    stem = folder.removesuffix("_files").removesuffix(".files")
    return stem != folder and any(root.is_file(stem + suffix) for suffix in (".html", ".htm"))


def _is_release(root: Root, folder: str) -> bool:
    return all(root.is_file(f"{folder}/{mark}") for mark in _RELEASE_MARKS)


def _look_at(
    name: str, root: Root, sizes: Mapping[str, int], settings: Sources, cutter_of: CutterOf
) -> RawFile | Rejection | Skipped:
    """Say what one entry of the folder is."""
    shown = name.encode("utf-8", "backslashreplace").decode()
    last = PurePosixPath(name).name
    if any(fnmatchcase(name, glob) or fnmatchcase(last, glob) for glob in settings.exclude):
        return Skipped(path=shown, member=None, reason=Reason.INPUT_EXCLUDED.value, count=1)
    if shown != name:
        return _refuse(shown, Reason.IO_NAME, "the name's bytes are not valid UTF-8")
    if not {"", ".", ".."}.isdisjoint(name.split("/")):  # a store takes any name
        return _refuse(name, Reason.IO_NAME, "a name that leads elsewhere on a disk")
    try:
        size = sizes.get(name)
        return _look_at_named(name, size, root, settings, cutter_of)
    except OSError as error:
        reason = Reason.IO_PERMISSION if isinstance(error, PermissionError) else Reason.IO_FAILED
        return _refuse(name, reason, error.strerror or str(error))


def _look_at_named(
    name: str, size: int | None, root: Root, settings: Sources, cutter_of: CutterOf
) -> RawFile | Rejection | Skipped:
    """Say what an entry is, of which the size is known if it is a file."""
    kind = root.kind(name) if size is None else Kind.FILE
    if kind is Kind.FILE:
        size = root.size(name) if size is None else size
        return _oversized(name, size, settings) or _digest(name, size, root, cutter_of)
    if kind is Kind.LINK:
        return Skipped(path=name, member=None, reason=Reason.INPUT_LINK.value, count=1)
    if kind is Kind.FOLDER:
        reason = _foreign(root, name) or Reason.INPUT_DATASET
        count = root.count_files(name) if reason is Reason.INPUT_PART else 1
        return Skipped(path=name, member=None, reason=reason.value, count=count)
    return _refuse(name, *_NOT_READ[kind])


def _oversized(name: str, size: int, settings: Sources) -> Rejection | None:
    """Return the rejection of a file of one record that is over the limit; it is not read."""
    format_ = format_of(name)
    if format_ is None or not format_.is_single or size <= settings.max_record_bytes:
        return None
    source = Source(name, None, 0, size, EMPTY_SHA256, format_.name)
    detail = f"{size} bytes; at most {settings.max_record_bytes} are allowed"
    return reject(source, Reason.SIZE_RECORD, detail)


def _digest(name: str, expected: int, root: Root, cutter_of: CutterOf) -> RawFile | Rejection:
    """Read a file once, for its size, its digest and its parts."""
    format_ = format_of(name)
    digests, size, head = Digests(), 0, b""
    cutter = cutter_of(name, format_, expected) if format_ else None
    with root.open(name) as stream:
        while block := stream.read(_BLOCK_BYTES):
            digests.update(block)
            size += len(block)
            head = head or block[:1_000]
            if cutter is not None:
                cutter.feed(block)
    if format_ is None:
        source = Source(name, None, 0, size, digests.sha256(), "unknown")
        suffix = PurePosixPath(name).suffix or "a name without ending"
        return reject(source, Reason.TYPE_UNSUPPORTED, f"no reader for {suffix}", head)
    parts = cutter.parts() if cutter else ()
    return RawFile(name, size, digests.sha256(), parts, digests.check())


def _cutter(
    name: str,
    format_: Format,
    size: int,
    *,
    place: Place,
    root: Root,
    settings: Sources,
    decoders: Decoders,
    keep: Keep | None,
) -> AnyCutter | None:
    """Return what divides a file into parts, where it can be divided and may be worth it."""
    if format_.compression is not None:
        is_large = size > settings.batch_bytes // settings.max_ratio
        if cut_inside(name) is None or not is_large:
            return None
        return InsideCutter(partial(decoders.cut_inside, place, name, settings, keep))
    if format_.is_table:
        with root.open(name) as file:
            return table_cutter(file, format_.name, settings, decoders.read_footer)
    if format_.cut is None or size <= _BLOCK_BYTES:
        return None
    return Cutter(format_.cut, settings, begins_record=decoders.begins_record)


def _refuse(name: str, reason: Reason, detail: str) -> Rejection:
    format_ = format_of(name)
    known = format_.name if format_ else "unknown"
    return reject(Source(name, None, 0, 0, EMPTY_SHA256, known), reason, detail)
