"""Releases to and from an object store or any other file system that fsspec reaches.

Data first, then the manifest: a reader takes a version for published when it has its manifest.
Every object is created and never overwritten (``If-None-Match: *`` on S3), so that of two
publishers with other content one fails, and nothing of the other's is changed. Credentials come
from where the file system's own library looks for them.
"""

import hashlib
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from fsspec import AbstractFileSystem
from fsspec.implementations.local import LocalFileSystem

from broadsheet.addresses import as_os_errors, open_store
from broadsheet.errors import PublishError, VersionConflictError
from broadsheet.fingerprint import digest_file
from broadsheet.publish import layout
from broadsheet.publish.files import storage_errors
from broadsheet.publish.manifest import read_manifest
from broadsheet.publish.targets import Upload
from broadsheet.publish.verification import require_release, require_sound

_BLOCK_BYTES: Final = 2**20
_OBJECT_STORES: Final = frozenset({"s3", "s3a", "gs", "gcs", "az", "abfs", "abfss"})
"""Protocols of stores without folders, where making one could make a bucket that nobody wants."""


def publish_to_store(release: Path, url: str, *, is_dry_run: bool = False) -> Upload:
    """Copy a release to a folder of a store, below its version.

    A run that was cut is resumed by the next: an object that is there is compared by its digest,
    and one that is not is made. All are read back before the manifest is written, and that after.

    Args:
        release: the folder of the release.
        url: where the versions lie, such as ``s3://bucket/news``.
        is_dry_run: whether to change nothing and only say what would be done.

    Raises:
        ConfigError: the library for this kind of store is not installed, or there is no such kind.
        PublishError: the release is not sound, or the store holds something else afterwards.
        VersionConflictError: the store has the version, or a part of it, with another content.
        StorageError: the store failed.

    """
    require_release(release)
    require_sound(release)
    store, folder = open_store(url)
    target = f"{folder}/{release.resolve().name}"
    names = list(layout.files_of(release))
    with storage_errors(f"Publishing to {url}"), as_os_errors():
        missing = _missing(store, target, release, names)
        size = sum((release / name).stat().st_size for name in missing)
        upload = Upload(url, not missing, missing, (), size)
        if is_dry_run or upload.is_done:
            return upload
        for name in missing:
            if name != layout.MANIFEST:
                _create(store, f"{target}/{name}", release / name)
        _read_back(store, target, release, (name for name in names if name != layout.MANIFEST))
        _create(store, f"{target}/{layout.MANIFEST}", release / layout.MANIFEST)
        _read_back(store, target, release, [layout.MANIFEST])
    return upload


def fetch_releases(url: str, dataset_dir: Path) -> None:
    """Make a folder hold what the next release needs to know of those in a store.

    That is the newest release whole, and of the ones before it the manifest and the results.
    What is there and as stated is not fetched again; what the store does not have is removed.

    Args:
        url: where the versions lie, such as ``s3://bucket/news``.
        dataset_dir: a folder of the local disk that belongs to this store alone.

    Raises:
        ConfigError: as :func:`publish_to_store`.
        StorageError: the store failed.

    """
    store, folder = open_store(url)
    with storage_errors(f"Fetching {url}"):
        versions = _versions_in(store, folder)
        for version in layout.versions_of(dataset_dir):
            if version not in versions:
                shutil.rmtree(dataset_dir / str(version))
        for version in versions:
            is_newest = version == versions[-1]
            _fetch_release(store, f"{folder}/{version}", dataset_dir / str(version), is_newest)


def _versions_in(store: AbstractFileSystem, folder: str) -> list[layout.Version]:
    """Return the versions that a store holds whole, oldest first."""
    store.invalidate_cache()
    if not store.isdir(folder):
        return []
    names = (path.rstrip("/").rsplit("/", 1)[-1] for path in store.ls(folder, detail=False))
    found = (name for name in names if layout.is_version(name))
    whole = (name for name in found if store.exists(f"{folder}/{name}/{layout.MANIFEST}"))
    return sorted(map(layout.Version.parse, whole))


def _fetch_release(store: AbstractFileSystem, source: str, target: Path, is_whole: bool) -> None:  # noqa: FBT001 - named where it is called
    _fetch(store, source, target, layout.MANIFEST)
    stated: dict[str, dict[str, str]] = read_manifest(target)["files"]
    names = {layout.RESULTS} & set(stated)
    if is_whole:
        names = {path.removeprefix(f"{source}/") for path in store.find(source)}
    for name in sorted(names - {layout.MANIFEST}):
        path = target / name
        is_known = name in stated and path.is_file() and digest_file(path) == stated[name]["sha256"]
        if not is_known:
            _fetch(store, source, target, name)


def _fetch(store: AbstractFileSystem, source: str, target: Path, name: str) -> None:
    path = target / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)  # it may be shared with another release, and is read-only
    store.get_file(f"{source}/{name}", str(path))


def _missing(
    store: AbstractFileSystem, target: str, release: Path, names: Iterable[str]
) -> tuple[str, ...]:
    """Return the files of a release that a store does not have; one listing asks for all.

    Raises:
        VersionConflictError: it has one of them with another content.

    """
    store.invalidate_cache()  # what an earlier publisher in this process saw may be old
    try:
        found = store.find(target, detail=True)
    except FileNotFoundError:
        found = {}
    sizes = {path.removeprefix(f"{target}/"): entry["size"] for path, entry in found.items()}
    there = [name for name in names if name in sizes]
    for name in there:
        if sizes[name] != (release / name).stat().st_size:
            raise _conflict(f"{target}/{name}")
        _require_same(store, f"{target}/{name}", release / name)
    return tuple(name for name in names if name not in sizes)


def _require_same(store: AbstractFileSystem, target: str, path: Path) -> None:
    if _digest(store, target) != digest_file(path):
        raise _conflict(target)


def _conflict(target: str) -> VersionConflictError:
    return VersionConflictError(
        f"{target} exists with another content; nothing was changed. Publish the next version, or "
        "remove what a broken upload left there."
    )


def _create(store: AbstractFileSystem, target: str, path: Path) -> None:
    protocols = {store.protocol} if isinstance(store.protocol, str) else set(store.protocol)
    if not protocols & _OBJECT_STORES:
        store.makedirs(store._parent(target), exist_ok=True)  # noqa: SLF001 - fsspec has no public name
    try:
        if isinstance(store, LocalFileSystem):  # where fsspec would overwrite
            _create_locally(Path(target), path)
        else:
            store.put_file(str(path), target, mode="create")
    except FileExistsError:  # another publisher was quicker, or only the answer was lost
        _require_same(store, target, path)


def _create_locally(target: Path, path: Path) -> None:
    partial = target.with_name(f".{target.name}.part")
    try:
        shutil.copyfile(path, partial)
        target.hardlink_to(partial)  # unlike a rename, fails where the target exists
    finally:
        partial.unlink(missing_ok=True)


def _read_back(store: AbstractFileSystem, target: str, release: Path, names: Iterable[str]) -> None:
    if gone := _missing(store, target, release, list(names)):
        raise PublishError(f"{target}/{gone[0]} is gone after its upload; run again.")


def _digest(store: AbstractFileSystem, target: str) -> str:
    digest = hashlib.sha256()
    with store.open(target, "rb") as file:
        while block := file.read(_BLOCK_BYTES):
            digest.update(block)
    return digest.hexdigest()
