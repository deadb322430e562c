"""The lines of several pages bound together, so that arrays can work on all of them at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt

from broadsheet.parse.columns import Lines, Numbers

_FAR: Final = 50  # lines; farther is as good as never


@dataclass(frozen=True, slots=True, eq=False)
class Sheaf:
    """The lines of several pages, one page after another.

    Attributes:
        lines: all of them.
        texts: what each shows.
        starts: number of the first line of each page, and at the end the number of lines.
        page: the page of each line.
        first: number of the first line of each line's page.
        end: number of the line after the last of each line's page.
        distinct: what lines show, each text once.
        text: for each line the place of its text among the distinct ones.
        same: number of the first line of each line's page with the same text.
        is_marked_up: for each line, whether its page is.

    """

    lines: Lines
    texts: Sequence[str]
    starts: Numbers
    page: Numbers
    first: Numbers
    end: Numbers
    distinct: Sequence[str]
    text: Numbers
    same: Numbers
    is_marked_up: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, lines: Lines, is_marked_up: Sequence[bool]) -> Self:
        """Bind the lines of pages, of each of which is known whether it is marked up."""
        starts, counts = lines.starts, np.diff(lines.starts)
        page = np.repeat(np.arange(len(counts)), counts)
        distinct = list(dict.fromkeys(lines.texts))
        places = dict(zip(distinct, range(len(distinct)), strict=True))
        text = np.fromiter(map(places.__getitem__, lines.texts), np.int64, len(lines))
        _, at, again = np.unique(
            page * len(distinct) + text, return_index=True, return_inverse=True
        )
        return cls(
            lines=lines,
            texts=lines.texts,
            starts=starts,
            page=page,
            first=np.repeat(starts[:-1], counts),
            end=np.repeat(starts[1:], counts),
            distinct=distinct,
            text=text,
            same=at[again],
            is_marked_up=np.repeat(np.array(is_marked_up, np.bool_), counts),
        )

    def moved(self, values: npt.NDArray[Any], reach: int, missing: int) -> npt.NDArray[Any]:
        """Return for each line the value of the line ``reach`` after it on its page."""
        there = np.arange(len(self.texts)) + reach
        is_there = (there >= self.first) & (there < self.end)
        return np.where(is_there, values.take(there, mode="clip"), missing)

    def upto(self, values: npt.NDArray[Any]) -> Numbers:
        """Return for each line the sum of its page's values up to and with its own."""
        sums = np.concatenate([[0], np.cumsum(values, dtype=np.int64)])
        return np.asarray(sums[1:] - sums[self.first])

    def total(self, values: npt.NDArray[Any]) -> Numbers:
        """Return for each line the sum of its page's values."""
        sums = np.concatenate([[0], np.cumsum(values, dtype=np.int64)])
        return np.asarray(sums[self.end] - sums[self.first])

    def window(self, values: npt.NDArray[Any], reach: int) -> Numbers:
        """Return the sum of the values within ``reach`` lines of each line."""
        sums = np.concatenate([[0], np.cumsum(values, dtype=np.int64)])
        here = np.arange(len(self.texts))
        after = np.minimum(here + reach + 1, self.end)
        return np.asarray(sums[after] - sums[np.maximum(here - reach, self.first)])

    def since(self, marked: npt.NDArray[np.bool_]) -> Numbers:
        """Return for each line the lines since the last marked one, itself included."""
        here = np.arange(len(self.texts))
        last = np.maximum.accumulate(np.where(marked, here, -_FAR)) if len(here) else here
        return np.where(last >= self.first, np.minimum(here - last, _FAR), _FAR)

    def until(self, marked: npt.NDArray[np.bool_]) -> Numbers:
        """Return for each line the lines until the next marked one, itself included."""
        here = np.arange(len(self.texts))
        far = len(here) + _FAR
        next_one = np.minimum.accumulate(np.where(marked, here, far)[::-1])[::-1]
        return np.where(next_one < self.end, np.minimum(next_one - here, _FAR), _FAR)

    def by_page(self, function: np.ufunc, values: npt.NDArray[Any], empty: int) -> Numbers:
        """Reduce the values of each page; ``empty`` where a page has no line."""
        result = np.full(len(self.starts) - 1, empty, np.int64)
        has_lines = self.starts[1:] > self.starts[:-1]
        if has_lines.any():
            result[has_lines] = function.reduceat(values, self.starts[:-1][has_lines])
        return result
