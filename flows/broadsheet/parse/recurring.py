"""Lines that recur across an outlet's pages are page chrome, whatever the language.

A first pass over a corpus counts, for each outlet (or folder), in how many distinct pages a line
stands; the second leaves those out that stand in too many to be anybody's sentence. Counting is
exact and does not depend on the order of the pages. Digits do not count: "12 comments" and
"7 comments" are one line.
"""

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

from broadsheet.records import RawRecord
from broadsheet.text import clean

LONGEST: Final = 240
"""Characters of a line that is counted; a longer one is a paragraph."""

_WORDS: Final = re.compile(r"[^\W\d_]+")

Key = int
Census = Mapping[str, Mapping[Key, int]]
"""For each group of pages: in how many of them the line of each key stands."""


def line_key(line: str) -> Key | None:
    """Return the key of a line: 64 bits of a digest of its words; None where it has none."""
    if len(line) > LONGEST:
        return None
    words = " ".join(_WORDS.findall(line.casefold()))
    if not words:
        return None
    return int.from_bytes(hashlib.blake2b(words.encode(), digest_size=8).digest(), "big") >> 1


def count_lines(records: Iterable[tuple[str, RawRecord]]) -> dict[str, Counter[Key]]:
    """Count for each group in how many distinct pages each short line stands.

    Args:
        records: pages, each with the name of its group, such as its outlet or its folder.

    Returns:
        Counts that can be added up, batch by batch. A page that repeats another of the batch
        line for line is counted once, lest a copied article's own lines seem to recur.

    """
    counts: dict[str, Counter[Key]] = defaultdict(Counter)
    seen: set[tuple[str, frozenset[Key]]] = set()
    for group, record in records:
        found = (line_key(line) for line in clean(record.text)[0].split("\n"))
        keys = frozenset(key for key in found if key is not None)
        if (group, keys) not in seen:
            seen.add((group, keys))
            counts[group].update(keys)
            counts[group][PAGES] += 1
    return counts


PAGES: Final[Key] = -1
"""The key under which a group's number of pages is counted."""


def recurring_lines(
    census: Census, *, fewest_pages: int = 4, least_share: float = 0.05
) -> dict[str, frozenset[Key]]:
    """Return for each group the keys of the lines that recur.

    Args:
        census: the sum of :func:`count_lines` over the whole corpus.
        fewest_pages: pages that a line must stand in.
        least_share: share of the group's pages that it must stand in.

    """
    return {
        group: frozenset(
            key
            for key, pages in counts.items()
            if key != PAGES and pages >= max(fewest_pages, least_share * counts[PAGES])
        )
        for group, counts in census.items()
    }
