"""From the texts of raw records to their lines: what is shown, and how it was marked up.

The lines of many pages are read together: tables by code point tell which lines are more than
plain text, so that the others, most of them, are taken as they are.
"""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Final

import numpy as np

from broadsheet.characters import BEYOND, Flags, Laid, Table, marked, new_table, plane
from broadsheet.parse.columns import Line, Lines, Numbers
from broadsheet.parse.markup import CLOSE, OPEN, emphasised_lines, undo_links, undo_stress
from broadsheet.parse.wrapping import unwrap

_BULLETS: Final = frozenset("*+•·▪●◦–-")
_HEADING: Final = re.compile(r"(#{1,6})\s+(.*?)(?:\s+#+)?$")
_NUMBERED: Final = re.compile(r"\d{1,2}\\?[.)](?:\s|$)")
_QUOTE: Final = re.compile(r"^(?:>\s?)+")
_RULE: Final = re.compile(r"[-=*_~|+:\s]{3,}$")

_UNUSUAL: Final = _BULLETS | frozenset("0123456789=_~|:")
_RULES: Final = frozenset("-=*_~|+:")


def read_lines(text: str, *, markdown: bool) -> list[Line]:
    """Return the lines of one page, see :func:`read_pages`."""
    return read_pages([(text, markdown)]).rows()


def read_pages(pages: Iterable[tuple[str, bool]]) -> Lines:
    """Return the lines of some pages that show something, in order.

    Args:
        pages: of each its cleaned text (see :func:`broadsheet.text.clean`), and whether markup is
            to be undone; a ``.txt`` file may well hold Markdown.

    """
    raw: list[str] = []
    seen: list[str] = []
    counts: list[int] = []
    is_markdown: list[bool] = []
    for text, markdown in pages:
        shown = undo_links(text) if markdown else text
        plain = shown.split("\n")
        seen += map(str.strip, plain)
        raw += plain if shown is text else text.split("\n")
        counts.append(len(plain))
        is_markdown.append(markdown)
    starts = np.concatenate([[0], np.cumsum(np.array(counts, np.int64))])
    is_marked_up = np.repeat(np.array(is_markdown, np.bool_), counts)
    traits, opener, is_item = _traits(seen)
    emphasised: list[int] = []
    if is_markdown:
        of_pages = np.bitwise_or.reduceat(traits * is_marked_up, starts[:-1])
        for page in np.flatnonzero(of_pages & _STRESSED):
            emphasised += emphasised_lines(raw, *starts[page : page + 2].tolist())
    again = undo_stress(seen, np.flatnonzero(is_marked_up & (traits & _STRESSED > 0)).tolist())
    is_odd = (traits & _ODD > 0) | (opener & np.where(is_marked_up, _OPENS_MARKDOWN, _OPENS) > 0)
    is_odd[again] = True
    is_item[again] = False
    for place in np.flatnonzero(is_item).tolist():
        seen[place] = seen[place][2:]
    bits = is_item * _IS_ITEM
    unusual = np.flatnonzero(is_odd & ~is_item)
    bits[unusual] = _read_unusual(seen, is_marked_up, unusual)
    return unwrap(_shown(seen, raw, starts, emphasised, bits))


_SPACE: Final = 1  # two on end are one
_ODD: Final = np.uint8(2)  # cannot be printed, or marks a link
_STRESSED: Final = 4
_OPENS: Final = 8  # a line that is more than plain text
_OPENS_MARKDOWN: Final = 16  # the same where it is marked up
_BULLET: Final = 32
_RULED: Final = 64  # may end a line that only draws a rule


@cache
def _kinds() -> Table:
    """Return what each character says of its line."""
    kinds = new_table()
    kinds[:BEYOND] = _ODD * ~marked(str.isprintable, plane())
    kinds[ord("\n")] = 0  # lines are laid end to end
    kinds[ord(" ")] = _SPACE
    for bit, signs in {
        _STRESSED: "*_\\",
        _OPENS: _UNUSUAL,
        _OPENS_MARKDOWN: _UNUSUAL | frozenset("#>"),
        _BULLET: _BULLETS,
        _RULED: _RULES,
    }.items():
        kinds[list(map(ord, signs))] |= bit
    return kinds


def _kind_beyond(character: str) -> int:
    return 0 if character.isprintable() else int(_ODD)


