"""Which staged row each row of the last release was made of: what has not changed is reused.

It lies in the work folder and may be removed at any time; without it a release is made whole, to
the same bytes.
"""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from broadsheet.deduplicate import addresses
from broadsheet.fingerprint import digest_file, digest_json
from broadsheet.pipeline.workspace import Place, StagedBatch, join
from broadsheet.publish import layout

_FORMAT = b"1"


@dataclass(frozen=True, slots=True)
class Origins:
    """What is known of a release that was made here, and found sound.

    Attributes:
        checksums: SHA-256 of its ``SHA256SUMS``.
        rows: for each row of the default configuration, in their order, ``staged``: the digest of
            the batch that it was made of, null where it was carried over, and ``row`` there.

    """

    checksums: str
    rows: pa.Table

    def before(self, staged: Sequence[StagedBatch], survivors: pa.Table, release: Path) -> pa.Table:
        """Return survivors with ``before``, as :func:`broadsheet.publish.write_tables` takes it.

        Args:
            staged: the batches of this run, by number; after them come the release's shards, as
                far as rows of it are carried over.
            survivors: ``batch`` and ``row`` of what is to be published, and more.
            release: the release that the origins are of.

        """
        digests = pa.array([*map(_digest, staged)], pa.string())
        batch = pc.index_in(self.rows["staged"].cast(pa.string()), value_set=digests)
        was = pa.table({"batch": batch.fill_null(-1), "row": self.rows["row"]})
        place = pc.index_in(addresses(survivors), value_set=addresses(was)).fill_null(-1)
        before = np.asarray(place).astype(np.int64)
        shard = np.asarray(survivors["batch"]) - len(staged)
        carried = np.flatnonzero(shard >= 0)
        rows = [pq.read_metadata(path).num_rows for path in layout.shards_of(release, "default")]
        starts = np.cumsum([0, *rows])
        before[carried] = starts[shard[carried]] + np.asarray(survivors["row"])[carried]
        return survivors.append_column("before", pa.array(before))


def keep_origins(
    work: Place, release: Path, staged: Sequence[StagedBatch], made_of: pa.Table
) -> None:
    """Keep which staged row each row of a sound release was made of.

    Args:
        work: the dataset's work folder.
        release: the release.
        staged: the batches of the run that made it, by number.
        made_of: ``batch`` and ``row`` of each row of the default configuration, in their order; a
            batch that is not among those staged was carried over.

    """
    digests = pa.array([*map(_digest, staged)], pa.string())
    numbers = made_of["batch"].combine_chunks()
    known = pc.if_else(pc.less(numbers, len(digests)), numbers, None)
    table = pa.table({"staged": digests.take(known), "row": made_of["row"]})
    stated = {"format": _FORMAT, "checksums": digest_file(release / layout.CHECKSUMS)}
    path = _place(work)
    fresh = path.with_suffix(".new")
    with contextlib.suppress(OSError):  # the release is there; the next one is made whole
        pq.write_table(table.replace_schema_metadata(stated), fresh, compression="zstd")
        fresh.replace(path)


def recall_origins(work: Place, release: Path) -> Origins | None:
    """Return what is known of a release, None where nothing is."""
    path, checksums = _place(work), release / layout.CHECKSUMS
    if not (path.is_file() and checksums.is_file()):
        return None
    try:
        rows = pq.read_table(path)
    except (OSError, pa.ArrowException):
        return None  # as good as absent
    stated, actual = rows.schema.metadata or {}, digest_file(checksums)
    if (stated.get(b"format"), stated.get(b"checksums")) != (_FORMAT, actual.encode()):
        return None
    return Origins(actual, rows)


def _place(work: Place) -> Path:
    return Path(join(work, "origins.parquet"))


def _digest(batch: StagedBatch) -> str:
    """Return the digest of all that a batch holds."""
    return digest_json(batch.files)
