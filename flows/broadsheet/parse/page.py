"""A plain record on its way through the parser: its lines, which are body, what was found."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import compress
from typing import Final

from broadsheet.parse.columns import Lines
from broadsheet.records import Field, Witness
from broadsheet.text import excerpt

_LONGER_WORD: Final = re.compile(r"[^\W\d_]{5,}")


def _stands_in(text: str, word: str) -> bool:
    """Tell whether letters stand in a text with no letter beside them."""
    start = text.find(word)
    while start >= 0:
        end = start + len(word)
        beside = text[max(start - 1, 0) : start] + text[end : end + 1]
        if not any(c.isalnum() and not c.isdecimal() for c in beside):
            return True
        start = text.find(word, end)
    return False


def topicality(line: str, rest: Iterable[str]) -> float:
    """Return the share of a line's longer words that some other lines have, too, 0 to 1."""
    words = set(_LONGER_WORD.findall(line.lower()))
    low = " ".join(rest).lower()
    # To look for a few words is far faster than to read all of the other lines'.
    shared = sum(_stands_in(low, word) for word in words)
    return shared / len(words) if words else 0.0


def raw_line(raw: str, lines: Lines, number: int) -> str:
    """Return a line as it is in its record, markup included.

    Args:
        raw: the cleaned text of the record.
        lines: some lines.
        number: that of the line among them.

    """
    offset = int(lines.offsets[number])
    return raw[offset : offset + int(lines.lengths[number])]


def witness(name: Field, value: str, rule: str, confidence: float, raw: str) -> Witness:
    """Return a witness whose excerpt is the start of the raw characters that it was read from."""
    return Witness(
        field=name, value=value.strip(), rule=rule, confidence=confidence, excerpt=excerpt(raw)
    )


@dataclass(slots=True)
class Page:
    """The lines of one record.

    Attributes:
        raw: the cleaned text.
        lines: of all the pages that are read together.
        first: number of its first line among them.
        texts: what its own lines show.
        marked: for some bits of :mod:`broadsheet.parse.openings` the lines whose first word has it.
        is_body: for each line, whether it belongs to the article's body.
        start: the line where the body begins.
        found: the witnesses so far.
        recurring: raw lines that were left out because they recur across the outlet.

    """

    raw: str
    lines: Lines
    first: int
    texts: Sequence[str]
    marked: Mapping[int, Sequence[int]]
    is_body: list[bool]
    start: int
    found: list[Witness] = field(default_factory=list)
    recurring: list[str] = field(default_factory=list)

    def raw_line(self, index: int) -> str:
        """Return a line as it is in the record, markup included."""
        return raw_line(self.raw, self.lines, self.first + index)

    def body(self) -> list[int]:
        """Return the indexes of the body's lines."""
        return list(compress(range(len(self.is_body)), self.is_body))

    def take(self, index: int, witnesses: Iterable[Witness | None]) -> None:
        """Keep what a line states, and in that case leave the line out of the body."""
        stated = [witness for witness in witnesses if witness]
        if stated:
            self.found.extend(stated)
            self.is_body[index] = False

    def stated(self, name: Field) -> str | None:
        """Return the first value that was found for a field."""
        return next((witness.value for witness in self.found if witness.field == name), None)

    def topicality(self, index: int) -> float:
        """Return the share of a line's longer words that the rest of the body has, too, 0 to 1."""
        rest = (self.texts[i] for i in self.body() if i != index)
        return topicality(self.texts[index], rest)

    def text(self) -> str:
        """Return the body: paragraphs separated by a blank line, items of a list by a line end."""
        return "\n\n".join(self._paragraphs())

    def _paragraphs(self) -> Iterator[str]:
        items: list[str] = []
        is_item = self.lines.is_item[self.first : self.first + len(self.texts)].tolist()
        for index in self.body():
            if is_item[index]:
                items.append(f"- {self.texts[index]}")
                continue
            if items:
                yield "\n".join(items)
                items = []
            yield self.texts[index]
        if items:
            yield "\n".join(items)
