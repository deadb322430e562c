"""What the tests of reading share."""

from collections.abc import Callable
from pathlib import Path

import pytest

from broadsheet.config import Sources
from broadsheet.records import RawRecord, Rejection, Skipped
from broadsheet.sources import discover, plan_batches, read_batch


@pytest.fixture
def write(tmp_path) -> Callable[..., Path]:
    """Return a function that writes a file below the raw folder and returns its path."""

    def write_file(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write_file


@pytest.fixture
def read(tmp_path) -> Callable[..., list[RawRecord | Rejection | Skipped]]:
    """Return a function that discovers, plans and reads the whole raw folder."""

    def read_folder(**settings: object) -> list[RawRecord | Rejection | Skipped]:
        sources = Sources.model_validate(settings)
        found = discover(tmp_path, sources)
        batches = plan_batches(found.files, sources)
        items = [item for batch in batches for item in read_batch(tmp_path, batch, sources)]
        return [*found.rejections, *found.skipped, *items]

    return read_folder
