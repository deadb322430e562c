"""All staged rows to published and folded ones, and the proof that splits do not leak."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from broadsheet import deduplicate
from broadsheet.pipeline.carried_keys import CarriedKeys
from broadsheet.pipeline.carrying import CarriedOver
from broadsheet.pipeline.compared import keep_compared, recall_compared
from broadsheet.pipeline.plan import Run
from broadsheet.pipeline.workspace import ARTICLES, KEYS, StagedBatch
from broadsheet.publish import layout
from broadsheet.records import ExpectationResult


@dataclass(frozen=True, slots=True)
class Folded:
    """What deduplication says of all batches.

    Attributes:
        folding: which rows are published, and which are folded into those.
        leaks: what the splits have in common, as the report shows it; None without splits.

    """

    folding: deduplicate.Folding
    leaks: ExpectationResult | None


def fold_all(
    run: Run,
    staged: Sequence[StagedBatch],
    previous: Path | None,
    carried: CarriedOver | None = None,
) -> Folded:
    """Fold the rows of all batches; those of the previous release keep their labels.

    Args:
        run: the run.
        staged: the batches of what was read.
        previous: the release before.
        carried: what is carried over from it; its batches come after the others.

    """
    config = run.config
    keys = KeyFiles([batch.path(KEYS) for batch in staged], carried.keys if carried else ())
    files = [batch.path(ARTICLES) for batch in staged]
    files += [part.articles for part in carried.staged] if carried else []
    read = _reader(files)
    folding = deduplicate.fold(
        keys,
        config.duplicates,
        read,
        splits=config.splits,
        earlier=_earlier_labels(previous),
        carried=deduplicate.Carried(len(staged), carried.folded) if carried else None,
        compared=recall_compared(run.work, staged),
    )
    keep_compared(run.work, staged, folding.compared)
    if config.splits.by is None:
        return Folded(folding, None)
    found = deduplicate.leakage(keys, folding.survivors, read)
    return Folded(folding, deduplicate.judge_leakage(found, config.duplicates))


def _earlier_labels(previous: Path | None) -> "_Labels | None":
    """Return what the previous release calls its articles' groups and splits."""
    columns = ["id", "cluster", "story", "split"]
    shards = layout.shards_of(previous, "default") if previous else ()
    if not shards or not set(columns) <= set(pq.read_schema(shards[0]).names):
        return None
    return _Labels(shards)


@dataclass(frozen=True, slots=True)
class _Labels:
    """What a release calls its articles' groups and splits, read when it is asked for."""

    shards: Sequence[Path]

    def select(self, columns: Sequence[str], /) -> pa.Table:
        """Return some columns."""
        return pa.concat_tables([pq.read_table(p, columns=list(columns)) for p in self.shards])


class KeyFiles:
    """The keys of all rows, of which columns are read when they are asked for; see ``fold``."""

    def __init__(self, files: Sequence[Path], carried: Sequence[CarriedKeys] = ()) -> None:
        """Take the keys of batches, by number, and those carried over, which come after."""
        self._files = files
        self._carried = carried
        self._length: int = sum(pq.read_metadata(path).num_rows for path in files)
        self._length += sum(map(len, carried))

    def __len__(self) -> int:
        """Return the number of rows."""
        return self._length

    def select(self, columns: Sequence[str], /) -> "_Selected":
        """Return some columns; a batch's number is its place in the run."""
        return _Selected(self._files, self._carried, columns)


@dataclass(frozen=True, slots=True)
class _Selected:
    """Columns of keys that are read when they are asked for."""

    files: Sequence[Path]
    carried: Sequence[CarriedKeys]
    columns: Sequence[str]

    def to_reader(self) -> pa.RecordBatchReader:
        """Return what reads them, some rows at a time."""
        schema = pa.schema([deduplicate.KEY_SCHEMA.field(name) for name in self.columns])
        return pa.RecordBatchReader.from_batches(schema, self._batches(schema))

    def _batches(self, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        for number, path in enumerate(self.files):
            with pq.ParquetFile(path) as file:
                portions = file.iter_batches(
                    deduplicate.PORTION_ROWS, columns=schema.names, use_threads=False
                )
                for batch in portions:
                    yield _numbered(batch, number, schema)
        for part in self.carried:
            yield from part.select(schema.names).to_batches()


def _numbered(batch: pa.RecordBatch, number: int, schema: pa.Schema) -> pa.RecordBatch:
    """Return columns of the keys of one batch, with its number in the column ``batch``."""
    columns = {name: batch.column(name) for name in schema.names}
    if "batch" in columns:
        columns["batch"] = pa.array(np.full(len(batch), number, np.int32))
    return pa.record_batch([columns[name] for name in schema.names], schema=schema)


def _reader(files: Sequence[Path]) -> deduplicate.TextReader:
    """Return a function that gives the texts of some rows of a batch, in their order."""

    def read(number: int, rows: Sequence[int]) -> list[str]:
        found: list[str] = []
        with pq.ParquetFile(files[number]) as file:
            first = 0
            for group in range(file.num_row_groups):
                end = first + file.metadata.row_group(group).num_rows
                some = [row - first for row in rows if first <= row < end]
                if some:
                    texts = file.read_row_group(group, columns=["text"]).column("text")
                    found += texts.take(pa.array(some, pa.int64())).to_pylist()
                first = end
        return found

    return read
