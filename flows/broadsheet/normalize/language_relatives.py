"""Which of two close relatives a text is in, where its drawn n-grams leave that open.

langdetect draws a few n-grams of a text, seven times, and Danish and Norwegian share most of them:
the seven disagree. Then every n-gram of the text is asked. Only within the families here, because
elsewhere disagreement means that the text mixes languages or is in one that has no profile.
"""

from collections.abc import Collection
from typing import Final

from broadsheet.normalize.language_profiles import log_likelihoods

_FAMILIES: Final = tuple(
    frozenset(names.split()) for names in ("da no sv", "hr sl", "cs sk", "bg mk")
)
_LEAST_MARGIN: Final = 2.0
"""Natural logarithm of the odds that must be left: n-grams overlap, so seven to one is little."""


def settle(sample: str, likely: Collection[str]) -> str | None:
    """Return the relative that all n-grams of a sample speak for, or None.

    Args:
        sample: the text.
        likely: the languages that the detector wavers between, by langdetect's names.

    """
    family = next((f for f in _FAMILIES if f.issuperset(likely)), None)
    if not likely or not family:
        return None
    found = log_likelihoods(sample, sorted(family))
    best, second = sorted(found, key=lambda name: -found[name])[:2]
    return best if found[best] - found[second] >= _LEAST_MARGIN else None
