"""Which languages a text can be in, by its letters.

A detector that knows 55 languages answers with one of them, whatever it is shown: Armenian becomes
Estonian, Belarusian Ukrainian. Letters tell better: a language that is not written in the text's
script is no candidate, and one whose alphabet lacks letters that the text keeps using is not it.
Alphabets after Unicode CLDR's exemplar characters, main and auxiliary.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np

from broadsheet.characters import BEYOND, Codes, Table, codes_of, marked, new_table, plane

_BLOCKS: Final = {
    "Latin": "A-Za-z\u00aa\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u0250-\u02af\u1e00-\u1eff",
    "Cyrillic": "\u0400-\u052f",
    "Greek": "\u0370-\u03ff\u1f00-\u1fff",
    "Arabic": "\u0620-\u064a\u066e-\u06d3\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc",
    "Hebrew": "\u05d0-\u05ea",
    "Devanagari": "\u0904-\u0939\u0958-\u0961",
    "Bengali": "\u0985-\u09b9\u09dc-\u09e1",
    "Gurmukhi": "\u0a05-\u0a39\u0a59-\u0a5e",
    "Gujarati": "\u0a85-\u0ab9",
    "Tamil": "\u0b85-\u0bb9",
    "Telugu": "\u0c05-\u0c39",
    "Kannada": "\u0c85-\u0cb9",
    "Malayalam": "\u0d05-\u0d39\u0d7a-\u0d7f",
    "Thai": "\u0e01-\u0e30\u0e40-\u0e44",
    "Hangul": "\uac00-\ud7a3\u1100-\u11ff",
    "Kana": "\u3041-\u309f\u30a1-\u30ff",
    "Han": "\u3400-\u4dbf\u4e00-\u9fff",
}
_LANGUAGES: Final = {
    "Cyrillic": "bg mk ru uk",
    "Greek": "el",
    "Arabic": "ar fa ur",
    "Hebrew": "he",
    "Devanagari": "hi mr ne",
    "Bengali": "bn",
    "Gurmukhi": "pa",
    "Gujarati": "gu",
    "Tamil": "ta",
    "Telugu": "te",
    "Kannada": "kn",
    "Malayalam": "ml",
    "Thai": "th",
    "Hangul": "ko",
    "Kana": "ja",
    "Han": "zh-cn zh-tw",
    "Latin": "af ca cs cy da de en es et fi fr hr hu id it lt lv nl no pl pt ro sk sl so sq sv sw"
    " tl tr vi",
}
_SCRIPTS: Final = tuple(_BLOCKS)
_SCRIPT_OF: Final = {
    language: script for script, names in _LANGUAGES.items() for language in names.split()
}
_OWN, _FOREIGN = 1, 2
_SHARE_OF_A_SCRIPT: Final = 0.5
_SHARE_OF_KANA_IN_JAPANESE: Final = 0.08
_SHARE_OF_HANGUL_IN_KOREAN: Final = 0.2

# Letters beyond ASCII that a language uses, in small form, in names and loanwords too.
_ALPHABETS: Final = {
    "af": "áäéèêëíîïóôöúûüŉ",
    "ca": "àáçéèíïñóòúü·ŀ",
    "cs": "áäčďéěíĺľňóöřšťúůüýž",
    "cy": "àáâäèéêëìíîïòóôöùúûüẁẃŵẅýỳŷÿ",
    "da": "æøåäöüéáóí",
    "de": "äöüßéèáàâêóôçñ",
    "en": "áàâäåæçéèêëíîïñóôöøœúüñ",
    "es": "áéíñóúüçºª",
    "et": "äõöüšžéå",
    "fi": "äöåšžéü",
    "fr": "àâæçéèêëîïôœùûüÿ",
    "hr": "čćđšžö",
    "hu": "áéíóöőúüűä",
    "id": "éè",
    "it": "àèéìíîòóùúç",
    "lt": "ąčęėįšųūžö",
    "lv": "āčēģīķļņŗšūžō",
    "nl": "áäéèêëíïóöúüçñĳ",
    "no": "æøåàéèêóòôäöü",
    "pl": "ąćęłńóśźżéö",
    "pt": "ãáàâçéêíóõôúüºª",
    "ro": "ăâîșțşţéö",
    "sk": "áäčďéíĺľňóôŕřěšťúůýžö",
    "sl": "čšžćđ",
    "so": "é",
    "sq": "çëé",
    "sv": "åäöéàèüø",
    "sw": "é",
    "tl": "ñáàéíóúâê",
    "tr": "çğıöşüâîûi\u0307",
    "ru": "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
    "uk": "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя",
    "bg": "абвгдежзийклмнопрстуфхцчшщъьюяѝ",
    "mk": "абвгдѓежзѕијклљмнњопрстќуфхцчџшѐѝ",
    "ar": "ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىيپچڤگـ",
    "fa": "ءآأؤئابةتثجحخدذرزسشصضطظعغفقلمنهوپچژکگیيكىۀـ",
    "ur": "ءآأؤئابتثجحخدذرزسشصضطظعغفقلمنوپچژکگیٹڈڑںےۓہھۃةهكيىـۂ",
    "he": "אבגדהוזחטיכךלמםנןסעפףצץקרשת",
}
_MOST_FOREIGN_SHARE: Final = 0.012


@dataclass(frozen=True, slots=True)
class Letters:
    """The letters of a text.

    Attributes:
        count: how many there are.
        codes: its code points, as ``characters.codes_of`` gives them.

    """

    count: int
    codes: Codes


def letters_of(text: str) -> Letters:
    """Count the letters of a text, of whatever script."""
    codes = codes_of(text)
    count = np.count_nonzero(_is_letter()[codes])
    if codes.size and codes.max() == BEYOND:
        count += sum(c.isalpha() for c in text if ord(c) >= BEYOND)
    return Letters(int(count), codes)


def candidates(letters: Letters) -> frozenset[str]:
    """Return the languages that the script of a text allows, by langdetect's names.

    Empty where most letters are of a script that none of them is written in, or of several.
    """
    found = np.bincount(_script_numbers()[letters.codes], minlength=len(_SCRIPTS) + 1)[1:]
    counts = dict(zip(_SCRIPTS, found.tolist(), strict=True))
    east_asian = counts["Han"] + counts["Kana"] + counts["Hangul"]
    if east_asian > letters.count * _SHARE_OF_A_SCRIPT:
        if counts["Hangul"] > east_asian * _SHARE_OF_HANGUL_IN_KOREAN:
            return frozenset({"ko"})
        if counts["Kana"] > east_asian * _SHARE_OF_KANA_IN_JAPANESE:
            return frozenset({"ja"})
        return frozenset({"zh-cn", "zh-tw"})
    script = max(counts, key=lambda name: counts[name])
    if counts[script] <= letters.count * _SHARE_OF_A_SCRIPT:
        return frozenset()
    return _languages_in(script)


@lru_cache(maxsize=len(_SCRIPTS))
def _languages_in(script: str) -> frozenset[str]:
    return frozenset(_LANGUAGES[script].split())


def uses_foreign_letters(letters: Letters, language: str) -> bool:
    """Tell whether a text keeps using letters that the alphabet of a language lacks.

    Names bring a few foreign letters into any text; more than one letter in eighty are its own.
    """
    if language not in _ALPHABETS:
        return False
    found = np.bincount(_alphabet(language)[letters.codes], minlength=_FOREIGN + 1).tolist()
    return bool(found[_FOREIGN] > (found[_OWN] + found[_FOREIGN]) * _MOST_FOREIGN_SHARE)


@lru_cache(maxsize=1)
def _is_letter() -> Table:
    table = new_table()
    table[:BEYOND] = marked(str.isalpha, plane())
    return table


@lru_cache(maxsize=1)
def _script_numbers() -> Table:
    """Return the place of each character's script in ``_SCRIPTS``, from 1; 0 for all others."""
    table = new_table()
    for number, block in enumerate(_BLOCKS.values(), 1):
        table[_codes_in(block)] = number
    return table


@lru_cache(maxsize=len(_ALPHABETS))
def _alphabet(language: str) -> Table:
    """Return which letters of a language's script are its own, and which are foreign to it."""
    alphabet = frozenset(_ALPHABETS[language])
    table = new_table()
    for code in _codes_in(_BLOCKS[_SCRIPT_OF[language]]):
        small = chr(code).lower()[0]
        table[code] = _OWN if small <= "\x7f" or small in alphabet else _FOREIGN
    return table


def _codes_in(block: str) -> list[int]:
    """Return the code points of a block written as a character class."""
    runs = re.finditer(f"[{block}]+", plane())
    return [code for run in runs for code in range(*run.span())]
