"""The best candidate of each page for a field."""

from dataclasses import dataclass

import numpy as np

from broadsheet.parse.bound import Bound, Candidates
from broadsheet.parse.models import Finder, Models


@dataclass(frozen=True, slots=True)
class Choice:
    """A page's best candidate for a field.

    Attributes:
        line: its number in the sheaf.
        odds: the finder's log odds.
        confidence: the probability that it is right, fitted on pages that were held out.

    """

    line: int
    odds: float
    confidence: float


def choose(bound: Bound, models: Models, finder: Finder, found: Candidates) -> dict[int, Choice]:
    """Return the best candidate of each page that has any, by the page's number.

    Args:
        bound: the pages.
        models: what was learned.
        finder: the field's.
        found: numbers of the candidates in order, and a column of the finder's features for each.

    """
    lines, rows = found
    if not len(lines):
        return {}
    ranked = models.finders[finder].log_odds(rows)
    pages = bound.sheaf.page[lines]
    starts = np.concatenate([[0], np.flatnonzero(np.diff(pages)) + 1])
    group = np.repeat(np.arange(len(starts)), np.diff(np.concatenate([starts, [len(lines)]])))
    is_top = ranked == np.maximum.reduceat(ranked, starts)[group]
    best = np.minimum.reduceat(np.where(is_top, np.arange(len(lines)), len(lines)), starts)
    return {
        int(pages[at]): Choice(
            int(lines[at]), float(ranked[at]), models.confidence(finder, float(ranked[at]))
        )
        for at in best
    }
