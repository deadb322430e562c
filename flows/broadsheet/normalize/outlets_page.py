"""What a page declares of its own publisher: an unmistakable phrase, a known name, any name."""

import re
from collections.abc import Iterable, Iterator, Sequence

from broadsheet.normalize.outlets_match import (
    CONFIDENCE,
    FOREIGN,
    OutletMatch,
    match_of,
    unregistered,
)
from broadsheet.normalize.outlets_registry import Kind, Outlet, Registry
from broadsheet.records import Witness
from broadsheet.text import clean, excerpt

DECLARATIONS = frozenset({"field", "jsonld", "og", "microdata"})
"""First parts of the rules by which a page or its container names its own publisher."""

WEAK_DECLARATIONS = frozenset({"meta", "html", "twitter"})
"""As ``DECLARATIONS``, but as often a copyright line or a source: only known names count."""

_LONGEST_NAME = 80
_TAGLINE = re.compile(r"\s+(?:\||-|–|—|::?|·|•)\s+")
_ADDRESS = re.compile(r"(?:https?://)?((?:[\w-]+\.)+[^\W\d_]{2,})/?", re.IGNORECASE)


def from_page(
    witnesses: Sequence[Witness],
    registry: Registry,
    found_at: Outlet | None,
    domain: str | None = None,
) -> OutletMatch | None:
    """Take an unmistakable phrase, else the first known name, else the first name declared.

    Args:
        witnesses: all of the article's.
        registry: the outlets that are known.
        found_at: the aggregator or blog host of the page, if it is one.
        domain: what to give as the domain of an outlet of which only the name is known.

    """
    if phrased := from_phrase(witnesses, registry, found_at):
        return phrased
    for witness in _of_outlet(witnesses):
        if _root(witness) not in DECLARATIONS | WEAK_DECLARATIONS:
            continue
        outlet, rule = _known(witness.value, registry)
        is_credit = outlet and outlet.kind is Kind.AGENCY and _root(witness) not in DECLARATIONS
        if outlet and outlet.kind not in FOREIGN and not is_credit:
            return match_of(outlet, rule, witness.excerpt, found_at)
    return from_unknown_name(witnesses, registry, domain, found_at)


def from_phrase(
    witnesses: Iterable[Witness], registry: Registry, found_at: Outlet | None
) -> OutletMatch | None:
    """Take the outlet whose unmistakable phrase a witness carries."""
    for witness in _of_outlet(witnesses):
        for text in (witness.excerpt, witness.value):
            if outlet := registry.by_phrase(text):
                return match_of(outlet, "text.phrase", witness.excerpt, found_at)
    return None


def from_unknown_name(
    witnesses: Iterable[Witness], registry: Registry, domain: str | None, found_at: Outlet | None
) -> OutletMatch | None:
    """Take the first declaration that can be a publisher's name, but for agencies and portals."""
    for witness in _of_outlet(witnesses):
        name = " ".join(clean(witness.value)[0].split())
        if _root(witness) not in DECLARATIONS or not _is_name(name):
            continue
        known = registry.by_name(name)
        if known is None or known.kind not in FOREIGN | {Kind.AGENCY}:
            return OutletMatch(
                outlet=unregistered(name),
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


def _of_outlet(witnesses: Iterable[Witness]) -> Iterator[Witness]:
    return (witness for witness in witnesses if witness.field == "outlet")


def _root(witness: Witness) -> str:
    return witness.rule.partition(".")[0]


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
