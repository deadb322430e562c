"""Ids that stay the same across versions of a dataset."""

import base64
import hashlib

from broadsheet.identity import identity_text
from broadsheet.normalize.urls import CanonicalUrl, canonicalize_url, identity_url

ID_LENGTH = 16
"""Base32 characters: 80 bits, so that two of a billion articles collide with odds of 1 to 2.4 M."""

_ID_BYTES = ID_LENGTH * 5 // 8


def article_id(url: str | None, text: str) -> str:
    """Return the id of an article: from its canonical URL, else from its text.

    The id is the first 16 characters of the lower-case base32 (RFC 4648) of the SHA-256 of
    ``url:`` and the URL's identity form, or of ``text:`` and the identity text.

    Args:
        url: the canonical URL, where one is known.
        text: the body.

    """
    key = f"url:{identity_url(url)}" if url else f"text:{identity_text(text)}"
    digest = hashlib.sha256(key.encode("utf-8", "replace")).digest()
    return base64.b32encode(digest[:_ID_BYTES]).decode("ascii").lower()


def known_as(name: str) -> frozenset[str]:
    """Return what an article may be known by, given its id or any form of its URL.

    Forms that mean the same page (with a tracker, of the mobile host) give the same id.
    """
    found = canonicalize_url(name)
    if not isinstance(found, CanonicalUrl):
        return frozenset({name})
    return frozenset({name, found.url, article_id(found.url, "")})
