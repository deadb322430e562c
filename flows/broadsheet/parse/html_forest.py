"""Boosted trees that give the same answer on every machine.

Trees are oblivious: one question a level, so that a row's leaf is a number made of bits
(Prokhorenkova et al., "CatBoost: unbiased boosting with categorical features", NeurIPS 2018).
Leaves are integers in 1/4096 log odds: integer sums do not depend on order, processor or number
of threads.
"""

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import orjson

SCALE: Final = 4096
_ROWS_AT_ONCE: Final = 2_048


@dataclass(frozen=True, slots=True, eq=False)
class Forest:
    """A trained model.

    Attributes:
        features: the column that each level of each tree asks for, shape (levels, trees).
        borders: a level's answer is whether the column is above its border, shape (levels, trees).
        leaves: log odds in 1/4096, tree by tree, shape (trees * 2 ** levels,); at most 8 levels.
        bias: log odds in 1/4096 before any tree.
        slope: by how much the log odds of claims that were never trained on must be stretched so
            that they mean what they say (Platt, "Probabilistic Outputs for Support Vector
            Machines", 1999).
        offset: what must then be added.

    """

    features: npt.NDArray[np.int64]
    borders: npt.NDArray[np.float32]
    leaves: npt.NDArray[np.int32]
    bias: int
    slope: float = 1.0
    offset: float = 0.0

    def log_odds(self, rows: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Score rows of shape (rows, columns); the result has shape (rows,)."""
        parts = [
            self._log_odds(rows[start : start + _ROWS_AT_ONCE])
            for start in range(0, len(rows), _ROWS_AT_ONCE)
        ]
        return np.concatenate(parts) if parts else np.zeros(0, np.float32)

    def _log_odds(self, rows: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        columns = np.ascontiguousarray(rows.T)
        levels, trees = self.features.shape
        leaf = np.empty((trees, len(rows)), np.int32)
        leaf[:] = np.arange(trees, dtype=np.int32)[:, None] << levels
        for level in range(levels):
            asked = columns.take(self.features[level], axis=0)
            leaf += np.left_shift(asked > self.borders[level][:, None], level, dtype=np.int32)
        sums = self.leaves.take(leaf).sum(axis=0) + self.bias
        scores: npt.NDArray[np.float32] = (sums / SCALE).astype(np.float32)
        return scores


@cache
def load_forest(name: str) -> Forest:
    """Load a model that is shipped beside this module, by its name."""
    path = resources.files("broadsheet.parse") / "data" / f"html_{name}.json"
    return forest_of(orjson.loads(path.read_bytes()))


def forest_of(data: dict[str, Any]) -> Forest:
    """Build a model from its JSON form, as the training script writes it."""
    levels = data["levels"]
    return Forest(
        np.array(data["features"], np.int64).reshape(-1, levels).T.copy(),
        np.array(data["borders"], np.float32).reshape(-1, levels).T.copy(),
        np.array(data["leaves"], np.int32),
        data["bias"],
        data.get("slope", 1.0),
        data.get("offset", 0.0),
    )
