"""Files of a batch that an earlier batch held, too: what they came to is taken from there.

A file that is added falls into a batch of some thousand records, and a batch is staged under the
digest of all of its files. What a file comes to depends on no other file, but for the lines that
recur. So only the files that are new are read; the batch is then checked and staged as ever, to the
same bytes.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict
from io import BytesIO
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from broadsheet import sources
from broadsheet.config import Config
from broadsheet.deduplicate import KEY_SCHEMA
from broadsheet.errors import StorageError
from broadsheet.fingerprint import digest_json
from broadsheet.pipeline.guarded import Worked
from broadsheet.pipeline.workspace import (
    ARTICLES,
    COUNTS,
    KEYS,
    QUARANTINE,
    RESULT,
    StagedBatch,
    join,
    names_in,
    read_bytes,
    read_json,
)
from broadsheet.reasons import Reason
from broadsheet.records import Rejection, Skipped, Source
from broadsheet.tables import STAGED_ARTICLE_SCHEMA

Json = dict[str, Any]

FILES = "files.json"
"""In a staged batch: the files whose rows are all there, by the digest of what they came from."""

_CHECKED = {"validate", "deduplicate"}
"""Stages that set rows aside after a file was worked: such rows are not in the staged articles."""
_BY_CHANCE = {
    Reason.IO_PERMISSION,
    Reason.IO_FAILED,
    Reason.IO_CHANGED,
    Reason.RECORD_FAULT,
    Reason.RECORD_CRASHED,
    Reason.RESOURCE_TIMEOUT,
    Reason.RESOURCE_MEMORY,
}
"""Reasons that another try might not find again."""


def files_of(
    batch: sources.Batch, config: Config, code: str, worked: Worked, set_aside: Sequence[Rejection]
) -> dict[str, str]:
    """Return the files of a staged batch that a later batch may take, by their keys.

    Args:
        batch: what it read.
        config: the settings.
        code: digest of the code and the libraries.
        worked: what it came to.
        set_aside: all records that were set aside, by the checks, too.

    """
    counts = Counter(worked.rows["source_path"].to_pylist())
    counts.update(rejection.source.path for rejection in worked.rejections)
    left_out = {r.source.path for r in set_aside if r.stage in _CHECKED or r.reason in _BY_CHANCE}
    if config.text.recurring_lines == "remove":  # what a file comes to depends on others
        return {}
    keys = _keys(batch, config, code)
    return {
        key: path
        for path, key in keys.items()
        if path not in left_out and counts[path] == worked.found[path]
    }


def find_earlier(
    work: str, batches: Mapping[str, sources.Batch], config: Config, code: str
) -> dict[str, dict[str, str]]:
    """Return for each batch which of its files an earlier one holds: path to staged folder.

    Args:
        work: the dataset's work folder.
        batches: the batches of a run by the name of the folder that each will be staged in.
        config: the settings.
        code: digest of the code and the libraries.

    """
    held = names_in(join(work, "batches"))
    fresh = {name: _keys(batches[name], config, code) for name in batches.keys() - held}
    others = [name for name in held if name not in batches] if fresh else []
    places: dict[str, str] = {}
    for folder in (join(work, "batches", name) for name in others):
        places |= dict.fromkeys(_files_in(folder), folder)
    found = {
        name: {path: places[key] for path, key in keys.items() if key in places}
        for name, keys in fresh.items()
    }
    return {name: files for name, files in found.items() if files}


def with_earlier(
    batch: sources.Batch,
    earlier: Mapping[str, str],
    read: Callable[[sources.Batch], Worked],
) -> Worked:
    """Return what a batch comes to; files that an earlier batch holds are taken from there.

    Args:
        batch: the batch.
        earlier: path of such a file to the folder of the staged batch that holds it.
        read: reads and refines a batch.

    """
    parts = []
    for folder in sorted(set(earlier.values())):
        paths = [path for path, place in earlier.items() if place == folder]
        try:
            parts.append(_taken(folder, paths))
        except (OSError, ValueError, KeyError, TypeError, pa.ArrowException, StorageError):
            earlier = {p: place for p, place in earlier.items() if place != folder}
    rest = tuple(span for span in batch.spans if span.path not in earlier)
    if not parts:
        return read(batch)
    if rest:
        parts.append(read(sources.Batch(rest)))
    return _joined(parts, [span.path for span in batch.spans])


def _keys(batch: sources.Batch, config: Config, code: str) -> dict[str, str]:
    """Return for each whole file of a batch the digest of all that its rows depend on."""
    settings = {"code": code, "config": config.batch_digest()}
    whole = (span for span in batch.spans if span.is_whole)
    return {span.path: digest_json(settings | {"span": asdict(span)})[:32] for span in whole}


def _files_in(folder: str) -> Collection[str]:
    try:
        files: dict[str, str] = read_json(join(folder, FILES))
    except (OSError, ValueError):
        return ()
    return files


def _taken(folder: str, paths: Sequence[str]) -> Worked:
    """Return what some files came to, from the batch that holds them.

    Raises:
        OSError, ValueError, KeyError, TypeError, pa.ArrowException: it is gone, or damaged.

    """
    staged = StagedBatch.from_json(read_json(join(folder, RESULT)))
    rows, keys, aside = (
        pq.read_table(BytesIO(_content(folder, staged, name)))
        for name in (ARTICLES, KEYS, QUARANTINE)
    )
    some = pa.array(paths, pa.string())
    wanted = pc.is_in(rows["source_path"], value_set=some)
    aside = aside.filter(pc.is_in(aside["source_path"], value_set=some))
    found = read_json(join(folder, COUNTS))
    return Worked(
        rows=rows.filter(wanted).cast(STAGED_ARTICLE_SCHEMA),  # files call elements otherwise
        keys=keys.filter(wanted).cast(KEY_SCHEMA),
        rejections=[_rejection(row) for row in aside.to_pylist()],
        skipped=[Skipped(**entry) for entry in staged.skipped if entry["path"] in paths],
        found=Counter({path: found[path] for path in paths if path in found}),
    )


def _content(folder: str, staged: StagedBatch, name: str) -> bytes:
    content = read_bytes(join(folder, name))
    if hashlib.sha256(content).hexdigest() != staged.files[name]:
        raise ValueError(f"{folder}/{name} is damaged")
    return content


def _rejection(row: Json) -> Rejection:
    others = {name: value for name, value in row.items() if not name.startswith("source_")}
    return Rejection(source=Source.of_row(row), **others)


def _joined(parts: Sequence[Worked], paths: Sequence[str]) -> Worked:
    """Return what several parts of a batch came to as one, in the order of its files."""
    rows = pa.concat_tables([part.rows for part in parts])
    place = pc.index_in(rows["source_path"], value_set=pa.array(paths, pa.string()))
    order = pc.sort_indices(pa.table({"place": place, "row": range(len(rows))}), _IN_PLACE)
    places = {path: number for number, path in enumerate(paths)}
    rejections = [rejection for part in parts for rejection in part.rejections]
    skipped = [entry for part in parts for entry in part.skipped]
    return Worked(
        rows=rows.take(order),
        keys=pa.concat_tables([part.keys for part in parts]).take(order),
        rejections=sorted(rejections, key=lambda r: places[r.source.path]),
        skipped=sorted(skipped, key=lambda entry: places[entry.path]),
        found=sum((part.found for part in parts), Counter[str]()),
    )


_IN_PLACE = [("place", "ascending"), ("row", "ascending")]
