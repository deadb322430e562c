"""Where a line states a day: the shapes of written dates, not yet their meaning."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

_MONTH: Final = (
    r"(?:jan(?:uar[yi]?)?|feb(?:ruar[yi]?)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|o[ck]t(?:ober)?|nov(?:ember)?|de[cz](?:ember)?|januar|februar|märz|mai|juni"
    r"|juli|janvier|février|mars|avril|juin|juillet|août|septembre|octobre|novembre|décembre"
    r"|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre"
    r"|gennaio|febbraio|aprile|maggio|giugno|luglio|settembre|ottobre|dicembre"
    r"|stycznia|lutego|marca|kwietnia|maja|czerwca|lipca|sierpnia|września|października"
    r"|listopada|grudnia|janeiro|fevereiro|março|maio|junho|julho|setembro|outubro|novembro|dezembro"
    r"|января|февраля|марта|апреля|мая|июня|июля|августа|сентября|октября"
    r"|ноября|декабря)\.?"
)
_DAY: Final = r"[0-3]?\d(?:st|nd|rd|th|\.|º)?"
_YEAR: Final = r"(?:1[6-9]|20)\d\d"
_WEEKDAY: Final = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?,? )?"
_ZONE: Final = r"(?:UTC|GMT|[ECMP][SD]?T|A[EK][SD]?T|CES?T|BST|IST|Z|[+-]\d\d:?\d\d)"
_CLOCK: Final = rf"[0-2]?\d[:.][0-5]\d(?::[0-5]\d)?(?: ?[ap]\.?m\b\.?)?(?: ?\(?{_ZONE}\b\)?)?"
_GAP: Final = r"(?:[ ,|·•@–-]|at |um ){1,4}"
DATE: Final = re.compile(
    rf"(?<![\w/.-])(?:{_CLOCK}{_GAP})?{_WEEKDAY}"
    rf"(?:{_MONTH} {_DAY},? {_YEAR}|{_DAY} (?:of |de )?{_MONTH},? (?:de )?{_YEAR}"
    rf"|{_YEAR}[-/.][01]?\d[-/.][0-3]?\d(?!\d)|[0-3]?\d[-/.][0-3]?\d[-/.](?:{_YEAR}|\d\d(?![\d/.-]))"
    rf"|{_YEAR}年[01]?\d月[0-3]?\d日)"
    rf"(?:T[0-2]\d:[0-5]\d(?::[0-5]\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?|{_GAP}{_CLOCK})?(?!\w|[./-]\d)",
    re.IGNORECASE,
)
"""A day with its year, with the time of day and the zone where they stand beside it."""

# What every written date holds; most lines hold neither and need no closer look.
# To begin with a digit lets the search skip to one.
_DIGITS: Final = re.compile(r"\d(?:(?<=1)[6-9]\d\d|(?<=2)0\d\d|[-/.]\d\d?[-/.]\d\d)")
_NUMBERS: Final = re.compile(r"\d(?:[-/.]\d\d?[-/.]\d|年)")
_SEEN: Final = 200  # characters of a line; prose mentions days of its story


def dates_in(text: str) -> Sequence[re.Match[str]]:
    """Return the written dates of a line, left to right."""
    seen = text[:_SEEN]
    return _found(seen) if may_hold_date(seen) else ()


def may_hold_date(text: str) -> bool:
    """Tell whether a text holds digits as written dates do."""
    return _DIGITS.search(text) is not None


def holds_numbers(text: str) -> bool:
    """Tell whether a text holds numbers as dates do that name no month."""
    return _NUMBERS.search(text, 0, _SEEN) is not None


@lru_cache(maxsize=1024)  # several rules ask for the dates of the same few lines
def _found(seen: str) -> tuple[re.Match[str], ...]:
    return tuple(DATE.finditer(seen))


def has_date(text: str) -> bool:
    """Tell whether a line states a day with its year."""
    return bool(dates_in(text))
