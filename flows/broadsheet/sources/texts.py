"""Plain text and Markdown: one file, one article."""

from collections.abc import Iterator

from broadsheet.config import Sources
from broadsheet.reasons import Reason
from broadsheet.records import Media, RawRecord
from broadsheet.sources.blobs import Blob, Item, Refused, read_whole, reject
from broadsheet.sources.decoding import decode


def read_text(blob: Blob, settings: Sources) -> Iterator[Item]:
    """Yield the one article of a plain-text file."""
    yield _read(blob, settings, "text")


def read_markdown(blob: Blob, settings: Sources) -> Iterator[Item]:
    """Yield the one article of a Markdown file."""
    yield _read(blob, settings, "markdown")


def _read(blob: Blob, settings: Sources, media: Media) -> Item:
    raw = read_whole(blob, settings)
    source = blob.source(raw, media)
    try:
        decoded = decode(raw, configured=settings.encoding)
    except Refused as refused:
        return reject(source, refused.reason, refused.detail, raw)
    if not decoded.text.strip("\0 \t\r\n\f\v\ufeff\u200b\xa0"):
        return reject(source, Reason.CONTENT_EMPTY, "white space only")
    notes = (*blob.notes, *decoded.notes)
    return RawRecord(source=source, text=decoded.text, media=media, notes=notes)
