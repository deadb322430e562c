"""What can be had of rows that are decoded together, where decoding them fails or kills.

A row group of a Parquet file, or a record batch of an Arrow file, is compressed column by column:
what lies behind the damage cannot be reached, but what lies before it can, and so can the next
group. The rows that are lost are counted, by what the file's own metadata says.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import pyarrow as pa

from broadsheet.isolation import Lost, progress
from broadsheet.reasons import Reason
from broadsheet.sources.blobs import Steps
from broadsheet.sources.faults import may_pass

PORTION_ROWS = 256
_FEW_ROWS = 4_096
DAMAGE = (pa.ArrowException, OSError, ValueError, OverflowError)

Decode = Callable[[int], Iterator[pa.RecordBatch]]
"""Yields the rows of a group from its first one on, so many at a time."""


class Gone(NamedTuple):
    """Rows that cannot be decoded, or whose decoding killed an earlier reading."""

    num_rows: int
    lost: Lost


def portions_of(decode: Decode, rows: int, steps: Steps | None) -> Iterator[pa.RecordBatch | Gone]:
    """Yield the rows of a group; those before a fault come in smaller portions.

    The group is decoded from its first row anew for that, one row at a time where few lie before.

    Args:
        decode: decodes the group.
        rows: how many it has.
        steps: as of a blob.

    Raises:
        OSError: reading failed, which may pass.

    """
    done = 0
    lost: Lost | None = None
    for is_again in (False, True):
        at = 0
        portions = decode(1 + done // _FEW_ROWS if is_again else PORTION_ROWS)
        while at < rows:
            found = _next(portions, steps if at >= done else None)
            if isinstance(found, Lost):
                lost = found
                break
            at += found.num_rows
            if at > done:
                yield found.slice(found.num_rows - (at - done))
                done = at
        if done >= rows:
            return
    if lost is not None:
        yield Gone(rows - done, lost)


def _next(portions: Iterator[pa.RecordBatch], steps: Steps | None) -> pa.RecordBatch | Lost:
    """Return the next portion, or why there is none."""
    if steps is not None and (lost := steps.begin()):
        return lost
    try:
        portion = next(portions, None)
    except DAMAGE as error:
        if may_pass(error):
            raise
        return Lost(Reason.TABLE_DAMAGED, first_line(error))
    finally:
        if steps is not None:
            steps.end()
    progress()
    if portion is None or not portion.num_rows:
        return Lost(Reason.TABLE_DAMAGED, "there are fewer rows than the file says")
    return portion


def one_batch(
    decode: Callable[[], pa.RecordBatch], rows: int, steps: Steps | None
) -> Iterator[pa.RecordBatch | Gone]:
    """Yield the rows of a record batch in portions, or that all of them are gone."""
    batch = _next(_once(decode), steps)
    yield from [Gone(rows, batch)] if isinstance(batch, Lost) else slices_of(batch)


def _once(decode: Callable[[], pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    yield decode()


def slices_of(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a record batch in portions."""
    for start in range(0, batch.num_rows, PORTION_ROWS):
        yield batch.slice(start, PORTION_ROWS)


def first_line(error: Exception) -> str:
    """Return what an error says, without its stack."""
    return str(error).partition("\n")[0][:300]
