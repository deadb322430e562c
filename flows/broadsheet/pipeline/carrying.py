"""What the release before holds of raw files that are gone: carried over, where the settings ask.

So a folder of one month's articles makes a release of all years. What was published stays as it is
and its raw records are not needed: the index of the release tells their copies among the new ones.
"""

import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from broadsheet import deduplicate, normalize, publish
from broadsheet.config import Config
from broadsheet.errors import ConfigError
from broadsheet.pipeline.carried_keys import CarriedKeys, address
from broadsheet.pipeline.plan import Run
from broadsheet.pipeline.workspace import COUNTS, KEYS, StagedBatch, read_json
from broadsheet.publish import layout
from broadsheet.publish.manifest import read_manifest
from broadsheet.reasons import Reason
from broadsheet.records import Article, Source
from broadsheet.tables import DUPLICATE, INDEX, QUARANTINE

POLICIES = ("filters", "privacy", "rights", "text")
"""Sections that say what may be in a release: all of its rows meet the same ones."""
_SOURCE = [name for name in DUPLICATE.schema.names if name.startswith("source_")]
_FOLDED = [name for name in DUPLICATE.schema.names if name not in _SOURCE]
_KNOWN = ["id", "url", "outlet_domain", "text_sha256", "source_path"]


@dataclass(frozen=True, slots=True)
class CarriedOver:
    """Rows of the release before, as batches that come after those of what was read.

    Attributes:
        staged: a batch for each of its shards.
        keys: those of the rows that are carried over, shard by shard.
        folded: table of ``deduplicate.DUPLICATE_SCHEMA``: those of them that are copies.
        rejections: files of quarantined records: those of before, and what is withdrawn now.
        inputs: the raw files that they are of.

    """

    staged: tuple[publish.Staged, ...]
    keys: tuple[CarriedKeys, ...]
    folded: pa.Table
    rejections: tuple[Path, ...]
    inputs: tuple[publish.InputFile, ...]


def carry_over(run: Run, previous: Path, read: Sequence[StagedBatch]) -> CarriedOver | None:
    """Return what is carried over from the release before, None where nothing is.

    Args:
        run: the run; a raw file that is in its folder speaks for itself.
        previous: the release before.
        read: the batches of what was read, that of the discovery first; their numbers come first.

    Raises:
        ConfigError: the release has no index that can be read, or was made by other policies.

    """
    if not run.config.publish.append:
        return None
    unread = read_json(read[0].path(COUNTS))  # in the folder, but could not be opened
    inputs = gone_files(previous, {file.path for file in run.files} | set(unread))
    if not inputs:
        return None
    _require_same_policies(run.config, previous)
    paths = pa.array([file.path for file in inputs])
    shards = [
        (name, s) for name in ("default", "duplicates") for s in layout.shards_of(previous, name)
    ]
    parts = [_read(previous, name, shard, paths, run.config) for name, shard in shards]
    _drop_copies_alone(parts, read, run.config)
    keys = [part.keys_as(number) for number, part in enumerate(parts, len(read))]
    folded = [part.folded_as(number) for number, part in enumerate(parts, len(read))]
    staged = [publish.Staged(p.shard, p.index, len(p.rows)) for p in parts]
    return CarriedOver(
        tuple(staged),
        tuple(keys),
        pa.concat_tables([deduplicate.DUPLICATE_SCHEMA.empty_table(), *folded]),
        (_write_rejections(Path(run.work), previous, paths, parts),),
        tuple(inputs),
    )


def gone_files(previous: Path, here: Collection[str]) -> list[publish.InputFile]:
    """Return the raw files of the release before that are not here any more, by their paths."""
    path = previous / layout.INPUTS_TABLE
    rows = pq.read_table(path).to_pylist() if path.is_file() else []
    return [
        publish.InputFile(
            row["path"],
            row["size"],
            row["sha256"],
            row["raw"],
            row["carried_from"] or previous.name,
            row["skipped"],
        )
        for row in rows
        if row["path"] not in here
    ]


def carried_bytes(config: Config, previous: Path | None, here: Collection[str]) -> int:
    """Estimate the bytes that are carried over: as many of each hundred as records are.

    Args:
        config: says whether anything is.
        previous: the release before, if there is one.
        here: the paths of the raw files that speak for themselves.

    """
    if previous is None or not config.publish.append:
        return 0
    records = {file.path: file.records or 0 for file in gone_files(previous, ())}
    gone = sum(count for path, count in records.items() if path not in here)
    size = sum((previous / name).stat().st_size for name in layout.files_of(previous))
    share = gone / max(sum(records.values()), 1)
    return math.ceil(size * share)


def _require_same_policies(config: Config, previous: Path) -> None:
    before, now = read_manifest(previous)["configuration"], config.model_dump(mode="json")
    if changed := [f"[{name}]" for name in POLICIES if before[name] != now[name]]:
        message = (
            f"{', '.join(changed)} of dataset.toml is not as it was for {previous.name}, and "
            "publish.append keeps its rows. Restore it, or set append = false and give all files."
        )
        raise ConfigError(message)


