"""What is known of the publisher of one article, by which rule, and how surely."""

from dataclasses import dataclass

from broadsheet.normalize.hosts import registrable_domain
from broadsheet.normalize.outlets_registry import CheckedBy, Kind, Outlet
from broadsheet.text import excerpt

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

FOREIGN = frozenset({Kind.AGGREGATOR, Kind.BLOG_HOST})
"""Kinds of outlets that show what others publish."""


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


def match_of(
    outlet: Outlet, rule: str, found_in: str, found_at: Outlet | None = None
) -> OutletMatch:
    """Return the match of a known outlet by a rule."""
    return OutletMatch(
        outlet=outlet,
        domain=registrable_domain(outlet.host) if outlet.host else None,
        rule=rule,
        confidence=CONFIDENCE[rule],
        excerpt=excerpt(found_in),
        found_at=found_at,
    )


def unregistered(name: str) -> Outlet:
    """Return an outlet of which only the name is known."""
    return Outlet(id="", name=name, checked_by=CheckedBy.NOBODY)
