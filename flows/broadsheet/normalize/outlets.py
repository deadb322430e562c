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
from urllib.parse import urlsplit

from broadsheet.config import Config
from broadsheet.normalize.hosts import registrable_domain
from broadsheet.normalize.outlets_match import (
    CONFIDENCE,
    FOREIGN,
    OutletMatch,
    match_of,
    unregistered,
)
from broadsheet.normalize.outlets_page import from_page, from_phrase, from_unknown_name
from broadsheet.normalize.outlets_registry import (
    Kind,
    Outlet,
    Registry,
)
from broadsheet.normalize.outlets_shipped import load_registry, registry_for
from broadsheet.records import Witness
from broadsheet.text import excerpt

__all__ = ["CONFIDENCE", "OutletMatch", "by_host", "by_name", "resolve"]

# The Wayback Machine and the AMP cache hold the address of the page in their own.
_ARCHIVED = re.compile(
    r"https?://(?:web\.archive\.org/web/\d+[a-z_]*/(?P<copy>https?://.+)"
    r"|[^/]+\.cdn\.ampproject\.org/[a-z]/(?:s/)?(?P<page>.+))",
    re.IGNORECASE,
)


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
    if not (url and host):
        return from_page(witnesses, registry, None) or _from_hint(config, registry, None)
    owner = registry.by_host(host)
    if not owner:
        return _from_unknown_host(witnesses, registry, host, url, config)
    if owner.kind in FOREIGN:
        return _from_foreign_host(witnesses, registry, owner, url, config)
    return match_of(owner, _host_rule(owner, host), url)


def _from_foreign_host(
    witnesses: Sequence[Witness], registry: Registry, found_at: Outlet, url: str, config: Config
) -> OutletMatch:
    """Name the publisher of what an aggregator, a blog host or an archive shows."""
    domain = _blog_domain(found_at, url)
    named = (
        _from_archive(url, found_at, registry)
        or from_page(witnesses, registry, found_at, domain)
        or _from_other_address(witnesses, registry, found_at)
        or _from_hint(config, registry, found_at)
    )
    return named or OutletMatch(
        outlet=None,
        domain=domain,
        rule="url.aggregator",
        confidence=CONFIDENCE["url.aggregator"],
        excerpt=excerpt(url),
        found_at=found_at,
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


def _blog_domain(owner: Outlet, url: str) -> str | None:
    """Return the domain of one blog, where the Public Suffix List gives each blog its own."""
    host = _host(url) if owner.kind is Kind.BLOG_HOST else None
    domain = registrable_domain(host) if host else None
    is_blog = domain and any(domain.endswith(f".{d.host}") for d in owner.domains)
    return domain if is_blog else None


def _from_archive(url: str, archive: Outlet, registry: Registry) -> OutletMatch | None:
    held = _ARCHIVED.match(url)
    if not held:
        return None
    host = _host(held["copy"] or f"https://{held['page']}")
    owner = registry.by_host(host) if host else None
    if host and owner and owner.kind not in FOREIGN:
        return match_of(owner, "url.archived", url, archive)
    return None


def _from_other_address(
    witnesses: Iterable[Witness], registry: Registry, found_at: Outlet
) -> OutletMatch | None:
    """Take the publisher to whose site an aggregator's page says that it belongs."""
    for witness in witnesses:
        host = _host(witness.value) if witness.field == "url" else None
        owner = registry.by_host(host) if host else None
        if owner and owner.kind not in FOREIGN:
            return match_of(owner, "url.canonical", witness.excerpt, found_at)
    return None


def _from_unknown_host(
    witnesses: Sequence[Witness], registry: Registry, host: str, url: str, config: Config
) -> OutletMatch | None:
    """Name the publisher at a host that the registry does not know, as the page itself does."""
    named = from_phrase(witnesses, registry, None) or _from_hint(config, registry, None)
    domain = registrable_domain(host)
    if named or not domain:
        return named
    return from_unknown_name(witnesses, registry, domain, None) or OutletMatch(
        outlet=None,
        domain=domain,
        rule="url.unknown",
        confidence=CONFIDENCE["url.unknown"],
        excerpt=excerpt(url),
    )


def _from_hint(config: Config, registry: Registry, found_at: Outlet | None) -> OutletMatch | None:
    hint = config.hints.outlet
    if not hint:
        return None
    outlet = registry.outlets.get(hint) or registry.by_name(hint) or registry.by_host(hint)
    return match_of(outlet or unregistered(hint), "hint.outlet", hint, found_at)
