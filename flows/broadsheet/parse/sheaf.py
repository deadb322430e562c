"""The lines of several pages bound together, so that arrays can work on all of them at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt

from broadsheet.parse.lines import Line

Numbers = npt.NDArray[np.int64]
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
        same: number of the first line of each line's page with the same text.
        is_marked_up: for each line, whether its page is.

    """

    lines: Sequence[Line]
    texts: Sequence[str]
    starts: Numbers
    page: Numbers
    first: Numbers
    end: Numbers
    same: Numbers
    is_marked_up: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, pages: Sequence[tuple[Sequence[Line], bool]]) -> Self:
        """Bind pages, each its lines and whether they are marked up."""
        lines = [line for page, _ in pages for line in page]
        counts = np.array([len(page) for page, _ in pages], np.int64)
        starts = np.concatenate([[0], np.cumsum(counts)])
        texts = [line.text for line in lines]
        return cls(
            lines=lines,
            texts=texts,
            starts=starts,
            page=np.repeat(np.arange(len(pages)), counts),
            first=np.repeat(starts[:-1], counts),
            end=np.repeat(starts[1:], counts),
            same=_first_of_each(texts, starts.tolist()),
            is_marked_up=np.repeat(np.array([is_one for _, is_one in pages], np.bool_), counts),
        )

    def moved(self, values: npt.NDArray[Any], reach: int, missing: int) -> npt.NDArray[Any]:
        """Return for each line the value of the line ``reach`` after it on its page."""
        there = np.arange(len(self.lines)) + reach
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
        here = np.arange(len(self.lines))
        after = np.minimum(here + reach + 1, self.end)
        return np.asarray(sums[after] - sums[np.maximum(here - reach, self.first)])

    def since(self, marked: npt.NDArray[np.bool_]) -> Numbers:
        """Return for each line the lines since the last marked one, itself included."""
        here = np.arange(len(self.lines))
        last = np.maximum.accumulate(np.where(marked, here, -_FAR)) if len(here) else here
        return np.where(last >= self.first, np.minimum(here - last, _FAR), _FAR)

    def until(self, marked: npt.NDArray[np.bool_]) -> Numbers:
        """Return for each line the lines until the next marked one, itself included."""
        here = np.arange(len(self.lines))
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


def _first_of_each(texts: Sequence[str], starts: Sequence[int]) -> Numbers:
    same: list[int] = []
    for start, end in pairwise(starts):
        first: dict[str, int] = {}
        if len(set(texts[start:end])) == end - start:  # the most pages
            same += range(start, end)
            continue
        same += [first.setdefault(texts[index], index) for index in range(start, end)]
    return np.array(same, np.int64)
