"""Boosted trees over columns of integers, for thousands of lines at once.

The trees are those of :mod:`broadsheet.parse.html_forest` (oblivious, leaves in 1/4096 log odds,
so that sums are exact); here each distinct question is asked once and the trees share the answers.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from broadsheet.parse.html_forest import SCALE

_LINES_AT_ONCE: Final = 512  # so that all answers stay in the cache
_NEVER: Final = 2**31 - 1


@dataclass(frozen=True, slots=True, eq=False)
class TextForest:
    """A trained model.

    Attributes:
        columns: the column that each question asks for.
        borders: its answer is whether the column is above its border, shape ``(questions, 1)``.
        questions: the question at each level of each tree, shape ``(levels, trees)``.
        leaves: log odds in 1/4096, tree by tree, shape ``(trees * 2 ** levels,)``; one of each
            tree together are below 2 ** 31.
        bias: log odds in 1/4096 before any tree.

    """

    columns: npt.NDArray[np.int64]
    borders: npt.NDArray[np.int32]
    questions: npt.NDArray[np.int64]
    leaves: npt.NDArray[np.int32]
    bias: int

    def log_odds(self, features: npt.NDArray[np.int32]) -> npt.NDArray[np.float32]:
        """Score the lines of a matrix of shape ``(columns, lines)``."""
        count = features.shape[1]
        sums = np.empty(count, np.int64)
        first = np.arange(self.questions.shape[1])[:, None] << len(self.questions)
        for start in range(0, count, _LINES_AT_ONCE):
            piece = features[:, start : start + _LINES_AT_ONCE]
            answers = (piece.take(self.columns, axis=0) > self.borders).view(np.uint8)
            # From the last level to the first: to double is many times faster than to shift.
            leaf = answers.take(self.questions[-1], axis=0)
            for asked in self.questions[-2::-1]:
                leaf += leaf
                leaf |= answers.take(asked, axis=0)
            # No leaf is out of bounds; to clip spares the check. The sums fit 32 bits, see below.
            leaves = self.leaves.take(first + leaf, mode="clip")
            sums[start : start + _LINES_AT_ONCE] = leaves.sum(axis=0, dtype=np.int32)
        scores: npt.NDArray[np.float32] = ((sums + self.bias) / SCALE).astype(np.float32)
        return scores


def text_forest_of(data: dict[str, Any]) -> TextForest:
    """Build a model from its JSON form, as the training script writes it."""
    # An integer is above 3.5 where it is above 3.
    asked = [
        (feature, min(int(border // 1), _NEVER))
        for feature, border in zip(data["features"], data["borders"], strict=True)
    ]
    number = {question: index for index, question in enumerate(sorted(set(asked)))}
    return TextForest(
        columns=np.array([feature for feature, _ in number], np.int64),
        borders=np.array([border for _, border in number], np.int32)[:, None],
        questions=np.array([number[question] for question in asked], np.int64)
        .reshape(-1, data["levels"])
        .T.copy(),
        leaves=np.array(data["leaves"], np.int32),
        bias=data["bias"],
    )
