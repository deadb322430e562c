"""Which outlet published an article.

In this order: the host of its URL; text that only one outlet's pages carry; what the page declares
of itself (``og:site_name``, JSON-LD ``publisher``, a field of the container); at last the
collector's hint. Never a source that the text quotes, an agency or a photo credit: those are no
declarations, so they are not asked.

An aggregator, a blog host or an archive is where an article was found, not who published it: both
are kept. A page at a host that the registry does not know is never taken for an outlet at another
host, whatever it calls itself: names repeat (there are many Liberties), so it keeps its name and
its domain, and no country.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from broadsheet.config import Config
from broadsheet.normalize.hosts import registrable_domain
from broadsheet.normalize.outlets_registry import (
    CheckedBy,
    Kind,
    Outlet,
    Registry,
    load_registry,
    registry_for,
)
from broadsheet.records import Witness
from broadsheet.text import clean, excerpt

__all__ = ["CONFIDENCE", "OutletMatch", "by_host", "by_name", "resolve"]

CONFIDENCE = {
    "url.host": 0.99,
    "url.host-retired": 0.95,
    "url.host-unchecked": 0.9,
    "url.archived": 0.95,
    "url.canonical": 0.9,
    "url.aggregator": 0.99,
    "url.unknown": 0.95,
    "text.phrase": 0.97,
    "page.name": 0.97,
    "page.name-unchecked": 0.8,
    "page.name-unknown": 0.7,
    "page.address": 0.95,
    "hint.outlet": 0.9,
}
"""Estimated probability that what a rule gives is right."""

DECLARATIONS = frozenset({"field", "jsonld", "og", "microdata"})
"""First parts of the rules by which a page or its container names its own publisher."""

WEAK_DECLARATIONS = frozenset({"meta", "html", "twitter"})
"""As ``DECLARATIONS``, but as often a copyright line or a source: only known names count."""

_FOREIGN = frozenset({Kind.AGGREGATOR, Kind.BLOG_HOST})
_LONGEST_NAME = 80
_TAGLINE = re.compile(r"\s+(?:\||-|–|—|::?|·|•)\s+")
_ADDRESS = re.compile(r"(?:https?://)?((?:[\w-]+\.)+[^\W\d_]{2,})/?", re.IGNORECASE)
# The Wayback Machine and the AMP cache hold the address of the page in their own.
_ARCHIVED = re.compile(
    r"https?://(?:web\.archive\.org/web/\d+[a-z_]*/(?P<copy>https?://.+)"
    r"|[^/]+\.cdn\.ampproject\.org/[a-z]/(?:s/)?(?P<page>.+))",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutletMatch:
    """What is known of the publisher of one article.

    Attributes:
        outlet: who published it; None where the page does not say. An outlet that the page names
            and the registry does not know has ``is_registered`` false and no country.
        domain: its registrable domain (Public Suffix List with the private section).
        rule: which rule decided, a key of ``CONFIDENCE``.
        confidence: estimated probability that what is given is right, in [0, 1].
        excerpt: the raw characters that decided, at most 160.
        found_at: the aggregator, blog host or archive at which it was found, if it was one.

    """

    outlet: Outlet | None
    domain: str | None
    rule: str
    confidence: float
    excerpt: str
    found_at: Outlet | None = None


def by_host(host: str) -> Outlet | None:
    """Return the outlet of the shipped registry that publishes at a host."""
    return load_registry().by_host(host)


def by_name(name: str) -> Outlet | None:
    """Return the one outlet of the shipped registry that bears a name or an alias."""
    return load_registry().by_name(name)


def resolve(witnesses: Sequence[Witness], url: str | None, config: Config) -> OutletMatch | None:
    """Say who published an article, from its URL and what its page declares.

    Args:
        witnesses: all of the article's; those of ``outlet`` are asked, and at an aggregator
            those of ``url``, which may lead to the publisher.
        url: its canonical URL, where known.
        config: for ``[[outlets]]`` and ``hints.outlet``.

    Returns:
        The match, or None where nothing speaks of a publisher.

    Raises:
        ConfigError: an entry of ``[[outlets]]`` is wrong.

    """
    registry = registry_for(config)
    host = _host(url)
    owner = registry.by_host(host) if host else None
    if url and host and owner and owner.kind not in _FOREIGN:
        return _match(owner, _host_rule(owner, host), url)
    if url and owner and (archived := _from_archive(url, owner, registry)):
        return archived
    stated = [witness for witness in witnesses if witness.field == "outlet"]
    if host and not owner:
        return _from_unknown_host(stated, registry, host, url or "", config)
    named = (
        _from_page(stated, registry, owner)
        or (_from_other_address(witnesses, registry, owner) if owner else None)
        or _from_hint(config, registry, owner)
    )
    if named or not (url and host and owner):
        return named
    return OutletMatch(
        outlet=None,
        domain=_blog_domain(owner, host),
        rule="url.aggregator",
        confidence=CONFIDENCE["url.aggregator"],
        excerpt=excerpt(url),
        found_at=owner,
    )


def _host(url: str | None) -> str | None:
    try:
        return urlsplit(url).hostname if url else None
    except ValueError:  # an address inside an archive's may be broken
        return None


def _host_rule(owner: Outlet, host: str) -> str:
    if not owner.is_checked:
        return "url.host-unchecked"
    retired = any(d.is_retired and f".{host}".endswith(f".{d.host}") for d in owner.domains)
    return "url.host-retired" if retired else "url.host"


def _match(outlet: Outlet, rule: str, found_in: str, found_at: Outlet | None = None) -> OutletMatch:
    return OutletMatch(
        outlet=outlet,
        domain=registrable_domain(outlet.host) if outlet.host else None,
        rule=rule,
        confidence=CONFIDENCE[rule],
        excerpt=excerpt(found_in),
        found_at=found_at,
    )


def _blog_domain(owner: Outlet, host: str) -> str | None:
    """Return the domain of one blog, where the Public Suffix List gives each blog its own."""
    domain = registrable_domain(host) if owner.kind is Kind.BLOG_HOST else None
    is_blog = domain and any(domain.endswith(f".{d.host}") for d in owner.domains)
    return domain if is_blog else None


def _from_archive(url: str, archive: Outlet, registry: Registry) -> OutletMatch | None:
    held = _ARCHIVED.match(url)
    if not held:
        return None
    host = _host(held["copy"] or f"https://{held['page']}")
    owner = registry.by_host(host) if host else None
    if host and owner and owner.kind not in _FOREIGN:
        return _match(owner, "url.archived", url, archive)
    return None


def _from_other_address(
    witnesses: Iterable[Witness], registry: Registry, found_at: Outlet
) -> OutletMatch | None:
    """Take the publisher to whose site an aggregator's page says that it belongs."""
    for witness in witnesses:
        host = _host(witness.value) if witness.field == "url" else None
        owner = registry.by_host(host) if host else None
        if owner and owner.kind not in _FOREIGN:
            return _match(owner, "url.canonical", witness.excerpt, found_at)
    return None


