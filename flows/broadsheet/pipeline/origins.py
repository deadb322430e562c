"""Which staged row each row of the last release was made of: what has not changed is reused.

It lies in the work folder and may be removed at any time; without it a release is made whole, to
the same bytes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from broadsheet import publish
from broadsheet.config import Publish
from broadsheet.fingerprint import digest_file, digest_json, package_digest
from broadsheet.pipeline.parts import located
from broadsheet.pipeline.workspace import Place, StagedBatch, join, replace_kept
from broadsheet.publish import layout
from broadsheet.publish.placement import Integers

_FORMAT = b"3"


@dataclass(frozen=True, slots=True)
class Origins:
    """What is known of a release that was made here, and found sound.

    Attributes:
        checksums: SHA-256 of its ``SHA256SUMS``.
        written_by: what :func:`writer` said when it was made.
        rows: for each row of the default configuration, in their order, ``staged``: the key of the
            raw file that it was made of, or the digest of the batch where that has none, null where
            it was carried over; and ``row``: its place in there.

    """

    checksums: str
    written_by: str
    rows: pa.Table

    def before(self, staged: Sequence[StagedBatch], survivors: pa.Table, release: Path) -> pa.Table:
        """Return survivors with ``before``, as :func:`broadsheet.publish.write_tables` takes it.

        Args:
            staged: the batches of this run, by number; after them come the release's shards, as
                far as rows of it are carried over.
            survivors: ``batch`` and ``row`` of what is to be published, and more.
            release: the release that the origins are of.

        """
        numbers, row, names = located(staged, survivors)
        number = pc.index_in(self.rows["staged"].cast(pa.string()), value_set=names)
        was = _codes(np.asarray(number.fill_null(-1)), np.asarray(self.rows["row"]))
        place = pc.index_in(_codes(numbers, row), value_set=was).fill_null(-1)
        before = np.where(numbers < 0, -1, np.asarray(place)).astype(np.int64)
        shard = np.asarray(survivors["batch"]) - len(staged)
        carried = np.flatnonzero(shard >= 0)
        rows = [pq.read_metadata(path).num_rows for path in layout.shards_of(release, "default")]
        starts = np.cumsum([0, *rows])
        before[carried] = starts[shard[carried]] + np.asarray(survivors["row"])[carried]
        return survivors.append_column("before", pa.array(before))


def writer(settings: Publish) -> str:
    """Return the digest of all that the bytes of a table depend on beside its rows."""
    return digest_json([package_digest(), publish.software(), settings.rows_per_group])


def keep_origins(
    work: Place,
    release: Path,
    staged: Sequence[StagedBatch],
    made_of: pa.Table,
    settings: Publish,
) -> None:
    """Keep which staged row each row of a sound release was made of.

    Args:
        work: the dataset's work folder.
        release: the release.
        staged: the batches of the run that made it, by number.
        made_of: ``batch`` and ``row`` of each row of the default configuration, in their order; a
            batch that is not among those staged was carried over.
        settings: by which it was written.

    """
    numbers, row, names = located(staged, made_of)
    table = pa.table({"staged": names.take(pa.array(numbers, mask=numbers < 0)), "row": row})
    stated = {"format": _FORMAT, "checksums": digest_file(release / layout.CHECKSUMS)}
    stated |= {"written_by": writer(settings)}
    table = table.replace_schema_metadata(stated)
    # Without it the release is there; the next one is made whole.
    replace_kept(_place(work), lambda fresh: pq.write_table(table, fresh, compression="zstd"))


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
    return Origins(actual, stated[b"written_by"].decode(), rows)


def _codes(number: Integers, row: Integers) -> pa.Array:
    """Return a number for each row that names its part and its place there; -1 has no place."""
    return pa.array(np.where(number < 0, -1, number.astype(np.int64) << 32 | row))


def _place(work: Place) -> Path:
    return Path(join(work, "origins.parquet"))
