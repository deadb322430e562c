"""The work folder: where batches are staged, and how a folder comes into being at once.

It lies on the local disk, or at an address of a store that workers on other machines reach, too.
"""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

import orjson

from broadsheet.addresses import as_os_errors, is_address, open_store
from broadsheet.fingerprint import digest_file
from broadsheet.records import Accounts

Json = dict[str, Any]
Place = str | os.PathLike[str]
"""A path of the local disk, or an address."""

ARTICLES = "articles.parquet"
QUARANTINE = "quarantine.parquet"
KEYS = "keys.parquet"
VERDICT = "verdict.json"
COUNTS = "counts.json"
RESULT = "result.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class StagedBatch:
    """A finished batch: where it lies, what it holds, and the digests that prove it.

    ``files`` maps the name of each file to its SHA-256. ``accounts.duplicates`` is 0: copies are
    told across batches, later. ``skipped`` are the entries that are no articles.
    """

    folder: str
    accounts: Accounts
    files: dict[str, str]
    skipped: tuple[Json, ...] = ()

    def to_json(self) -> Json:
        """Return the batch as JSON values, for a task's result."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: Json) -> Self:
        """Return the batch of :meth:`to_json`."""
        return cls(
            folder=value["folder"],
            accounts=Accounts(**value["accounts"]),
            files=value["files"],
            skipped=tuple(value["skipped"]),
        )

    def path(self, name: str) -> Path:
        """Return where one of its files lies."""
        return Path(self.folder) / name

    def damaged_file(self) -> str | None:
        """Return the name of a file that is not as it was staged, if there is one."""
        digests = ((name, digest_file(self.path(name)) == sha) for name, sha in self.files.items())
        return next((name for name, is_sound in digests if not is_sound), None)


def join(place: Place, *names: str) -> str:
    """Return the place below another."""
    return "/".join([str(place).rstrip("/"), *names])


def write_json(place: Place, value: Any) -> None:  # noqa: ANN401 - whatever orjson writes
    """Write a JSON value, the same bytes for equal values; folders are made as needed."""
    content = orjson.dumps(value, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2)
    if is_address(str(place)):
        store, path = open_store(str(place))
        store.pipe_file(path, content)
    else:
        Path(place).parent.mkdir(parents=True, exist_ok=True)
        Path(place).write_bytes(content)


def parts_of(work: Place) -> str:
    """Return where a work folder keeps the parts of large compressed files while a run lasts."""
    return join(work, "parts")


def keep_file(folder: Place, name: str, content: bytes) -> None:
    """Write a file, whole or not at all, if it is not there; one that nothing depends on.

    Where it cannot be written nothing is raised, as the run can do without it.
    """
    with contextlib.suppress(OSError):
        if is_address(str(folder)):
            store, path = open_store(str(folder))
            with as_os_errors():
                store.pipe_file(f"{path}/{name}", content)
            return
        target = Path(folder) / name
        if target.exists():
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=target.parent, prefix=".tmp-", delete=False) as file:
            fresh = Path(file.name)
            try:
                file.write(content)
                file.close()
                fresh.replace(target)
            finally:
                fresh.unlink(missing_ok=True)


def replace_kept(path: Path, write: Callable[[Path], None]) -> None:
    """Write a file anew, whole or not at all; one that nothing depends on.

    Where it cannot be written the one before stays, as the run can do without it.
    """
    fresh = path.with_suffix(".new")
    with contextlib.suppress(OSError):
        write(fresh)
        fresh.replace(path)


def drop_folder(folder: Place) -> None:
    """Remove a folder that nothing depends on, if it is there and can be removed."""
    if not is_address(str(folder)):
        shutil.rmtree(folder, ignore_errors=True)
        return
    store, path = open_store(str(folder))
    with contextlib.suppress(OSError), as_os_errors():
        store.rm(path, recursive=True)


def names_in(folder: Place) -> list[str]:
    """Return the names of the folders in a folder; none where there is no such folder."""
    if is_address(str(folder)):
        store, path = open_store(str(folder))
        store.invalidate_cache()
        found = store.ls(path, detail=True) if store.isdir(path) else []
        names = [entry["name"] for entry in found if entry["type"] == "directory"]
        return sorted(name.rstrip("/").rsplit("/", 1)[-1] for name in names)
    if not Path(folder).is_dir():
        return []
    return sorted(entry.name for entry in Path(folder).iterdir() if entry.is_dir())


def read_bytes(place: Place) -> bytes:
    """Return the content of a file."""
    if is_address(str(place)):
        store, path = open_store(str(place))
        content: bytes = store.cat_file(path)
        return content
    return Path(place).read_bytes()


def read_json(place: Place) -> Any:  # noqa: ANN401 - whatever is written there
    """Read a JSON value."""
    return orjson.loads(read_bytes(place))


@contextlib.contextmanager
def appears_at_once(folder: Place) -> Iterator[Path]:
    """Yield a fresh folder that becomes ``folder`` when the block ends well, and else vanishes.

    Where another worker finished the same folder first, its work is kept and ours is dropped: both
    are named after the digest of all that they were made from, so they are equal. A store has no
    folders to rename: there ``result.json`` comes last, and what has none is not there yet.
    """
    if is_address(str(folder)):
        with tempfile.TemporaryDirectory(prefix="broadsheet-batch-") as made:
            yield Path(made)
            _upload(Path(made), str(folder))
        return
    target = Path(folder)
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=".tmp-", dir=target.parent))
    try:
        yield fresh
        try:
            fresh.rename(target)
        except OSError:
            if not target.is_dir():
                raise
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _upload(fresh: Path, address: str) -> None:
    store, folder = open_store(address)
    for path in sorted(fresh.iterdir(), key=lambda path: (path.name == RESULT, path.name)):
        store.pipe_file(f"{folder}/{path.name}", path.read_bytes())


def find_staged(folder: Place) -> StagedBatch | None:
    """Return the batch that is staged in a folder, if it is whole; a damaged one is removed.

    In a store it is whole if it has its result: what lies there is digested when it is fetched.
    """
    if is_address(str(folder)):
        try:
            return StagedBatch.from_json(read_json(join(folder, RESULT)))
        except FileNotFoundError:
            return None
    path = Path(folder)
    if not path.is_dir():
        return None
    try:
        staged = StagedBatch.from_json(read_json(path / RESULT) | {"folder": str(path)})
        if staged.damaged_file() is None:
            return staged
    except (OSError, ValueError, KeyError, TypeError):
        pass  # as good as damaged: worked again
    shutil.rmtree(path)
    return None


def shown_path(path: Path) -> str:
    """Return a path as a person would type it from here."""
    return os.path.relpath(path) if path.is_relative_to(Path.cwd()) else str(path)
