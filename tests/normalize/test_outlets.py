"""Who published an article: the host, the page's declarations, unmistakable text, the hint."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.config import Config
from broadsheet.normalize.outlets import CONFIDENCE, resolve
from broadsheet.records import Witness

PLAIN = Config.model_validate(
    {"dataset": {"name": "x", "pretty_name": "X", "description": "x", "license": "mit"}}
)


def says(value, rule="og.site_name", excerpt=None):
    return Witness(field="outlet", value=value, rule=rule, confidence=0.9, excerpt=excerpt or value)


@pytest.mark.parametrize(
    ("url", "outlet", "domain", "country"),
    [
        (
            "https://www.themoscowtimes.com/2023/03/13/x-a80471",
            "The Moscow Times",
            "themoscowtimes.com",
            "NL",
        ),
        ("https://news.bbc.co.uk/2/hi/1.stm", "BBC News", "bbc.co.uk", "GB"),
        ("https://www.abc.net.au/news/1", "ABC News", "abc.net.au", "AU"),
        ("https://abcnews.go.com/a", "ABC News", "go.com", "US"),
        ("https://www1.folha.uol.com.br/a", "Folha de S.Paulo", "uol.com.br", "BR"),
        ("https://noticias.uol.com.br/a", "UOL", "uol.com.br", "BR"),
        ("https://roma.repubblica.it/a", "la Repubblica", "repubblica.it", "IT"),
    ],
)
def test_the_host_of_the_url_decides(url, outlet, domain, country):
    match = resolve([], url, PLAIN)
    assert (match.outlet.name, match.domain) == (outlet, domain)
    assert match.outlet.country == country
    assert match.rule == "url.host"


def test_the_host_outweighs_what_the_page_calls_itself():
    match = resolve([says("Le Monde")], "https://www.theguardian.com/a", PLAIN)
    assert match.outlet.id == "guardian"


def test_an_address_that_the_outlet_has_left_is_less_sure():
    match = resolve([], "http://www.guardian.co.uk/world/a", PLAIN)
    assert (match.outlet.id, match.rule) == ("guardian", "url.host-retired")
    assert match.domain == "theguardian.com"
    assert match.confidence < CONFIDENCE["url.host"]


@pytest.mark.parametrize(
    ("value", "outlet"),
    [
        ("Le Monde", "le-monde"),
        ("THE NEW YORK TIMES", "the-new-york-times"),
        ("Süddeutsche.de", "suddeutsche-zeitung"),
        ("朝日新聞デジタル", "the-asahi-shimbun"),
        ("Doha News | Qatar", "doha-news"),
        ("https://www.inquirer.com", "the-philadelphia-inquirer"),
        ("wdr.de", "westdeutscher-rundfunk"),
    ],
)
def test_without_a_url_a_declared_name_or_address_decides(value, outlet):
    match = resolve([says(value)], None, PLAIN)
    assert match.outlet.id == outlet


@pytest.mark.parametrize("name", ["The Guardian", "El País", "The Times", "ABC News", "Herald"])
def test_a_name_that_several_outlets_bear_stays_a_name(name):
    match = resolve([says(name)], None, PLAIN)
    assert match.outlet.name == name
    assert not match.outlet.is_registered
    assert (match.outlet.country, match.domain) == (None, None)


def test_a_page_of_an_unknown_host_keeps_its_own_name_and_domain():
    match = resolve([says("Gull Bay Gazette")], "https://www.gullbay.example/a", PLAIN)
    assert (match.outlet.name, match.domain) == ("Gull Bay Gazette", "gullbay.example")
    assert match.rule == "page.name-unknown"


def test_a_page_of_an_unknown_host_is_not_taken_for_a_namesake():
    match = resolve([says("Le Monde")], "https://le-monde.example/a", PLAIN)
    assert not match.outlet.is_registered
    assert match.domain == "le-monde.example"


def test_an_agency_declared_at_an_unknown_host_is_a_credit():
    stated = [says("Reuters", "jsonld.publisher"), says("Gull Bay Gazette")]
    match = resolve(stated, "https://www.gullbay.example/a", PLAIN)
    assert match.outlet.name == "Gull Bay Gazette"


def test_a_name_is_one_clean_line():
    match = resolve([says("Gull\u200b Bay\n Gazette\x00")], None, PLAIN)
    assert match.outlet.name == "Gull Bay Gazette"


def test_an_unknown_host_without_a_name_leaves_the_name_open():
    match = resolve([], "https://www.gullbay.example/a", PLAIN)
    assert match.outlet is None
    assert match.domain == "gullbay.example"


@pytest.mark.parametrize("value", ["© 2021 Gull Bay Media, all rights reserved", "Reuters"])
def test_a_copyright_or_source_line_names_no_unknown_outlet_and_no_agency(value):
    assert resolve([says(value, "meta.site")], None, PLAIN) is None


def test_text_that_only_one_outlet_carries_decides():
    witness = says("The Globe", "hint.interact", "Interact with The Globe")
    match = resolve([witness], None, PLAIN)
    assert (match.outlet.id, match.rule) == ("globe-and-mail", "text.phrase")


@pytest.mark.parametrize("text", ["Interact with The Globe Theatre's", "The Globe", "the globe"])
def test_text_that_others_may_carry_decides_nothing(text):
    phrase = says(text, "hint.interact").excerpt.replace("Interact with ", "")
    assert resolve([says("The Globe", "hint.interact", phrase)], None, PLAIN) is None


@pytest.mark.parametrize("rule", ["text.quoted", "credit.photo", "byline.agency", "tail.with"])
def test_what_the_text_quotes_or_credits_is_no_publisher(rule):
    assert resolve([says("Reuters", rule)], None, PLAIN) is None


@pytest.mark.parametrize(
    ("url", "aggregator"),
    [
        ("https://news.yahoo.com/a.html", "Yahoo News"),
        ("https://www.msn.com/en-us/news/a", "MSN"),
        ("https://www.aol.com/news/a.html", "AOL"),
        ("https://archive.ph/Ab1", "archive.today"),
    ],
)
def test_an_aggregator_is_where_it_was_found_and_not_who_published(url, aggregator):
    reposted = resolve([says(aggregator), says("Le Monde", "jsonld.publisher")], url, PLAIN)
    unsigned = resolve([says(aggregator)], url, PLAIN)
    assert reposted.outlet.id == "le-monde"
    assert reposted.found_at.name == unsigned.found_at.name == aggregator
    assert (unsigned.outlet, unsigned.domain) == (None, None)


def test_an_aggregator_may_lead_to_the_publisher():
    canonical = Witness(
        field="url",
        value="https://www.lemonde.fr/a",
        rule="link.canonical",
        confidence=0.9,
        excerpt="https://www.lemonde.fr/a",
    )
    match = resolve([canonical, says("MSN")], "https://www.msn.com/fr-fr/a", PLAIN)
    assert (match.outlet.id, match.rule, match.found_at.id) == ("le-monde", "url.canonical", "msn")


def test_an_agency_may_publish_at_an_aggregator_under_its_own_name():
    match = resolve([says("Reuters", "jsonld.publisher")], "https://news.yahoo.com/a", PLAIN)
    assert (match.outlet.id, match.found_at.id) == ("reuters", "yahoo-news")


@pytest.mark.parametrize(
    ("url", "domain"),
    [
        ("https://gullbay.blogspot.com/2020/01/a.html", "gullbay.blogspot.com"),
        ("https://gullbay.wordpress.com/a", None),
        ("https://medium.com/@gullbay/a", None),
        ("https://blog.goo.ne.jp/gullbay/e/1", None),
    ],
)
def test_a_blog_belongs_to_its_writer_and_not_to_its_host(url, domain):
    match = resolve([], url, PLAIN)
    named = resolve([says("Gull Bay Notes")], url, PLAIN)
    assert (match.outlet, match.domain) == (None, domain)
    assert (named.outlet.name, named.domain) == ("Gull Bay Notes", domain)
    assert match.found_at is not None


@pytest.mark.parametrize(
    "url",
    [
        "https://web.archive.org/web/20120216182711/http://www.lemonde.fr/a",
        "https://web.archive.org/web/2012id_/https://lemonde.fr/a",
        "https://www-lemonde-fr.cdn.ampproject.org/c/s/www.lemonde.fr/a",
    ],
)
def test_an_archived_page_is_its_publishers(url):
    match = resolve([], url, PLAIN)
    assert (match.outlet.id, match.rule) == ("le-monde", "url.archived")
    assert match.found_at is not None


@pytest.mark.parametrize("held", ["http://[broken/a", "https:///a", "mailto:x@lemonde.fr"])
def test_a_broken_address_in_an_archive_is_nobodys(held):
    match = resolve([], f"https://web.archive.org/web/2012/{held}", PLAIN)
    assert (match.outlet, match.found_at.id) == (None, "internet-archive")


@pytest.mark.parametrize(
    ("hint", "name"),
    [
        ("moscow-times", "The Moscow Times"),
        ("themoscowtimes.com", "The Moscow Times"),
        ("Gull Bay Gazette", "Gull Bay Gazette"),
    ],
)
def test_the_collectors_hint_speaks_where_the_article_does_not(config, hint, name):
    hinted = config(hints={"outlet": hint})
    assert resolve([], None, hinted).outlet.name == name
    assert resolve([says("Le Monde")], None, hinted).outlet.id == "le-monde"


def test_nothing_stated_is_nothing_known():
    assert resolve([], None, PLAIN) is None


@given(
    url=st.none()
    | st.sampled_from(["https://x.example/", "https://www.msn.com/", "https://[::1]/"]),
    values=st.lists(st.text(max_size=200), max_size=4),
    rule=st.sampled_from(["og.site_name", "meta.site", "hint.interact", "field.outlet"]),
)
def test_whatever_a_page_says_the_match_is_well_formed(url, values, rule):
    match = resolve([says(value, rule) for value in values], url, PLAIN)
    if match:
        assert match.rule in CONFIDENCE
        assert len(match.excerpt) <= 160
        assert match.outlet is None or match.outlet.name.strip()
