"""Bytes to characters, without guessing where something is stated.

In this order: a byte-order mark, the configured encoding, UTF-8, the encoding that the container
or the page declares, detection. The order is that of the WHATWG Encoding Standard
(https://encoding.spec.whatwg.org/#decode) with UTF-8 put before declarations, because bytes that
are valid UTF-8 beyond ASCII are hardly ever anything else.
"""

import codecs
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from charset_normalizer import from_bytes

from broadsheet.reasons import Reason
from broadsheet.sources.blobs import Refused

# Longer marks first: UTF-32's begins with UTF-16's.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

# First bytes of files that are often saved under a text's name.
_BINARY_SIGNATURES = (
    b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"%PDF-", b"PK\x03\x04", b"\x1f\x8b", b"\xfd7zXZ\x00",
    b"\x28\xb5\x2f\xfd", b"\x7fELF", b"MZ\x90\x00", b"\xd0\xcf\x11\xe0", b"SQLite format 3\x00",
    b"\xca\xfe\xba\xbe", b"7z\xbc\xaf",
)  # fmt: skip
# Those that a text may begin with, too; in the file's first bytes there are control codes as well.
_LETTERED_SIGNATURES = (
    b"GIF8", b"BZh", b"PAR1", b"ARROW1", b"RIFF", b"ID3", b"OggS", b"Rar!",
)  # fmt: skip
_HEAD_BYTES = 512

_UNUSUAL = (*(mark for mark, _ in _MARKS), *_BINARY_SIGNATURES, *_LETTERED_SIGNATURES)
_UNUSUAL_FIRST = {unusual[:1] for unusual in _UNUSUAL}  # quicker to rule out

# Bytes that no text holds: C0 controls but tab, line ends, form feed, backspace and escape.
_CONTROLS = bytes(set(range(32)) - {8, 9, 10, 12, 13, 27}) + b"\x7f"
_MAX_CONTROL_SHARE = 0.3  # of valid UTF-8, which may hold stray NULs that cleaning takes out
_MAX_CONTROL_SHARE_UNDECLARED = 0.02  # of bytes that are not even UTF-8
_SAMPLE_BYTES = 16_384
_HIGH_BYTES = bytes(range(128, 256))

# The legacy encodings of the web: those of the WHATWG standard that news was written in.
_CANDIDATES = [
    "cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258",
    "koi8_r", "koi8_u", "iso8859_2", "iso8859_5", "iso8859_7", "cp874", "shift_jis", "euc_jp",
    "gb18030", "big5", "euc_kr",
]  # fmt: skip


class Decoded(NamedTuple):
    """A decoded text, the encoding it was read in, and what had to be done."""

    text: str
    encoding: str
    notes: tuple[Reason, ...] = ()


def decode(raw: bytes, *, configured: str | None = None, declared: str | None = None) -> Decoded:
    """Return the characters of ``raw``; a byte-order mark is left out.

    Args:
        raw: the bytes of one record.
        configured: the encoding that the user's configuration names; only a byte-order mark wins
            over it.
        declared: the encoding that the record or its container states.

    Raises:
        Refused: the bytes are no text (``type.mismatch``), or no encoding explains them
            (``encoding.undetected``).

    """
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            return _decode_as(raw[len(mark) :], encoding)
    if _has_signature(raw):
        raise Refused(Reason.TYPE_MISMATCH, "the bytes are those of a binary file format")
    if configured:
        return _decode_as(raw, configured)
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        return _decode_legacy(raw, declared)
    if (wide := _wide_encoding(raw)) is not None:
        return Decoded(raw.decode(wide), wide, (Reason.ENCODING_DETECTED,))
    _refuse_binary(raw, _MAX_CONTROL_SHARE)
    return Decoded(text, "utf-8")


def _has_signature(raw: bytes) -> bool:
    if raw.startswith(_LETTERED_SIGNATURES):
        head = raw[:_HEAD_BYTES]
        return len(head.translate(None, _CONTROLS)) < len(head)
    return raw.startswith(_BINARY_SIGNATURES)


