"""Raw records to parsed articles: the article told from its page."""

from collections.abc import Set as AbstractSet

from broadsheet.parse.text import parse_text
from broadsheet.records import ParsedArticle, RawRecord, Rejection

__all__ = ["parse"]


def parse(
    record: RawRecord, recurring: AbstractSet[int] = frozenset()
) -> ParsedArticle | Rejection:
    """Tell the article from its page: body, and every place that states a value.

    Args:
        record: the raw record.
        recurring: for plain text and Markdown, keys of the lines that recur across the record's
            outlet (see :mod:`broadsheet.parse.recurring`); they are left out of the body.

    """
    if record.media == "html":
        # HTML brings lxml with it; a corpus of plain text need not wait for that.
        from broadsheet.parse.html import parse_html  # noqa: PLC0415

        return parse_html(record)
    return parse_text(record, recurring)
