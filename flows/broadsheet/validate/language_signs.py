"""Whether a text can be in the language that it is labelled with.

Independent of the detector that gave the label, and coarser: it looks at the script of the letters
and at the commonest function words, and only speaks up where both it and a reader would be sure.
Scripts by language: Unicode CLDR, likely
subtags. Function words: those among the most frequent of
a language that the others listed here do not share.
"""

import re
import string
from collections import Counter
from collections.abc import Mapping
from typing import Final

SAMPLE_CHARS: Final = 800
_LEAST_LETTERS: Final = 60
_LEAST_SHARE: Final = 0.5
_LEAST_FOREIGN_WORDS: Final = 10
_TIMES: Final = 4
_WORD: Final = re.compile(r"[^\W\d_]+")

# Unicode blocks, as character classes.
_LATIN_LETTERS: Final = "A-Za-zª-ɏḀ-ỿ"
_CYRILLIC: Final = "Ѐ-ԯ"
_ARABIC: Final = "؀-ۿݐ-ݿࢠ-ࣿﭐ-﷿ﹰ-ﻼ"
_DEVANAGARI: Final = "ऀ-ॿ"
_HAN: Final = "㐀-鿿豈-﫿"
_BY_SCRIPT: Final = (
    (
        _LATIN_LETTERS,
        "af ca cs da de en es et fi fr hr hu id it lt lv nl no pl pt ro sk sl so sq sv sw tl tr vi",
    ),
    (_CYRILLIC, "bg mk ru uk"),
    (_ARABIC, "ar fa ur"),
    (_DEVANAGARI, "hi mr ne"),
)
_LETTERS: Final[Mapping[str, str]] = {
    **{language: letters for letters, known in _BY_SCRIPT for language in known.split()},
    "bn": "ঀ-৿",
    "el": "Ͱ-Ͽἀ-῿",
    "gu": "઀-૿",
    "he": "֐-׿",
    "ja": f"぀-ヿ{_HAN}",
    "kn": "ಀ-೿",
    "ko": f"가-힯ᄀ-ᇿ{_HAN}",
    "ml": "ഀ-ൿ",
    "pa": f"਀-੿{_ARABIC}",
    "sr": f"{_CYRILLIC}{_LATIN_LETTERS}",
    "ta": "஀-௿",
    "te": "ఀ-౿",
    "th": "฀-๿",
    "zh": _HAN,
}
_ASCII_LETTERS: Final = string.ascii_letters.encode()
_FITTING: Final = {language: re.compile(f"[{c}]+") for language, c in _LETTERS.items()}
_FUNCTION_WORDS: Final[Mapping[str, str]] = {
    "de": "der und nicht mit sich auf für ist ein eine dem auch wird bei",
    "en": "the of and to that with was for on which from this have are",
    "es": "el los las una por con del más como pero sus y está han",
    "fr": "les des une dans est pour qui sur pas avec ont aux cette sont",
    "it": "il che di della gli sono nel più anche dei alla delle questo è",
    "nl": "het een van niet zijn op voor aan ook bij wordt naar dat maar",
    "pl": "się nie jest na że do przez oraz jak ale od po jego być",
    "pt": "os uma não com para mais dos foi são pelo ao às também ou",
    "sv": "och att som på är inte med för av ett den till var efter",
}
_LANGUAGE_OF: Final = {
    word: language for language, words in _FUNCTION_WORDS.items() for word in words.split()
}
_FOREIGN_WORDS: Final = {
    language: frozenset(word for word, other in _LANGUAGE_OF.items() if other != language)
    for language in _FUNCTION_WORDS
}


def can_be_in(text: str, tag: str) -> bool:
    """Tell whether a text can be in a language; where nothing speaks against it, it can.

    Args:
        text: the text; its first 800 characters are looked at.
        tag: a BCP 47 tag; only its language counts, and ``und`` fits all.

    """
    sample = text[:SAMPLE_CHARS]
    language = tag.partition("-")[0]
    return _fits_script(sample, language) and _fits_words(sample, language)


def _fits_script(sample: str, language: str) -> bool:
    fitting = _FITTING.get(language)
    if not fitting or (_LETTERS[language] == _LATIN_LETTERS and _is_mostly_ascii(sample)):
        return True
    kept = len(sample) - len(fitting.sub("", sample))
    if kept >= _LEAST_SHARE * len(sample):  # there are no more letters than characters
        return True
    letters = len(sample) - len(_WORD.sub("", sample))
    return letters < _LEAST_LETTERS or kept >= _LEAST_SHARE * letters


def _is_mostly_ascii(sample: str) -> bool:
    """Tell whether half of the characters are letters of ASCII, or all are ASCII."""
    content = sample.encode("ascii", "ignore")
    others = content.translate(None, _ASCII_LETTERS)
    letters = len(content) - len(others)
    return letters >= _LEAST_SHARE * len(sample) or len(content) == len(sample)


def _fits_words(sample: str, language: str) -> bool:
    if language not in _FUNCTION_WORDS:
        return True
    words = sample.lower().split()
    if sum(map(_FOREIGN_WORDS[language].__contains__, words)) < _LEAST_FOREIGN_WORDS:
        return True  # which languages they are of need not be counted
    counts = Counter(map(_LANGUAGE_OF.get, words))
    most = max(counts[other] for other in _FUNCTION_WORDS if other != language)
    return most < _LEAST_FOREIGN_WORDS or most < _TIMES * counts[language]
