"""PDF (ISO 32000): the text layer, where there is one. Nothing is recognised from images."""

from collections.abc import Iterator

from broadsheet.config import Sources
from broadsheet.isolation import Guard, Lost
from broadsheet.reasons import Reason
from broadsheet.records import RawRecord
from broadsheet.sources.blobs import Blob, Item, read_whole, reject

PDF = "pdf"
_MARK, _MARK_BYTES = b"%PDF-", 1024  # readers accept the mark anywhere in the first 1,024 bytes
_WORK = "broadsheet.pdf_text:take_text"
_REASONS = {
    "encrypted": Reason.DOCUMENT_ENCRYPTED,
    "damaged": Reason.DOCUMENT_DAMAGED,
    "size": Reason.SIZE_RECORD,
}


def read_pdf(blob: Blob, settings: Sources) -> Iterator[Item]:
    """Yield the one article of a PDF file: lines as they are printed, pages one after another.

    A child process does it, so that a file that crashes it, hangs or exhausts it is lost alone.
    """
    raw = read_whole(blob, settings)
    source = blob.source(raw, PDF)
    if _MARK not in raw[:_MARK_BYTES]:
        yield reject(source, Reason.TYPE_MISMATCH, "the bytes do not begin as a PDF file does")
        return
    guard: Guard[bytes, tuple[str, str]] = Guard(_WORK, settings.max_record_bytes)
    with guard:
        (outcome,) = guard.map([raw])
    if isinstance(outcome, Lost):
        yield reject(source, outcome.reason, outcome.detail)
        return
    kind, text = outcome
    if kind != "text":
        yield reject(source, _REASONS[kind], text)
    elif not text:
        yield reject(source, Reason.CONTENT_EMPTY, "no text layer: images or drawings alone")
    else:
        yield RawRecord(source=source, text=text, media="text", notes=blob.notes)
