"""What a page states of itself for machines: JSON-LD, Open Graph, meta, microdata, links.

Each statement keeps the rule that read it, so that a later choice can weigh it and a person can
follow it. Nothing is decided here.

Longer than 300 lines because a third of it is the table of names that publishers use.
"""

import html as entities
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from broadsheet.parse.html_page import Attributes, Page
from broadsheet.parse.html_vocabulary import words
from broadsheet.records import Field

_LONGEST: Final = 1_000  # characters of a stated value that is not the body

_META_NAMES: Final[tuple[tuple[Field, str, tuple[str, ...]], ...]] = (
    (
        "title",
        "og.title",
        words("og:title"),
    ),
    (
        "title",
        "twitter.title",
        words("twitter:title"),
    ),
    (
        "title",
        "meta.title",
        words(
            "title dc.title dcterms.title parsely-title sailthru.title headline "
            "citation_title cxenseparse:title rnews:headline hdl article:title fb_title"
        ),
    ),
    (
        "published",
        "meta.published",
        words(
            "article:published_time og:article:published_time article:published "
            "og:published_time rnews:datepublished datepublished parsely-pub-date "
            "sailthru.date pubdate publishdate publish-date publish_date published "
            "publication_date publication-date originalpublicationdate article_date_original "
            "cxenseparse:recs:publishtime citation_publication_date prism.publicationdate "
            "article.published bt:pubdate dc.date.issued dcterms.issued dc.issued "
            "shareaholic:article_published_time displaydate release_date published_at "
            "pub_date article.pubdate og:pubdate ptime nrkno:published published_time "
            "article:post_date vr:published_time iso-8601-publish-date"
        ),
    ),
    (
        "published",
        "meta.date",
        words(
            "date dc.date dcterms.date dcterms.created dc.date.created dc.created created "
            "creation_date date.created article.created createdate timestamp buildtime "
            "content_create_date cdate citation_date citation_online_date og:regdate"
        ),
    ),
    (
        "modified",
        "meta.modified",
        words(
            "article:modified_time og:updated_time og:modified_time datemodified lastmod "
            "last-modified lastmodified dcterms.modified dc.date.modified modified revised "
            "article:modified update_time updated article.updated utime modificationdate "
            "shareaholic:article_modified_time"
        ),
    ),
    (
        "author",
        "meta.author",
        words(
            "author dc.creator dcterms.creator parsely-author sailthru.author byl "
            "citation_author article:author article:author_name og:article:author "
            "cxenseparse:author creator rnews:creator og:author dc.contributor "
            "shareaholic:article_author_name byline authors article.author author_name "
            "rbauthors"
        ),
    ),
    (
        "outlet",
        "og.site_name",
        words("og:site_name"),
    ),
    (
        "outlet",
        "meta.site",
        words(
            "application-name publisher dc.publisher dcterms.publisher cre apple-mobile-web- "
            "app-title copyright source"
        ),
    ),
    (
        "url",
        "og.url",
        words("og:url twitter:url"),
    ),
    (
        "subtitle",
        "meta.description",
        words("og:description description twitter:description dc.description"),
    ),
    (
        "language",
        "meta.language",
        words("content-language og:locale language dc.language inlanguage"),
    ),
)
_META: Final = {
    name: (field_name, rule) for field_name, rule, names in _META_NAMES for name in names
}
ITEMPROP: Final[Mapping[str, Field]] = {
    "headline": "title",
    "datepublished": "published",
    "datecreated": "published",
    "datemodified": "modified",
    "author": "author",
    "creator": "author",
}
_ARTICLE: Final = re.compile(
    r"Article$|^(?:BlogPosting|Report|LiveBlogPosting|SocialMediaPosting|Posting|"
    r"DiscussionForumPosting|Recipe|Review|ClaimReview|VideoObject|PodcastEpisode|CreativeWork|"
    r"NewsItem|Blog|QAPage|TechArticle|MediaObject|HowTo|Question|NewsStory)$"
)
_PAGE: Final = re.compile(r"Page$|^(?:WebSite|ImageGallery|Product|Book|Event)$")
_MAX_ITEMS: Final = 500
_SCRIPT_DATE: Final = re.compile(
    r'"(?:datePublished|published_?(?:Date|At|at|date|time)|publish_?(?:Date|date|Time)|'
    r'(?:article_)?publication_?(?:Date|date)|firstPublished(?:At|Date)?|pubDate)\\?"\s*:\s*'
    r'\\?"([^"\\]{8,40})'
)


