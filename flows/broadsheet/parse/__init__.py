"""Raw records to parsed articles: the article told from its page."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from types import MappingProxyType

from broadsheet.parse import text
from broadsheet.parse.recurring import group_of
from broadsheet.records import ParsedArticle, RawRecord, Rejection, Witness

__all__ = ["parse", "parse_many", "passed_over"]


def parse(
    record: RawRecord, recurring: AbstractSet[int] = frozenset()
) -> ParsedArticle | Rejection:
    """Tell one article from its page, see :func:`parse_many`.

    Args:
        record: the raw record.
        recurring: keys of the lines that recur across the record's group.

    """
    (parsed,) = parse_many([record], {group_of(record): recurring} if recurring else {})
    return parsed


def parse_many(
    records: Sequence[RawRecord],
    recurring: Mapping[str, AbstractSet[int]] = MappingProxyType({}),
) -> list[ParsedArticle | Rejection]:
    """Tell articles from their pages: bodies, and every place that states a value.

    What becomes of a record does not depend on those beside it; many at once are read several
    times faster.

    Args:
        records: the raw records.
        recurring: for plain text and Markdown, keys of the lines that recur across each group of
            pages (see :mod:`broadsheet.parse.recurring`); they are left out of the bodies.

    Returns:
        One result for each record, in their order.

    """
    plain = [record for record in records if record.media != "html"]
    keys = [recurring.get(group_of(record), frozenset()) for record in plain] if recurring else None
    read = iter(text.parse_texts(plain, keys) if plain else ())
    if len(plain) == len(records):
        return list(read)
    # HTML brings lxml with it; a corpus of plain text need not wait for that.
    from broadsheet.parse.html import parse_pages  # noqa: PLC0415

    pages = iter(parse_pages([record for record in records if record.media == "html"]))
    return [next(pages if record.media == "html" else read) for record in records]


def passed_over(record: RawRecord, parsed: ParsedArticle) -> list[Witness]:
    """Return what might have stated a value and was not taken, for people who ask why.

    Args:
        record: the raw record.
        parsed: the article told from it.

    Returns:
        Witnesses whose rules begin with ``candidate``; their confidence is the finder's belief.

    """
    if record.media == "html":
        from broadsheet.parse import html  # noqa: PLC0415 - brings lxml

        return html.passed_over(record)
    taken = {(witness.field, witness.excerpt) for witness in parsed.witnesses}
    found = text.passed_over(record)
    return [witness for witness in found if (witness.field, witness.excerpt) not in taken]
