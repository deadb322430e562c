"""What differs between two releases, and the version that follows from it."""

import contextlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from broadsheet.errors import PublishError, VersionConflictError
from broadsheet.publish import layout
from broadsheet.publish.features import file_schema
from broadsheet.publish.layout import FIRST, Version
from broadsheet.publish.rows import NOTHING, Known, is_moved
from broadsheet.publish.shards import open_writer
from broadsheet.publish.stretches import Stretch, differences, distinct_shards, schema_of
from broadsheet.tables import CHANGE

Counts = tuple[int, int, int]
"""Rows added, removed and changed."""
_KINDS = ("added", "removed", "changed")
_CHANGES_IN_GROUP = 5_000


class Step(StrEnum):
    """Which number of the version rises.

    Croissant's rule (https://docs.mlcommons.org/croissant/docs/croissant-spec.html, "Dataset
    versioning"): the patch number for the same data serialised or documented anew, the minor one
    for more of it, the major one where what was there has changed or gone.
    """

    FIRST = "first"
    NONE = "none"
    PATCH = "patch"
    MINOR = "minor"
    MAJOR = "major"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """How a release differs from the one before.

    Attributes:
        previous: the version before; None for the first release.
        rows_before: rows of the default configuration before.
        added: rows whose id is new.
        removed: rows whose id is gone.
        changed: rows with the same id and another value.
        moved: those of them whose records only lie elsewhere in the raw files (``source_*``).
        by_field: how many rows changed in each column.
        by_outlet: rows added, removed and changed, by outlet ("" where it is not stated).
        by_month: the same by month of publication, ``YYYY-MM`` or "".
        columns_added: new columns.
        columns_removed: columns that are gone.
        columns_retyped: columns of another type.
        other_tables: configurations whose files differ, beside the default one.
        is_reserialised: the default configuration has the same rows in other bytes.

    """

    previous: Version | None
    rows_before: int = 0
    added: int = 0
    removed: int = 0
    changed: int = 0
    moved: int = 0
    by_field: Mapping[str, int] = field(default_factory=dict)
    by_outlet: Mapping[str, Counts] = field(default_factory=dict)
    by_month: Mapping[str, Counts] = field(default_factory=dict)
    columns_added: tuple[str, ...] = ()
    columns_removed: tuple[str, ...] = ()
    columns_retyped: tuple[str, ...] = ()
    other_tables: tuple[str, ...] = ()
    is_reserialised: bool = False

    @property
    def step(self) -> Step:
        """What the data ask for; documents alone are not looked at here."""
        if self.previous is None:
            return Step.FIRST
        if self.removed or self.changed or self.columns_removed or self.columns_retyped:
            return Step.MAJOR
        if self.added or self.columns_added:
            return Step.MINOR
        return Step.PATCH if self.other_tables or self.is_reserialised else Step.NONE


def next_version(change: Change, named: str | None = None, *, documents: bool = False) -> Version:
    """Return the version that a change asks for, or the higher one that the user names.

    Args:
        change: the difference to the release before.
        named: the version that the user wants.
        documents: whether a document differs, or anything else that carries no rows.

    Raises:
        ConfigError: ``named`` is no version.
        VersionConflictError: ``named`` is published already, with another content.
        PublishError: ``named`` is lower than the change asks for.

    """
    step = Step.PATCH if documents and change.step is Step.NONE else change.step
    before = change.previous or FIRST
    computed = {
        Step.FIRST: FIRST,
        Step.NONE: before,
        Step.PATCH: Version(before.major, before.minor, before.patch + 1),
        Step.MINOR: Version(before.major, before.minor + 1, 0),
        Step.MAJOR: Version(before.major + 1, 0, 0),
    }[step]
    if named is None:
        return computed
    wanted = Version.parse(named)
    if change.previous and step is not Step.NONE and wanted <= change.previous:
        message = (
            f"Version {wanted} cannot be made: {before} is published, with another content. "
            f"Name {computed} or higher, or none."
        )
        raise VersionConflictError(message)
    if wanted < computed and step is not Step.FIRST:
        message = (
            f"Version {wanted} is too low: since {before} the change is {step}, "
            f"which asks for {computed} or higher."
        )
        raise PublishError(message)
    return wanted


def compare(
    previous: Path | None,
    release: Path,
    known: Known = NOTHING,
    digests: Mapping[Path, str] = MappingProxyType({}),
) -> Change:
    """Compare a staged release with the one before, and write its ``changes.parquet``.

    The table is not made where no row differs.

    Args:
        previous: the folder of the release before; None for the first.
        release: the folder of the new one.
        known: what is known of their rows.
        digests: SHA-256 of some files.

    """
    table = release / layout.CHANGES_TABLE
    return measure_change(previous, release, table=table, known=known, digests=digests)


