"""Which reader reads what: one row a format.

A format is told by the file's name, because the bytes of many cannot be told apart; the readers
check that the bytes fit.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import PurePosixPath
from typing import BinaryIO, cast

from broadsheet.config import Sources
from broadsheet.reasons import Reason, reason_of
from broadsheet.records import RawRecord, Rejection
from broadsheet.sources.archives import TAR, ZIP, read_tar, read_zip
from broadsheet.sources.blobs import (
    OUT_OF_MEMORY,
    Blob,
    Item,
    Read,
    Refused,
    printable,
    refuse,
)
from broadsheet.sources.csvs import CSV, read_csv
from broadsheet.sources.cutting import LINES, ROWS, WARC_MEMBERS, WARC_RECORDS, Cut
from broadsheet.sources.documents import DOCX, read_docx
from broadsheet.sources.frames import ARROW, PARQUET, read_arrow, read_parquet
from broadsheet.sources.jsons import JSON, JSONL, read_json, read_jsonl
from broadsheet.sources.mails import EML, MBOX, MHTML, read_eml, read_mbox, read_mhtml
from broadsheet.sources.members import Search
from broadsheet.sources.pages import HTML, read_html
from broadsheet.sources.pdfs import PDF, read_pdf
from broadsheet.sources.rtfs import RTF, read_rtf
from broadsheet.sources.streams import BZIP2, GZIP, XZ, ZSTD, Compression, Inflated
from broadsheet.sources.stretches import take_stretch
from broadsheet.sources.texts import read_markdown, read_text
from broadsheet.sources.warcs import WARC, read_warc
from broadsheet.sources.xmls import XML, read_xml


@dataclass(frozen=True, slots=True)
class Format:
    """A raw format.

    Attributes:
        name: stands in the column ``source_format``.
        suffixes: endings of file names, lower case, the format is told by.
        read: the reader.
        is_single: a file holds one record, so that its size is bounded by a record's.
        cut: how a large file is read in parts, where it can be.
        is_table: parts are rows, told by the file's own metadata.
        compression: what a file of another format is compressed with.

    """

    name: str
    suffixes: tuple[str, ...]
    read: Read
    is_single: bool = False
    cut: Cut | None = None
    is_table: bool = False
    compression: Compression | None = None


def read_member(blob: Blob, settings: Sources) -> Iterator[Item]:
    """Yield what a member of a container holds; a member that cannot be read is set aside."""
    format_ = format_of(blob.name)
    if format_ is None:
        suffix = PurePosixPath(blob.name).suffix or "a name without ending"
        fault = Refused(Reason.TYPE_UNSUPPORTED, f"no reader for {suffix}")
        yield refuse(blob, "unknown", fault)
        return
    if blob.size == 0:
        yield refuse(blob, format_.name, Refused(Reason.CONTENT_EMPTY, "no bytes"))
        return
    items = format_.read(blob, settings)
    try:
        yield from blob.steps.watched(blob, items, format_.name) if blob.steps else items
    except Refused as refused:
        yield refuse(blob, format_.name, refused)
    except OSError:
        raise  # the caller may try again
    except MemoryError:
        fault = Refused(Reason.RESOURCE_MEMORY, OUT_OF_MEMORY)
        yield refuse(blob, format_.name, fault)
    except Exception as error:  # noqa: BLE001 - one file must not stop the run
        fault = Refused(Reason.RECORD_FAULT, f"{type(error).__name__}: {error}")
        yield refuse(blob, format_.name, fault)


def read_compressed(compression: Compression, blob: Blob, settings: Sources) -> Iterator[Item]:
    """Yield what a compressed file holds; bytes behind its end are noted on the last record.

    Behind damage, reading goes on with the next member that is whole, where the format inside can
    be read from anywhere on.
    """
    if blob.depth > settings.max_nesting:
        raise Refused(Reason.ARCHIVE_DEPTH, f"nested {blob.depth} deep")
    cut = cut_inside(blob.name) if blob.inside is None else None  # what lies behind a part is known
    goes_on = cut is not None and cut.is_told_anywhere
    entry: int | None = blob.inside.entry if blob.inside else 0
    search = Search() if goes_on else None
    while entry is not None:
        if entry:
            blob.stream.seek(entry)
        inflated = Inflated(
            blob.stream, compression, settings, entry=entry, steps=blob.steps, search=search
        )
        yield from _inflated_items(inflated, compression, blob, settings, entry)
        entry = inflated.resumed_at


def _inflated_items(
    inflated: Inflated, compression: Compression, blob: Blob, settings: Sources, entry: int
) -> Iterator[Item]:
    """Yield what a compressed file holds from a member on, up to its end or to damage."""
    part = take_stretch(inflated, blob.inside) if blob.inside is not None else None
    given = part or inflated
    stream = cast("BinaryIO", io.BufferedReader(given, 2**16))
    name = _inner_name(blob.name)
    member = PurePosixPath(name).name
    inner = blob.within(f"{member} from byte {entry}" if entry else member, stream, name=name)
    if part is not None:
        inner = replace(inner, offset=part.start, head=part.head)
    held: Item | None = None
    for item in read_member(inner, settings):
        if held is not None:
            yield held
        held = item
    if given.fault is None and isinstance(held, RawRecord):
        if (fault := _fault_behind(stream)) is not None:
            yield held
            held = refuse(inner, compression.name, fault)
    elif part is None and given.fault is None and isinstance(held, Rejection) and blob.steps:
        held = _left_out(inflated, held)
    if given.has_trailing and isinstance(held, RawRecord):
        held = held._replace(notes=(*held.notes, Reason.STREAM_TRAILING))
    if held is not None:
        yield held


def _left_out(inflated: Inflated, rejection: Rejection) -> Rejection:
    """Return a rejection that may be of the rest of a stream, because a step of it was left out."""
    if inflated.is_done or rejection.source.length:
        return rejection
    fault = inflated.give_up(reason_of(rejection.reason), rejection.detail)
    return replace(rejection, detail=printable(fault.detail))


def _fault_behind(stream: BinaryIO) -> Refused | None:
    """Read to the end, so that a fault behind the last record is seen."""
    try:
        while stream.read(2**20):
            pass
    except Refused as refused:
        return refused
    return None


def cut_inside(name: str) -> Cut | None:
    """Return how what a compressed file holds is cut in parts, by the file's name."""
    format_ = format_of(_inner_name(name))
    return format_.cut if format_ is not None and format_.cut is not WARC_MEMBERS else None


