"""Phrases by which page chrome gives itself away, whatever its place on the page.

These are the certain cases; what a line is otherwise depends on its shape and its neighbours (see
:mod:`broadsheet.parse.features`).
"""

import re
from typing import Final

LONGEST: Final = 300
"""Characters; a longer line is prose that mentions such a phrase."""


def _any(*patterns: str) -> str:
    return f"(?:{'|'.join(patterns)})"


_NETWORK: Final = _any(
    "facebook", "twitter", "x", "instagram", "linkedin", "reddit", "telegram", "whatsapp", "youtube"
)
_STORY: Final = "(?:article|story|post|page)"

# Met by a whole line.
_WHOLE: Final = (
    r"(?:skip|jump|go) to (?:the )?(?:main )?(?:content|navigation|comments)",
    r"(?:open|view) (?:this )?(?:image|photo) in (?:gallery|full ?screen)",
    r"comments? (?:are|is) (?:now )?(?:closed|disabled|off)",
    r"(?:no|\d+) comments?",
    r"leave a (?:comment|reply)",
    r"(?:view|show|read|post) (?:all )?comments?",
    r"visited \d[\d,.]* times?.*",
    r"[\d,.]+ ?(?:views?|shares?|likes?|reads?)",
    r"advertisement|advertising|sponsored|anzeige|werbung|publicité|publicidad|реклама",
    (
        rf"(?:share|tweet|pin|e-?mail|print|save|{_NETWORK})"
        rf"(?: (?:this|on|via|to|by|it|us|{_STORY}|e-?mail|{_NETWORK}))*"
    ),
    r"follow (?:us|related)\b.*",
    r"authors and topics you follow will be added.*",
    r"interact with .*",
    r"(?:most|more) (?:read|popular|viewed|stories|news|from|in|on)\b.{0,60}",
    (
        r"(?:related|recommended|trending|latest)"
        r"(?: (?:articles?|stories|topics|news|posts|content|links|now))?"
    ),
    r"(?:subscribe|sign (?:up|in)|log ?in|register|newsletter)(?: (?:now|here|today|free))?",
    rf"(?:read|continue|keep) (?:more|reading)(?: of)?(?: (?:this|the) {_STORY})?[.…»→ ]*",
    r"(?:image|photo|photograph|video|picture) ?(?:credit|source|by|:).{0,120}",
    r"(?:listen|watch)(?: (?:to this article|live|now|video))?",
    r"play video(?: content)?",
    r"all rights reserved\.?",
    r"(?:copyright|©|\(c\)) .{0,160}",
    r"original url:?",
    r"https?://\S+",
    r"updated (?:to|with) .{4,80}",
    r"close|menu|search|home|back to top|previous|next|(?:load|show) more|loading\W*|toggle .*",
    r"image",
    r"tags?:.{0,200}",
    r"topics?:?",
    r"filed under.{0,160}",
    rf"(?:previous|next) {_STORY}\b.{{0,200}}",
)
# Met by the start of a line.
_START: Final = (
    (
        r"(?:related|recommended|see also|also read|read (?:also|more|next)|more on this|up next"
        r"|don.?t miss|related (?:article|stor(?:y|ies))|lire aussi|lesen sie auch|mehr zum thema"
        r"|leer más|leggi anche|czytaj też|читайте также)\s?[:|»—>-]"
    ),
    (
        r"(?:get|receive|sign up|subscribe)\b.{0,80}"
        r"\b(?:newsletter|inbox|e-?mails?|alerts?|notifications?)\b"
    ),
    r"by (?:signing up|subscribing|clicking|submitting|continuing)\b",
    r"(?:this (?:site|website)|we) uses? cookies",
    rf"follow .{{0,60}} on {_NETWORK}\b",
    r"like us on\b",
    r"download (?:the|our) .{0,40}\bapp\b",
    r"click here (?:to|for)\b",
    r"for more (?:stories|news|information|on this)\b.{0,60}(?:click|visit|go to|follow|subscribe)",
)
_CHROME: Final = re.compile(rf"{_any(*_WHOLE)}\W*$|{_any(*_START)}", re.IGNORECASE)

