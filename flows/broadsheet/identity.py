"""What makes two texts the same text.

Ids and exact duplicates rest on one notion of sameness: equal after Unicode compatibility
normalisation (NFKC), case folding, and leaving out everything that is neither letter nor digit.
Line breaks, quotation marks and dashes are what copies of one article most often differ in.
"""

import hashlib
import re
import unicodedata

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
    return _NEITHER_LETTER_NOR_DIGIT.sub("", folded.casefold())


def identity_sha256(text: str) -> str:
    """Return the SHA-256 of the identity text, hexadecimal: equal for exact duplicates."""
    return hashlib.sha256(identity_text(text).encode("utf-8", "replace")).hexdigest()
