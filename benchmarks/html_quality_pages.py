"""Bytes of benchmark pages to text, as far as measuring needs it."""

import re

_DECLARED = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([a-zA-Z0-9_:-]+)", re.IGNORECASE)
_BROWSER_NAMES = {"iso-8859-1": "cp1252", "latin1": "cp1252", "gb2312": "gb18030", "gbk": "gb18030"}


def decode(page: bytes) -> str:
    """Decode a page: UTF-8 where it is, else as declared, else Windows-1252."""
    page = page.removeprefix(b"\xef\xbb\xbf")
    try:
        return page.decode()
    except UnicodeDecodeError:
        pass
    match = _DECLARED.search(page[:8_192])
    declared = match[1].decode().lower() if match else ""
    declared = _BROWSER_NAMES.get(declared, declared)
    if declared and declared not in {"utf-8", "utf8"}:
        try:
            return page.decode(declared, "replace")
        except LookupError:
            pass
    text = page.decode("utf-8", "replace")
    is_mostly_utf8 = text.count("\N{REPLACEMENT CHARACTER}") <= 20  # noqa: PLR2004 - a few bad bytes
    return text if is_mostly_utf8 or declared else page.decode("cp1252", "replace")
