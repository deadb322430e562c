"""The work folder: where batches are staged, and how a folder comes into being at once."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

import orjson

from broadsheet.fingerprint import digest_file
from broadsheet.records import Accounts

Json = dict[str, Any]

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


def write_json(path: Path, value: Any) -> None:  # noqa: ANN401 - whatever orjson writes
    """Write a JSON value, the same bytes for equal values."""
    path.write_bytes(orjson.dumps(value, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2))


def read_json(path: Path) -> Any:  # noqa: ANN401 - whatever is written there
    """Read a JSON value."""
    return orjson.loads(path.read_bytes())


@contextmanager
def appears_at_once(folder: Path) -> Iterator[Path]:
    """Yield a fresh folder that becomes ``folder`` when the block ends well, and else vanishes.

    Where another worker finished the same folder first, its work is kept and ours is dropped: both
    are named after the digest of all that they were made from, so they are equal.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=".tmp-", dir=folder.parent))
    try:
        yield fresh
        try:
            fresh.rename(folder)
        except OSError:
            if not folder.is_dir():
                raise
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def find_staged(folder: Path) -> StagedBatch | None:
    """Return the batch that is staged in a folder, if it is whole; a damaged one is removed."""
    if not folder.is_dir():
        return None
    try:
        staged = StagedBatch.from_json(read_json(folder / RESULT) | {"folder": str(folder)})
        if all(digest_file(folder / name) == digest for name, digest in staged.files.items()):
            return staged
    except (OSError, ValueError, KeyError, TypeError):
        pass  # as good as damaged: worked again
    shutil.rmtree(folder)
    return None


def shown_path(path: Path) -> str:
    """Return a path as a person would type it from here."""
    return os.path.relpath(path) if path.is_relative_to(Path.cwd()) else str(path)
