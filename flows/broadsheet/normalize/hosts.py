"""Host names and their registrable domains, by the Public Suffix List that tldextract ships."""

import re
import unicodedata
from functools import cache, lru_cache

import ada_url
from tldextract import TLDExtract

_IPV4 = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}")
# Names that never resolve on the public internet: RFC 6761, RFC 6762, RFC 8375, RFC 9476.
_NOT_PUBLIC = ("localhost", "local", "internal", "invalid", "home.arpa", "alt", "onion")

# Cyrillic and Greek letters that look like Latin ones in common typefaces.
_LATIN_LOOKALIKES = frozenset("асеорхуіјѕһԁԛԝӏкмтвнгпь" + "αορνικτυχγ")


@cache
def _extractor() -> TLDExtract:
    """Return the one extractor: the shipped list alone, nothing fetched, nothing written."""
    return TLDExtract(cache_dir=None, suffix_list_urls=(), include_psl_private_domains=True)


@lru_cache(maxsize=65_536)
def registrable_domain(host: str) -> str | None:
    """Return the registrable domain of a host: its public suffix and one label more.

    The list's private section counts: ``gazette.blogspot.com`` is registrable. A top-level domain
    that the list does not know is a suffix by the list's own default rule.

    Args:
        host: a host name, ASCII or Unicode, in any case.

    Returns:
        The domain in lower case, or None for an address, a bare suffix or an empty label.

    """
    name = host.strip().rstrip(".").lower()
    if not is_public_name(name):
        return None
    found = _extractor()(name)
    if not found.suffix:
        return ".".join(name.split(".")[-2:])
    return f"{found.domain}.{found.suffix}" if found.domain else None


def is_public_name(host: str) -> bool:
    """Tell whether a host can be a public name: dotted, no address, no special-use domain."""
    if "." not in host or "" in host.split(".") or ":" in host or _IPV4.fullmatch(host):
        return False
    return not any(host == name or host.endswith(f".{name}") for name in _NOT_PUBLIC)


def is_punycode_valid(host: str) -> bool:
    """Tell whether every international label of a host stands for some name (UTS #46).

    The parser lets labels pass that it cannot decode.
    """
    return "xn--" not in host or "xn--" not in ada_url.idna_to_unicode(host)


def is_misleading(host: str) -> bool:
    """Tell whether a host has a label that mixes scripts, or imitates Latin letters in another.

    The first is Unicode Technical Standard 39's mixed-script test for Latin, Greek and Cyrillic;
    the second its whole-script confusables: every letter of the label looks like a Latin one.
    Letters of Cyrillic and Greek under their own top-level domains mislead nobody.
    """
    if "xn--" not in host:
        return False
    labels = ada_url.idna_to_unicode(host).split(".")
    if labels[-1].isascii():
        return any(_mixes_scripts(label) or _imitates_latin(label) for label in labels)
    return any(_mixes_scripts(label) for label in labels)


def _mixes_scripts(label: str) -> bool:
    names = {unicodedata.name(c, "").split(" ")[0] for c in label if c.isalpha()}
    return len(names & {"LATIN", "GREEK", "CYRILLIC"}) > 1


def _imitates_latin(label: str) -> bool:
    letters = {c for c in label if c.isalpha()}
    return bool(letters) and letters <= _LATIN_LOOKALIKES
