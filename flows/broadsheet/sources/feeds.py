"""RSS (0.9x, 1.0, 2.0) and Atom (RFC 4287): each entry's own text, never what it links to."""

import re
from functools import partial

from broadsheet.sources.elements import (
    Element,
    Found,
    Stated,
    children,
    first_text,
    inner_markup,
    named,
    text_of,
)

_NAME_OF_ADDRESS = re.compile(r"\S+@\S+\s*\((.+)\)\Z")  # RSS 2.0: "ida@hollin.example (Ida Vell)"
_ADDRESS = re.compile(r"\S+@\S+\Z")
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def read_rss(root: Element) -> Found:
    """Yield each item with a function that returns what it states."""
    channel = next(children(root, "channel"), root)
    outlet, language = first_text(channel, "title"), first_text(channel, "language")
    for item in list(named(root, "item")):
        yield item, partial(_rss_item, item, outlet, language)


def _rss_item(item: Element, outlet: str, language: str) -> Stated:
    return {
        "text": _raw_text(item, "encoded") or _raw_text(item, "description"),
        "title": first_text(item, "title"),
        "url": first_text(item, "origLink", "link") or _permanent_link(item),
        "author": [name for c in children(item, "creator", "author") if (name := _person(c))],
        "published": first_text(item, "pubDate", "date"),
        "outlet": outlet,
        "language": language,
    }


def read_atom(root: Element) -> Found:
    """Yield each entry with a function that returns what it states."""
    outlet = first_text(root, "title")
    for entry in list(children(root, "entry")):
        yield entry, partial(_atom_entry, entry, root, outlet)


def _atom_entry(entry: Element, root: Element, outlet: str) -> Stated:
    content = next(children(entry, "content"), None)
    authors = list(children(entry, "author")) or list(children(root, "author"))
    return {
        **(_construct(content) or _construct(next(children(entry, "summary"), None))),
        "title": first_text(entry, "title"),
        "url": _alternate(entry),
        "author": [name for author in authors if (name := first_text(author, "name"))],
        "published": first_text(entry, "published"),
        "modified": first_text(entry, "updated"),
        "outlet": outlet,
        "language": entry.get(_LANG) or root.get(_LANG) or "",
    }


def _raw_text(item: Element, name: str) -> str:
    """Return the text of a child as it stands; escaped markup in it stays markup."""
    for child in children(item, name):
        if text := "".join(child.itertext()).strip():
            return text
    return ""


def _permanent_link(item: Element) -> str:
    guid = next(children(item, "guid"), None)
    is_link = guid is not None and guid.get("isPermaLink", "true") == "true"
    text = text_of(guid)
    return text if is_link and text.startswith("http") else ""


def _person(element: Element) -> str:
    text = text_of(element)
    named_address = _NAME_OF_ADDRESS.match(text)
    if named_address:
        return named_address[1]
    return "" if _ADDRESS.match(text) else text


def _construct(element: Element | None) -> dict[str, object]:
    """Return an Atom text by its declared type; one that lies elsewhere (src) is none."""
    if element is None or element.get("src"):
        return {}
    kind = element.get("type", "text")
    if kind == "xhtml":
        div = next(children(element, "div"), element)
        return {"html": inner_markup(div)}
    text = "".join(element.itertext()).strip()
    return {("html" if kind in {"html", "text/html"} else "text"): text} if text else {}


def _alternate(entry: Element) -> str:
    for link in children(entry, "link"):
        if link.get("rel", "alternate") == "alternate" and (address := link.get("href")):
            return str(address)
    return ""
