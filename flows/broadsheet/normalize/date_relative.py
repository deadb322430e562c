"""Relative dates such as "3 hours ago", counted back from the time of the crawl."""

import re
from datetime import datetime, timedelta
from functools import lru_cache

from dateparser.date import DateDataParser

from broadsheet.normalize.date_words import date_words, fold, match_language
from broadsheet.normalize.dates import MOST_CHARACTERS, StatedDate, Unread, plain
from broadsheet.reasons import Reason

_ANY_TIME = datetime(2000, 1, 12)  # noqa: DTZ001 - a wall clock, as dateparser wants it
_WORD = re.compile(r"[^\s.,]+")
_LONG = frozenset({"month", "year"})


def read_relative(
    found: str, languages: tuple[str, ...], crawled_at: datetime | None
) -> StatedDate | Unread | None:
    """Read a date that counts back from when the page was fetched.

    Args:
        found: the date as found.
        languages: BCP 47 tags; where empty only English is read.
        crawled_at: when the page was fetched, in the outlet's zone where that is known.

    Returns:
        The day (month, year) meant; ``date.relative`` where the time of the crawl is unknown;
        None where the date is not relative.

    """
    text = plain(found)
    if not text or len(text) > MOST_CHARACTERS:
        return None
    weekday = _only_weekday(text, languages)
    base = crawled_at.replace(tzinfo=None) if crawled_at else _ANY_TIME
    if weekday is not None:
        then, period = base - timedelta(days=(base.weekday() - weekday) % 7), None
    else:
        data = _parser(_languages(languages), base).get_date_data(text)
        # One that names a zone of its own ("0D0Z") counts from a clock that is not known here.
        if data.date_obj is None or data.date_obj.tzinfo or data.date_obj > base:
            return None
        then, period = data.date_obj, data.period
    if crawled_at is None or period == "week":
        return Unread(Reason.DATE_RELATIVE)
    return StatedDate(
        year=then.year,
        month=None if period == "year" else then.month,
        day=None if period in _LONG else then.day,
    )


def _only_weekday(text: str, languages: tuple[str, ...]) -> int | None:
    """Return the weekday (0 is Monday) that a text consists of, with nothing but glue around."""
    words = date_words(languages or ("en",))
    folded = [fold(word) for word in _WORD.findall(text)]
    named = [words.weekdays[word] for word in folded if word in words.weekdays]
    others = [word for word in folded if word not in words.weekdays and word not in words.glue]
    return named[0] if len(named) == 1 and not others else None


def _languages(tags: tuple[str, ...]) -> tuple[str, ...]:
    """Return the tags that dateparser knows: it has all of ours, with Norwegian as Bokmål."""
    known = (match.split("-")[0] for tag in tags if (match := match_language(tag)))
    return tuple(dict.fromkeys("nb" if tag == "no" else tag for tag in known)) or ("en",)


@lru_cache(maxsize=64)
def _parser(languages: tuple[str, ...], base: datetime) -> DateDataParser:
    """Return a parser that reads nothing but relative dates."""
    return DateDataParser(
        languages=list(languages),
        settings={"PARSERS": ["relative-time"], "RELATIVE_BASE": base},
    )
