"""From the text of a raw record to its lines: what is shown, and how it was marked up.

Markdown is undone with a few expressions over the whole text, not with a grammar: scraped Markdown
is broken in ways that a grammar reads as code blocks and literal brackets (links that run over
lines, half a list, stray emphasis), and only lines and their offsets are wanted.
"""

import re
from itertools import pairwise
from typing import Final, NamedTuple

# Private marks around the text of a link; cleaning has removed all control characters before.
_OPEN: Final = "\x02"
_CLOSE: Final = "\x03"

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

_BULLETS: Final = "*+•·▪●◦–-"
_HEADING: Final = re.compile(r"(#{1,6})\s+(.*?)(?:\s+#+)?$")
_ITEM: Final = re.compile(rf"([{_BULLETS}](?:\s+|$))|\d{{1,2}}\\?[.)](?:\s|$)")
_QUOTE: Final = re.compile(r"^(?:>\s?)+")
_RULE: Final = re.compile(r"[-=*_~|+:\s]{3,}$")
_EMPHASISED: Final = re.compile(r"\s*(\*\*|[*_])(?=\S).*\S?\1\s*$")

_UNUSUAL: Final = frozenset(f"{_BULLETS}0123456789=_~|:")
_STRESS: Final = frozenset("*_")
_UNUSUAL_MARKDOWN: Final = _UNUSUAL | frozenset("#>")
_WRAP: Final = range(45, 101)  # columns at which hard-wrapped text turns


class Line(NamedTuple):
    """One line that shows something.

    Attributes:
        text: what a reader sees: no markup, single spaces.
        offset: its first character in the cleaned text of the record.
        length: its characters there, markup included.
        link_chars: characters of ``text`` that are links.
        heading: level of the heading, 1 to 6, or 0.
        is_item: it is an item of a list.
        is_quote: it is part of a block quotation.
        is_emphasised: it is set in bold or italics as a whole.
        follows_blank: a blank line, or the start of the text, lies before it.

    """

    text: str
    offset: int
    length: int
    link_chars: int = 0
    heading: int = 0
    is_item: bool = False
    is_quote: bool = False
    is_emphasised: bool = False
    follows_blank: bool = True


def _line(values: tuple[str, int, int, int, int, bool, bool, bool, bool]) -> Line:
    """Return a line of its values in order; as one is made for each, past the named tuple's own."""
    return tuple.__new__(Line, values)


def is_marked_up(text: str) -> bool:
    """Tell whether a text bears the marks of Markdown."""
    if ("]" in text and "](" in text) or ("**" in text and _STRONG_START.search(text)):
        return True
    text = "\n" + text
    # Looks for a single character, then for a few, are faster than a search.
    may = ("#" in text and "\n#" in text) or (">" in text and "\n> " in text)
    may = may or "\nhttp" in text or ("<" in text and "\n<http" in text)
    return may and _LINE_MARKS.search(text) is not None


def read_lines(text: str, *, markdown: bool) -> list[Line]:
    """Return the lines of a cleaned text that show something, in order.

    Longer than 40 lines because one more call for each line would cost what its reading does.

    Args:
        text: cleaned text (see :func:`broadsheet.text.clean`).
        markdown: whether markup is to be undone; a ``.txt`` file may well hold Markdown.

    """
    shown = _undo_links(text) if markdown else text
    is_spaced = not text.replace("\n", " ").isprintable()  # tabs, no-break spaces
    is_stressed = markdown and any(sign in shown for sign in "*_\\")
    unusual = _UNUSUAL_MARKDOWN if markdown else _UNUSUAL
    lines: list[Line] = []
    offset, follows_blank = 0, True
    plain_lines = shown.split("\n")
    raw_lines = text.split("\n") if markdown else plain_lines
    for raw, plain in zip(raw_lines, plain_lines, strict=True):
        seen = plain.strip()
        line: Line | None = None
        if seen:
            if is_stressed:
                seen = _undo_emphasis(seen)
            # Most lines hold no character that asks for more than taking them as they are.
            if (
                seen[:1] in unusual
                or "  " in seen
                or (is_spaced and not seen.isprintable())
                or (markdown and (_OPEN in seen or _CLOSE in seen))
            ):
                line = _read_line(
                    seen, offset, len(raw), follows_blank=follows_blank, markdown=markdown
                )
            else:
                line = _line((seen, offset, len(raw), 0, 0, False, False, False, follows_blank))
            if line is not None:
                if is_stressed and raw.lstrip()[:1] in _STRESS and _EMPHASISED.match(raw):
                    line = line._replace(is_emphasised=True)
                lines.append(line)
        # A line that only draws a rule or held an image parts its neighbours as a blank one does.
        follows_blank = line is None
        offset += len(raw) + 1
    return _unwrap(lines)


