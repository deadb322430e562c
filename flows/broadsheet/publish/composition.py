"""What the rows of a release are made of: the figures of its card."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from broadsheet.tables import ARTICLE

_PRIVACY = "privacy."
_COUNTED = ("language", "outlet", "is_truncated", "is_paywalled", "published_precision")


@dataclass(frozen=True, slots=True, kw_only=True)
class Composition:
    """Counts over the published rows.

    Attributes:
        rows: published rows.
        absent: for each column that may be null or an empty list: rows without a value.
        values: for some columns: rows of each value as text (null where there is none).
        months: rows by month of publication, ``YYYY-MM``, null where unknown.
        words: words of all texts.
        n_masked: placeholders in all rows.
        masked: rows with a placeholder of each kind of what is masked, such as ``email``.
        rights: rows by what their pages state of rights: ``robots``, ``license`` and so on.
        set_aside: quarantined records by reason code.

    """

    rows: int
    absent: Mapping[str, int]
    values: Mapping[str, Mapping[str | None, int]]
    months: Mapping[str | None, int]
    words: int
    n_masked: int = 0
    masked: Mapping[str, int] = field(default_factory=Counter)
    rights: Mapping[str, int] = field(default_factory=Counter)
    set_aside: Mapping[str, int] = field(default_factory=Counter)

    @property
    def set_aside_ranked(self) -> list[tuple[str, int]]:
        """The reasons of the quarantine with their records, the most frequent first."""
        return sorted(self.set_aside.items(), key=lambda item: (-item[1], item[0]))

    def share_absent(self, column: str) -> float:
        """Return the share of rows without a value of a column, 0 where there are no rows."""
        return self.absent[column] / self.rows if self.rows else 0.0

    def share_of(self, column: str, value: str) -> float:
        """Return the share of rows that have a value in a column, 0 where there are no rows."""
        return self.values[column].get(value, 0) / self.rows if self.rows else 0.0

    def ranked(self, column: str) -> list[tuple[str | None, int]]:
        """Return the values of a column with their rows, the most frequent first."""
        return sorted(self.values[column].items(), key=lambda item: (-item[1], str(item[0])))


def compose(shards: Sequence[Path], quarantine: Sequence[Path] = ()) -> Composition:
    """Count over the default configuration's shards, a few columns and rows at a time.

    Args:
        shards: those of the default configuration.
        quarantine: those of the quarantine.

    """
    lists = [c.name for c in ARTICLE.columns if pa.types.is_list(c.type) and c.name != "evidence"]
    nullable = [column.name for column in ARTICLE.columns if column.nullable]
    absent: Counter[str] = Counter(dict.fromkeys([*nullable, *lists], 0))
    values: dict[str, Counter[str | None]] = {name: Counter() for name in _COUNTED}
    months: Counter[str | None] = Counter()
    masked: Counter[str] = Counter()
    rights: Counter[str] = Counter()
    totals = Counter(rows=0, words=0, n_masked=0)
    for batch in _batches(shards, {*nullable, *lists, *_COUNTED, "n_words", "n_masked"}):
        totals.update(rows=len(batch), words=_sum(batch, "n_words"))
        totals.update(n_masked=_sum(batch, "n_masked"))
        absent.update({name: batch.column(name).null_count for name in nullable})
        absent.update({name: _empty(batch.column(name)) for name in lists})
        for name in _COUNTED:
            _count(values[name], batch.column(name))
        _count(months, pc.strftime(batch.column("published_on"), format="%Y-%m"))
        masked += _masked_kinds(batch.column("notes"))
        rights += _kinds_of_rights(batch.column("rights"))
    set_aside: Counter[str] = Counter()
    for batch in _batches(quarantine, {"reason"}):
        _count(set_aside, batch.column("reason"))
    return Composition(
        absent=absent,
        values=values,
        months=months,
        masked=masked,
        rights=rights,
        set_aside=set_aside,
        **totals,
    )


def _batches(shards: Sequence[Path], columns: Collection[str]) -> Iterator[pa.RecordBatch]:
    for shard in shards:
        yield from pq.ParquetFile(shard).iter_batches(columns=sorted(columns))


def _sum(batch: pa.RecordBatch, column: str) -> int:
    return pc.sum(batch.column(column)).as_py() or 0


def _masked_kinds(notes: pa.Array) -> Counter[str]:
    """Count rows by the kinds that were masked; a row has each note once."""
    counts: Counter[str] = Counter()
    _count(counts, notes.flatten())
    found = {note: rows for note, rows in counts.items() if note.startswith(_PRIVACY)}
    return Counter({note.removeprefix(_PRIVACY): rows for note, rows in found.items()})


def _kinds_of_rights(rights: pa.Array) -> Counter[str]:
    """Count rows by the kinds of their statements, which are ``kind: value``."""
    kinds = pc.list_element(pc.split_pattern(rights.flatten(), ": ", max_splits=1), 0)
    rows = pa.table({"row": pc.list_parent_indices(rights), "kind": kinds})
    return Counter(rows.group_by(["row", "kind"]).aggregate([]).column("kind").to_pylist())


def _empty(lists: pa.Array) -> int:
    empty: int = pc.sum(pc.equal(pc.list_value_length(lists), 0)).as_py() or 0
    return empty


def _count(counter: Counter[Any], column: pa.Array) -> None:
    for pair in column.cast(pa.string()).value_counts():
        counter[pair["values"].as_py()] += pair["counts"].as_py()
