"""All staged rows to published and folded ones, and the proof that splits do not leak."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from broadsheet import deduplicate
from broadsheet.pipeline.carrying import CarriedOver
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
    keys, config = _keys(staged), run.config
    files = [batch.path(ARTICLES) for batch in staged]
    if carried:
        keys = pa.concat_tables([keys, carried.keys])
        files += [part.articles for part in carried.staged]
    read = _reader(files)
    folding = deduplicate.fold(
        keys,
        config.duplicates,
        read,
        splits=config.splits,
        earlier=_earlier_labels(previous),
        carried=deduplicate.Carried(len(staged), carried.folded) if carried else None,
    )
    if config.splits.by is None:
        return Folded(folding, None)
    found = deduplicate.leakage(keys, folding.survivors, read)
    return Folded(folding, deduplicate.judge_leakage(found, config.duplicates))


def _earlier_labels(previous: Path | None) -> pa.Table | None:
    """Return what the previous release calls its articles' groups and splits."""
    columns = ["id", "cluster", "story", "split"]
    shards = layout.shards_of(previous, "default") if previous else ()
    if not shards or not set(columns) <= set(pq.read_schema(shards[0]).names):
        return None
    return pa.concat_tables([pq.read_table(path, columns=columns) for path in shards])


def _keys(staged: Sequence[StagedBatch]) -> pa.Table:
    """Return the keys of all staged rows; a batch's number is its place in the run."""
    tables = []
    for number, batch in enumerate(staged):
        keys = pq.read_table(batch.path(KEYS))
        numbers = pa.array([number] * len(keys), deduplicate.KEY_SCHEMA.field("batch").type)
        tables.append(keys.set_column(0, deduplicate.KEY_SCHEMA.field("batch"), numbers))
    return pa.concat_tables(tables)


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
