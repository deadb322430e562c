"""What became of the records of each raw file, by what was written."""

import os
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from broadsheet.errors import PublishError
from broadsheet.publish import layout
from broadsheet.publish.features import file_schema
from broadsheet.publish.shards import open_writer
from broadsheet.records import Accounts
from broadsheet.tables import ARTICLE, DUPLICATE, INPUT, QUARANTINE, Table


@dataclass(frozen=True, slots=True)
class InputFile:
    """A raw file: POSIX path relative to the raw folder, bytes, SHA-256, records read from it.

    ``size`` and ``sha256`` are None where the file could not be read; ``records`` is None where
    nobody counted, and then the sum of their outcomes is taken. ``carried_from`` is the version
    whose build read the file, where this one did not; ``skipped`` counts entries that are no
    articles, such as the requests in a web archive.
    """

    path: str
    size: int | None
    sha256: str | None
    records: int | None = None
    carried_from: str | None = None
    skipped: int = 0


def write_inputs(
    release: Path, inputs: Iterable[InputFile]
) -> tuple[tuple[InputFile, ...], Accounts]:
    """Count the rows of a release by raw file, and write ``inputs.parquet``.

    Returns:
        The raw files by path, with their records, and the account of all.

    Raises:
        PublishError: the records of a file do not add up, or a row is of no file.

    """
    counted, accounts = _account(release, inputs)
    _write(release, counted)
    return tuple(file for file, _ in counted), accounts


def _account(
    release: Path, inputs: Iterable[InputFile]
) -> tuple[list[tuple[InputFile, Accounts]], Accounts]:
    """Say what became of each input's records, by what was written."""
    published, duplicates, quarantined = (
        _rows_by_path(release, table) for table in (ARTICLE, DUPLICATE, QUARANTINE)
    )
    counted = []
    for file in sorted(inputs, key=lambda file: os.fsencode(file.path)):
        outcomes = Accounts(
            published=published.pop(file.path, 0),
            duplicates=duplicates.pop(file.path, 0),
            quarantined=quarantined.pop(file.path, 0),
        )
        found = outcomes.published + outcomes.duplicates + outcomes.quarantined
        raw = found if file.records is None else file.records
        accounts = replace(outcomes, raw=raw)
        if not accounts.balanced:
            raise PublishError(f"{file.path}: its records do not add up ({accounts}).")
        counted.append((replace(file, records=raw), accounts))
    if unknown := {*published, *duplicates, *quarantined}:
        raise PublishError(f"Rows come from files that are no input: {sorted(unknown)[:3]}.")
    return counted, sum((accounts for _, accounts in counted), Accounts())


def _rows_by_path(release: Path, table: Table) -> Counter[str]:
    counts: Counter[str] = Counter()
    for path in layout.shards_of(release, table.name):
        for batch in pq.ParquetFile(path).iter_batches(columns=["source_path"]):
            for pair in batch.column(0).value_counts():
                counts[pair["values"].as_py()] += pair["counts"].as_py()
    return counts


def _write(release: Path, counted: Sequence[tuple[InputFile, Accounts]]) -> None:
    rows = [
        {
            "path": file.path,
            "size": file.size,
            "sha256": file.sha256,
            "carried_from": file.carried_from,
            "raw": accounts.raw,
            "published": accounts.published,
            "duplicates": accounts.duplicates,
            "quarantined": accounts.quarantined,
            "skipped": file.skipped,
        }
        for file, accounts in counted
    ]
    if rows:
        schema = file_schema(INPUT)
        with open_writer(release / layout.INPUTS_TABLE, schema) as writer:
            writer.write_table(pa.Table.from_pylist(rows, schema), row_group_size=5_000)
