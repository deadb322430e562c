"""Where raw files lie: a folder of the local disk, or an address that fsspec reaches.

Both are listed and opened in the same way, so that the rest of this stage does not ask which it is.
"""

import io
import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import Enum, auto
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Protocol, cast

from broadsheet.addresses import as_os_errors, is_address, open_store, storage_error
from broadsheet.config import FILE_NAME
from broadsheet.errors import StorageError

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

Place = str | os.PathLike[str]
"""A path of the local disk, or an address."""

_BUFFER_BYTES = 8 * 2**20  # of a stretch that is fetched at once; requests take tens of ms
_FETCHED_AT_ONCE = 8


class Kind(Enum):
    """What one entry of a folder is."""

    FILE = auto()
    FOLDER = auto()
    LINK = auto()
    LINK_OUT = auto()
    LINK_NOWHERE = auto()
    OTHER = auto()


class Root(Protocol):
    """A folder of raw files. Names are POSIX paths relative to it."""

    @property
    def opened_at_once(self) -> int:
        """Tell how many files may well be read at the same time."""

    def walk(self, is_foreign: Callable[[str], bool]) -> Iterator[str]:
        """Yield files, links and foreign folders; hidden entries and ``dataset.toml`` are none.

        Raises:
            StorageError: a folder may not be listed.

        """

    def is_file(self, name: str) -> bool:
        """Tell whether there is a file of this name."""

    def kind(self, name: str) -> Kind:
        """Say what an entry is."""

    def size(self, name: str) -> int:
        """Return the bytes of a file."""

    def count_files(self, name: str) -> int:
        """Count the files in a folder and below."""

    def open(self, name: str) -> BinaryIO:
        """Open a file; it can be sought in."""


def locate(folder: Path, place: str) -> Place:
    """Return where ``sources.path`` of a dataset's folder leads to."""
    if place.startswith("file://"):
        return Path(place.removeprefix("file://")).resolve()
    return place if is_address(place) else (folder / place).resolve()


def open_root(place: Place) -> Root:
    """Return the folder at a place.

    Raises:
        StorageError: it is no folder, or may not be reached.
        ConfigError: there is no such kind of address, or its library is not installed.

    """
    if is_address(str(place)):
        return StoreFolder(str(place).rstrip("/"))
    root = Path(place)
    if not root.is_dir():
        raise StorageError(f"{root} is no folder. Put the raw files there, or set sources.path.")
    return LocalFolder(root)


@dataclass(frozen=True, slots=True)
class LocalFolder:
    """A folder of the local disk."""

    path: Path
    opened_at_once: int = 1

    def walk(self, is_foreign: Callable[[str], bool]) -> Iterator[str]:
        """As :meth:`Root.walk`."""
        try:
            yield from self._walk("", is_foreign)
        except PermissionError as error:
            raise StorageError(f"{error.filename} may not be listed. Grant read access.") from error

    def _walk(self, folder: str, is_foreign: Callable[[str], bool]) -> Iterator[str]:
        with os.scandir(self.path / folder) as entries:
            for entry in entries:
                if _is_hidden(entry.name):
                    continue
                name = f"{folder}{entry.name}"
                if entry.is_dir(follow_symlinks=False) and not is_foreign(name):
                    yield from self._walk(f"{name}/", is_foreign)
                else:
                    yield name

    def is_file(self, name: str) -> bool:
        """As :meth:`Root.is_file`."""
        return (self.path / name).is_file()

    def kind(self, name: str) -> Kind:
        """As :meth:`Root.kind`; a link is never followed."""
        mode = (self.path / name).lstat().st_mode
        if stat.S_ISLNK(mode):
            return self._kind_of_link(name)
        kinds = {stat.S_IFREG: Kind.FILE, stat.S_IFDIR: Kind.FOLDER}
        return kinds.get(stat.S_IFMT(mode), Kind.OTHER)

    def _kind_of_link(self, name: str) -> Kind:
        try:
            target = (self.path / name).resolve(strict=True)
        except (OSError, RuntimeError):
            return Kind.LINK_NOWHERE
        return Kind.LINK if target.is_relative_to(self.path.resolve()) else Kind.LINK_OUT

    def size(self, name: str) -> int:
        """As :meth:`Root.size`."""
        return (self.path / name).stat().st_size

    def count_files(self, name: str) -> int:
        """As :meth:`Root.count_files`."""
        return sum(path.is_file() for path in (self.path / name).rglob("*"))

    def open(self, name: str) -> BinaryIO:
        """As :meth:`Root.open`."""
        return (self.path / name).open("rb")


