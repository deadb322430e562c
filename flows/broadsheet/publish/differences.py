"""What exactly differs between two releases: each row, each field, each word."""

import difflib
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any, Literal

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from broadsheet.publish.changes import Change, measure_change
from broadsheet.publish.layout import Version
from broadsheet.publish.rows import is_moved
from broadsheet.publish.stretches import Stretch, differences, distinct_shards
from broadsheet.text import clean

Edit = Literal["same", "old", "new"]
Words = tuple[tuple[Edit, str], ...]
"""Runs of words that both texts have, or only the old or the new one."""

_TOKEN = re.compile(r"\d+(?:\.\d+)+|\w+|\s+|[^\w\s]")  # 0.125 is one, as a value that differs
_MOST_TOKENS = 20_000  # difflib takes quadratic time; beyond this, whole texts are shown
_SHOWN_AROUND = 60

DIFFERENCE_SCHEMA = pa.schema(
    [
        pa.field("id", pa.string(), nullable=False),
        pa.field("change", pa.string(), nullable=False),
        pa.field("title", pa.string()),
        pa.field("field", pa.string()),
        pa.field("old", pa.large_string()),
        pa.field("new", pa.large_string()),
    ]
)
"""One row a field that changed, or an article that was added or removed."""


@dataclass(frozen=True, slots=True)
class FieldDifference:
    """A column's value before and after, as text; None for null."""

    name: str
    old: str | None
    new: str | None

    def words(self) -> Words:
        """Return the difference word by word."""
        return word_difference(self.old or "", self.new or "")


@dataclass(frozen=True, slots=True)
class RowDifference:
    """What happened to one article: ``added``, ``removed`` or ``changed``."""

    id: str
    change: str
    title: str | None
    fields: tuple[FieldDifference, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """Two releases, what their difference amounts to, and where they lie."""

    old: Path
    new: Path
    new_version: Version
    change: Change

    def rows(self) -> Iterator[RowDifference]:
        """Yield the articles that differ, by id; the releases are read again each time."""
        for stretch in differences(*distinct_shards(self.old, self.new)):
            yield from _row_differences(stretch)

    def shown(self, limit: int) -> list[RowDifference]:
        """Return the first articles to show; what only lies elsewhere is counted, not shown."""
        names = (row for row in self.rows() if not is_moved([field.name for field in row.fields]))
        return list(islice(names, limit))

    def left_out(self, limit: int) -> int:
        """Return how many articles beyond those are not shown."""
        change = self.change
        return max(change.added + change.removed + change.changed - change.moved - limit, 0)


def diff(old: Path, new: Path) -> Difference:
    """Compare two releases.

    Args:
        old: the folder of the older release.
        new: the folder of the newer one.

    """
    return Difference(old, new, Version.parse(new.resolve().name), measure_change(old, new))


def word_difference(old: str, new: str) -> Words:
    """Return how a text became another, by words, spaces and signs."""
    before, after = _TOKEN.findall(old), _TOKEN.findall(new)
    if max(len(before), len(after)) > _MOST_TOKENS:
        return (("old", old), ("new", new))
    edits: list[tuple[Edit, str]] = []
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            edits.append(("same", "".join(before[i1:i2])))
            continue
        edits += [("old", "".join(before[i1:i2]))] if i2 > i1 else []
        edits += [("new", "".join(after[j1:j2]))] if j2 > j1 else []
    return tuple(edits)


def difference_to_text(difference: Difference, limit: int) -> str:
    """Return a difference for a terminal: the sums, then at most ``limit`` articles."""
    change = difference.change
    versions = f"{change.previous} -> {difference.new_version}"
    moved = f", {change.moved} of them only moved within the raw files" if change.moved else ""
    sums = f"{change.added} added, {change.removed} removed, {change.changed} changed{moved}"
    lines = [
        f"{versions}: {sums}",
        *(f"  {name}: {rows}" for name, rows in change.by_field.items()),
    ]
    sign = {"added": "+", "removed": "-", "changed": "~"}
    for row in difference.shown(limit):
        lines.append(f"{sign[row.change]} {row.id}  {_plain(row.title or '')}".rstrip())
        lines += [f"    {f.name}: {_marked(f.words())}" for f in row.fields]
    if left_out := difference.left_out(limit):
        lines.append(f"... and {left_out} more")
    return "\n".join(lines) + "\n"


def difference_to_json(difference: Difference, limit: int) -> bytes:
    """Return a difference as JSON: the sums, and at most ``limit`` articles."""
    rows = [
        {"id": r.id, "change": r.change, "title": r.title, "fields": [asdict(f) for f in r.fields]}
        for r in islice(difference.rows(), limit)
    ]
    change = asdict(difference.change)
    change |= {"previous": str(difference.change.previous), "step": difference.change.step}
    report = {"version": str(difference.new_version), "change": change, "rows": rows}
    return orjson.dumps(report, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def write_difference(difference: Difference, path: Path) -> int:
    """Write all articles that differ to a Parquet file of ``DIFFERENCE_SCHEMA``; return its rows.

    An article that changed has one row a field. Nothing is written where nothing differs.
    """
    rows = _flat(difference.rows())
    written = 0
    writer = None
    try:
        while part := list(islice(rows, 1_000)):
            if writer is None:
                writer = pq.ParquetWriter(path, DIFFERENCE_SCHEMA, compression="zstd")
            writer.write_table(pa.Table.from_pylist(part, DIFFERENCE_SCHEMA))
            written += len(part)
    finally:
        if writer is not None:
            writer.close()
    return written


def _flat(rows: Iterator[RowDifference]) -> Iterator[dict[str, Any]]:
    for row in rows:
        common = {"id": row.id, "change": row.change, "title": row.title}
        if not row.fields:
            yield common
        for field in row.fields:
            yield common | {"field": field.name, "old": field.old, "new": field.new}


def _row_differences(stretch: Stretch) -> Iterator[RowDifference]:
    rows = {
        row["id"]: row
        for table in (stretch.added, stretch.removed, stretch.after)
        for row in table.to_pylist()
    }
    before = {row["id"]: row for row in stretch.before.to_pylist()}
    for row in stretch.changes.to_pylist():
        shown = rows[row["id"]]
        old = before.get(row["id"], {})
        fields = (FieldDifference(n, _text(old[n]), _text(shown[n])) for n in row["fields"])
        title = shown.get("title") or old.get("title")
        yield RowDifference(row["id"], row["change"], title, tuple(fields))


def _text(value: object) -> str | None:
    """Return a cell as text."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, date | datetime):
        return value.isoformat()
    return orjson.dumps(value, option=orjson.OPT_NAIVE_UTC).decode()


def _marked(words: Words) -> str:
    """Return a word difference on one line, marked as ``wdiff`` does."""
    marks = {"old": "[-{}-]", "new": "{{+{}+}}"}
    parts = []
    for edit, text in words:
        shown = _plain(text)
        if edit == "same" and len(shown) > 2 * _SHOWN_AROUND:
            shown = f"{shown[:_SHOWN_AROUND]} … {shown[-_SHOWN_AROUND:]}"
        parts.append(marks[edit].format(shown) if edit in marks else shown)
    return "".join(parts)


def _plain(text: str) -> str:
    """Return text on one line, without what steers a terminal."""
    return clean(text)[0].replace("\n", " ")
