"""The address of an article: where it was found, and which page that is."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from broadsheet.normalize.found import Found, by_witness
from broadsheet.normalize.hosts import registrable_domain
from broadsheet.normalize.urls import CanonicalUrl, canonicalize_url
from broadsheet.reasons import Reason
from broadsheet.records import ParsedArticle, Witness

_CREDENTIALS = re.compile(r"^((?:https?:)?/*)[^/?#]*@", re.IGNORECASE)
_CONTAINER = ("field.", "warc.", "http.")
# Anything else without a scheme is more often a word in the wrong place than a path.
_RELATIVE = ("/", "./", "../", "?")


@dataclass(frozen=True, slots=True)
class _Candidate:
    witness: Witness
    canonical: CanonicalUrl


def find_address(parsed: ParsedArticle) -> tuple[Found[str], Found[str]]:
    """Return the canonical URL of an article, and the URL as it was found.

    What the container says (the address that was fetched) is where it was found. What the page
    says of itself (``rel=canonical``, ``og:url``, JSON-LD) is taken for the canonical URL as long
    as it stays with the publisher and is not merely the front page: a foreign canonical is that of
    a syndicated text, or a mistake.
    """
    candidates, notes = _candidates(parsed)
    if not candidates:
        return Found(None, notes=tuple(notes)), Found(None)
    fetched = next((c for c in candidates if c.witness.rule.startswith(_CONTAINER)), None)
    at_home = [c for c in candidates if not fetched or c is fetched or _is_at_home(c, fetched)]
    chosen = at_home[0]
    if chosen is fetched and len(at_home) > 1:
        chosen = at_home[1]
    if len(at_home) < len(candidates):
        notes.append(Reason.URL_FOREIGN)
    found = fetched or chosen
    return (
        Found(
            chosen.canonical.url,
            by_witness("url", chosen.witness),
            (*notes, *chosen.canonical.notes),
        ),
        Found(
            without_credentials(found.witness.value.strip()),
            by_witness("url_found", found.witness),
            found.canonical.notes,
        ),
    )


def _candidates(parsed: ParsedArticle) -> tuple[list[_Candidate], list[Reason]]:
    """Return the addresses that are stated, and why others are none."""
    notes: list[Reason] = []
    candidates: list[_Candidate] = []
    base = _fetched_address(parsed)
    for witness in parsed.of("url"):
        if base and witness.value.lstrip().startswith(_RELATIVE):
            canonical = canonicalize_url(witness.value, base)
        else:
            canonical = canonicalize_url(witness.value)
        if isinstance(canonical, Reason):
            notes.append(canonical)
        else:
            candidates.append(_Candidate(witness, canonical))
    return candidates, notes


def _fetched_address(parsed: ParsedArticle) -> str | None:
    """Return the address that the container states, by which the page's relative ones count."""
    for witness in parsed.of("url"):
        if witness.rule.startswith(_CONTAINER):
            canonical = canonicalize_url(witness.value)
            return None if isinstance(canonical, Reason) else canonical.url
    return None


def _is_at_home(candidate: _Candidate, fetched: _Candidate) -> bool:
    """Tell whether an address is with the publisher of the fetched one, and no front page."""
    if registrable_domain(candidate.canonical.host) != registrable_domain(fetched.canonical.host):
        return False
    page, fetched_page = urlsplit(candidate.canonical.url), urlsplit(fetched.canonical.url)
    is_front = page.path == "/" and not page.query
    return not is_front or (fetched_page.path == "/" and not fetched_page.query)


def without_credentials(url: str) -> str:
    """Return a URL as found, but for the user name and password in it."""
    return _CREDENTIALS.sub(r"\1", url, count=1) if "@" in url else url
