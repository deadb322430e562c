"""What the walk over a page gathers: nodes, blocks, marks and what its head declares.

A *block* is a run of text that a browser sets apart: a paragraph, a heading, a list item, a cell,
a line that ``<br>`` ends. A *node* is an element that says something about the blocks in it: any
block-level element, and inline ones that carry attributes. Both are in document order and kept in
columns, one list a property, so that the models read them as arrays; the blocks of a node are a
range, and sums over a node are differences of running sums.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

Attributes = Mapping[str, str]


@dataclass(slots=True)
class Nodes:
    """Elements with the blocks in them.

    Attributes:
        parent: index of the node around it; -1 for the root.
        tag: its name.
        own: bits of its tag and of the words in its class and id.
        near: those of itself and of the node around it.
        around: those of itself and of all nodes around it.
        depth: how many nodes are around it.
        place: number of its tag, class and id on this page.
        first: index of the first block in it.
        last: one past the index of the last block in it.

    """

    parent: list[int] = field(default_factory=list)
    tag: list[str] = field(default_factory=list)
    own: list[int] = field(default_factory=list)
    near: list[int] = field(default_factory=list)
    around: list[int] = field(default_factory=list)
    depth: list[int] = field(default_factory=list)
    place: list[int] = field(default_factory=list)
    first: list[int] = field(default_factory=list)
    last: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Blocks:
    """Runs of text that a browser sets apart.

    Attributes:
        text: its text, white space collapsed; never empty.
        node: index of the innermost node around its first character.
        link_chars: characters of it that are inside links.
        links: links in it.
        bold_chars: characters of it that are set bold.
        is_line: whether a ``<br>`` and not the end of an element ends it.
        has_gap: whether a second ``<br>`` follows, which sets off the next paragraph.

    """

    text: list[str] = field(default_factory=list)
    node: list[int] = field(default_factory=list)
    link_chars: list[int] = field(default_factory=list)
    links: list[int] = field(default_factory=list)
    bold_chars: list[int] = field(default_factory=list)
    is_line: list[int] = field(default_factory=list)
    has_gap: list[int] = field(default_factory=list)

    def __len__(self) -> int:
        """Return how many blocks there are."""
        return len(self.text)


@dataclass(slots=True)
class Mark:
    """An element that a machine or a style sheet may read as author, date or headline.

    Attributes:
        tag: its name.
        attributes: its attributes.
        block: index of the block in it or after it.
        depth: how many elements are around it.
        first: index of the first run of characters in it, in :attr:`Page.said`.
        last: one past the last.

    """

    tag: str
    attributes: Attributes
    block: int
    depth: int
    first: int
    last: int = 0


@dataclass(slots=True)
class Page:
    """A parsed page.

    Attributes:
        nodes: in document order.
        blocks: in document order.
        said: the characters between two tags, in document order, where a reader may see them.
        marks: in document order, as many as are worth reading.
        names: elements that microdata calls a name.
        language: what its root says; may be empty.
        heads: tag and attributes of ``meta`` and ``link`` elements, and the first ``title`` with
            its text as if that were an attribute.
        licenses: links that say ``rel=license``: attributes and the index of the node around.
        scripts: the text of each script, and whether it is JSON-LD.
        titled: nodes whose tag or names may be those of a headline, each with the index of its
            first run of characters in :attr:`said`.

    """

    nodes: Nodes = field(default_factory=Nodes)
    blocks: Blocks = field(default_factory=Blocks)
    said: list[str] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    names: list[Mark] = field(default_factory=list)
    language: str = ""
    heads: list[tuple[str, Attributes]] = field(default_factory=list)
    licenses: list[tuple[Attributes, int]] = field(default_factory=list)
    scripts: list[tuple[str, bool]] = field(default_factory=list)
    titled: list[tuple[int, int]] = field(default_factory=list)
