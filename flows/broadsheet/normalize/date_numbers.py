"""Dates in digits alone: ISO 8601, RFC 2822, Unix time, and all-digit dates of a locale."""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime

from broadsheet.normalize.date_words import digit_orders
from broadsheet.normalize.locality import Locality

_ISO_INSTANT = re.compile(
    r"(?P<day>\d{4}-?\d{2}-?\d{2})[T ](?P<time>\d{2}:?\d{2}(?::?\d{1,2})?)(?:[.,]\d{1,9})?"
    r"\s?(?P<zone>Z|[+-]\d{2}(?::?\d{2}(?::\d{2})?)?)?",
    re.IGNORECASE,
)
_COMPACT_INSTANT = re.compile(r"(\d{8})(\d{6})")
_COMPACT_DAY = re.compile(r"\d{8}")
_RFC_2822 = re.compile(
    r"(?:(?:mon|tue|wed|thu|fri|sat|sun),\s)?\d{1,2}\s"
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\s\d{4}\s\d{2}:\d{2}"
    r"(?::\d{2})?\s(?:[+-]\d{4}|[ECMP][SD]T|GMT|UTC?)(?:\s\([^()]*\))?",
    re.IGNORECASE,
)
_UNIX = re.compile(r"(\d{10})(\d{3})?")
_THREE_NUMBERS = re.compile(r"(?<!\d)(\d{1,4})\s?([-/.])\s?(\d{1,2})\s?\2\s?(\d{1,4})(?!\d)")
_TWO_NUMBERS = re.compile(r"(\d{4})[-/.](\d{1,2})|(\d{1,2})[-/.](\d{4})")
_YEAR = re.compile(r"\d{4}")
_PIVOT = 69  # two-digit years: 69 to 99 are of the 20th century (POSIX, strptime's %y)
_BUDDHIST_ERA_YEARS = 543
_BUDDHIST_YEARS = range(2400, 2700)

Stated = tuple[int, ...]
"""Year, or year and month, or year, month and day."""


def iso_instant(text: str) -> datetime | None:
    """Read an ISO 8601 date with a time of day; aware where its zone is stated.

    Raises:
        ValueError: no such day or time.

    """
    if compact := _COMPACT_INSTANT.fullmatch(text):
        return datetime.strptime(compact[1] + compact[2], "%Y%m%d%H%M%S")  # noqa: DTZ007 - none said
    match = _ISO_INSTANT.fullmatch(text)
    if not match:
        return None
    zone = (match["zone"] or "").upper().replace("Z", "+00:00")
    day, time = match["day"].replace("-", ""), match["time"].replace(":", "")
    return datetime.fromisoformat(f"{day}T{time[:4]}{time[4:].zfill(2)}{zone}")


def rfc_instant(text: str) -> datetime | None:
    """Read an RFC 2822 date; aware where its zone is stated.

    Raises:
        ValueError: no such day or time.

    """
    return parsedate_to_datetime(text) if _RFC_2822.fullmatch(text) else None


def unix_instant(text: str) -> datetime | None:
    """Read seconds or milliseconds since 1970, in the ten or thirteen digits of 2001 to 2286."""
    match = _UNIX.fullmatch(text)
    return datetime.fromtimestamp(int(match[1]), UTC) if match else None


def digit_dates(text: str, locality: Locality) -> frozenset[Stated]:
    """Return all that an all-digit date may state, given what is known of its place.

    Words around it are let be; other numbers are not.

    Raises:
        ValueError: no order of its parts is a day of the calendar.

    """
    if _COMPACT_DAY.fullmatch(text):
        day = date(int(text[:4]), int(text[4:6]), int(text[6:]))
        return frozenset({(day.year, day.month, day.day)})
    if _YEAR.fullmatch(text):
        return frozenset({(int(text),)})
    if match := _TWO_NUMBERS.fullmatch(text):
        first = date(int(match[1] or match[4]), int(match[2] or match[3]), 1)
        return frozenset({(first.year, first.month)})
    matches = list(_THREE_NUMBERS.finditer(text))
    if len(matches) != 1 or re.search(r"\d", _THREE_NUMBERS.sub("", text)):
        return frozenset()
    first_part, separator, second_part, third_part = matches[0].groups()
    numbers = (first_part, second_part, third_part)
    possible = _possible_orders(numbers)
    if not possible:
        return frozenset()
    likely = _likely_orders(possible, separator, numbers, locality)
    is_thai = any(tag.split("-")[0] == "th" for tag in locality.languages)
    days = _days(numbers, likely, is_thai=is_thai) or _days(numbers, possible, is_thai=is_thai)
    if not days:
        message = f"{text!r} is no day of the calendar"
        raise ValueError(message)
    return days


def _possible_orders(numbers: tuple[str, str, str]) -> frozenset[str]:
    """Return the orders that the lengths of the numbers allow."""
    first, _, third = (len(number) for number in numbers)
    if first == 4:  # noqa: PLR2004 - digits of a year
        return frozenset({"YMD"} if third <= 2 else ())  # noqa: PLR2004
    if third == 4 and first <= 2:  # noqa: PLR2004
        return frozenset({"DMY", "MDY"})
    if third == 2 and first <= 2:  # noqa: PLR2004
        return frozenset({"DMY", "MDY", "YMD"} if first == 2 else {"DMY", "MDY"})  # noqa: PLR2004
    if first == 2 and third == 1:  # noqa: PLR2004
        return frozenset({"YMD"})
    return frozenset()


def _likely_orders(
    possible: frozenset[str], separator: str, numbers: tuple[str, str, str], locality: Locality
) -> frozenset[str]:
    """Narrow the orders by what the collector, the separator and the locale say."""
    if locality.order in possible:
        return frozenset({locality.order})
    if separator == "." and len(numbers[2]) == 4:  # noqa: PLR2004 - digits of a year
        return possible & {"DMY"}
    customary = digit_orders(locality.languages, locality.country) & possible
    return customary or possible


def _days(
    numbers: tuple[str, str, str], orders: Iterable[str], *, is_thai: bool
) -> frozenset[Stated]:
    days = set()
    for order in orders:
        part = dict(zip(order, numbers, strict=True))
        year = full_year(part["Y"], is_thai=is_thai)
        try:
            day = date(year, int(part["M"]), int(part["D"]))
        except ValueError:
            continue
        days.add((day.year, day.month, day.day))
    return frozenset(days)


def full_year(digits: str, *, is_thai: bool = False) -> int:
    """Return the year of the common era for two or four digits."""
    year = int(digits)
    if len(digits) <= 2:  # noqa: PLR2004 - two-digit year
        return year + (1900 if year >= _PIVOT else 2000)
    return year - _BUDDHIST_ERA_YEARS if is_thai and year in _BUDDHIST_YEARS else year
