"""The time of day in a stated date, and what is said of its zone."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from broadsheet.normalize.date_words import date_words, fold

_CLOCK = re.compile(
    r"(?<![\d:/.\-])(?P<hour>\d{1,2})\s?(?::|h(?=\d))\s?(?P<minute>\d{2})"
    r"(?::(?P<second>\d{2})(?:[.,]\d+)?)?(?![\d:])",
    re.IGNORECASE,
)
# A dot is a time's only beside a word that says so; elsewhere it is a date's.
_DOTTED_CLOCK = re.compile(
    r"(?:(?<=\bkl )|(?<=\bkl\. )|(?<=\bklo )|(?<=\balle )|(?<=\bore )|(?<=\bum )|(?<=\bpukul ))"
    r"(?P<hour>\d{1,2})\.(?P<minute>\d{2})(?![.\d])"
    r"|(?<![\d.])(?P<hour2>\d{1,2})\.(?P<minute2>\d{2})(?=\s?(?:[ap]\.?m|uhr|uur|wib|gmt|utc|bst|cest|cet|eest|eet|edt|est)\b)",
    re.IGNORECASE,
)
# As French and East Asian papers write it: "à 17 h 15", "17時15分".
_SPOKEN_CLOCK = re.compile(
    r"(?<=\bà )(?P<hour>\d{1,2})\s?h\s(?P<minute>\d{2})(?!\d)"
    r"|(?<!\d)(?P<hour2>\d{1,2})\s?[時时点]\s?(?P<minute2>\d{1,2})\s?分",
    re.IGNORECASE,
)
_FULL_HOUR = re.compile(r"(?<![\d:/.\-])(?P<hour>\d{1,2})(?=\s?[ap]\.?\s?m\b)", re.IGNORECASE)
_LATIN_HALF = re.compile(r"\s?([ap])\.?\s?m\b\.?", re.IGNORECASE)
_WORD_AFTER = re.compile(r"\s?([^\s\d,|()+-]+)")
_WORD_BEFORE = re.compile(r"([^\s\d,|()+-]+)\s?$")
_ZONE = re.compile(
    r"\s?\(?(?:(?P<name>Z|[A-Z]{2,5})(?![A-Za-z]))?\s?(?P<offset>[+-]\d{1,2}(?::?\d{2})?)?\)?"
)
# Abbreviations that mean one offset in news of any country. Left out, because they mean several:
# IST, CST and AST outside of RFC 2822, BST in South Asia, and generic ET, CT, PT.
_FIXED_OFFSETS_HOURS = {
    "Z": 0, "UTC": 0, "GMT": 0, "WET": 0, "WEST": 1, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3,
    "MSK": 3, "SAST": 2, "WAT": 1, "PKT": 5, "WIB": 7, "WITA": 8, "HKT": 8, "JST": 9, "KST": 9,
    "AEST": 10, "AEDT": 11, "ACDT": 10.5, "ACST": 9.5, "AWST": 8, "NZST": 12, "NZDT": 13,
    "EST": -5, "EDT": -4, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "NDT": -2.5,
    "ADT": -3, "AKST": -9, "AKDT": -8, "HST": -10, "BRT": -3, "CLT": -4, "MEZ": 1, "MESZ": 2,
}  # fmt: skip
_GENERIC_ZONES = {"ET": "America/New_York", "PT": "America/Los_Angeles"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockTime:
    """A time of day.

    Attributes:
        at: the time as written.
        has_seconds: whether seconds are stated.
        offset: the stated zone, as an offset from UTC.
        zone_name: an abbreviation that means several zones, such as ``IST``.

    """

    at: time
    has_seconds: bool
    offset: timezone | None = None
    zone_name: str | None = None

    @property
    def is_midnight(self) -> bool:
        """Whether it is midnight to the last stated part, which stands for a day alone."""
        return self.at == time(0)

    @property
    def is_utc(self) -> bool:
        """Whether it is stated in UTC, which publishing systems write wherever they stand."""
        return self.offset is not None and not self.offset.utcoffset(None)

    def instant(self, on: date, zone: ZoneInfo | None) -> datetime | None:
        """Return the instant of this time on a day, in UTC.

        Args:
            on: the day as written.
            zone: the outlet's zone, where known; an ambiguous abbreviation is believed if it is
                this zone's own at that time.

        Returns:
            None where the zone is not stated.

        """
        naive = datetime.combine(on, self.at)
        if self.offset is not None:
            return naive.replace(tzinfo=self.offset).astimezone(UTC)
        if self.zone_name in _GENERIC_ZONES:
            return naive.replace(tzinfo=ZoneInfo(_GENERIC_ZONES[self.zone_name])).astimezone(UTC)
        if self.zone_name and zone and naive.replace(tzinfo=zone).tzname() == self.zone_name:
            return naive.replace(tzinfo=zone).astimezone(UTC)
        return None


def clock_time(at: datetime, *, has_seconds: bool) -> ClockTime:
    """Return the time of day of a parsed instant."""
    delta = at.utcoffset()
    return ClockTime(
        at=at.time(),
        has_seconds=has_seconds,
        offset=None if delta is None else timezone(delta),
    )


def split_time(text: str, languages: tuple[str, ...]) -> tuple[ClockTime | None, str]:
    """Take the time of day out of a stated date.

    Args:
        text: the date, plain.
        languages: BCP 47 tags, for the words of the halves of a day.

    Returns:
        The time, where exactly one is stated, and the text without it.

    Raises:
        ValueError: there is no such time of day.

    """
    clocks = (_CLOCK, _DOTTED_CLOCK, _SPOKEN_CLOCK, _FULL_HOUR)
    match = next((found for clock in clocks if (found := clock.search(text))), None)
    if not match:
        return None, text
    parts = match.groupdict()
    hour = int(parts.get("hour") or parts["hour2"])
    minute = int(parts.get("minute") or parts.get("minute2") or 0)
    second = parts.get("second")
    half, start, end = _half_of_day(text, match.start(), match.end(), languages)
    if half and not 1 <= hour <= 12:  # noqa: PLR2004 - hours on a clock's face
        half = None
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    zone = _ZONE.match(text, end)
    offset, name = _offset(zone) if zone else (None, None)
    if zone and (offset is not None or name):
        end = zone.end()
    at = time(hour, minute, min(int(second or 0), 59))  # 60 is a leap second
    stated = ClockTime(at=at, has_seconds=bool(second), offset=offset, zone_name=name)
    return stated, f"{text[:start]} {text[end:]}"


def _half_of_day(
    text: str, start: int, end: int, languages: tuple[str, ...]
) -> tuple[str | None, int, int]:
    """Return ``am`` or ``pm``, where stated, and the span widened by it."""
    latin = _LATIN_HALF.match(text, end)
    if latin:
        return f"{latin[1].lower()}m", start, latin.end()
    periods = date_words(languages).day_periods
    after = _WORD_AFTER.match(text, end)
    if after and (half := periods.get(fold(after[1]))):
        return half, start, after.end()
    before = _WORD_BEFORE.search(text[:start])
    if before and (half := periods.get(fold(before[1]))):
        return half, before.start(), end
    return None, start, end


def _offset(zone: re.Match[str]) -> tuple[timezone | None, str | None]:
    name, digits = zone["name"], zone["offset"]
    if digits and name in {None, "Z", "UTC", "GMT"}:
        hours, minutes = digits[1:].replace(":", "").ljust(4, "0"), 0
        if len(digits) == 2:  # noqa: PLR2004 - a sign and one digit
            hours = f"0{digits[1]}00"
        minutes = int(hours[:2]) * 60 + int(hours[2:])
        return timezone(timedelta(minutes=-minutes if digits[0] == "-" else minutes)), None
    if name in _FIXED_OFFSETS_HOURS:
        return timezone(timedelta(hours=_FIXED_OFFSETS_HOURS[name])), None
    return None, name
