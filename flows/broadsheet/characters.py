"""Texts as arrays of code points, and what each character is, looked up in tables.

A table has one small number for each code point of the Basic Multilingual Plane, and one for all
beyond it. So a property of a thousand characters is one look-up instead of a thousand calls.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.uint32]
Table = npt.NDArray[np.uint8]

BEYOND: Final = 0x10000
"""Where a table keeps what holds for all characters beyond the Basic Multilingual Plane."""


def code_points(text: str) -> Codes:
    """Return the code points of a text."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


def codes_of(text: str) -> Codes:
    """Return the code points of a text, those beyond the Basic Multilingual Plane as ``BEYOND``."""
    return np.minimum(code_points(text), np.uint32(BEYOND))


def new_table() -> Table:
    """Return a table of zeros."""
    return np.zeros(BEYOND + 1, dtype=np.uint8)