def _from_unknown_host(
    stated: Sequence[Witness], registry: Registry, host: str, url: str, config: Config
) -> OutletMatch | None:
    """Name the publisher at a host that the registry does not know, as the page itself does."""
    named = _from_phrase(stated, registry, None) or _from_hint(config, registry, None)
    domain = registrable_domain(host)
    if named or not domain:
        return named
    return _from_unknown_name(stated, registry, domain, None) or OutletMatch(
        outlet=None,
        domain=domain,
        rule="url.unknown",
        confidence=CONFIDENCE["url.unknown"],
        excerpt=excerpt(url),
    )


def _from_unknown_name(
    stated: Iterable[Witness], registry: Registry, domain: str | None, found_at: Outlet | None
) -> OutletMatch | None:
    """Take the first declaration that can be a publisher's name, but for agencies and portals."""
    for witness in stated:
        name = " ".join(clean(witness.value)[0].split())
        if _root(witness) not in DECLARATIONS or not _is_name(name):
            continue
        known = registry.by_name(name)
        if known is None or known.kind not in _FOREIGN | {Kind.AGENCY}:
            return OutletMatch(
                outlet=_unregistered(name),
                domain=domain,
                rule="page.name-unknown",
                confidence=CONFIDENCE["page.name-unknown"],
                excerpt=excerpt(witness.excerpt),
                found_at=found_at,
            )
    return None


def _is_name(text: str) -> bool:
    has_letters = any(character.isalpha() for character in text)
    return has_letters and len(text) <= _LONGEST_NAME and not _ADDRESS.fullmatch(text)


def _root(witness: Witness) -> str:
    return witness.rule.partition(".")[0]


def _unregistered(name: str) -> Outlet:
    return Outlet(id="", name=name, checked_by=CheckedBy.NOBODY)


def _from_phrase(
    stated: Iterable[Witness], registry: Registry, found_at: Outlet | None
) -> OutletMatch | None:
    for witness in stated:
        for text in (witness.excerpt, witness.value):
            if outlet := registry.by_phrase(text):
                return _match(outlet, "text.phrase", witness.excerpt, found_at)
    return None


def _from_page(
    stated: Sequence[Witness], registry: Registry, found_at: Outlet | None
) -> OutletMatch | None:
    """Take an unmistakable phrase, else the first known name, else the first name declared."""
    if phrased := _from_phrase(stated, registry, found_at):
        return phrased
    for witness in stated:
        if _root(witness) not in DECLARATIONS | WEAK_DECLARATIONS:
            continue
        outlet, rule = _known(witness.value, registry)
        is_credit = outlet and outlet.kind is Kind.AGENCY and _root(witness) not in DECLARATIONS
        if outlet and outlet.kind not in _FOREIGN and not is_credit:
            return _match(outlet, rule, witness.excerpt, found_at)
    return _from_unknown_name(stated, registry, None, found_at)


def _known(value: str, registry: Registry) -> tuple[Outlet | None, str]:
    """Return the registered outlet that a page calls itself, and the rule that tells."""
    name = value.strip()
    found = registry.by_name(name)
    if not found and (address := _ADDRESS.fullmatch(name)):
        return registry.by_host(address[1]), "page.address"
    if not found:
        parts = {o.id: o for part in _TAGLINE.split(name) if (o := registry.by_name(part))}
        found = next(iter(parts.values())) if len(parts) == 1 else None
    return found, "page.name" if found and found.is_checked else "page.name-unchecked"


def _from_hint(config: Config, registry: Registry, found_at: Outlet | None) -> OutletMatch | None:
    hint = config.hints.outlet
    if not hint:
        return None
    outlet = registry.outlets.get(hint) or registry.by_name(hint) or registry.by_host(hint)
    return _match(outlet or _unregistered(hint), "hint.outlet", hint, found_at)
