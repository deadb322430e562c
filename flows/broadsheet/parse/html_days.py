"""Days in written dates, as far as telling one day from another needs.

This is no date parser: what a date means, with its time and zone, is for the normaliser. Here two
statements of one day must be told from statements of two.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from broadsheet.parse.html_months import month_of

Order = Literal["DMY", "MDY"]

_YEAR: Final = r"(?:19[5-9]\d|20[0-4]\d)"
# Letters; the vowels of Indic scripts are marks.
_WORD: Final = r"(?:[^\W\d_][\u0900-\u0dff]*){2,12}"
_DIGITS: Final = {first + digit: str(digit) for first in map(ord, "٠۰०০") for digit in range(10)}
_CLOCKED: Final = r"[0-2]?\d:\d\d(?::\d\d)?(?:\s[A-Z]{3,4})?"
_DATE: Final = re.compile(
    rf"(?<![\d.,/-])(?:"
    rf"(?P<y1>{_YEAR})\s?[-/.–]\s?(?P<m1>[01]?\d)\s?[-/.–]\s?(?P<d1>[0-3]?\d)(?=\D|$)"
    rf"|(?P<d2>[0-3]?\d)\s?[-/.|]\s?(?P<m2>[01]?\d|[0-3]\d)\s?[-/.|]\s?(?P<y2>{_YEAR}|\d\d(?![\d./:-]))"
    rf"|(?P<y3>{_YEAR})\s?[年년]\s?(?P<m3>[01]?\d)\s?[月월]\s?(?P<d3>[0-3]?\d)(?:\s?[日일])?"
    rf"|(?P<d4>[0-3]?\d)(?:st|nd|rd|th|er|º|ª|\.|-)?\s?(?:of |de |di |d[’'])?"
    rf"[\s-]?(?:{_WORD}(?:\s{_WORD})?\s?/\s?)?(?P<w4>{_WORD})[.,]?[\s/-]?\s?"
    rf"(?:de |del |г\.? )?(?P<y4>{_YEAR})"
    rf"|(?P<y6>{_YEAR})[\s.,-]+(?P<w6>{_WORD})\.?[\s-](?P<d6>[0-3]?\d)(?!\d)"
    rf")"
    rf"|\b(?P<w5>{_WORD})\.?\s(?P<d5>[0-3]?\d)(?:st|nd|rd|th|\.)?,?\s?"
    rf"(?:at |\|\s?|{_CLOCKED}\s)?"
    rf"(?P<y5>{_YEAR})(?!\d)"
)
DIGIT: Final = re.compile(r"\d")
"""What every form of a date holds."""
_MAY_HOLD: Final = re.compile(rf"{_YEAR}|\d\s?[-/.|]\s?[0-3]?\d\s?[-/.|]\s?\d\d")
_OTHER_DIGIT: Final = re.compile(f"[{''.join(map(chr, _DIGITS))}]")
_COMPACT: Final = re.compile(rf"^({_YEAR})([01]\d)([0-3]\d)(?:\D|\d{{4,6}}|$)")
_CLOCK: Final = re.compile(r"\d{1,2}[:.h]\d\d")
_PATH: Final = re.compile(
    r"(?<!\d)((?:19|20)\d\d)[/_-]?(0[1-9]|1[0-2])[/_-]?([0-2]\d|3[01])(?!\d)"
    r"|/((?:19|20)\d\d)/([a-z]{3})/([0-3]?\d)/"
)
_PATH_DAY_FIRST: Final = re.compile(
    r"(?<!\d)([0-2]\d|3[01])([-_.])(0[1-9]|1[0-2])\2((?:19|20)\d\d)(?!\d)"
)
_FAR_PIVOT: Final = 50


@dataclass(frozen=True, slots=True)
class Day:
    """A day that a text states, and where.

    Attributes:
        day: the calendar day as written.
        text: the characters that state it.
        is_ambiguous: whether day and month could be exchanged.
        has_time: whether a time of day follows.

    """

    day: date
    text: str
    is_ambiguous: bool
    has_time: bool


def may_hold_a_day(text: str) -> bool:
    """Tell at little cost whether a text with digits may state a day with its year."""
    return bool(_MAY_HOLD.search(_ascii_digits(text)))


def _ascii_digits(text: str) -> str:
    """Return a text with the digits of Arabic, Persian, Hindi and Bengali as European ones."""
    if text.isascii() or not _OTHER_DIGIT.search(text):
        return text
    return text.translate(_DIGITS)


def days_in(text: str, order: Order) -> Iterator[Day]:
    """Yield the days that a text states with their year, left to right."""
    for match in _DATE.finditer(_ascii_digits(text)):
        found = {name[0]: value for name, value in match.groupdict().items() if value}
        year = int(found["y"])
        if year < 100:  # noqa: PLR2004 - two digits
            year += 2000 if year < _FAR_PIVOT else 1900
        number = int(found["d"])
        month = month_of(found["w"]) if "w" in found else int(found["m"])
        is_digits = match["d2"] is not None
        is_month_first = order == "MDY" and "." not in match[0] and number <= 12  # noqa: PLR2004
        if is_digits and (is_month_first or month > 12):  # noqa: PLR2004
            number, month = month, number
        day = _day(year, month, number)
        if day:
            tail = text[match.end() : match.end() + 24]
            yield Day(
                day,
                text[match.start() : match.end()].strip(),
                is_digits and number <= 12 and month <= 12 and number != month,  # noqa: PLR2004
                bool(_CLOCK.search(tail)),
            )


def stated_day(value: str, order: Order) -> Day | None:
    """Return the day of a value that is nothing but a date, such as a ``datetime`` attribute."""
    if compact := _COMPACT.match(value):
        day = _day(int(compact[1]), int(compact[2]), int(compact[3]))
        return Day(day, value, is_ambiguous=False, has_time=False) if day else None
    return next(days_in(value, order), None)


def day_in_path(url: str) -> Day | None:
    """Return the first day in the path of an address: "/2024/03/05/", "/2024/mar/5/"."""
    for match in _PATH.finditer(url):
        year, month, number = (group for group in match.groups() if group)
        parts = (number, month, year) if month.isalpha() else (year, month, number)
        if day := stated_day(("-", " ")[month.isalpha()].join(parts), "DMY"):
            return Day(day.day, match[0], is_ambiguous=False, has_time=False)
    late = _PATH_DAY_FIRST.search(url)
    day = stated_day(f"{late[4]}-{late[3]}-{late[1]}", "DMY") if late else None
    return Day(day.day, late[0], is_ambiguous=False, has_time=False) if late and day else None


def _day(year: int, month: int, number: int) -> date | None:
    try:
        return date(year, month, number)
    except ValueError:
        return None
