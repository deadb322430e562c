"""From scores to witnesses: what is chosen comes first, what was weighed beside it follows."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

import numpy as np

from broadsheet.parse.forest import Forest
from broadsheet.parse.html_body import Body
from broadsheet.parse.html_page import Page
from broadsheet.parse.html_setting import Setting
from broadsheet.parse.html_statements import Statements
from broadsheet.parse.html_texts import Floats
from broadsheet.records import Field, Witness

_MOST_WITNESSES: Final = 12
_MOST_LOSERS: Final = 4
_CEILING: Final = 0.995


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of a page before its fields are chosen."""

    page: Page
    found: Statements
    setting: Setting
    body: Body


def probabilities(forest: Forest, tables: Sequence[Floats]) -> list[list[float]]:
    """Return how likely each claim of each page is right.

    Args:
        forest: what weighs them.
        tables: for each page the features of its claims, shape (claims, features).

    Returns:
        For each page one number a claim, rounded so that no processor's last bit shows.

    """
    features = np.concatenate([table.T for table in tables], axis=1)
    log_odds = forest.log_odds(features).astype(np.float64) * forest.slope + forest.offset
    with np.errstate(over="ignore"):
        values = (1 / (1 + np.exp(-log_odds))).tolist()
    rounded = iter([min(round(value, 3), _CEILING) for value in values])
    return [list(islice(rounded, len(table))) for table in tables]


def by_confidence(confidences: Sequence[float]) -> list[int]:
    """Return the indexes of claims, the surest first, equal ones in the order they were met."""
    return sorted(range(len(confidences)), key=lambda index: (-confidences[index], index))


def witnesses(
    name: Field, places: Iterable[tuple[str, str, str]], confidence: float
) -> Iterator[Witness]:
    """Yield a witness for each place (value, rule, raw characters) that makes one claim.

    The confidence is the claim's: the forests weigh which places agree.
    """
    for value, rule, raw in places:
        yield Witness(
            field=name,
            value=value,
            rule=rule,
            confidence=confidence,
            excerpt=raw[:160],
            is_joint=True,
        )


def first_place(value: str, rules: Mapping[str, str]) -> tuple[str, str, str]:
    """Return the first place that states a value (value, rule, raw characters)."""
    return (value, *next(iter(rules.items())))


def candidates(name: Field, lost: Iterable[tuple[tuple[str, str, str], float]]) -> list[Witness]:
    """Return the first places (value, rule, raw characters) that lost, with their confidences."""
    return [
        Witness(
            field=name,
            value=value,
            rule=f"candidate.{rule}",
            confidence=confidence,
            excerpt=raw[:160],
        )
        for (value, rule, raw), confidence in islice(lost, _MOST_LOSERS)
    ]


def bounded(found: Iterable[Witness]) -> list[Witness]:
    """Return the first witnesses, as many as a reader can weigh."""
    return list(islice(found, _MOST_WITNESSES))
