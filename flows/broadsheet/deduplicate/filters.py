"""Quality signals as rules: which rows are out of the bounds that the configuration gives."""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from broadsheet.config import Bounds
from broadsheet.deduplicate.words import Flags


def out_of_bounds(
    articles: pa.Table, signals: pa.Table, filters: Mapping[str, Bounds]
) -> dict[int, tuple[str, ...]]:
    """Return the rows that a filter refuses, each with what is out of bounds.

    Args:
        articles: a staged batch.
        signals: its quality signals, row for row.
        filters: the ``[filters]`` section. A bound itself is within; a null value is, too.

    """
    refused: dict[int, tuple[str, ...]] = {}
    for name, bounds in sorted(filters.items()):
        values = (signals if name in signals.column_names else articles)[name]
        is_out = np.zeros(len(articles), np.bool_)
        if bounds.min is not None:
            is_out |= _is_true(pc.less(values, pa.scalar(bounds.min, pa.float64())))
        if bounds.max is not None:
            is_out |= _is_true(pc.greater(values, pa.scalar(bounds.max, pa.float64())))
        for row in np.flatnonzero(is_out).tolist():
            refused[row] = (*refused.get(row, ()), name)
    return refused


def _is_true(column: pa.ChunkedArray) -> Flags:
    return np.asarray(pc.fill_null(column, fill_value=False))
