"""URLs in their canonical form.

Parsed by the WHATWG URL Standard (ada), then brought to the one form under which an article is
cited: no credentials, no default port, no fragment, no parameter that only tracks the reader.
What may decide which page is served (scheme, ``www.``, other parameters) stays as found; the
identity form, from which ids are made, leaves that out, too.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

import ada_url

from broadsheet.normalize.hosts import is_misleading, is_public_name, is_punycode_valid
from broadsheet.normalize.url_variants import (
    desktop_host,
    drop_index_page,
    drop_session,
    original_of_amp,
    without_tracking,
)
from broadsheet.reasons import Reason

MOST_CHARACTERS = 2_048
"""A longer URL is refused: no article needs it, and the sitemap protocol allows no more."""

_SCHEME = re.compile(r"\s*([A-Za-z][A-Za-z0-9+.-]*):")
_HOST_WITHOUT_SCHEME = re.compile(r"www\.[^\s/:?#@\\]+\.[a-z]{2,}(?:[/?#]|$)", re.IGNORECASE)
_HOST_AND_PORT = re.compile(r"[^/?#:]+:\d+(?:[/?#]|$)")
_CONTROL = re.compile(r"[\x00-\x20\x7f-\x9f]")
_PERCENT = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_WEB = frozenset({"http:", "https:"})


@dataclass(frozen=True, slots=True)
class CanonicalUrl:
    """A URL in its canonical form.

    Attributes:
        url: the URL, ASCII.
        host: its host name, ASCII (internationalised names as A-labels), without a port.
        notes: what was found amiss and mended, or is suspicious.

    """

    url: str
    host: str
    notes: tuple[Reason, ...] = ()


@lru_cache(maxsize=16_384)
def canonicalize_url(found: str, base: str | None = None) -> CanonicalUrl | Reason:
    """Bring a URL to its canonical form.

    Stricter than the standard where a lenient reading hides something: a backslash, a control
    character or a space within, an international label that does not decode are refused.

    Args:
        found: the URL as found; ``www.host/path`` counts as https, and so does ``//host/path``
            without a base.
        base: the address of the page that states it, by which a relative one is resolved.

    Returns:
        The canonical URL, or why there is none: ``url.scheme`` (not http or https), ``url.host``
        (no public host name, or one made to mislead), ``url.invalid``.

    """
    stripped = found.strip()
    if not stripped or len(stripped) > MOST_CHARACTERS:
        return Reason.URL_INVALID
    scheme = _SCHEME.match(stripped)
    if scheme and not _HOST_AND_PORT.match(stripped):
        if f"{scheme[1].lower()}:" not in _WEB:
            return Reason.URL_SCHEME
    elif stripped.startswith("//") and not base:
        stripped = f"https:{stripped}"
    elif _HOST_WITHOUT_SCHEME.match(stripped):
        stripped = f"https://{stripped}"
    if "\\" in stripped:  # browsers read it as a slash, others as part of the user name
        return Reason.URL_HOST
    if _CONTROL.search(stripped):
        return Reason.URL_INVALID
    try:
        return _canonical(ada_url.URL(stripped, base).href)
    except ValueError:
        return Reason.URL_INVALID


def _canonical(href: str) -> CanonicalUrl | Reason:
    """Bring a URL that the parser wrote to its canonical form.

    Its parts are cut here, because each costs a call through the parser's binding: what stands
    between ``//`` and the next slash is user, host and port, in which only their own marks occur.
    """
    address, _, fragment = href.partition("#")
    address, question_mark, query = address.partition("?")
    scheme, _, address = address.partition("//")
    authority, slash, path = address.partition("/")
    user, _, host = authority.rpartition("@")
    host, colon, port = host.partition(":") if not host.endswith("]") else (host, "", "")
    notes = [Reason.URL_USERINFO] if user else []
    host = host.rstrip(".")
    if not is_public_name(host):
        return Reason.URL_HOST
    if not is_punycode_valid(host):
        return Reason.URL_INVALID
    shown = f"#{fragment}" if fragment.startswith("!") else ""
    path = drop_session(_plain_percent(slash + path))
    query = without_tracking(_plain_percent(question_mark + query), host)
    cached_at = host
    scheme, host, path, query = original_of_amp(scheme, host, path, query)
    if host != cached_at:  # what a cache carries is an address like any other
        original = canonicalize_url(f"{scheme}//{host}{path}{query}")
        if isinstance(original, Reason):
            return original
        return CanonicalUrl(original.url, original.host, (*notes, *original.notes))
    if is_misleading(host):
        notes.append(Reason.URL_HOMOGLYPH)
    elif "xn--" in host:
        notes.append(Reason.URL_IDN)
    port = f"{colon}{port}"
    return CanonicalUrl(f"{scheme}//{host}{port}{path}{query}{shown}", host, tuple(notes))


def _plain_percent(part: str) -> str:
    """Decode what needs no encoding and write the rest in capitals (RFC 3986, section 6.2.2)."""
    if "%" not in part:
        return part

    def plain(match: re.Match[str]) -> str:
        character = chr(int(match[1], 16))
        return character if character in _UNRESERVED else match[0].upper()

    return _PERCENT.sub(plain, part)


def identity_url(canonical: str) -> str:
    """Return the form of a canonical URL under which variants of one page meet.

    Scheme, ``www.`` and mobile hosts, index pages, a trailing slash and the order of parameters
    do not tell articles apart.

    Args:
        canonical: a URL that :func:`canonicalize_url` made.

    """
    address = canonical.partition("//")[2]
    address, _, query = address.partition("?")
    host, slash, path = address.partition("/")
    path = drop_index_page(slash + path, has_query=bool(query)).rstrip("/")
    parameters = "&".join(sorted(query.split("&"))) if query else ""
    return f"{desktop_host(host)}{path}" + (f"?{parameters}" if parameters else "")
