"""What differs between two releases, and the version that follows from it."""

import contextlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from broadsheet.errors import PublishError, VersionConflictError
from broadsheet.publish import layout
from broadsheet.publish.files import sha256_of
from broadsheet.publish.layout import FIRST, Version
from broadsheet.publish.rows import differing, merged, paired
from broadsheet.publish.shards import file_schema, open_writer
from broadsheet.tables import CHANGE


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
        by_field: how many rows changed in each column.
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
    by_field: Mapping[str, int] = field(default_factory=dict)
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


def compare(previous: Path | None, release: Path) -> Change:
    """Compare a release with the one before, row by row, and write ``changes.parquet``.

    Only shards that differ are read, merged by id; the memory is that of some thousand rows.
    ``changes.parquet`` is written into ``release``, unless no row differs.

    Args:
        previous: the folder of the release before; None for the first.
        release: the folder of the new one.

    """
    if previous is None:
        return Change(previous=None)
    old, new = _distinct_shards(previous, release, "default")
    counts, by_field = _write_differences(release / layout.CHANGES_TABLE, differences(old, new))
    shards = layout.shards_of(previous, "default")
    schemas = [_schema(layout.shards_of(folder, "default")) for folder in (previous, release)]
    return Change(
        previous=Version.parse(previous.name),
        rows_before=sum(pq.read_metadata(path).num_rows for path in shards),
        added=counts["added"],
        removed=counts["removed"],
        changed=counts["changed"],
        by_field=dict(sorted(by_field.items())),
        **_schema_changes(*schemas),
        other_tables=tuple(
            name
            for name in layout.FOLDERS
            if name != "default" and any(_distinct_shards(previous, release, name))
        ),
        is_reserialised=bool(old or new) and not counts,
    )


def _write_differences(
    path: Path, differences: Iterator[pa.Table]
) -> tuple[Counter[str], Counter[str]]:
    """Write a table of differences, if there are any; count them by kind and by column."""
    kinds: Counter[str] = Counter()
    fields: Counter[str] = Counter()
    with contextlib.ExitStack() as stack:
        for number, rows in enumerate(differences):
            if number == 0:
                writer = stack.enter_context(open_writer(path, file_schema(CHANGE)))
            writer.write_table(rows)
            kinds.update(rows.column("change").to_pylist())
            fields.update(pc.list_flatten(rows.column("fields")).to_pylist())
    return kinds, fields


def differences(old: Sequence[Path], new: Sequence[Path]) -> Iterator[pa.Table]:
    """Yield the rows of ``tables.CHANGE`` by id, for shards of two releases."""
    before_schema, after_schema = _schema(old), _schema(new)
    columns = [
        f.name
        for f in after_schema
        if f.name in before_schema.names and f.type == before_schema.field(f.name).type
    ] or ["id"]
    for before, after in paired(merged(old, columns), merged(new, columns)):
        rows = _stretch(before, after, columns)
        if len(rows):
            yield rows


def _stretch(before: pa.Table | None, after: pa.Table | None, columns: Sequence[str]) -> pa.Table:
    """Compare all rows of one range of ids."""
    schema = file_schema(CHANGE)
    old = before.column("id") if before is not None else pa.chunked_array([[]], pa.string())
    new = after.column("id") if after is not None else pa.chunked_array([[]], pa.string())
    gone = old.filter(pc.invert(pc.is_in(old, value_set=new))).to_pylist()
    fresh = new.filter(pc.invert(pc.is_in(new, value_set=old))).to_pylist()
    rows = [{"id": i, "change": "removed", "fields": []} for i in gone]
    rows += [{"id": i, "change": "added", "fields": []} for i in fresh]
    if before is not None and after is not None:
        before = before.filter(pc.is_in(old, value_set=new))
        after = after.filter(pc.is_in(new, value_set=old))
        masks = {n: differing(before.column(n), after.column(n)) for n in columns if n != "id"}
        ids = before.column("id")
        for row in np.flatnonzero(
            np.logical_or.reduce([*masks.values(), np.zeros(len(ids), bool)])
        ):
            fields = [name for name, mask in masks.items() if mask[row]]
            rows.append({"id": ids[int(row)].as_py(), "change": "changed", "fields": fields})
    return pa.Table.from_pylist(rows, schema).sort_by("id")


def _distinct_shards(old: Path, new: Path, name: str) -> tuple[list[Path], list[Path]]:
    """Return the shards of each release whose bytes the other does not have."""
    before, after = (
        {path: sha256_of(path) for path in layout.shards_of(release, name)}
        for release in (old, new)
    )
    return (
        [path for path, digest in before.items() if digest not in after.values()],
        [path for path, digest in after.items() if digest not in before.values()],
    )


def _schema(shards: Sequence[Path]) -> pa.Schema:
    return pq.read_schema(shards[0]) if shards else pa.schema([])


def _schema_changes(old: pa.Schema, new: pa.Schema) -> dict[str, tuple[str, ...]]:
    if not old.names or not new.names:  # no rows on one side, so nothing to compare
        return {}
    return {
        "columns_added": tuple(n for n in new.names if n not in old.names),
        "columns_removed": tuple(n for n in old.names if n not in new.names),
        "columns_retyped": tuple(
            n for n in new.names if n in old.names and old.field(n).type != new.field(n).type
        ),
    }
