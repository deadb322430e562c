"""Which releases hold an article."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow.dataset as ds

from broadsheet.publish import layout
from broadsheet.publish.layout import Version


@dataclass(frozen=True, slots=True)
class Holding:
    """An article in a release: its id, its URL, and how many copies were folded into it."""

    version: Version
    release: Path
    id: str
    url: str | None
    copies: int


def holdings(dataset_dir: Path, keys: Collection[str]) -> Iterator[Holding]:
    """Yield where an article is held, the newest release first.

    Args:
        dataset_dir: the folder of a dataset's releases.
        keys: what the article may be known by: its id, its URL as published or as found.

    """
    fields = [ds.field(name).isin(list(keys)) for name in ("id", "url", "url_found")]
    matches = fields[0] | fields[1] | fields[2]
    columns = ["id", "url", "duplicate_count"]
    for version in reversed(layout.versions_of(dataset_dir)):
        release = dataset_dir / str(version)
        shards = [str(path) for path in layout.shards_of(release, "default")]
        if not shards:
            continue
        rows = ds.dataset(shards, format="parquet").to_table(columns=columns, filter=matches)
        for row in rows.to_pylist():
            yield Holding(version, release, row["id"], row["url"], row["duplicate_count"])
