"""Masking of what identifies or endangers people: addresses, numbers, secrets.

A leaf that any stage may import. Each kind is replaced by a typed placeholder, so that a reader
sees that something stood there, and masking a masked text changes nothing.
"""

import ipaddress
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Final, Literal

from broadsheet.reasons import Reason

Kind = Literal["email", "phone", "ip", "secret"]

NOTES: Final[dict[Kind, Reason]] = {
    "secret": Reason.PRIVACY_SECRET,
    "email": Reason.PRIVACY_EMAIL,
    "ip": Reason.PRIVACY_IP,
    "phone": Reason.PRIVACY_PHONE,
}
"""The reason code of each kind, in the order in which they are masked."""

_EMAIL: Final = re.compile(
    r"(?<![\w.+%-])[\w.+%-]{1,64}(?:@|\s?[\[(](?:at|@)[\])]\s?)(?:[\w-]{1,63}\.){1,6}[^\W\d_]{2,24}(?![\w-])"
)
_IPV4: Final = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.]*\d)")
_IPV6: Final = re.compile(r"(?<![\w:.])(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{0,4}(?![\w:])")
# Digits in groups count after a plus sign (ITU-T E.123), as in North America, or after a word that
# says that a telephone number follows.
_DIGITS: Final = re.compile(r"\+?\(?\d+")
_INTERNATIONAL: Final = re.compile(
    r"\+\d{1,3}[\s./-]?(?:\(\d{1,4}\)[\s./-]?)?(?:\d{1,5}[\s./-]?){1,5}\d{2,5}(?!\w)"
)
_NORTH_AMERICAN: Final = re.compile(r"\(?[2-9]\d{2}\)?[\s.-][2-9]\d{2}[.-]\d{4}(?![\w-])")
_LOCAL: Final = re.compile(r"\(?\d{2,5}\)?(?:[\s./-]?\d{2,5}){1,5}(?!\w)")
_PHONE_WORD: Final = re.compile(
    r"(?:\b(?:tel|phone|call|fax|mobile|whatsapp|telefon|tél)|☎)[.:]{0,2}\s?$", re.IGNORECASE
)
_NOT_BEFORE_PHONE: Final = re.compile(r"[\w$€£.,+-]")
_SHORTEST_PHONE_DIGITS: Final = 7
_LONGEST_PHONE_DIGITS: Final = 15  # ITU-T E.164
# Forms of credentials that their issuers publish, so that scanners find them.
_SECRET: Final = re.compile(
    r"-----BEGIN [A-Z ]{0,24}PRIVATE KEY-----(?:.{0,8192}?-----END [A-Z ]{0,24}PRIVATE KEY-----)?"
    r"|(?<!\w)(?:"
    r"(?:AKIA|ASIA)[0-9A-Z]{16}"
    r"|gh[pousr]_[0-9A-Za-z]{36,255}|github_pat_[0-9A-Za-z_]{60,255}|glpat-[0-9A-Za-z_-]{20,64}"
    r"|xox[abeoprs]-[0-9A-Za-z-]{10,255}"
    r"|AIza[0-9A-Za-z_-]{35}|ya29\.[0-9A-Za-z_-]{20,1024}"
    r"|hf_[0-9A-Za-z]{30,64}|sk-(?:[0-9A-Za-z]+-){0,3}[0-9A-Za-z_-]{20,255}"
    r"|[rs]k_(?:live|test)_[0-9A-Za-z]{16,255}|npm_[0-9A-Za-z]{36}|pypi-[0-9A-Za-z_-]{50,255}"
    r"|eyJ[0-9A-Za-z_-]{8,4096}\.eyJ[0-9A-Za-z_-]{8,4096}\.[0-9A-Za-z_-]{8,4096}"
    r")(?![0-9A-Za-z])"
    r"|(?<=Bearer )[0-9A-Za-z._~+/-]{24,4096}=*",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Masked:
    """A text without what was to be masked.

    Attributes:
        text: with placeholders such as ``[email]``.
        count: how many were set.
        notes: the reason code of each kind that was found.

    """

    text: str
    count: int = 0
    notes: tuple[Reason, ...] = ()


def mask(text: str, kinds: Collection[Kind]) -> Masked:
    """Replace what identifies or endangers people by placeholders.

    Args:
        text: any text.
        kinds: what to mask.

    """
    total, notes = 0, []
    for kind, reason in NOTES.items():
        if kind in kinds and _MAY_HOLD[kind](text):
            text, count = _MASKS[kind](text)
            if count:
                total += count
                notes.append(reason)
    return Masked(text, total, tuple(notes))


def may_hold(text: str, kinds: Collection[Kind]) -> bool:
    """Tell, at a glance, whether a text can hold something of these kinds."""
    return any(_MAY_HOLD[kind](text) for kind in kinds)


def _mask_ips(text: str) -> tuple[str, int]:
    """Mask addresses that are routed on the public internet."""
    count = 0

    def replaced(match: re.Match[str]) -> str:
        nonlocal count
        try:
            address = ipaddress.ip_address(match[0])
        except ValueError:
            return match[0]
        count += address.is_global
        return "[ip]" if address.is_global else match[0]

    return _IPV6.sub(replaced, _IPV4.sub(replaced, text)), count


def _mask_phones(text: str) -> tuple[str, int]:
    parts, done, count = [], 0, 0
    for match in _DIGITS.finditer(text):
        phone = _phone_at(text, match.start())
        if phone and match.start() >= done:
            parts += [text[done : match.start()], "[phone]"]
            done = phone.end()
            count += 1
    return "".join([*parts, text[done:]]), count


def _phone_at(text: str, start: int) -> re.Match[str] | None:
    """Return the telephone number that begins at a place, if one does."""
    if start and _NOT_BEFORE_PHONE.match(text, start - 1):
        return None
    phone = _INTERNATIONAL.match(text, start) or _NORTH_AMERICAN.match(text, start)
    if not phone and _PHONE_WORD.search(text, max(0, start - 12), start):
        phone = _LOCAL.match(text, start)
    digits = sum(c.isdigit() for c in phone[0]) if phone else 0
    return phone if _SHORTEST_PHONE_DIGITS <= digits <= _LONGEST_PHONE_DIGITS else None


# A text without any of these is not searched further; a substring is found in no time.
_SECRET_MARKS: Final = (
    "AKIA", "ASIA", "glpat-", "xox", "AIza", "ya29.", "sk-", "pypi-", "eyJ", "PRIVATE KEY",
    "Bearer ",
)  # fmt: skip
_SECRET_MARKS_WITH_LINE: Final = (
    "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "hf_", "k_live_", "k_test_", "npm_",
)  # fmt: skip


def _may_hold_secret(text: str) -> bool:
    if "_" in text and any(mark in text for mark in _SECRET_MARKS_WITH_LINE):
        return True
    return any(mark in text for mark in _SECRET_MARKS)


_TWO_COLONS: Final = re.compile(":[0-9A-Fa-f]{0,4}:")
_DOTTED_DIGITS: Final = re.compile(r"\d\.\d")
_MAY_HOLD: Final[dict[Kind, Callable[[str], bool]]] = {
    "secret": _may_hold_secret,
    "email": lambda text: "@" in text or "at)" in text or "at]" in text,
    "ip": lambda text: bool(_DOTTED_DIGITS.search(text) or _TWO_COLONS.search(text)),
    "phone": lambda text: any(digit in text for digit in "0123456789"),
}
_MASKS: Final[dict[Kind, Callable[[str], tuple[str, int]]]] = {
    "secret": lambda text: _SECRET.subn("[secret]", text),
    "email": lambda text: _EMAIL.subn("[email]", text),
    "ip": _mask_ips,
    "phone": _mask_phones,
}
