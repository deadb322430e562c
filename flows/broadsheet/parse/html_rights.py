"""What a page states of its rights: robots, reservation of text and data mining, licence.

Robots meta tags are kept as found, *noai* and *noimageai* among them; the reservation is that of
the TDM Reservation Protocol (W3C community group report); the licence is the link type *license*
of HTML, with which Creative Commons marks a work, or schema.org's ``license`` in JSON-LD, which
:mod:`broadsheet.parse.html_statements` reads.
"""

import re
from collections.abc import Iterator
from typing import Final

from broadsheet.parse.html_page import Page
from broadsheet.parse.html_statements import Statement, Statements
from broadsheet.parse.html_vocabulary import CLASS_BITS, TAG_BITS
from broadsheet.records import Witness

_META: Final = {
    "robots": "meta.robots",
    "x-robots-tag": "meta.robots",
    "tdm-reservation": "meta.tdm-reservation",
    "tdm-policy": "meta.tdm-policy",
    "license": "meta.license",
    "dc.license": "meta.license",
    "dcterms.license": "meta.license",
}
# How sure it is that the page means the whole article; see docs/html.md.
_CONFIDENCE: Final = {
    "meta.robots": 0.99,
    "meta.tdm-reservation": 0.99,
    "meta.tdm-policy": 0.99,
    "link.license": 0.95,
    "jsonld.license": 0.95,
    "meta.license": 0.9,
    "jsonld.page.license": 0.85,
    "a.license": 0.85,
}
_OTHER_SCHEME: Final = re.compile(r"(?!https?:)[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_PICTURES: Final = TAG_BITS["figure"] | TAG_BITS["figcaption"]
_CAPTIONS: Final = CLASS_BITS["caption"]
_MOST: Final = 16


def read_rights(page: Page, found: Statements) -> None:
    """Add what the markup of a page says of rights to what it states."""
    for tag, attributes in page.heads:
        if tag == "meta" and "content" in attributes:
            get = attributes.get
            name = get("name") or get("property") or get("http-equiv") or ""
            rule = _META.get(name.strip().lower())
            if rule:
                content = attributes["content"]
                found.add("rights", content, rule, f'{name}="{content}"')
        elif tag == "link" and "license" in attributes["rel"].lower().split():
            _read_link(attributes["href"], "link.license", found)
    for attributes, node in page.licenses:
        if not _is_of_a_picture(page, node):
            _read_link(attributes["href"], "a.license", found)


def _read_link(address: str, rule: str, found: Statements) -> None:
    address = address.strip()
    if not _OTHER_SCHEME.match(address):
        found.add("rights", address, rule, f'rel="license" href="{address}"')


def _is_of_a_picture(page: Page, node: int) -> bool:
    """Tell whether a node is a picture's: a link in it licenses that, not the article."""
    nodes = page.nodes
    return node >= 0 and bool(nodes.around[node] & _PICTURES or nodes.near[node] & _CAPTIONS)


def rights_of(found: Statements) -> Iterator[Witness]:
    """Yield each distinct statement of rights, the surest first."""
    distinct: dict[tuple[str, str], Statement] = {}
    for statement in found.of("rights"):
        if statement.rule in _CONFIDENCE:
            distinct.setdefault((statement.rule, statement.value), statement)
    for statement in sorted(distinct.values(), key=lambda s: -_CONFIDENCE[s.rule])[:_MOST]:
        yield Witness(
            field="rights",
            value=statement.value,
            rule=statement.rule,
            confidence=_CONFIDENCE[statement.rule],
            excerpt=statement.excerpt,
        )
