"""What the work folder holds that no coming run is likely to take, and its removal.

Batches are staged under the digest of all that they were made from, so those of other settings, of
older code and of files that have changed stay behind. What the newest run asked for is kept: with
it the next run of the same corpus begins where that one ended.
"""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from broadsheet.addresses import is_address, open_store
from broadsheet.errors import StorageError
from broadsheet.pipeline.batch import Request
from broadsheet.pipeline.census import lines_folder
from broadsheet.pipeline.workspace import (
    Place,
    drop_folder,
    join,
    names_in,
    parts_of,
    read_json,
)
from broadsheet.status import AT_WORK, read_status

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tidied:
    """What is not needed, or was not and is gone: folders, and their bytes; ``kept`` stayed."""

    removed: int
    removed_bytes: int
    kept: int


def tidy_all(output: Place, *, removes: bool) -> list[Json]:
    """Tidy the work folder of each dataset, see :func:`tidy`.

    Args:
        output: the folder of releases, a path or an address.
        removes: whether to remove anything; otherwise it is only counted.

    Returns:
        For each dataset its ``name`` and the fields of :class:`Tidied`.

    Raises:
        StorageError: a run may still be at work there.

    """
    found = read_status(output)
    for status in found:
        if removes and status["state"] in AT_WORK:
            message = (
                f"{status['name']}: process {status['pid']} on {status['host']} is at work here. "
                "Wait until it has ended; if it has died on that machine, build once more first."
            )
            raise StorageError(message)
    return [
        {"name": name, **asdict(tidy(join(output, ".work", name), removes=removes))}
        for name in (status["name"] for status in found)
    ]


def render_tidied(found: list[Json], *, removes: bool) -> str:
    """Return what was removed, or would be, in words, a line each."""
    done = "removed" if removes else "would remove"
    return "\n".join(
        f"{tidied['name']}: {done} {tidied['removed']} folders, "
        f"{tidied['removed_bytes'] / 1e6:,.1f} MB; {tidied['kept']} staged batches are kept"
        for tidied in found
    )


def tidy(work: Place, *, removes: bool) -> Tidied:
    """Remove what the newest run in a work folder did not ask for.

    Nothing may run meanwhile. Where no run has left its plan, all stays.

    Args:
        work: the work folder of one dataset, a path or an address.
        removes: whether to remove it; otherwise it is only counted.

    """
    runs = names_in(join(work, "runs"))
    if not runs:
        return Tidied(removed=0, removed_bytes=0, kept=len(names_in(join(work, "batches"))))
    newest = max(runs, key=lambda name: (_written_at(join(work, "runs", name, "run.json")), name))
    asked = [Request(**value) for value in _requests_in(join(work, "runs", newest))]
    wanted = {
        "runs": {newest},
        "batches": {request.staged.rpartition("/")[2] for request in asked},
        "lines": {lines_folder(request).rpartition("/")[2] for request in asked},
    }
    held = {kind: names_in(join(work, kind)) for kind in wanted}
    old = [
        join(work, kind, name)
        for kind, names in held.items()
        for name in names
        if name not in wanted[kind]
    ]
    old += [parts_of(work)] if "parts" in names_in(work) else []
    sizes = [_bytes_below(folder) for folder in old]
    if removes:
        for folder in old:
            drop_folder(folder)
    kept = sum(name in wanted["batches"] for name in held["batches"])
    return Tidied(removed=len(old), removed_bytes=sum(sizes), kept=kept)


def _requests_in(run: str) -> list[Json]:
    """Return the requests of a run's batches, those that the census wrote anew among them."""
    found = (read_json(join(run, name)) for name in _files_in(run))
    return [value for value in found if "staged" in value]


def _files_in(folder: str) -> list[str]:
    if is_address(folder):
        store, path = open_store(folder)
        names = [entry["name"] for entry in store.ls(path, detail=True) if entry["type"] == "file"]
        return [name.rsplit("/", 1)[-1] for name in names]
    return [entry.name for entry in Path(folder).iterdir() if entry.is_file()]


def _written_at(file: str) -> float:
    """Return when a file was written, seconds since 1970; 0 where it is not there."""
    try:
        if is_address(file):
            store, path = open_store(file)
            return float(store.modified(path).timestamp())
        return Path(file).stat().st_mtime
    except FileNotFoundError:
        return 0.0


def _bytes_below(folder: str) -> int:
    if is_address(folder):
        store, path = open_store(folder)
        return int(store.du(path))
    return sum(path.lstat().st_size for path in Path(folder).rglob("*") if path.is_file())
