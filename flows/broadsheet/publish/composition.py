"""What the rows of a release are made of: the figures of its card."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from broadsheet.tables import ARTICLE

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

    """

    rows: int
    absent: Mapping[str, int]
    values: Mapping[str, Mapping[str | None, int]]
    months: Mapping[str | None, int]
    words: int

    def share_absent(self, column: str) -> float:
        """Return the share of rows without a value of a column, 0 where there are no rows."""
        return self.absent[column] / self.rows if self.rows else 0.0

    def share_of(self, column: str, value: str) -> float:
        """Return the share of rows that have a value in a column, 0 where there are no rows."""
        return self.values[column].get(value, 0) / self.rows if self.rows else 0.0

    def ranked(self, column: str) -> list[tuple[str | None, int]]:
        """Return the values of a column with their rows, the most frequent first."""
        return sorted(self.values[column].items(), key=lambda item: (-item[1], str(item[0])))


def compose(shards: Sequence[Path]) -> Composition:
    """Count over the default configuration's shards, a few columns and rows at a time."""
    lists = [c.name for c in ARTICLE.columns if pa.types.is_list(c.type) and c.name != "evidence"]
    nullable = [column.name for column in ARTICLE.columns if column.nullable]
    absent: Counter[str] = Counter(dict.fromkeys([*nullable, *lists], 0))
    values: dict[str, Counter[str | None]] = {name: Counter() for name in _COUNTED}
    months: Counter[str | None] = Counter()
    rows = words = 0
    columns = sorted({*nullable, *lists, *_COUNTED, "n_words"})
    for shard in shards:
        for batch in pq.ParquetFile(shard).iter_batches(columns=columns):
            rows += len(batch)
            words += pc.sum(batch.column("n_words")).as_py() or 0
            absent.update({name: batch.column(name).null_count for name in nullable})
            absent.update({name: _empty(batch.column(name)) for name in lists})
            for name in _COUNTED:
                _count(values[name], batch.column(name))
            _count(months, pc.strftime(batch.column("published_on"), format="%Y-%m"))
    return Composition(rows=rows, absent=absent, values=values, months=months, words=words)


def _empty(lists: pa.Array) -> int:
    empty: int = pc.sum(pc.equal(pc.list_value_length(lists), 0)).as_py() or 0
    return empty


def _count(counter: Counter[str | None], column: pa.Array) -> None:
    for pair in column.cast(pa.string()).value_counts():
        counter[pair["values"].as_py()] += pair["counts"].as_py()
