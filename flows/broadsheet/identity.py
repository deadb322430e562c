"""What makes two texts the same text.

Ids and exact duplicates rest on one notion of sameness: equal after Unicode compatibility
normalisation (NFKC), case folding, and leaving out everything that is neither letter nor digit.
Line breaks, quotation marks and dashes are what copies of one article most often differ in.
"""

import hashlib
import re
import unicodedata
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from broadsheet.characters import BEYOND, code_points

_ASCII_NOT_LETTER_NOR_DIGIT = bytes(c for c in range(128) if not chr(c).isalnum())
_NEITHER_LETTER_NOR_DIGIT = re.compile(r"[\W_]+")


def identity_text(text: str) -> str:
    """Return the letters and digits of a text, compatibility-normalised and case-folded.

    Case folding can undo normalisation and the other way round, so both are done twice: the
    result is a fixed point (Unicode Standard, definition D146).
    """
    if text.isascii():  # is normal, and folds to small letters
        return text.lower().encode().translate(None, _ASCII_NOT_LETTER_NOR_DIGIT).decode()
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    folded = folded.casefold()
    codes = code_points(folded)
    if codes.max(initial=0) >= BEYOND:
        return _NEITHER_LETTER_NOR_DIGIT.sub("", folded)
    kept = codes[_is_letter_or_digit().take(codes)]  # the same, several times as fast
    return kept.tobytes().decode("utf-32-le", "surrogatepass")


@lru_cache(maxsize=1)
def _is_letter_or_digit() -> npt.NDArray[np.bool_]:
    """Return for each code point of the Basic Multilingual Plane whether it is kept."""
    return np.fromiter((chr(code).isalnum() for code in range(BEYOND)), np.bool_, BEYOND)


def identity_sha256(text: str) -> str:
    """Return the SHA-256 of the identity text, hexadecimal: equal for exact duplicates."""
    return hashlib.sha256(identity_text(text).encode("utf-8", "replace")).hexdigest()
