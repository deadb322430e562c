"""Raw records to rows: the part of a batch that meets hostile text.

A module of its own, with few imports, because the child process that does it starts with each
batch (see :mod:`broadsheet.isolation`).
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from broadsheet import normalize, parse
from broadsheet.config import Config
from broadsheet.records import Article, ParsedArticle, RawRecord, Rejection

Recurring = Mapping[str, AbstractSet[int]]
"""For each group of pages the keys of the lines that recur, see ``parse.recurring``."""


@dataclass(frozen=True, slots=True)
class Setup:
    """What all records of a batch are worked with."""

    config: Config
    recurring: Recurring = field(default_factory=dict)


def refine_records(setup: Setup, records: Sequence[RawRecord]) -> list[Article | Rejection]:
    """Parse and normalise records: one row or rejection for each, in their order."""
    parsed = parse.parse_many(records, setup.recurring)
    found = [item for item in parsed if isinstance(item, ParsedArticle)]
    rows = iter(normalize.normalize(found, setup.config))
    return [next(rows) if isinstance(item, ParsedArticle) else item for item in parsed]
