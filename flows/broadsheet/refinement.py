"""Raw records to rows: the part of a batch that meets hostile text.

A module of its own, with few imports, because the child process that does it starts with each
batch (see :mod:`broadsheet.isolation`).
"""

from collections.abc import Sequence

from broadsheet import normalize, parse
from broadsheet.config import Config
from broadsheet.records import Article, ParsedArticle, RawRecord, Rejection


def refine_records(config: Config, records: Sequence[RawRecord]) -> list[Article | Rejection]:
    """Parse and normalise records: one row or rejection for each, in their order."""
    parsed = [parse.parse(record) for record in records]
    found = [item for item in parsed if isinstance(item, ParsedArticle)]
    rows = iter(normalize.normalize(found, config))
    return [next(rows) if isinstance(item, ParsedArticle) else item for item in parsed]
