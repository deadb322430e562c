"""The words by which page chrome betrays itself, in the languages that news sites commonly use.

A word is looked up whole, then by its beginning; two words together as a pair. Scripts without
spaces are searched for as they stand.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from broadsheet.parse.html_vocabulary import words

PHRASES: Final = {
    "share": "share teilen partag* compart* condivid* udostępnij facebook twitter whatsapp email "
    "e-mail print drucken tweet* telegram pinterest linkedin instagram youtube シェア 分享 "
    "поделит* κοινοποί* dela jaa compartir paylaş*",
    "subscribe": "subscri* newsletter* sign_up sign_in log_in login abonn* suscr* anmeld* regist* "
    "inscri* iscriv* zapisz follow folgen download* app donat* spenden 訂閱 подпис* 登録 "
    "εγγραφ* abone",
    "more": "read_more read_also related more_from more_on more_stories see_also also_read "
    "weiterlesen mehr_zum lesen_sie lies_auch lire_aussi à_lire lea_también leer_más "
    "leggi_anche czytaj zobacz также читайте 関連 相关 相關 διαβάστε recommend* you_may "
    "weitere recommand* mehr_zu mais_lidas leia_mais lees_ook läs_också les_også "
    "daha_fazla selengkapnya 延伸",
    "comment": "comment* kommentar* coment* komentar* repl* antwort* respond* 評論 评论 コメント "
    "коммент* yorum* reactie* commenti σχόλι*",
    "legal": "copyright © all_rights alle_rechte tous_droits derechos privacy cookie* "
    "datenschutz* impressum terms agb disclaimer* contact_us kontakt about_us 利用規約 版权 "
    "wszelkie prawa diritti",
    "advert": "advert* anzeige sponsor* publicité publicidad werbung ad ads affiliate* "
    "commission* 広告 广告 реклам* reklam* pubblicità annons διαφήμιση",
    "credit": "photo* foto* image* picture* bild: bild credit* getty reuters afp ap dpa "
    "shutterstock courtesy quelle* źródło fot. 写真 图片 caption illustration* imago epa "
    "фото pixabay unsplash",
    "update": "updated published posted veröffentlicht aktualisiert publié publicado stand: "
    "pubblicato read lesezeit modified опубликован* 更新 uhr actualizado opublikowano "
    "δημοσι*",
    "tags": "tag tags categor* topic* schlagw* themen filed_under kategori* stichw* mots-clés "
    "标签 etiket* labels keywords теги tagged",
    "bio": "reporter journalist editor correspondent columnist professor freelanc* author "
    "writer contributed redakteur* journaliste redattore periodista",
}
_BY: Final = frozenset(
    words(
        "by von par por di da door av af text words written autor autor: author author: от автор "
        "автор: by: von: przez"
    )
)
_DATE: Final = re.compile(
    r"\b(?:19|20)\d\d\b|\b\d{1,2}:\d\d\b|\b\d{1,2}[./-]\d{1,2}[./-]|\d (?:hours?|days?|min)"
)
_SPACELESS: Final = re.compile("[\u3000-\u9fff]")
_CODE: Final = re.compile(r"[{]|\};|\(\);|var |\$\(")
NAMES: Final = (*PHRASES, "byline", "date", "code")
_BIT: Final = {name: 1 << number for number, name in enumerate(NAMES)}
_BYLINE, _DATE_BIT, _CODE_BIT = _BIT["byline"], _BIT["date"], _BIT["code"]
_STEM_SIZES: Final = (8, 7, 6, 5, 4)
_EDGES: Final = " .,:;!?()[]|•·»«\"'“”-–—/"


def _listed() -> Iterator[tuple[str, int]]:
    for name, line in PHRASES.items():
        for word in line.split():
            yield word, _BIT[name]


def _is_spaceless(word: str) -> bool:
    return "\u3000" <= word[0] <= "\u9fff"


_WORDS: Final[dict[str, int]] = {}
_SUBSTRINGS: Final[list[tuple[str, int]]] = []
for _word, _bit in _listed():
    if _is_spaceless(_word):
        _SUBSTRINGS.append((_word, _bit))
    else:
        _stem = _word[: _STEM_SIZES[0] + 1]
        _key = _word.replace("_", " ") if "*" not in _word else _stem.rstrip("*") + "*"
        _WORDS[_key] = _WORDS.get(_key, 0) | _bit


# The second words of pairs: a pair is only looked up where its second word is met.
_SECONDS: Final = frozenset(key.split()[1] for key in _WORDS if " " in key)


@lru_cache(maxsize=65_536)  # words recur on every page; the answer depends on nothing else
def _word_of(raw: str) -> tuple[str, int, bool]:
    """Return a word without what stands around it, its bits, and whether it may end a pair."""
    word = raw.strip(_EDGES) or raw
    mask = _WORDS.get(word, 0)
    for size in _STEM_SIZES:
        mask |= _WORDS.get(word[:size] + "*", 0)
    return word, mask, word in _SECONDS


def phrase_mask(text: str, *, has_digits: bool) -> int:
    """Return the bits of the kinds of phrase in a text (see ``NAMES``)."""
    parts = text.lower().split()
    mask = _BYLINE if parts and parts[0] in _BY else 0
    before = ""
    for word, bits, may_end in map(_word_of, parts):
        mask |= bits
        if may_end:
            mask |= _WORDS.get(f"{before} {word}", 0)
        before = word
    if not text.isascii() and _SPACELESS.search(text):
        for phrase, bit in _SUBSTRINGS:
            if phrase in text:
                mask |= bit
    if has_digits and _DATE.search(text):
        mask |= _DATE_BIT
    if _CODE.search(text):
        mask |= _CODE_BIT
    return mask