_DESK: Final = _any(
    r"getty(?: images)?", "shutterstock", r"i?stock(?:photo)?", "reuters", "ap photo", "afp", "dpa",
    r"epa(?:-efe)?", "alamy", "unsplash", "imago", "picture alliance", "handout", "file photo",
    "the associated press", "zuma press", "bloomberg", r"courtesy(?: of\b.{2,60})?",
)  # fmt: skip
_PICTURE: Final = r"(?:photo(?:graph)?|image|picture|illustration)s?"
_CAPTION: Final = re.compile(
    # "..., he told Reuters." is a sentence of an article.
    rf"\b(?<!told )(?<! to )(?<!with )(?<! by )(?<!from ){_DESK}\)?\.?$"
    r"|\((?:photo|image|picture|credit|source|file|pictured|left|right|ap|reuters|afp)\b.*\)$"
    rf"|{_any(_PICTURE, 'foto', 'credits?')}(?: (?:by|credit|courtesy|via))?: ?[A-Z©].{{0,80}}$"
    rf"|\b{_PICTURE} (?:by|via|courtesy) .{{2,60}}$",
    re.IGNORECASE,
)
# A credit ends with one of these words, or has a colon, "by", "via" or "courtesy" in it; and it
# holds one of the others. Most lines do neither and need no closer look.
_ENDS: Final = (
    ")", "getty", "images", "stock", "photo", "reuters", "afp", "dpa", "epa", "efe", "alamy",
    "unsplash", "imago", "alliance", "handout", "associated press", "zuma press", "bloomberg",
    "courtesy",
)  # fmt: skip
_CREDIT_WORDS: Final = (
    "(", "photo", "image", "picture", "getty", "stock", "reuters", "afp", "dpa", "epa", "alamy",
    "unsplash", "imago", "alliance", "handout", "associated press", "zuma", "bloomberg",
    "courtesy", "credit", "foto", "illustration",
)  # fmt: skip
_CREDIT: Final = 120  # characters at the end of a line that a credit may fill

_TRUNCATED: Final = re.compile(
    _any(
        rf"(?:read|continue|keep) (?:more|reading) (?:of|the rest of) (?:this|the) {_STORY}",
        r"(?:click|tap) (?:here )?to (?:read|continue) (?:the )?(?:full|rest|more)",
        r"read the full (?:story|article)",
        r"continue reading(?! (?:the main story|below))",  # past an advertisement
        r"the post .{1,200} (?:first )?appeared (?:first )?on\b",
        r"\[(?:…|\.\.\.)\]$",
        r"\[\+\d+ chars\]$",
    ),
    re.IGNORECASE,
)
_PAYWALLED: Final = re.compile(
    _any(
        r"this (?:article|content|story) is (?:only |reserved |exclusively )?(?:available )?"
        r"(?:for|to) (?:our )?(?:subscribers|members)",
        r"subscribe (?:now )?to (?:read|continue|unlock|keep)",
        r"to (?:continue|keep) reading,? (?:please )?(?:subscribe|log in|sign in|register)",
        r"already a (?:subscriber|member)\?",
        r"subscribers? only",
        r"unlock this (?:article|story)",
    ),
    re.IGNORECASE,
)


def is_chrome_phrase(text: str) -> bool:
    """Tell whether a line is a known phrase of page chrome."""
    return len(text) <= LONGEST and _CHROME.match(text) is not None


def is_caption_credit(text: str) -> bool:
    """Tell whether a line ends like a photograph's caption: with a credit."""
    if len(text) > LONGEST:
        return False
    end = text[-_CREDIT:]
    low = end.lower()
    # Letters beyond ASCII may count as those of the words in another case.
    if (
        low.isascii()
        and not low.rstrip(".").endswith(_ENDS)
        and ":" not in low
        and " by " not in low
        and " via " not in low
        and "courtesy" not in low
    ):
        return False
    for word in _CREDIT_WORDS:  # no any(): its generator would cost more than the search
        if word in low:
            return _CAPTION.search(end) is not None
    return False


def says_truncated(text: str) -> bool:
    """Tell whether a line says that the text before it is an excerpt."""
    return len(text) <= LONGEST and _TRUNCATED.match(text) is not None


def says_paywalled(text: str) -> bool:
    """Tell whether a line says that the rest is for payers."""
    return len(text) <= LONGEST and _PAYWALLED.match(text) is not None
