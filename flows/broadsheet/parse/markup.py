"""Markup of pages: whether a text is Markdown, and its links and stresses undone.

Markdown is undone with a few expressions over the whole text, not with a grammar: scraped Markdown
is broken in ways that a grammar reads as code blocks and literal brackets (links that run over
lines, half a list, stray emphasis), and only lines and their offsets are wanted.
"""

import re
from collections.abc import Sequence
from typing import Final

# Private marks around the text of a link; cleaning has removed all control characters before.
OPEN: Final = "\x02"
CLOSE: Final = "\x03"

_TARGET: Final = r"[^()\s<>]*(?:\([^()\s]*\)[^()\s<>]*)*"
_IMAGE: Final = re.compile(rf"!\[[^\[\]]{{0,400}}\]\({_TARGET}(?:\s+\"[^\"\n]*\")?\s*\)")
_LINK: Final = re.compile(
    r"\[([^\[\]]{0,1000}(?:\[[^\[\]]{0,80}\][^\[\]]{0,1000}){0,8})\]"
    rf"\(\s*<?({_TARGET})>?(?:\s+\"[^\"\n]*\")?\s*\)"
)
_AUTOLINK: Final = re.compile(r"<((?:https?://|mailto:)[^<>\s]+)>")
# What may not stand before a mark is asked after it: to begin with the mark lets the search skip.
_STRONG: Final = re.compile(r"(\*\*|__)(?<!\\..)(?=\S)([^\n]{0,400}?\S)\1")
_EMPHASIS: Final = re.compile(r"([*_])(?<![\w*\\].)(?![\s*_])([^\n*_]*[^\s*_\\])\1(?![\w*])")
_ESCAPE: Final = re.compile(r"\\([!-/:-@\[-`{-~])")
_STRONG_START: Final = re.compile(r"\*\*\S")
_LINE_MARKS: Final = re.compile(r"\n(?:#{1,6} |> |<?https?:)")
_EMPHASISED: Final = re.compile(r"\s*(\*\*|[*_])(?=\S).*\S?\1\s*$")
_STRESS: Final = frozenset("*_")


def is_marked_up(text: str) -> bool:
    """Tell whether a text bears the marks of Markdown."""
    if ("]" in text and "](" in text) or ("**" in text and _STRONG_START.search(text)):
        return True
    text = "\n" + text
    # Looks for a single character, then for a few, are faster than a search.
    may = ("#" in text and "\n#" in text) or (">" in text and "\n> " in text)
    may = may or "\nhttp" in text or ("<" in text and "\n<http" in text)
    return may and _LINE_MARKS.search(text) is not None


def undo_stress(lines: list[str], places: Sequence[int]) -> list[int]:
    """Take the marks of bold, italics and escapes out of some lines; return which changed."""
    may = [place for place in places if _may_stress(lines[place])]
    before = [lines[place] for place in may]
    # None of the marks spans lines, so that all are searched at once.
    shown = _ESCAPE.sub(_first, _EMPHASIS.sub(_second, _STRONG.sub(_second, "\n".join(before))))
    changed = []
    for place, was, line in zip(may, before, shown.split("\n"), strict=bool(may)):
        if line != was:
            lines[place] = line
            changed.append(place)
    return changed


def _may_stress(line: str) -> bool:
    return line.count("*") > 1 or line.count("_") > 1 or "\\" in line


def _first(match: re.Match[str]) -> str:
    return match[1]


def _second(match: re.Match[str]) -> str:
    return match[2]


def emphasised_lines(raw: Sequence[str], start: int, end: int) -> list[int]:
    """Return the numbers of the raw lines of a page that are set in bold or italics as a whole."""
    opens = [place for place in range(start, end) if raw[place].lstrip()[:1] in _STRESS]
    return [place for place in opens if _EMPHASISED.match(raw[place])]


def undo_links(text: str) -> str:
    """Return Markdown without images, links between private marks, line for line."""
    if "](" in text:
        if "![" in text:
            text = _IMAGE.sub(lambda match: "\n" * match[0].count("\n"), text)
        text = _LINK.sub(_mark_link, text)
    if "<http" in text or "<mailto" in text:
        text = _AUTOLINK.sub(rf"{OPEN}\1{CLOSE}", text)
    return text


def _mark_link(match: re.Match[str]) -> str:
    if "\n" not in match[0]:
        return f"{OPEN}{match[1]}{CLOSE}"
    # Each line of a link's text is marked by itself; line ends in the rest of the markup stay.
    shown = match[1].replace("\n", f"{CLOSE}\n{OPEN}")
    return f"{OPEN}{shown}{CLOSE}" + "\n" * (match[0].count("\n") - match[1].count("\n"))
