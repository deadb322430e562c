"""Boosted trees that give the same answer on every machine.

Trees are oblivious: one question a level, so that a row's leaf is a number made of bits
(Prokhorenkova et al., "CatBoost: unbiased boosting with categorical features", NeurIPS 2018).
Leaves are integers in 1/4096 log odds: integer sums do not depend on order, processor or number
of threads. Each distinct question is asked once; the trees share the answers.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt

SCALE: Final = 4096
_AT_ONCE: Final = 512  # so that all answers stay in the cache


@dataclass(frozen=True, slots=True, eq=False)
class Forest:
    """A trained model.

    Attributes:
        columns: the column that each question asks for.
        borders: its answer is whether the column is above its border, shape ``(questions, 1)``.
        questions: the question at each level of each tree, shape ``(levels, trees)``; at most
            eight levels.
        leaves: log odds in 1/4096, tree by tree, shape ``(trees * 2 ** levels,)``; one of each
            tree together are below 2 ** 31.
        bias: log odds in 1/4096 before any tree.
        slope: by how much the log odds of claims that were never trained on must be stretched so
            that they mean what they say (Platt, "Probabilistic Outputs for Support Vector
            Machines", 1999).
        offset: what must then be added.

    """

    columns: npt.NDArray[np.int64]
    borders: npt.NDArray[Any]
    questions: npt.NDArray[np.int64]
    leaves: npt.NDArray[np.int32]
    bias: int
    slope: float = 1.0
    offset: float = 0.0

    @classmethod
    def of(cls, data: dict[str, Any], borders: Iterable[float], kind: npt.DTypeLike) -> Self:
        """Build a model from its JSON form, as the training scripts write it.

        Args:
            data: the JSON form.
            borders: its borders, as they are compared with the columns.
            kind: the type of the columns.

        """
        asked = list(zip(data["features"], borders, strict=True))
        number = {question: index for index, question in enumerate(sorted(set(asked)))}
        return cls(
            columns=np.array([feature for feature, _ in number], np.int64),
            borders=np.array([border for _, border in number], kind)[:, None],
            questions=np.array([number[question] for question in asked], np.int64)
            .reshape(-1, data["levels"])
            .T.copy(),
            leaves=np.array(data["leaves"], np.int32),
            bias=data["bias"],
            slope=data.get("slope", 1.0),
            offset=data.get("offset", 0.0),
        )

    def log_odds(self, features: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
        """Score the items of a matrix of shape ``(columns, items)``."""
        count = features.shape[1]
        sums = np.empty(count, np.int64)
        first = np.arange(self.questions.shape[1])[:, None] << len(self.questions)
        for start in range(0, count, _AT_ONCE):
            piece = features[:, start : start + _AT_ONCE]
            answers = (piece.take(self.columns, axis=0) > self.borders).view(np.uint8)
            # From the last level to the first: to double is many times faster than to shift.
            leaf = answers.take(self.questions[-1], axis=0)
            for asked in self.questions[-2::-1]:
                leaf += leaf
                leaf |= answers.take(asked, axis=0)
            # No leaf is out of bounds; to clip spares the check. The sums fit 32 bits, see above.
            leaves = self.leaves.take(first + leaf, mode="clip")
            sums[start : start + _AT_ONCE] = leaves.sum(axis=0, dtype=np.int32)
        scores: npt.NDArray[np.float32] = ((sums + self.bias) / SCALE).astype(np.float32)
        return scores
