"""HTML: the article told from its page.

The page is parsed once. Its head, its JSON-LD and its marks are read for what they state; its text
is cut into blocks and the body chosen among them; each field is then decided among all places that
speak of it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Final

from broadsheet.parse.html_authors import (
    AuthorClaim,
    choose_authors,
    passed_over_authors,
    weigh_authors,
)
from broadsheet.parse.html_body import Body, find_bodies, without_head
from broadsheet.parse.html_choice import Seen, bounded
from broadsheet.parse.html_credits import (
    credited_agencies,
    ends_as_an_excerpt,
    ends_at_a_paywall,
)
from broadsheet.parse.html_dates import (
    DateClaim,
    choose_dates,
    passed_over_dates,
    weigh_dates,
)
from broadsheet.parse.html_marks import read_marks
from broadsheet.parse.html_page import Page
from broadsheet.parse.html_rights import read_rights, rights_of
from broadsheet.parse.html_setting import setting_of
from broadsheet.parse.html_statements import Statements, read_statements
from broadsheet.parse.html_texts import Head
from broadsheet.parse.html_titles import (
    TitleClaim,
    choose_titles,
    passed_over_titles,
    weigh_titles,
)
from broadsheet.parse.html_walk import read_page
from broadsheet.reasons import Reason
from broadsheet.records import Field, ParsedArticle, RawRecord, Rejection, Witness
from broadsheet.text import clean, excerpt

# How often a place that needs no choice is right; see docs/html.md.
_CONFIDENCE: Final = {
    "link.canonical": 0.97,
    "og.url": 0.95,
    "jsonld.url": 0.9,
    "jsonld.page.url": 0.85,
    "og.site_name": 0.95,
    "jsonld.publisher": 0.93,
    "jsonld.page.publisher": 0.9,
    "meta.site": 0.7,
    "html.lang": 0.9,
    "meta.language": 0.85,
    "jsonld.language": 0.85,
    "jsonld.page.language": 0.8,
    "jsonld.subtitle": 0.8,
}
_DECLARED_CONFIDENCE: Final = 0.9
_BOUND_BLOCKS: Final = 1_024  # with more, arrays no longer stay in the cache

_Weighed = tuple[
    tuple[list[TitleClaim], list[float]],
    tuple[list[AuthorClaim], list[float]],
    tuple[list[DateClaim], list[float]],
]


def parse_pages(records: Sequence[RawRecord]) -> list[ParsedArticle | Rejection]:
    """Tell the articles of HTML records from their pages.

    What becomes of a record does not depend on those beside it; some are weighed together because
    arrays of many blocks take hardly longer than those of few.

    Returns:
        For each record the parsed article, or a rejection with ``content.empty`` where its page
        shows no text that reads like an article.

    """
    results: list[ParsedArticle | Rejection] = []
    bound: list[tuple[RawRecord, Page | None]] = []
    blocks = 0
    for record in records:
        page = read_page(record.text)
        bound.append((record, page))
        blocks += len(page.blocks) if page else 0
        if blocks >= _BOUND_BLOCKS:
            results += _parse_together(bound)
            bound, blocks = [], 0
    results += _parse_together(bound)
    return results


def parse_html(record: RawRecord) -> ParsedArticle | Rejection:
    """Tell the article of one HTML record from its page, see :func:`parse_pages`."""
    (parsed,) = parse_pages([record])
    return parsed


def passed_over(record: RawRecord) -> list[Witness]:
    """Return the surest of what was weighed on a page and not handed on: for people who ask why."""
    page = read_page(record.text)
    if page is None:
        return []
    seen = _look_at([(record, page)])
    ((titles, authors, dates),) = _weigh(seen)
    lost = (
        *passed_over_titles(*titles),
        *passed_over_authors(*authors),
        *passed_over_dates(*dates),
    )
    return [_tidy(witness) for witness in lost]


def _parse_together(
    bound: Sequence[tuple[RawRecord, Page | None]],
) -> Iterator[ParsedArticle | Rejection]:
    """Yield what becomes of records whose pages are read."""
    pages = [(record, page) for record, page in bound if page is not None]
    seen = _look_at(pages)
    weighed = zip(seen, _weigh(seen), strict=True)
    for record, page in bound:
        if page is None:
            yield _empty(record, "the record holds no HTML element")
        else:
            yield _article(record, *next(weighed))


def _look_at(pages: Sequence[tuple[RawRecord, Page]]) -> list[Seen]:
    """Return what pages state, what they say of themselves as a whole, and their bodies."""
    stated = []
    for record, page in pages:
        found = read_statements(page)
        read_marks(page, found)
        read_rights(page, found)
        stated.append((page, found, setting_of(record, found)))
    heads = [Head(about.headline, about.description, found.body) for _, found, about in stated]
    bodies = find_bodies([page for _, page in pages], heads)
    return [Seen(*known, body) for known, body in zip(stated, bodies, strict=True)]


def _weigh(seen: Sequence[Seen]) -> list[_Weighed]:
    """Return for each page the claims of headline, authors and day, each with how likely it is."""
    if not seen:
        return []
    fields = weigh_titles(seen), weigh_authors(seen), weigh_dates(seen)
    return list(zip(*fields, strict=True))


def _article(record: RawRecord, seen: Seen, weighed: _Weighed) -> ParsedArticle | Rejection:
    """Return the article of a record, or why there is none."""
    page, found, body = seen.page, seen.found, seen.body
    titles = choose_titles(*weighed[0])
    text, cleaning = clean(without_head(body.text, titles[0].value if titles else ""))
    if not text:
        return _empty(record, "no block of the page reads like the body of an article")
    witnesses = (
        *_declared(record),
        *titles,
        *choose_authors(*weighed[1]),
        *bounded(dict.fromkeys(credited_agencies(page, found, body, text))),
        *choose_dates(found, *weighed[2]),
        *_plain_fields(found),
        *rights_of(found),
    )
    is_truncated = not body.is_stated and ends_as_an_excerpt(page, body, text)
    is_paywalled = found.is_paywalled or (not body.is_stated and ends_at_a_paywall(page, body))
    noted = _notes(body, is_truncated=is_truncated, is_paywalled=is_paywalled)
    return ParsedArticle(
        source=record.source,
        text=text,
        witnesses=tuple(_tidy(witness) for witness in witnesses),
        is_truncated=is_truncated,
        is_paywalled=is_paywalled,
        notes=(*record.notes, *cleaning, *noted),
    )


def _notes(body: Body, *, is_truncated: bool, is_paywalled: bool) -> Iterator[Reason]:
    """Yield what is to be noted of a text."""
    if not body.is_stated and not bool(body.chosen.all()):
        yield Reason.CHROME_REMOVED
    if is_truncated:
        yield Reason.TEXT_TRUNCATED
    if is_paywalled:
        yield Reason.TEXT_PAYWALLED


def _empty(record: RawRecord, detail: str) -> Rejection:
    return Rejection(
        source=record.source,
        stage="parse",
        reason=Reason.CONTENT_EMPTY,
        detail=detail,
        excerpt=excerpt(record.text[:4_000], 240),
    )


def _declared(record: RawRecord) -> Iterator[Witness]:
    """Yield what the container states beside the page, such as a WARC header or a JSON key."""
    for name, values in record.fields.items():
        if name != "text":
            for value in values:
                yield Witness(
                    field=name,
                    value=value,
                    rule=f"field.{name}",
                    confidence=_DECLARED_CONFIDENCE,
                    excerpt=value[:160],
                )


def _plain_fields(found: Statements) -> Iterator[Witness]:
    """Yield outlet, address, language and standfirst as stated, the surest place first."""
    names: tuple[Field, ...] = ("outlet", "url", "language", "subtitle")
    met: set[tuple[str, str]] = set()
    known = [s for s in found.of(*names) if s.rule in _CONFIDENCE]
    for statement in sorted(known, key=lambda s: -_CONFIDENCE[s.rule]):
        if (statement.field, statement.rule) not in met:
            met.add((statement.field, statement.rule))
            yield Witness(
                field=statement.field,
                value=statement.value,
                rule=statement.rule,
                confidence=_CONFIDENCE[statement.rule],
                excerpt=statement.excerpt,
            )


@lru_cache(maxsize=256)  # most witnesses of a page say the same as another
def _line_of(text: str) -> str:
    return " ".join(clean(text)[0].split())


def _tidy(witness: Witness) -> Witness:
    """Return a witness whose strings any encoder takes."""
    value = _line_of(witness.value)
    excerpt = _line_of(witness.excerpt)[:160]
    if (value, excerpt) == (witness.value, witness.excerpt):
        return witness
    return replace(witness, value=value, excerpt=excerpt)
