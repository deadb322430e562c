"""Raw bytes to raw records: discovery, batches, and one module a format."""

from broadsheet.sources.batches import Batch, Span, plan_batches
from broadsheet.sources.blobs import printable
from broadsheet.sources.discovery import Discovery, RawFile, discover, require_raw_files
from broadsheet.sources.formats import FORMATS, Format, format_of
from broadsheet.sources.reading import read_batch, read_file
from broadsheet.sources.roots import Place, locate

__all__ = [
    "FORMATS",
    "Batch",
    "Discovery",
    "Format",
    "Place",
    "RawFile",
    "Span",
    "discover",
    "format_of",
    "locate",
    "plan_batches",
    "printable",
    "read_batch",
    "read_file",
    "require_raw_files",
]
