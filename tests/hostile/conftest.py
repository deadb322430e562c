"""Raw folders that hold one hostile file each, and what reading makes of them."""

import resource
from collections.abc import Callable
from pathlib import Path

import pytest

from broadsheet.config import Config, Sources
from broadsheet.pipeline.guarded import Worked, read_and_refine
from broadsheet.records import RawRecord, Rejection
from broadsheet.sources import discover, plan_batches, read_batch

ABOUT = {
    "dataset": {"name": "a", "pretty_name": "A", "description": "-", "license": "cc0-1.0"},
    "text": {"min_words": 5},
    "dates": {"not_after": "2026-01-01"},
}


@pytest.fixture(autouse=True)
def memory_limit():
    """Hold every case to one GiB above what the test process has already."""
    with open("/proc/self/statm", "rb") as statm:  # noqa: PTH123 - a pseudo-file
        used = int(statm.read().split()[0]) * resource.getpagesize()
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (used + 2**30, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_AS, before)


@pytest.fixture
def outcomes(tmp_path) -> Callable[..., list[str]]:
    """Return a function that writes files and says what became of each record: P, or its code."""

    def read(files: dict[str, bytes], **settings: object) -> list[str]:
        root = tmp_path / "raw"
        for name, content in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        sources = Sources.model_validate(settings)
        found = discover(root, sources)
        items = [
            item
            for batch in plan_batches(found.files, sources)
            for item in read_batch(root, batch, sources)
        ]
        shown = []
        for item in (*found.rejections, *items):
            if isinstance(item, RawRecord):
                shown.append(" ".join(["P", *item.notes]))
            elif isinstance(item, Rejection):
                shown.append(str(item.reason))
            else:
                shown.append(f"{item.reason} x {item.count}")
        assert sorted(p.name for p in tmp_path.iterdir()) == ["raw"], "written beside the input"
        return shown

    return read


@pytest.fixture
def records(tmp_path) -> Callable[..., list[RawRecord]]:
    """Return a function that writes files and returns the records that they hold."""

    def read(files: dict[str, bytes]) -> list[RawRecord]:
        for name, content in files.items():
            (tmp_path / name).write_bytes(content)
        found = discover(tmp_path, Sources())
        batches = plan_batches(found.files, Sources())
        items = [item for b in batches for item in read_batch(tmp_path, b, Sources())]
        return [item for item in items if isinstance(item, RawRecord)]

    return read


@pytest.fixture
def outcomes_of_rows(tmp_path) -> Callable[..., list[tuple[str, str]]]:
    """Return a function that works files as a run does: P and the text of a row, or a reason."""

    def work(files: dict[str, bytes], **sections: object) -> list[tuple[str, str]]:
        worked = work_files(tmp_path, files, **sections)
        rows = [("P", text) for text in worked.rows["text"].to_pylist()]
        return [*rows, *((str(item.reason), "") for item in worked.rejections)]

    return work


@pytest.fixture
def worked(tmp_path) -> Callable[..., Worked]:
    """Return a function that works files as a run does, behind the guard."""
    return lambda files, **sections: work_files(tmp_path, files, **sections)


def work_files(folder: Path, files: dict[str, bytes], **sections: object) -> Worked:
    """Write files and work them in one batch, as a run does."""
    for name, content in files.items():
        (folder / name).write_bytes(content)
    config = Config.model_validate({**ABOUT, **sections})
    (batch,) = plan_batches(discover(folder, config.sources).files, config.sources)
    return read_and_refine(str(folder), batch, config, "raise")
