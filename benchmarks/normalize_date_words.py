"""Render ``flows/broadsheet/normalize/data/date_words.json`` from CLDR, as Babel ships it.

    python benchmarks/normalize_date_words.py [--check]

Babel is needed here only: at run time its data would be 33 MB for a few kilobytes of names, and
in one process its stand-alone names of one locale can answer with another's, because aliases are
resolved into shared data. So every locale is loaded into an empty cache.
"""

import re
import sys
from pathlib import Path
from typing import Any

import orjson
from babel import Locale, localedata

from broadsheet.normalize.date_words import fold

PATH = Path(__file__).parents[1] / "flows/broadsheet/normalize/data/date_words.json"
_LANGUAGES_TEXT = (
    "af am ar az be bg bn bs ca cs cy da de el en es et eu fa fi fil fr ga gl gu he hi hr hu hy id"
    " is it ja ka kk km kn ko lo lt lv mk ml mn mr ms my nb ne nl nn no pa pl ps pt ro ru si sk sl"
    " so sq sr sr_Latn sv sw ta te th tr uk ur uz vi zh zh_Hant"
)
LANGUAGES = _LANGUAGES_TEXT.split()
NAMES = re.compile(r"([^\s'.,EMdyGL]*)(?:'([^\s']+)')?(MMMM?|LLLL?)(?:'([^\s']+)')?")


def fresh(identifier: str) -> Locale:
    """Load a locale as if it were the first."""
    localedata._cache.clear()  # noqa: SLF001 - the public way shares resolved aliases
    return Locale.parse(identifier)


def months(identifier: str) -> dict[str, int]:
    """Return every folded name of a month, with what patterns glue to it."""
    found: dict[str, int] = {}
    patterns = [f.pattern for f in fresh(identifier).date_formats.values()]
    glued = {(a + b, c) for p in patterns for a, b, _, c in NAMES.findall(p)} | {("", "")}
    for context in ("format", "stand-alone"):
        for width in ("wide", "abbreviated"):
            for number, name in fresh(identifier).months[context][width].items():
                for before, after in glued:
                    word = fold(before + name + after)
                    if not any(c.isdigit() for c in word):
                        found.setdefault(word, number)
    return found


def weekdays(identifier: str) -> dict[str, int]:
    """Return every folded name of a weekday; Monday is 0, as in the standard library."""
    found: dict[str, int] = {}
    for context in ("format", "stand-alone"):
        for width in ("wide", "abbreviated"):
            for number, name in fresh(identifier).days[context][width].items():
                found.setdefault(fold(name), number)
    return found


def day_periods(identifier: str) -> dict[str, str]:
    """Return the folded marks of the halves of a day: ``am`` and ``pm``."""
    found: dict[str, str] = {}
    for width in ("wide", "abbreviated"):
        try:
            names = fresh(identifier).day_periods["format"][width]
        except KeyError:
            continue
        for key in ("am", "pm"):
            if key in names:
                found.setdefault(fold(names[key]), key)
    return found


def order(locale: Locale) -> str:
    """Return the order of day, month and year in a locale's short dates."""
    letters = re.sub(r"'[^']*'", "", locale.date_formats["short"].pattern)
    return "".join(dict.fromkeys(c.upper() for c in letters if c in "dMy"))


def orders(language: str) -> dict[str, str]:
    """Return the order by territory; under the empty key that of the language at large."""
    found = {"": order(fresh(language))}
    for identifier in sorted(localedata.locale_identifiers()):
        parts = identifier.split("_")
        if "_".join(parts[:-1]) == language and len(parts[-1]) == 2:  # noqa: PLR2004 - ISO 3166
            found[parts[-1]] = order(fresh(identifier))
    return {k: v for k, v in found.items() if k == "" or v != found[""] or language == "en"}


def glue(identifier: str) -> list[str]:
    """Return the folded literal words of the date patterns."""
    patterns = [f.pattern for f in fresh(identifier).date_formats.values()]
    words = {
        fold(w)
        for p in patterns
        for literal in re.findall(r"'([^']+)'", p)
        for w in literal.split()
    }
    return sorted(w for w in words if w.strip("()"))


def render() -> bytes:
    """Return the file's bytes."""
    content: dict[str, Any] = {}
    for language in LANGUAGES:
        content[language.replace("_", "-")] = {
            "months": months(language),
            "weekdays": weekdays(language),
            "day_periods": day_periods(language),
            "glue": glue(language),
            "orders": orders(language),
        }
    return orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS) + b"\n"


if __name__ == "__main__":
    if "--check" in sys.argv:
        sys.exit(PATH.read_bytes() != render())
    PATH.write_bytes(render())
