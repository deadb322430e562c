"""XML that can do no harm: nothing is fetched, no entity is expanded, depth is bounded."""

import re
from collections.abc import Iterator, Mapping

from lxml import etree

from broadsheet.config import Sources
from broadsheet.reasons import Reason
from broadsheet.records import Source
from broadsheet.sources.blobs import Blob, Item, Refused, alone
from broadsheet.sources.columns import to_record
from broadsheet.sources.decoding import decode
from broadsheet.sources.feeds import read_atom, read_rss
from broadsheet.sources.news_xml import read_newsml, read_nitf, read_tei, read_trafilatura

XML = "xml"
_ENTITY = re.compile(rb"<!ENTITY|<!DOCTYPE[^>\[]*(?:SYSTEM|PUBLIC)\b", re.IGNORECASE)
_WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff")
_READERS = {
    "rss": ("rss", read_rss),
    "RDF": ("rss", read_rss),
    "feed": ("atom", read_atom),
    "nitf": ("nitf", read_nitf),
    "newsItem": ("newsml", read_newsml),
    "newsMessage": ("newsml", read_newsml),
    "packageItem": ("newsml", read_newsml),
    "TEI": ("tei", read_tei),
    "teiCorpus": ("tei", read_tei),
    "doc": ("trafilatura", read_trafilatura),
}


def read_xml(blob: Blob, settings: Sources) -> Iterator[Item]:
    """Yield the articles of a feed or a news document, which its root element tells.

    An article's address is its number, its digest that of its element.

    Raises:
        Refused: ``xml.dtd``, ``xml.depth``, ``xml.syntax``, or ``type.unsupported`` for a
            vocabulary that is none of news.

    """
    root = parse_xml(_read(blob, settings))
    kind = etree.QName(root).localname
    if kind not in _READERS:
        raise Refused(Reason.TYPE_UNSUPPORTED, f"no reader for XML of the root element <{kind}>")
    format_, read = _READERS[kind]
    plain = settings.model_copy(update={"columns": {}})  # these are for tables
    for number, (element, values) in enumerate(read(root)):
        raw = etree.tostring(element, with_tail=False)
        place = f"item {number}"
        source = Source(
            path=blob.path,
            member=f"{blob.member}!/{place}" if blob.member else place,
            offset=0,
            length=len(raw),
            sha256=blob.source(raw, format_).sha256,
            format=format_,
        )
        stated = _without_empty(values)
        yield alone(blob, source, raw, to_record, source, stated, plain, blob.notes)


def _read(blob: Blob, settings: Sources) -> bytes:
    raw = blob.stream.read(settings.batch_bytes + 1)
    if len(raw) > settings.batch_bytes:
        raise Refused(Reason.SIZE_RECORD, f"a document over {settings.batch_bytes} bytes")
    if not raw.strip():
        raise Refused(Reason.CONTENT_EMPTY, "no bytes")
    return raw


def parse_xml(raw: bytes) -> etree._Element:
    """Return the root element of a document.

    Raises:
        Refused: ``xml.dtd``, ``xml.depth`` or ``xml.syntax``.

    """
    if raw.startswith(_WIDE_MARKS):
        raw = re.sub(r"^\s*<\?xml[^>]*\?>", "", decode(raw).text).encode()
    if _ENTITY.search(raw):
        raise Refused(Reason.XML_DTD, "it declares entities or an external definition")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_pis=True
    )
    try:
        root = etree.fromstring(raw.lstrip(), parser)
    except etree.XMLSyntaxError as error:
        message = str(error)
        reason = Reason.XML_DEPTH if "depth" in message.lower() else Reason.XML_SYNTAX
        raise Refused(reason, message) from error
    info = root.getroottree().docinfo
    if info.system_url or info.public_id or list(getattr(info.internalDTD, "entities", list)()):
        raise Refused(Reason.XML_DTD, "it declares entities or an external definition")
    return root


def _without_empty(values: Mapping[str, object]) -> dict[str, object]:
    return {key: value for key, value in values.items() if value}
