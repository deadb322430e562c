"""Who signs a line: people told from roles, outlets, places and agencies beside them."""

import re
from typing import Final

from broadsheet.parse.credits import without_agencies
from broadsheet.parse.dates import dates_in

_LEAD: Final = re.compile(
    r"(?:(?:words|written|story|reported|reporting|text|posted|published|article|review|opinion"
    r"|analysis|interview|updated)\s+)?(?:by|von|par|por|di|da|door|av|af|przez|autore?s?|authors?"
    r"|auteurs?|autorzy|автор)\b[\s:]+",
    re.IGNORECASE,
)
_INNER: Final = re.compile(r"(?:\b(?:by|von|par)|\bBy)\s+(?=[^\W\d_a-z])")
_STOP: Final = re.compile(
    r"\s*(?:[|•·/@(\[;]|\s[-–—]+\s|\bfor\b|\bin [A-Z]|\bat \d|\bon [A-Z]\w+ \d|\bis an?\b"
    r"|\d|\b(?:published|posted|updated|last|follow|special to|image|photo)\b).*",
    re.IGNORECASE,
)
_PARTING: Final = re.compile(r"\s*,\s*(?:and\s+)?|\s+(?:and|und|et|y|with|&)\s+")
_PARTICLE: Final = "de|da|di|du|van|von|der|den|la|le|del|bin|al|el|ter"
_WORD: Final = rf"(?:[^\W\d_a-zß-öø-ÿа-я][\w’'.-]*|(?:{_PARTICLE})\b)"
_NAME: Final = re.compile(rf"{_WORD}(?:[ -]{_WORD}){{1,4}}")

# Words of a role, a section or an organisation: no part of a person's name.
_NO_NAME: Final = re.compile(
    r"abc|academy|advertorial|agency|alerts|analyst|and|app|architect|associate|association|"
    r"bbc|beat|biz|blog|board|breaking|business|cbs|cnn|college|columnist|commentator|"
    r"community|company|contributing|contributor|copy|correspondent|council|cover|crime|"
    r"critic|daily|data|department|deputy|desk|digital|director|donate|download|economics|"
    r"edition|editor|editorial|editors|education|enquirer|entertainment|environment|"
    r"executive|express|facebook|fashion|features|film|finance|follow|food|foundation|"
    r"freelance|gazette|general|getty|globe|group|guest|health|herald|home|image|images|inc|"
    r"independent|infoworld|inquirer|institute|intelligencer|intern|international|"
    r"investigative|journal|journalist|magazine|mail|managing|market|media|medical|menu|"
    r"money|monthly|music|national|nbc|network|news|newsletter|newsroom|online|opinion|"
    r"partner|photo|photographer|photography|photos|picture|pictures|podcast|police|policy|"
    r"political|politics|press|print|producer|professor|property|publishers|read|related|"
    r"reporter|reporters|reuters|review|science|section|senior|services|share|showbiz|sign|"
    r"special|specialist|sponsored|sport|sports|staff|stories|story|studio|subscribe|team|"
    r"tech|technology|telegraph|the|this|times|today|topics|travel|tribune|tv|twitter|u\.s|"
    r"university|update|us|usa|video|view|watch|weather|weekly|wire|world|writer|writers",
    re.IGNORECASE,
)
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
    text = _FUSED.sub(" ", text[:_SEEN])
    match = _LEAD.match(text) or _INNER.search(text)
    if match:
        text = text[match.end() :]
    for date in dates_in(text):
        text = text[: date.start()] or text[date.end() :]
        break
    text = without_agencies(_STOP.sub("", text).strip(" ,.:-–—"))
    names = []
    for part in _PARTING.split(text):
        name = _person(part.strip(" ,.:*\"'“”"))
        if name:
            names.append(name)
        elif names:
            break  # what follows a role or an outlet belongs to it
    return tuple(dict.fromkeys(names))


def _person(part: str) -> str | None:
    words = part.split()
    while words and _ROLE_BEFORE.fullmatch(words[0]):
        words = words[1:]
    for index, word in enumerate(words):
        # FOXBusiness and USA are organisations, McKay and DJ are not.
        is_shouted = len(word) > _SHOUTED and word[:3].isupper() and not word.isupper()
        if _NO_NAME.fullmatch(word.strip("’'.,")) or is_shouted:
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
