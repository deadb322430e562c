"""One publisher at a time, in a folder beside the releases that leaves no trace when it fails."""

import contextlib
import shutil
import signal
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import NoReturn

from filelock import FileLock, Timeout

from broadsheet.errors import StorageError
from broadsheet.publish import layout
from broadsheet.publish.files import storage_errors

LOCK_WAIT_SECONDS = 3600.0


@contextlib.contextmanager
def open_staging(
    dataset_dir: Path, *, expected_bytes: int = 0, wait_seconds: float = LOCK_WAIT_SECONDS
) -> Iterator[Path]:
    """Hold a dataset's lock and yield an empty staging folder beside its releases.

    The lock belongs to the process and dies with it, so that whatever staging folder is found
    under the lock is abandoned, and swept. The folder is removed at the end unless it was
    committed (renamed) by then; at SIGTERM, too, where nobody else handles that signal.

    Args:
        dataset_dir: the folder of the dataset's releases; made where it is missing.
        expected_bytes: an estimate of the release's size; twice as much must be free.
        wait_seconds: how long to wait for another publisher.

    Raises:
        StorageError: the folder cannot be written, has too little space or stays locked; or what
            was done in the context failed for input or output.

    """
    publishing = storage_errors(f"Publishing to {dataset_dir}")
    with _locked(dataset_dir, wait_seconds), _terminate_as_exception(), publishing:
        _sweep(dataset_dir)
        _require_space(dataset_dir, 2 * expected_bytes)
        staging = Path(tempfile.mkdtemp(prefix=layout.STAGING_PREFIX, dir=dataset_dir))
        try:
            staging.chmod(0o755)
            yield staging
        finally:
            shutil.rmtree(staging, ignore_errors=True)


@contextlib.contextmanager
def _locked(dataset_dir: Path, wait_seconds: float) -> Iterator[None]:
    lock = FileLock(dataset_dir / layout.LOCK)
    with storage_errors(f"Locking {dataset_dir}"):
        dataset_dir.mkdir(parents=True, exist_ok=True)
        try:
            lock.acquire(timeout=wait_seconds)
        except Timeout:
            message = (
                f"{dataset_dir} is locked by another run that publishes there. "
                "Wait until it ends, or end it."
            )
            raise StorageError(message) from None
    try:
        yield
    finally:
        lock.release()


def _sweep(dataset_dir: Path) -> None:
    for abandoned in dataset_dir.glob(f"{layout.STAGING_PREFIX}*"):
        shutil.rmtree(abandoned)
    for name in (layout.CARD, layout.LATEST):
        for abandoned in dataset_dir.glob(f".{name}-*"):
            abandoned.unlink()


def _require_space(folder: Path, needed_bytes: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < needed_bytes:
        message = (
            f"{folder} has {free / 1e6:.0f} MB free and publishing needs up to "
            f"{needed_bytes / 1e6:.0f} MB. Free some space, or publish elsewhere."
        )
        raise StorageError(message)


@contextlib.contextmanager
def _terminate_as_exception() -> Iterator[None]:
    """Let SIGTERM unwind the stack, where it would end the process at once."""
    in_main_thread = threading.current_thread() is threading.main_thread()
    if not in_main_thread or signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
        yield
        return
    signal.signal(signal.SIGTERM, _exit)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _exit(number: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(128 + number)
