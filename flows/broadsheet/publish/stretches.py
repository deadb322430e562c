"""The rows that differ between two releases, range of ids by range of ids."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from broadsheet.fingerprint import digest_file
from broadsheet.publish import layout
from broadsheet.publish.features import file_schema
from broadsheet.publish.rows import NOTHING, Known, Mask, differing, merged, paired
from broadsheet.tables import ACROSS_BATCHES, ARTICLE, CHANGE

_LIGHT = ("id", "outlet", "published_on", *ACROSS_BATCHES)
_MOST_REVISED = 10_000
"""Articles whose text may have changed are held in memory while the others are compared."""


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


def differences(
    old: Sequence[Path], new: Sequence[Path], known: Known = NOTHING
) -> Iterator[Stretch]:
    """Yield the rows that differ, by ranges of ids, for distinct shards of two releases.

    Args:
        old: shards of the older release.
        new: shards of the newer one.
        known: what is known of their rows. Where that is something, the rows of a stretch have
            only their ids, what the whole corpus tells, outlet and day.

    """
    before, after = schema_of(old), schema_of(new)
    columns = [
        f.name for f in after if f.name in before.names and f.type == before.field(f.name).type
    ]
    read = (columns or before.names, columns or after.names)
    if not known.alike:
        yield from _differences(old, new, read, {})
        return
    revised = _revised(old, new, known)
    if sum(int(mask.sum()) for mask in revised.values()) > _MOST_REVISED:
        yield from _differences(old, new, read, known.same)
        return
    others = {path: ~mask for path, mask in revised.items()}
    apart = list(_differences(old, new, read, others))
    left_out = {path: known.same[path] | revised[path] for path in revised}
    yield from _joined(_differences(old, new, (_LIGHT, _LIGHT), left_out), apart)


def _differences(
    old: Sequence[Path],
    new: Sequence[Path],
    columns: tuple[Sequence[str], Sequence[str]],
    left_out: Mapping[Path, Mask],
) -> Iterator[Stretch]:
    empty = ARTICLE.schema.empty_table().select(["id"])
    streams = (merged(*side, left_out) for side in zip((old, new), columns, strict=True))
    for before, after in paired(*streams):
        stretch = _stretch(empty if before is None else before, empty if after is None else after)
        if len(stretch.changes):
            yield stretch


def _revised(old: Sequence[Path], new: Sequence[Path], known: Known) -> dict[Path, Mask]:
    """Return which rows have an id that both releases have, and may differ in any column."""
    ids = {path: pq.read_table(path, columns=["id"]).column("id") for path in (*old, *new)}
    unlike = {path: column.filter(pa.array(~known.alike[path])) for path, column in ids.items()}
    was, now = (
        pa.chunked_array([c for path in side for c in unlike[path].chunks], pa.string())
        for side in (old, new)
    )
    both = was.filter(pc.is_in(was, value_set=now.combine_chunks())).combine_chunks()
    return {
        path: ~known.alike[path] & np.asarray(pc.is_in(column, value_set=both))
        for path, column in ids.items()
    }


def _joined(stretches: Iterator[Stretch], apart: Sequence[Stretch]) -> Iterator[Stretch]:
    """Yield stretches with the changes of others among theirs, so that all come by their ids."""
    none = file_schema(CHANGE).empty_table()
    waiting = pa.concat_tables([none, *(stretch.changes for stretch in apart)])
    yield from (replace(stretch, changes=none) for stretch in apart)
    for stretch in stretches:
        is_due = pc.less_equal(waiting.column("id"), stretch.changes.column("id")[-1])
        changes = pa.concat_tables([stretch.changes, waiting.filter(is_due)]).sort_by("id")
        waiting = waiting.filter(pc.invert(is_due))
        yield replace(stretch, changes=changes)
    if len(waiting):
        rows = none.select(["id"])
        yield Stretch(waiting, rows, rows, rows, rows)


def distinct_shards(
    old: Path,
    new: Path,
    name: str = "default",
    digests: Mapping[Path, str] = MappingProxyType({}),
) -> tuple[list[Path], list[Path]]:
    """Return the shards of each release whose bytes the other does not have.

    Args:
        old: the folder of the one.
        new: that of the other.
        name: of the configuration.
        digests: SHA-256 of some of the shards.

    """
    before, after = (
        {p: digest_file(p, digests) for p in layout.shards_of(release, name)}
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


def schema_of(shards: Sequence[Path]) -> pa.Schema:
    """Return the schema of shards, which is one; that of no shard has no columns."""
    return pq.read_schema(shards[0]) if shards else pa.schema([])
