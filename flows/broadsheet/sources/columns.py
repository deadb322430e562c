"""Named values to a raw record: which key or column holds what.

The names are those that exporters write: trafilatura, newspaper4k, news-please, fundus, Media
Cloud, the Guardian's Open Platform, CC-News, and what Scrapy projects commonly choose. What they
compute themselves (summaries, keywords) is not taken: it is no statement of the page.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from broadsheet.config import ColumnRole, Sources
from broadsheet.reasons import Reason
from broadsheet.records import Field, Media, RawRecord, Rejection, Source
from broadsheet.sources.blobs import NEW, reject

# For each role the names in the order of trust, lower case, without spaces, dashes and underscores.
_NAMES: dict[ColumnRole, tuple[str, ...]] = {
    "text": (
        "text", "maintext", "plaintext", "articlebody", "articletext", "bodytext", "fulltext",
        "storytext", "content", "contenttext", "body", "markdown", "article", "rawtext",
    ),
    "html": ("html", "rawhtml", "contenthtml", "bodyhtml", "htmlcontent", "page"),
    "title": ("title", "headline", "webtitle", "articletitle", "titlepage"),
    "subtitle": ("subtitle", "standfirst", "subheadline", "subhead", "deck"),
    "author": ("authors", "author", "byline", "creator", "writer"),
    "agency": ("agency", "newsagency"),
    "outlet": (
        "sitename", "sourcehostname", "medianame", "outlet", "publisher", "publication",
        "newspaper", "sourcename", "metasitename", "hostname", "sourcedomain", "domain",
    ),
    "url": ("canonicallink", "canonicalurl", "url", "link", "weburl", "articleurl", "source"),
    "published": (
        "datepublished", "datepublish", "publishdate", "publisheddate", "publishingdate",
        "publicationdate", "webpublicationdate", "pubdate", "published", "publishedat",
        "publishedon", "publishedtime", "date",
    ),
    "modified": ("datemodified", "datemodify", "modifieddate", "modified", "modifiedat", "updated"),
    "crawled": (
        "datedownload", "downloaddate", "crawldate", "crawled", "crawledat", "scrapedat",
        "filedate", "retrievedat", "fetchedat", "dateaccessed", "collectdate", "warcdate",
    ),
    "language": ("language", "lang", "metalang"),
    "rights": ("rights", "license", "licence", "copyright"),
}  # fmt: skip

# Some exporters nest what we look for; fundus: body.sections, the Guardian: fields.*.
_PATHS: dict[ColumnRole, tuple[str, ...]] = {
    "text": ("fields.bodyText", "content.rendered"),
    "html": ("fields.body",),
    "title": ("fields.headline", "title.rendered", "headline.main"),
    "subtitle": ("fields.standfirst",),
    "author": ("fields.byline", "byline.original"),
    "published": (),
}

_FIELDS: tuple[Field, ...] = (
    "title", "subtitle", "author", "agency", "outlet", "url", "published", "modified", "crawled",
    "language", "rights",
)  # fmt: skip
_DATES = ("published", "modified", "crawled")
_PYTHONS_NOTHING = ("None",)  # news-please writes it for a date that it did not find
_SEPARATORS = str.maketrans("", "", " -_:")
_TAG = re.compile(
    r"</?(?:p|div|br|html|body|article|section|span|a|h[1-6]|ul|li)\b[^<>]*>", re.IGNORECASE
)
_MARKUP_TAGS = 2  # fewer are characters of a text that speaks of tags
_WEB_ADDRESS = re.compile(r"https?://\S+\Z", re.IGNORECASE)
_LOCAL_PATH = re.compile(r"(?:/[\w.-]+){2,}/?\Z|file:\S+\Z|[A-Za-z]:\\\S+\Z")


def to_record(
    source: Source,
    values: Mapping[str, object],
    settings: Sources,
    notes: tuple[Reason, ...] = (),
) -> RawRecord | Rejection:
    """Return the record that named values state, or why there is none.

    Args:
        source: where the values lie.
        values: strings, numbers, lists or nested objects by key.
        settings: ``columns`` names keys that are not known here.
        notes: what had to be done to get the values.

    """
    plan = _plan(tuple(values), _configured(settings))
    media: Media = "text"
    if text := _first(values, plan.text):
        if "<" in text and is_markup(text):
            media = "html"
        elif plan.is_markdown:
            media = "markdown"
    elif text := _first(values, plan.html):
        media = "html"
    else:
        return _without_text(source, values, is_known=plan.is_known)
    if is_reference(text):
        return reject(source, Reason.CONTENT_EMPTY, "the text is only an address", text)
    return NEW(RawRecord, (source, text, media, _fields(values, plan), notes))


def _fields(values: Mapping[str, object], plan: "_Plan") -> dict[Field, tuple[str, ...]]:
    """Return what named values state beside the text, dates that are nothing in words left out."""
    fields: dict[Field, tuple[str, ...]] = {}
    for name, places, only in plan.fields:
        value = values[only] if only is not None else None
        if isinstance(value, str):  # as most are
            found: tuple[str, ...] = (stated,) if (stated := value.strip()) else ()
        else:
            found = _stated(values, places)
        if found and not (found == _PYTHONS_NOTHING and name in _DATES):
            fields[name] = found
    return fields


def stated_fields(values: Mapping[str, object]) -> dict[Field, tuple[str, ...]]:
    """Return what named values state beside a text, by the names that are known."""
    plan = _plan(tuple(values), ())
    return {name: found for name, places, _ in plan.fields if (found := _stated(values, places))}


def known_columns(names: tuple[str, ...], settings: Sources) -> list[str]:
    """Return those columns of a table that hold something we look for; none where no text is."""
    roles = _roles(names, _configured(settings))
    if not {"text", "html"} & roles.keys():
        return []
    paths = {path for paths in roles.values() for path in paths}
    tops = paths | {path.partition(".")[0] for path in paths}
    return [name for name in names if name in tops]


def has_text(values: Mapping[str, object], settings: Sources) -> bool:
    """Tell whether some value is known to hold a text or a page."""
    plan = _plan(tuple(values), _configured(settings))
    return bool(_first(values, (*plan.text, *plan.html)))


def is_reference(text: str) -> bool:
    """Tell whether a text is nothing but a web address or the path of a file."""
    bare = text.strip()
    if " " in bare:  # an address has none; most texts are done with here
        return False
    return bool(_WEB_ADDRESS.match(bare) or _LOCAL_PATH.match(bare))


def is_markup(text: str) -> bool:
    """Tell whether a text is HTML, by its tags."""
    tags = _TAG.findall(text[:20_000])
    return len(tags) >= _MARKUP_TAGS or text.lstrip()[:9].lower() == "<!doctype"


def _first(values: Mapping[str, object], places: tuple["_Place", ...]) -> str:
    """Return the first text that some place holds."""
    for key, path in places:
        value = _below(values[key], path) if path else values[key]
        if isinstance(value, str):  # as most are
            if value.strip():
                return value
        elif text := _joined(value):
            return text
    return ""


def _without_text(source: Source, values: Mapping[str, object], *, is_known: bool) -> Rejection:
    shown = " ".join(f"{key}={value}" for key, value in list(values.items())[:20])
    if is_known:
        return reject(source, Reason.CONTENT_EMPTY, "the text is empty or null", shown)
    names = ", ".join(list(values)[:20])
    detail = f"none of these is known to hold the text: {names}"
    return reject(source, Reason.SCHEMA_TEXT, detail, shown)


def _configured(settings: Sources) -> tuple[tuple[ColumnRole, tuple[str, ...]], ...]:
    if not settings.columns:
        return ()
    return tuple(
        (role, (names,) if isinstance(names, str) else names)
        for role, names in settings.columns.items()
    )


@lru_cache(maxsize=1_024)
def _roles(
    keys: tuple[str, ...], configured: tuple[tuple[ColumnRole, tuple[str, ...]], ...]
) -> dict[str, tuple[str, ...]]:
    """Return the keys for each role, the most trusted first; what is configured is exclusive."""
    chosen = dict(configured)
    plain: dict[str, str] = {}
    for key in keys:
        plain.setdefault(key.lower().translate(_SEPARATORS), key)
    tops = {key.partition(".")[0] for key in keys}
    roles: dict[str, tuple[str, ...]] = {}
    for role, names in _NAMES.items():
        known = tuple(plain[name] for name in names if name in plain)
        nested = tuple(path for path in _PATHS.get(role, ()) if path.partition(".")[0] in tops)
        found = chosen.get(role, (*nested, *known))
        if found:
            roles[role] = found
    return roles


class _Place(NamedTuple):
    """Where a value lies: a key, and the path into its value where that is an object."""

    key: str
    path: tuple[str, ...] = ()


class _Plan(NamedTuple):
    """Where records with the same keys hold what: worked out once, used for each of them."""

    text: tuple[_Place, ...]
    html: tuple[_Place, ...]
    fields: tuple[
        tuple[Field, tuple[_Place, ...], str | None], ...
    ]  # the only key, if there is one
    is_known: bool  # some key is said to hold the text, whether or not it is there
    is_markdown: bool


@lru_cache(maxsize=1_024)
def _plan(
    keys: tuple[str, ...], configured: tuple[tuple[ColumnRole, tuple[str, ...]], ...]
) -> _Plan:
    roles = _roles(keys, configured)
    places = {role: _places(names, keys) for role, names in roles.items()}
    return _Plan(
        text=places.get("text", ()),
        html=places.get("html", ()),
        fields=tuple((n, places[n], _only(places[n])) for n in _FIELDS if places.get(n)),
        is_known="text" in roles or "html" in roles,
        is_markdown=any(name.lower() == "markdown" for name in roles.get("text", ())[:1]),
    )


def _places(names: tuple[str, ...], keys: tuple[str, ...]) -> tuple[_Place, ...]:
    """Return where named values can lie in a record of these keys: at a key, or below one."""
    found = []
    for name in names:
        top, dot, rest = name.partition(".")
        if name in keys:
            found.append(_Place(name))
        elif dot and top in keys:
            found.append(_Place(top, tuple(rest.split("."))))
    return tuple(found)


def _only(places: tuple[_Place, ...]) -> str | None:
    """Return the key of a role that lies at one key alone, as most do; a path may lead below it."""
    keys = {place.key for place in places}
    return keys.pop() if len(keys) == 1 and any(not place.path for place in places) else None


def _below(value: object, path: tuple[str, ...]) -> object:
    """Return the value at the end of a path into nested objects; None where it leads nowhere."""
    for part in path:
        if not isinstance(value, dict):
            return None
        value = value.get(part)
    return value


def _joined(value: object) -> str:
    """Return a text as one string: the paragraphs of a list are separated by a blank line."""
    if isinstance(value, str):
        return value if value.strip() else ""
    if isinstance(value, list | tuple):
        return "\n\n".join(part for item in value if (part := _joined(item)))
    if isinstance(value, dict):  # fundus: {"summary": [...], "sections": [{headline, paragraphs}]}
        parts = (value.get(key) for key in ("summary", "sections", "headline", "paragraphs"))
        return "\n\n".join(part for item in parts if (part := _joined(item)))
    return ""


def _stated(values: Mapping[str, object], places: tuple[_Place, ...]) -> tuple[str, ...]:
    """Return what all places of a role state, the most trusted first, each once."""
    found: list[str] = []
    for key, path in places:
        value = _below(values[key], path) if path else values[key]
        if isinstance(value, str):
            if text := value.strip():
                found.append(text)
        elif value is not None:
            found += _strings(value)
    return tuple(dict.fromkeys(found))


def _strings(value: object) -> list[str]:
    if isinstance(value, str):
        return [value.strip()] if value.strip() else []
    if isinstance(value, bool) or value is None:
        return []
    if isinstance(value, list | tuple):
        return [text for item in value for text in _strings(item)]
    if isinstance(value, dict):
        return _strings(value.get("name"))
    return [str(value)]
