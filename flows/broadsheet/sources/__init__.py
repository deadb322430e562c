"""Raw bytes to raw records: discovery, batches, and one module a format."""

from broadsheet.sources.batches import Batch, Span, plan_batches
from broadsheet.sources.blobs import printable
from broadsheet.sources.discovery import Discovery, RawFile, discover, require_raw_files
from broadsheet.sources.formats import FORMATS, Format, format_of
from broadsheet.sources.reading import read_batch

__all__ = [
    "FORMATS",
    "Batch",
    "Discovery",
    "Format",
    "RawFile",
    "Span",
    "discover",
    "format_of",
    "plan_batches",
    "printable",
    "read_batch",
    "require_raw_files",
]
