"""A read that fails may succeed when it is tried again: it never passes for damage of the file."""

import io
import tarfile
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from broadsheet.config import Sources
from broadsheet.reasons import Reason
from broadsheet.records import Rejection
from broadsheet.sources import discover, plan_batches, read_batch

TEXTS = [" ".join(f"{n}{m * 7_919 % 10_007}" for m in range(2_000)) for n in range(24)]
SMALL = Sources(batch_bytes=2**16, max_record_bytes=2**16)  # larger archives are read as streams


def write_zip(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for number, text in enumerate(TEXTS):
            archive.writestr(f"{number}.txt", text)


def write_tar(path: Path) -> None:
    with tarfile.open(path, "w") as archive:
        for number, text in enumerate(TEXTS):
            member = tarfile.TarInfo(f"{number}.txt")
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text.encode()))


def write_parquet(path: Path) -> None:
    pq.write_table(pa.table({"text": TEXTS}), path, row_group_size=12, use_dictionary=False)


def write_arrow(path: Path) -> None:
    table = pa.table({"text": TEXTS})
    with pa.ipc.new_file(path, table.schema) as writer:
        writer.write_table(table, max_chunksize=12)


class Disk:
    """Files that fail at one of their reads, as those of a network do."""

    reads = 0
    failing = 0

    def open(self, path: Path) -> io.BufferedReader:
        disk = self

        class File(io.FileIO):
            def readinto(self, buffer):
                disk.reads += 1
                if disk.reads == disk.failing:
                    raise OSError(5, "Input/output error")
                return super().readinto(buffer)

        return io.BufferedReader(File(path), 2**12)


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("a.zip", write_zip),
        ("a.tar", write_tar),
        ("a.parquet", write_parquet),
        ("a.arrow", write_arrow),
    ],
)
def test_a_read_that_fails_is_no_damage(tmp_path, monkeypatch, name, write):
    write(tmp_path / name)
    batches = plan_batches(discover(tmp_path, SMALL).files, SMALL)
    disk = Disk()
    monkeypatch.setattr(Path, "open", lambda path, *_: disk.open(path))
    items = [item for batch in batches for item in read_batch(tmp_path, batch, SMALL)]
    assert [item.text for item in items] == TEXTS
    last = disk.reads

    for failing in {1, 2, last // 2, last - 1, last}:
        disk.reads, disk.failing = 0, failing
        with pytest.raises(OSError, match="Input/output"):
            [read_batch(tmp_path, batch, SMALL) for batch in batches]

        disk.reads = 0
        told = [i for b in batches for i in read_batch(tmp_path, b, SMALL, on_failure="reject")]
        assert {i.reason for i in told if isinstance(i, Rejection)} == {Reason.IO_FAILED}
