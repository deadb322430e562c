"""What a page states of its rights: robots, reservation of text and data mining, licence.

Robots meta tags are kept as found, *noai* and *noimageai* among them; the reservation is that of
the TDM Reservation Protocol (W3C community group report); the licence is the link type *license*
of HTML, with which Creative Commons marks a work, or schema.org's ``license`` in JSON-LD, which
:mod:`broadsheet.parse.html_statements` reads.
"""

import re
from collections.abc import Iterator
from typing import Final

from lxml import etree

from broadsheet.parse.html_statements import Statement, Statements
from broadsheet.parse.html_vocabulary import CLASS_BITS, class_mask
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
_XPATH: Final = etree.XPath("//meta[@content] | //link[@rel and @href] | //a[@rel and @href]")
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
_PICTURES: Final = frozenset({"figure", "figcaption", "picture"})
_NEAREST: Final = 2  # elements around a link whose class may say that they hold a picture
_MOST: Final = 16


def read_rights(root: etree._Element, found: Statements) -> None:
    """Add what the markup of a page says of rights to what it states."""
    for element in _XPATH(root):
        if element.tag == "meta":
            name = element.get("name") or element.get("property") or element.get("http-equiv") or ""
            content = element.get("content")
            rule = _META.get(name.strip().lower())
            if rule:
                found.add("rights", content, rule, f'{name}="{content}"')
        elif "license" in element.get("rel").lower().split():
            address = element.get("href").strip()
            if not _OTHER_SCHEME.match(address) and not _is_of_a_picture(element):
                rule = f"{element.tag}.license"
                found.add("rights", address, rule, f'rel="license" href="{address}"')


def _is_of_a_picture(link: etree._Element) -> bool:
    """Tell whether a link stands with a picture: it licenses that, not the article."""
    around = list(link.iterancestors())
    names = (element.get("class") or "" for element in around[:_NEAREST])
    return any(element.tag in _PICTURES for element in around) or any(
        class_mask(name) & CLASS_BITS["caption"] for name in names
    )


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
