"""Where the blocks of a page lie, as arrays: their nodes, what holds these, what looks alike."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from broadsheet.parse.html_page import Page

Integers = npt.NDArray[np.int64]

LEVELS: Final = 4
HEADINGS: Final = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """The places of blocks.

    Attributes:
        levels: for each block the indexes of its nodes, innermost first; the root repeats.
        first: the first block of each node.
        last: one past the last block of each node.
        shape: for each block the number of the shape of its place.
        depth: for each block how many nodes are around its own.
        is_heading: for each block whether its node is one.

    """

    levels: Sequence[Integers]
    first: Integers
    last: Integers
    shape: Integers
    depth: Integers
    is_heading: npt.NDArray[np.bool_]


def layout_of(page: Page) -> Layout:
    """Tell where the blocks of a page lie; it has at least one."""
    nodes, at = page.nodes, page.blocks.node
    parent = np.maximum(np.array(nodes.parent, np.int64), 0)
    levels = [np.array(at, np.int64)]
    for _ in range(LEVELS - 1):
        levels.append(parent[levels[-1]])
    first = np.array(nodes.first, np.int64)
    last = np.array(nodes.last, np.int64)
    return Layout(
        levels=levels,
        first=first,
        last=np.minimum(np.maximum(last, first + 1), len(page.blocks)),
        shape=np.array([nodes.shape[node] for node in at], np.int64),
        depth=np.array([nodes.depth[node] for node in at], np.int64),
        is_heading=np.array([nodes.tag[node] in HEADINGS for node in at], np.bool_),
    )
