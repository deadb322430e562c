"""Reading one stated date: what it says, and nothing that it does not say.

Standards first (ISO 8601, RFC 2822), then all-digit dates by the order that the locale uses, then
dates with a month's name in the languages of Unicode CLDR. What is left, a relative date above
all, is dateparser's, under supervision.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from broadsheet.normalize.date_numbers import digit_dates, iso_instant, rfc_instant, unix_instant
from broadsheet.normalize.date_phrases import named_dates
from broadsheet.normalize.date_times import ClockTime, clock_time, split_time
from broadsheet.normalize.locality import NOWHERE, Locality
from broadsheet.reasons import Reason
from broadsheet.records import Precision

MOST_CHARACTERS = 64
"""A date is short; readers of longer text grow slow and start to find what is not there."""

# What follows is when the article was changed, not when it was published.
_CHANGED = re.compile(
    r"[\s|/(•·–—,;-]*\b(?:last\s)?(?:updated?|modified|edited|changed|aktualisiert"
    r"|mis à jour|modifié|actualizado|actualizada|aggiornato|atualizado|bijgewerkt|oppdatert"
    r"|uppdaterad|opdateret|обновлено|оновлено|zaktualizowano)\b.*",
    re.IGNORECASE,
)
_DIGIT = re.compile(r"\d")
_ZONE_IN_WORDS = re.compile(r"(?<=GMT[+-]\d{4})\s\([^()]*\)$")
_INVISIBLE = re.compile("[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_SECONDS = re.compile(r"\d:\d{2}:\d{1,2}|\d{10}|\d{8}T\d{6}", re.IGNORECASE)
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedDate:
    """What a date states.

    Attributes:
        year: the year.
        month: 1 to 12, where stated.
        day: 1 to 31, where stated.
        time: the time of day with what is said of its zone, where stated.
        is_midnight: a time was stated that is exactly midnight, and was taken for none.

    """

    year: int
    month: int | None = None
    day: int | None = None
    time: ClockTime | None = None
    is_midnight: bool = False

    @property
    def on(self) -> date | None:
        """The calendar day as written."""
        return date(self.year, self.month, self.day) if self.month and self.day else None

    @property
    def precision(self) -> Precision:
        """How much is stated."""
        if self.time:
            return Precision.SECOND if self.time.has_seconds else Precision.MINUTE
        if self.day:
            return Precision.DAY
        return Precision.MONTH if self.month else Precision.YEAR


@dataclass(frozen=True, slots=True)
class Unread:
    """Why a stated date is not taken.

    Attributes:
        reason: the reason code.
        candidates: where it is ambiguous, the days that it may mean, in order.

    """

    reason: Reason
    candidates: tuple[date, ...] = ()


@lru_cache(maxsize=16_384)
def read_date(found: str, locality: Locality = NOWHERE) -> StatedDate | Unread:
    """Read a date that is stated in words or digits.

    Args:
        found: the date as found; a longer text than 64 characters is not read at all.
        locality: what is known of the place that it comes from.

    Returns:
        What it states; or why it cannot be read: ``date.unparsed``, ``date.impossible`` (there is
        no such day), ``date.ambiguous``.

    """
    text = plain(found)
    try:
        instant = iso_instant(text)  # first, because most are, and nothing can follow one
        if not instant:
            text = _first_stated(text)
            if not text or len(text) > MOST_CHARACTERS:
                return Unread(Reason.DATE_UNPARSED)
            instant = rfc_instant(text) or unix_instant(text)
        if instant:
            return _stated_instant(instant, has_seconds=bool(_SECONDS.search(text)))
        clock, rest = split_time(text, locality.languages)
        options = digit_dates(rest, locality) or named_dates(rest, locality.languages)
    except ValueError:
        return Unread(Reason.DATE_IMPOSSIBLE)
    if not options:
        return Unread(Reason.DATE_UNPARSED)
    if len(options) > 1:
        days = tuple(sorted(date(*option) for option in options if len(option) == 3))  # noqa: PLR2004
        return Unread(Reason.DATE_AMBIGUOUS, days)
    (option,) = options
    return _stated(option, clock if len(option) == 3 else None)  # noqa: PLR2004 - down to the day


def plain(found: str) -> str:
    """Return a stated date in compatibility form, with ASCII digits and single spaces."""
    if len(found) > 4 * MOST_CHARACTERS:
        return found
    text = found
    if not text.isascii():
        text = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text))
        text = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text)
    return _SPACE.sub(" ", text).strip()


def _first_stated(text: str) -> str:
    """Leave out a second date, which says when the article was changed, and a zone's long name."""
    if len(text) > 4 * MOST_CHARACTERS:
        return text
    changed = _CHANGED.search(text)
    if changed and _DIGIT.search(text, 0, changed.start()):
        text = text[: changed.start()]
    return _ZONE_IN_WORDS.sub("", text)


def _stated_instant(at: datetime, *, has_seconds: bool) -> StatedDate:
    clock = clock_time(at, has_seconds=has_seconds)
    return _stated((at.year, at.month, at.day), clock)


def _stated(parts: tuple[int, ...], clock: ClockTime | None) -> StatedDate:
    is_midnight = bool(clock and clock.is_midnight)
    return StatedDate(
        year=parts[0],
        month=parts[1] if len(parts) > 1 else None,
        day=parts[2] if len(parts) > 2 else None,  # noqa: PLR2004 - down to the day
        time=None if is_midnight else clock,
        is_midnight=is_midnight,
    )
