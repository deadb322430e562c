"""Looking into XML elements by their local names, whatever prefix a file chose."""

from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

from lxml import etree

Element: TypeAlias = etree._Element  # noqa: SLF001 - lxml has no other name for it
Stated: TypeAlias = Mapping[str, object]
"""What an element states, by the names that columns have."""
Found: TypeAlias = Iterator[tuple[Element, Callable[[], Stated]]]
"""Elements that are articles, each with a function that returns what it states."""


def named(element: Element, *names: str) -> Iterator[Element]:
    """Yield all descendants with one of these local names, in document order."""
    for child in element.iterdescendants():
        if isinstance(child.tag, str) and etree.QName(child).localname in names:
            yield child


def children(element: Element, *names: str) -> Iterator[Element]:
    """Yield the children with one of these local names."""
    for child in element:
        if isinstance(child.tag, str) and etree.QName(child).localname in names:
            yield child


def text_of(element: Element | None) -> str:
    """Return the text of an element and all in it, white space collapsed."""
    return " ".join("".join(element.itertext()).split()) if element is not None else ""


def first_text(element: Element, *names: str) -> str:
    """Return the text of the first child that has any, by the order of the names."""
    texts = (text_of(child) for name in names for child in children(element, name))
    return next((text for text in texts if text), "")


def paragraphs(element: Element, *names: str) -> str:
    """Return the texts of all outermost descendants of these names, separated by a blank line."""
    return "\n\n".join(text for e in _outermost(element, names) if (text := text_of(e)))


def _outermost(element: Element, names: tuple[str, ...]) -> Iterator[Element]:
    for child in element:
        if isinstance(child.tag, str) and etree.QName(child).localname in names:
            yield child
        else:
            yield from _outermost(child, names)


def inner_markup(element: Element) -> str:
    """Return what an element holds, as markup."""
    parts = [element.text or ""]
    parts += [etree.tostring(child, encoding="unicode") for child in element]
    return "".join(parts).strip()
