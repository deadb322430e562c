"""PDF (ISO 32000): the text layer, where there is one. Nothing is recognised from images."""

from collections.abc import Iterator

from broadsheet.config import Sources
from broadsheet.reasons import Reason
from broadsheet.records import RawRecord
from broadsheet.sources.blobs import Blob, Item, read_whole, reject

PDF = "pdf"
_MARK, _MARK_BYTES = b"%PDF-", 1024  # readers accept the mark anywhere in the first 1,024 bytes
_REASONS = {
    "encrypted": Reason.DOCUMENT_ENCRYPTED,
    "damaged": Reason.DOCUMENT_DAMAGED,
    "size": Reason.SIZE_RECORD,
}


def read_pdf(blob: Blob, settings: Sources) -> Iterator[Item]:
    """Yield the one article of a PDF file: lines as they are printed, pages one after another.

    Its parser is native code, so this is worked behind a guard (:mod:`broadsheet.isolation`).
    """
    raw = read_whole(blob, settings)
    source = blob.source(raw, PDF)
    if _MARK not in raw[:_MARK_BYTES]:
        yield reject(source, Reason.TYPE_MISMATCH, "the bytes do not begin as a PDF file does")
        return
    from broadsheet.pdf_text import take_text  # noqa: PLC0415 - 0.1 s, for those who have PDF files

    kind, text = take_text(raw, settings.max_record_bytes)
    if kind != "text":
        yield reject(source, _REASONS[kind], text)
    elif not text:
        yield reject(source, Reason.CONTENT_EMPTY, "no text layer: images or drawings alone")
    else:
        yield RawRecord(source=source, text=text, media="text", notes=blob.notes)
