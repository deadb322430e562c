"""Names in bylines as pages write them, in some twenty languages."""

import re
from functools import lru_cache
from typing import Final

from broadsheet.parse.html_features import count_words
from broadsheet.parse.html_vocabulary import words

_KIND: Final = (
    r"(?:written|posted|published|story|words|text|report(?:ed|ing)?|article|review(?:ed)?|column|"
    r"opinion|analysis|interview|essay|guest post|commentary|"
    r"submitted|contributed|words and photos|geschrieben|verfasst|veröffentlicht|eingestellt|"
    r"gespeichert|(?:eine? )?(?:blog[- ]?|gast)?(?:beitrag|artikel|kolumne|kommentar|interview|"
    r"essay|analyse|reportage|rezension|bericht)|"
    r"publié|écrit|rédigé|escrito|publicado|scritto|pubblicato|geplaatst|tekst|texte|testo|"
    r"texto)"
)
_BY: Final = (
    rf"(?:{_KIND}\s+)?"
    r"(?:by|von|par|por|di|da|door|av|af|przez|от|автор|autore?s?|authors?|auteurs?|"
    r"autor(?:in|en|ka)?|"
    r"(?:text|texte|tekst)(?: (?:&|und|and|et) (?:fotos?|photos?|bild(?:er)?))?|"
    r"redaktion|verfasser|συντάκτης|γράφει(?: ο| η)?|著者|作者|文|記者|記事|责任编辑|"
    r"writer|editor|"
    r"skrevet av|napisał[ao]?|yazar|autor wpisu|penulis)"
)
# Style sheets set off "By" where the page writes "ByJo Linwick".
_GLUED: Final = r"(?-i:^By(?=by |[A-Z]))"
_LEADING_BY: Final = re.compile(
    rf"^{_BY}\s*[:：]?\s+(?=\S)|^{_BY}\s*[:：]\s*|{_GLUED}", re.IGNORECASE
)
_BYLINE: Final = re.compile(rf"^{_BY}(?:\s*[:：]\s*|\s+)(?=[^\W\d_])|{_GLUED}", re.IGNORECASE)
# "Posted on March 3, 2024 by Jo Linwick", "3 March 2024 | By Jo Linwick"
_DATED_BY: Final = re.compile(
    r"^(?:(?:posted|published|veröffentlicht|publié|publicado)\b.{0,40}?|.{0,24}\d.{0,8}?|"
    r".{0,12}[|•·]\s*)\b(?:by|von|par|por)\s+(?=[^\W\d_])",
    re.IGNORECASE,
)
_CUT: Final = re.compile(
    r"\s+[|•·–—‖/]\s+|\s*[|•·]\s*|\s+-\s+|\s*[(\[]|\s{2,}|\n|\s*@|\s+https?:|"
    r"\s+(?:on|am|um|le|el|il|op|den|dnia)\s+(?=\S*\d|\w+tag\b)|,?\s+(?=\d)|\s*:\s*|"
    r",?\s+(?:updated|published|posted|follow|"
    r"for the|for|in|at|is an?|staff|senior|special to|"
    r"contributor|correspondent|reporter|editor|columnist|writer|contributing|"
    r"under|vor|im gespräch|photos? by|illustrat\w+ (?:by|von)|(?:foto|(?:symbol)?bild)(?:s|er)?\b|"
    r"für)\b|(?<!^The),?\s+(?:the )?associated press\b|"
    # "Jo LinwickDec 9, 2016": style sheets set off the date.
    r"(?-i:(?<=[a-z])(?=(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?\s\d))",
    re.IGNORECASE,
)
_TWICE: Final = re.compile(r"^(.{4,})\1$")
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
        *words(
            "by von par am on and und author authors autor auteur posted published share follow "
            "updated last more mehr vor vom stand photo photos foto fotos interview instagram "
            "twitter facebook alerts comments kommentare monday tuesday wednesday thursday friday "
            "saturday sunday montag dienstag mittwoch donnerstag freitag samstag sonntag"
        ),
        "view all",
        "keine kommentare",
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
).union(_MONTHS)
# "Chief Technology Officer", "Contributing Opinion" before the cut "Writer": what somebody is.
_POST: Final = re.compile(
    r"^(?:chief|head of|senior|contributing|staff|sponsored|deputy|managing|associate|executive|"
    r"vice)\b|\b(?:officer|director|president|manager)$",
    re.IGNORECASE,
)
_LETTERS: Final = re.compile(r"[^\W\d_]{2}|[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]")
_EDGES: Final = " ,.;:-–—|\"'“”*"
_LONGEST: Final = 8  # words; a longer text is no name


def starts_as_byline(text: str) -> bool:
    """Tell whether a line begins as a byline does: "By" and then a word."""
    return _BYLINE.match(text) is not None


@lru_cache(maxsize=1_024)  # asked of the same lines for authors and for agencies
def holds_byline(text: str) -> bool:
    """Tell whether a line is a byline, or a date with one after it."""
    return starts_as_byline(text) or _DATED_BY.match(text) is not None


def has_leading_by(text: str) -> bool:
    """Tell whether a word such as "by" stands before a name."""
    return _LEADING_BY.match(text) is not None


def names_in(value: str) -> list[str]:
    """Return the names in a byline as found: without "by", roles, dates and addresses."""
    if value.startswith(("http:", "https:", "www.", "//")):
        return []
    value = _DATED_BY.sub("", _LEADING_BY.sub("", value.strip(), count=1), count=1)
    names = []
    for part in _SPLIT.split(value):
        name = _LEADING_BY.sub("", part, count=1)
        cut = _CUT.search(name)
        name = (name[: cut.start()] if cut else name).strip(_EDGES)
        if twice := _TWICE.match(name):
            name = twice[1]
        head, _, last = name.rpartition(" ")
        if cut and head and last.casefold() in _MONTHS:  # "Jo Linwick March 3"
            name = head.strip(_EDGES)
        if name.casefold() in _NO_NAMES or _POST.search(name):
            continue
        if not _LETTERS.search(name):
            continue
        if count_words(name) <= _LONGEST and len(name) < 80:  # noqa: PLR2004
            names.append(name)
    return names
