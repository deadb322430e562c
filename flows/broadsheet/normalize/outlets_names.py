"""Names of outlets as keys: what does not tell two outlets apart is left out."""

import re
import unicodedata
from functools import lru_cache
from typing import Final

# Marks that do not tell names apart: Latin, Greek and Cyrillic accents, Arabic vowel points. Vowel
# signs of the Indic and Thai scripts and the Japanese voicing marks do.
_ACCENTS: Final = re.compile("[\u0300-\u036f\u064b-\u0652]")
_ASCII_WORDS: Final = bytes(
    ord(c.lower()) if c.isalnum() else ord(" ") for c in map(chr, range(128))
) + bytes(128)
_APOSTROPHES: Final = dict.fromkeys(map(ord, "'’ʼ`"))
_COMMON_WORDS: Final = frozenset([
    "advertiser", "beacon", "bulletin", "business", "chronicle", "citizen", "city", "courier",
    "daily", "dispatch", "evening", "examiner", "express", "free", "gazette", "globe", "guardian",
    "herald", "independent", "journal", "leader", "ledger", "local", "mail", "messenger",
    "mirror", "monitor", "morning", "new", "news", "observer", "online", "paper", "post", "press",
    "record", "register", "report", "reporter", "review", "sentinel", "standard", "star", "sun",
    "sunday", "telegram", "telegraph", "times", "today", "tribune", "union", "voice", "weekly",
    "world",
])  # fmt: skip


@lru_cache(maxsize=65_536)
def fold_name(name: str) -> str:
    """Return the key under which a name is looked up.

    Compatibility forms, case, accents, punctuation and a leading English article do not tell
    outlets apart: ``The Globe & Mail`` and ``globe and mail`` meet.
    """
    plain = name if name.isascii() else name.casefold().translate(_APOSTROPHES)
    plain = plain.replace("&", " and ")
    if plain.isascii():  # as bytes, since a table of bytes is several times as fast as a pattern
        words = plain.encode().translate(_ASCII_WORDS, b"'`").decode().split()
    else:
        # Decomposed, folded and decomposed again: Unicode's compatibility caseless match (D146).
        folded = unicodedata.normalize("NFKD", plain).casefold()
        base = _ACCENTS.sub("", unicodedata.normalize("NFKD", folded))
        words = "".join(c if _is_letter(c) else " " for c in base).split()
    return " ".join(words).removeprefix("the ")


def _is_letter(character: str) -> bool:
    return character.isalnum() or unicodedata.category(character).startswith("M")


def is_common(key: str) -> bool:
    """Tell whether a folded name is made of words that thousands of papers share."""
    return _COMMON_WORDS.issuperset(key.split())
