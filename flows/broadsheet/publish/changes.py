"""What differs between two releases, and the version that follows from it."""

import contextlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from broadsheet.errors import PublishError, VersionConflictError
from broadsheet.fingerprint import digest_file
from broadsheet.publish import layout
from broadsheet.publish.layout import FIRST, Version
from broadsheet.publish.rows import differing, is_moved, merged, paired
from broadsheet.publish.shards import file_schema, open_writer
from broadsheet.tables import ARTICLE, CHANGE

Counts = tuple[int, int, int]
"""Rows added, removed and changed."""
_KINDS = ("added", "removed", "changed")


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


@dataclass(frozen=True, slots=True)
class Stretch:
    """The rows that differ between two releases in one range of ids.

    Attributes:
        changes: one row each, of ``tables.CHANGE``, by id.
        removed: the rows that are gone, as they were.
        added: the rows that are new.
        before: the rows that changed, as they were; aligned with ``after``.
        after: the same rows as they are.

    """

    changes: pa.Table
    removed: pa.Table
    added: pa.Table
    before: pa.Table
    after: pa.Table

    def rows(self) -> tuple[pa.Table, pa.Table, pa.Table]:
        """Return the rows added, removed and changed."""
        return self.added, self.removed, self.after


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


def compare(previous: Path | None, release: Path) -> Change:
    """Compare a staged release with the one before, and write its ``changes.parquet``.

    The table is not made where no row differs.

    Args:
        previous: the folder of the release before; None for the first.
        release: the folder of the new one.

    """
    return measure_change(previous, release, table=release / layout.CHANGES_TABLE)


def measure_change(previous: Path | None, release: Path, *, table: Path | None = None) -> Change:
    """Compare two releases row by row.

    Only shards that differ are read, merged by id; the memory is that of some thousand rows.

    Args:
        previous: the folder of the older release; None where there is none.
        release: the folder of the newer one.
        table: a file for the table of changes.

    """
    if previous is None:
        return Change(previous=None)
    old, new = distinct_shards(previous, release)
    tally = _tally(differences(old, new), table)
    shards = layout.shards_of(previous, "default")
    return Change(
        previous=Version.parse(previous.resolve().name),
        rows_before=sum(pq.read_metadata(path).num_rows for path in shards),
        **tally,
        **_schema_changes(*(_schema(layout.shards_of(f, "default")) for f in (previous, release))),
        other_tables=tuple(
            name
            for name in layout.FOLDERS
            if name != "default" and any(distinct_shards(previous, release, name))
        ),
        is_reserialised=bool(old or new) and not any(tally[kind] for kind in _KINDS),
    )


def differences(old: Sequence[Path], new: Sequence[Path]) -> Iterator[Stretch]:
    """Yield the rows that differ, by ranges of ids, for distinct shards of two releases."""
    before_schema, after_schema = _schema(old), _schema(new)
    columns = [
        f.name
        for f in after_schema
        if f.name in before_schema.names and f.type == before_schema.field(f.name).type
    ]
    empty = ARTICLE.schema.empty_table().select(["id"])
    old_columns, new_columns = (columns or schema.names for schema in (before_schema, after_schema))
    for before, after in paired(merged(old, old_columns), merged(new, new_columns)):
        stretch = _stretch(empty if before is None else before, empty if after is None else after)
        if len(stretch.changes):
            yield stretch


def distinct_shards(old: Path, new: Path, name: str = "default") -> tuple[list[Path], list[Path]]:
    """Return the shards of each release whose bytes the other does not have."""
    before, after = (
        {path: digest_file(path) for path in layout.shards_of(release, name)}
        for release in (old, new)
    )
    return (
        [path for path, digest in before.items() if digest not in after.values()],
        [path for path, digest in after.items() if digest not in before.values()],
    )


def _stretch(before: pa.Table, after: pa.Table) -> Stretch:
    """Compare all rows of one range of ids."""
    old, new = before.column("id"), after.column("id")
    removed = before.filter(pc.invert(pc.is_in(old, value_set=new)))
    added = after.filter(pc.invert(pc.is_in(new, value_set=old)))
    rows = [{"id": i, "change": "removed", "fields": []} for i in removed.column("id").to_pylist()]
    rows += [{"id": i, "change": "added", "fields": []} for i in added.column("id").to_pylist()]
    before = before.filter(pc.is_in(old, value_set=new))
    after = after.filter(pc.is_in(new, value_set=old))
    names = [name for name in after.column_names if name in before.column_names and name != "id"]
    masks = {n: differing(before.column(n), after.column(n)) for n in names} if len(before) else {}
    differs = np.logical_or.reduce([np.zeros(len(before), bool), *masks.values()])
    kept = pa.array(differs)
    before, after = before.filter(kept), after.filter(kept)
    for row, i in zip(np.flatnonzero(differs), after.column("id").to_pylist(), strict=True):
        fields = [name for name, mask in masks.items() if mask[row]]
        rows.append({"id": i, "change": "changed", "fields": fields})
    table = pa.Table.from_pylist(rows, file_schema(CHANGE)).sort_by("id")
    return Stretch(table, removed, added, before, after)


def _tally(stretches: Iterator[Stretch], path: Path | None) -> dict[str, Any]:
    """Count changes by kind, column, outlet and month, and write their table."""
    kinds: Counter[str] = Counter()
    fields: Counter[str] = Counter()
    outlets: dict[str, Counter[str]] = {}
    months: dict[str, Counter[str]] = {}
    with contextlib.ExitStack() as stack:
        writer = None
        for stretch in stretches:
            if path and writer is None:
                writer = stack.enter_context(open_writer(path, file_schema(CHANGE)))
            if writer is not None:
                writer.write_table(stretch.changes)
            kinds.update(stretch.changes.column("change").to_pylist())
            fields.update(pc.list_flatten(stretch.changes.column("fields")).to_pylist())
            kinds["moved"] += sum(map(is_moved, stretch.changes.column("fields").to_pylist()))
            for kind, rows in zip(_KINDS, stretch.rows(), strict=True):
                _count_by(outlets, kind, rows, "outlet")
                _count_by(months, kind, rows, "published_on")
    return {
        **{kind: kinds[kind] for kind in (*_KINDS, "moved")},
        "by_field": dict(sorted(fields.items())),
        "by_outlet": {name: tuple(n[k] for k in _KINDS) for name, n in sorted(outlets.items())},
        "by_month": {name: tuple(n[k] for k in _KINDS) for name, n in sorted(months.items())},
    }


def _count_by(groups: dict[str, Counter[str]], kind: str, rows: pa.Table, column: str) -> None:
    if column not in rows.column_names:
        return
    values = rows.column(column)
    if pa.types.is_date(values.type):
        values = pc.strftime(values, format="%Y-%m")
    for pair in values.value_counts():
        groups.setdefault(pair["values"].as_py() or "", Counter())[kind] += pair["counts"].as_py()


def _schema(shards: Sequence[Path]) -> pa.Schema:
    return pq.read_schema(shards[0]) if shards else pa.schema([])


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
