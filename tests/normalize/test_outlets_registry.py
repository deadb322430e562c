"""The form of every row of the shipped registry; each failure names the rows."""

import re
from collections import Counter
from importlib import resources
from zoneinfo import available_timezones

import pytest

from broadsheet.config import LANGUAGE_PATTERN, OUTLET_DOMAIN_PATTERN, OUTLET_ID_PATTERN
from broadsheet.normalize.hosts import registrable_domain
from broadsheet.normalize.outlets_names import fold_name
from broadsheet.normalize.outlets_registry import (
    COLUMNS,
    CheckedBy,
    Kind,
    parse_row,
)
from broadsheet.normalize.outlets_shipped import load_registry, read_rows

ROWS = list(read_rows())
OUTLETS = [parse_row(row) for row in ROWS]
KOSOVO = "XK"  # user-assigned in ISO 3166-1, and what the European Union and CLDR use
ZONE_OF_A_NEIGHBOUR = {KOSOVO: "Europe/Belgrade"}  # the tz database has none of its own
# Interval of ISO 8601-2 (EDTF level 1) whose bounds are a year, a month, a day, open or unknown.
PERIOD = re.compile(r"(?:\d{4}(?:-\d\d){0,2}|\.\.)?/(?:\d{4}(?:-\d\d){0,2}|\.\.)?")


def tz_table(name):
    """Return the rows of a table of the tz database."""
    text = (resources.files("tzdata") / "zoneinfo" / name).read_text(encoding="utf-8")
    return [line.split("\t") for line in text.splitlines() if not line.startswith("#")]


def repeated(values):
    """Return the values that occur more than once."""
    return sorted(value for value, n in Counter(values).items() if n > 1)


def test_the_columns_are_the_documented_ones():
    assert tuple(ROWS[0]) == COLUMNS


def test_rows_are_sorted_by_a_unique_id():
    ids = [outlet.id for outlet in OUTLETS]
    assert not repeated(ids)
    assert ids == sorted(ids), "sort outlets.csv by its first column"


def test_ids_are_lower_case_words_joined_by_hyphens():
    assert not [outlet.id for outlet in OUTLETS if not re.fullmatch(OUTLET_ID_PATTERN, outlet.id)]


def test_names_are_one_clean_line():
    assert not [outlet.id for outlet in OUTLETS if outlet.name != " ".join(outlet.name.split())]
    assert not [outlet.id for outlet in OUTLETS if not outlet.name]


def test_no_two_outlets_hold_one_host():
    assert not repeated(domain.host for outlet in OUTLETS for domain in outlet.domains)


def test_every_outlet_has_a_host_under_a_registrable_domain():
    assert not [outlet.id for outlet in OUTLETS if not outlet.domains]
    hosts = [
        domain.host
        for outlet in OUTLETS
        for domain in outlet.domains
        if not re.fullmatch(OUTLET_DOMAIN_PATTERN, domain.host)
        or (domain.host.startswith("www.") and registrable_domain(domain.host[4:]))
        or (outlet.kind is not Kind.BLOG_HOST and not registrable_domain(domain.host))
    ]
    assert not hosts


def test_periods_are_intervals():
    periods = {domain.period for outlet in OUTLETS for domain in outlet.domains} - {""}
    assert not [period for period in periods if not PERIOD.fullmatch(period)]


def test_countries_are_those_of_iso_3166():
    known = {row[0] for row in tz_table("iso3166.tab")} | {KOSOVO}
    assert not [o.id for o in OUTLETS if o.country and o.country not in known]


def test_time_zones_are_iana_zones_of_the_country():
    zones = {}
    for table in ("zone.tab", "zone1970.tab"):
        for countries, _, zone, *_ in tz_table(table):
            zones.setdefault(zone, set()).update(countries.split(","))
    wrong = [
        outlet.id
        for outlet in OUTLETS
        if outlet.time_zone
        and outlet.country not in zones[outlet.time_zone]
        and ZONE_OF_A_NEIGHBOUR.get(outlet.country) != outlet.time_zone
    ]
    assert not wrong
    assert {outlet.time_zone for outlet in OUTLETS} - {None} <= available_timezones()


def test_nothing_was_founded_before_the_first_newspaper():
    assert not [o.id for o in OUTLETS if o.founded and not 1605 <= o.founded <= 2026]


def test_languages_are_bcp_47_tags_without_repetition():
    tags = {tag for outlet in OUTLETS for tag in outlet.languages}
    assert not [tag for tag in tags if not re.fullmatch(LANGUAGE_PATTERN, tag)]
    assert not [outlet.id for outlet in OUTLETS if repeated(outlet.languages)]


def test_wikidata_items_are_unique():
    items = [outlet.wikidata for outlet in OUTLETS if outlet.wikidata]
    assert not repeated(items)
    assert not [item for item in items if not re.fullmatch(r"Q[1-9]\d*", item)]


def test_no_alias_belongs_to_two_outlets_nor_repeats_the_name():
    keys = [(fold_name(alias), outlet.id) for outlet in OUTLETS for alias in outlet.aliases]
    assert not repeated(key for key, _ in keys)
    assert "" not in {key for key, _ in keys}
    assert not [o.id for o in OUTLETS if fold_name(o.name) in {fold_name(a) for a in o.aliases}]


def test_phrases_say_more_than_a_name():
    assert not [o.id for o in OUTLETS if any(len(fold_name(p).split()) < 3 for p in o.phrases)]


def test_whoever_enters_a_row_by_hand_fills_what_dates_and_kinds_need():
    by_hand = [outlet for outlet in OUTLETS if outlet.checked_by is CheckedBy.HAND]
    assert not [outlet.id for outlet in by_hand if not outlet.kind]
    publishers = [o for o in by_hand if o.kind not in {Kind.AGGREGATOR, Kind.BLOG_HOST}]
    assert not [outlet.id for outlet in publishers if not outlet.languages]


def test_no_row_claims_to_be_the_datasets_or_nobodys():
    shipped = {CheckedBy.HAND, CheckedBy.TWO_SOURCES, CheckedBy.UNCHECKED}
    assert {outlet.checked_by for outlet in OUTLETS} <= shipped


def test_the_world_is_covered():
    checked = [outlet for outlet in OUTLETS if outlet.is_checked]
    countries = {outlet.country for outlet in checked} - {None}
    assert len(checked) >= 6_000
    assert len(countries) >= 200


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("www.theguardian.com", "guardian"),
        ("news.bbc.co.uk", "bbc"),
        ("www.abc.net.au", "abc-australia"),
        ("abcnews.go.com", "abc-news-us"),
        ("timesofindia.indiatimes.com", "the-times-of-india"),
        ("roma.repubblica.it", "la-repubblica"),
        ("www1.folha.uol.com.br", "folha-de-s-paulo"),
        ("THEMOSCOWTIMES.COM.", "moscow-times"),
    ],
)
def test_the_longest_registered_suffix_of_a_host_decides(host, expected):
    outlet = load_registry().by_host(host)
    assert outlet is not None
    assert outlet.id == expected


@pytest.mark.parametrize("host", ["go.com", "co.uk", "com", "", "notbbc.co.uk", "192.0.2.1"])
def test_a_host_beside_a_registered_one_finds_nothing(host):
    assert load_registry().by_host(host) is None
