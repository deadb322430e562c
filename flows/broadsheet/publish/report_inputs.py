"""What became of the records of each raw file, for the report: the largest, and all others."""

from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from broadsheet.publish import layout

_MOST_FILES = 20
_COUNTS = ("raw", "published", "duplicates", "quarantined", "skipped")


@dataclass(frozen=True, slots=True, kw_only=True)
class FileAccount:
    """The account of a raw file, or of ``files`` others together, which have no path."""

    path: str | None
    files: int = 1
    raw: int = 0
    published: int = 0
    duplicates: int = 0
    quarantined: int = 0
    skipped: int = 0


def accounts_of_files(release: Path) -> tuple[FileAccount, ...]:
    """Return the account of each raw file of a release, those with the most records first.

    Of more than 20 files the others are one account, so that all of them add up.
    """
    path = release / layout.INPUTS_TABLE
    if not path.exists():
        return ()
    table = pq.read_table(path, columns=["path", *_COUNTS])
    entries = pc.add(table["raw"], table["skipped"])
    order = [("entries", "descending"), ("path", "ascending")]
    table = table.append_column("entries", entries).sort_by(order).drop_columns(["entries"])
    listed = tuple(FileAccount(**row) for row in table.slice(0, _MOST_FILES).to_pylist())
    others = table.slice(_MOST_FILES)
    return (*listed, _together(others)) if len(others) else listed


def _together(table: pa.Table) -> FileAccount:
    sums = {name: pc.sum(table[name]).as_py() for name in _COUNTS}
    return FileAccount(path=None, files=len(table), **sums)
