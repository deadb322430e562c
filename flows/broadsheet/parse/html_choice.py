"""From scores to witnesses: what is chosen comes first, what was weighed beside it follows."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

import numpy as np

from broadsheet.parse.html_features import Floats
from broadsheet.parse.html_forest import Forest
from broadsheet.records import Field, Witness

_MOST_WITNESSES: Final = 12
_MOST_LOSERS: Final = 4
_CEILING: Final = 0.995


def probabilities(forest: Forest, rows: Floats) -> list[float]:
    """Return how likely each row is right, rounded so that no processor's last bit shows."""
    log_odds = forest.log_odds(rows).astype(np.float64) * forest.slope + forest.offset
    with np.errstate(over="ignore"):
        values = 1 / (1 + np.exp(-log_odds))
    return [min(round(float(value), 3), _CEILING) for value in values]


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
        for ((value, rule, raw), confidence), _ in zip(lost, range(_MOST_LOSERS), strict=False)
    ]


def bounded(found: Iterable[Witness]) -> list[Witness]:
    """Return the first witnesses, as many as a reader can weigh."""
    return [witness for witness, _ in zip(found, range(_MOST_WITNESSES), strict=False)]
