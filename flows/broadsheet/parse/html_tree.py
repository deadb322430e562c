"""HTML text to a tree, and the tree to nodes and blocks.

A *block* is a run of text that a browser sets apart: a paragraph, a heading, a list item, a cell,
a line that ``<br>`` ends. A *node* is an element that says something about the blocks in it: any
block-level element, and inline ones that carry a class. Nodes and blocks are in document order,
so that the blocks of a node are a range, and sums over a node are differences of running sums.

Longer than 300 lines because the walk and what it walks over are one idea.
"""

import re
from dataclasses import dataclass, field
from typing import Final

from lxml import etree

from broadsheet.parse.html_vocabulary import MARKING_BITS, TAG_BITS, class_mask, words

# libxml2 gives up at a depth of 2,048, and real pages stay below 100.
_MAX_DEPTH: Final = 512
_TAG: Final = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)[^<>]*>")
_VOID: Final = frozenset(
    words(
        "area base br col embed hr img input link meta param source track wbr p li td tr th option "
        "dt dd"
    )
)

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
_BLOCK, _LINK, _BOLD, _OTHER, _SKIP, _INLINE, _BREAK = range(7)
_KINDS: Final = (
    dict.fromkeys(_SKIPPED_TAGS, _SKIP)
    | dict.fromkeys(_BLOCK_TAGS, _BLOCK)
    | dict.fromkeys(_INLINE_TAGS, _INLINE)
    | {"a": _LINK, "b": _BOLD, "strong": _BOLD, "br": _BREAK}
)
_HIDDEN: Final = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
# Soft hyphens and their like say where a line may break; they are no part of a word.
_INVISIBLE: Final = dict.fromkeys(map(ord, "\u00ad\u200b\u2060\ufeff"))
_AUTHOR_LINK: Final = re.compile(r"/(?:author|autor|auteur|autore|profile|people|by|staff)s?/")
_MOST_MARKS: Final = 400


@dataclass(slots=True)
class Node:
    """An element with the blocks in it.

    Attributes:
        parent: index of the node around it; -1 for the root.
        tag: its name.
        own: bits of its tag and of the words in its class and id.
        near: those of itself and of the node around it.
        around: those of itself and of all nodes around it.
        shape: number of what its place looks like: tags and classes of the two innermost nodes.
        first: index of the first block in it.
        last: one past the index of the last block in it.

    """

    parent: int
    tag: str
    own: int
    near: int
    around: int
    shape: int
    first: int
    last: int = 0


@dataclass(slots=True)
class Block:
    """A run of text that a browser sets apart.

    Attributes:
        text: its text, white space collapsed.
        node: index of the innermost node around its first character.
        link_chars: characters of it that are inside links.
        links: links in it.
        bold_chars: characters of it that are set bold.
        is_line: whether a ``<br>`` and not the end of an element ends it.
        has_gap: whether a second ``<br>`` follows, which sets off the next paragraph.

    """

    text: str
    node: int
    link_chars: int
    links: int
    bold_chars: int
    is_line: bool
    has_gap: bool = False


@dataclass(slots=True)
class Page:
    """A parsed page.

    Attributes:
        root: the ``html`` element.
        nodes: in document order.
        blocks: in document order.
        marked: elements that a machine or a style sheet may read as author, date or headline,
            each with the index of the block in it or after it.
        is_flattened: whether the page was nested too deep, so that inner tags were dropped.

    """

    root: etree._Element
    nodes: list[Node] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    marked: list[tuple[etree._Element, int]] = field(default_factory=list)
    is_flattened: bool = False


def read_page(text: str) -> Page | None:
    """Parse HTML and cut it into blocks; ``None`` where there is no element at all."""
    parsed = _parse(text)
    if parsed is None:
        return None
    root, is_flattened = parsed
    page = Page(root, is_flattened=is_flattened)
    _Cutter(page).cut(root)
    return page


def _parse(text: str) -> tuple[etree._Element, bool] | None:
    """Return the root element, and whether tags had to be dropped to keep what lies deep."""
    text = text.replace("\0", "")
    for is_flattened in (False, True):
        parser = etree.HTMLParser(
            huge_tree=True, remove_comments=True, remove_pis=True, encoding="utf-8"
        )
        try:
            root = etree.fromstring(_encode(text), parser)
        except etree.XMLSyntaxError:  # empty, or nothing that is an element
            return None
        if root is None:
            return None
        if not any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
            return root, is_flattened
        text = _without_deep_tags(text)
    return root, True


