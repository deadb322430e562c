"""The forests that score lines of plain text: all features are integers, and so are the borders."""

from typing import Any, Final

import numpy as np

from broadsheet.parse.forest import Forest

_NEVER: Final = 2**31 - 1


def text_forest_of(data: dict[str, Any]) -> Forest:
    """Build a model from its JSON form, as the training script writes it."""
    # An integer is above 3.5 where it is above 3.
    borders = [min(int(border // 1), _NEVER) for border in data["borders"]]
    return Forest.of(data, borders, np.int32)
