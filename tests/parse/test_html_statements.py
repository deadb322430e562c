"""What a page states of itself, each statement with the rule that read it."""

import pytest

from broadsheet.parse.html_marks import read_marks
from broadsheet.parse.html_statements import load_json, read_statements
from broadsheet.parse.html_walk import read_page


def states(html):
    """Return (field, value, rule) of everything that a page states."""
    page = read_page(f"<html><head></head><body>{html}<p>text</p></body></html>")
    found = read_statements(page)
    read_marks(page, found)
    return {(s.field, s.value, s.rule) for s in found.all}


@pytest.mark.parametrize(
    ("html", "statement"),
    [
        ('<meta property="og:title" content="A &amp; B">', ("title", "A & B", "og.title")),
        ('<meta name="DC.creator" content="Jo Linwick">', ("author", "Jo Linwick", "meta.author")),
        (
            '<meta value="2024-03-18" name="article:published_time">',
            ("published", "2024-03-18", "meta.published"),
        ),
        ('<link rel="canonical" href="/mill">', ("url", "/mill", "link.canonical")),
        (
            '<time datetime="2024-03-18T07:45Z">today</time>',
            ("published", "2024-03-18T07:45Z", "time.datetime"),
        ),
        (
            '<time class="updated" datetime="2024-03-19">x</time>',
            ("modified", "2024-03-19", "time.modified"),
        ),
        (
            '<span itemprop="author"><b itemprop="name">Jo Linwick</b>, Reporter</span>',
            ("author", "Jo Linwick", "microdata.author"),
        ),
        ('<a href="/author/jo">Jo Linwick</a>', ("author", "Jo Linwick", "link.profile")),
        ('<div class="c-byline">Jo Linwick</div>', ("author", "Jo Linwick", "class.author")),
    ],
)
def test_a_place_is_read_by_its_rule(html, statement):
    assert statement in states(html)


def json_ld(data):
    return f'<script type="application/ld+json">{data}</script>'


@pytest.mark.parametrize(
    ("data", "statement"),
    [
        (
            '{"@type": "NewsArticle", "headline": "Mill"}',
            ("title", "Mill", "jsonld.headline"),
        ),
        (
            '[{"@type": ["Thing", "NewsArticle"], "author": [{"name": "A"}, "B"]}]',
            ("author", "B", "jsonld.author"),
        ),
        (
            (
                '{"@graph": [{"@id": "#a", "name": "Jo"},'
                ' {"@type": "Article", "author": {"@id": "#a"}}]}'
            ),
            ("author", "Jo", "jsonld.author"),
        ),
        (
            '{"@type": "WebPage", "datePublished": "2024-03-18"}',
            ("published", "2024-03-18", "jsonld.page.published"),
        ),
    ],
)
def test_json_ld_is_followed_to_its_articles(data, statement):
    assert statement in states(json_ld(data))


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ('{"a": 1}', {"a": 1}),
        ('<!-- {"a": 1} -->', {"a": 1}),
        ('//<![CDATA[\n{"a": 1}\n//]]>', {"a": 1}),
        ('{"a": "two\nlines",}', {"a": "two\nlines"}),
        ("{a: 1}", None),
        ("[" * 100_000, None),
        ("", None),
    ],
)
def test_json_is_read_as_leniently_as_search_engines_do(text, data):
    assert load_json(text) == data
