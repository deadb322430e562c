"""Names of staged rows that last from run to run: the raw file of a row, and its place there.

Batches are cut anew as raw files come and go. What is kept of a row in the work folder is kept
under the key of its raw file, which tells all that its rows depend on, or under the digests of its
batch, where the file has none.
"""

import itertools
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from broadsheet.addressed import addressed
from broadsheet.fingerprint import digest_json
from broadsheet.pipeline.earlier import FILES
from broadsheet.pipeline.workspace import KEYS, StagedBatch, read_json
from broadsheet.publish.placement import Integers


def located(staged: Sequence[StagedBatch], rows: pa.Table) -> tuple[Integers, Integers, pa.Array]:
    """Return of what addressed rows were made.

    Args:
        staged: the batches, by number.
        rows: ``batch`` and ``row``.

    Returns:
        For each row the number of its file or batch, -1 where it was carried over, and its place
        in there; and the names of files and batches by number.

    """
    batch, place = (np.asarray(rows[name]).astype(np.int64) for name in ("batch", "row"))
    numbers, names = np.full(len(batch), -1), list[str]()
    order = np.argsort(batch, kind="stable")
    borders = np.searchsorted(batch[order], np.arange(len(staged) + 1))
    for one, (start, stop) in zip(staged, itertools.pairwise(borders), strict=True):
        some = order[start:stop]
        if len(some):
            of_row, first, named = _parts(one)
            numbers[some] = len(names) + of_row[place[some]]
            place[some] -= first[place[some]]
            names += named
    distinct = pa.array(names, pa.string()).dictionary_encode()
    known = np.flatnonzero(numbers >= 0)
    numbers[known] = np.asarray(distinct.indices)[numbers[known]]
    return numbers, place, distinct.dictionary


def relocated(staged: Sequence[StagedBatch], names: pa.ChunkedArray, rows: Integers) -> Integers:
    """Return where rows lie that were named by :func:`located`, in this run or in one before.

    Args:
        staged: the batches, by number.
        names: of the files or batches of the rows.
        rows: their places in there.

    Returns:
        Their addresses, see :mod:`broadsheet.addressed`; -1 of a row that is not there any more.

    """
    here: dict[str, tuple[int, int]] = {}
    for number, batch in enumerate(staged):
        of_row, first, named = _parts(batch)
        begins = np.zeros(len(named), np.int64)
        begins[of_row] = first
        for name, begin in zip(named, begins.tolist(), strict=True):
            here.setdefault(name, (addressed(number, begin), len(of_row) - begin))
    found = pc.index_in(names, value_set=pa.array([*here], pa.string())).fill_null(len(here))
    begins, counts = np.array([*here.values(), (0, 0)], np.int64)[np.asarray(found)].T
    return np.where((rows >= 0) & (rows < counts), begins + rows, -1)


def _parts(batch: StagedBatch) -> tuple[Integers, Integers, list[str]]:
    """Return for each row of a batch the number of its part, and the first row of that; the names.

    A part is a file, or all that the batch has of files that it does not name.
    """
    keys = {path: key for key, path in read_json(batch.path(FILES)).items()}
    with pq.ParquetFile(batch.path(KEYS)) as file:  # a tenth of what reading it as a table costs
        path = file.read(["source_path"], use_threads=False)["source_path"]
    encoded = path.combine_chunks().dictionary_encode()
    code = np.asarray(encoded.indices).astype(np.int64)
    named = [keys.get(path) for path in encoded.dictionary.to_pylist()]
    first = np.unique(code, return_index=True)[1]  # rows of one file follow one another
    first[[name is None for name in named]] = 0
    return code, first[code], [name or digest_json(batch.files) for name in named]
