"""Rich Text Format 1.9: the running text, nothing that is embedded, hidden or an instruction.

Read by own code, one pass over the bytes: the known readers search with patterns that take minutes
on a hostile font table of some kilobytes, and mistake binary data for text.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from broadsheet.config import Sources
from broadsheet.reasons import Reason
from broadsheet.records import RawRecord
from broadsheet.sources.blobs import Blob, Item, Refused, read_whole, reject

RTF = "rtf"
_MARK = b"{\\rtf"
_MAX_DEPTH = 10_000
_TOKEN = re.compile(
    rb"\\([A-Za-z]{1,32})(-?[0-9]{1,10})? ?|\\'([0-9A-Fa-f]{2})|\\([^A-Za-z'])|([{}])|"
    rb"([^\\{}\r\n]+)|[\r\n]+|\\",
    re.DOTALL,
)

# Groups that begin with one of these are no running text; neither are those that begin with \*.
_APART = frozenset(
    b"annotation atnauthor atnid author background bkmkend bkmkstart buptim category colortbl "
    b"comment company creatim datafield doccomm falt filetbl fldinst fonttbl footer footerf "
    b"footerl footerr footnote formfield ftncn ftnsep ftnsepc generator header headerf headerl "
    b"headerr hlinkbase info keywords listtable listoverridetable manager nonshppict object "
    b"objalias objclass objdata objname objsect operator pict pn pntext pntxta pntxtb printim "
    b"private revtbl revtim rxe shpinst sn sp stylesheet subject sv tc themedata title txe "
    b"userprops xe".split()
)
_CHARACTERS = {
    b"par": "\n\n", b"sect": "\n\n", b"page": "\n\n", b"row": "\n\n", b"line": "\n",
    b"lbr": "\n", b"tab": "\t", b"cell": "\t", b"nestcell": "\t", b"nestrow": "\n\n",
    b"emdash": "—", b"endash": "–", b"emspace": "\u2003", b"enspace": "\u2002",
    b"qmspace": "\u2005", b"bullet": "•", b"lquote": "‘", b"rquote": "’", b"ldblquote": "“",
    b"rdblquote": "”",
}  # fmt: skip
_SYMBOLS = {
    b"~": "\xa0", b"_": "\u2011", b"\\": "\\", b"{": "{", b"}": "}", b"\n": "\n\n",
    b"\r": "\n\n", b"\t": "\t",
}  # fmt: skip
_CHARSETS = {
    0: "cp1252", 77: "mac_roman", 128: "cp932", 129: "cp949", 130: "johab", 134: "gbk",
    136: "cp950", 161: "cp1253", 162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256",
    186: "cp1257", 204: "cp1251", 222: "cp874", 238: "cp1250", 254: "cp437", 255: "cp850",
}  # fmt: skip
_CODE_PAGES = {b"mac": "mac_roman", b"pc": "cp437", b"pca": "cp850"}


def read_rtf(blob: Blob, settings: Sources) -> Iterator[Item]:
    """Yield the one article of an RTF document; a paragraph ends with a blank line."""
    raw = read_whole(blob, settings)
    source = blob.source(raw, RTF)
    try:
        text, notes = rtf_text(raw)
    except Refused as refused:
        yield reject(source, refused.reason, refused.detail)
        return
    if not text:
        yield reject(source, Reason.CONTENT_EMPTY, "the document has no text")
        return
    yield RawRecord(source=source, text=text, media="text", notes=(*blob.notes, *notes))


def rtf_text(raw: bytes) -> tuple[str, tuple[Reason, ...]]:
    """Return the running text of an RTF document, and what had to be done to read it.

    Raises:
        Refused: the bytes are no RTF, are nested too deeply, or end within a group.

    """
    if not raw.lstrip()[: len(_MARK)].lower() == _MARK:
        raise Refused(Reason.TYPE_MISMATCH, "the bytes do not begin as an RTF document does")
    reader = _Reader()
    position = 0
    while position < len(raw) and not reader.is_done:
        token = _TOKEN.match(raw, position)
        if token is None:
            raise Refused(Reason.DOCUMENT_DAMAGED, f"no RTF at byte {position}")
        position = token.end() + reader.take(token)
    if not reader.is_done or position > len(raw):
        raise Refused(Reason.STREAM_TRUNCATED, "the document ends within a group")
    return reader.text()


@dataclass(frozen=True, slots=True)
class _Group:
    """What holds up to the end of a group."""

    is_apart: bool = False
    is_hidden: bool = False
    is_font_table: bool = False
    font: int | None = None
    skip: int = 1  # characters that stand in for a Unicode character


@dataclass(slots=True)
class _Reader:
    """Takes token after token."""

    is_done: bool = False
    _group: _Group = _Group()
    _outer: list[_Group] = field(default_factory=list)
    _encoding: str = "cp1252"
    _fonts: dict[int, str] = field(default_factory=dict)
    _default_font: int | None = None
    _bytes: bytearray = field(default_factory=bytearray)
    _pieces: list[str] = field(default_factory=list)
    _skipping: int = 0
    _is_replaced: bool = False

    def take(self, token: re.Match[bytes]) -> int:
        """Take a token and return how many bytes behind it are binary data."""
        word, number, code, symbol, brace, characters = token.groups()
        if brace:
            self._brace(brace)
        elif characters:
            self._characters(characters)
        elif code:
            self._characters(bytes.fromhex(code.decode()))
        elif symbol == b"*":
            self._group = replace(self._group, is_apart=True)
        elif symbol:
            self._write(_SYMBOLS.get(symbol, ""))
        elif word == b"bin":
            return max(int(number or 0), 0)
        elif word:
            self._word(word, int(number) if number else None)
        return 0

    def text(self) -> tuple[str, tuple[Reason, ...]]:
        """Return all that was written; two halves of a surrogate pair become one character."""
        self._flush()
        units = "".join(self._pieces).encode("utf-16-le", "surrogatepass")
        text = units.decode("utf-16-le", "replace")
        text = re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]+\n", "\n", text)).strip()
        return text, (Reason.ENCODING_REPLACED,) if self._is_replaced else ()

    def _brace(self, brace: bytes) -> None:
        self._flush()
        self._skipping = 0
        if brace == b"{":
            if len(self._outer) >= _MAX_DEPTH:
                raise Refused(Reason.DOCUMENT_DAMAGED, "groups are nested too deeply")
            self._outer.append(self._group)
        else:
            self._group = self._outer.pop()
            self.is_done = not self._outer

    def _word(self, word: bytes, number: int | None) -> None:
        self._skipping = 0  # what stands in for a Unicode character is no control word
        if word == b"u" and number is not None:
            self._write(chr(number % 2**16))
            self._skipping = self._group.skip
        elif word in _CHARACTERS:
            self._write(_CHARACTERS[word])
        elif word in _APART:
            self._group = replace(self._group, is_apart=True, is_font_table=word == b"fonttbl")
        else:
            self._property(word, number)

    def _property(self, word: bytes, number: int | None) -> None:
        """Take a control word that changes how what follows is read."""
        self._flush()
        if word in {b"v", b"deleted"}:
            self._group = replace(self._group, is_hidden=number != 0)
        elif word in {b"plain", b"f"}:
            font = number if word == b"f" else self._default_font
            is_hidden = self._group.is_hidden and word == b"f"
            self._group = replace(self._group, font=font, is_hidden=is_hidden)
        elif word == b"uc":
            self._group = replace(self._group, skip=min(max(number or 0, 0), 64))
        elif word == b"deff":
            self._default_font = number
            self._group = replace(self._group, font=number)
        elif word == b"fcharset" and self._group.is_font_table and self._group.font is not None:
            self._fonts[self._group.font] = _CHARSETS.get(number or 0, "")
        elif word in _CODE_PAGES:
            self._encoding = _CODE_PAGES[word]
        elif word == b"ansicpg":
            self._encoding = _code_page(number)

    def _characters(self, characters: bytes) -> None:
        skipped = min(self._skipping, len(characters))
        self._skipping -= skipped
        if not (self._group.is_apart or self._group.is_hidden):
            self._bytes += characters[skipped:]

    def _write(self, text: str) -> None:
        self._skipping = 0
        self._flush()
        if not (self._group.is_apart or self._group.is_hidden):
            self._pieces.append(text)

    def _flush(self) -> None:
        """Decode the waiting bytes, which may be several to a character."""
        if not self._bytes:
            return
        font = self._group.font if self._group.font is not None else self._default_font
        encoding = (self._fonts.get(font) if font is not None else None) or self._encoding
        try:
            text = self._bytes.decode(encoding)
        except UnicodeDecodeError:
            text = self._bytes.decode(encoding, "replace")
            self._is_replaced = True
        self._pieces.append(text)
        self._bytes.clear()


def _code_page(number: int | None) -> str:
    """Return the codec of a Windows code page; one that is unknown is read as the common one."""
    name = "utf-8" if number == 65_001 else f"cp{number}"  # noqa: PLR2004 - Windows' number of it
    try:
        codecs.lookup(name)
    except LookupError:
        return "cp1252"
    return name