def _undo_emphasis(text: str) -> str:
    if text.count("*") > 1 or text.count("_") > 1:
        text = _EMPHASIS.sub(r"\2", _STRONG.sub(r"\2", text))
    return _ESCAPE.sub(r"\1", text) if "\\" in text else text


def _undo_links(text: str) -> str:
    """Return Markdown without images, links between private marks, line for line."""
    if "](" in text:
        if "![" in text:
            text = _IMAGE.sub(lambda match: "\n" * match[0].count("\n"), text)
        text = _LINK.sub(_mark_link, text)
    if "<http" in text or "<mailto" in text:
        text = _AUTOLINK.sub(rf"{_OPEN}\1{_CLOSE}", text)
    return text


def _mark_link(match: re.Match[str]) -> str:
    if "\n" not in match[0]:
        return f"{_OPEN}{match[1]}{_CLOSE}"
    # Each line of a link's text is marked by itself; line ends in the rest of the markup stay.
    shown = match[1].replace("\n", f"{_CLOSE}\n{_OPEN}")
    return f"{_OPEN}{shown}{_CLOSE}" + "\n" * (match[0].count("\n") - match[1].count("\n"))


def _read_line(
    text: str, offset: int, length: int, *, follows_blank: bool, markdown: bool
) -> Line | None:
    if text[0] in "-=*_~|+:" and _RULE.match(text):
        return None
    is_quote = is_item = False
    heading = 0
    if markdown:
        if text[0] == ">":
            is_quote, text = True, _QUOTE.sub("", text, count=1)
        if text[:1] == "#" and (found := _HEADING.match(text)):
            heading, text = len(found[1]), found[2]
    if (text[:1] in _BULLETS or text[:1].isdecimal()) and (item := _ITEM.match(text)):
        is_item, text = True, text[len(item[1] or "") :]
    link_chars = 0
    if _OPEN in text or _CLOSE in text:
        for part in text.split(_OPEN)[1:]:
            end = part.find(_CLOSE)
            link_chars += end if end >= 0 else len(part)
        text = text.replace(_OPEN, "").replace(_CLOSE, "")
    if "  " in text or not text.isprintable() or text[-1:] == " ":
        text = " ".join(text.split())
    if not text:
        return None
    link_chars = min(link_chars, len(text))
    return _line((
        text, offset, length, link_chars, heading, is_item, is_quote, False, follows_blank
    ))  # fmt: skip


def _unwrap(lines: list[Line]) -> list[Line]:
    """Return the lines with hard-wrapped paragraphs made whole."""
    starts = [index for index, line in enumerate(lines) if line.follows_blank]
    if len(starts) == len(lines):
        return lines
    whole: list[Line] = []
    for start, end in pairwise([*dict.fromkeys([0, *starts]), len(lines)]):
        block = lines[start:end]
        whole += [_joined(block)] if end - start > 1 and _is_wrapped(block) else block
    return whole


def _is_wrapped(block: list[Line]) -> bool:
    """Tell whether lines without a blank one between them are one wrapped paragraph.

    Wrapped lines fill the measure, but for the last; and most break within a sentence, so that
    the next goes on in lower case, which a list of headlines does not.
    """
    if len(block[0].text) not in _WRAP:
        return False
    if any(line.is_item or line.heading for line in block):
        return False
    widths = [len(line.text) for line in block[:-1]]
    if not all(width in _WRAP for width in widths) or len(block[-1].text) > _WRAP.stop:
        return False
    if len(block) == 2:  # noqa: PLR2004 - here a caption and its credit are as likely
        return block[1].text[0].islower() and block[0].text[-1] not in ".!?:"
    going_on = sum(not line.text[0].isupper() for line in block[1:])
    return 2 * going_on >= len(block) - 1


def _joined(block: list[Line]) -> Line:
    first, last = block[0], block[-1]
    return Line(
        text=" ".join(line.text for line in block),
        offset=first.offset,
        length=last.offset + last.length - first.offset,
        link_chars=sum(line.link_chars for line in block),
        is_quote=first.is_quote,
        follows_blank=first.follows_blank,
    )
