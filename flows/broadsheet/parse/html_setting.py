"""What a page says about itself as a whole: its address, its site, its language, its headline."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote, urlsplit

from broadsheet.parse.html_days import Order
from broadsheet.parse.html_statements import Statements
from broadsheet.records import Field, RawRecord

_WIDE: Final = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]")
_TOKEN: Final = re.compile(r"\w+")
_SEPARATOR: Final = re.compile(r"\s+[|–—·•»«:\-]+\s+|\s*[|｜»]\s*|\s+::\s+|:\s+")
# Where English is written with the month first: hosts without a country, and three with one.
_MONTH_FIRST: Final = re.compile(r"\.(?:com|org|net|info|gov|edu|mil|io|tv|co|us|ca|ph|\w{4,})$")
_HEAD_RULES: Final = ("jsonld.headline", "og.title", "title")
_URL_RULES: Final = ("link.canonical", "og.url", "jsonld.url", "jsonld.page.url")


@dataclass(frozen=True, slots=True)
class Setting:
    """What the choices about a page's fields have in common.

    Attributes:
        url: its address, as the container or the page states it; may be empty.
        host: the host of that address, without ``www.``.
        slug: the words of the address's path.
        sites: names that the site goes by, as keys (see :func:`key_of`).
        language: primary language subtag, lower case; may be empty.
        order: the order of day and month in all-digit dates, as far as it can be guessed.
        headline: the headline that the head states; may be empty.
        description: the summary that the head states; may be empty.

    """

    url: str
    host: str
    slug: frozenset[str]
    sites: frozenset[str]
    language: str
    order: Order
    headline: str
    description: str


def setting_of(record: RawRecord, found: Statements) -> Setting:
    """Gather what a page says about itself as a whole."""
    by_rule: dict[str, str] = {}
    for statement in found.all:
        by_rule.setdefault(statement.rule, statement.value)
    url = _first(record.fields, "url") or next(
        (by_rule[rule] for rule in _URL_RULES if rule in by_rule), ""
    )
    host, path = _parts_of(url)
    language = by_rule.get("html.lang") or by_rule.get("meta.language") or ""
    language, _, region = re.split(r"[,; ]", language.lower().replace("_", "-"))[0].partition("-")
    is_american = (
        language in {"en", ""}
        and region in {"", "us", "ca", "ph"}
        and (not host or bool(_MONTH_FIRST.search(host)))
    )
    sites = {key_of(statement.value) for statement in found.of("outlet")}
    sites |= {key_of(host), key_of(host.split(".")[0])}
    return Setting(
        url=url,
        host=host,
        slug=frozenset(tokens(re.sub(r"[-_/.+]", " ", path))),
        sites=frozenset(site for site in sites if site),
        language=language,
        order="MDY" if is_american else "DMY",
        description=by_rule.get("meta.description", ""),
        headline=next((by_rule[rule] for rule in _HEAD_RULES if rule in by_rule), ""),
    )


def _first(fields: Mapping[Field, tuple[str, ...]], name: Field) -> str:
    return next(iter(fields.get(name, ())), "")


def _parts_of(url: str) -> tuple[str, str]:
    """Return host and path of an address; empty where it is none."""
    try:
        parts = urlsplit(url.strip())
        return (parts.hostname or "").removeprefix("www."), unquote(parts.path + " " + parts.query)
    except ValueError:
        return "", ""


def key_of(text: str) -> str:
    """Return the letters and digits of a text: what two spellings of it have in common."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return "".join(_TOKEN.findall(text.casefold().replace("_", "")))


def tokens(text: str) -> set[str]:
    """Return the words of a text, folded; its characters where a script has no spaces."""
    if text.isascii():
        return set(_TOKEN.findall(text.lower()))
    folded = unicodedata.normalize("NFKD", text.casefold())
    folded = "".join(c for c in folded if not unicodedata.combining(c))
    return set(_TOKEN.findall(_WIDE.sub(r" \g<0> ", folded)))


def parts_of_title(title: str) -> list[str]:
    """Return what a page's title may hold beside the site's name: each part, each end cut off."""
    cuts = [match.span() for match in _SEPARATOR.finditer(title)][:6]
    if not cuts:
        return []
    parts = [title[: cuts[0][0]], title[cuts[-1][1] :], title[: cuts[-1][0]], title[cuts[0][1] :]]
    if len(cuts) > 1:
        parts += [title[cuts[i][1] : cuts[i + 1][0]] for i in range(len(cuts) - 1)]
        parts += [title[: cut[0]] for cut in cuts[1:-1]]
    return [part.strip() for part in dict.fromkeys(parts) if part.strip()]


def without_site(title: str, setting: Setting) -> Iterator[str]:
    """Yield what is left of a page's title where one of its ends is a name of the site."""
    cuts = [match.span() for match in _SEPARATOR.finditer(title)]
    if cuts and key_of(title[: cuts[0][0]]) in setting.sites:
        yield title[cuts[0][1] :]
    if cuts and key_of(title[cuts[-1][1] :]) in setting.sites:
        yield title[: cuts[-1][0]]
