"""Plain text and Markdown: the article told from the lines around it."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet

import numpy as np

from broadsheet.parse.body import body_lines
from broadsheet.parse.chrome import says_paywalled, says_truncated
from broadsheet.parse.context import main_block
from broadsheet.parse.features import line_features
from broadsheet.parse.head import read_bare_head, read_head
from broadsheet.parse.interruptions import leave_out_interruptions, leave_out_recurring
from broadsheet.parse.lines import Line, is_marked_up, read_lines
from broadsheet.parse.models import Models, shipped_models
from broadsheet.parse.page import Page, witness
from broadsheet.parse.trailer import prefix_date, read_credits, read_trailer
from broadsheet.reasons import Reason
from broadsheet.records import ParsedArticle, RawRecord, Rejection, Witness
from broadsheet.text import clean, excerpt


def parse_text(
    record: RawRecord, recurring: AbstractSet[int] = frozenset(), models: Models | None = None
) -> ParsedArticle | Rejection:
    """Tell the article of a plain or Markdown record from its page.

    Args:
        record: a record whose media is ``text`` or ``markdown``.
        recurring: keys of the lines that recur across the record's outlet, see
            :mod:`broadsheet.parse.recurring`.
        models: what was learned; the shipped models by default.

    Returns:
        The parsed article, or a rejection with ``content.empty`` where no body is left.

    """
    models = models or shipped_models()
    raw, cleaning = clean(record.text)
    prefix = prefix_date(raw)
    shown = " " * prefix.end + raw[prefix.end :] if prefix else raw
    markdown = record.media == "markdown" or is_marked_up(raw)
    page = _page(raw, read_lines(shown, markdown=markdown), models, markdown=markdown)
    page.found.extend(_declared(record))
    if recurring:
        leave_out_recurring(page, recurring)
    leave_out_interruptions(page)
    read_trailer(page)
    if prefix:
        page.found.append(prefix.witness)
        read_bare_head(page)
    elif page.lines:
        read_head(page, models)
    read_credits(page)
    return _article(record, page, (*record.notes, *cleaning))


def _page(raw: str, lines: list[Line], models: Models, *, markdown: bool) -> Page:
    features = line_features(lines, models.words, markdown=markdown)
    odds = models.body.log_odds(features.astype(np.float32))
    block, is_body = main_block(features, odds), body_lines(features, odds)
    return Page(raw, lines, features, odds, block, is_body)


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
    is_truncated = any(says_truncated(line.text) for line in page.lines)
    is_paywalled = any(says_paywalled(line.text) for line in page.lines)
    added = {
        Reason.CHROME_REMOVED: not all(page.is_body),
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
