"""The text layer of a PDF file, by PDFium.

Apart from the reader because the library is imported only where there are such files.
"""

import re

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_raw

# PDFium writes these where a word was divided at the end of a line.
_DIVIDED = re.compile(r"[\ufffe\x02](?:\r?\n)?")

Outcome = tuple[str, str]
"""A kind (``text``, ``encrypted``, ``damaged``, ``size``) and the text, or what is wrong."""


def take_text(raw: bytes, max_chars: int) -> Outcome:
    """Return the text of a file, its pages separated by a blank line.

    No script is run, no form filled in, no attachment opened and no link followed.
    """
    try:
        with pdfium.PdfDocument(raw) as document:
            return _text(document, max_chars)
    except pdfium.PdfiumError as error:
        is_locked = getattr(error, "err_code", None) == pdfium_raw.FPDF_ERR_PASSWORD
        return ("encrypted" if is_locked else "damaged"), str(error)


def _text(document: pdfium.PdfDocument, max_chars: int) -> Outcome:
    pages: list[str] = []
    left = max_chars
    for number in range(len(document)):
        page = document[number]
        layer = page.get_textpage()
        if layer.count_chars() > left:
            return "size", f"the text is over {max_chars} characters"
        found = layer.get_text_range().replace("\r\n", "\n").strip()
        left -= len(found)
        if found:
            pages.append(_DIVIDED.sub("", found))
        layer.close()
        page.close()
    return "text", "\n\n".join(pages)
