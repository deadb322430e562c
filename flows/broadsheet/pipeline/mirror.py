"""A run whose work folder and releases lie in a store, seen through a folder of the local disk.

The last step of a run reads every staged batch more than once and links shards from release to
release: it works on local copies, in a cache that may be removed at any time, and hands in what
it made. Of two runs that hand in another version of the same number one fails and changes nothing.
"""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from filelock import FileLock

from broadsheet.addresses import open_store
from broadsheet.errors import StorageError
from broadsheet.fingerprint import digest_json
from broadsheet.pipeline.plan import Run
from broadsheet.pipeline.workspace import RESULT, StagedBatch, join
from broadsheet.publish import layout
from broadsheet.publish.files import storage_errors
from broadsheet.publish.stores import fetch_releases, publish_to_store

Json = dict[str, Any]

_FETCHES_AT_ONCE = 16  # they wait for the network


@contextmanager
def mirrored(run: Run, staged: Sequence[StagedBatch]) -> Iterator[tuple[Run, list[StagedBatch]]]:
    """Yield the run and its batches on the local disk, with the releases before it.

    Raises:
        StorageError: the store failed, or holds a damaged batch, which is removed from it.

    """
    output = _cache() / digest_json(run.output)[:16]
    name = run.config.dataset.name
    local = replace(run, output=str(output), work=join(output, ".work", name))
    output.mkdir(parents=True, exist_ok=True)
    with FileLock(output / f".{name}.lock"):
        with storage_errors(f"Fetching from {run.output}"):
            (output / name).mkdir(exist_ok=True)
            fetch_releases(join(run.output, name), output / name)
            folder = Path(local.work) / "batches"
            folder.mkdir(parents=True, exist_ok=True)
            _drop_others(folder, staged)
            with ThreadPoolExecutor(_FETCHES_AT_ONCE) as pool:
                fetched = list(pool.map(lambda batch: _fetch(batch, folder), staged))
        yield local, fetched


def hand_in(run: Run, local: Run, outcome: Json) -> Json:
    """Publish in the store what was made locally, and return the outcome as seen there.

    Raises:
        VersionConflictError: another run has published this version with another content.
        PublishError, StorageError: as :func:`broadsheet.publish.stores.publish_to_store`.

    """
    name = run.config.dataset.name
    home = join(run.output, name)
    if not outcome["release"]:
        report = Path(local.work) / "report"
        _upload(report, join(run.work, "report"))
        return outcome | {"report": join(run.work, "report", layout.REPORT)}
    release = Path(local.output) / name / outcome["version"]
    publish_to_store(release, home)
    store, folder = open_store(home)
    with storage_errors(f"Updating {home}"):
        store.pipe_file(f"{folder}/{layout.CARD}", (release.parent / layout.CARD).read_bytes())
    target = join(home, outcome["version"])
    return outcome | {"release": target, "report": join(target, layout.REPORT)}


def _cache() -> Path:
    named = os.environ.get("BROADSHEET_CACHE")
    caches = os.environ.get("XDG_CACHE_HOME", "~/.cache")
    return Path(named or join(caches, "broadsheet")).expanduser()


def _drop_others(folder: Path, staged: Sequence[StagedBatch]) -> None:
    """Remove copies of batches that this run does not need, so that the cache stays bounded."""
    needed = {_key(batch) for batch in staged}
    for copy in folder.iterdir():
        if copy.name not in needed:
            for file in copy.iterdir():
                file.unlink()
            copy.rmdir()


def _key(batch: StagedBatch) -> str:
    return digest_json(batch.to_json())[:32]


def _fetch(batch: StagedBatch, folder: Path) -> StagedBatch:
    """Return a batch as a local copy that is as it was staged."""
    target = folder / _key(batch)
    copy = replace(batch, folder=str(target))
    if all(copy.path(name).is_file() for name in batch.files) and not copy.damaged_file():
        return copy
    target.mkdir(exist_ok=True)
    store, source = open_store(batch.folder)
    for name in batch.files:
        store.get_file(f"{source}/{name}", str(target / name))
    if damaged := copy.damaged_file():
        store.rm_file(f"{source}/{RESULT}")
        message = f"{batch.folder}/{damaged} is damaged; run again, and the batch is worked again."
        raise StorageError(message)
    return copy


def _upload(folder: Path, address: str) -> None:
    store, target = open_store(address)
    with storage_errors(f"Writing {address}"):
        for name in layout.files_of(folder):
            store.pipe_file(f"{target}/{name}", (folder / name).read_bytes())
