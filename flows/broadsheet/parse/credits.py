"""Wire agencies and the places where a text credits them: byline, dateline, tail."""

import re
from typing import Final

# Names under which agencies sign. A newspaper is none, however often it is quoted.
AGENCIES: Final = (
    "Agence France-Presse", "AFP", "The Associated Press", "Associated Press", "AP", "Reuters",
    "Thomson Reuters", "dpa", "DPA", "ANSA", "EFE", "Xinhua", "TASS", "ITAR-TASS", "RIA Novosti",
    "Interfax", "Interfax-Ukraine", "Ukrinform", "UPI", "United Press International", "PA Media",
    "Press Association", "PTI", "Press Trust of India", "ANI", "IANS", "Kyodo News", "Kyodo",
    "Jiji Press", "Yonhap", "Anadolu Agency", "Anadolu", "The Canadian Press", "Canadian Press",
    "AAP", "Australian Associated Press", "APA", "Belga", "ANP", "NTB", "TT", "Ritzau", "STT",
    "Lusa", "PAP", "CTK", "ČTK", "TASR", "SITA", "MTI", "Agerpres", "BTA", "Tanjug", "Hina",
    "Bernama", "Antara", "SID", "epd", "KNA", "Keystone-SDA", "ATS", "Europa Press", "Adnkronos",
    "LaPresse", "Notimex", "Télam", "Agência Brasil", "Sputnik", "IRNA", "WAFA", "SPA", "WAM",
    "Bloomberg News", "Bay City News", "States Newsroom", "Stacker", "Tribune News Service",
    "News Service of Florida", "City News Service", "Capital News Service", "CNW",
    "Inter Press Service",
)  # fmt: skip

_NAME: Final = "|".join(re.escape(name) for name in sorted(AGENCIES, key=len, reverse=True))
_WORD: Final = re.compile(r"[^\W\d_]+")
# The word that each begins with: most bylines hold none and need no closer look.
_OPENINGS: Final = frozenset(_WORD.findall(name.removeprefix("The "))[0] for name in AGENCIES)
_AGENCY: Final = re.compile(rf"(?<![\w-])(?:the )?({_NAME})(?![\w-])")
_SEPARATOR: Final = re.compile(r"\s*(?:,|;|/|\||&|\band\b|\bund\b|\bet\b|\by\b|\be\b|\bi\b)\s*")

# WASHINGTON (AP) - / NEW DELHI, March 3 (Reuters) - / PARIS (AFP) – / Berlin (dpa) -
_DATELINE: Final = re.compile(
    rf"^(?P<place>[^\W\d_][^\n()]{{1,60}}?)\s*\((?P<agency>{_NAME})(?:[/,&][^()]{{0,40}})?\)\s*(?:[-–—:]+|\.\s)"
)
_TAIL: Final = re.compile(
    r"^[\s(\[*–—-]*(?:with )?(?:additional )?(?:inputs?|reporting|material|contributions?|files?)"
    r" (?:from|by) (?P<who>.{2,120}?)[\s.)\]*]*$",
    re.IGNORECASE,
)
_SIGNATURE: Final = re.compile(rf"^[\s(\[©–—-]*(?P<who>{_NAME})(?:[/,+ ]+(?:{_NAME}))*[\s)\].]*$")

# What may stand around an agency where it signs: "By", "Agencia", "Sports Writer", a date.
_SIGNING: Final = re.compile(
    r"(?i:(?:(?:by|von|par|por|di|da|door|of|for|from|via|with|agen\w+|redaz\w+|redac\w+)\s+)*"
    rf"(?:the\s+)?)(?P<who>{_NAME})"
    r"(?i:\s+(?:[^\W\d_]+\s+){0,2}(?:writer|reporter|correspondent|editor|editorial|staff))?"
)
_PARTS: Final = re.compile(
    r"\s*(?:[,;/|&()\n•·]|:\s|\s[-–—]\s|\b(?:and|und|et|y|e|og|och|en)\b)\s*"
)
_AFTER: Final = re.compile(r"\s+(?:publi\w*|updated|posted)\b|\s*\d", re.IGNORECASE)
_LONG_NAMES: Final = tuple(f" {name}" for name in AGENCIES if " " in name)


def agencies_in(text: str) -> list[str]:
    """Return the agencies that a credit names, as written, in order."""
    return list(dict.fromkeys(match[1] for match in _AGENCY.finditer(text)))


def signing_agencies(byline: str) -> list[str]:
    """Return the agencies that sign a byline, in order.

    "Nora Quill, AP" and "Nora Quill The Associated Press" name one; "Hina Quill" and "AFP building"
    name none.
    """
    found: dict[str, None] = {}
    for part in _PARTS.split(byline):
        text = _AFTER.split(part, maxsplit=1)[0].strip()
        match = _SIGNING.fullmatch(text)
        if match:
            found[match["who"]] = None
        elif text.endswith(_LONG_NAMES):
            found |= dict.fromkeys(agencies_in(text)[-1:])
    return list(found)


def without_agencies(byline: str) -> str:
    """Return a byline with the agencies taken out: what is left are people, or nothing."""
    if _OPENINGS.isdisjoint(_WORD.findall(byline)) or not _AGENCY.search(byline):
        return byline
    parts = [part for part in _SEPARATOR.split(byline) if part and not _AGENCY.fullmatch(part)]
    return ", ".join(_AGENCY.sub("", part).strip(" ,()") for part in parts).strip(" ,()")


def dateline_agency(paragraph: str) -> tuple[str, str] | None:
    """Return the agency of a paragraph's dateline and the dateline, if it has one."""
    match = _DATELINE.match(paragraph[:160])
    return (match["agency"], match[0].strip()) if match else None


def is_tail_credit(line: str) -> bool:
    """Tell whether a line only says whose reporting went into the article."""
    return len(line) < 160 and bool(_TAIL.match(line) or _SIGNATURE.match(line))  # noqa: PLR2004 - a credit is one short line
