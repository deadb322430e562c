"""Parquet files as the Hugging Face Hub likes them: the same rows always give the same bytes."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from broadsheet.publish import layout
from broadsheet.publish.features import file_schema
from broadsheet.publish.files import link_or_copy
from broadsheet.tables import INDEX, Table

# The Hub's defaults (`datasets.config.DEFAULT_CDC_OPTIONS` of datasets 4.3 to 5.2); stated here
# because they decide the bytes of a release.
CHUNKING = {"min_chunk_size": 256 * 1024, "max_chunk_size": 1024 * 1024, "norm_level": 0}
ZSTD_LEVEL = 3

Twins = Mapping[int, Path]
"""Files that are the same as those that would be written, by the number of the shard."""


@dataclass(frozen=True, slots=True)
class TableFiles:
    """The files of one configuration of a release.

    Attributes:
        paths: the Parquet files, in order; none where the configuration has no rows.
        rows: rows in all of them.

    """

    paths: tuple[Path, ...]
    rows: int

    def by_split(self) -> dict[str, tuple[Path, ...]]:
        """Return the files of each split that has rows."""
        split = {path: layout.split_of(path) for path in self.paths}
        return {
            name: tuple(path for path in self.paths if split[path] == name)
            for name in dict.fromkeys(split.values())
        }


def open_writer(path: Path, schema: pa.Schema) -> pq.ParquetWriter:
    """Open a Parquet file: zstd, page index, page checksums, content-defined chunks.

    Content-defined chunking cuts pages where the data says so, and storage that knows equal chunks
    keeps them once: the Hub's does (https://huggingface.co/blog/parquet-cdc).
    """
    writer = pq.ParquetWriter(
        path,
        schema,
        compression="zstd",
        compression_level=ZSTD_LEVEL,
        use_content_defined_chunking=CHUNKING,
        write_page_checksum=True,
        write_page_index=True,
    )
    writer.add_key_value_metadata({"content_defined_chunking": orjson.dumps(CHUNKING).decode()})
    return writer


def write_shards(
    release: Path,
    table: Table,
    rows: Iterable[pa.Table],
    sizes: Mapping[str, Sequence[int]],
    rows_per_group: int,
    *,
    twins: Twins = MappingProxyType({}),
) -> TableFiles:
    """Write a configuration's rows to its shards.

    Args:
        release: the folder of the release.
        table: what the configuration is.
        rows: its rows in their final order, in portions of any size; without those of twins.
        sizes: rows of each shard by split, in the order of the rows; none of them 0, their sum
            the number of rows.
        rows_per_group: most rows in a row group.
        twins: shards that are not written, by number: each is the same as a file that is there.

    """
    every = [size for parts in sizes.values() for size in parts]
    if not every:
        return TableFiles((), 0)
    (release / layout.FOLDERS[table.name]).mkdir()
    schema = file_schema(table)
    paths = tuple(
        release / layout.shard_name(table.name, split, index, len(parts))
        for split, parts in sizes.items()
        for index in range(len(parts))
    )
    _write_files(paths, every, rows, schema, rows_per_group, twins=twins)
    return TableFiles(paths, sum(every))


def write_index(
    release: Path,
    shards: TableFiles,
    rows: Iterable[pa.Table],
    rows_per_group: int,
    *,
    twins: Twins = MappingProxyType({}),
) -> tuple[Path, ...]:
    """Write the index of a configuration: a file beside each shard, row for row.

    Args:
        release: the folder of the release.
        shards: the configuration's shards, already written.
        rows: the rows of the index, in the order of the shards' rows; without those of twins.
        rows_per_group: most rows in a row group.
        twins: files that are not written, as for :func:`write_shards`.

    """
    sizes = [pq.read_metadata(path).num_rows for path in shards.paths]
    paths = tuple(layout.index_of(release, path) for path in shards.paths)
    for folder in {path.parent for path in paths}:
        folder.mkdir(parents=True)
    _write_files(paths, sizes, rows, INDEX.schema, rows_per_group, twins=twins)
    return paths


def _write_files(
    paths: Sequence[Path],
    sizes: Sequence[int],
    rows: Iterable[pa.Table],
    schema: pa.Schema,
    rows_per_group: int,
    *,
    twins: Twins,
) -> None:
    written = [size for number, size in enumerate(sizes) if number not in twins]
    groups = _row_groups(iter(rows), written, rows_per_group, schema)
    for number, (path, size) in enumerate(zip(paths, sizes, strict=True)):
        if number in twins:
            link_or_copy(twins[number], path)
            continue
        with open_writer(path, schema) as writer:
            for _ in range(-(-size // rows_per_group)):
                writer.write_table(next(groups), row_group_size=rows_per_group)
    next(groups, None)  # lets the source of the rows clean up behind itself


def _row_groups(
    rows: Iterator[pa.Table], sizes: Sequence[int], rows_per_group: int, schema: pa.Schema
) -> Iterator[pa.Table]:
    """Cut portions of any size into the row groups of the shards, each in one chunk.

    One chunk, because page borders would otherwise depend on how the portions were cut.
    """
    buffer = schema.empty_table()
    for size in sizes:
        for start in range(0, size, rows_per_group):
            wanted = min(rows_per_group, size - start)
            while len(buffer) < wanted:
                buffer = pa.concat_tables([buffer, next(rows).cast(schema)])
            yield buffer.slice(0, wanted).combine_chunks()
            buffer = buffer.slice(wanted)
    next(rows, None)
