"""Raw bytes to raw records: discovery, batches, and one module a format."""

from broadsheet.sources.batches import Batch, Span, plan_batches
from broadsheet.sources.blobs import Steps, printable
from broadsheet.sources.cutting import Part
from broadsheet.sources.discovery import Decoders, Discovery, RawFile, discover, require_raw_files
from broadsheet.sources.formats import FORMATS, Format, format_of
from broadsheet.sources.insides import Asked, gather_parts
from broadsheet.sources.keeping import Keep
from broadsheet.sources.reading import OnFailure, lose_span, read_batch, read_file, read_span
from broadsheet.sources.roots import Place, locate
from broadsheet.sources.tables_in_parts import RowGroup

__all__ = [
    "FORMATS",
    "Asked",
    "Batch",
    "Decoders",
    "Discovery",
    "Format",
    "Keep",
    "OnFailure",
    "Part",
    "Place",
    "RawFile",
    "RowGroup",
    "Span",
    "Steps",
    "discover",
    "format_of",
    "gather_parts",
    "locate",
    "lose_span",
    "plan_batches",
    "printable",
    "read_batch",
    "read_file",
    "read_span",
    "require_raw_files",
]