def _inner_name(name: str) -> str:
    """Return the name without its compression: ``a.jsonl`` of ``a.jsonl.gz``."""
    path = PurePosixPath(name)
    whole = {".tgz": ".tar", ".tbz2": ".tar", ".tbz": ".tar", ".txz": ".tar", ".tzst": ".tar"}
    return str(path.with_suffix(whole.get(path.suffix.lower(), "")))


FORMATS: tuple[Format, ...] = (
    Format("text", (".txt", ".text"), read_text, is_single=True),
    Format("markdown", (".md", ".markdown"), read_markdown, is_single=True),
    Format(HTML, (".html", ".htm", ".xhtml", ".xht"), read_html, is_single=True),
    Format(MHTML, (".mhtml", ".mht"), read_mhtml, is_single=True),
    Format(EML, (".eml",), read_eml, is_single=True),
    Format(DOCX, (".docx",), read_docx, is_single=True),
    Format(RTF, (".rtf",), read_rtf, is_single=True),
    Format(PDF, (".pdf",), read_pdf, is_single=True),
    Format(MBOX, (".mbox",), read_mbox),
    Format(JSONL, (".jsonl", ".ndjson", ".jl"), read_jsonl, cut=LINES),
    Format(JSON, (".json",), read_json),
    Format(CSV, (".csv", ".tsv", ".tab"), read_csv, cut=ROWS),
    Format(XML, (".xml", ".rss", ".atom", ".rdf", ".nitf", ".tei"), read_xml),
    Format(PARQUET, (".parquet", ".pq"), read_parquet, is_table=True),
    Format(ARROW, (".arrow", ".feather", ".arrows", ".ipc"), read_arrow, is_table=True),
    Format(WARC, (".warc", ".wet"), read_warc, cut=WARC_RECORDS),
    Format(WARC, (".warc.gz", ".wet.gz"), read_warc, cut=WARC_MEMBERS),
    Format(ZIP, (".zip",), partial(read_zip, read_member=read_member)),
    Format(TAR, (".tar",), partial(read_tar, read_member=read_member)),
    Format(GZIP.name, (".gz", ".tgz"), partial(read_compressed, GZIP), compression=GZIP),
    Format(
        BZIP2.name, (".bz2", ".tbz2", ".tbz"), partial(read_compressed, BZIP2), compression=BZIP2
    ),
    Format(XZ.name, (".xz", ".txz"), partial(read_compressed, XZ), compression=XZ),
    Format(ZSTD.name, (".zst", ".tzst"), partial(read_compressed, ZSTD), compression=ZSTD),
)

_BY_SUFFIX = {suffix: format_ for format_ in FORMATS for suffix in format_.suffixes}


def format_of(name: str) -> Format | None:
    """Return the format that a file's name tells, whatever its case; None if none is known."""
    suffixes = PurePosixPath(name.lower()).suffixes
    return _BY_SUFFIX.get("".join(suffixes[-2:])) or _BY_SUFFIX.get("".join(suffixes[-1:]))
