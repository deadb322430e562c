"""A staged release becomes a release in one step, and the dataset's folder shows it."""

import os
from pathlib import Path

from broadsheet.errors import PublishError, VersionConflictError
from broadsheet.publish import layout
from broadsheet.publish.card import render_index
from broadsheet.publish.files import (
    rename_into_place,
    replace_file,
    replace_link,
    share,
    storage_errors,
    sync,
    sync_tree,
)
from broadsheet.publish.layout import Version
from broadsheet.publish.manifest import read_manifest
from broadsheet.publish.verification import verify

_FILE_MODE = 0o444  # a release never changes; unchanged shards are shared between releases


def _share_unchanged(staging: Path, previous: Path | None) -> None:
    """Replace staged files that the release before has, too, by hard links to those."""
    theirs = _files_by_digest(previous) if previous else {}
    for digest, path in _files_by_digest(staging).items():
        if digest in theirs:
            share(path, theirs[digest])


def _files_by_digest(release: Path) -> dict[str, Path]:
    files = read_manifest(release)["files"]
    return {stated["sha256"]: release / name for name, stated in files.items()}


def commit(staging: Path, dataset_dir: Path, version: Version) -> Path:
    """Make a staged release visible under its version, whole and on the disk.

    Files that the newest release has, too, are shared with it as hard links.

    Args:
        staging: the folder from ``open_staging``, with all its documents.
        dataset_dir: the folder of the dataset's releases.
        version: the version that the documents state.

    Returns:
        The folder of the release. It may have been there already, with the same content.

    Raises:
        PublishError: the staged release does not verify.
        VersionConflictError: the version exists with another content.
        StorageError: writing failed; nothing was made visible.

    """
    if problems := verify(staging):
        message = (
            f"The new release was not written as stated ({problems[0].path}: "
            f"{problems[0].message}); nothing was published. Check the disk and run again."
        )
        raise PublishError(message)
    target = dataset_dir / str(version)
    with storage_errors(f"Publishing {target}"):
        _share_unchanged(staging, layout.newest_release(dataset_dir))
        for name in layout.files_of(staging):
            os.chmod(staging / name, _FILE_MODE)  # noqa: PTH101 - as the rest of this block, by the system's names
        sync_tree(staging)
        try:
            rename_into_place(staging, target)
        except FileExistsError:
            _require_same(staging, target)
        sync(dataset_dir)
    show_releases(dataset_dir)
    return target


def show_releases(dataset_dir: Path) -> None:
    """Point ``latest`` to the newest release and list all of them in the dataset's card.

    Both follow from the releases alone, so that a run after a crash mends them.

    Raises:
        StorageError: writing failed.

    """
    with storage_errors(f"Updating {dataset_dir}"):
        if versions := layout.versions_of(dataset_dir):
            manifests = [read_manifest(dataset_dir / str(version)) for version in versions]
            replace_file(dataset_dir / layout.CARD, render_index(manifests))
            replace_link(dataset_dir / layout.LATEST, str(versions[-1]))


def _require_same(staging: Path, target: Path) -> None:
    mine, theirs = ((path / layout.CHECKSUMS) for path in (staging, target))
    if not theirs.is_file() or mine.read_bytes() != theirs.read_bytes():
        message = (
            f"{target} exists with another content; nothing was changed. "
            "Build again to get the next version, or name a higher one."
        )
        raise VersionConflictError(message)
