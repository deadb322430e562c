"""HTML text to a page, in one walk.

libxml2 reads the text and tells each tag as it goes; no tree is built, so that depth is no limit
and everything that the choices need is gathered once.

Longer than 300 lines because the tables of tags and the walk over them are one idea.
"""

import re
from typing import Final

from lxml import etree

from broadsheet.parse.html_page import Attributes, Mark, Page
from broadsheet.parse.html_vocabulary import MARKING_BITS, TAG_BITS, TITLE_BITS, class_mask, words

_SKIPPED_TAGS: Final = frozenset(
    words(
        "script style template svg math object iframe select canvas audio video map head textarea "
        "option datalist frameset noframes title applet progress meter rt rp"
    )
)
_BLOCK_TAGS: Final = frozenset(
    words(
        "address article aside blockquote body button caption center dd details dialog dir div dl "
        "dt  fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html label "
        "legend  li main menu nav ol p pre section summary table tbody td tfoot th thead tr ul"
    )
)
_INLINE_TAGS: Final = frozenset(
    words(
        "abbr acronym bdi bdo big cite code del dfn em font i ins kbd mark q s samp small "
        "strike  sub sup tt u var wbr"
    )
)
# Those up to _OTHER have something to do where they end.
_BLOCK, _LINK, _BOLD, _OTHER, _HEAD, _SKIP, _INLINE, _BREAK = range(8)
_KINDS: Final = (
    dict.fromkeys(_SKIPPED_TAGS, _SKIP)
    | dict.fromkeys(_BLOCK_TAGS, _BLOCK)
    | dict.fromkeys(_INLINE_TAGS, _INLINE)
    | {"a": _LINK, "b": _BOLD, "strong": _BOLD, "br": _BREAK, "meta": _HEAD, "link": _HEAD}
)
_HIDDEN: Final = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
# Soft hyphens and their like say where a line may break; they are no part of a word.
INVISIBLE: Final = re.compile("[\u00ad\u200b\u2060\ufeff]")
_AUTHOR_LINK: Final = re.compile(r"/(?:author|autor|auteur|autore|profile|people|by|staff)s?/")
_LANGUAGE: Final = re.compile(
    r"<html\b[^<>]*?\s(?:xml:)?lang\s*=\s*[\"']?([^\"'\s<>]+)", re.IGNORECASE
)
_BEGINNING: Final = 20_000  # characters
_MOST_MARKS: Final = 400
_NAMING: Final = ("class", "id", "role", "itemprop")
_HIDING: Final = frozenset(("hidden", "aria-hidden", "style"))
_HIDDEN_BIT: Final = TAG_BITS["hidden"]


def read_page(text: str) -> Page | None:
    """Parse HTML and cut it into blocks; ``None`` where there is no element at all."""
    walk = _Walk()
    parser = etree.HTMLParser(
        target=walk, huge_tree=True, remove_comments=True, remove_pis=True, encoding="utf-8"
    )
    try:
        etree.fromstring(_encode(text.replace("\0", "")), parser)
    except etree.XMLSyntaxError:  # empty, or nothing that is an element
        return None
    page = walk.page
    if not page.language and (match := _LANGUAGE.search(text, 0, _BEGINNING)):
        page.language = match[1]  # where something stood before the root, its tag is not told
    return page if page.nodes.tag else None


