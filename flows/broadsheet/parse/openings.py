"""Words by which a line gives away that a rule may apply to it; all others need no closer look.

Rules about phrases are expressions, and to try each on each line would cost more than all else.
A line is looked at where its first word (for credits and dates: any word) is listed here, or where
it opens with a sign that is listed. The lists are wider than the rules; tests keep every rule
within them.
"""

import re
from functools import cache
from typing import Final

from broadsheet.parse.credits import AGENCIES
from broadsheet.parse.vocabulary import Vocabulary, marks_of, vocabulary_of

CHROME: Final = 1
"""The first word may open a phrase of page chrome."""
BYLINE: Final = 2
"""The first word may open a byline."""
NOTICE: Final = 4
"""The first word may open a notice that the text is an excerpt or for payers."""
AROUND: Final = 8
"""The first word may open what collectors and agencies write around an article."""
CREDIT: Final = 16
"""The word may be part of a photograph's credit."""
MONTH: Final = 32
"""The word names a month, as written dates do."""

_CHROME: Final = (
    "skip jump go open view comment comments no leave show read post visited advertisement "
    "advertising sponsored anzeige werbung publicité publicidad реклама share tweet pin e email "
    "print save facebook twitter x instagram linkedin reddit telegram whatsapp youtube follow "
    "authors interact most more related recommended trending latest subscribe sign log login "
    "register newsletter continue keep image photo photograph video picture listen watch play all "
    "copyright original http https updated close menu search home back previous next load loading "
    "toggle tag tags topic topics filed see also up don't don’t dont don lire lesen mehr leer "
    "leggi czytaj читайте get receive by this we like download click for"
)
_BYLINE: Final = (
    "words written story storys reported posted published author authors by von par por autor foto "
    "text"
)
_NOTICE: Final = (
    "read continue keep click tap the this subscribe to already subscribers subscriber unlock"
)
_AROUND: Final = (
    "original source url article permalink interact the with additional input inputs reporting "
    "material contribution contributions file files"
)
_CREDIT: Final = (
    "photo photos photograph photographs image images picture pictures pictured illustration "
    "illustrations getty shutterstock stock istock stockphoto istockphoto reuters ap afp dpa epa "
    "efe alamy unsplash imago alliance handout associated zuma bloomberg courtesy credit credits "
    "foto source file left right"
)
_MONTH: Final = (
    "jan januar januari january feb februar februari february mar march märz mars apr april may "
    "mai jun june juni jul july juli aug august sep sept september oct october okt oktober nov "
    "november dec december dez dezember janvier février avril juin juillet août septembre octobre "
    "novembre décembre enero febrero marzo abril mayo junio julio agosto septiembre octubre "
    "noviembre diciembre gennaio febbraio aprile maggio giugno luglio settembre ottobre dicembre "
    "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada "
    "grudnia janeiro fevereiro março maio junho julho setembro outubro novembro dezembro января "
    "февраля марта апреля мая июня июля августа сентября октября ноября декабря"
)
SIGNS: Final = (
    dict.fromkeys("0123456789,.", CHROME)
    | dict.fromkeys("(©", CHROME | AROUND)
    | {"[": NOTICE | AROUND}
    | dict.fromkeys("*–—-", AROUND)
)
"""What a line may be that opens with a sign."""

_FIRST_WORD: Final = re.compile(r"[^\W\d_]+")


@cache
def marked_words() -> Vocabulary:
    """Return the bits of all listed words."""
    signatures = {found[0].lower() for name in AGENCIES if (found := _FIRST_WORD.match(name))}
    listed = {
        CHROME: _CHROME.split(),
        BYLINE: _BYLINE.split(),
        NOTICE: _NOTICE.split(),
        AROUND: sorted({*_AROUND.split(), *signatures}),
        CREDIT: _CREDIT.split(),
        MONTH: _MONTH.split(),
    }
    return vocabulary_of(marks_of(listed))
