"""Files that are complete or absent: digests, syncing, replacing, renaming without overwriting."""

import contextlib
import ctypes
import errno
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from broadsheet.errors import StorageError

_AT_FDCWD = -100
_RENAME_NOREPLACE = 1  # linux/fs.h
_RENAME_EXCL = 4  # sys/stdio.h of macOS
_UNSUPPORTED = {errno.ENOSYS, errno.EINVAL, errno.ENOTSUP}
_ALREADY_THERE = {errno.EEXIST, errno.ENOTEMPTY}


@contextlib.contextmanager
def storage_errors(doing: str) -> Iterator[None]:
    """Turn an ``OSError`` into a ``StorageError`` that says what was being done, and to which file.

    Raises:
        StorageError: the block raised an ``OSError``.

    """
    try:
        yield
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        remedy = {
            errno.ENOSPC: " Free some space and run again.",
            errno.EDQUOT: " Free some space or raise the quota, and run again.",
            errno.EFBIG: " Raise the file-size limit (`ulimit -f`) and run again.",
            errno.EACCES: " Grant permission or choose another folder.",
            errno.EROFS: " Choose a folder that can be written.",
        }.get(error.errno or 0, "")
        reason = error.strerror or str(error)
        raise StorageError(f"{doing} failed: {reason}{where}.{remedy}") from error


def sync(path: Path) -> None:
    """Wait until a file's bytes, or a folder's entries, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_tree(folder: Path) -> None:
    """Sync every file and folder below, and the folder itself."""
    for root, _, names in os.walk(folder, topdown=False):
        for name in names:
            sync(Path(root, name))
        sync(Path(root))


def replace_file(path: Path, content: bytes) -> None:
    """Write a file so that a reader sees the old content or the new, never a part."""
    if path.is_file() and path.read_bytes() == content:
        return
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    sync(path.parent)


def replace_link(path: Path, target: str) -> None:
    """Point a symbolic link at a target in the same folder, atomically."""
    if path.is_symlink() and path.readlink() == Path(target):
        return
    fresh = path.with_name(f".{path.name}-new")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(target)
    fresh.replace(path)
    sync(path.parent)


def rename_into_place(source: Path, target: Path) -> None:
    """Rename a folder, in one step that never overwrites.

    A plain ``rename`` replaces an empty folder without a word; where the system or its file system
    has no exclusive rename, the target is looked for first (the caller holds the dataset's lock).

    Raises:
        FileExistsError: the target exists.
        OSError: the rename failed.

    """
    failure = _exclusive_rename(os.fsencode(source), os.fsencode(target))
    if failure in _UNSUPPORTED:
        if os.path.lexists(target):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target))
        source.rename(target)
    elif failure in _ALREADY_THERE:
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target))
    elif failure:
        raise OSError(failure, os.strerror(failure), str(target))


def _exclusive_rename(source: bytes, target: bytes) -> int:
    """Call the system's exclusive rename and return its ``errno``, 0 where it worked."""
    library = ctypes.CDLL(None, use_errno=True)
    if sys.platform == "linux" and hasattr(library, "renameat2"):
        done = library.renameat2(_AT_FDCWD, source, _AT_FDCWD, target, _RENAME_NOREPLACE)
    elif sys.platform == "darwin" and hasattr(library, "renamex_np"):
        done = library.renamex_np(source, target, _RENAME_EXCL)
    else:
        return errno.ENOSYS
    return ctypes.get_errno() if done else 0


def share(path: Path, twin: Path) -> bool:
    """Make a file a hard link to one with the same content; tell whether the system let us."""
    if path.samefile(twin):  # to rename one name of a file to another does nothing
        return True
    link = path.with_name(f".{path.name}-link")
    try:
        link.hardlink_to(twin)
    except OSError:  # another file system, or one without hard links: a copy serves as well
        return False
    link.replace(path)
    return True


def link_or_copy(source: Path, target: Path) -> None:
    """Give a file another name, or copy it where the system has no hard links."""
    try:
        target.hardlink_to(source)
    except OSError:
        shutil.copyfile(source, target)
