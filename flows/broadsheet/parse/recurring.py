"""Lines that recur across an outlet's pages are page chrome, whatever the language.

A first pass over a corpus notes for each page the keys of its short lines (:func:`sight`); what
stands on too many pages of a group to be anybody's sentence is then left out of every body (see
:mod:`broadsheet.pipeline.census`). Digits do not count: "12 comments" and "7 comments" are one
line.
"""

import hashlib
import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from broadsheet.records import RawRecord
from broadsheet.text import clean

LONGEST: Final = 240
"""Characters of a line that is noted; a longer one is a paragraph."""

FEWEST_PAGES: Final = 8
"""Pages of a group that a line must stand on."""

LEAST_SHARE: Final = 0.05
"""Share of a group's pages that a line must stand on."""

_WORDS: Final = re.compile(r"[^\W\d_]+")

Key = int


@dataclass(frozen=True, slots=True)
class Sighting:
    """The lines of one page.

    Attributes:
        group: the outlet's host or name where the record states it, else its folder.
        page: 63 bits that name what the page says: the same for copies of an article, whatever
            chrome surrounds them, lest an article's own lines seem to recur.
        keys: of its short lines.

    """

    group: str
    page: Key
    keys: frozenset[Key]


def line_key(line: str) -> Key | None:
    """Return the key of a line: 63 bits of a digest of its words; None where it has none."""
    if len(line) > LONGEST:
        return None
    words = " ".join(_WORDS.findall(line.casefold()))
    return _digest(words) if words else None


def _digest(text: str) -> Key:
    digest = hashlib.blake2b(text.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1


def group_of(record: RawRecord) -> str:
    """Return the group of pages within which a record's lines may recur."""
    for url in record.fields.get("url", ()):
        if host := urlsplit(url.strip()).hostname:
            return f"host {host.removeprefix('www.')}"
    for outlet in record.fields.get("outlet", ()):
        return f"outlet {outlet.strip().casefold()}"
    folder = record.source.path.rpartition("/")[0]
    if record.source.member:
        folder = f"{record.source.path}/{record.source.member.rpartition('/')[0]}"
    return f"folder {folder}"


def sight(record: RawRecord) -> Sighting | None:
    """Return what a page adds to the first pass; None for HTML, whose chrome has its markup."""
    if record.media == "html":
        return None
    lines = clean(record.text)[0].split("\n")
    keys = frozenset(key for key in map(line_key, lines) if key is not None)
    paragraphs = sorted({_digest(line) for line in lines if len(line) > LONGEST} or keys)
    return Sighting(group_of(record), _digest(" ".join(map(str, paragraphs))), keys)


def recurs(pages: int, of_pages: int) -> bool:
    """Tell whether a line on so many of a group's pages is page chrome."""
    return pages >= max(FEWEST_PAGES, LEAST_SHARE * of_pages)
