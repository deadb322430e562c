"""Which reader reads what: one row a format."""

from dataclasses import dataclass
from pathlib import PurePosixPath

from broadsheet.sources.blobs import Read
from broadsheet.sources.csvs import CSV, read_csv
from broadsheet.sources.jsons import JSON, JSONL, read_json, read_jsonl
from broadsheet.sources.texts import read_markdown, read_text


@dataclass(frozen=True, slots=True)
class Format:
    """A raw format.

    Attributes:
        name: stands in the column ``source_format``.
        suffixes: endings of file names, lower case, the format is told by.
        read: the reader.
        is_single: a file holds one record, so that its size is bounded by a record's.

    """

    name: str
    suffixes: tuple[str, ...]
    read: Read
    is_single: bool = False


FORMATS: tuple[Format, ...] = (
    Format("text", (".txt", ".text"), read_text, is_single=True),
    Format("markdown", (".md", ".markdown"), read_markdown, is_single=True),
    Format(JSONL, (".jsonl", ".ndjson", ".jl"), read_jsonl),
    Format(JSON, (".json",), read_json),
    Format(CSV, (".csv", ".tsv", ".tab"), read_csv),
)

_BY_SUFFIX = {suffix: format_ for format_ in FORMATS for suffix in format_.suffixes}


def format_of(name: str) -> Format | None:
    """Return the format that a file's name tells, whatever its case; None if none is known."""
    return _BY_SUFFIX.get(PurePosixPath(name.lower()).suffix)
