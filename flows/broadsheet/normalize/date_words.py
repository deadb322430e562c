"""Words of dates: names of months and weekdays, halves of the day, the order of all-digit dates.

From Unicode CLDR (Unicode License v3), rendered into ``data/date_words.json`` by
``benchmarks/normalize_date_words.py``.
"""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

import orjson

# Ordinal endings, articles and prepositions that stand between the parts of a date.
_ORDINAL_AND_GLUE_TEXT = (
    "st nd rd th of the a o er re e eme de del da di do d den der le el il la dne dnia 's an am"
    " m ve the on año ano tháng thg ngày năm ngay nam thang г р ж ი წლის г року года год р роки"
    " ой е го י ב of թ د คศ พศ ของ पर को এর"
)
ORDINAL_AND_GLUE = frozenset(_ORDINAL_AND_GLUE_TEXT.split())


def fold(word: str) -> str:
    """Return the key of a word: compatibility form, case-folded, dots and spaces left out."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", word).casefold())
    return "".join(c for c in folded if c not in ". \u200e\u200f\u200c\u200d\xa0()")


@dataclass(frozen=True, slots=True)
class DateWords:
    """The words of some languages, folded, and what they mean.

    Attributes:
        months: 1 to 12; a word that names different months in these languages is left out.
        weekdays: 0 is Monday.
        day_periods: ``am`` or ``pm``.
        glue: words that patterns set between the parts of a date.
        ambiguous: words left out of ``months``.

    """

    months: Mapping[str, int]
    weekdays: Mapping[str, int]
    day_periods: Mapping[str, str]
    glue: frozenset[str]
    ambiguous: frozenset[str]


@lru_cache(maxsize=1)
def _cldr() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    data = resources.files("broadsheet.normalize") / "data" / "date_words.json"
    content: Mapping[str, Mapping[str, Mapping[str, str]]] = orjson.loads(data.read_bytes())
    return content


def match_language(tag: str) -> str | None:
    """Return the known language for a BCP 47 tag: itself, or its longest known prefix."""
    aliases = {"tl": "fil", "zh-TW": "zh-Hant", "zh-HK": "zh-Hant", "iw": "he", "in": "id"}
    tag = aliases.get(tag, tag)
    while tag and tag not in _cldr():
        tag = tag.rpartition("-")[0]
    return tag or None


@lru_cache(maxsize=256)
def date_words(languages: tuple[str, ...]) -> DateWords:
    """Return the words of these languages together; of all known ones where none is given."""
    chosen = {match: None for tag in languages if (match := match_language(tag))} or _cldr()
    meanings: dict[str, set[int]] = {}
    weekdays: dict[str, int] = {}
    periods: dict[str, str] = {}
    glue = set(ORDINAL_AND_GLUE)
    for language in chosen:
        entry = _cldr()[language]
        for word, month in entry["months"].items():
            meanings.setdefault(word, set()).add(int(month))
        weekdays |= {word: int(day) for word, day in entry["weekdays"].items()}
        periods |= entry["day_periods"]
        glue |= set(entry["glue"])
    months = {word: next(iter(found)) for word, found in meanings.items() if len(found) == 1}
    return DateWords(
        months=months,
        weekdays={w: d for w, d in weekdays.items() if w not in meanings},
        day_periods={"am": "am", "pm": "pm"} | periods,
        glue=frozenset(glue - meanings.keys()),
        ambiguous=frozenset(meanings.keys() - months.keys()),
    )


def digit_orders(languages: Sequence[str], country: str | None) -> frozenset[str]:
    """Return the orders of all-digit dates that these languages use, such as ``DMY``.

    Where a language's order differs by country and the country is unknown, all of them.
    """
    return frozenset(order for tag in languages for order in _orders(tag, country))


def _orders(tag: str, country: str | None) -> Iterable[str]:
    language = match_language(tag)
    if not language:
        return ()
    by_territory = _cldr()[language]["orders"]
    regions = [part for part in tag.split("-")[1:] if len(part) == 2 and part.isupper()]  # noqa: PLR2004
    place = regions[0] if regions else country or ""
    if place and place in by_territory:
        return (by_territory[place],)
    # English alone is split between two orders by the weight of its readers.
    return by_territory.values() if language == "en" else (by_territory[""],)
