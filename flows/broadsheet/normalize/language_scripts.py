"""Which languages a text can be in, by its letters.

A detector that knows 55 languages answers with one of them, whatever it is shown: Armenian becomes
Estonian, Belarusian Ukrainian. Letters tell better: a language that is not written in the text's
script is no candidate, and one whose alphabet lacks letters that the text keeps using is not it.
Alphabets after Unicode CLDR's exemplar characters, main and auxiliary.
"""

import re
from collections import Counter
from typing import Final

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
_LETTERS: Final = {script: re.compile(f"[{block}]") for script, block in _BLOCKS.items()}
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
_SAME_SCRIPT: Final = {
    language: _LETTERS[script]
    for script, languages in _LANGUAGES.items()
    for language in languages.split()
}
_ASCII: Final = re.compile(r"[\x00-\x7f]+")
_ASCII_LETTER: Final = re.compile("[A-Za-z]")
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


def candidates(text: str) -> frozenset[str]:
    """Return the languages that the script of a text allows, by langdetect's names.

    Empty where most letters are of a script that none of them is written in, or of several.
    """
    beyond_ascii = _ASCII.sub("", text)
    counts = Counter(
        {name: len(letters.findall(beyond_ascii)) for name, letters in _LETTERS.items()}
        if beyond_ascii
        else {}
    )
    counts["Latin"] += len(_ASCII_LETTER.findall(text))
    n_letters = sum(map(str.isalpha, text))
    east_asian = counts["Han"] + counts["Kana"] + counts["Hangul"]
    if east_asian > n_letters * _SHARE_OF_A_SCRIPT:
        if counts["Hangul"] > east_asian * _SHARE_OF_HANGUL_IN_KOREAN:
            return frozenset({"ko"})
        if counts["Kana"] > east_asian * _SHARE_OF_KANA_IN_JAPANESE:
            return frozenset({"ja"})
        return frozenset({"zh-cn", "zh-tw"})
    script, count = counts.most_common(1)[0]
    if count <= n_letters * _SHARE_OF_A_SCRIPT:
        return frozenset()
    return frozenset(_LANGUAGES[script].split())


def uses_foreign_letters(text: str, language: str) -> bool:
    """Tell whether a text keeps using letters that the alphabet of a language lacks.

    Names bring a few foreign letters into any text; more than one letter in eighty are its own.
    """
    alphabet = _ALPHABETS.get(language)
    if alphabet is None or text.isascii():
        return False
    letters = _SAME_SCRIPT[language].findall(text.lower())
    n_foreign = sum(1 for letter in letters if letter > "\x7f" and letter not in alphabet)
    return n_foreign > len(letters) * _MOST_FOREIGN_SHARE
