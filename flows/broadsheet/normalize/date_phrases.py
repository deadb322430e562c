"""Dates with a month's name, or with the characters that mark year, month and day."""

import re
from datetime import date

from broadsheet.normalize.date_numbers import Stated, full_year
from broadsheet.normalize.date_words import DateWords, date_words, fold

_READING_TIME = re.compile(r"\b\d+\s?-?min(?:ute)?s?\b(?:\s?read)?", re.IGNORECASE)
_INNER_DOT = re.compile(r"(?<=[^\s\d\x00-\x7f])\.(?=[^\s\d\x00-\x7f])")
_TOKEN = re.compile(r"\d+|[^\W\d_](?:[^\W\d_]|[\u0300-\u036f\u0591-\u05f4\u064b-\u065f\u0900-\u109f"
                    r"\u0d80-\u0eff\u1780-\u17ff])*|\S")  # fmt: skip
_MARKED = re.compile(
    r"(?:(?P<era>令和|平成|昭和)\s?(?P<era_year>\d{1,2}|元)|(?P<year>\d{4}))\s?[年년]"
    r"\s?(?P<month>\d{1,2})\s?[月월](?:\s?(?P<day>\d{1,2})(?!\d)\s?[日일号]?)?"
)
_ERA_STARTS = {"令和": 2018, "平成": 1988, "昭和": 1925}
_NUMBERED_MONTH = re.compile(
    r"(?:(?P<day>\d{1,2})\s)?(?:tháng|thg\.?)\s?(?P<month>\d{1,2})[\s,]+(?:năm\s)?(?P<year>\d{4})",
    re.IGNORECASE,
)

# Each token as one letter: m month, n number of one or two digits, y of four, w weekday,
# g glue, p punctuation, x anything else. ``#`` stands for what may lie between two parts.
_FORMS = {
    "n#m#y": "dmy", "m#n#y": "mdy", "y#m#n": "ymd", "y#n#m": "ydm", "m#y": "my", "y#m": "ym",
    "n#m#n": "dmY",
}  # fmt: skip
_PATTERNS = {re.compile(form.replace("#", "[gpw]{0,4}")): parts for form, parts in _FORMS.items()}


def named_dates(text: str, languages: tuple[str, ...]) -> frozenset[Stated]:
    """Return what a date with a named month states; empty where there is not exactly one.

    Words around it are let be; other numbers are not.

    Args:
        text: the date, plain, without its time of day.
        languages: BCP 47 tags; all known languages where empty.

    Raises:
        ValueError: there is no such day.

    """
    marked = _marked(text)
    if marked:
        return frozenset({marked})
    words = date_words(languages)
    readable = _INNER_DOT.sub("", _READING_TIME.sub(" ", text))
    tokens = _with_long_months(_TOKEN.findall(readable), words)
    letters = "".join(_letter(token, words) for token in tokens)
    for pattern, parts in _PATTERNS.items():
        matches = list(pattern.finditer(letters))
        if not matches:
            continue
        found = matches[0]
        rest = letters[: found.start()] + letters[found.end() :]
        if len(matches) > 1 or set(rest) & {"n", "y", "z", "m"}:
            return frozenset()
        values = [
            token
            for token, letter in zip(tokens[found.start() : found.end()], found[0], strict=True)
            if letter in "nmy"
        ]
        return frozenset({_stated(parts, values, words)})
    return frozenset()


def _marked(text: str) -> Stated | None:
    match = _MARKED.search(text) or _NUMBERED_MONTH.search(text)
    if not match or re.search(r"\d", text[: match.start()] + text[match.end() :]):
        return None
    groups = match.groupdict()
    if groups.get("era"):
        in_era = 1 if groups["era_year"] == "元" else int(groups["era_year"])
        year = _ERA_STARTS[groups["era"]] + in_era
    else:
        year = int(groups["year"])
    month, day = int(groups["month"]), int(groups["day"] or 1)
    date(year, month, day)
    return (year, month, day) if groups["day"] else (year, month)


def _with_long_months(tokens: list[str], words: DateWords) -> list[str]:
    """Join the two words of a month's name into one token, as in Irish and Mongolian."""
    joined: list[str] = []
    for token in tokens:
        pair = joined[-1] + token if joined else ""
        if pair.isalpha() and fold(pair) in words.months:
            joined[-1] = pair
        else:
            joined.append(token)
    return joined


def _letter(token: str, words: DateWords) -> str:
    if token.isdigit():
        return {1: "n", 2: "n", 4: "y"}.get(len(token), "z")
    if not token[0].isalpha():
        return "p"
    word = fold(token)
    if word in words.months:
        return "m"
    if word in words.weekdays:
        return "w"
    return "g" if word in words.glue else "x"


def _stated(parts: str, values: list[str], words: DateWords) -> Stated:
    part = dict(zip(parts, values, strict=True))
    month = words.months[fold(part["m"])]
    digits = part.get("y") or part["Y"]
    is_thai = any("\u0e00" <= c <= "\u0e7f" for c in part["m"])
    year = full_year(digits, is_thai=is_thai)
    if "d" not in part:
        date(year, month, 1)
        return (year, month)
    day = date(year, month, int(part["d"]))
    return (day.year, day.month, day.day)