@dataclass(slots=True)
class StoreFolder:
    """A folder of an object store: all that lies below a prefix. It is listed once, when asked."""

    address: str
    opened_at_once: int = _FETCHED_AT_ONCE
    _sizes: dict[str, int] | None = field(default=None, repr=False)
    _store: "AbstractFileSystem" = field(init=False, repr=False)
    _path: str = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._store, self._path = open_store(self.address)

    def require(self) -> None:
        """Refuse an address at which there is nothing, with one request.

        Raises:
            StorageError: there is no such folder, or it may not be reached.

        """
        try:
            with as_os_errors():
                self._store.invalidate_cache()
                found = self._store.info(self._path)
        except OSError as error:
            raise storage_error(self.address, error) from error
        if found["type"] != "directory":
            raise StorageError(f"{self.address} is one file. Name the folder that it lies in.")

    def walk(self, is_foreign: Callable[[str], bool]) -> Iterator[str]:
        """As :meth:`Root.walk`."""
        told: dict[str, bool] = {}
        for name in self._listed():
            parts = name.split("/")
            if any(_is_hidden(part) for part in parts):
                continue
            for depth in range(1, len(parts)):
                folder = "/".join(parts[:depth])
                if folder not in told:
                    told[folder] = is_foreign(folder)
                    if told[folder]:
                        yield folder
                if told[folder]:
                    break
            else:
                yield name

    def is_file(self, name: str) -> bool:
        """As :meth:`Root.is_file`."""
        return name in self._listed()

    def kind(self, name: str) -> Kind:
        """As :meth:`Root.kind`."""
        return Kind.FILE if self.is_file(name) else Kind.FOLDER

    def size(self, name: str) -> int:
        """As :meth:`Root.size`."""
        return self._listed()[name]

    def count_files(self, name: str) -> int:
        """As :meth:`Root.count_files`."""
        return sum(other.startswith(f"{name}/") for other in self._listed())

    def open(self, name: str) -> BinaryIO:
        """As :meth:`Root.open`; some MiB are fetched at once, never the whole."""
        with as_os_errors():
            file = self._store.open(
                f"{self._path}/{name}", "rb", block_size=_BUFFER_BYTES, cache_type="readahead"
            )
        return cast("BinaryIO", io.BufferedReader(_Fetched(file)))

    def _listed(self) -> dict[str, int]:
        """Return the size of each file, by its name.

        Raises:
            StorageError: the folder is not there, or may not be listed.

        """
        if self._sizes is None:
            try:
                with as_os_errors():
                    self._store.invalidate_cache()
                    found = self._store.find(self._path, detail=True)
            except OSError as error:
                raise storage_error(self.address, error) from error
            prefix = f"{self._path}/"
            self._sizes = {
                path.removeprefix(prefix): int(entry["size"] or 0)
                for path, entry in sorted(found.items())
                if path.startswith(prefix) and not path.endswith("/")
            }
        return self._sizes


class _Fetched(io.RawIOBase):
    """A file of a store whose faults are ``OSError``, whatever its library raises."""

    def __init__(self, file: BinaryIO) -> None:
        super().__init__()
        self._file = file

    def readable(self) -> bool:
        """Return True, as the interface asks."""
        return True

    def seekable(self) -> bool:
        """Return True, as the interface asks."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place and return it."""
        with as_os_errors():
            return self._file.seek(offset, whence)

    def readinto(self, buffer: object) -> int:
        """Fill a buffer with the next bytes and return how many."""
        view = memoryview(cast("bytearray", buffer)).cast("B")
        with as_os_errors():
            block = self._file.read(len(view))
        view[: len(block)] = block
        return len(block)

    def close(self) -> None:
        """Close the file."""
        self._file.close()
        super().close()


def _is_hidden(name: str) -> bool:
    """Tell whether an entry is passed over; a step to another folder is none to be hidden."""
    return (name.startswith(".") and name not in {".", ".."}) or name == FILE_NAME
