"""What the lines of a page speak of: the longer words that they share with its prose."""

from typing import Final

import numpy as np
import numpy.typing as npt

from broadsheet.parse.columns import Numbers
from broadsheet.parse.sheaf import Sheaf
from broadsheet.parse.spelling import Keys, Spelling

LONG: Final = 4
"""Letters; longer words carry the topic."""


def topicality(
    sheaf: Sheaf, spelling: Spelling, is_prose: npt.NDArray[np.bool_]
) -> npt.NDArray[np.int64]:
    """Return for each line the share of its longer words that other prose of its page has, in %.

    -1 for a line without longer words.
    """
    line, keys = _longer_words(sheaf, spelling)
    # One key for a word of a page, so that pages do not mix.
    page = (sheaf.page[line].astype(np.uint64) + np.uint64(1)) * np.uint64(0xD6E8FEB86659FD93)
    keys = keys ^ page
    order = np.argsort(keys)
    is_new = np.concatenate([[True], keys[order][1:] != keys[order][:-1]])[: len(order)]
    group = np.cumsum(is_new) - 1
    starts = np.flatnonzero(is_new)
    said_by = line[order]
    is_said = is_prose[said_by]
    none = len(sheaf.texts)
    if not len(order):
        return np.full(none, -1, np.int64)
    first = np.minimum.reduceat(np.where(is_said, said_by, none), starts)[group]
    last = np.maximum.reduceat(np.where(is_said, said_by, -1), starts)[group]
    # What a line of prose says itself counts only where another says it, too.
    is_shared = (last >= 0) & ((first != said_by) | (last != said_by))
    long = np.bincount(line, minlength=none)
    shared = np.bincount(said_by[is_shared], minlength=none)
    return np.where(long > 0, 100 * shared // np.maximum(long, 1), -1)


def _longer_words(sheaf: Sheaf, spelling: Spelling) -> tuple[Numbers, Keys]:
    """Return the line and the key of each longer word, line by line."""
    is_long = np.flatnonzero(spelling.lengths > LONG)
    keys, counts = spelling.keys[is_long], spelling.summed(spelling.lengths > LONG)
    first = np.cumsum(counts) - counts
    counts, first = counts.take(sheaf.text), first.take(sheaf.text)
    before = np.cumsum(counts) - counts
    line = np.repeat(np.arange(len(sheaf.texts)), counts)
    return line, keys[np.arange(len(line)) + np.repeat(first - before, counts)]
