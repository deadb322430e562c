"""Plain text and Markdown: one file, one article, unless something divides it."""

from collections.abc import Iterator

from broadsheet.config import Sources
from broadsheet.reasons import Reason
from broadsheet.records import Media, RawRecord
from broadsheet.sources.blobs import Blob, Item, Refused, read_whole, reject
from broadsheet.sources.collections_of_texts import Stretch, laid_out, stretches
from broadsheet.sources.decoding import decode
from broadsheet.sources.front_matter import split_front_matter


def read_text(blob: Blob, settings: Sources) -> Iterator[Item]:
    """Yield the articles of a plain-text file: one, or those of a recognised layout."""
    raw = read_whole(blob, settings)
    for stretch in stretches(raw, settings):
        yield _read(raw, stretch, blob, settings, "text")


def read_markdown(blob: Blob, settings: Sources) -> Iterator[Item]:
    """Yield the one article of a Markdown file."""
    raw = read_whole(blob, settings)
    yield _read(raw, Stretch(0, len(raw), "plain"), blob, settings, "markdown")


def _read(raw: bytes, stretch: Stretch, blob: Blob, settings: Sources, media: Media) -> Item:
    part = raw[stretch.start : stretch.stop]
    source = blob.source(part, media, at=stretch.start)
    try:
        decoded = decode(part, configured=settings.encoding)
    except Refused as refused:
        return reject(source, refused.reason, refused.detail, part)
    text, stated = split_front_matter(decoded.text)
    laid = laid_out(text, stretch.layout)
    if not laid.text.strip("\0 \t\r\n\f\v\ufeff\u200b\xa0"):
        return reject(source, Reason.CONTENT_EMPTY, "white space only")
    return RawRecord(
        source=source,
        text=laid.text,
        media=media,
        fields=stated | laid.fields,
        notes=(*blob.notes, *decoded.notes),
    )
