"""What texts have in common, kept from run to run: two texts that stay are not compared again.

It lies in the work folder and may be removed at any time; without it texts are compared anew, to
the same release.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from broadsheet import addressed, deduplicate
from broadsheet.fingerprint import package_digest
from broadsheet.pipeline.parts import located, relocated
from broadsheet.pipeline.workspace import Place, StagedBatch, join, replace_kept

_ENDS = ("one", "other")


def keep_compared(work: Place, staged: Sequence[StagedBatch], compared: pa.Table) -> None:
    """Keep what pairs of staged rows have in common.

    Args:
        work: the dataset's work folder.
        staged: the batches, by number.
        compared: table of ``deduplicate.COMPARED_SCHEMA``. Pairs with rows that are carried over
            are left out, since those are not compared with one another.

    """
    columns = {name: compared[name] for name in compared.column_names if name not in _ENDS}
    batch, row = addressed.located(np.concatenate([np.asarray(compared[end]) for end in _ENDS]))
    numbers, place, names = located(staged, pa.table({"batch": batch, "row": row}))
    ends = zip(_ENDS, np.split(numbers, 2), np.split(place, 2), strict=True)
    for end, number, rows in ends:
        columns |= {end: names.take(pa.array(number, mask=number < 0)), f"{end}_row": rows}
    is_staged = (numbers >= 0).reshape(2, -1).all(axis=0)
    table = pa.table(columns).filter(pa.array(is_staged))
    table = table.replace_schema_metadata({"code": package_digest()})
    replace_kept(_place(work), lambda fresh: pq.write_table(table, fresh, compression="zstd"))


def recall_compared(work: Place, staged: Sequence[StagedBatch]) -> pa.Table:
    """Return what is known of pairs of staged rows, as a table of ``COMPARED_SCHEMA``."""
    schema = deduplicate.COMPARED_SCHEMA
    try:
        table = pq.read_table(_place(work))
        if (table.schema.metadata or {}).get(b"code") != package_digest().encode():
            return schema.empty_table()
        names = [chunk for end in _ENDS for chunk in table[end].cast(pa.string()).chunks]
        rows = np.concatenate([np.asarray(table[f"{end}_row"]) for end in _ENDS])
        ends = np.split(relocated(staged, pa.chunked_array(names, pa.string()), rows), 2)
        columns = {name: table[name] for name in schema.names} | dict(zip(_ENDS, ends, strict=True))
    except (OSError, KeyError, pa.ArrowException):
        return schema.empty_table()  # as good as absent
    is_here = (ends[0] >= 0) & (ends[1] >= 0)
    found = pa.table([columns[name] for name in schema.names], schema=schema)
    return found.filter(pa.array(is_here))


def _place(work: Place) -> Path:
    return Path(join(work, "compared.parquet"))
