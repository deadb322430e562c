"""Names in bylines as pages write them, in some twenty languages."""

import re
from typing import Final

from broadsheet.parse.html_features import count_words
from broadsheet.parse.html_setting import key_of
from broadsheet.parse.html_vocabulary import words

_BY: Final = (
    r"(?:(?:written|posted|published|story|words|text|report(?:ed|ing)?|article|review(?:ed)?|"
    r"submitted|contributed|words and photos|geschrieben|verfasst|veröffentlicht|ein beitrag|"
    r"publié|écrit|rédigé|escrito|publicado|scritto|pubblicato|geplaatst|tekst|texte|testo|"
    r"texto)\s+)?"
    r"(?:by|von|par|por|di|da|door|av|af|przez|от|автор|autore?s?|authors?|auteurs?|"
    r"autor(?:in|en|ka)?|"
    r"text|texte|tekst|redaktion|verfasser|συντάκτης|γράφει(?: ο| η)?|著者|作者|文|記者|記事|"
    r"writer|editor|"
    r"skrevet av|napisał[ao]?|yazar|autor wpisu|penulis)"
)
_LEADING_BY: Final = re.compile(rf"^{_BY}\s*[:：]?\s+(?=\S)|^{_BY}\s*[:：]\s*", re.IGNORECASE)
_BYLINE: Final = re.compile(rf"^{_BY}(?:\s*[:：]\s*|\s+)(?=[^\W\d_])", re.IGNORECASE)
_CUT: Final = re.compile(
    r"\s+[|•·–—‖/]\s+|\s*[|•·]\s*|\s+-\s+|\s*[(\[]|\s{2,}|\n|\s*@|\s+https?:|"
    r"\s+(?:on|am|le|el|il|op|den|dnia)\s+(?=\S*\d)|,?\s+(?=\d)|\s*:\s*|"
    r",?\s+(?:updated|published|posted|follow|"
    r"for the|for|in|at|is an?|staff|senior|special to|"
    r"contributor|correspondent|reporter|editor|columnist|writer|contributing|"
    r"photos? by|für)\b|(?<!^The),?\s+(?:the )?associated press\b",
    re.IGNORECASE,
)
_SPLIT: Final = re.compile(
    r"\s*[;|/\n&、，]\s*|\s*,\s+(?:(?:and|und|et|y|e)\s+)?"
    r"|\s+(?:and|And|AND|und|et|y|e|og|och|en|mit|with|και|и|i)\s+(?=\S)"
)
_MONTHS: Final = frozenset(
    words(
        "january february march april may june july august september october november december "
        "jan feb mar apr jun jul aug sep sept oct nov dec januar februar märz mai juni juli "
        "oktober dezember janvier février mars avril juin juillet août septembre octobre novembre "
        "décembre enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre "
        "diciembre gennaio febbraio aprile maggio giugno luglio settembre ottobre dicembre"
    )
)
_NO_NAMES: Final = frozenset(
    (
        *words("by von par am on and und author autor auteur posted published share follow"),
        "",
        "posted on",
        "posted by",
        "posted in",
        "published on",
        "publiziert am",
        "veröffentlicht am",
        "gepostet am",
        "geschrieben von",
        "written by",
    )
)
_EDGES: Final = " ,.;:-–—|\"'“”*"
_LONGEST: Final = 8  # words; a longer text is no name


def starts_as_byline(text: str) -> bool:
    """Tell whether a line begins as a byline does: "By" and then a word."""
    return _BYLINE.match(text) is not None


def has_leading_by(text: str) -> bool:
    """Tell whether a word such as "by" stands before a name."""
    return _LEADING_BY.match(text) is not None


def names_in(value: str) -> list[str]:
    """Return the names in a byline as found: without "by", roles, dates and addresses."""
    if value.startswith(("http:", "https:", "www.", "//")):
        return []
    value = _LEADING_BY.sub("", value.strip(), count=1)
    names = []
    for part in _SPLIT.split(value):
        name = _LEADING_BY.sub("", part, count=1)
        cut = _CUT.search(name)
        name = (name[: cut.start()] if cut else name).strip(_EDGES)
        head, _, last = name.rpartition(" ")
        if cut and head and last.casefold() in _MONTHS:  # "Jo Linwick March 3"
            name = head.strip(_EDGES)
        if name.casefold() in _NO_NAMES:
            continue
        if name and key_of(name) and count_words(name) <= _LONGEST and len(name) < 80:  # noqa: PLR2004
            names.append(name)
    return names
