"""Plain text and Markdown: the article told from the lines around it."""

from collections.abc import Iterator
from typing import Final

from broadsheet.parse.chrome import says_paywalled, says_truncated
from broadsheet.parse.classify import body_probabilities
from broadsheet.parse.head import prefix_date, read_credits, read_head, read_trailer
from broadsheet.parse.lines import is_marked_up, read_lines
from broadsheet.parse.page import Page, witness
from broadsheet.reasons import Reason
from broadsheet.records import ParsedArticle, RawRecord, Rejection, Witness
from broadsheet.text import clean, excerpt

_THRESHOLD: Final = 0.5


def parse_text(record: RawRecord) -> ParsedArticle | Rejection:
    """Tell the article of a plain or Markdown record from its page.

    Returns:
        The parsed article, or a rejection with ``content.empty`` where no body is left.

    """
    raw, cleaning = clean(record.text)
    prefix = prefix_date(raw)
    shown = " " * prefix.end + raw[prefix.end :] if prefix else raw
    lines = read_lines(shown, markdown=record.media == "markdown" or is_marked_up(raw))
    page = Page(raw, lines, [p >= _THRESHOLD for p in body_probabilities(lines)])
    page.found.extend(_declared(record))
    if prefix:
        page.found.append(prefix.witness)
    read_trailer(page)
    read_head(page, is_bare=prefix is not None)
    read_credits(page)
    return _article(record, page, (*record.notes, *cleaning))


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