def plain_texts(lines: Sequence[bytes]) -> list[str] | None:
    """Return what :func:`decode` makes of each line, where nothing about any of them is unusual.

    That is all valid UTF-8 without a mark, a binary file's first bytes or a control code; and it is
    told at once for all. None stands for lines to be looked at one by one.
    """
    raw = b"\n".join(lines)
    codes = np.frombuffer(raw, np.uint8)
    low = codes[np.flatnonzero(codes < ord(" "))]  # few, and counted quicker than by bytes.count
    if not np.all((low == ord("\n")) | (low == ord("\t")) | (low == ord("\r"))) or b"\x7f" in raw:
        return None
    if any(line[:1] in _UNUSUAL_FIRST and line.startswith(_UNUSUAL) for line in lines):
        return None
    try:
        return raw.decode("utf-8").split("\n")
    except UnicodeDecodeError:
        return None


@lru_cache(maxsize=256)
def _lookup(name: str) -> str | None:
    """Return the codec's name; Latin-1 and ASCII mean Windows-1252, as in the standard."""
    try:
        info = codecs.lookup(name.strip().strip("\"'"))
    except (LookupError, ValueError):
        return None
    if not info._is_text_encoding:  # noqa: SLF001 - codecs offers no public way to ask
        return None
    return "cp1252" if info.name in {"iso8859-1", "ascii"} else info.name


def _decode_as(raw: bytes, encoding: str, *notes: Reason) -> Decoded:
    try:
        return Decoded(raw.decode(encoding), encoding, notes)
    except UnicodeDecodeError:
        text = raw.decode(encoding, "replace")
        return Decoded(text, encoding, (*notes, Reason.ENCODING_REPLACED))


def _decode_legacy(raw: bytes, declared: str | None) -> Decoded:
    """Decode bytes that are not valid UTF-8."""
    if (wide := _wide_encoding(raw)) is not None:
        return Decoded(raw.decode(wide), wide, (Reason.ENCODING_DETECTED,))
    _refuse_binary(raw, _MAX_CONTROL_SHARE_UNDECLARED)
    if declared and (codec := _lookup(declared)) is not None and codec != "utf-8":
        try:
            return Decoded(raw.decode(codec), codec)
        except UnicodeDecodeError:
            pass  # a wrong declaration; the bytes decide
    if _is_damaged_utf8(raw):
        return _decode_as(raw, "utf-8")
    encoding = _detect(raw)
    if encoding is None:
        raise Refused(Reason.ENCODING_UNDETECTED, "not UTF-8, and no other encoding explains it")
    return _decode_as(raw, encoding, Reason.ENCODING_DETECTED)


def _refuse_binary(raw: bytes, max_share: float) -> None:
    sample = raw[: _SAMPLE_BYTES // 4]
    controls = len(sample) - len(sample.translate(None, _CONTROLS))
    if controls > max_share * len(sample):
        raise Refused(
            Reason.TYPE_MISMATCH, f"{controls} of the first {len(sample)} bytes are control codes"
        )


def _wide_encoding(raw: bytes) -> str | None:
    """Return UTF-16's byte order where every other byte is NUL, as in Western text, else None."""
    if b"\0" not in raw or len(raw) % 2:
        return None
    if len(raw) < 4:  # noqa: PLR2004 - two code units are the least to see a pattern
        return None
    sample = raw[:_SAMPLE_BYTES]
    units = len(sample) // 2
    even, odd = sample[::2].count(0) / units, sample[1::2].count(0) / units
    rare, common = 0.05, 0.5
    encoding = None
    if odd > common and even < rare:
        encoding = "utf-16-le"
    elif even > common and odd < rare:
        encoding = "utf-16-be"
    if encoding is not None:
        try:
            raw.decode(encoding)
        except UnicodeDecodeError:
            return None
    return encoding


def _is_damaged_utf8(raw: bytes) -> bool:
    """Tell whether more multi-byte sequences are whole than broken: UTF-8 with some bad bytes."""
    text = raw.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    whole = len(text) - len(raw.translate(None, _HIGH_BYTES)) - broken
    return whole >= broken


def _detect(raw: bytes) -> str | None:
    """Return the most plausible legacy encoding of a bounded sample around the first odd byte."""
    first = next((i for i, byte in enumerate(raw) if byte >= 128), 0)  # noqa: PLR2004 - beyond ASCII
    start = max(0, first - _SAMPLE_BYTES // 4)
    best = from_bytes(raw[start : start + _SAMPLE_BYTES], cp_isolation=_CANDIDATES).best()
    return best.encoding if best is not None else None
