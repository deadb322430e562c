"""HTML text to a tree, and the tree to nodes and blocks.

A *block* is a run of text that a browser sets apart: a paragraph, a heading, a list item, a cell,
a line that ``<br>`` ends. A *node* is an element that says something about the blocks in it: any
block-level element, and inline ones that carry a class. Nodes and blocks are in document order,
so that the blocks of a node are a range, and sums over a node are differences of running sums.

Longer than 300 lines because the walk and what it walks over are one idea.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from lxml import etree, html

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

_SKIPPED: Final = frozenset(
    words(
        "script style template svg math object iframe select canvas audio video map head textarea "
        "option datalist frameset noframes title applet progress meter rt rp"
    )
)
_BLOCK: Final = frozenset(
    words(
        "address article aside blockquote body button caption center dd details dialog dir div dl "
        "dt  fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html label "
        "legend  li main menu nav ol p pre section summary table tbody td tfoot th thead tr ul"
    )
)
_PLAIN_INLINE: Final = frozenset(
    words(
        "a abbr acronym b bdi bdo big cite code del dfn em font i ins kbd mark q s samp small "
        "strike  strong sub sup tt u var wbr"
    )
)
_HIDDEN: Final = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
# Soft hyphens and their like say where a line may break; they are no part of a word.
_INVISIBLE: Final = dict.fromkeys(map(ord, "\u00ad\u200b\u2060\ufeff"))
_AUTHOR_LINK: Final = re.compile(r"/(?:author|autor|auteur|autore|profile|people|by|staff)s?/")
_MOST_MARKS: Final = 400
_BOLD: Final = frozenset(("b", "strong"))


@dataclass(slots=True)
class Node:
    """An element with the blocks in it.

    Attributes:
        parent: index of the node around it; -1 for the root.
        tag: its name.
        own: bits of its tag and of the words in its class and id.
        near: those of itself and of the node around it.
        around: those of itself and of all nodes around it.
        shape: what its place looks like: tags and classes of the two innermost nodes.
        first: index of the first block in it.
        last: one past the index of the last block in it.

    """

    parent: int
    tag: str
    own: int
    near: int
    around: int
    shape: str
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

    """

    text: str
    node: int
    link_chars: int
    links: int
    bold_chars: int
    is_line: bool


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

    root: html.HtmlElement
    nodes: list[Node] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    marked: list[tuple[html.HtmlElement, int]] = field(default_factory=list)
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


def _parse(text: str) -> tuple[html.HtmlElement, bool] | None:
    """Return the root element, and whether tags had to be dropped to keep what lies deep."""
    text = text.replace("\0", "")
    for is_flattened in (False, True):
        parser = html.HTMLParser(
            huge_tree=True, remove_comments=True, remove_pis=True, encoding="utf-8"
        )
        try:
            root = html.document_fromstring(_encode(text), parser=parser)
        except etree.ParserError:
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
        self.link_depth = self.bold_depth = 0
        self.link_chars = self.links = self.bold_chars = 0
        self.masks: dict[tuple[str, ...], int] = {}

    def cut(self, root: html.HtmlElement) -> None:
        """Fill the page's nodes and blocks."""
        walk = etree.iterwalk(root, events=("start", "end"))
        for event, element in walk:
            tag = element.tag
            if event == "start":
                if tag in _SKIPPED:
                    walk.skip_subtree()
                else:
                    self._enter(element, tag)
            else:
                if tag not in _SKIPPED:
                    self._leave(element, tag)
                if element.tail:
                    self._say(element.tail)
        self._flush(is_line=False)

    def _enter(self, element: html.HtmlElement, tag: str) -> None:
        if tag in _BLOCK:
            self._flush(is_line=False)
            self._push(element, tag)
        elif tag == "br":
            self._flush(is_line=True)
        elif tag == "a":
            self.link_depth += 1
            self.links += 1
            if "author" in (element.get("rel") or "") or _AUTHOR_LINK.search(
                element.get("href") or ""
            ):
                self._mark(element)
        elif tag in _BOLD:
            self.bold_depth += 1
        elif tag not in _PLAIN_INLINE and element.attrib:
            self._push(element, tag)
        if element.text:
            self._say(element.text)

    def _leave(self, element: html.HtmlElement, tag: str) -> None:
        if tag in _BLOCK:
            self._flush(is_line=False)
            self._pop()
        elif tag == "a":
            self.link_depth -= 1
        elif tag in _BOLD:
            self.bold_depth -= 1
        elif tag != "br" and tag not in _PLAIN_INLINE and element.attrib:
            self._pop()

    def _push(self, element: html.HtmlElement, tag: str) -> None:
        get = element.get
        name = (get("class") or "") + " " + (get("id") or "")
        key = (tag, name, get("role") or "", get("itemprop") or "")
        own = self.masks.get(key)
        if own is None:
            own = self.masks[key] = TAG_BITS.get(tag, 0) | class_mask(" ".join(key[1:]))
        if (
            get("hidden") is not None
            or get("aria-hidden") == "true"
            or ("style" in element.attrib and _HIDDEN.search(get("style") or ""))
        ):
            own |= TAG_BITS["hidden"]
        if tag == "time" or own & MARKING_BITS or "itemprop" in element.attrib:
            self._mark(element)
        place = f"{tag}.{name}"
        if self.open < 0:
            node = Node(-1, tag, own, own, own, place, len(self.blocks))
        else:
            over = self.nodes[self.open]
            node = Node(
                self.open,
                tag,
                own,
                own | over.own,
                own | over.around,
                over.shape.rpartition(">")[2] + ">" + place,
                len(self.blocks),
            )
        self.open = len(self.nodes)
        self.nodes.append(node)

    def _mark(self, element: html.HtmlElement) -> None:
        if len(self.marked) < _MOST_MARKS:
            self.marked.append((element, len(self.blocks)))

    def _pop(self) -> None:
        # The open run belongs to the node in which it began; it is counted there when it ends.
        node = self.nodes[self.open]
        node.last = len(self.blocks) + (1 if self.at >= 0 else 0)
        self.open = node.parent

    def _say(self, text: str) -> None:
        if self.at < 0:
            if text.isspace():
                return
            self.at = self.open
        self.parts.append(text)
        if self.link_depth:
            self.link_chars += len(text)
        if self.bold_depth:
            self.bold_chars += len(text)

    def _flush(self, *, is_line: bool) -> None:
        if self.at >= 0:
            text = " ".join("".join(self.parts).translate(_INVISIBLE).split())
            if text:
                self.blocks.append(
                    Block(text, self.at, self.link_chars, self.links, self.bold_chars, is_line)
                )
        self.parts = []
        self.at = -1
        self.link_chars = self.links = self.bold_chars = 0


def ancestors(page: Page, node: int) -> Iterator[int]:
    """Yield the indexes of a node and of all nodes around it, innermost first."""
    while node >= 0:
        yield node
        node = page.nodes[node].parent