def _encode(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:  # a lone surrogate
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()


class _Walk:
    """What libxml2 tells its tags to; holds the run of text that is open.

    It is called for each tag of a page, where most of the time of reading it goes: columns are
    filled one by one, as rows would have to be turned, and what nodes inherit is told at the end.
    """

    def __init__(self) -> None:
        self.page = Page()
        self.said = self.page.said
        self.nodes = self.page.nodes
        self.blocks = self.page.blocks
        self.pending: list[str] = []
        self.data = self.pending.append
        self.kinds: list[int] = []
        self.skipped: list[str] = []
        self.is_json_ld = self.has_title = False
        self.open = self.at = -1
        self.run = 0
        self.links_open = self.bold_open = 0
        self.link_chars = self.links = self.bold_chars = 0
        self.marks_open: list[Mark] = []
        self.known: dict[object, tuple[int, int, bool, bool]] = {}
        self.places: dict[tuple[str, str, str], int] = {}

    def start(self, tag: str, attributes: Attributes) -> None:  # noqa: C901, PLR0912 - one branch a kind
        """Open an element, with a node of its own only where it has one."""
        if self.skipped:
            self.pending.clear()
            self._skip(tag, attributes)
            return
        if self.pending:
            self._say()
        kind = _KINDS.get(tag, _OTHER)
        if self.marks_open and attributes and attributes.get("itemprop") == "name":
            self._mark(self.page.names, tag, attributes)
        if kind == _BLOCK:
            if self.at >= 0:
                self._flush(is_line=False)
            self.link_chars = self.links = self.bold_chars = 0
            self._push(tag, attributes)
        elif kind == _LINK:
            self._link(tag, attributes)
        elif kind == _INLINE:
            pass
        elif kind == _BOLD:
            self.bold_open += 1
        elif kind == _BREAK:
            self._break()
        elif kind == _SKIP:
            self._skip(tag, attributes)
            return
        elif attributes:
            if kind == _HEAD:
                self._head(tag, attributes)
                kind = _OTHER
            self._push(tag, attributes)
        else:
            kind = _INLINE
        self.kinds.append(kind)

    def end(self, tag: str) -> None:
        """Close an element."""
        if self.skipped:
            self._leave_skipped(tag)
            return
        if self.pending:
            self._say()
        kind = self.kinds.pop()
        if self.marks_open and self.marks_open[-1].depth == len(self.kinds):
            self._close_marks()
        if kind == _BLOCK or kind == _OTHER:  # noqa: PLR1714, SIM109 - twice as fast
            # The open run belongs to the node in which it began; it is counted there when it ends.
            if kind == _BLOCK:
                if self.at >= 0:
                    self._flush(is_line=False)
                self.link_chars = self.links = self.bold_chars = 0
            nodes = self.nodes
            nodes.last[self.open] = len(self.blocks.text) + (self.at >= 0)
            self.open = nodes.parent[self.open]
        elif kind == _LINK:
            self.links_open -= 1
        elif kind == _BOLD:
            self.bold_open -= 1

    def close(self) -> None:
        """End the page."""
        if self.pending and not self.skipped:
            self._say()
        if self.at >= 0:
            self._flush(is_line=False)

    def _break(self) -> None:
        blocks = self.blocks
        if self.at >= 0:
            self._flush(is_line=True)
        elif blocks.is_line and blocks.is_line[-1]:
            blocks.has_gap[-1] = True
        self.link_chars = self.links = self.bold_chars = 0

    def _skip(self, tag: str, attributes: Attributes) -> None:
        """Open an element that shows no text, or one in it."""
        self.skipped.append(tag)
        if tag == "script":
            self.is_json_ld = bool(attributes) and "ld+json" in attributes.get("type", "")
        elif tag in ("meta", "link"):
            self._head(tag, attributes)

    def _leave_skipped(self, tag: str) -> None:
        outer = self.skipped[0]
        self.skipped.pop()
        if tag == "script":
            self.page.scripts.append(("".join(self.pending), self.is_json_ld))
        elif tag == "title" and outer in ("head", "title") and not self.has_title:
            title = "".join(self.pending)
            self.has_title = bool(title.strip())
            self.page.heads.append((tag, {"text": title}))
        self.pending.clear()

    def _head(self, tag: str, attributes: Attributes) -> None:
        if (
            ("content" in attributes or "value" in attributes)
            if tag == "meta"
            else ("rel" in attributes and "href" in attributes)
        ):
            self.page.heads.append((tag, attributes))

    def _link(self, tag: str, attributes: Attributes) -> None:
        self.links_open += 1
        self.links += 1
        if not attributes:
            return
        rel, href = attributes.get("rel", ""), attributes.get("href", "")
        if "author" in rel or _AUTHOR_LINK.search(href):
            self._mark(self.page.marks, tag, attributes)
        if rel and href and "license" in rel.lower().split():
            self.page.licenses.append((attributes, self.open))

    def _push(self, tag: str, attributes: Attributes) -> None:
        """Open a node."""
        key: tuple[str | None, ...] | str = tag
        is_hidden = False
        if attributes:
            get = attributes.get
            names = get("class")
            if names is not None and len(attributes) == 1:
                key = tag, names
            else:
                key = tag, names, get("id"), get("role"), get("itemprop")
                is_hidden = not _HIDING.isdisjoint(attributes) and _is_hidden(attributes)
        known = self.known.get(key)
        if known is None:
            known = self.known[key] = self._meet(tag, attributes)
        own, place, is_mark, is_titled = known
        if is_hidden:
            own |= _HIDDEN_BIT
        if is_mark:
            self._mark(self.page.marks, tag, attributes)
        nodes, outer = self.nodes, self.open
        number = self.open = len(nodes.tag)
        if is_titled:
            self.page.titled.append((number, len(self.said)))
        if outer >= 0:
            nodes.near.append(own | nodes.own[outer])
            nodes.around.append(own | nodes.around[outer])
            nodes.depth.append(nodes.depth[outer] + 1)
        else:
            self.page.language = attributes.get("lang") or attributes.get("xml:lang") or ""
            nodes.near.append(own)
            nodes.around.append(own)
            nodes.depth.append(0)
        nodes.parent.append(outer)
        nodes.tag.append(tag)
        nodes.own.append(own)
        nodes.place.append(place)
        nodes.first.append(len(self.blocks.text))
        nodes.last.append(0)

    def _meet(self, tag: str, attributes: Attributes) -> tuple[int, int, bool, bool]:
        """Return bits and place of nodes, and whether such a one may be a mark, and a headline."""
        values = [attributes.get(name) or "" for name in _NAMING] if attributes else [""] * 4
        own = TAG_BITS.get(tag, 0)
        for value in values:
            if value:
                own |= class_mask(value)
        names, identity, _, itemprop = values
        place = self.places.setdefault((tag, names, identity), len(self.places))
        is_mark = bool(own & MARKING_BITS or itemprop or tag == "time")
        return own, place, is_mark, bool(own & TITLE_BITS)

    def _mark(self, marks: list[Mark], tag: str, attributes: Attributes) -> None:
        if len(marks) < _MOST_MARKS:
            mark = Mark(tag, attributes, len(self.blocks), len(self.kinds), len(self.said))
            marks.append(mark)
            self.marks_open.append(mark)

    def _close_marks(self) -> None:
        depth = len(self.kinds)
        while self.marks_open and self.marks_open[-1].depth == depth:
            self.marks_open.pop().last = len(self.said)

    def _say(self) -> None:
        """Add the characters since the last tag to the run."""
        pending = self.pending
        text = pending[0] if len(pending) == 1 else "".join(pending)
        pending.clear()
        if self.at < 0:
            if text.isspace():
                return
            self.at, self.run = self.open, len(self.said)
        self.said.append(text)
        if self.links_open:
            self.link_chars += len(text)
        if self.bold_open:
            self.bold_chars += len(text)

    def _flush(self, *, is_line: bool) -> None:
        """End the run: it is a block."""
        parts = self.said[self.run :]
        text = parts[0] if len(parts) == 1 else "".join(parts)
        if not text.isascii():
            text = INVISIBLE.sub("", text)
        if text := " ".join(text.split()):
            blocks = self.blocks
            blocks.text.append(text)
            blocks.node.append(self.at)
            blocks.link_chars.append(self.link_chars)
            blocks.links.append(self.links)
            blocks.bold_chars.append(self.bold_chars)
            blocks.is_line.append(is_line)
            blocks.has_gap.append(False)
        self.at = -1


def _is_hidden(attributes: Attributes) -> bool:
    return (
        "hidden" in attributes
        or attributes.get("aria-hidden") == "true"
        or ("style" in attributes and bool(_HIDDEN.search(attributes["style"])))
    )
