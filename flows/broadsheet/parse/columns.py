"""Lines as rows and as columns: what is known of each line of some pages."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt

from broadsheet.characters import Flags

Numbers = npt.NDArray[np.int64]


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


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """The lines of several pages, one page after another: a column for each attribute of a line.

    Attributes:
        starts: number of the first line of each page, and at the end the number of lines.

    For the others see :class:`Line`.
    """

    starts: Numbers
    texts: Sequence[str]
    offsets: Numbers
    lengths: Numbers
    link_chars: Numbers
    headings: Numbers
    is_item: Flags
    is_quote: Flags
    is_emphasised: Flags
    follows_blank: Flags

    def __len__(self) -> int:
        """Return the number of lines."""
        return len(self.texts)

    @classmethod
    def of(cls, pages: Sequence[Sequence[Line]]) -> Self:
        """Make columns of rows."""
        columns = list(zip(*(line for page in pages for line in page), strict=True)) or [()] * 9
        offsets, lengths, links, headings = (np.array(column, np.int64) for column in columns[1:5])
        flags = [np.array(column, np.bool_) for column in columns[5:]]
        starts = np.cumsum([0, *map(len, pages)])
        return cls(starts, list(columns[0]), offsets, lengths, links, headings, *flags)

    def rows(self) -> list[Line]:
        """Return the lines of all pages, one by one."""
        columns = (getattr(self, field.name) for field in fields(self)[2:])
        return list(map(Line, self.texts, *(column.tolist() for column in columns)))
