"""From strings as found to the row of a release, with the evidence of each value."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from broadsheet.config import Config
from broadsheet.normalize.addresses import find_address
from broadsheet.normalize.dates import StatedDate, read_date
from broadsheet.normalize.found import Found, by_witness
from broadsheet.normalize.ids import article_id
from broadsheet.normalize.language import UNDETERMINED, Detection, detect_languages
from broadsheet.normalize.locality import Locality
from broadsheet.normalize.outlets import OutletMatch, resolve
from broadsheet.normalize.people import find_agencies, find_authors
from broadsheet.normalize.policy import (
    TakedownList,
    find_rights,
    mask_article,
    refusal,
    takedown_list,
)
from broadsheet.normalize.publication import Dating, Place, date_article
from broadsheet.normalize.words import count_words
from broadsheet.privacy import mask
from broadsheet.reasons import Reason
from broadsheet.records import Article, Evidence, Field, ParsedArticle, Precision, Rejection
from broadsheet.text import clean, excerpt, squeeze

_REJECTION_EXCERPT_CHARS = 240


def normalize(articles: Sequence[ParsedArticle], config: Config) -> list[Article | Rejection]:
    """Normalise parsed articles.

    Args:
        articles: what parsing told from each page.
        config: the dataset's hints and thresholds.

    Returns:
        For each article, in the same order, its row or why it is set aside.

    """
    takedowns = takedown_list(config.takedown)
    articles = [_with_clean_witnesses(article) for article in articles]
    cleaned = [clean(article.text) for article in articles]
    squeezed = [squeeze(text) for text, _ in cleaned]
    bodies = [
        _body(article, text, n_words, notes, config)
        for article, text, n_words, (_, notes) in zip(
            articles, squeezed, count_words(squeezed), cleaned, strict=True
        )
    ]
    texts = [body.text for body in bodies if isinstance(body, _Body)]
    declared = [
        tuple(witness.value for witness in article.of("language"))
        for article, body in zip(articles, bodies, strict=True)
        if isinstance(body, _Body)
    ]
    languages = iter(detect_languages(texts, config.language, declared))
    return [
        _by_policy(
            body if isinstance(body, Rejection) else _row(article, body, next(languages), config),
            takedowns,
            config,
        )
        for article, body in zip(articles, bodies, strict=True)
    ]


def _with_clean_witnesses(parsed: ParsedArticle) -> ParsedArticle:
    """Return an article whose witnesses hold nothing that cannot be encoded or shown."""
    cleaned = [(clean(w.value), clean(w.excerpt)[0]) for w in parsed.witnesses]
    witnesses = tuple(
        witness
        if (value, excerpt_) == (witness.value, witness.excerpt)
        else replace(witness, value=value, excerpt=excerpt_)
        for witness, ((value, _), excerpt_) in zip(parsed.witnesses, cleaned, strict=True)
    )
    notes = tuple(note for (_, found), _ in cleaned for note in found)
    return replace(parsed, witnesses=witnesses, notes=(*parsed.notes, *notes))


@dataclass(frozen=True, slots=True)
class _Body:
    """The text of an article, clean and counted."""

    text: str
    n_words: int
    notes: tuple[Reason, ...]


def _body(
    parsed: ParsedArticle, text: str, n_words: int, notes: tuple[Reason, ...], config: Config
) -> _Body | Rejection:
    """Tell whether a text is enough for an article."""
    if not text:
        return _reject(parsed, Reason.CONTENT_EMPTY, "no text is left")
    if n_words < config.text.min_words:
        detail = f"{n_words} words; at least {config.text.min_words} are asked"
        return _reject(parsed, Reason.CONTENT_SHORT, detail)
    return _Body(text, n_words, notes)


def _by_policy(
    row: Article | Rejection, takedowns: TakedownList, config: Config
) -> Article | Rejection:
    """Refuse or mask a row as the dataset's policy says."""
    if isinstance(row, Rejection):
        return replace(row, excerpt=mask(row.excerpt, config.privacy.mask).text)
    refused = refusal(row, takedowns, config)
    if refused:  # without an excerpt: what was taken down must not come back as quarantine
        reason, detail = refused
        return Rejection(source=row.source, stage="normalize", reason=reason, detail=detail)
    return mask_article(row, config)


