import io
import zipfile

import pytest

from broadsheet.reasons import Reason
from broadsheet.records import RawRecord

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def docx(body: str, *, part: str = "word/document.xml", before: str = "") -> bytes:
    """Return a Word document with this body."""
    xml = f'{before}<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>'
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr(part, xml)
    return buffer.getvalue()


def paragraph(text: str, style: str = "") -> str:
    properties = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{properties}<w:r><w:t>{text}</w:t></w:r></w:p>"


def test_a_document_keeps_headings_and_paragraphs(write, read):
    body = (
        paragraph("Bridge opens", "Title")
        + paragraph("The council voted.")
        + "<w:p/><w:p><w:r><w:t>It </w:t></w:r><w:r><w:t>opens*</w:t><w:tab/><w:t>in June.</w:t>"
        "</w:r><w:del><w:r><w:delText>never</w:delText></w:r></w:del></w:p>"
    )
    write("a.docx", docx(body))

    (record,) = read()

    assert isinstance(record, RawRecord)
    assert record.text == "# Bridge opens\n\nThe council voted.\n\nIt opens\\* in June."
    assert (record.media, record.source.format) == ("markdown", "docx")


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", Reason.CONTENT_EMPTY),
        (b"\xd0\xcf\x11\xe0 an old .doc", Reason.DOCUMENT_DAMAGED),
        (docx("", part="other.xml"), Reason.DOCUMENT_DAMAGED),
        (docx("")[:-30], Reason.DOCUMENT_DAMAGED),
        (docx(""), Reason.CONTENT_EMPTY),
        (docx("<w:p>"), Reason.XML_SYNTAX),
        (docx("", before="<!DOCTYPE x [<!ENTITY a 'b'>]>"), Reason.XML_DTD),
        (docx(paragraph("x" * 2**25)), Reason.SIZE_RECORD),
    ],
)
def test_what_is_no_document(write, read, raw, reason):
    write("a.docx", raw)

    assert [item.reason for item in read()] == [reason]
