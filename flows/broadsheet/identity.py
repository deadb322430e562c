"""What makes two texts the same text.

Ids and exact duplicates rest on one notion of sameness: equal after Unicode compatibility
normalisation (NFKC), case folding, and leaving out everything that is neither letter nor digit.
Line breaks, quotation marks and dashes are what copies of one article most often differ in.
"""

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache, partial

import numpy as np
import numpy.typing as npt

from broadsheet.characters import BEYOND, become, code_points, marked, plane

_ASCII_NOT_LETTER_NOR_DIGIT = bytes(c for c in range(128) if not chr(c).isalnum())
_NEITHER_LETTER_NOR_DIGIT = re.compile(r"[\W_]+")
_LEFT_OUT, _LOOKS_AROUND = 0, 0xFFFF
_JAMO = slice(0x1100, 0x1200)  # compose, but are no marks
_HALVES = slice(0xD800, 0xE000)  # of characters beyond


def identity_text(text: str) -> str:
    """Return the letters and digits of a text, compatibility-normalised and case-folded.

    Case folding can undo normalisation and the other way round, so both are done twice: the
    result is a fixed point (Unicode Standard, definition D146).
    """
    if text.isascii():  # is normal, and folds to small letters
        return text.lower().encode().translate(None, _ASCII_NOT_LETTER_NOR_DIGIT).decode()
    # Of nearly all texts each character folds by itself, which is several times as fast.
    units = np.frombuffer(text.replace("ß", "ss").encode("utf-16-le", "surrogatepass"), np.uint16)
    forms = _forms().take(units)
    if forms.max(initial=0) < _LOOKS_AROUND:
        kept_units: npt.NDArray[np.uint16] = forms[forms != _LEFT_OUT]
        return kept_units.tobytes().decode("utf-16-le")
    folded = _folded(_folded(text))
    codes = code_points(folded)
    if codes.max(initial=0) >= BEYOND:
        return _NEITHER_LETTER_NOR_DIGIT.sub("", folded)
    kept = codes[_is_letter_or_digit().take(codes)]
    return kept.tobytes().decode("utf-32-le", "surrogatepass")


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


@lru_cache(maxsize=1)
def _is_letter_or_digit() -> npt.NDArray[np.bool_]:
    """Return for each code point of the Basic Multilingual Plane whether it is kept."""
    return marked(str.isalnum, plane())


@lru_cache(maxsize=1)
def _forms() -> npt.NDArray[np.uint16]:
    """Return what becomes of each UTF-16 code unit, as far as that is one and needs no other.

    A character needs no other where all that it becomes on the way stands by itself: is neither a
    mark nor the second of a pair that composes.
    """
    pairs = [d.split() for d in map(unicodedata.decomposition, plane()) if d and d[0] != "<"]
    stands = np.fromiter(map(unicodedata.combining, plane()), np.uint8, BEYOND) == 0
    stands[[int(pair[1], 16) for pair in pairs if len(pair) > 1]] = False
    stands[_JAMO] = stands[_HALVES] = stands[_LOOKS_AROUND] = False
    normal = list(map(partial(unicodedata.normalize, "NFKC"), plane()))
    folded = list(map(str.casefold, normal))
    to_normal, to_folded = _single(normal), _single(folded)
    is_fixed = to_folded[to_folded] == to_folded
    stands &= stands[to_normal] & stands[to_folded] & is_fixed
    forms = np.where(_is_letter_or_digit()[to_folded], to_folded, _LEFT_OUT)
    forms[~stands] = _LOOKS_AROUND
    for code in np.flatnonzero(to_folded == _LOOKS_AROUND).tolist():
        if folded[code].isascii() and not any(map(str.isalnum, folded[code])):  # as of an ellipsis
            forms[code] = _LEFT_OUT
    return forms.astype(np.uint16)


def _single(texts: Sequence[str]) -> npt.NDArray[np.int64]:
    return np.minimum(become(texts, _LOOKS_AROUND), _LOOKS_AROUND)


def identity_sha256(text: str) -> str:
    """Return the SHA-256 of the identity text, hexadecimal: equal for exact duplicates."""
    return hashlib.sha256(identity_text(text).encode("utf-8", "replace")).hexdigest()
