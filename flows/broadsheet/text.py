"""Text that is safe for everything after it: clean characters, one kind of line end, plain spaces.

A leaf that any stage may import. Rules: hidden and directional characters as listed in Unicode
Technical Report #36 and UAX #9; normal form C and the bound on runs of combining marks after
UAX #15, with a tighter bound than its 30.
"""

import re
import unicodedata
from functools import lru_cache, partial
from typing import Final

import numpy as np
import numpy.typing as npt

from broadsheet.characters import marked, plane
from broadsheet.reasons import Reason

MOST_MARKS: Final = 8
"""Combining marks that one letter may carry; pointed Hebrew and Tibetan need up to five."""

_LINE_END: Final = re.compile("\r\n?|[\v\f\x1c-\x1e\x85\u2028\u2029]")
_LINE_ENDS: Final = "\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"
_OBJECT: Final = "\ufffc"  # stands for a picture; Python counts it as printable
_SURROGATE: Final = re.compile("[\ud800-\udfff]")

# Joiners shape words in Arabic, Indic and South-East Asian scripts and join emoji; after any
# other character they only hide.
_JOINER: Final = (
    "(?<![\u0600-\u08ff\u0900-\u109f\u1780-\u18af\u2190-\u2bff\ufb50-\ufdff\ufe0f\ufe70-\ufefc"
    "\U0001f000-\U0001faff])[\u200c\u200d]"
)
_HIDDEN: Final = re.compile(
    "[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f"  # C0 and C1 controls but tab and line ends
    "\u00ad\u180e\u200b\u2060-\u2064\ufeff"  # soft hyphen, zero width
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f"  # direction marks, embeddings, isolates
    "\ufdd0-\ufdef\ufff9-\ufffc\ufffe\uffff\U000e0000-\U000e007f]+"  # nothing to show
    f"|{_JOINER}"
)


def _combining_marks() -> str:
    """Return a character class of the combining marks of the Basic Multilingual Plane."""
    blocks = (range(0x300, 0x3100), range(0xA66F, 0xABEE), range(0xFB1E, 0xFE30))
    marks = (c for block in blocks for c in map(chr, block) if unicodedata.category(c)[0] == "M")
    return "".join(marks)


_MARKS: Final = re.compile(f"([{_combining_marks()}]{{{MOST_MARKS}}})[{_combining_marks()}]+")
_SPACES: Final = re.compile(r"[^\S\n]+")
_EDGES: Final = re.compile(r" ?\n ?")
_BLANK_LINES: Final = re.compile(r"\n{3,}")
_GAPS: Final = ("  ", " \n", "\n ", "\n\n\n")


def clean(text: str) -> tuple[str, tuple[Reason, ...]]:
    r"""Return a text in normal form C, always encodable, with ``\n`` as its only line end.

    Control, zero-width and bidirectional characters are removed, unpaired surrogates become
    U+FFFD, and a run of combining marks keeps its first ``MOST_MARKS``. Applying it twice changes
    nothing more.

    Returns:
        The cleaned text, and ``text.cleaned`` and ``text.capped`` where they apply.

    """
    if text.isprintable() and text.isascii():
        return text, ()
    kinds = _kinds_in(text)
    if kinds & _ENDS:
        text = _LINE_END.sub("\n", text)
    visible = text
    if kinds & (_HIDES | _BEYOND) and not _is_all_shown(text):
        visible = "\n".join(map(_without_hidden, text.split("\n")))
    notes = (Reason.TEXT_CLEANED,) if visible != text else ()
    if not kinds & (_COMBINES | _CHANGES | _BEYOND):
        return visible, notes
    # Before normalising, because sorting a long run of marks takes quadratic time; and after,
    # because a few marks decompose into two.
    capped = _MARKS.sub(r"\1", visible) if kinds & _COMBINES else visible
    normal = unicodedata.normalize("NFC", capped)
    result = normal if normal == capped else _MARKS.sub(r"\1", normal)
    if capped != visible or result != normal:
        notes = (*notes, Reason.TEXT_CAPPED)
    return result, notes


_ENDS: Final = 1  # a line
_HIDES: Final = 2  # or is not known to show
_COMBINES: Final = 4  # with what stands before it
_CHANGES: Final = 8  # in normal form C, or may
_BEYOND: Final = 16  # half of a character beyond the Basic Multilingual Plane, or of none

_SHOWN_BLANKS: Final = "\n\t\xa0"
_JAMO: Final = slice(0x1100, 0x1200)  # compose as marks do, but are letters


@lru_cache(maxsize=1)
def _kinds() -> npt.NDArray[np.uint8]:
    """Return for each UTF-16 code unit what it asks of :func:`clean`."""
    shows = marked(str.isprintable, plane())
    shows[list(map(ord, _SHOWN_BLANKS + _LINE_ENDS))] = True
    shows[ord(_OBJECT)] = False
    is_normal = marked(partial(unicodedata.is_normalized, "NFC"), plane())
    kinds = (_HIDES * ~shows + _CHANGES * ~is_normal).astype(np.uint8)
    kinds[_JAMO] |= _CHANGES
    kinds[list(map(ord, _combining_marks()))] |= _COMBINES
    kinds[list(map(ord, _LINE_ENDS))] |= _ENDS
    kinds[0xD800:0xE000] = _BEYOND
    return kinds


def _kinds_in(text: str) -> int:
    """Return what any of a text's characters asks for: a look-up instead of a search for each."""
    units = np.frombuffer(text.encode("utf-16-le", "surrogatepass"), dtype=np.uint16)
    return int(np.bitwise_or.reduce(_kinds().take(units)))


def _is_all_shown(text: str) -> bool:
    """Tell whether no character can be a hidden one: a few scans instead of a search in each."""
    plain = text.replace("\n", " ").replace("\t", " ").replace("\xa0", " ")
    return plain.isprintable() and _OBJECT not in plain


def _without_hidden(line: str) -> str:
    if line.isprintable() and _OBJECT not in line:
        return line
    return _HIDDEN.sub("", _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", line))


def squeeze(text: str) -> str:
    """Return a text with plain single spaces, bare line edges and at most one blank line on end."""
    if text.replace("\n", " ").isprintable() and not any(gap in text for gap in _GAPS):
        return text.strip()
    single = _EDGES.sub("\n", _SPACES.sub(" ", text))
    return _BLANK_LINES.sub("\n\n", single).strip()


def excerpt(text: str, limit: int = 160) -> str:
    """Return the first characters of a text as one line, for evidence and reports."""
    return _SPACES.sub(" ", text[: 4 * limit].replace("\n", " ")).strip()[:limit]
