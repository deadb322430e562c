"""A normalised value with its evidence."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from broadsheet.reasons import Reason
from broadsheet.records import Evidence, Witness

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """A value, or none, with the evidence for it and what was noted on the way."""

    value: T | None
    evidence: tuple[Evidence, ...] = ()
    notes: tuple[Reason, ...] = ()


def by_witness(column: str, witness: Witness) -> tuple[Evidence, ...]:
    """Return the evidence of a column that one witness states."""
    return (
        Evidence(
            field=column,
            rule=witness.rule,
            confidence=witness.confidence,
            excerpt=witness.excerpt,
        ),
    )
