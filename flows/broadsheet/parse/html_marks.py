"""What a page shows and marks: time, itemprop, rel=author, classes that name a byline or a date."""

import re
from typing import Final

from lxml import etree

from broadsheet.parse.html_statements import ITEMPROP, Statements
from broadsheet.parse.html_tree import Page
from broadsheet.records import Field

_CHANGE: Final = re.compile(r"updat|modif|edit|aktualis|chang", re.IGNORECASE)
_AUTHOR: Final = re.compile(r"author|byline|auteur|autor|writer|vcard|redakt", re.IGNORECASE)
_NO_AUTHOR: Final = re.compile(
    r"authori[sz]|bio|avatar|image|photo|about|related|more|comment|share|social|follow",
    re.IGNORECASE,
)
_GOES_ON: Final = re.compile(
    r"(?:[,;:&]|\b(?:by|von|par|por|di|door|av|af|and|und|et|y|e|og|och|en))$", re.IGNORECASE
)
_NAME: Final = "string(.//*[@itemprop='name'][1])"


def read_marks(page: Page, found: Statements) -> None:
    """Add the marked elements of a page to what it states."""
    for element, block in page.marked:
        names = element.get("class") or ""
        itemprop = (element.get("itemprop") or "").strip().lower()
        stated = ITEMPROP.get(itemprop)
        if stated in {"published", "modified"} or element.tag == "time":
            _read_date(element, block, stated, found)
        elif stated == "author":
            inner = " ".join(element.xpath(_NAME).split())
            value = inner or element.get("content") or lines_of(element, 160)
            found.add("author", value, "microdata.author", _shown(element), block)
        elif stated == "title":
            found.add("title", text_of(element, 400), "microdata.title", block=block)
        elif element.tag == "a":
            rule = "link.author" if "author" in (element.get("rel") or "") else "link.profile"
            found.add("author", text_of(element, 80), rule, _shown(element), block)
        elif _AUTHOR.search(names) and not _NO_AUTHOR.search(names):
            found.add("author", lines_of(element, 160), "class.author", _shown(element), block)


def _read_date(element: etree._Element, block: int, stated: str | None, found: Statements) -> None:
    machine = element.get("datetime") or element.get("content") or element.get("title")
    is_change = stated == "modified" or bool(_CHANGE.search(" ".join(element.attrib.values())))
    kind = "microdata" if stated else "time"
    for value, form in ((machine, "datetime"), (text_of(element, 80), "text")):
        rule = f"{kind}.modified" if is_change else f"{kind}.{form}"
        field: Field = "modified" if is_change else "published"
        found.add(field, value, rule, _shown(element), block)
        if value and any(map(str.isdigit, value)):
            return


def text_of(element: etree._Element, limit: int) -> str:
    """Return the text of an element, or nothing where it is longer than a limit."""
    parts: list[str] = []
    size = 0
    for part in element.itertext():
        parts.append(part)
        size += len(part)
        if size > limit * 4:
            return ""
    text = " ".join(" ".join(parts).split())
    return text if len(text) <= limit else ""


def lines_of(element: etree._Element, limit: int) -> str:
    """Return the text of an element, each inner element's on its own line unless it goes on."""
    if not text_of(element, limit):
        return ""
    text = ""
    for part in (" ".join(part.split()) for part in element.itertext()):
        if part:
            goes_on = not text or _GOES_ON.search(text) or not part[0].isupper()
            text += (" " if goes_on else "\n") + part
    return text.strip()


def _shown(element: etree._Element) -> str:
    return f"<{element.tag}> {text_of(element, 140)}"