def _encode(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:  # a lone surrogate
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()


def _without_deep_tags(text: str) -> str:
    """Drop the tags that open deeper than libxml2 goes, and those that close them."""
    depth = 0

    def keep(match: re.Match[str]) -> str:
        nonlocal depth
        if match[2].lower() in _VOID or match[0].endswith("/>"):
            return match[0]
        if match[1]:
            depth = max(depth - 1, 0)
            return match[0] if depth < _MAX_DEPTH else " "
        depth += 1
        return match[0] if depth <= _MAX_DEPTH else " "

    return _TAG.sub(keep, text)


class _Cutter:
    """One walk over a tree; holds the run of text that is open."""

    def __init__(self, page: Page) -> None:
        self.nodes = page.nodes
        self.blocks = page.blocks
        self.marked = page.marked
        self.open = -1
        self.at = -1
        self.parts: list[str] = []
        self.links_open = self.bold_open = 0
        self.link_chars = self.links = self.bold_chars = 0
        self.masks: dict[tuple[str, ...], tuple[int, int]] = {}
        self.places: dict[tuple[str, ...], int] = {}
        self.shapes: dict[tuple[int, int], int] = {}
        self.place = -1
        self.place_of: list[int] = []

    def cut(self, root: etree._Element) -> None:
        """Fill the page's nodes and blocks."""
        walk = etree.iterwalk(root, events=("start", "end"))
        kind_of, kinds = _KINDS.get, []
        for event, element in walk:
            if event == "start":
                tag = element.tag
                kind = kind_of(tag, _OTHER)
                if kind == _SKIP:
                    walk.skip_subtree()
                else:
                    kind = self._enter(element, tag, kind)
                    text = element.text
                    if text and (self.at >= 0 or not text.isspace()):
                        self._say(text)
                kinds.append(kind)
            else:
                kind = kinds.pop()
                if kind <= _OTHER:
                    self._leave(kind)
                tail = element.tail
                if tail and (self.at >= 0 or not tail.isspace()):
                    self._say(tail)
        self._flush(is_line=False)

    def _enter(self, element: etree._Element, tag: str, kind: int) -> int:
        """Open an element; return its kind, with a node of its own only where it has one."""
        if kind == _BLOCK:
            self._flush(is_line=False)
            self._push(tag, dict(element.items()), element)
        elif kind == _LINK:
            self.links_open += 1
            self.links += 1
            if "author" in element.get("rel", "") or _AUTHOR_LINK.search(element.get("href", "")):
                self._mark(element)
        elif kind == _BOLD:
            self.bold_open += 1
        elif kind == _BREAK:
            self._break()
        elif kind == _OTHER:
            if attributes := element.items():
                self._push(tag, dict(attributes), element)
            else:
                kind = _INLINE
        return kind

    def _break(self) -> None:
        if self.at < 0 and self.blocks and self.blocks[-1].is_line:
            self.blocks[-1].has_gap = True
        self._flush(is_line=True)

    def _leave(self, kind: int) -> None:
        if kind == _BLOCK:
            self._flush(is_line=False)
            self._pop()
        elif kind == _LINK:
            self.links_open -= 1
        elif kind == _BOLD:
            self.bold_open -= 1
        elif kind == _OTHER:
            self._pop()

    def _push(self, tag: str, attributes: dict[str, str], element: etree._Element) -> None:
        get = attributes.get
        key = (tag, get("class", ""), get("id", ""), get("role", ""), get("itemprop", ""))
        known = self.masks.get(key)
        if known is None:
            own = TAG_BITS.get(tag, 0) | class_mask(" ".join(key[1:]))
            known = self.masks[key] = own, self.places.setdefault(key[:3], len(self.places))
        own, place = known
        if attributes and _is_hidden(attributes):
            own |= TAG_BITS["hidden"]
        if own & MARKING_BITS or tag == "time" or key[4]:
            self._mark(element)
        first = len(self.blocks)
        if self.open < 0:
            node = Node(-1, tag, own, own, own, place, first)
            shape = (-1, place)
        else:
            over = self.nodes[self.open]
            shape = (self.place, place)
            node = Node(self.open, tag, own, own | over.own, own | over.around, 0, first)
        node.shape = self.shapes.setdefault(shape, len(self.shapes))
        self.open = len(self.nodes)
        self.place = place
        self.nodes.append(node)
        self.place_of.append(place)

    def _mark(self, element: etree._Element) -> None:
        if len(self.marked) < _MOST_MARKS:
            self.marked.append((element, len(self.blocks)))

    def _pop(self) -> None:
        # The open run belongs to the node in which it began; it is counted there when it ends.
        node = self.nodes[self.open]
        node.last = len(self.blocks) + (1 if self.at >= 0 else 0)
        self.open = node.parent
        self.place = self.place_of[node.parent]

    def _say(self, text: str) -> None:
        if self.at < 0:
            self.at = self.open
        self.parts.append(text)
        if self.links_open:
            self.link_chars += len(text)
        if self.bold_open:
            self.bold_chars += len(text)

    def _flush(self, *, is_line: bool) -> None:
        if self.at >= 0:
            text = "".join(self.parts)
            if not text.isascii():
                text = text.translate(_INVISIBLE)
            if text := " ".join(text.split()):
                self.blocks.append(
                    Block(text, self.at, self.link_chars, self.links, self.bold_chars, is_line)
                )
            self.parts = []
            self.at = -1
        self.link_chars = self.links = self.bold_chars = 0


def _is_hidden(attributes: dict[str, str]) -> bool:
    return (
        "hidden" in attributes
        or attributes.get("aria-hidden") == "true"
        or ("style" in attributes and bool(_HIDDEN.search(attributes["style"])))
    )