def _row(parsed: ParsedArticle, body: _Body, detected: Detection, config: Config) -> Article:
    """Make the row, before the dataset's policy is applied.

    Longer than 40 lines because a row has that many columns.
    """
    language = _language(detected)
    url, url_found = find_address(parsed)
    match = resolve(parsed.witnesses, url.value, config)
    outlet = _outlet(match)
    title, subtitle = _line(parsed, "title"), _line(parsed, "subtitle")
    outlet_names = (outlet.value, *(witness.value for witness in parsed.of("outlet")))
    authors = find_authors(parsed, tuple(name for name in outlet_names if name))
    agencies = find_agencies(parsed)
    place = _place(parsed, detected, match, config)
    published, date_notes = date_article(parsed.of("published"), place, config.dates)
    modified, _ = date_article(parsed.of("modified"), place, config.dates)
    identity = article_id(url.value, body.text)
    rights = find_rights(parsed)
    values = (url, url_found, title, subtitle, authors, agencies, outlet, language, rights)
    return Article(
        id=identity,
        text=body.text,
        source=parsed.source,
        url=url.value,
        url_found=url_found.value,
        title=title.value,
        subtitle=subtitle.value,
        authors=authors.value or (),
        agencies=agencies.value or (),
        outlet=outlet.value,
        outlet_domain=match.domain if match else None,
        outlet_country=match.outlet.country if match and match.outlet else None,
        aggregator=match.found_at.name if match and match.found_at else None,
        published_at=published.at if published else None,
        published_on=published.on if published else None,
        published_precision=published.precision if published else Precision.UNKNOWN,
        modified_at=modified.at if modified else None,
        language=detected.language,
        language_score=detected.score,
        n_words=body.n_words,
        n_chars=len(body.text),
        is_truncated=parsed.is_truncated,
        is_paywalled=parsed.is_paywalled,
        rights=rights.value or (),
        evidence=(
            Evidence(
                field="id", rule="id.url" if url.value else "id.text", confidence=1.0, excerpt=""
            ),
            *(evidence for value in values for evidence in value.evidence),
            *_date_evidence(published, modified),
            *(found for told in parsed.of("text") for found in by_witness("text", told)),
        ),
        notes=tuple(
            dict.fromkeys(
                (*parsed.notes, *body.notes, *(n for v in values for n in v.notes), *date_notes)
            )
        ),
    )


def _reject(parsed: ParsedArticle, reason: Reason, detail: str) -> Rejection:
    return Rejection(
        source=parsed.source,
        stage="normalize",
        reason=reason,
        detail=detail,
        excerpt=excerpt(parsed.text, _REJECTION_EXCERPT_CHARS),
    )


def _language(detected: Detection) -> Found[str]:
    evidence = Evidence(field="language", rule=detected.rule, confidence=detected.score, excerpt="")
    is_known = detected.language != UNDETERMINED
    return Found(detected.language, (evidence,) if is_known else (), detected.notes)


def _line(parsed: ParsedArticle, name: Field) -> Found[str]:
    """Return the most trusted statement of a field as one line."""
    for witness in parsed.of(name):
        line = " ".join(witness.value.split())
        if line:
            return Found(line, by_witness(name, witness))
    return Found(None)


def _outlet(match: OutletMatch | None) -> Found[str]:
    if not match:
        return Found(None)
    filled = {"outlet": match.outlet, "outlet_domain": match.domain}
    if match.outlet:
        filled["outlet_country"] = match.outlet.country
    if match.found_at:
        filled["aggregator"] = match.found_at.name
    evidence = tuple(
        Evidence(field=name, rule=match.rule, confidence=match.confidence, excerpt=match.excerpt)
        for name, value in filled.items()
        if value
    )
    if not match.outlet:
        return Found(None, evidence)
    notes = () if match.outlet.is_registered else (Reason.OUTLET_UNKNOWN,)
    return Found(match.outlet.name, evidence, notes)


def _place(
    parsed: ParsedArticle, detected: Detection, match: OutletMatch | None, config: Config
) -> Place:
    """Gather what is known of the place that the article's dates come from."""
    outlet = match.outlet if match else None
    declared = tuple(witness.value for witness in parsed.of("language"))
    known = (detected.language,) if detected.language != UNDETERMINED else declared
    languages = known or (outlet.languages if outlet else ()) or config.dataset.languages
    zone = (outlet.time_zone if outlet else None) or config.hints.time_zone
    locality = Locality(
        languages=languages,
        country=outlet.country if outlet else None,
        order=config.dates.order,
    )
    zone_info = ZoneInfo(zone) if zone else None
    return Place(
        locality=locality,
        zone=zone_info,
        crawled_at=_crawled_at(parsed, zone_info),
        founded=outlet.founded if outlet else None,
    )


def _crawled_at(parsed: ParsedArticle, zone: ZoneInfo | None) -> datetime | None:
    """Return when the page was fetched, where its container says so to the minute."""
    for witness in parsed.of("crawled"):
        stated = read_date(witness.value)
        if isinstance(stated, StatedDate) and stated.time and stated.on:
            at = stated.time.instant(stated.on, zone)
            if at:
                return at.astimezone(zone) if zone else at
    return None


def _date_evidence(published: Dating | None, modified: Dating | None) -> tuple[Evidence, ...]:
    found: list[Evidence] = []
    if published:
        columns = {"published_at": published.at, "published_on": published.on}
        found += [published.evidence(name) for name, value in columns.items() if value]
        found.append(published.evidence("published_precision"))
    if modified and modified.at:
        found.append(modified.evidence("modified_at"))
    return tuple(found)