@dataclass(slots=True)
class _Part:
    """What is carried over of one shard: its rows, and those set aside, by row and reason."""

    shard: Path
    index: Path
    known: pa.Table
    folded: pa.Table | None
    rows: NDArray[np.int64]
    aside: dict[int, tuple[Reason, str]]

    def set_aside(self, found: dict[int, tuple[Reason, str]]) -> None:
        self.aside |= found
        self.rows = np.setdiff1d(self.rows, list(found))

    def keys_as(self, number: int) -> CarriedKeys:
        shard = None if self.folded is not None else self.shard
        return CarriedKeys(number, self.index, shard, self.rows)

    def folded_as(self, number: int) -> pa.Table:
        schema = deduplicate.DUPLICATE_SCHEMA
        if self.folded is None:
            return schema.empty_table()
        table = self.folded.take(self.rows)
        columns = {name: table[name] for name in table.column_names}
        columns |= address(number, self.rows)
        return pa.table([columns[name] for name in schema.names], schema=schema)


def _read(previous: Path, name: str, shard: Path, paths: pa.Array, config: Config) -> _Part:
    index = layout.index_of(previous, shard)
    if not index.is_file() or not pq.read_schema(index).equals(INDEX.schema):
        message = (
            f"{previous.name} has no index that this version of broadsheet can read. Build once "
            "with publish.append = false and all raw files."
        )
        raise ConfigError(message)
    folded = pq.read_table(shard, columns=_FOLDED) if name == "duplicates" else None
    known = pq.read_table(index, columns=_KNOWN)
    rows = np.flatnonzero(np.asarray(pc.is_in(known["source_path"], value_set=paths)))
    part = _Part(shard, index, known, folded, rows, {})
    part.set_aside(_taken_down(part, config))
    return part


def _taken_down(part: _Part, config: Config) -> dict[int, tuple[Reason, str]]:
    """Return the carried rows that are on the takedown list."""
    if config.takedown == type(config.takedown)():
        return {}
    listed = normalize.takedown_list(config.takedown)
    found = {}
    for row, article in _articles(part):
        if what := listed.holds(article):
            found[row] = (Reason.RIGHTS_TAKEDOWN, f"{what} is listed in [takedown]")
    return found


def _articles(part: _Part) -> Iterator[tuple[int, Article]]:
    """Yield the carried rows with what a takedown list looks at; a copy has no text any more."""
    names = ["id", "url", "outlet_domain"]
    table, first = part.known.select(names), 0
    wanted = set(part.rows.tolist())
    with pq.ParquetFile(part.shard) as file:
        for batch in file.iter_batches(
            columns=["url_found", "text"] if part.folded is None else _SOURCE
        ):
            told = table.slice(first, len(batch)).to_pylist()
            for row, (known, stated) in enumerate(zip(told, batch.to_pylist(), strict=True), first):
                if row in wanted:
                    text = stated.get("text", "")
                    found = stated.get("url_found")
                    source = Source("", None, 0, 0, "", "")
                    yield row, Article(source=source, text=text, url_found=found, **known)
            first += len(batch)


def _drop_copies_alone(parts: Sequence[_Part], read: Sequence[StagedBatch], config: Config) -> None:
    """Set aside the copies whose article is gone: nothing of them could be published."""
    exact = ["text_sha256"] if "exact" in config.duplicates.fold else []
    names = ["id", "url", *exact]
    whole = [pq.read_table(batch.path(KEYS), columns=names) for batch in read]
    whole += [p.known.select(names).take(p.rows) for p in parts if p.folded is None]
    stays = pa.concat_tables([INDEX.schema.empty_table().select(names), *whole])
    for part in parts:
        if part.folded is None:
            continue
        known = part.known.take(part.rows)
        ties = [(known[name], name) for name in names]
        ties.append((part.folded["duplicate_of"].take(part.rows), "id"))
        is_tied = np.logical_or.reduce([_is_among(v, stays[name]) for v, name in ties])
        detail = "its article was withdrawn, or is not in its raw file any more"
        alone = part.rows[~is_tied].tolist()
        part.set_aside(dict.fromkeys(alone, (Reason.COPY_ALONE, detail)))


def _is_among(values: pa.ChunkedArray, known: pa.ChunkedArray) -> NDArray[np.bool_]:
    """Tell which values are known; null is not."""
    found = pc.is_in(values, value_set=known.drop_null().combine_chunks())
    return np.asarray(found)


def _write_rejections(work: Path, previous: Path, paths: pa.Array, parts: Sequence[_Part]) -> Path:
    """Write the quarantine of what is carried over, and return its file."""
    tables = [QUARANTINE.schema.empty_table()]
    for shard in layout.shards_of(previous, "quarantine"):
        before = pq.read_table(shard, schema=QUARANTINE.schema)
        tables.append(before.filter(pc.is_in(before["source_path"], value_set=paths)))
    for part in parts:
        rows = sorted(part.aside)
        sources = pq.read_table(part.shard, columns=_SOURCE).take(pa.array(rows, pa.int64()))
        said: list[dict[str, Any]] = [
            source
            | {
                "stage": "deduplicate",
                "reason": str(part.aside[row][0]),
                "detail": part.aside[row][1],
                "excerpt": "",
            }
            for row, source in zip(rows, sources.to_pylist(), strict=True)
        ]
        tables.append(pa.Table.from_pylist(said, QUARANTINE.schema))
    path = work / "carried" / "quarantine.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.concat_tables(tables), path, compression="zstd")
    return path
