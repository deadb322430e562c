"""The words by which page chrome betrays itself, in the languages that news sites commonly use.

A word is looked up whole, then by its beginning; two words together as a pair. Scripts without
spaces are searched for as they stand.
"""

import re
from collections.abc import Iterator, Sequence
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
_BEGINNING: Final = min(_STEM_SIZES)
_BEGINNINGS: Final = frozenset(key.rstrip("*")[:_BEGINNING] for key in _WORDS if " " not in key)


@lru_cache(maxsize=65_536)  # words recur on every page; the answer depends on nothing else
def _word_of(raw: str) -> tuple[int, str] | None:
    """Return a word's bits, and the word where it may end a pair; ``None`` for most words."""
    word = _bare(raw)
    second = word if word in _SECONDS else ""
    if word[:_BEGINNING] not in _BEGINNINGS:
        return (0, second) if second else None
    mask = _WORDS.get(word, 0)
    for size in _STEM_SIZES:
        mask |= _WORDS.get(word[:size] + "*", 0)
    return (mask, second) if mask or second else None


def _bare(raw: str) -> str:
    """Return a word without what stands around it."""
    return raw.strip(_EDGES) or raw


def phrase_masks(texts: Sequence[str], digits: Sequence[int]) -> list[int]:
    """Return for each text the bits of the kinds of phrase in it (see ``NAMES``).

    Args:
        texts: at least one; words of each apart by single spaces.
        digits: how many digits each holds, or more.

    """
    joined = "\n".join(texts)
    masks = list(map(_words_mask, joined.lower().split("\n")))
    if not joined.isascii() and _SPACELESS.search(joined):
        for index, text in enumerate(texts):
            if not text.isascii() and _SPACELESS.search(text):
                masks[index] |= _spaceless_mask(text)
    if _CODE.search(joined):
        for index, text in enumerate(texts):
            masks[index] |= _CODE_BIT if _CODE.search(text) else 0
    for index, count in enumerate(digits):
        if count and _DATE.search(texts[index]):
            masks[index] |= _DATE_BIT
    return masks


def _spaceless_mask(text: str) -> int:
    """Return the bits of the phrases in a text of a script without spaces."""
    mask = 0
    for phrase, bit in _SUBSTRINGS:
        if phrase in text:
            mask |= bit
    return mask


def _words_mask(text: str) -> int:
    """Return the bits of the words and pairs of words in a text of lower case."""
    parts = text.split(" ")
    mask = _BYLINE if parts[0] in _BY else 0
    found = list(map(_word_of, parts))
    if any(found):
        for at, known in enumerate(found):
            if known:
                bits, second = known
                mask |= bits
                if second and at:
                    mask |= _WORDS.get(f"{_bare(parts[at - 1])} {second}", 0)
    return mask
