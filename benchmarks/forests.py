"""Training of the oblivious forests that :mod:`broadsheet.parse.forest` reads, by CatBoost."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from catboost import CatBoostClassifier, Pool

from broadsheet.parse.forest import SCALE


def train_forest(
    rows: Sequence[tuple[np.ndarray, np.ndarray, np.ndarray]],
    **settings: Any,  # noqa: ANN401 - CatBoost takes what it takes
) -> dict[str, Any]:
    """Return a forest in the JSON form that ``Forest.of`` reads.

    Args:
        rows: features, labels and weights of documents.
        settings: CatBoost's.

    """
    features, labels, weights = (np.concatenate(part) for part in zip(*rows, strict=True))
    model = CatBoostClassifier(
        random_seed=1, verbose=0, thread_count=1, bootstrap_type="Bernoulli",
        allow_writing_files=False, **settings,
    )  # fmt: skip
    model.fit(Pool(features, labels, weight=weights))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.json"
        model.save_model(str(path), format="json")
        return _integers(orjson.loads(path.read_bytes()))


def _integers(stored: dict[str, Any]) -> dict[str, Any]:
    """Return a stored model with integer leaves, all trees of one depth."""
    numbers = [f["flat_feature_index"] for f in stored["features_info"]["float_features"]]
    scale, (bias,) = stored["scale_and_bias"]
    trees = stored["oblivious_trees"]
    levels = max(len(tree["splits"]) for tree in trees)
    forest: dict[str, Any] = {"levels": levels, "bias": round(bias * SCALE)}
    features, borders, leaves = [], [], []
    for tree in trees:
        missing = levels - len(tree["splits"])
        splits = [(numbers[s["float_feature_index"]], s["border"]) for s in tree["splits"]]
        features += [number for number, _ in splits] + [0] * missing
        borders += [round(border, 2) for _, border in splits] + [1e9] * missing
        values = tree["leaf_values"]
        leaves += [round(v * scale * SCALE) for v in values] + [0] * (2**levels - len(values))
    return {**forest, "features": features, "borders": borders, "leaves": leaves}
