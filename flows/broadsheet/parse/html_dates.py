"""When it was published: which of the days that a page states is the one.

Longer than 300 lines because the places, what describes a day and its choice are read side by side.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import islice
from typing import Final

import numpy as np

from broadsheet.parse.html_body import Body
from broadsheet.parse.html_choice import (
    Seen,
    bounded,
    by_confidence,
    candidates,
    probabilities,
    witnesses,
)
from broadsheet.parse.html_days import (
    DIGIT,
    Day,
    day_in_path,
    days_in,
    may_hold_a_day,
    stated_day,
)
from broadsheet.parse.html_forest import load_forest
from broadsheet.parse.html_page import Page
from broadsheet.parse.html_setting import Setting
from broadsheet.parse.html_statements import Statements
from broadsheet.parse.html_texts import Floats
from broadsheet.parse.html_vocabulary import CLASS_BITS, TAG_BITS, words
from broadsheet.records import Witness

RULES: Final = words(
    "jsonld.published jsonld.created jsonld.page.published jsonld.page.created "
    "jsonld.modified  jsonld.page.modified meta.published meta.date meta.modified "
    "microdata.datetime microdata.text  microdata.modified time.datetime time.text "
    "time.modified class.date head body tail path script.published"
)
_MODIFIED: Final = frozenset(rule for rule in RULES if rule.endswith(".modified"))
_AROUND: Final = (
    *(
        TAG_BITS[tag]
        for tag in ("article", "header", "footer", "aside", "nav", "p", "li", "hidden")
    ),
    *(
        CLASS_BITS[name]
        for name in (
            "date",
            "meta",
            "author",
            "comment",
            "related",
            "list",
            "side",
            "footer",
            "title",
        )
    ),
)
FEATURES: Final = (
    *(f"by.{rule}" for rule in RULES),
    *(f"page.{rule}" for rule in RULES),
    *(f"times.{rule}" for rule in RULES),
    *words(
        "rules times has_time is_ambiguous before_body after_body index rank by_age from_newest "
        "days_since_oldest days_to_newest is_head_day days_to_modified days_from_path claims "
        "says_update says_publish year is_first_shown shown_percent says_picture after_heading "
        "is_local has_local labelled_publish labelled_update offset is_range"
    ),
    *(f"around.{number}" for number in range(len(_AROUND))),
)
# Where a page dates other stories and what its readers say.
_ELSEWHERE: Final = TAG_BITS["aside"] | CLASS_BITS["related"] | CLASS_BITS["comment"]
_UPDATE: Final = re.compile(
    r"updat|modif|edit(?:ed|iert)|aktualis|geändert|stand:|actuali|mis à jour|aggiorn|bijgewerkt|"
    r"zaktual|обновл|更新|senast|oppdatert|güncel|ενημ",
    re.IGNORECASE,
)
_PUBLISH: Final = re.compile(
    r"publi|posted|veröffentl|erstellt|geposted|created|on:|first|opublik|опубл|submitted|datum|"
    r"date|fecha|data\b|発表|公開|發布|发布|yayın|δημοσ|released|written",
    re.IGNORECASE,
)
_PICTURE: Final = re.compile(
    r"photo|foto|picture|image\b|getty|reuters/|\bap/|afp/|©|bild:|archiv", re.IGNORECASE
)
_CLOCK: Final = re.compile(r"\d{1,2}:\d\d")
# An instant in UTC, whose day may be another one at the outlet.
_UTC: Final = re.compile(
    r"(?<!\d)([0-2]\d):\d\d(?::\d\d?)?(?:\.\d+)?\s?(?:Z|(?:GMT|UTC)?[+-]00:?00)(?!\d)"
)
_NOON: Final = 12
_ZONE: Final = re.compile(r"\d(?:Z|[+-]\d\d:?\d\d)$|\b(?:UTC|GMT)\b")
_MODIFIED_CONFIDENCE: Final = {
    "jsonld.modified": 0.93,
    "meta.modified": 0.9,
    "microdata.modified": 0.9,
    "jsonld.page.modified": 0.85,
    "time.modified": 0.8,
}
LEAST_CONFIDENCE: Final = 0.25
# A day less likely than this would mislead whoever reads on, unless the page states it to machines
# as that of publication: then it contradicts.
_LEAST_DOUBT: Final = 0.25
_LEAST_RIVAL: Final = 0.5  # of the confidence of the chosen day
_AS_PUBLISHED: Final = frozenset(
    words("jsonld.published jsonld.page.published meta.published microdata.datetime")
)
_MOST_CLAIMS: Final = 4
_LONGEST_HEAD: Final = 300
_MOST: Final = 60
_MOST_MENTIONS: Final = 2_000  # a page that shows more days is a table of them
# Early years are rarely the day of a page. Of later ones nothing may be learned: pages to come are
# newer than any that a model has seen.
_OLD_YEAR: Final = 2012
_MOST_SAID: Final = 4_000  # characters
_LABEL: Final = 24  # characters before a day that may say what it is
_NO_LABEL: Final = 3
_MOST_OFFSET: Final = 100
_RANGE: Final = re.compile(r"\s?(?:[-–—]|bis|to|until|au|al|a)\s?\d")
_HEAD: Final = 40
_NEAR: Final = 4
_FAR: Final = 20_000


@dataclass(slots=True)
class DateClaim:
    """A day with all the places that state it.

    Attributes:
        day: the day.
        rules: value and raw characters of each place, by rule; the first of each.
        times: how often each rule states it.
        block: the first block that shows it; -1 where none does.
        is_ambiguous: whether every place leaves day and month exchangeable.
        has_time: whether a time of day is stated with it.
        says: the words around it.
        share: the most, in per cent, that it is of a block that shows it.
        labels: what stands right before it where it is shown.
        offset: the fewest characters before it in a block that shows it; -1 where none does.
        is_range: whether another day follows it, as the end of a time.

    """

    day: date
    rules: dict[str, tuple[str, str]] = field(default_factory=dict)
    times: dict[str, int] = field(default_factory=dict)
    block: int = -1
    is_ambiguous: bool = True
    has_time: bool = False
    says: str = ""
    share: int = 0
    labels: str = ""
    offset: int = -1
    is_range: bool = False


@dataclass(frozen=True, slots=True)
class _Mention:
    day: Day
    value: str
    rule: str
    excerpt: str
    block: int
    share: int = 0
    label: str = ""
    offset: int = -1
    is_range: bool = False


def gather_dates(page: Page, found: Statements, body: Body, setting: Setting) -> list[DateClaim]:
    """Return the distinct days that a page states, in the order they were met."""
    claims: dict[date, DateClaim] = {}
    shown = islice(_shown(page, body, setting), _MOST_MENTIONS)
    mentions = [*_stated(found, setting)]
    if path := day_in_path(setting.url):
        mentions.append(_Mention(path, path.day.isoformat(), "path", path.text, -1))
    mentions += shown
    sure = {m.day.day for m in mentions if not m.day.is_ambiguous}
    for mention in mentions:
        day = mention.day.day
        if mention.day.is_ambiguous and day not in sure:
            other = date(day.year, day.day, day.month)
            day = other if other in sure else day
        if len(claims) >= _MOST and day not in claims:
            continue
        known = claims.setdefault(day, DateClaim(day))
        known.rules.setdefault(mention.rule, (mention.value, mention.excerpt))
        known.times[mention.rule] = known.times.get(mention.rule, 0) + 1
        known.is_ambiguous &= mention.day.is_ambiguous
        known.has_time |= mention.day.has_time
        known.share = max(known.share, mention.share)
        known.is_range |= mention.is_range
        if known.offset < 0 or 0 <= mention.offset < known.offset:
            known.offset = mention.offset
        if len(known.says) < _MOST_SAID:
            known.says += " " + mention.excerpt[:80]
            known.labels += " " + mention.label
        if known.block < 0:
            known.block = mention.block
    return list(claims.values())


def _stated(found: Statements, setting: Setting) -> Iterator[_Mention]:
    for statement in found.of("published", "modified"):
        day = stated_day(statement.value, setting.order)
        if day and statement.rule in _RULE_SET:
            yield _Mention(day, statement.value, statement.rule, statement.excerpt, statement.block)


_RULE_SET: Final = frozenset(RULES)


def _shown(page: Page, body: Body, setting: Setting) -> Iterator[_Mention]:
    """Yield the days that blocks show: in marked elements, before, in and after the body."""
    chosen = np.flatnonzero(body.chosen)
    start = int(chosen[0]) if len(chosen) else 0
    end = int(chosen[-1]) if len(chosen) else 0
    near, nodes = page.nodes.near, page.blocks.node
    holds_digit = DIGIT.search
    for index, whole in enumerate(page.blocks.text):
        if not holds_digit(whole, 0, _LONGEST_HEAD):  # told fast, of the most
            continue
        text = whole[:_LONGEST_HEAD]
        if not may_hold_a_day(text):
            continue
        if near[nodes[index]] & CLASS_BITS["date"]:
            rule = "class.date"
        elif index < start or (index <= min(start + _NEAR, end) and len(text) < _LONGEST_HEAD):
            rule = "head"
        elif index <= end:
            rule = "body"
        elif page.nodes.around[nodes[index]] & _ELSEWHERE:
            continue
        else:
            rule = "tail"
        for day in days_in(text, setting.order):
            share = 100 * len(day.text) // len(text)
            offset = max(text.find(day.text), 0)
            label = text[max(offset - _LABEL, 0) : offset]
            before = page.blocks.text[index - 1] if offset < _NO_LABEL and index else ""
            if len(before) <= _LABEL:
                label = f"{before} {label}"
            is_range = bool(_RANGE.match(text, offset + len(day.text)))
            yield _Mention(day, day.text, rule, text, index, share, label, offset, is_range)


def date_features(claims: list[DateClaim], page: Page, body: Body) -> Floats:
    """Describe each claim, shape (claims, ``len(FEATURES)``).

    Longer than 40 lines because it names the features one by one.
    """
    on_page = [float(any(rule in c.rules for c in claims)) for rule in RULES]
    chosen = np.flatnonzero(body.chosen)
    start = int(chosen[0]) if len(chosen) else 0
    end = int(chosen[-1]) if len(chosen) else 0
    by_age = sorted(claim.day for claim in claims)
    modified = next((c.day for c in claims if _MODIFIED & c.rules.keys()), None)
    path = next((c.day for c in claims if "path" in c.rules), None)
    head = next(
        (c.day for c in claims if c.rules.keys() - _MODIFIED - {"path", "body", "tail"}), None
    )
    shown = min((c.block for c in claims if c.block >= 0), default=-1)
    tags = page.nodes.tag
    heading = page.nodes.first[tags.index("h1")] if "h1" in tags else -1
    local = _local_days(claims)
    rows = []
    for rank, claim in enumerate(claims):
        block = claim.block if claim.block < len(page.blocks) else -1
        around = page.nodes.around[page.blocks.node[block]] if block >= 0 else 0
        rows.append(
            (
                *(rule in claim.rules for rule in RULES),
                *on_page,
                *(claim.times.get(rule, 0) for rule in RULES),
                len(claim.rules),
                sum(claim.times.values()),
                claim.has_time or any("T" in value for value, _ in claim.rules.values()),
                claim.is_ambiguous,
                min(max(block - start, -60), 60) if block >= 0 else -99,
                min(max(block - end, -60), 60) if block >= 0 else -99,
                block,
                rank,
                by_age.index(claim.day),
                len(by_age) - by_age.index(claim.day),
                (claim.day - by_age[0]).days,
                (by_age[-1] - claim.day).days,
                claim.day == head,
                (modified - claim.day).days if modified else -_FAR,
                (claim.day - path).days if path else -_FAR,
                len(claims),
                bool(_UPDATE.search(claim.says)),
                bool(_PUBLISH.search(claim.says)),
                min(claim.day.year, _OLD_YEAR),
                block == shown,
                claim.share,
                bool(_PICTURE.search(claim.says)),
                min(max(block - heading, -60), 60) if block >= 0 and heading >= 0 else -99,
                claim.day in local.values(),
                claim.day in local,
                bool(_PUBLISH.search(claim.labels)),
                bool(_UPDATE.search(claim.labels)),
                min(claim.offset, _MOST_OFFSET),
                claim.is_range,
                *(bool(around & bit) for bit in _AROUND),
            )
        )
    return np.array(rows, np.float32).reshape(len(claims), len(FEATURES))


def _local_days(claims: list[DateClaim]) -> dict[date, date]:
    """Return days that are stated as instants in UTC, with the day that each may be at the outlet.

    A page may state an instant for machines and show the day that it was where it was written. A
    day on which it was changed is another one.
    """
    plain = {
        claim.day
        for claim in claims
        if any(not _UTC.search(value) for value, _ in claim.rules.values())
        and (_MODIFIED.isdisjoint(claim.rules) or not _AS_PUBLISHED.isdisjoint(claim.rules))
    }
    found = {}
    for claim in claims:
        for value, _ in claim.rules.values():
            if match := _UTC.search(value):
                other = claim.day + timedelta(days=1 if int(match[1]) >= _NOON else -1)
                if other in plain:
                    found[claim.day] = other
    return found


def choose_dates(
    found: Statements, claims: list[DateClaim], confidences: list[float]
) -> list[Witness]:
    """Return the witnesses of the day of publication, the chosen day first, and of the last change.

    The places of the chosen day are ordered by how exact they are; of each other day that was
    weighed only one place is named.
    """
    result: list[Witness] = []
    for rank, number in enumerate(_taken(claims, confidences)):
        places = _places(claims[number])
        result += witnesses("published", places if rank == 0 else places[:1], confidences[number])
    modified = (
        Witness(field="modified", value=value, rule=rule, confidence=confidence, excerpt=raw)
        for rule, confidence in _MODIFIED_CONFIDENCE.items()
        for value, raw in [
            next(((s.value, s.excerpt) for s in found.of("modified") if s.rule == rule), ("", ""))
        ]
        if value
    )
    return [*bounded(result), *modified]


def passed_over_dates(claims: list[DateClaim], confidences: list[float]) -> list[Witness]:
    """Return the surest of the days that were weighed and not handed on, for whoever asks why."""
    taken = _taken(claims, confidences)
    lost = [number for number in by_confidence(confidences) if number not in taken]
    return candidates("published", ((_places(claims[n])[0], confidences[n]) for n in lost))


def weigh_dates(pages: Sequence[Seen]) -> Iterator[tuple[list[DateClaim], list[float]]]:
    """Yield for each page the days that it states and how likely each is that of publication."""
    claims = [gather_dates(seen.page, seen.found, seen.body, seen.setting) for seen in pages]
    tables = [
        date_features(found, seen.page, seen.body)
        for found, seen in zip(claims, pages, strict=True)
    ]
    yield from zip(claims, probabilities(load_forest("dates"), tables), strict=True)


def _taken(claims: list[DateClaim], confidences: list[float]) -> list[int]:
    """Return the days to hand on: the surest, if it is likely, and those that contradict it.

    A day that is stated as that of a change alone contradicts no day of publication.
    """
    order = by_confidence(confidences)[:_MOST_CLAIMS]
    if not order or confidences[order[0]] < LEAST_CONFIDENCE:
        return []
    least = max(_LEAST_DOUBT, _LEAST_RIVAL * confidences[order[0]])
    return [
        number
        for rank, number in enumerate(order)
        if not rank
        or (confidences[number] >= least and not _MODIFIED.issuperset(claims[number].rules))
        or not _AS_PUBLISHED.isdisjoint(claims[number].rules)
    ]


def _places(claim: DateClaim) -> list[tuple[str, str, str]]:
    """Return the places of a day, those that state a time of day and its zone first."""
    places = [(value, rule, raw) for rule, (value, raw) in claim.rules.items()]
    return sorted(places, key=lambda place: (-_exactness(place[0]), RULES.index(place[1])))


def _exactness(value: str) -> int:
    has_clock = bool(_CLOCK.search(value))
    return has_clock + (has_clock and bool(_ZONE.search(value)))
