"""Which of the places that speak of a headline is right."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Final

import numpy as np

from broadsheet.parse.html_body import Body
from broadsheet.parse.html_choice import (
    Seen,
    bounded,
    by_confidence,
    candidates,
    first_place,
    probabilities,
    witnesses,
)
from broadsheet.parse.html_features import count_words
from broadsheet.parse.html_forest import load_forest
from broadsheet.parse.html_page import Page
from broadsheet.parse.html_setting import Setting, key_of, parts_of_title, tokens, without_site
from broadsheet.parse.html_statements import Statements
from broadsheet.parse.html_texts import Floats
from broadsheet.parse.html_vocabulary import CLASS_BITS, TAG_BITS, words
from broadsheet.parse.html_walk import INVISIBLE
from broadsheet.records import Witness

RULES: Final = words(
    "h1 h2 h3 class.title og.title twitter.title meta.title jsonld.headline jsonld.name "
    "jsonld.page  microdata.title title title.first title.rest part.first part.inner "
    "part.last"
)
_RULE: Final = {rule: number for number, rule in enumerate(RULES)}
_HEADINGS: Final = ("h1", "h2", "h3")
_MOST_HEADINGS: Final = 8
LEAST_CONFIDENCE: Final = 0.2
_MOST_CLAIMS: Final = 4
_MOST_RUNS: Final = 12
_MOST_PARTS: Final = 6
_JOINTS: Final = " |:/·•–—-›»"  # between a kicker and a headline
_ORNAMENTS: Final = " |>•·→►▶:–—"  # before a headline
_LONGEST: Final = 60  # words; a longer text is no headline
_AROUND: Final = (
    *(TAG_BITS[tag] for tag in ("article", "main", "header", "nav", "footer", "aside", "hidden")),
    *(
        CLASS_BITS[name]
        for name in ("title", "article", "related", "header", "overlay", "list", "comment", "side")
    ),
)
_COMPARED: Final = ("title", "og.title", "jsonld.headline", "h1")
FEATURES: Final = (
    *(f"by.{rule}" for rule in RULES),
    *(f"page.{rule}" for rule in RULES),
    *words(
        "rules words chars slug_share of_slug is_site has_site is_cut longer shorter headings "
        "before_body index score chosen rank left_out has_parts is_shown "
        "less_site is_upper"
    ),
    *(f"in.{rule}" for rule in _COMPARED),
    *(f"of.{rule}" for rule in _COMPARED),
    *(f"within.{rule}" for rule in _COMPARED),
    *(f"around.{number}" for number in range(len(_AROUND))),
)


@dataclass(slots=True)
class TitleClaim:
    """A headline with all the places that state it.

    Attributes:
        value: as the first of them spells it.
        rules: the rule and the raw characters of each place.
        block: the first block that shows it; -1 where none does.
        whole: the heading that it was met as a part of; empty where it was not.

    """

    value: str
    rules: dict[str, str] = field(default_factory=dict)
    block: int = -1
    whole: str = ""


def gather_titles(page: Page, found: Statements, body: Body) -> list[TitleClaim]:
    """Return the distinct headlines that a page may have, in the order they were met."""
    claims: dict[str, TitleClaim] = {}

    def claim(value: str, rule: str, block: int = -1, whole: str = "") -> None:
        key = key_of(value)
        if not key or count_words(value) > _LONGEST:
            return
        known = claims.setdefault(key, TitleClaim(value, whole=whole))
        known.rules.setdefault(rule, value)
        if known.block < 0:
            known.block = block

    for text, rule, block, start in _headings(page, body):
        heading = _without_ornament(text)
        claim(heading, rule, block)
        for part, place in _parts(page, text, start):
            claim(part, place, block, heading)
    for statement in found.of("title"):
        rule = statement.rule
        rule = "jsonld.page" if rule.startswith("jsonld.page") else rule
        claim(statement.value, rule, statement.block)
        if rule in {"title", "og.title"}:
            for number, part in enumerate(parts_of_title(statement.value)):
                claim(part, "title.rest" if number else "title.first")
    return list(claims.values())


def _headings(page: Page, body: Body) -> Iterator[tuple[str, str, int, int]]:
    """Yield headings and what a class calls a title: the first ones, and those at the body.

    Each with its rule, its first block and its first run of characters.
    """
    start = int(np.argmax(body.chosen)) if body.chosen.any() else len(page.blocks)
    counts = dict.fromkeys((*_HEADINGS, "class.title"), 0)
    nodes = page.nodes
    for index, run in page.titled:
        tag = nodes.tag[index]
        rule = tag if tag in _HEADINGS else "class.title"
        first, last = nodes.first[index], nodes.last[index]
        is_short = 0 < last - first <= 3  # noqa: PLR2004 - a headline set in lines
        is_near = rule == "h1" or start - 40 < first <= start + 3
        if is_short and is_near and counts[rule] < _MOST_HEADINGS:
            counts[rule] += 1
            yield " ".join(page.blocks.text[first:last]), rule, first, run


def _without_ornament(text: str) -> str:
    """Return a heading without the arrow or bar before it; "›" may open a quotation."""
    return text.lstrip(_ORNAMENTS if "‹" in text else f"{_ORNAMENTS}›") or text


def _parts(page: Page, text: str, start: int) -> Iterator[tuple[str, str]]:
    """Yield some runs of a heading, as it may hold a kicker, a date or a standfirst, too.

    Args:
        page: the page.
        text: the heading.
        start: its first run of characters.

    """
    places = [place for place, sign in enumerate(text) if sign != " "]
    count = 0
    cuts: dict[int, None] = {}
    for run in page.said[start : start + _MOST_RUNS]:
        count += len("".join(INVISIBLE.sub("", run).split()))
        if count >= len(places):
            break
        if count and not text[places[count]].islower():  # else a word or a phrase goes on
            cuts[places[count]] = None
    if count == len(places) and len(cuts) < _MOST_PARTS:
        for cut in cuts:
            yield text[:cut].strip(_JOINTS), "part.first"
            yield text[cut:].strip(_JOINTS), "part.last"
        for first, last in combinations(cuts, 2):
            yield text[first:last].strip(_JOINTS), "part.inner"


def title_features(claims: list[TitleClaim], page: Page, body: Body, setting: Setting) -> Floats:
    """Describe each claim, shape (claims, ``len(FEATURES)``).

    Longer than 40 lines because it names the features one by one.
    """
    stated = {
        rule: next((c.rules[rule] for c in claims if rule in c.rules), "") for rule in _COMPARED
    }
    stated_tokens = {rule: tokens(value) for rule, value in stated.items()}
    stated_keys = {rule: key_of(value) for rule, value in stated.items()}
    on_page = [float(any(rule in c.rules for c in claims)) for rule in RULES]
    keys = [key_of(claim.value) for claim in claims]
    wholes = {claim.whole for claim in claims if claim.whole}
    shown = {text.casefold() for text in page.blocks.text}
    less_site = {
        key_of(part)
        for rule in ("title", "og.title")
        for part in without_site(stated[rule], setting)
    }
    start = int(np.argmax(body.chosen)) if body.chosen.any() else len(page.blocks)
    rows = []
    for rank, (claim, key) in enumerate(zip(claims, keys, strict=True)):
        own = tokens(claim.value)
        block = claim.block if claim.block < len(page.blocks) else -1
        around = page.nodes.around[page.blocks.node[block]] if block >= 0 else 0
        rows.append(
            (
                *(rule in claim.rules for rule in RULES),
                *on_page,
                len(claim.rules),
                count_words(claim.value),
                len(claim.value),
                100 * len(own & setting.slug) // max(len(own), 1),
                100 * len(own & setting.slug) // max(len(setting.slug), 1),
                key in setting.sites,
                any(len(site) > 2 and site in key for site in setting.sites),  # noqa: PLR2004
                claim.value.endswith(("...", "…")),
                sum(key in other and key != other for other in keys),
                sum(other in key and key != other for other in keys),
                sum("h1" in other.rules for other in claims),
                min(max(block - start, -60), 60) if block >= 0 else -99,
                block,
                100 * float(body.scores[block]) // 1 if block >= 0 else -999,
                bool(body.chosen[block]) if block >= 0 else -1,
                rank,
                count_words(claim.whole) - count_words(claim.value) if claim.whole else -1,
                claim.value in wholes,
                claim.value.casefold() in shown,
                key in less_site,
                claim.value.isupper(),
                *(100 * len(own & t) // max(len(own), 1) for t in stated_tokens.values()),
                *(100 * len(own & t) // max(len(t), 1) for t in stated_tokens.values()),
                *(key in other for other in stated_keys.values()),
                *(bool(around & bit) for bit in _AROUND),
            )
        )
    return np.array(rows, np.float32).reshape(len(claims), len(FEATURES))


def choose_titles(claims: list[TitleClaim], confidences: list[float]) -> list[Witness]:
    """Return the witnesses of the headline, the chosen one first; none where nothing is likely."""
    order = by_confidence(confidences)
    if not order or confidences[order[0]] < LEAST_CONFIDENCE:
        return []
    chosen = (
        witness
        for number in order[:_MOST_CLAIMS]
        for witness in witnesses(
            "title",
            (
                (value, rule, value)
                for rule, value in sorted(
                    claims[number].rules.items(), key=lambda item: _RULE[item[0]]
                )
            ),
            confidences[number],
        )
    )
    return bounded(chosen)


def passed_over_titles(claims: list[TitleClaim], confidences: list[float]) -> list[Witness]:
    """Return the surest of the headlines that were not handed on, for whoever asks why."""
    order = by_confidence(confidences)
    is_stated = bool(order) and confidences[order[0]] >= LEAST_CONFIDENCE
    lost = order[_MOST_CLAIMS:] if is_stated else order
    places = ((first_place(claims[n].value, claims[n].rules), confidences[n]) for n in lost)
    return candidates("title", places)


def weigh_titles(pages: Sequence[Seen]) -> Iterator[tuple[list[TitleClaim], list[float]]]:
    """Yield for each page the headlines that it may have and how likely each is."""
    claims = [gather_titles(seen.page, seen.found, seen.body) for seen in pages]
    tables = [
        title_features(found, seen.page, seen.body, seen.setting)
        for found, seen in zip(claims, pages, strict=True)
    ]
    yield from zip(claims, probabilities(load_forest("titles"), tables), strict=True)
