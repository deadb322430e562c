"""News documents in XML: NITF 3.x, NewsML-G2 2.x (both of the IPTC), TEI P5, and trafilatura's."""

import re
from collections.abc import Iterator
from functools import partial

from lxml import etree

from broadsheet.reasons import Reason
from broadsheet.sources.blobs import Refused
from broadsheet.sources.elements import (
    Element,
    Found,
    Stated,
    children,
    first_text,
    inner_markup,
    named,
    paragraphs,
    text_of,
)

_HOST_BEHIND = re.compile(r"\s\((?:[\w-]+\.)+[a-z]{2,}\)\Z")  # trafilatura: "Post (post.example)"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def read_nitf(root: Element) -> Found:
    """Yield the one article of a NITF document."""
    yield root, partial(_nitf, root)


def _nitf(root: Element) -> Stated:
    body = next(named(root, "body.content"), None)
    return {
        "text": paragraphs(body, "p") if body is not None else "",
        "title": _first(root, "hl1") or _first(root, "title"),
        "subtitle": _first(root, "hl2"),
        "author": [text for byline in named(root, "byline") if (text := text_of(byline))],
        "published": _attribute(root, "norm", "date.issue", "date.release")
        or _attribute(root, "date.publication", "pubdata"),
        "outlet": _attribute(root, "name", "pubdata"),
        "url": _attribute(root, "ex-ref", "pubdata"),
        "language": root.get(_LANG, ""),
    }


def read_newsml(root: Element) -> Found:
    """Yield each news item of a NewsML-G2 document; items without inline text come out empty."""
    is_item = etree.QName(root).localname == "newsItem"
    for item in [root] if is_item else list(named(root, "newsItem")):
        yield item, partial(_news_item, item)


def _news_item(item: Element) -> Stated:
    created, version = _first(item, "firstCreated"), _first(item, "versionCreated")
    meta = next(children(item, "contentMeta"), item)
    return {
        **_inline(item),
        "title": first_text(meta, "headline") or _first(item, "title"),
        "subtitle": next((text_of(e) for e in _by_role(meta, "subheadline")), ""),
        "author": [text for by in children(meta, "by") if (text := text_of(by))],
        "published": created or version,
        "modified": version if created else "",
        "agency": _first(item, "creditline"),
        "language": _attribute(meta, "tag", "language") or item.get(_LANG, ""),
    }


def _inline(item: Element) -> dict[str, object]:
    """Return the text of an item: paragraphs of inline XML, else inline plain text."""
    for inline in named(item, "inlineXML"):
        if any(True for _ in named(inline, "html")):
            return {"html": inner_markup(inline)}
        if text := paragraphs(inline, "p"):
            return {"text": text}
    for inline in named(item, "inlineData"):
        if text := "".join(inline.itertext()).strip():
            return {"text": text}
    return {"text": ""}


def _by_role(meta: Element, role: str) -> Iterator[Element]:
    return (e for e in children(meta, "headline") if role in e.get("role", ""))


def read_tei(root: Element) -> Found:
    """Yield each document of a TEI file; what its source states goes before what the file does."""
    is_corpus = etree.QName(root).localname == "teiCorpus"
    for document in list(children(root, "TEI")) if is_corpus else [root]:
        yield document, partial(_tei, document)


def _tei(document: Element) -> Stated:
    header = next(children(document, "teiHeader"), document)
    origin = next(named(header, "sourceDesc"), header)
    body = next(named(document, "body"), None)
    return {
        "text": paragraphs(body, "p") if body is not None else "",
        "title": _level(origin, "a") or _first(_statement(header), "title"),
        "author": [text for e in named(_statement(header), "author") if (text := text_of(e))],
        "published": _attribute(origin, "when", "date")
        or _attribute(header, "when", "date")
        or _first(origin, "date"),
        "outlet": _level(origin, "j") or _HOST_BEHIND.sub("", _first(origin, "publisher")),
        "url": _attribute(origin, "target", "ptr", "ref"),
        "language": _attribute(header, "ident", "language") or document.get(_LANG, ""),
    }


def read_trafilatura(root: Element) -> Found:
    """Yield the document of trafilatura's own XML, which states its values as attributes."""
    main = next(children(root, "main"), None)
    if main is None:
        raise Refused(Reason.TYPE_UNSUPPORTED, "no reader for XML of the root element <doc>")
    yield root, partial(_trafilatura, root, main)


def _trafilatura(root: Element, main: Element) -> Stated:
    names = {"title": "title", "author": "author", "date": "published", "url": "url"}
    stated = {role: root.get(name, "") for name, role in names.items()}
    return {
        **stated,
        "author": stated["author"].split("; "),
        "text": paragraphs(main, "head", "p", "quote", "item"),
        "outlet": [root.get("sitename", ""), root.get("hostname", "")],
        "language": root.get("language", ""),
        "rights": root.get("license", ""),
    }


def _statement(header: Element) -> Element:
    return next(named(header, "titleStmt"), header)


def _level(element: Element, level: str) -> str:
    titles = (text_of(t) for t in named(element, "title") if t.get("level") == level)
    return next(titles, "")


def _first(element: Element, name: str) -> str:
    return next((text for e in named(element, name) if (text := text_of(e))), "")


def _attribute(element: Element, attribute: str, *names: str) -> str:
    """Return the attribute of the first descendant that has it, by the order of the names."""
    values = (e.get(attribute, "") for name in names for e in named(element, name))
    return next((value for value in values if value), "")
