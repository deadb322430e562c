"""Where the blocks of pages lie, as arrays: their nodes, what holds these, what looks alike.

Several pages are bound together, one after the other, so that arrays work on all of them at once;
nothing of one page shows in another.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from broadsheet.parse.html_page import Page

Integers = npt.NDArray[np.int64]
Numbers = npt.NDArray[Any]

LEVELS: Final = 4
HEADINGS: Final = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_REACH: Final = 3  # blocks; nobody looks farther


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """The places of the blocks of some pages, each with at least one.

    Blocks and nodes are numbered through all pages.

    Attributes:
        starts: the first block of each page, and at the end the number of blocks.
        page: the page of each block.
        node_page: the page of each node.
        levels: for each block its nodes, innermost first, shape (``LEVELS``, blocks); the root
            repeats.
        first: the first block of each node.
        last: one past the last block of each node.
        shape: for each block the number of what its place looks like: page, and tags and names of
            the two innermost nodes.
        depth: for each block how many nodes are around its own.
        is_heading: for each block whether its node is one.

    """

    starts: Integers
    page: Integers
    node_page: Integers
    levels: Integers
    first: Integers
    last: Integers
    shape: Integers
    depth: Integers
    is_heading: npt.NDArray[np.bool_]

    def beside(self, values: Numbers, *steps: int) -> list[Numbers]:
        """Return for each step what stands so many blocks after each block.

        Args:
            values: by block, any number of rows of them.
            steps: at most three blocks away; -1 stands beyond the ends of a page.

        """
        shape = (*values.shape[:-1], len(self.page) + _REACH * len(self.starts))
        padded = np.full(shape, -1, values.dtype)
        at = np.arange(len(self.page)) + _REACH * (self.page + 1)
        padded[..., at] = values
        return [padded.take(at + step, axis=-1) for step in steps]


def layout_of(pages: Sequence[Page]) -> Layout:
    """Tell where the blocks of pages lie; each has at least one."""
    nodes = [page.nodes for page in pages]

    def joined(name: str) -> Integers:
        return np.array([number for known in nodes for number in getattr(known, name)], np.int64)

    blocks = np.array([len(page.blocks) for page in pages])
    starts = np.concatenate(([0], np.cumsum(blocks)))
    counts = np.array([len(page.nodes.tag) for page in pages])
    page, node_page = (np.repeat(np.arange(len(pages)), count) for count in (blocks, counts))
    before = np.cumsum(counts) - counts  # nodes of the pages before

    parent = np.maximum(joined("parent"), 0) + before[node_page]
    levels = np.empty((LEVELS, len(page)), np.int64)
    levels[0] = [node for known in pages for node in known.blocks.node]
    levels[0] += before[page]
    for level in range(1, LEVELS):
        parent.take(levels[level - 1], out=levels[level])
    first, last = (joined(name) + starts[node_page] for name in ("first", "last"))
    headings = [p.nodes.tag[node] in HEADINGS for p in pages for node in p.blocks.node]
    return Layout(
        starts=starts,
        page=page,
        node_page=node_page,
        levels=levels,
        first=first,
        last=np.minimum(np.maximum(last, first + 1), starts[node_page + 1]),
        shape=_shapes(joined("place"), levels, page),
        depth=joined("depth")[levels[0]],
        is_heading=np.array(headings, np.bool_),
    )


def _shapes(place: Integers, levels: Integers, page: Integers) -> Integers:
    """Return for each block the number of its shape, see :class:`Layout`."""
    kinds = int(place.max()) + 2
    outer = np.where(levels[0] == levels[1], 0, place[levels[1]] + 1)  # a root has none around it
    keys = (page * kinds + outer) * kinds + place[levels[0]]
    return np.unique(keys, return_inverse=True)[1]
