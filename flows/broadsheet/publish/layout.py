"""Where things lie in a release, and which releases a dataset has.

The layout is that of a repository of the Hugging Face Hub, so that a release can be loaded, copied
or uploaded as it is.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from broadsheet.errors import ConfigError

CARD = "README.md"
MANIFEST = "manifest.json"
STATEMENT = "statement.json"
CHECKSUMS = "SHA256SUMS"
CHANGES = "CHANGES.md"
CHANGES_TABLE = "changes.parquet"
INDEX = "index"
INPUTS_TABLE = "inputs.parquet"
CITATION = "CITATION.cff"
CROISSANT = "croissant.json"
DATA_PACKAGE = "datapackage.json"
LICENSE = "LICENSE"
RESULTS = "validation/results.json"
REPORT = "validation/index.html"

LATEST = "latest"
LOCK = ".lock"
STAGING_PREFIX = ".staging-"

SPLIT = "train"
"""Split of all rows where there are no others; what is loaded without splits is called so."""
UNASSIGNED = "unassigned"
"""Split of the rows that could be in no other without a leak."""
SPLITS = (SPLIT, "validation", "test", UNASSIGNED)
FOLDERS = {"default": "data", "quarantine": "quarantine", "duplicates": "duplicates"}
"""Folder of each configuration's Parquet files, by the configuration's name."""

_VERSION = re.compile(r"(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class Version:
    """Three numbers, ordered; ``datasets`` takes no other form."""

    major: int
    minor: int
    patch: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``1.2.3``.

        Raises:
            ConfigError: the text is no version.

        """
        if not (match := _VERSION.fullmatch(text)):
            message = f"{text!r} is no version; give three numbers, such as 1.2.0."
            raise ConfigError(message)
        return cls(*map(int, match.groups()))

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"


FIRST = Version(1, 0, 0)


def is_version(text: str) -> bool:
    """Tell whether a text is a version."""
    return _VERSION.fullmatch(text) is not None


def versions_of(dataset_dir: Path) -> tuple[Version, ...]:
    """Return the versions that a dataset's folder holds, oldest first."""
    if not dataset_dir.is_dir():
        return ()
    folders = (
        entry for entry in dataset_dir.iterdir() if entry.is_dir() and not entry.is_symlink()
    )
    return tuple(sorted(Version.parse(f.name) for f in folders if _VERSION.fullmatch(f.name)))


def newest_release(dataset_dir: Path) -> Path | None:
    """Return the folder of a dataset's newest release, None where there is none."""
    versions = versions_of(dataset_dir)
    return dataset_dir / str(versions[-1]) if versions else None


def shard_name(configuration: str, split: str, index: int, count: int) -> str:
    """Return the path of a shard in its release, such as ``data/train-00000-of-00002.parquet``."""
    return f"{FOLDERS[configuration]}/{split}-{index:05d}-of-{count:05d}.parquet"


def shard_pattern(configuration: str, split: str) -> str:
    """Return the pattern of the shards of one split of a configuration, from their release."""
    return f"{FOLDERS[configuration]}/{split}-*.parquet"


def shards_of(
    release: Path, configuration: str, splits: Sequence[str] = SPLITS
) -> tuple[Path, ...]:
    """Return the Parquet files of a configuration, split by split; none where it has no rows."""
    patterns = [shard_pattern(configuration, split) for split in splits]
    return tuple(path for pattern in patterns for path in sorted(release.glob(pattern)))


def index_of(release: Path, shard: Path) -> Path:
    """Return the file of the index whose rows are those of a shard of the same release."""
    return release / INDEX / shard.relative_to(release)


def split_of(shard: Path) -> str:
    """Return the split that a shard belongs to."""
    return shard.name.partition("-")[0]


def files_of(release: Path) -> Iterator[str]:
    """Yield the POSIX paths of all files of a release, sorted; links are files, too."""
    paths = (path for path in release.rglob("*") if path.is_symlink() or not path.is_dir())
    yield from sorted(path.relative_to(release).as_posix() for path in paths)
