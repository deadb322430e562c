"""People and agencies out of bylines.

A byline names people among roles, places, addresses, handles, agencies and desks. What is left
after those are taken out is kept as written: names keep their case and their particles.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from broadsheet.normalize.byline_words import (
    AGENCIES,
    DESK_WORDS,
    LEADS,
    NAME_SUFFIXES,
    ORGANISATION_WORDS,
    PARTICLES,
    ROLE_WORDS,
)

MOST_CHARACTERS = 400
MOST_WORDS_OF_A_NAME = 6
_MOST_WORDS_OF_AN_AGENCY = 4
_LONGEST_INITIALS = 4
_LONGEST_ACRONYM = 6

_ADDRESS = re.compile(r"\S+@\S+\.\S+|(?<!\w)@\w+|https?://\S+|www\.\S+", re.IGNORECASE)
_PHONE = re.compile(r"\+?\d[\d\s()./-]{6,}\d")
_BRACKETED = re.compile(r"[(\[{（［][^()\[\]{}（）［］]*[)\]}）］]")
_LEAD = re.compile(rf"^(?:{LEADS})(?:\s*:\s*|\s+)", re.IGNORECASE)
_SEPARATOR = re.compile(
    r"\s*(?:[;|/•·、，؛،\n]|\s[–—-]\s|\s&\s|\+|\b(?:and|with|und|mit|et|avec|con|en|och|og|ja|und|oraz|"
    r"och|na|dan|ve|и|і|та|и|και|und)\b(?=\s+\S))\s*",
    re.IGNORECASE,
)  # fmt: skip
_EDGE = " \t,.:;|*–—-•·\"“”'«»_#"
_NEVER_IN_A_NAME = re.compile(r"[\d<>{}=@/\\]|\w{2,}\.[A-Za-z]{2,}(?!\w)")


@dataclass(frozen=True, slots=True)
class Byline:
    """What a byline says.

    Attributes:
        people: their names, in the byline's order.
        agencies: canonical names of the wire agencies that it credits.

    """

    people: tuple[str, ...] = ()
    agencies: tuple[str, ...] = ()


@lru_cache(maxsize=8_192)
def read_byline(found: str, not_people: tuple[str, ...] = ()) -> Byline:
    """Split a byline into people and agencies.

    Args:
        found: the byline as found, with or without "By".
        not_people: names known to be none of people, such as the outlet's.

    """
    text = " ".join(found[:MOST_CHARACTERS].split())
    text = _PHONE.sub(" ", _ADDRESS.sub(" ; ", text)).strip(_EDGE)
    text = _LEAD.sub("", text)
    if whole := _BRACKETED.fullmatch(text):
        text = whole[0][1:-1]
    strangers = {_key(name) for name in not_people}
    people: dict[str, str] = {}
    agencies: dict[str, None] = {}
    parts = list(_parts(text))
    has_full_names = any((" " in part or _is_east_asian(part)) and _is_name(part) for part in parts)
    for part in parts:
        name, agency = _without_agency(_LEAD.sub("", part).strip(_EDGE))
        if agency:
            agencies[agency] = None
        if has_full_names and " " not in name and name.isascii():
            continue  # beside full names a single word is a place or a desk
        if _key(name) not in strangers and _is_name(name):
            people.setdefault(_key(name), _with_last_dot(name, found))
    return Byline(tuple(people.values()), tuple(agencies))


def agency_name(found: str) -> str | None:
    """Return the canonical name of a wire agency, or None where it is not known as one."""
    return _agency(_BRACKETED.sub(" ", _LEAD.sub("", found)).strip(_EDGE))


def _agency(found: str) -> str | None:
    """Return the agency of a name; initials are one in capitals or small letters alone."""
    name = AGENCIES.get(_key(found))
    is_initials = len(found) <= _LONGEST_INITIALS
    return name if name and (not is_initials or found.isupper() or found.islower()) else None


def _without_agency(name: str) -> tuple[str, str | None]:
    """Split off the agency at the end of a name: "Jo Li Associated Press"."""
    words = name.split()
    for count in range(min(len(words), _MOST_WORDS_OF_AN_AGENCY), 0, -1):
        agency = _agency(" ".join(words[-count:]))
        if agency:
            return " ".join(words[:-count]).strip(_EDGE), agency
    return name, None


def _parts(text: str) -> Iterable[str]:
    """Yield what may be one person, agency, role or place each."""
    for inner in _BRACKETED.findall(text):
        if _agency(inner[1:-1].strip()):
            yield inner[1:-1]
    for part in _SEPARATOR.split(_BRACKETED.sub(" ", text)):
        chunks = [chunk.strip(_EDGE) for chunk in part.split(",")]
        chunks = [chunk for chunk in chunks if chunk and _key(chunk) not in NAME_SUFFIXES]
        if len(chunks) == 2 and all(_is_single_word(chunk) for chunk in chunks):  # noqa: PLR2004
            yield f"{chunks[1]} {chunks[0]}"  # Lindgren, Jo
            continue
        for chunk in chunks:
            yield from _without_role(chunk)


def _without_role(chunk: str) -> Iterable[str]:
    """Yield the name in front of a role or a place: "Jo Li in Kyiv", "Jo Li Political Editor".

    One Latin word in front of a role belongs to it: "Roving Reporter".
    """
    words = chunk.split()
    if words and _key(words[-1]) in DESK_WORDS:
        return
    for index, word in enumerate(words):
        is_role = _key(word) in ROLE_WORDS
        if index and (is_role or word.lower() in {"in", "at", "for", "from", "of"}):
            if not (is_role and index == 1 and words[0].isascii()):
                yield " ".join(words[:index])
            return
    yield " ".join(words)


def _is_east_asian(part: str) -> bool:
    """Tell whether a name is written without spaces."""
    return "\u3040" <= part[:1] <= "\u9fff" or "\uac00" <= part[:1] <= "\ud7a3"


def _is_single_word(chunk: str) -> bool:
    return " " not in chunk and chunk[:1].isupper() and _key(chunk) not in NAME_SUFFIXES


def _is_name(name: str) -> bool:
    words = name.split()
    keys = [_key(word) for word in words]
    if not 1 <= len(words) <= MOST_WORDS_OF_A_NAME or keys[0] == "the":
        return False
    if not any(c.isalpha() for c in name) or _NEVER_IN_A_NAME.search(name):
        return False
    if any(key in ROLE_WORDS or key in ORGANISATION_WORDS for key in keys):
        return False
    if len(words) == 1:
        return _is_mononym(name)
    if all(word.islower() for word in words) and name.isascii():
        return len(words) == 2 and not set(keys) & PARTICLES  # noqa: PLR2004 - bell hooks
    return True


def _is_mononym(name: str) -> bool:
    """Tell whether one word can be a person: no handle in small letters, no acronym."""
    if not name.isascii():
        return len(name) > 1
    return not name.islower() and not (name.isupper() and len(name) <= _LONGEST_ACRONYM)


def _with_last_dot(name: str, text: str) -> str:
    """Give the dot back to a name that ends in an initial or in Jr."""
    last = name.rpartition(" ")[2]
    is_short_form = (len(last) == 1 and last.isupper()) or last in {"Jr", "Sr"} or "." in last
    return f"{name}." if is_short_form and f"{name}." in text else name


def _key(text: str) -> str:
    return " ".join(re.sub(r"[^\w\s]+", " ", text.casefold()).split())
