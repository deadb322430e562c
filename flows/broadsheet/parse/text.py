"""Plain text and Markdown: the article told from the lines around it."""

import math
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np

from broadsheet.characters import Flags
from broadsheet.parse.body import body_lines, doubt_teasers
from broadsheet.parse.bound import Bound, Candidates
from broadsheet.parse.chrome import says_paywalled, says_truncated
from broadsheet.parse.context import context_features, main_blocks, signed_lines
from broadsheet.parse.features import look_at
from broadsheet.parse.head import read_bare_head, read_heads
from broadsheet.parse.interruptions import leave_out_interruptions, leave_out_recurring
from broadsheet.parse.lines import read_pages
from broadsheet.parse.markup import is_marked_up
from broadsheet.parse.models import Finder, Models, shipped_models
from broadsheet.parse.openings import AROUND, BYLINE, NOTICE
from broadsheet.parse.page import Page, witness
from broadsheet.parse.sheaf import Sheaf
from broadsheet.parse.trailer import PrefixDate, prefix_date, read_credits, read_trailer
from broadsheet.reasons import Reason
from broadsheet.records import Field, ParsedArticle, RawRecord, Rejection, Witness
from broadsheet.text import clean, excerpt


def parse_texts(
    records: Sequence[RawRecord],
    recurring: Sequence[AbstractSet[int]] | None = None,
    models: Models | None = None,
) -> list[ParsedArticle | Rejection]:
    """Tell the articles of plain and Markdown records from their pages.

    What becomes of a record does not depend on those beside it; many are read together because
    that is several times faster.

    Args:
        records: records whose media is ``text`` or ``markdown``.
        recurring: for each record, keys of the lines that recur across its outlet, see
            :mod:`broadsheet.parse.recurring`.
        models: what was learned; the shipped models by default.

    Returns:
        For each record the parsed article, or a rejection with ``content.empty`` where no body is
        left.

    """
    models = models or shipped_models()
    keys = recurring or [frozenset()] * len(records)
    results: list[ParsedArticle | Rejection] = []
    opened: list[_Opened] = []
    size = 0
    for record, of_record in zip(records, keys, strict=True):
        opened.append(_open(record, of_record))
        size += len(record.text) + _LINE_CHARS * record.text.count("\n")
        if size >= _BOUND_CHARS:
            results += _read_together(opened, models)
            opened, size = [], 0
    results += _read_together(opened, models)
    return results


_BOUND_CHARS: Final = 1_400_000  # of records that are read together
_LINE_CHARS: Final = 30  # a line takes as much memory as so many characters, or more


class _Opened(NamedTuple):
    """A record, and its cleaned text: as it is and without the date before it."""

    record: RawRecord
    recurring: AbstractSet[int]
    raw: str
    cleaning: tuple[Reason, ...]
    prefix: PrefixDate | None
    shown: str
    is_marked_up: bool


def _open(record: RawRecord, recurring: AbstractSet[int]) -> _Opened:
    raw, cleaning = clean(record.text)
    prefix = prefix_date(raw)
    shown = " " * prefix.end + raw[prefix.end :] if prefix else raw
    markdown = record.media == "markdown" or is_marked_up(raw)
    return _Opened(record, recurring, raw, cleaning, prefix, shown, markdown)


def _read_together(
    opened: Sequence[_Opened], models: Models
) -> Iterator[ParsedArticle | Rejection]:
    pages, bound = _read_bodies(opened, models)
    headed = {n: p for n, p in enumerate(pages) if p.texts and not opened[n].prefix}
    read_heads(headed, bound, models)
    for page, one in zip(pages, opened, strict=True):
        if one.prefix:
            page.found.append(one.prefix.witness)
            read_bare_head(page)
        read_credits(page)
        yield _article(one.record, page, (*one.record.notes, *one.cleaning))


