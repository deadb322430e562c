"""Several articles in one text file: a separator line, or the layout of a news library's export.

Recognised layouts, told by lines that nothing else writes: the text export of LexisNexis
(``3 of 250 DOCUMENTS``) and the tagged one of Factiva (``AN  Document ...`` ends an article).
"""

import re
from dataclasses import dataclass, field

from broadsheet.config import Sources
from broadsheet.records import Field

_LEXIS_START = re.compile(rb"(?m)^[ \t]*\d{1,6} of \d{1,6} DOCUMENTS?[ \t]*\r?$")
_FACTIVA_END = re.compile(rb"(?m)^AN[ \t]+Document \S+[ \t]*\r?\n?")
_LEXIS_KEY = re.compile(r"([A-Z][A-Z-]{2,20}):[ \t]*(.*)\Z")
_LEXIS_TAIL = {"LOAD-DATE", "LANGUAGE", "PUBLICATION-TYPE", "DOCUMENT-TYPE", "GRAPHIC", "SUBJECT"}
_COPYRIGHT = re.compile(
    r"(?i)^\s*(?:copyright|\(c\)|©)\s.{0,20}\d{4}|^\s*all rights reserved\.?\s*$"
)
_FACTIVA_TAG = re.compile(r"([A-Z]{2})(?:[ \t]+(.*))?\Z")
_FACTIVA_TAGS = frozenset(
    {"SE", "HD", "BY", "CR", "WC", "PD", "ET", "SN", "SC", "ED", "PG", "LA", "CY", "LP", "TD",
     "CT", "RF", "CO", "IN", "NS", "RE", "AN"}
)  # fmt: skip
_FACTIVA_FIELDS: dict[str, Field] = {
    "HD": "title",
    "BY": "author",
    "CR": "agency",
    "PD": "published",
    "SN": "outlet",
    "LA": "language",
}
_LEXIS_FIELDS: dict[str, Field] = {"HEADLINE": "title", "BYLINE": "author", "LANGUAGE": "language"}


@dataclass(frozen=True, slots=True)
class Stretch:
    """One article in a file of several: its place, and how its layout is called."""

    start: int
    stop: int
    layout: str


@dataclass(frozen=True, slots=True)
class Laid:
    """What the layout of an article states, and its text."""

    text: str
    fields: dict[Field, tuple[str, ...]] = field(default_factory=dict)


def stretches(raw: bytes, settings: Sources) -> tuple[Stretch, ...]:
    """Return the articles of a file; one, of the layout ``plain``, where nothing divides it."""
    if settings.separator:
        line = re.compile(rb"(?m)^[ \t]*" + re.escape(settings.separator.encode()) + rb".*\n?")
        return _between(raw, [(m.start(), m.end()) for m in line.finditer(raw)])
    if starts := [m.start() for m in _LEXIS_START.finditer(raw)]:
        stops = [*starts[1:], len(raw)]
        return tuple(Stretch(a, b, "lexisnexis") for a, b in zip(starts, stops, strict=True))
    if stops := [m.end() for m in _FACTIVA_END.finditer(raw)]:
        starts = [0, *stops[:-1]]
        return tuple(Stretch(a, b, "factiva") for a, b in zip(starts, stops, strict=True))
    return (Stretch(0, len(raw), "plain"),)


def _between(raw: bytes, lines: list[tuple[int, int]]) -> tuple[Stretch, ...]:
    starts = [0, *(end for _, end in lines)]
    stops = [*(start for start, _ in lines), len(raw)]
    found = tuple(
        Stretch(a, b, "plain") for a, b in zip(starts, stops, strict=True) if raw[a:b].strip()
    )
    return found or (Stretch(0, len(raw), "plain"),)


def laid_out(text: str, layout: str) -> Laid:
    """Return the text of an article without its layout, and what the layout states."""
    if layout == "lexisnexis":
        return _lexisnexis(text.splitlines()[1:])
    if layout == "factiva":
        return _factiva(text.splitlines())
    return Laid(text)


def _lexisnexis(lines: list[str]) -> Laid:
    """Read outlet, date and headline above the keys, the text below ``LENGTH:``."""
    keyed = [(n, m) for n, line in enumerate(lines) if (m := _LEXIS_KEY.match(line.strip()))]
    length = next((n for n, m in keyed if m[1] == "LENGTH"), None)
    if length is None:
        return Laid("\n".join(lines))
    tail = next((n for n, m in keyed if n > length and m[1] in _LEXIS_TAIL), len(lines))
    body = [line for line in lines[length + 1 : tail] if not _COPYRIGHT.match(line)]
    fields: dict[Field, tuple[str, ...]] = {
        name: (m[2].strip(),)
        for _, m in keyed
        if (name := _LEXIS_FIELDS.get(m[1])) and m[2].strip()
    }
    first_key = keyed[0][0]
    above = [line.strip() for line in lines[:first_key] if line.strip()]
    names: tuple[Field, ...] = ("outlet", "published", "title")
    for name, value in zip(names, above, strict=False):
        fields.setdefault(name, (value,))
    return Laid("\n".join(body).strip(), fields)


def _factiva(lines: list[str]) -> Laid:
    """Read two-letter tags, each with the lines that follow it."""
    values: dict[str, list[str]] = {}
    tag = ""
    for line in lines:
        found = _FACTIVA_TAG.match(line.strip())
        if found and found[1] in _FACTIVA_TAGS and not line.startswith((" ", "\t")):
            tag = found[1]
            values.setdefault(tag, []).append(found[2] or "")
        elif tag:
            values[tag].append(line)
    parts = ("\n".join(values.get(tag, ())).strip() for tag in ("LP", "TD"))
    text = "\n\n".join(part for part in parts if part)
    fields: dict[Field, tuple[str, ...]] = {
        name: (stated,)
        for tag, name in _FACTIVA_FIELDS.items()
        if (stated := " ".join(" ".join(values.get(tag, ())).split()))
    }
    return Laid(text, fields)
