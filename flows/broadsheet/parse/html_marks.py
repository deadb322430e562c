"""What a page shows and marks: time, itemprop, rel=author, classes that name a byline or a date."""

import re
from typing import Final

from broadsheet.parse.html_page import Mark, Page
from broadsheet.parse.html_statements import ITEMPROP, Statements
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


def read_marks(page: Page, found: Statements) -> None:
    """Add the marked elements of a page to what it states."""
    for mark in page.marks:
        get = mark.attributes.get
        names = get("class") or ""
        stated = ITEMPROP.get((get("itemprop") or "").strip().lower())
        if stated in {"published", "modified"} or mark.tag == "time":
            _read_date(page, mark, stated, found)
        elif stated == "author":
            value = _name_in(page, mark) or get("content") or lines_of(page, mark, 160)
            found.add("author", value, "microdata.author", _shown(page, mark), mark.block)
        elif stated == "title":
            found.add("title", text_of(page, mark, 400), "microdata.title", block=mark.block)
        elif mark.tag == "a":
            rule = "link.author" if "author" in (get("rel") or "") else "link.profile"
            found.add("author", text_of(page, mark, 80), rule, _shown(page, mark), mark.block)
        elif _AUTHOR.search(names) and not _NO_AUTHOR.search(names):
            value = lines_of(page, mark, 160)
            found.add("author", value, "class.author", _shown(page, mark), mark.block)


def _read_date(page: Page, mark: Mark, stated: str | None, found: Statements) -> None:
    get = mark.attributes.get
    machine = get("datetime") or get("content") or get("title")
    is_change = stated == "modified" or bool(_CHANGE.search(" ".join(mark.attributes.values())))
    kind = "microdata" if stated else "time"
    for value, form in ((machine, "datetime"), (text_of(page, mark, 80), "text")):
        rule = f"{kind}.modified" if is_change else f"{kind}.{form}"
        field: Field = "modified" if is_change else "published"
        found.add(field, value, rule, _shown(page, mark), mark.block)
        if value and any(map(str.isdigit, value)):
            return


def _name_in(page: Page, mark: Mark) -> str:
    """Return the text of the first element in a mark that microdata calls a name."""
    for name in page.names:
        if mark.first <= name.first and name.last <= mark.last and name.depth > mark.depth:
            return " ".join("".join(page.said[name.first : name.last]).split())
    return ""


def text_of(page: Page, mark: Mark, limit: int) -> str:
    """Return the text of a mark, or nothing where it is longer than a limit."""
    parts: list[str] = []
    size = 0
    for part in page.said[mark.first : mark.last]:
        parts.append(part)
        size += len(part)
        if size > limit * 4:
            return ""
    text = " ".join(" ".join(parts).split())
    return text if len(text) <= limit else ""


def lines_of(page: Page, mark: Mark, limit: int) -> str:
    """Return the text of a mark, each inner element's on its own line unless it goes on."""
    if not text_of(page, mark, limit):
        return ""
    text = ""
    for part in (" ".join(part.split()) for part in page.said[mark.first : mark.last]):
        if part:
            goes_on = not text or _GOES_ON.search(text) or not part[0].isupper()
            text += (" " if goes_on else "\n") + part
    return text.strip()


def _shown(page: Page, mark: Mark) -> str:
    return f"<{mark.tag}> {text_of(page, mark, 140)}"
