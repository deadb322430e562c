"""Who signs a line: people told from roles, outlets, places and agencies beside them."""

import re
from typing import Final

from broadsheet.parse.credits import without_agencies
from broadsheet.parse.dates import dates_in, may_hold_date

_LEAD: Final = re.compile(
    r"(?:(?:words|written|story|reported|reporting|text|posted|published|article|review|opinion"
    r"|analysis|interview|updated)\s+)?(?:by|von|par|por|di|da|door|av|af|przez|autore?s?|authors?"
    r"|auteurs?|autorzy|автор)\b[\s:]+",
    re.IGNORECASE,
)
_INNER: Final = re.compile(r"(?:\b(?:by|von|par)|\bBy)\s+(?=[^\W\d_a-z])")
# Where a name ends: at a sign, a dash that stands by itself, or one of some words.
_STOP_SIGN: Final = re.compile(r"[|•·/@(\[;\d]")
_STOP_DASH: Final = re.compile(r"\s[-–—]+\s")
_STOP_WORD: Final = re.compile(
    r"\b(?:for\b|in [A-Z]|at \d|on [A-Z]\w+ \d|is an?\b"
    r"|(?:published|posted|updated|last|follow|special to|image|photo)\b)",
    re.IGNORECASE,
)
_PARTING: Final = re.compile(r"\s*,\s*(?:and\s+)?|\s+(?:and|und|et|y|with|&)\s+")
# What these need: most lines hold none of it and need no closer look.
_STOP_HINTS: Final = (
    "for", "in ", "at ", "on ", "is a", "publ", "post", "upda", "last", "foll", "spec", "imag",
    "phot",
)  # fmt: skip
_INNER_HINT: Final = re.compile(r"[BbvpV](?:y|Y|on|ar) ")
_PARTING_HINT: Final = re.compile(r"[,&]| (?:and|und|et|y|with) ")
_PARTICLE: Final = "de|da|di|du|van|von|der|den|la|le|del|bin|al|el|ter"
_WORD: Final = rf"(?:[^\W\d_a-zß-öø-ÿа-я][\w’'.-]*|(?:{_PARTICLE})\b)"
_NAME: Final = re.compile(rf"{_WORD}(?:[ -]{_WORD}){{1,4}}")

# Words of a role, a section or an organisation: no part of a person's name.
_NO_NAME: Final = frozenset({
    "abc", "academy", "advertorial", "agency", "alerts", "analyst", "and", "app", "architect",
    "associate", "association", "bbc", "beat", "biz", "blog", "board", "breaking", "business",
    "cbs", "cnn", "college", "columnist", "commentator", "community", "company", "contributing",
    "contributor", "copy", "correspondent", "council", "cover", "crime", "critic", "daily",
    "data", "department", "deputy", "desk", "digital", "director", "donate", "download",
    "economics", "edition", "editor", "editorial", "editors", "education", "enquirer",
    "entertainment", "environment", "executive", "express", "facebook", "fashion", "features",
    "film", "finance", "follow", "food", "foundation", "freelance", "gazette", "general", "getty",
    "globe", "group", "guest", "health", "herald", "home", "image", "images", "inc",
    "independent", "infoworld", "inquirer", "institute", "intelligencer", "intern",
    "international", "investigative", "journal", "journalist", "magazine", "mail", "managing",
    "market", "media", "medical", "menu", "money", "monthly", "music", "national", "nbc",
    "network", "news", "newsletter", "newsroom", "online", "opinion", "partner", "photo",
    "photographer", "photography", "photos", "picture", "pictures", "podcast", "police", "policy",
    "political", "politics", "press", "print", "producer", "professor", "property", "publishers",
    "read", "related", "reporter", "reporters", "reuters", "review", "science", "section",
    "senior", "services", "share", "showbiz", "sign", "special", "specialist", "sponsored",
    "sport", "sports", "staff", "stories", "story", "studio", "subscribe", "team", "tech",
    "technology", "telegraph", "the", "this", "times", "today", "topics", "travel", "tribune",
    "tv", "twitter", "u.s", "university", "update", "us", "usa", "video", "view", "watch",
    "weather", "weekly", "wire", "world", "writer", "writers",
})  # fmt: skip
_ROLE_BEFORE: Final = re.compile(
    r"editor|reporter|correspondent|writer|columnist|contributor|staff|senior|freelance",
    re.IGNORECASE,
)
_SHORTENED: Final = re.compile(rf"[A-Z]\.|Jr\.?|Sr\.?|III?|St\.?|Mc|Mac|O|{_PARTICLE}")
_FUSED: Final = re.compile(
    r"(?<=[^\W\d_A-Z])(?=(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.? \d)"
)
_SHOUTED: Final = 4  # letters; longer words that open with capitals are organisations
_SEEN: Final = 160


def starts_as_byline(text: str) -> bool:
    """Tell whether a line opens with "By" or its like in another language."""
    return _LEAD.match(text[:_SEEN]) is not None


def people_in(text: str) -> tuple[str, ...]:
    """Return the people that a line names if it is a byline, in its order.

    A line such as "Nora Quill, Senior Reporter" gives its one name; a line without any that looks
    like a person's gives nothing. Whether the line is a byline is not asked here.
    """
    text = text[:_SEEN]
    has_date = may_hold_date(text)
    if has_date:
        text = _FUSED.sub(" ", text)
    match = _LEAD.match(text) or (_INNER.search(text) if _INNER_HINT.search(text) else None)
    if match:
        text = text[match.end() :]
    if has_date and (dates := dates_in(text)):
        text = text[: dates[0].start()] or text[dates[0].end() :]
    text = without_agencies(_before_stop(text).strip(" ,.:-–—"))
    parts = _PARTING.split(text) if _PARTING_HINT.search(text) else (text,)
    names = []
    for part in parts:
        name = _person(part.strip(" ,.:*\"'“”"))
        if name:
            names.append(name)
        elif names:
            break  # what follows a role or an outlet belongs to it
    return tuple(dict.fromkeys(names))


def _before_stop(text: str) -> str:
    """Return what stands before the first stop; each kind is looked for only where it may be."""
    found = [_STOP_SIGN.search(text)]
    if "-" in text or "–" in text or "—" in text:
        found.append(_STOP_DASH.search(text))
    low = text.lower()
    # Letters beyond ASCII may count as those of the words in another case.
    if not text.isascii() or _holds_hint(low):
        found.append(_STOP_WORD.search(text))
    return text[: min((stop.start() for stop in found if stop), default=len(text))]


def _holds_hint(low: str) -> bool:
    for hint in _STOP_HINTS:  # noqa: SIM110 - any() and its generator would cost more
        if hint in low:
            return True
    return False


def _person(part: str) -> str | None:
    words = part.split()
    while words and _ROLE_BEFORE.fullmatch(words[0]):
        words = words[1:]
    for index, word in enumerate(words):
        # FOXBusiness and USA are organisations, McKay and DJ are not.
        is_shouted = len(word) > _SHOUTED and word[:3].isupper() and not word.isupper()
        if word.strip("’'.,").lower() in _NO_NAME or is_shouted:
            words = _before_role(words[:index])
            break
    name = " ".join(words)
    return name if _NAME.fullmatch(name) else None


def _before_role(words: list[str]) -> list[str]:
    """Return the name at the start of the words before a role or the end of an outlet's name."""
    names = [word for word in words if not _SHORTENED.fullmatch(word)]
    if len(names) <= 2:  # noqa: PLR2004 - a first name and a surname
        return words
    return words[: words.index(names[1]) + 1]
