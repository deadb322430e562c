"""The trained part of reading plain text: a list of weighted words and four small forests.

``benchmarks/text_training.py`` makes the file from public benchmark labels (Apache-2.0 and MIT);
it holds word weights and integers, no text of any page. Every score is a sum of integers, so the
same page gives the same answer everywhere.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Final, Literal

import orjson

from broadsheet.parse.forest import Forest
from broadsheet.parse.text_forest import text_forest_of
from broadsheet.parse.vocabulary import Vocabulary, vocabulary_of

FILE: Final = "text_models.json"
MOST_UNSURE: Final = 0.9
"""The most that is said of a choice of which fewer than 97 % were right."""

Finder = Literal["title", "date", "author"]


@dataclass(frozen=True, slots=True, eq=False)
class Models:
    """Everything that was learned.

    Attributes:
        words: weight of a lower-case word for page chrome (above zero) or body (below).
        body: scores a line as part of the body.
        finders: score a line as headline, as stating the date, as byline.
        calibration: slope and offset that turn a finder's log odds into a probability (Platt,
            "Probabilistic Outputs for Support Vector Machines", 1999), and the log odds from
            which 97 % of the choices were right; all three fitted on held-out pages.

    """

    words: Vocabulary
    body: Forest
    finders: Mapping[Finder, Forest]
    calibration: Mapping[Finder, tuple[float, float, float]]

    def confidence(self, finder: Finder, odds: float) -> float:
        """Return the estimated probability that a finder's choice is right, to two digits.

        Above ``MOST_UNSURE`` only where held-out choices with these log odds or more bear it out.
        """
        slope, offset, sure_odds = self.calibration[finder]
        probability = round(1 / (1 + math.exp(-(slope * odds + offset))), 2)
        return probability if odds >= sure_odds else min(probability, MOST_UNSURE)


@cache
def shipped_models() -> Models:
    """Load the models that are shipped beside this module."""
    path = resources.files("broadsheet.parse") / "data" / FILE
    return models_of(orjson.loads(path.read_bytes()))


def models_of(data: dict[str, Any]) -> Models:
    """Build the models from their JSON form, as the training script writes it."""
    return Models(
        words=vocabulary_of(data["words"]),
        body=text_forest_of(data["body"]),
        finders={name: text_forest_of(forest) for name, forest in data["finders"].items()},
        calibration={name: tuple(pair) for name, pair in data["calibration"].items()},
    )
