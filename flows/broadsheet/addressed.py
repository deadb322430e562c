"""Addresses of staged rows: the number of a batch and of a row in it, as one number."""

from typing import Final, TypeVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Integers = NDArray[np.int64]
_Number = TypeVar("_Number", int, Integers)
_BITS: Final = 40  # of the row; no batch has more


def addressed(batch: _Number, row: _Number) -> _Number:
    """Return the address of a row, or of each; addresses are in the order of batch and row."""
    return batch << _BITS | row


def addresses_of(table: pa.Table) -> Integers:
    """Return the address of each row of a table, which ``batch`` and ``row`` tell."""
    batch, row = (np.asarray(table[name]).astype(np.int64) for name in ("batch", "row"))
    return addressed(batch, row)


def located(addresses: Integers) -> tuple[Integers, Integers]:
    """Return the batch and the row of each address."""
    return addresses >> _BITS, addresses & (1 << _BITS) - 1
