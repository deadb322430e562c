"""The trained part of reading HTML: one forest for each question, shipped as a file."""

from functools import cache
from importlib import resources

import numpy as np
import orjson

from broadsheet.parse.forest import Forest


@cache
def load_forest(name: str) -> Forest:
    """Load a model that is shipped beside this module, by its name."""
    path = resources.files("broadsheet.parse") / "data" / f"html_{name}.json"
    data = orjson.loads(path.read_bytes())
    return Forest.of(data, data["borders"], np.float32)