def measure_change(
    previous: Path | None,
    release: Path,
    *,
    table: Path | None = None,
    known: Known = NOTHING,
    digests: Mapping[Path, str] = MappingProxyType({}),
) -> Change:
    """Compare two releases row by row.

    Only shards that differ are read, merged by id; the memory is that of some thousand rows.

    Args:
        previous: the folder of the older release; None where there is none.
        release: the folder of the newer one.
        table: a file for the table of changes.
        known: what is known of their rows.
        digests: SHA-256 of some files.

    """
    if previous is None:
        return Change(previous=None)
    old, new = distinct_shards(previous, release, digests=digests)
    tally = _tally(differences(old, new, known), table)
    shards = layout.shards_of(previous, "default")
    return Change(
        previous=Version.parse(previous.resolve().name),
        rows_before=sum(pq.read_metadata(path).num_rows for path in shards),
        **tally,
        **_schema_changes(
            *(schema_of(layout.shards_of(f, "default")) for f in (previous, release))
        ),
        other_tables=tuple(
            name
            for name in layout.FOLDERS
            if name != "default" and any(distinct_shards(previous, release, name, digests))
        ),
        is_reserialised=bool(old or new) and not any(tally[kind] for kind in _KINDS),
    )


def _tally(stretches: Iterator[Stretch], path: Path | None) -> dict[str, Any]:
    """Count changes by kind, column, outlet and month, and write their table."""
    kinds: Counter[str] = Counter()
    fields: Counter[str] = Counter()
    outlets: dict[str, Counter[str]] = {}
    months: dict[str, Counter[str]] = {}

    def counted() -> Iterator[pa.Table]:
        for stretch in stretches:
            kinds.update(stretch.changes.column("change").to_pylist())
            fields.update(pc.list_flatten(stretch.changes.column("fields")).to_pylist())
            kinds["moved"] += sum(map(is_moved, stretch.changes.column("fields").to_pylist()))
            for kind, rows in zip(_KINDS, stretch.rows(), strict=True):
                _count_by(outlets, kind, rows, "outlet")
                _count_by(months, kind, rows, "published_on")
            yield stretch.changes

    _write_changes(counted(), path)
    return {
        **{kind: kinds[kind] for kind in (*_KINDS, "moved")},
        "by_field": dict(sorted(fields.items())),
        "by_outlet": {name: tuple(n[k] for k in _KINDS) for name, n in sorted(outlets.items())},
        "by_month": {name: tuple(n[k] for k in _KINDS) for name, n in sorted(months.items())},
    }


def _write_changes(changes: Iterable[pa.Table], path: Path | None) -> None:
    """Take all changes and write them; where there are none, or there is no path, is no file."""
    with contextlib.ExitStack() as stack:
        writer = None
        for group in _in_groups(changes):
            if path and writer is None:
                writer = stack.enter_context(open_writer(path, group.schema))
            if writer is not None:
                writer.write_table(group, row_group_size=_CHANGES_IN_GROUP)


def _in_groups(changes: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """Yield changes in row groups of one size, however they are cut into tables."""
    rows = file_schema(CHANGE).empty_table()
    for table in changes:
        rows = pa.concat_tables([rows, table])
        while len(rows) >= _CHANGES_IN_GROUP:
            yield rows.slice(0, _CHANGES_IN_GROUP).combine_chunks()
            rows = rows.slice(_CHANGES_IN_GROUP)
    if len(rows):
        yield rows.combine_chunks()


def _count_by(groups: dict[str, Counter[str]], kind: str, rows: pa.Table, column: str) -> None:
    if column not in rows.column_names:
        return
    values = rows.column(column)
    if pa.types.is_date(values.type):
        values = pc.strftime(values, format="%Y-%m")
    for pair in values.value_counts():
        groups.setdefault(pair["values"].as_py() or "", Counter())[kind] += pair["counts"].as_py()


def _schema_changes(old: pa.Schema, new: pa.Schema) -> dict[str, Any]:
    if not old.names or not new.names:  # no rows on one side, so nothing to compare
        return {}
    return {
        "columns_added": tuple(n for n in new.names if n not in old.names),
        "columns_removed": tuple(n for n in old.names if n not in new.names),
        "columns_retyped": tuple(
            n for n in new.names if n in old.names and old.field(n).type != new.field(n).type
        ),
    }
