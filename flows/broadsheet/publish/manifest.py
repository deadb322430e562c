"""The manifest: all that is needed to check a release, and to make it again."""

import hashlib
import platform
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

import orjson
import pyarrow.parquet as pq

from broadsheet.config import Config
from broadsheet.fingerprint import digest_file
from broadsheet.publish import layout
from broadsheet.publish.changes import Change
from broadsheet.publish.layout import Version
from broadsheet.publish.write import Written

FORMAT = 1
NOT_LISTED = frozenset({layout.MANIFEST, layout.STATEMENT, layout.CHECKSUMS})
"""The files whose digests the manifest cannot state, because they are made from it."""

# Dependencies that rows and documents pass by: the shell, the server, the lock,
# signatures.
_WITHOUT_INFLUENCE = frozenset(
    {"click", "cryptography", "fastapi", "filelock", "fsspec", "prefect", "rich"}
)
_REQUIREMENT_NAME = re.compile(r"[A-Za-z0-9._-]+")

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What a release was made from, beside its rows.

    Attributes:
        config: the dataset's configuration.
        suites: SHA-256 of each expectation suite, by its name.
        skipped: entries of the raw input that are no articles, by reason code.

    """

    config: Config
    suites: Mapping[str, str] = field(default_factory=dict)
    skipped: Mapping[str, int] = field(default_factory=dict)


def make_manifest(
    written: Written, origin: Origin, change: Change, history: Sequence[Json], fingerprint: str
) -> Json:
    """Return the manifest of a staged release whose other files are all there.

    ``history`` ends with the entry of this release, which names its version.
    """
    release = written.release
    listed = [name for name in layout.files_of(release) if name not in NOT_LISTED]
    return {
        "format": FORMAT,
        "dataset": origin.config.dataset.name,
        "version": history[-1]["version"],
        "history": list(history),
        "fingerprint": fingerprint,
        **content_of(written, origin),
        "change": asdict(change)
        | {"previous": str(change.previous) if change.previous else None, "step": change.step},
        "files": {name: describe_file(release / name, written.digests) for name in listed},
    }


def extend_history(
    previous: Path | None, version: Version, rows: int, change: Change
) -> list[Json]:
    """Return one entry for each release of a dataset, the newest last."""
    before = read_manifest(previous)["history"] if previous else []
    entry = {
        "version": str(version),
        "rows": rows,
        "added": change.added,
        "removed": change.removed,
        "changed": change.changed,
    }
    return [*before, entry]


def content_of(written: Written, origin: Origin) -> Json:
    """Return the part of the manifest that does not carry the version."""
    release = written.release
    return {
        "inputs": {
            "files": len(written.inputs),
            "bytes": sum(file.size or 0 for file in written.inputs),
            "sha256": _digest_of_inputs(written),
        },
        "carried": carried(written),
        "accounts": asdict(written.accounts),
        "skipped": dict(origin.skipped),
        "configurations": {
            name: {
                "rows": files.rows,
                "bytes": sum(plain_bytes(path) for path in files.paths),
                "splits": {
                    split: {
                        "rows": sum(pq.read_metadata(path).num_rows for path in paths),
                        "bytes": sum(plain_bytes(path) for path in paths),
                    }
                    for split, paths in files.by_split().items()
                },
                "files": {
                    path.relative_to(release).as_posix(): pq.read_metadata(path).num_rows
                    for path in files.paths
                },
            }
            for name, files in written.tables.items()
        },
        "index": {
            "rows": sum(pq.read_metadata(path).num_rows for path in written.index),
            "bytes": sum(path.stat().st_size for path in written.index),
        },
        "withheld": written.withheld,
        "configuration": _configuration(origin.config),
        "suites": dict(origin.suites),
        "software": software(),
    }


def carried(written: Written) -> Json:
    """Return how many raw files were not read but carried over, and their records."""
    files = [file for file in written.inputs if file.carried_from]
    return {"files": len(files), "records": sum(file.records or 0 for file in files)}


def plain_bytes(path: Path) -> int:
    """Return the bytes of a Parquet file's data before compression, as its footer states them."""
    footer = pq.read_metadata(path)
    return sum(footer.row_group(i).total_byte_size for i in range(footer.num_row_groups))


def describe_file(path: Path, digests: Mapping[Path, str]) -> Json:
    """Return a file's size in bytes and its SHA-256, which is among those digests or computed."""
    return {"bytes": path.stat().st_size, "sha256": digest_file(path, digests)}


def to_bytes(manifest: Mapping[str, Any]) -> bytes:
    """Return JSON that is the same for equal content: sorted keys, two spaces, a final newline."""
    options = orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    return orjson.dumps(manifest, option=options)


def read_manifest(release: Path) -> Json:
    """Read a release's manifest.

    Raises:
        OSError: it cannot be read.
        ValueError: it is no JSON object.

    """
    manifest = orjson.loads((release / layout.MANIFEST).read_bytes())
    if not isinstance(manifest, dict):
        message = f"{release / layout.MANIFEST} is no JSON object"
        raise ValueError(message)  # noqa: TRY004 - of the content, as orjson's own error
    return manifest


@cache
def software() -> Json:
    """Return the versions of everything that rows and documents depend on."""
    requirements = metadata.requires("broadsheet") or []
    names = {
        match.group().lower()
        for line in requirements
        if "extra ==" not in line and (match := _REQUIREMENT_NAME.match(line))
    }
    return {
        "broadsheet": metadata.version("broadsheet"),
        "python": ".".join(platform.python_version_tuple()[:2]),
        "unicode": unicodedata.unidata_version,
        "packages": {name: metadata.version(name) for name in sorted(names - _WITHOUT_INFLUENCE)},
    }


def _configuration(config: Config) -> Json:
    """Return the settings; of what was taken down no URL, for nobody shall find it by them."""
    settings = config.model_dump(mode="json")
    takedown = settings.get("takedown", {})
    urls = [hashlib.sha256(url.encode()).hexdigest() for url in takedown.get("urls", ())]
    return settings | {"takedown": takedown | {"urls": urls}}


def _digest_of_inputs(written: Written) -> str:
    """Return the SHA-256 of the list of raw files: path, size and digest of each."""
    listed = [[file.path, file.size, file.sha256] for file in written.inputs]
    return hashlib.sha256(orjson.dumps(listed)).hexdigest()
