"""What the dataset's policy does to a row: rights that are stated, takedowns, masking."""

import re
from dataclasses import dataclass, replace

from broadsheet.config import Config, Takedown
from broadsheet.normalize.found import Found, by_witness
from broadsheet.normalize.ids import article_id
from broadsheet.normalize.urls import CanonicalUrl, canonicalize_url, identity_url
from broadsheet.privacy import Masked, mask, may_hold
from broadsheet.reasons import Reason
from broadsheet.records import Article, Evidence, ParsedArticle

_NO_MINING = re.compile(r"\b(?:noai|noimageai|tdm-?reservation\s*[:=]?\s*1)\b", re.IGNORECASE)
_MOST_CHARACTERS = 300


def find_rights(parsed: ParsedArticle) -> Found[tuple[str, ...]]:
    """Return what the page states of its rights, as ``kind: value``.

    The kind is the last part of the rule that read it: ``robots`` (the robots meta tag and header),
    ``tdm-reservation`` and ``tdm-policy`` (TDM Reservation Protocol, W3C community group report),
    ``license``.
    """
    stated: dict[str, None] = {}
    evidence: tuple[Evidence, ...] = ()
    for witness in parsed.of("rights"):
        value = " ".join(witness.value.split())[:_MOST_CHARACTERS]
        if value:
            kind = witness.rule.rpartition(".")[2]
            stated[value if value.startswith(f"{kind}:") else f"{kind}: {value}"] = None
            evidence = evidence or by_witness("rights", witness)
    return Found(tuple(stated), evidence)


def is_reserved(rights: tuple[str, ...]) -> bool:
    """Tell whether the statements reserve text and data mining, or forbid use by AI."""
    return any(_NO_MINING.search(statement) for statement in rights)


@dataclass(frozen=True, slots=True)
class TakedownList:
    """What must be absent from every release, looked up by any form of a URL.

    Attributes:
        ids: ids of articles, by URL or by text.
        urls: identity forms of URLs.
        domains: hosts; everything below them is meant, too.

    """

    ids: frozenset[str]
    urls: frozenset[str]
    domains: frozenset[str]

    def holds(self, article: Article) -> str | None:
        """Return what of an article is on the list, or None."""
        if not (self.ids or self.urls or self.domains):
            return None
        if self.ids and {article.id, article_id(None, article.text)} & self.ids:
            return "its id"
        found = [u for u in (article.url, article.url_found) if u]
        canonical = [c for c in map(canonicalize_url, found) if isinstance(c, CanonicalUrl)]
        if self.urls & {identity_url(c.url) for c in canonical}:
            return "its URL"
        hosts = [c.host for c in canonical] + [article.outlet_domain or ""]
        return "its domain" if any(self._covers(host) for host in hosts) else None

    def _covers(self, host: str) -> bool:
        return any(f".{host}".endswith(f".{domain}") for domain in self.domains)


def takedown_list(settings: Takedown) -> TakedownList:
    """Return the list of a dataset, with its URLs brought to their identity form."""
    canonical = [canonicalize_url(url) for url in settings.urls]
    return TakedownList(
        ids=frozenset(settings.ids),
        urls=frozenset(identity_url(c.url) for c in canonical if isinstance(c, CanonicalUrl)),
        domains=frozenset(domain.lower().strip(".") for domain in settings.domains),
    )


def refusal(article: Article, takedowns: TakedownList, config: Config) -> tuple[Reason, str] | None:
    """Return why the policy keeps an article out of the release, with the detail, or None."""
    listed = takedowns.holds(article)
    if listed:
        return Reason.RIGHTS_TAKEDOWN, f"{listed} is listed in [takedown]"
    if config.rights.exclude_reserved and is_reserved(article.rights):
        return Reason.RIGHTS_RESERVED, "; ".join(article.rights)
    return None


def mask_article(article: Article, config: Config) -> Article:
    """Mask text, headlines and the excerpts of the evidence; count what was masked in the row."""
    kinds = config.privacy.mask
    excerpts = (evidence.excerpt for evidence in article.evidence)
    parts = (article.text, article.title or "", article.subtitle or "", *excerpts)
    if not may_hold("\n".join(parts), kinds):
        return article
    text = mask(article.text, kinds)
    title = mask(article.title or "", kinds)
    subtitle = mask(article.subtitle or "", kinds)
    masked: tuple[Masked, ...] = (text, title, subtitle)
    notes = tuple(note for part in masked for note in part.notes)
    return replace(
        article,
        text=text.text,
        n_chars=len(text.text),
        title=title.text or None,
        subtitle=subtitle.text or None,
        n_masked=sum(part.count for part in masked),
        evidence=tuple(
            replace(e, excerpt=mask(e.excerpt, kinds).text) if e.excerpt else e
            for e in article.evidence
        ),
        notes=tuple(dict.fromkeys((*article.notes, *notes))),
    )