@dataclass(frozen=True, slots=True)
class Statement:
    """One value that a page states.

    Attributes:
        field: what it speaks of.
        value: as found, white space collapsed.
        rule: where it stood, such as ``jsonld.headline``.
        excerpt: the raw characters around it, at most 160.
        block: index of the block that shows it or follows it; -1 where it is not shown.

    """

    field: Field
    value: str
    rule: str
    excerpt: str
    block: int = -1


@dataclass(slots=True)
class Statements:
    """Everything that a page states of itself.

    Attributes:
        all: in document order, JSON-LD last.
        body: the longest body in its JSON-LD, as plain text; often empty.
        is_paywalled: JSON-LD says that the article is not free.

    """

    all: list[Statement] = field(default_factory=list)
    body: str = ""
    is_paywalled: bool = False

    def add(
        self, name: Field, value: object, rule: str, excerpt: str = "", block: int = -1
    ) -> None:
        """Note a value, if it is a text at all."""
        if not isinstance(value, str):
            return
        lines = value.split("\n") if name == "author" else (value,)
        text = "\n".join(filter(None, map(plain, lines)))
        if text and len(text) <= _LONGEST:
            self.all.append(Statement(name, text, rule, (excerpt or text)[:160], block))

    def of(self, *names: Field) -> Iterator[Statement]:
        """Yield the statements about some fields."""
        return (statement for statement in self.all if statement.field in names)


def plain(text: str) -> str:
    """Return a stated value without entities, tags and runs of white space."""
    if "&" in text:
        text = entities.unescape(text)
    if "<" in text:
        text = re.sub(r"</?[a-zA-Z][^<>]*>", " ", text)
    return " ".join(text.split())


def read_statements(page: Page) -> Statements:
    """Gather what the head of a page and its scripts state."""
    found = Statements()
    found.add("language", page.language, "html.lang")
    for tag, attributes in page.heads:
        if tag == "meta":
            _read_meta(found, attributes)
        elif tag == "title":
            found.add("title", attributes["text"], "title")
        elif "canonical" in attributes["rel"].lower().split():
            found.add("url", attributes["href"], "link.canonical")
    for script, is_json_ld in page.scripts:
        if is_json_ld:
            _read_json_ld(found, script)
    if not any(
        statement.rule.startswith(("jsonld", "meta.p")) for statement in found.of("published")
    ):
        _read_scripts(found, page)
    return found


def _read_scripts(found: Statements, page: Page) -> None:
    """Read a date of publication out of the data that a page carries for its own scripts."""
    for script, _ in page.scripts:
        if "ublish" in script or "ubDate" in script or "ublication" in script:
            match = _SCRIPT_DATE.search(script)
            if match:
                found.add("published", match[1], "script.published", match[0])
                return


def _read_meta(found: Statements, attributes: Attributes) -> None:
    content = attributes.get("content") or attributes.get("value") or ""
    for attribute in ("property", "name", "itemprop", "http-equiv"):
        name = attributes.get(attribute)
        if name and (known := _META.get(name.strip().lower())):
            found.add(known[0], content, known[1], f'{name}="{content}"')
            return
        if attribute == "itemprop" and name and (stated := ITEMPROP.get(name.lower())):
            found.add(stated, content, f"microdata.{stated}", f'{name}="{content}"')


