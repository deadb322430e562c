"""Which outlet published an article.

In this order: the host of its URL, what the page declares of itself (``og:site_name``, JSON-LD
``publisher``, a field of the container), text that only one outlet's pages carry, and at last the
collector's hint. Never a source that the text quotes, an agency or a photo credit: those are not
declarations, so they are not asked.

An aggregator, a reader or a blog host is where an article was found, not who published it: both
are kept.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from tldextract import TLDExtract

from broadsheet.config import Config
from broadsheet.normalize.outlets_registry import (
    CheckedBy,
    Kind,
    Outlet,
    Registry,
    load_registry,
    registry_for,
)
from broadsheet.records import Witness

__all__ = ["Outlet", "OutletMatch", "by_host", "by_name", "load_registry", "resolve"]

DECLARATIONS = frozenset(
    {"field", "jsonld", "og", "meta", "microdata", "html", "twitter", "url", "site", "title"}
)
"""First parts of the rules by which a page or its container names its own publisher."""

CONFIDENCE = {
    "url.host": 0.99,
    "url.host-retired": 0.95,
    "url.host-unchecked": 0.9,
    "page.name": 0.95,
    "page.name-unchecked": 0.8,
    "page.name-unknown": 0.7,
    "text.phrase": 0.97,
    "hint.outlet": 0.9,
    "url.unknown": 0.0,
    "url.aggregator": 0.0,
}
"""Estimated probability that a rule names the right publisher."""

_FOREIGN = frozenset({Kind.AGGREGATOR, Kind.BLOG_HOST})
_suffixes = TLDExtract(cache_dir=None, suffix_list_urls=(), include_psl_private_domains=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutletMatch:
    """What is known of the publisher of one article.

    Attributes:
        outlet: who published it; None where the page does not say. An outlet that the page names
            and the registry does not know has ``is_registered`` false and no country.
        domain: its registrable domain (Public Suffix List with the private section).
        rule: which rule decided, a key of ``CONFIDENCE``.
        confidence: estimated probability that ``outlet`` is right, in [0, 1].
        excerpt: the raw characters that decided, at most 160.
        found_at: the aggregator or blog host at which it was found, if it was one.

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


@lru_cache(maxsize=65_536)
def registrable_domain(host: str) -> str | None:
    """Return the registrable domain of a host; None for an address or a bare public suffix."""
    return _suffixes(host).top_domain_under_public_suffix or None


def resolve(witnesses: Sequence[Witness], url: str | None, config: Config) -> OutletMatch | None:
    """Say who published an article, from its URL and what its page declares.

    Args:
        witnesses: all of the article's; only those of the field ``outlet`` are asked.
        url: its canonical URL, where known.
        config: for ``[[outlets]]`` and ``hints.outlet``.

    Returns:
        The match, or None where nothing speaks of a publisher.

    Raises:
        ConfigError: an entry of ``[[outlets]]`` is wrong.

    """
    registry = registry_for(config)
    stated = [witness for witness in witnesses if witness.field == "outlet"]
    host = urlsplit(url).hostname if url else None
    owner = registry.by_host(host) if host else None
    if url and host and owner and owner.kind not in _FOREIGN:
        return _from_host(owner, host, url)
    named = _from_page(stated, registry, host, owner)
    if named or not (url and host):
        return named or _from_hint(config, registry)
    rule = "url.aggregator" if owner else "url.unknown"
    return _from_hint(config, registry) or OutletMatch(
        outlet=None,
        domain=None if owner else registrable_domain(host),
        rule=rule,
        confidence=CONFIDENCE[rule],
        excerpt=url[:160],
        found_at=owner,
    )


def _from_host(owner: Outlet, host: str, url: str) -> OutletMatch:
    retired = any(d.is_retired and f".{host}".endswith(f".{d.host}") for d in owner.domains)
    rule = "url.host"
    if retired:
        rule = "url.host-retired"
    elif not owner.is_checked:
        rule = "url.host-unchecked"
    return _match(owner, rule, url, None)


def _match(outlet: Outlet, rule: str, excerpt: str, found_at: Outlet | None) -> OutletMatch:
    return OutletMatch(
        outlet=outlet,
        domain=registrable_domain(outlet.host) if outlet.host else None,
        rule=rule,
        confidence=CONFIDENCE[rule],
        excerpt=excerpt[:160],
        found_at=found_at,
    )


def _from_page(
    stated: Iterable[Witness], registry: Registry, host: str | None, found_at: Outlet | None
) -> OutletMatch | None:
    """Take the first registered name, else a phrase, else the first name that is declared."""
    declared = []
    for witness in stated:
        if outlet := registry.by_phrase(witness.excerpt) or registry.by_phrase(witness.value):
            return _match(outlet, "text.phrase", witness.excerpt, found_at)
        if witness.rule.split(".")[0] in DECLARATIONS:
            declared.append(witness)
    for witness in declared:
        outlet = registry.by_name(witness.value)
        if outlet and outlet is not found_at and outlet.kind not in _FOREIGN:
            rule = "page.name" if outlet.is_checked else "page.name-unchecked"
            return _match(outlet, rule, witness.excerpt, found_at)
    for witness in declared:
        if not registry.by_name(witness.value):
            domains = registrable_domain(host) if host and not found_at else None
            unknown = Outlet(id="", name=witness.value, checked_by=CheckedBy.NOBODY)
            return OutletMatch(
                outlet=unknown,
                domain=domains,
                rule="page.name-unknown",
                confidence=min(CONFIDENCE["page.name-unknown"], witness.confidence),
                excerpt=witness.excerpt[:160],
                found_at=found_at,
            )
    return None


def _from_hint(config: Config, registry: Registry) -> OutletMatch | None:
    hint = config.hints.outlet
    if not hint:
        return None
    outlet = registry.outlets.get(hint) or registry.by_name(hint) or registry.by_host(hint)
    known = outlet or Outlet(id="", name=hint, checked_by=CheckedBy.NOBODY)
    return _match(known, "hint.outlet", hint, None)
