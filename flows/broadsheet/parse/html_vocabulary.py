"""The words by which pages name their parts, in tags, classes and ids.

Each name is one bit. The words were gathered from how publishers of many countries name things;
they are hints that the block model weighs, no rules by themselves.
"""

import re
from functools import lru_cache
from typing import Final


def words(line: str) -> tuple[str, ...]:
    """Return the words of a line: names read best side by side."""
    return tuple(line.split())


TAGS: Final = words(
    "p li td th div span section article main aside nav header footer form figure "
    "figcaption  blockquote table ul ol dl dt dd pre h1 h2 h3 h4 h5 h6 button label address "
    "details noscript hidden"
)

CLASSES: Final = {
    "articlebody": r"article-?_*(?:body|content|text)|story-?_*(?:body|content|text)|"
    r"entry-?_*content|post-?_*(?:content|body|text|entry)|artikel-?_*text|news-?_*(?:text|body)|"
    r"body-?_*(?:text|copy)|content-?_*(?:text|copy)|text-?_*(?:body|content)|single-?content|cuerpo",
    "article": r"article|story|artikel|beitrag|noticia|articulo|entry|post|hentry|blog",
    "comment": r"comment|kommentar|disqus|reply|respond|coment|discuss|reader",
    "body": r"body|content|text|inhalt|prose|paragraph|copy|rich",
    "main": r"main|primary|single|page",
    "lead": r"lead|intro|standfirst|summary|excerpt|dek|chapo|vorspann|subtitle|subhead|abstract",
    "title": r"title|headline|heading|titel|titulo",
    "author": r"author|byline|auteur|autor|writer|contribut|vcard|redakt",
    "bio": r"bio|profile|about",
    "date": r"date|time|publish|posted|datum|fecha",
    "meta": r"meta|info|detail|dateline|kicker|eyebrow",
    "share": r"shar(?:e|ing)|social|teilen|facebook|twitter|whatsapp|follow|addthis|like",
    "related": r"related|recommend|similar|read-?_?(?:more|next|also)|trending|popular|most|latest|"
    r"outbrain|taboola|suggest|see-?also|further|mehr|interest|recirc|also|more",
    "nav": r"nav|menu|crumb|pagin|pager|toc|skip|jump|next|prev",
    "footer": r"foot|colophon|copyright|legal|imprint",
    "header": r"masthead|banner|top-?bar|header|logo|brand",
    "side": r"side|rail|widget|column|right|left|secondary|complement",
    "advert": r"advert|sponsor|promo|anzeige|werbung|commercial|partner|"
    r"marketing|affiliate|product|shop|buy",
    "subscribe": r"subscri|newsletter|sign-?up|register|login|paywall|premium|donat|\babo|member|"
    r"cta|form|input",
    "overlay": r"cookie|consent|gdpr|privacy|modal|pop-?up|overlay|dialog|lightbox|notif|alert|"
    r"toast",
    "caption": r"caption|credit|figure|image|img|photo|picture|media|legend|bild|foto|thumb",
    "player": r"gallery|slide|carousel|video|player|audio|embed|swiper",
    "tags": r"tag|categor|topic|keyword|label|rubri|\bcat",
    "list": r"list|feed|grid|card|teaser|item|tile|stream|archive|box",
    "quote": r"quote|pull|zitat",
    "concealed": r"hidden|hide|sr-only|visually|screen-reader|print|collaps",
    "note": r"note|reference|correction|disclaimer|source|remark",
    "table": r"table|data|stat|score|chart",
    "control": r"btn|button|icon|toggle|tool|action|control",
    "search": r"search|suche|lang|select",
    "live": r"live|update|timeline",
    "section": r"section|container|wrap|row|col|block|inner|module|component",
}

# Too short to be looked up by its beginning, and no part of any other word.
_ADVERT: Final = re.compile(r"\bads?\b|\bad[-_]")
_LONGEST_NAME: Final = 80
_BEGINNING: Final = 3  # characters; no other word is shorter
_FIRST_CLASS_BIT: Final = len(TAGS)
NAMES: Final = (*TAGS, *(f".{name}" for name in CLASSES))
TAG_BITS: Final = {tag: 1 << bit for bit, tag in enumerate(TAGS)}
CLASS_BITS: Final = {name: 1 << (_FIRST_CLASS_BIT + bit) for bit, name in enumerate(CLASSES)}
MARKING_BITS: Final = CLASS_BITS["author"] | CLASS_BITS["date"]
TITLE_BITS: Final = CLASS_BITS["title"] | TAG_BITS["h1"] | TAG_BITS["h2"] | TAG_BITS["h3"]


def _alternatives(pattern: str) -> list[str]:
    """Split a pattern at the bars that stand in no group."""
    parts, depth = [""], 0
    for sign in pattern:
        depth += (sign == "(") - (sign == ")")
        if sign == "|" and not depth:
            parts.append("")
        else:
            parts[-1] += sign
    return parts


def _by_beginning() -> dict[str, re.Pattern[str]]:
    """Return what may match at a place, by the first characters that stand there.

    One pattern of all words would be tried word by word at every character of every name.
    """
    groups: dict[str, dict[str, list[str]]] = {}
    for name, pattern in CLASSES.items():
        for word in _alternatives(pattern):
            beginning = word.removeprefix(r"\b")[:_BEGINNING]
            groups.setdefault(beginning, {}).setdefault(name, []).append(word)
    return {
        beginning: re.compile("|".join(f"(?P<{n}>{'|'.join(w)})" for n, w in by_name.items()))
        for beginning, by_name in groups.items()
    }


_BY_BEGINNING: Final = _by_beginning()


def class_mask(names: str) -> int:
    """Return the bits of the words in a class, an id or a role."""
    mask = 0
    for name in names.split():
        mask |= _name_mask(name)
    return mask


@lru_cache(
    maxsize=65_536
)  # pages of an outlet share their names; the answer depends on nothing else
def _name_mask(name: str) -> int:
    name = name[:_LONGEST_NAME].lower()
    mask = at = 0
    last = len(name) - _BEGINNING
    while at <= last:
        pattern = _BY_BEGINNING.get(name[at : at + _BEGINNING])
        if pattern and (match := pattern.match(name, at)):
            mask |= CLASS_BITS[match.lastgroup or ""]
            at = match.end()
        else:
            at += 1
    if "ad" in name and _ADVERT.search(name):
        mask |= CLASS_BITS["advert"]
    return mask