def _read_json_ld(found: Statements, script: str) -> None:
    data = load_json(script)
    if data is None:
        return
    items: list[dict[str, Any]] = []
    by_id: dict[str, dict[str, Any]] = {}
    pending: list[Any] = [data]
    while pending and len(items) < _MAX_ITEMS:
        value = pending.pop(0)
        if isinstance(value, list):
            pending[:0] = value[:_MAX_ITEMS]
        elif isinstance(value, dict):
            items.append(value)
            if isinstance(name := value.get("@id"), str) and len(value) > 1:
                by_id.setdefault(name, value)
            pending += [
                value[key]
                for key in (
                    "@graph",
                    "mainEntity",
                    "mainEntityOfPage",
                    "hasPart",
                    "author",
                    "creator",
                    "publisher",
                )
                if isinstance(value.get(key), list | dict)
            ]
    for item in items:
        kind = item.get("@type")
        kinds = [k for k in (kind if isinstance(kind, list) else [kind]) if isinstance(k, str)]
        if any(_ARTICLE.search(k) for k in kinds):
            _read_item(found, item, by_id, "jsonld")
        elif any(_PAGE.search(k) for k in kinds):
            _read_item(found, item, by_id, "jsonld.page")


def load_json(text: str) -> Any:  # noqa: ANN401 - JSON is whatever it is
    """Read a script's JSON as leniently as search engines do; ``None`` where it is none."""
    text = text.strip().removeprefix("<!--").removesuffix("-->").strip().rstrip(";")
    text = re.sub(r"^(?://\s*)?<!\[CDATA\[|(?://\s*)?\]\]>$", "", text).strip()
    try:
        return orjson.loads(text)
    except (orjson.JSONDecodeError, UnicodeEncodeError):
        pass
    try:  # raw line ends in strings, trailing commas
        return json.loads(re.sub(r",\s*([}\]])", r"\1", text), strict=False)
    except (ValueError, RecursionError):
        return None


def _read_item(
    found: Statements, item: dict[str, Any], by_id: dict[str, dict[str, Any]], rule: str
) -> None:
    for key in ("headline", "name"):
        found.add("title", _first(item.get(key)), f"{rule}.{key}")
    found.add("published", _first(item.get("datePublished")), f"{rule}.published")
    if not item.get("datePublished"):
        for key in ("dateCreated", "uploadDate"):
            found.add("published", _first(item.get(key)), f"{rule}.created")
    found.add("modified", _first(item.get("dateModified")), f"{rule}.modified")
    found.add("subtitle", _first(item.get("alternativeHeadline")), f"{rule}.subtitle")
    found.add("language", _first(item.get("inLanguage")), f"{rule}.language")
    if isinstance(url := item.get("url") or item.get("mainEntityOfPage"), str):
        found.add("url", url, f"{rule}.url")
    lists: tuple[tuple[Field, str, Iterator[Any]], ...] = (
        ("author", "author", _names(item.get("author"), by_id)),
        ("author", "author", _names(item.get("creator"), by_id)),
        ("outlet", "publisher", _names(item.get("publisher"), by_id)),
        ("rights", "license", _licenses(item.get("license"))),
    )
    for name, part, values in lists:
        for value in values:
            found.add(name, value, f"{rule}.{part}")
    body = item.get("articleBody")
    if rule == "jsonld" and isinstance(body, str) and len(body) > len(found.body):
        found.body = body
    is_free = str(item.get("isAccessibleForFree")).lower()
    if re.fullmatch(r"(?:https?://schema\.org/)?false", is_free):
        found.is_paywalled = True


def _first(value: Any) -> Any:  # noqa: ANN401 - JSON is whatever it is
    return value[0] if isinstance(value, list) and value else value


def _licenses(value: Any) -> Iterator[Any]:  # noqa: ANN401 - JSON is whatever it is
    """Yield the licences that a JSON-LD value means: addresses, else names."""
    for stated in value if isinstance(value, list) else [value]:
        if isinstance(stated, dict):
            yield stated.get("url") or stated.get("@id") or stated.get("name")
        else:
            yield stated


def _names(value: Any, by_id: dict[str, dict[str, Any]]) -> Iterator[str]:  # noqa: ANN401 - JSON
    """Yield the names of the people or organisations that a JSON-LD value means."""
    for person in value if isinstance(value, list) else [value]:
        if isinstance(person, str):
            yield person
        elif isinstance(person, dict):
            known = person if person.get("name") else by_id.get(str(person.get("@id")), {})
            for name in (
                known["name"] if isinstance(known.get("name"), list) else [known.get("name")]
            ):
                if isinstance(name, str):
                    yield name