def _traits(lines: Sequence[str]) -> tuple[Table, Table, Flags]:
    """Return the bits of all characters of each line, those of its first one, and plain items.

    The last are lines of which all that is unusual is that they begin with a bullet and a space.
    """
    if not lines:
        return np.zeros(0, np.uint8), np.zeros(0, np.uint8), np.zeros(0, np.bool_)
    laid = Laid.of(lines)
    kinds = laid.kinds(_kinds(), _kind_beyond)
    starts = laid.bounds[:-1]
    opener, second = kinds[starts], kinds.take(starts + 1, mode="clip")
    is_item = (opener & _BULLET > 0) & (second & _SPACE > 0)
    is_item &= kinds[laid.bounds[1:] - 2] & _RULED == 0
    is_space = kinds & _SPACE
    kinds[:-1] |= (is_space[1:] & is_space[:-1]) * _ODD
    traits = np.bitwise_or.reduceat(kinds, starts)
    return traits, opener, is_item & (traits & _ODD == 0)


_Read = tuple[str, int]
"""What an unusual line shows, and in bits what it is."""

_IS_ITEM: Final = 1
_IS_QUOTE: Final = 2
_HEADING_SHIFT: Final = 2
_LINK_SHIFT: Final = 5


def _read_unusual(seen: list[str], is_marked_up: Flags, unusual: Numbers) -> list[int]:
    """Read lines that are more than plain text; what they show takes their places.

    Returns:
        In bits, what each of them is.

    """
    known: tuple[dict[str, _Read], ...] = ({}, {})
    found = []
    for place, markdown in zip(unusual.tolist(), is_marked_up[unusual].tolist(), strict=True):
        line = seen[place]
        # Page chrome stands on many pages.
        read = known[markdown].get(line)
        if read is None:
            read = known[markdown][line] = _read_line(line, markdown=markdown)
        seen[place] = read[0]
        found.append(read[1])
    return found


def _shown(
    seen: Sequence[str],
    raw: Sequence[str],
    firsts: Numbers,
    emphasised: Sequence[int],
    bits: Numbers,
) -> Lines:
    """Make columns of all lines and leave out those that show nothing.

    Args:
        seen: what each line shows.
        raw: each as it is in the record.
        firsts: number of the first line of each page.
        emphasised: numbers of the lines that are set in bold or italics.
        bits: what each is.

    """
    shows = np.fromiter(map(bool, seen), np.bool_, len(seen))
    kept = np.flatnonzero(shows)
    lengths = np.fromiter(map(len, raw), np.int64, len(raw))
    offsets = np.concatenate([[0], np.cumsum(lengths + 1)])
    offsets = offsets[:-1] - np.repeat(offsets[firsts[:-1]], np.diff(firsts))
    # A line that only draws a rule or held an image parts its neighbours as a blank one does.
    follows_blank = np.concatenate([[True], ~shows])[:-1]
    follows_blank[firsts[:-1]] = True
    bits = bits[kept]
    is_emphasised = np.zeros(len(seen), np.bool_)
    is_emphasised[emphasised] = True
    return Lines(
        starts=np.searchsorted(kept, firsts),
        texts=list(filter(None, seen)),
        offsets=offsets[kept],
        lengths=lengths[kept],
        link_chars=bits >> _LINK_SHIFT,
        headings=(bits >> _HEADING_SHIFT) & 7,
        is_item=bits & _IS_ITEM > 0,
        is_quote=bits & _IS_QUOTE > 0,
        is_emphasised=is_emphasised[kept],
        follows_blank=follows_blank[kept],
    )


def _read_line(text: str, *, markdown: bool) -> _Read:
    """Return what a line shows, nothing where it only draws a rule, and in bits what it is."""
    if text[-1:] in _RULES and _RULE.match(text):
        return "", 0
    bits = 0
    if markdown:
        if text[:1] == ">":
            bits, text = _IS_QUOTE, _QUOTE.sub("", text, count=1)
        if text[:1] == "#" and (found := _HEADING.match(text)):
            bits, text = bits | len(found[1]) << _HEADING_SHIFT, found[2]
    if text[:1] in _BULLETS:
        if not text[1:2].strip():
            bits, text = bits | _IS_ITEM, text[1:].lstrip()
    elif text[:1].isdecimal() and _NUMBERED.match(text):
        bits |= _IS_ITEM
    link_chars = 0
    if OPEN in text or CLOSE in text:
        link_chars = _link_chars(text)
        text = text.replace(OPEN, "").replace(CLOSE, "")
    if "  " in text or not text.isprintable() or text[-1:] == " ":
        text = " ".join(text.split())
    return text, bits | min(link_chars, len(text)) << _LINK_SHIFT


def _link_chars(text: str) -> int:
    """Return how many characters of a line are links."""
    parts = text.split(OPEN)[1:]
    ends = (part.find(CLOSE) for part in parts)
    return sum(end if end >= 0 else len(part) for part, end in zip(parts, ends, strict=True))
