"""HTML and XHTML: one file, one page, decoded as a browser would."""

import re
from collections.abc import Iterator, Mapping
from html import unescape

from broadsheet.config import Sources
from broadsheet.reasons import Reason
from broadsheet.records import Field, RawRecord, Rejection, Source
from broadsheet.sources.blobs import Blob, Item, Refused, read_whole, reject
from broadsheet.sources.columns import stated_fields
from broadsheet.sources.decoding import decode

HTML = "html"
_PRESCAN_BYTES = 4_096  # the WHATWG standard asks for 1,024; real pages put more before it
_CHARSET = re.compile(
    rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]{2,40})"""
    rb"""|<\?xml[^>]{0,100}?encoding\s*=\s*["']([\w.:-]{2,40})""",
    re.IGNORECASE,
)
# trafilatura's export as HTML: a head of what it found, and nothing else, its fingerprint last.
_EXPORT_HEAD = re.compile(
    r"""\s*<html>\s*<head>((?:\s*<meta name="[a-z]+" content="[^"]*"/>){1,20})\s*</head>"""
)
_EXPORT_META = re.compile(r"""<meta name="([a-z]+)" content="([^"]*)"/>""")
# Browsers write where a page was saved from into its first comment.
_SAVED_FROM = re.compile(r"<!-- saved from url=\(\d{4,}\)(\S{1,2000}) -->")


def read_html(blob: Blob, settings: Sources) -> Iterator[Item]:
    """Yield the one page of an HTML file; the address in a browser's comment is its URL."""
    raw = read_whole(blob, settings)
    yield page(raw, blob.source(raw, HTML), settings, notes=blob.notes)


def page(
    raw: bytes,
    source: Source,
    settings: Sources,
    *,
    charset: str | None = None,
    fields: Mapping[Field, tuple[str, ...]] | None = None,
    notes: tuple[Reason, ...] = (),
) -> RawRecord | Rejection:
    """Return the page that bytes hold.

    Args:
        raw: the bytes of the page.
        source: where it lies; it may cover more than ``raw``, such as a WARC record's headers.
        settings: the configured encoding is followed.
        charset: the encoding that a transport header states; it wins over the page's own word.
        fields: what the container states.
        notes: what had to be done to get here.

    """
    try:
        decoded = decode(raw, configured=settings.encoding, declared=charset or declared(raw))
    except Refused as refused:
        return reject(source, refused.reason, refused.detail, raw)
    if not decoded.text.strip("\0 \t\r\n\f\v\ufeff\xa0"):
        return reject(source, Reason.CONTENT_EMPTY, "white space only")
    stated = dict(fields or {})
    if "url" not in stated:
        stated |= _stated_by_itself(decoded.text[:_PRESCAN_BYTES])
    return RawRecord(source, decoded.text, "html", stated, (*notes, *decoded.notes))


def _stated_by_itself(top: str) -> dict[Field, tuple[str, ...]]:
    """Return what the program that wrote a page put at its top."""
    if saved := _SAVED_FROM.search(top):
        return {"url": (saved[1],)}
    if (head := _EXPORT_HEAD.match(top)) is None:
        return {}
    values: dict[str, object] = {name: unescape(v) for name, v in _EXPORT_META.findall(head[1])}
    if "fingerprint" not in values:
        return {}
    return stated_fields({**values, "author": str(values.get("author", "")).split("; ")})


def declared(raw: bytes) -> str | None:
    """Return the encoding that a page names at its top, if it does."""
    found = _CHARSET.search(raw[:_PRESCAN_BYTES])
    return (found[1] or found[2]).decode("ascii", "replace") if found else None
