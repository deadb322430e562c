"""XML that can do no harm: nothing is fetched, no entity is expanded, depth is bounded."""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping

from lxml import etree

from broadsheet.config import Sources
from broadsheet.reasons import Reason
from broadsheet.records import RawRecord, Rejection, Source
from broadsheet.sources.blobs import EMPTY_SHA256, Blob, Item, Refused, alone
from broadsheet.sources.columns import to_record
from broadsheet.sources.decoding import decode
from broadsheet.sources.elements import Element, Found, Stated
from broadsheet.sources.feeds import read_atom, read_rss
from broadsheet.sources.news_xml import read_newsml, read_nitf, read_tei, read_trafilatura

XML = "xml"
_ENTITY = re.compile(rb"<!ENTITY|<!DOCTYPE[^>\[]*(?:SYSTEM|PUBLIC)\b", re.IGNORECASE)
_ENTRY = re.compile(rb"<((?:[\w.-]+:)?(?:item|entry))[\s>].*?</\1\s*>", re.DOTALL)
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

    An article's address is its number, its digest that of its element. Where parsing the whole
    killed an earlier reading, the items of a feed are parsed one by one.

    Raises:
        Refused: ``xml.dtd``, ``xml.depth``, ``xml.syntax``, or ``type.unsupported`` for a
            vocabulary that is none of news.

    """
    raw = _read(blob, settings)
    plain = settings.model_copy(update={"columns": {}})  # these are for tables
    if blob.steps is not None and (lost := blob.steps.begin()):
        yield from _one_by_one(raw, blob, plain, Refused(lost.reason, lost.detail))
        return
    try:
        format_, found = _found(raw)
    finally:
        if blob.steps is not None:
            blob.steps.end()
    for number, (element, state) in enumerate(found):
        unread = _unread(blob, number, format_)
        yield alone(blob, unread, b"", _item, element, state, unread, plain, blob.notes)


def _found(raw: bytes) -> tuple[str, Found]:
    """Return the format of a document and its articles."""
    root = parse_xml(raw)
    kind = etree.QName(root).localname
    if kind not in _READERS:
        raise Refused(Reason.TYPE_UNSUPPORTED, f"no reader for XML of the root element <{kind}>")
    format_, read = _READERS[kind]
    return format_, read(root)


def _item(
    element: Element,
    state: Callable[[], Stated],
    unread: Source,
    settings: Sources,
    notes: tuple[Reason, ...],
) -> RawRecord | Rejection:
    """Return the record of an article whose address lacks its bytes so far."""
    raw = etree.tostring(element, with_tail=False)
    source = unread._replace(length=len(raw), sha256=hashlib.sha256(raw).hexdigest())
    stated = _without_empty(state())
    return to_record(source, stated, settings, notes)


def _unread(blob: Blob, number: int, format_: str) -> Source:
    place = f"item {number}"
    member = f"{blob.member}!/{place}" if blob.member else place
    return Source(blob.path, member, 0, 0, EMPTY_SHA256, format_)


def _one_by_one(raw: bytes, blob: Blob, settings: Sources, fault: Refused) -> Iterator[Item]:
    """Yield the articles of a feed, each parsed as if it were the only one.

    Raises:
        Refused: the document has no such articles, or nothing is left without them.

    """
    found = list(_ENTRY.finditer(raw))
    if not found:
        raise fault
    before, behind = raw[: found[0].start()], raw[found[-1].end() :]
    frame = alone(blob, _unread(blob, 0, XML), b"", _found, before + behind)
    if isinstance(frame, Rejection):
        raise fault
    for number, entry in enumerate(found):
        unread = _unread(blob, number, frame[0])
        only = before + entry[0] + behind
        yield alone(blob, unread, entry[0], _only_item, only, unread, settings, blob.notes)


def _only_item(
    raw: bytes, unread: Source, settings: Sources, notes: tuple[Reason, ...]
) -> RawRecord | Rejection:
    """Return the record of a document's only article."""
    (element, state), *_ = _found(raw)[1]
    return _item(element, state, unread, settings, notes)


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