def _read_bodies(opened: Sequence[_Opened], models: Models) -> tuple[list[Page], Bound]:
    lines = read_pages([(one.shown, one.is_marked_up) for one in opened])
    sheaf = Sheaf.of(lines, [one.is_marked_up for one in opened])
    look = look_at(sheaf, models.words)
    odds = doubt_teasers(sheaf, look.features, models.body.log_odds(look.features))
    blocks = main_blocks(sheaf, look.features, odds)
    context = context_features(sheaf, look.features, odds, blocks)
    is_body = body_lines(sheaf, look.features, odds)
    recurring = [_leave_out_recurring(one, n, sheaf, is_body) for n, one in enumerate(opened)]
    leave_out_interruptions(sheaf, look.features, odds, is_body)
    marked = {bit: _by_page(sheaf, look.marks & bit > 0) for bit in (AROUND, BYLINE, NOTICE)}
    body, begins = is_body.tolist(), (blocks.first - sheaf.starts[:-1]).tolist()
    pages = []
    for number, (start, end) in enumerate(pairwise(sheaf.starts.tolist())):
        texts = lines.texts[start:end]
        marks = {bit: of_pages[number] for bit, of_pages in marked.items()}
        page = Page(opened[number].raw, lines, start, texts, marks, body[start:end], begins[number])
        page.recurring = recurring[number]
        _read_around(page, opened[number].record)
        pages.append(page)
    features = np.concatenate([look.features, context])
    return pages, Bound(sheaf, features, blocks, [page.stated("url") for page in pages])


def _leave_out_recurring(one: _Opened, number: int, sheaf: Sheaf, is_body: Flags) -> list[str]:
    if not one.recurring:
        return []
    start, end = sheaf.starts[number : number + 2]
    body = (start + np.flatnonzero(is_body[start:end])).tolist()
    return leave_out_recurring(one.raw, sheaf.lines, body, one.recurring, is_body)


def _by_page(sheaf: Sheaf, flags: Flags) -> list[list[int]]:
    """Return for each page which of its lines have a flag set."""
    lines = np.flatnonzero(flags)
    bounds = np.searchsorted(lines, sheaf.starts).tolist()
    places = (lines - sheaf.first[lines]).tolist()
    return [places[start:end] for start, end in pairwise(bounds)]


def passed_over(record: RawRecord, models: Models | None = None) -> list[Witness]:
    """Return the lines of a record that might have stated a value and were not taken.

    For people who ask why: the best of each field, each with the share of its finder's belief. The
    line that the finder ranked first is among them where its judge said no.
    """
    models = models or shipped_models()
    one = _open(record, frozenset())
    (page,), bound = _read_bodies([one], models)
    if one.prefix or not page.texts:
        return []
    named = signed_lines(bound.sheaf, bound.features, bound.blocks)
    ranked: tuple[tuple[Finder, Field, Candidates], ...] = (
        ("title", "title", bound.titles()),
        ("date", "published", bound.dates()),
        ("author", "author", bound.bylines(named, {0: page.text()})),
    )
    found = []
    for finder, name, (lines, rows) in ranked:
        odds = models.finders[finder].log_odds(rows).tolist()
        best = sorted(zip(odds, lines.tolist(), strict=True), reverse=True)[:_SHOWN]
        for odd, line in best:
            raw, belief = page.raw_line(line), round(1 / (1 + math.exp(-odd)), 2)
            found.append(witness(name, bound.sheaf.texts[line], "candidate", belief, raw))
    return found


_SHOWN: Final = 4  # candidates of a field


def _read_around(page: Page, record: RawRecord) -> None:
    page.found.extend(_declared(record))
    if page.recurring:
        raw = page.recurring[0]
        page.found.append(
            witness("text", f"{len(page.recurring)} left out", "line.recurring", 1.0, raw)
        )
    read_trailer(page)


def _article(record: RawRecord, page: Page, notes: tuple[Reason, ...]) -> ParsedArticle | Rejection:
    text = page.text()
    if not text:
        return Rejection(
            source=record.source,
            stage="parse",
            reason=Reason.CONTENT_EMPTY,
            detail="no line reads like the body of an article",
            excerpt=excerpt(page.raw, 240),
        )
    noticed = [page.texts[index] for index in page.marked[NOTICE]]
    is_truncated = any(map(says_truncated, noticed))
    is_paywalled = any(map(says_paywalled, noticed))
    added = {
        Reason.CHROME_REMOVED: not all(page.is_body),
        Reason.CHROME_RECURRING: bool(page.recurring),
        Reason.TEXT_TRUNCATED: is_truncated,
        Reason.TEXT_PAYWALLED: is_paywalled,
    }
    notes = (*notes, *(reason for reason, applies in added.items() if applies))
    return ParsedArticle(
        source=record.source,
        text=text,
        witnesses=tuple(sorted(page.found, key=lambda found: (found.field, -found.confidence))),
        is_truncated=is_truncated,
        is_paywalled=is_paywalled,
        notes=tuple(dict.fromkeys(notes)),
    )


def _declared(record: RawRecord) -> Iterator[Witness]:
    """Yield what the record's container states beside the text."""
    for name, values in record.fields.items():
        for value in values:
            text = clean(value)[0].strip()
            if text:
                yield witness(name, text, f"field.{name}", 0.95, text)
