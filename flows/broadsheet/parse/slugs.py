"""Which words of a line the address of its article spells."""

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from itertools import pairwise
from typing import Final

import numpy as np

from broadsheet.parse.columns import Numbers
from broadsheet.parse.sheaf import Sheaf

_ALNUM: Final = re.compile(r"[a-z0-9]+")


def slug_shares(sheaf: Sheaf, lines: Numbers, urls: Sequence[str | None]) -> Numbers:
    """Return the share of some lines' words that their article's address spells, in per cent.

    Its path often spells the headline. -1 where a page states no address.
    """
    shares = np.full(len(lines), -1)
    bounds = np.searchsorted(lines, sheaf.starts).tolist()
    for url, (start, end) in zip(urls, pairwise(bounds), strict=True):
        if url and start < end:
            slug = set(_ALNUM.findall(url.lower().partition("://")[2].partition("/")[2]))
            low = [sheaf.texts[line][:200].lower() for line in lines[start:end].tolist()]
            shares[start:end] = _shares_of(slug, low)
    return shares


def _shares_of(slug: AbstractSet[str], lines: Sequence[str]) -> list[int]:
    """Return the share of the words of each line that are among some words, in per cent."""
    # To look for a few words is faster than to read all, and most lines hold none.
    whole = "\n".join(lines)
    held = {word for word in slug if word in whole}
    shares = []
    for line in lines:
        has_any = any(word in line for word in held)
        words = set(_ALNUM.findall(line)) if has_any else ()
        shares.append(100 * len(held.intersection(words)) // len(words) if words else 0)
    return shares
