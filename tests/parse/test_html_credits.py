"""Agencies that a page credits, and what it says of the rest of its text."""

import pytest

from broadsheet.config import Config
from broadsheet.normalize import normalize
from broadsheet.parse.html import parse_html
from broadsheet.reasons import Reason
from broadsheet.records import RawRecord, Source

SOURCE = Source(path="page.html", member=None, offset=0, length=1, sha256="0" * 64, format="html")
FIRST = "The dam above Veyle held through the night, and the valley road stays closed until noon."
STORY = (
    "Engineers measured the crest every hour and found no movement, the water board said.",
    "Some four hundred people slept in the school of Lower Veyle. The mayor thanked the bakers.",
    "They had kept their ovens going, and carried bread up the hill at four in the morning.",
    "The board expects the level to fall by the weekend, when it will open the lower gate.",
)


def page(head="", before="", first=FIRST, after="", around=""):
    paragraphs = "".join(f"<p>{text}</p>" for text in (first, *STORY))
    return (
        f"<html lang=en><head><title>Dam above Veyle holds</title>{head}</head><body><article>"
        f"<h1>Dam above Veyle holds</h1>{before}<div class='text'>{paragraphs}{after}</div>"
        f"</article>{around}</body></html>"
    )


def read(html):
    return parse_html(RawRecord(source=SOURCE, text=html, media="html"))


def row(html):
    dataset = {"name": "dam", "pretty_name": "Dam", "description": "Dam.", "license": "cc0-1.0"}
    (article,) = normalize([read(html)], Config.model_validate({"dataset": dataset}))
    return article


@pytest.mark.parametrize(
    ("parts", "authors", "agencies"),
    [
        ({}, (), ()),
        ({"before": "<p class='byline'>By Reuters</p>"}, (), ("Reuters",)),
        ({"before": "<p class='byline'>By The Associated Press</p>"}, (), ("AP",)),
        (
            {"before": "<p class='byline'>By Nora Quill, AP Science Writer</p>"},
            ("Nora Quill",),
            ("AP",),
        ),
        (
            {"before": "<p class='byline'>By Nora Quill and The Associated Press</p>"},
            ("Nora Quill",),
            ("AP",),
        ),
        (
            {"before": "<p class='byline'>By Nora Quill and Jo Linwick, Reuters</p>"},
            ("Nora Quill", "Jo Linwick"),
            ("Reuters",),
        ),
        (
            {"before": "<p>By Nora Quill and Jo Linwick, Reuters</p>"},
            ("Nora Quill", "Jo Linwick"),
            ("Reuters",),
        ),
        ({"first": f"VEYLE (AP) — {FIRST}"}, (), ("AP",)),
        ({"after": "<p>(With inputs from AFP)</p>"}, (), ("AFP",)),
        ({"after": "<p>(Reuters)</p>"}, (), ("Reuters",)),
        ({"before": "<p class='author-photo'>Photograph by Nora Quill/AFP</p>"}, (), ()),
        ({"around": "<aside class='related'><p>Rain in Orle</p><p>Reuters</p></aside>"}, (), ()),
        ({"first": f"{FIRST} Reuters reported it first."}, (), ()),
    ],
)
def test_an_agency_is_credited_where_it_signs(parts, authors, agencies):
    article = row(page(**parts))

    assert set(article.agencies) == set(agencies)
    assert article.authors == authors


def test_an_agency_in_the_metadata_alone_is_credited_with_its_evidence():
    script = (
        '<script type="application/ld+json">{"@type": "NewsArticle", '
        '"author": {"@type": "Organization", "name": "ANSA"}}</script>'
    )

    article = row(page(head=script))

    assert article.agencies == ("ANSA",)
    assert "jsonld.author" in {e.rule for e in article.evidence if e.field == "agencies"}


FREE = (
    '<script type="application/ld+json">'
    '{{"@type": "NewsArticle", "isAccessibleForFree": {}}}</script>'
)


@pytest.mark.parametrize(
    ("parts", "is_paywalled"),
    [
        ({}, False),
        ({"head": FREE.format("false")}, True),
        ({"head": FREE.format('"False"')}, True),
        ({"head": FREE.format('"https://schema.org/False"')}, True),
        ({"head": FREE.format("true")}, False),
        ({"after": "<div>Subscribe to continue reading</div>"}, True),
        ({"after": "<div>This article is for subscribers only.</div>"}, True),
        ({"after": "<div style='display:none'>Subscribe to continue reading</div>"}, False),
        ({"around": "<nav><p>Already a subscriber? Sign in</p></nav>"}, False),
        (
            {"around": "<ul class='related'><li>A</li><li>B</li><li>Subscribers only</li></ul>"},
            False,
        ),
    ],
)
def test_a_paywall_is_one_that_the_article_states_or_shows(parts, is_paywalled):
    article = read(page(**parts))

    assert article.is_paywalled == is_paywalled
    assert (Reason.TEXT_PAYWALLED in article.notes) == is_paywalled


@pytest.mark.parametrize(
    ("parts", "is_truncated"),
    [
        ({}, False),
        ({"after": "<p><a href='/veyle'>Read the full story</a></p>"}, True),
        ({"after": "<p>[…]</p>"}, True),
        ({"before": "<p><a href='#more'>Continue reading the main story</a></p>"}, False),
        ({"after": "<p><a href='#more'>Continue reading the main story</a></p>"}, False),
        (
            {"around": "<ul class='related'><li><a href='/b'>Continue reading</a></li></ul>"},
            False,
        ),
    ],
)
def test_an_excerpt_is_one_that_says_so_where_it_ends(parts, is_truncated):
    article = read(page(**parts))

    assert article.is_truncated == is_truncated
    assert (Reason.TEXT_TRUNCATED in article.notes) == is_truncated
