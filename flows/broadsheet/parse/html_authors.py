"""Who wrote it: which of the names that a page states are its authors."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from broadsheet.parse.html_body import Body
from broadsheet.parse.html_bylines import has_leading_by, holds_byline, names_in
from broadsheet.parse.html_choice import (
    Seen,
    by_confidence,
    candidates,
    first_place,
    probabilities,
)
from broadsheet.parse.html_forest import load_forest
from broadsheet.parse.html_page import Page
from broadsheet.parse.html_setting import Setting, key_of
from broadsheet.parse.html_statements import Statements
from broadsheet.parse.html_texts import Floats
from broadsheet.parse.html_vocabulary import CLASS_BITS, TAG_BITS, words
from broadsheet.records import Witness

RULES: Final = words(
    "jsonld.author jsonld.page.author meta.author microdata.author link.author link.profile "
    "class.author byline signature"
)
_AROUND: Final = (
    *(TAG_BITS[tag] for tag in ("article", "header", "footer", "aside", "nav", "p", "hidden")),
    *(
        CLASS_BITS[name]
        for name in (
            "author",
            "bio",
            "date",
            "meta",
            "comment",
            "related",
            "list",
            "side",
            "caption",
        )
    ),
)
FEATURES: Final = (
    *(f"by.{rule}" for rule in RULES),
    *(f"page.{rule}" for rule in RULES),
    *(f"among.{rule}" for rule in RULES),
    *words(
        "rules times words chars capitals has_digit is_site has_site is_role is_wide has_mark "
        "before_body after_body index rank within_other holds_other first_in_rule has_by mates "
        "mates_before"
    ),
    *(f"around.{number}" for number in range(len(_AROUND))),
)

_ROLE: Final = re.compile(
    r"\b(?:staff|admin|editors?|editorial|team|redaktion|redacci[oó]n|r[eé]daction|redazione|"
    r"newsroom|news|desk|guest|press|agency|agentur|reuters|associated|afp|dpa|apa|ap|wire|bureau|"
    r"contributor|correspondent|reporter|writer|author|autor|published|posted|comments?|more|"
    r"view|all|about|share|online|web|website|blog|com|magazine|inc|gmbh|university|department|"
    r"officer|chief|head|director|president|professor|manager|analyst|columnist|advisor|"
    r"photograph\w*|sponsored|advert\w*)\b",
    re.IGNORECASE,
)
_MARK: Final = re.compile(r"[@#:/|•<>{}=?!…\"“”]|https?|www\.|\.com\b")
LEAST_CONFIDENCE: Final = 0.4
# Of the names above it that a page does not both state for machines and show, or that do not read
# like a person's, less than 97 % were right on held-out pages.
MOST_UNSURE: Final = 0.9
_HEAD_RULES: Final = frozenset(words("jsonld.author jsonld.page.author meta.author"))
_PERSON_WORDS: Final = range(2, 5)
_LONGEST_PARTICLE: Final = 3
_MOST_WITNESSES: Final = 10
_MOST: Final = 60
_HEAD: Final = 25
_TAIL: Final = 6


@dataclass(slots=True)
class AuthorClaim:
    """A name with all the places that state it.

    Attributes:
        value: as the first of them spells it.
        rules: the raw characters of each place, by rule.
        block: the first block that shows it; -1 where none does.
        times: how often it is stated.
        first_in_rule: whether it is the first name that one of its rules gives.
        has_by: whether a word such as "by" stands before it.

    """

    value: str
    rules: dict[str, str] = field(default_factory=dict)
    block: int = -1
    times: int = 0
    first_in_rule: bool = False
    has_by: bool = False


def gather_authors(page: Page, found: Statements, body: Body) -> list[AuthorClaim]:
    """Return the distinct names that may be authors, in the order they were met."""
    claims: dict[str, AuthorClaim] = {}
    met: set[str] = set()
    places = [(s.value, s.rule, s.block, s.excerpt) for s in found.of("author")]
    for value, rule, block, excerpt in (*places, *bylines_near(page, body)):
        has_by = has_leading_by(value)
        for name in names_in(value):
            key = key_of(name)
            if len(claims) >= _MOST and key not in claims:
                continue
            known = claims.setdefault(key, AuthorClaim(name))
            known.value = max(known.value, name, key=_spelling)
            known.rules.setdefault(rule, excerpt)
            known.times += 1
            known.has_by |= has_by
            known.first_in_rule |= rule not in met
            met.add(rule)
            if known.block < 0:
                known.block = block
    return list(claims.values())


def _spelling(name: str) -> tuple[int, bool]:
    """Return how much a spelling looks like a name: "Jo Linwick" more than "jo-linwick"."""
    return min(name.count(" "), 1), name[:1].isupper() and not name.isupper()


def bylines_near(page: Page, body: Body) -> Iterator[tuple[str, str, int, str]]:
    """Yield short blocks near the body that read like a byline: value, rule, block, raw."""
    chosen = np.flatnonzero(body.chosen)
    start = int(chosen[0]) if len(chosen) else 0
    end = int(chosen[-1]) if len(chosen) else 0
    for index in range(max(0, start - _HEAD), min(len(page.blocks), start + 4)):
        text = page.blocks.text[index]
        if len(text) < 160 and holds_byline(text):  # noqa: PLR2004 - a line, no paragraph
            yield text, "byline", index, text
    for index in range(max(start + 4, end - 2), min(len(page.blocks), end + _TAIL)):
        text = page.blocks.text[index]
        if len(text) < 120 and holds_byline(text):  # noqa: PLR2004 - a line, no paragraph
            yield text, "signature", index, text


def author_features(claims: list[AuthorClaim], page: Page, body: Body, setting: Setting) -> Floats:
    """Describe each claim, shape (claims, ``len(FEATURES)``).

    Longer than 40 lines because it names the features one by one.
    """
    on_page = [float(any(rule in c.rules for c in claims)) for rule in RULES]
    among = [float(sum(rule in c.rules for c in claims)) for rule in RULES]
    keys = [key_of(claim.value) for claim in claims]
    places = [frozenset(claim.rules) for claim in claims]
    chosen = np.flatnonzero(body.chosen)
    start = int(chosen[0]) if len(chosen) else 0
    end = int(chosen[-1]) if len(chosen) else 0
    rows = []
    for rank, (claim, key) in enumerate(zip(claims, keys, strict=True)):
        block = claim.block if claim.block < len(page.blocks) else -1
        around = page.nodes.around[page.blocks.node[block]] if block >= 0 else 0
        parts = claim.value.split()
        rows.append(
            (
                *(rule in claim.rules for rule in RULES),
                *on_page,
                *among,
                len(claim.rules),
                claim.times,
                len(parts),
                len(claim.value),
                100 * sum(part[0].isupper() for part in parts) // max(len(parts), 1),
                any(map(str.isdigit, claim.value)),
                key in setting.sites,
                any(len(s) > 3 and (s in key or key in s) for s in setting.sites),  # noqa: PLR2004
                len(_ROLE.findall(claim.value)),
                not claim.value.isascii() and claim.value.upper() == claim.value.lower(),
                len(_MARK.findall(claim.value)),
                min(max(block - start, -60), 60) if block >= 0 else -99,
                min(max(block - end, -60), 60) if block >= 0 else -99,
                block,
                rank,
                sum(key in other and key != other for other in keys),
                sum(other in key and key != other for other in keys),
                claim.first_in_rule,
                claim.has_by,
                places.count(places[rank]),
                places[:rank].count(places[rank]),
                *(bool(around & bit) for bit in _AROUND),
            )
        )
    return np.array(rows, np.float32).reshape(len(claims), len(FEATURES))


def choose_authors(claims: list[AuthorClaim], confidences: list[float]) -> list[Witness]:
    """Return the witnesses of the authors, the chosen ones first and under one rule.

    The same names follow under the other rules that state them. Names that were weighed and not
    chosen are left out: most of them are no authors at all. See :func:`passed_over_authors`.
    """
    chosen = [number for number, p in enumerate(confidences) if p >= LEAST_CONFIDENCE]
    if not chosen:
        return []
    common = [rule for rule in RULES if all(rule in claims[number].rules for number in chosen)]
    rule = common[0] if common else "authors.joined"
    result = [_witness(claims[number], rule, confidences[number]) for number in chosen]
    for other in RULES:
        if other != rule:
            result += (
                _witness(claims[number], other, confidences[number])
                for number in chosen
                if other in claims[number].rules
            )
    return result[: len(chosen) + _MOST_WITNESSES]


def passed_over_authors(claims: list[AuthorClaim], confidences: list[float]) -> list[Witness]:
    """Return the surest of the names that were weighed and not chosen, for whoever asks why."""
    lost = [n for n in by_confidence(confidences) if confidences[n] < LEAST_CONFIDENCE]
    places = ((first_place(claims[n].value, claims[n].rules), confidences[n]) for n in lost)
    return candidates("author", places)


def weigh_authors(pages: Sequence[Seen]) -> Iterator[tuple[list[AuthorClaim], list[float]]]:
    """Yield for each page the names that may be authors and how likely each is."""
    claims = [gather_authors(seen.page, seen.found, seen.body) for seen in pages]
    tables = [
        author_features(found, seen.page, seen.body, seen.setting)
        for found, seen in zip(claims, pages, strict=True)
    ]
    beliefs = probabilities(load_forest("authors"), tables)
    for seen, found, believed in zip(pages, claims, beliefs, strict=True):
        beside = zip(found, believed, strict=True)
        yield found, [bounded_belief(claim, p, seen.setting) for claim, p in beside]


def bounded_belief(claim: AuthorClaim, probability: float, setting: Setting) -> float:
    """Return a probability, above ``MOST_UNSURE`` only where a page's statements bear it out."""
    return probability if is_borne_out(claim, setting) else min(probability, MOST_UNSURE)


def is_borne_out(claim: AuthorClaim, setting: Setting) -> bool:
    """Tell whether a page states a name for machines and shows it, and it reads like a person's."""
    parts = claim.value.split()
    key = key_of(claim.value)
    return (
        not _HEAD_RULES.isdisjoint(claim.rules)
        and not _HEAD_RULES.issuperset(claim.rules)
        and len(parts) in _PERSON_WORDS
        and not any(part[0].islower() and len(part) > _LONGEST_PARTICLE for part in parts)
        and not _ROLE.search(claim.value)
        and not _MARK.search(claim.value)
        and not any(len(s) > 3 and (s in key or key in s) for s in setting.sites)  # noqa: PLR2004
    )


def _witness(claim: AuthorClaim, rule: str, confidence: float) -> Witness:
    raw = claim.rules.get(rule, next(iter(claim.rules.values())))
    return Witness(
        field="author", value=claim.value, rule=rule, confidence=confidence, excerpt=raw[:160]
    )
