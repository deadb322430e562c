"""What interrupts a body although its lines look like prose: rules that overrule the model."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from functools import cache
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt

from broadsheet.characters import BEYOND, Flags, Table, kinds_of, marked, new_table, plane
from broadsheet.parse.columns import Lines, Numbers
from broadsheet.parse.features import COLUMN, Matrix
from broadsheet.parse.page import raw_line, topicality
from broadsheet.parse.recurring import line_key
from broadsheet.parse.sheaf import Sheaf

_SURE: Final = 2.0  # log odds from which a line is body, whatever phrase it opens with
_HEADLINE_WORDS: Final = range(9, 25)
_FOREIGN: Final = 0.5  # share of a headline's longer words that the text may have, too
_PROSE: Final = 50  # characters of a neighbour that is a paragraph
_REPEATED: Final = 60  # characters of a paragraph that no writer says twice
_PULLED: Final = 300  # characters of the longest quotation that a page sets out
_QUOTES: Final = "\"'“”‘’«»„—– "
_OPEN_SIGNS: Final = "_)’'\"”"  # that may end a line that is no sentence, beside letters and digits


def leave_out_interruptions(
    sheaf: Sheaf, features: Matrix, odds: npt.NDArray[np.float32], is_body: Flags
) -> None:
    """Take out of the bodies what is none of their own, however much it reads like them.

    Phrases of page chrome, a lone headline of another article, and what a page shows twice.

    Args:
        sheaf: the pages.
        features: what their lines look like.
        odds: log odds of each line to be body.
        is_body: whether each line is; changed in place.

    """
    is_phrase = features[COLUMN["is_chrome_phrase"]] > 0
    for line in np.flatnonzero(is_body & is_phrase & (odds < _SURE)).tolist():
        is_body[line] = sheaf.texts[line].startswith("http")
    is_body[_lone_headlines(sheaf, is_body)] = False
    is_body[_said_twice(sheaf, features, is_body)] = False


def leave_out_recurring(
    raw: str, lines: Lines, body: Iterable[int], keys: AbstractSet[int], is_body: Flags
) -> list[str]:
    """Take the lines out of a body that stand on many pages of the outlet.

    Args:
        raw: the cleaned text of the page.
        lines: its lines, and perhaps others.
        body: numbers of those of the body.
        keys: of the lines that recur.
        is_body: whether each line is body; changed in place.

    Returns:
        The lines that were taken out, as they are in the record.

    """
    taken = []
    for number in body:
        # As the first pass saw it: the raw line, markup and all.
        if line_key(line := raw_line(raw, lines, number)) in keys:
            is_body[number] = False
            taken.append(line)
    return taken


def _said_twice(sheaf: Sheaf, features: Matrix, is_body: Flags) -> list[int]:
    """Return the paragraphs that a page shows again, and the quotations it pulls from others.

    The first of equal paragraphs stays, and the paragraph that a pulled quotation was taken from.
    """
    long = np.flatnonzero(is_body & (features[0] >= _REPEATED))
    bounds = np.searchsorted(long, sheaf.starts).tolist()
    lines = long.tolist()
    stripped = [sheaf.texts[line].strip(_QUOTES) for line in lines]
    found: list[int] = []
    for start, end in pairwise(bounds):
        first: dict[str, int] = {}
        for line, text in zip(lines[start:end], stripped[start:end], strict=True):
            if len(text) >= _REPEATED and first.setdefault(text, line) != line:
                found.append(line)
        whole = "\n".join(first)
        found += [
            line for text, line in first.items() if len(text) <= _PULLED and whole.count(text) > 1
        ]
    return found


def _lone_headlines(sheaf: Sheaf, is_body: Flags) -> list[int]:
    """Return the one line in mid-text of some pages that reads like another article's headline.

    A text is parted by subheads or by none: a single sentence without a full stop, apart from the
    paragraphs around it and about something else, is the link to a related article.
    """
    body = np.flatnonzero(is_body)
    if not len(body):
        return []
    ends = "".join([sheaf.texts[line][-1] for line in body.tolist()])
    is_open = kinds_of(ends, _opens(), _is_open)
    page = sheaf.page[body]
    is_within = np.zeros(len(body), np.bool_)
    is_within[1:-1] = (page[1:-1] == page[:-2]) & (page[1:-1] == page[2:])
    places = np.flatnonzero(is_open & is_within)
    places = places[[not _is_quotation(sheaf.texts[line]) for line in body[places].tolist()]]
    alone = np.bincount(page[places], minlength=1)[page[places]] == 1
    return [
        int(body[place])
        for place in places[alone].tolist()
        if _is_foreign_headline(sheaf, body, place)
    ]


def _is_foreign_headline(sheaf: Sheaf, body: Numbers, place: int) -> bool:
    """Tell whether a line of a body reads like another article's headline.

    Args:
        sheaf: the pages.
        body: numbers of the lines of all their bodies.
        place: of the line among them, neither the first nor the last of its page.

    """
    before, line, after = body[place - 1 : place + 2].tolist()
    lines, texts = sheaf.lines, sheaf.texts
    if texts[line].count(" ") + 1 not in _HEADLINE_WORDS:
        return False
    # The next line, be it body or not, stands apart, too.
    is_apart = lines.follows_blank[line] and lines.follows_blank[line + 1]
    is_marked = lines.is_item[line] or lines.is_quote[line] or lines.is_emphasised[line]
    if not is_apart or is_marked or lines.headings[line]:
        return False
    if min(len(texts[before]), len(texts[after])) < _PROSE:
        return False
    same = body[np.searchsorted(body, sheaf.first[line]) : np.searchsorted(body, sheaf.end[line])]
    return topicality(texts[line], (texts[i] for i in same.tolist() if i != line)) < _FOREIGN


@cache
def _opens() -> Table:
    """Return which characters end a line that is no sentence: letters, digits, closing signs."""
    table = new_table()
    table[:BEYOND] = marked(str.isalnum, plane())
    table[list(map(ord, _OPEN_SIGNS))] = 1
    return table


def _is_open(character: str) -> bool:
    return character.isalnum() or character in _OPEN_SIGNS


def _is_quotation(text: str) -> bool:
    return text[-1] in "\"'”’" and len(text) > 1 and text[-2] in ".!?…,"
