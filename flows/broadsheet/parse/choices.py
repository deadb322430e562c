"""The best candidate of each page for a field."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from broadsheet.parse.bound import Bound, Candidates
from broadsheet.parse.models import Finder, Models

_SAID: Final = 100  # more than any log odds


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


def choose(
    bound: Bound,
    models: Models,
    finder: Finder,
    found: Candidates,
    is_sayer: npt.NDArray[np.bool_] | None = None,
) -> dict[int, Choice]:
    """Return the best candidate of each page that has any, by the page's number.

    Args:
        bound: the pages.
        models: what was learned.
        finder: the field's.
        found: numbers of the candidates in order, and a column of the finder's features for each.
        is_sayer: for each candidate, whether it says that it states the field. It comes before all
            that do not say so, unless it is more likely wrong than right.

    """
    lines, rows = found
    if not len(lines):
        return {}
    ranked = models.finders[finder].log_odds(rows)
    pages = bound.sheaf.page[lines]
    starts = np.concatenate([[0], np.flatnonzero(np.diff(pages)) + 1])
    group = np.repeat(np.arange(len(starts)), np.diff(np.concatenate([starts, [len(lines)]])))
    order = ranked if is_sayer is None else ranked + _SAID * (is_sayer & (ranked > 0))
    is_top = order == np.maximum.reduceat(order, starts)[group]
    best = np.minimum.reduceat(np.where(is_top, np.arange(len(lines)), len(lines)), starts)
    return {
        int(pages[at]): Choice(
            int(lines[at]), float(ranked[at]), models.confidence(finder, float(ranked[at]))
        )
        for at in best
    }
