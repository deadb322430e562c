"""What is known of the place that a date comes from."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Locality:
    """What is known of the place that a date comes from.

    Attributes:
        languages: BCP 47 tags, the most likely first; empty where unknown.
        country: ISO 3166-1 alpha-2 code of the outlet's country.
        order: ``DMY`` or ``MDY``, where the collector knows it.

    """

    languages: tuple[str, ...] = ()
    country: str | None = None
    order: str | None = None


NOWHERE: Final = Locality()
"""Nothing is known."""
