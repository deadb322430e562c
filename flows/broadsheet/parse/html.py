"""HTML: the article told from its page.

The page is parsed once. Its head, its JSON-LD and its marks are read for what they state; its text
is cut into blocks and the body chosen among them; each field is then decided among all places that
speak of it.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from broadsheet.parse.html_authors import choose_authors, passed_over_authors
from broadsheet.parse.html_body import Body, find_body, without_head
from broadsheet.parse.html_choice import bounded
from broadsheet.parse.html_credits import (
    credited_agencies,
    ends_as_an_excerpt,
    ends_at_a_paywall,
)
from broadsheet.parse.html_dates import choose_dates, passed_over_dates
from broadsheet.parse.html_marks import read_marks
from broadsheet.parse.html_page import Page
from broadsheet.parse.html_rights import read_rights, rights_of
from broadsheet.parse.html_setting import Setting, setting_of
from broadsheet.parse.html_statements import Statements, read_statements
from broadsheet.parse.html_titles import choose_titles, passed_over_titles
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


def parse_html(record: RawRecord) -> ParsedArticle | Rejection:
    """Tell the article of an HTML record from its page.

    Returns:
        The parsed article, or a rejection with ``content.empty`` where the page shows no text that
        reads like an article.

    """
    page = read_page(record.text)
    if page is None:
        return _empty(record, "the record holds no HTML element")
    found, setting, body = _look_at(record, page)
    titles = choose_titles(page, found, body, setting)
    text, cleaning = clean(without_head(body.text, titles[0].value if titles else ""))
    if not text:
        return _empty(record, "no block of the page reads like the body of an article")
    witnesses = (
        *_declared(record),
        *titles,
        *choose_authors(page, found, body, setting),
        *bounded(dict.fromkeys(credited_agencies(page, found, body, text))),
        *choose_dates(page, found, body, setting),
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


def passed_over(record: RawRecord) -> list[Witness]:
    """Return the surest of what was weighed on a page and not handed on: for people who ask why."""
    page = read_page(record.text)
    if page is None:
        return []
    found, setting, body = _look_at(record, page)
    lost = (
        *passed_over_titles(page, found, body, setting),
        *passed_over_authors(page, found, body, setting),
        *passed_over_dates(page, found, body, setting),
    )
    return [_tidy(witness) for witness in lost]


def _look_at(record: RawRecord, page: Page) -> tuple[Statements, Setting, Body]:
    """Return what a page states, what it says of itself as a whole, and its body."""
    found = read_statements(page)
    read_marks(page, found)
    read_rights(page, found)
    setting = setting_of(record, found)
    return found, setting, find_body(page, setting.headline, setting.description, found.body)


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


def _tidy(witness: Witness) -> Witness:
    """Return a witness whose strings any encoder takes."""
    value = " ".join(clean(witness.value)[0].split())
    excerpt = " ".join(clean(witness.excerpt)[0].split())[:160]
    if (value, excerpt) == (witness.value, witness.excerpt):
        return witness
    return replace(witness, value=value, excerpt=excerpt)
