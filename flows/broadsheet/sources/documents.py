"""Word documents (OOXML, ISO/IEC 29500): the running text, its headings, nothing else.

A .docx file is a zip of XML; both are read with the same guards as any other archive and document,
which is why no office library does it.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator

from lxml import etree

from broadsheet.config import Sources
from broadsheet.reasons import Reason
from broadsheet.records import RawRecord
from broadsheet.sources.blobs import Blob, Item, Refused, read_whole, reject
from broadsheet.sources.elements import Element, children, named
from broadsheet.sources.xmls import parse_xml

DOCX = "docx"
_MAIN = "word/document.xml"
_HEADING = re.compile(r"(?i)(title|heading\s?\d?)\Z")


def read_docx(blob: Blob, settings: Sources) -> Iterator[Item]:
    """Yield the one article of a Word document, as Markdown, so that headings stay headings."""
    raw = read_whole(blob, settings)
    source = blob.source(raw, DOCX)
    try:
        root = parse_xml(_part(raw, settings))
        paragraphs = [text for p in named(root, "p") if (text := _paragraph(p))]
    except Refused as refused:
        yield reject(source, refused.reason, refused.detail)
        return
    if not paragraphs:
        yield reject(source, Reason.CONTENT_EMPTY, "the document has no text")
        return
    yield RawRecord(source=source, text="\n\n".join(paragraphs), media="markdown", notes=blob.notes)


def _part(raw: bytes, settings: Sources) -> bytes:
    """Return the main part of the package.

    Raises:
        Refused: there is none, it is damaged, or it grows beyond what is allowed.

    """
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as package, package.open(_MAIN) as part:
            content = part.read(settings.max_record_bytes + 1)
    except (zipfile.BadZipFile, KeyError, RuntimeError, NotImplementedError, zlib.error) as error:
        raise Refused(Reason.DOCUMENT_DAMAGED, f"{type(error).__name__}: {error}") from error
    except (EOFError, OSError, ValueError) as error:
        raise Refused(Reason.DOCUMENT_DAMAGED, str(error)) from error
    if len(content) > settings.max_record_bytes:
        raise Refused(Reason.SIZE_RECORD, f"the text is over {settings.max_record_bytes} bytes")
    return content


def _paragraph(element: Element) -> str:
    """Return a paragraph's text; deleted text, field codes and footnote marks are none."""
    pieces: list[str] = []
    for node in element.iterdescendants():
        kind = etree.QName(node).localname if isinstance(node.tag, str) else ""
        if kind == "t" and not _is_in_nested_paragraph(node, element):
            pieces.append(node.text or "")
        elif kind in {"tab", "br", "cr"}:
            pieces.append(" ")
    text = " ".join("".join(pieces).split())
    return f"# {text}" if text and _is_heading(element) else _escaped(text)


def _is_in_nested_paragraph(node: Element, paragraph: Element) -> bool:
    """Tell whether a text is of a paragraph within this one, such as a text box's."""
    nearest = next(a for a in node.iterancestors() if etree.QName(a).localname == "p")
    return nearest is not paragraph


def _is_heading(paragraph: Element) -> bool:
    for properties in children(paragraph, "pPr"):
        for style in children(properties, "pStyle"):
            return any(_HEADING.match(value) for value in style.attrib.values())
    return False


def _escaped(text: str) -> str:
    """Return a paragraph that Markdown reads as it stands."""
    return re.sub(r"([\\`*_\[\]<>#|])", r"\\\1", text)
