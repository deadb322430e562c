"""HTML pages, written for these tests about places and events that do not exist."""

import pytest

from broadsheet.parse import parse, passed_over
from broadsheet.parse.html import parse_html
from broadsheet.reasons import Reason
from broadsheet.records import ParsedArticle, RawRecord, Rejection, Source

SOURCE = Source(path="page.html", member=None, offset=0, length=1, sha256="0" * 64, format="html")

PARAGRAPHS = tuple(
    """\
The council of Harrowmere voted on Tuesday to rebuild the tidal mill that burned down in the \
spring, a decision that ends four months of argument over who should pay for it.
Eleven members were in favour and six against. The works are to begin in October, said the chair \
of the building committee, and the mill should turn again before the winter after next.
Fishermen on the north quay had asked for the money to go to the harbour wall instead. Their \
spokeswoman called the vote a mistake that the next storm would expose.
The mill, built in 1787, ground flour for the islands until the ferry company bought it.
""".splitlines()
)
MENU = "".join(f'<li><a href="/s/{i}">Section {i}</a></li>' for i in range(12))
RELATED = "".join(
    f'<li><a href="/r/{i}">Another story that readers liked, number {i}</a></li>' for i in range(6)
)


def page(head="", body=None, before="", after=""):
    """Return a page of the Harrowmere Courier."""
    text = body or "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    return (
        f"<!DOCTYPE html><html lang='en-GB'><head><title>Harrowmere votes to rebuild its tidal mill"
        f" | Harrowmere Courier</title>{head}</head><body>"
        f"<nav class='menu'><ul>{MENU}</ul></nav><main><article class='article'>"
        f"<h1>Harrowmere votes to rebuild its tidal mill</h1>{before}"
        f"<div class='article-body'>{text}</div>{after}</article></main>"
        f"<aside class='related'><h3>Related stories</h3><ul>{RELATED}</ul></aside>"
        "<footer class='footer'><p>© 2024 Harrowmere Courier. All rights reserved.</p></footer>"
        "</body></html>"
    )


def read(html, **fields):
    return parse_html(RawRecord(source=SOURCE, text=html, media="html", fields=fields))


def first(article, name):
    return next((witness.value for witness in article.of(name)), None)


def test_html_is_dispatched_here():
    assert isinstance(parse(RawRecord(source=SOURCE, text=page(), media="html")), ParsedArticle)


def test_the_body_is_the_paragraphs_and_nothing_else():
    assert read(page()).text == "\n\n".join(PARAGRAPHS)


def test_the_cells_of_a_row_stay_on_one_line():
    rows = "".join(
        f"<tr><td>{ward} ward of the town</td><td>{votes} votes for the mill</td></tr>"
        for ward, votes in (("North quay", 1_411), ("Weir street", 1_208), ("Old market", 960))
    )
    table = (
        f"<p>{PARAGRAPHS[0]}</p><table>{rows}</table><p>{PARAGRAPHS[1]}</p><p>{PARAGRAPHS[2]}</p>"
    )

    assert (
        "\n\nWeir street ward of the town | 1208 votes for the mill\n\n"
        in read(page(body=table)).text
    )


def test_what_was_left_out_is_noted():
    assert Reason.CHROME_REMOVED in read(page()).notes


def test_the_headline_is_told_from_the_name_of_the_site():
    assert first(read(page()), "title") == "Harrowmere votes to rebuild its tidal mill"


JSON_LD = """<script type="application/ld+json">
{"@context": "https://schema.org", "@graph": [
 {"@type": "Organization", "@id": "#org", "name": "Harrowmere Courier"},
 {"@type": "Person", "@id": "#jo", "name": "Jo Linwick"},
 {"@type": "NewsArticle", "headline": "Harrowmere votes to rebuild its tidal mill",
  "datePublished": "2024-06-11T18:30:00+01:00", "dateModified": "2024-06-12T09:00:00+01:00",
  "author": {"@id": "#jo"}, "publisher": {"@id": "#org"}}]}
</script>"""


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", "Harrowmere votes to rebuild its tidal mill"),
        ("author", "Jo Linwick"),
        ("published", "2024-06-11T18:30:00+01:00"),
        ("modified", "2024-06-12T09:00:00+01:00"),
        ("outlet", "Harrowmere Courier"),
        ("language", "en-GB"),
    ],
)
def test_json_ld_is_read_through_its_graph(field, value):
    assert first(read(page(head=JSON_LD)), field) == value


@pytest.mark.parametrize(
    ("head", "before", "value"),
    [
        (
            '<meta property="article:published_time" content="2024-06-11T18:30:00Z">',
            "",
            "2024-06-11T18:30:00Z",
        ),
        (
            "",
            '<time datetime="2024-06-11T18:30:00+01:00">11 June</time>',
            "2024-06-11T18:30:00+01:00",
        ),
        ("", "<p class='meta'><span class='date'>11 June 2024</span></p>", "11 June 2024"),
        pytest.param(
            '<meta property="article:published_time" content="2024-06-10T23:15:00Z">',
            "<p class='meta'><span class='date'>11 June 2024</span></p>",
            "11 June 2024",
            id="the day at the outlet, not in UTC",
        ),
    ],
)
def test_a_date_is_handed_on_as_found(head, before, value):
    assert first(read(page(head=head, before=before)), "published") == value


@pytest.mark.parametrize(
    ("before", "names"),
    [
        ("<p class='byline'>By Jo Linwick</p>", ["Jo Linwick"]),
        (
            (
                "<p class='byline'>By <a rel='author' href='/a/1'>Jo Linwick</a> and "
                "<a rel='author' href='/a/2'>Ansel Tarrow</a></p>"
            ),
            ["Jo Linwick", "Ansel Tarrow"],
        ),
        ("", []),
    ],
)
def test_authors_are_those_of_the_byline(before, names):
    found = [witness.value for witness in read(page(before=before)).of("author")]
    assert list(dict.fromkeys(found)) == names


def test_what_was_weighed_and_not_chosen_can_be_asked_for():
    record = RawRecord(
        source=SOURCE,
        text=page(
            before="<p class='byline'>By Jo Linwick</p>",
            after="<div class='comments'><p class='comment-author'>Kestrel Seven</p></div>"
            "<p class='vcard'>Harrowmere Courier</p>",
        ),
        media="html",
    )
    lost = [witness for witness in passed_over(record, parse(record)) if witness.field == "author"]

    assert lost
    assert all(witness.rule.startswith("candidate.") for witness in lost)
    assert "Jo Linwick" not in {witness.value for witness in lost}


def test_a_day_that_contradicts_the_chosen_one_is_handed_on_if_stated_as_published():
    head = (
        '<script type="application/ld+json">{"@type": "NewsArticle", "datePublished": '
        '"2024-06-11T18:30:00+01:00"}</script>'
        '<meta property="article:published_time" content="2019-02-03T10:00:00Z">'
    )
    before = '<time datetime="2024-06-11T18:30:00+01:00">11 June 2024</time>'
    days = [witness.value for witness in read(page(head, before=before)).of("published")]

    assert days[0] == "2024-06-11T18:30:00+01:00"
    assert days[-1] == "2019-02-03T10:00:00Z"


def test_a_day_of_change_contradicts_no_day_of_publication():
    head = (
        '<meta property="article:published_time" content="2024-06-11T18:30:00Z">'
        '<script type="application/ld+json">{"@type": "NewsArticle", "dateModified": '
        '"2024-06-12T08:00:00Z"}</script>'
    )
    article = read(page(head))

    assert {w.value[:10] for w in article.of("published")} == {"2024-06-11"}
    assert {w.value[:10] for w in article.of("modified")} == {"2024-06-12"}


def test_no_date_is_made_up():
    assert first(read(page()), "published") is None


def test_the_body_stated_in_json_ld_stands_in_for_one_that_script_draws():
    stated = "\\n\\n".join(PARAGRAPHS)
    script = (
        '<script type="application/ld+json">{"@type": "NewsArticle", '
        f'"articleBody": "{stated}"}}</script>'
    )
    assert read(page(head=script, body="<div id='app'></div>")).text == "\n\n".join(PARAGRAPHS)


@pytest.mark.parametrize(
    "html", ["", "   ", "<html><body><script>render()</script></body></html>", "<!-- nothing -->"]
)
def test_a_page_without_text_is_set_aside(html):
    result = read(html)
    assert isinstance(result, Rejection)
    assert result.reason == Reason.CONTENT_EMPTY


LAST = PARAGRAPHS[-1]


@pytest.mark.parametrize(
    "html",
    [
        pytest.param(
            page(
                body="<div>" * n
                + f"<p>{PARAGRAPHS[0]}</p>"
                + "</div>" * n
                + "".join(f"<p>{p}</p>" for p in PARAGRAPHS[1:])
            ),
            id=f"depth {n}",
        )
        for n in (260, 3_000, 100_000)
    ]
    + [
        pytest.param(page(after=f"<div data-x='{'x' * 12_000_000}'></div>"), id="12 MB attribute"),
        pytest.param(page(after="<a href='/x'>more to read here</a> " * 20_000), id="20,000 links"),
        pytest.param(page(after="<b><i><p>" * 5_000), id="5,000 unclosed tags"),
        pytest.param(
            page(after="<table>" + ("<tr>" + "<td>7</td>" * 300 + "</tr>") * 300 + "</table>"),
            id="300 x 300 table",
        ),
        pytest.param(
            page(after="<div>" + "<span class='x'>word</span> " * 40_000 + "</div>"),
            id="40,000 spans",
        ),
        pytest.param(
            page(
                body="<base href='//example.net/'><iframe src='//example.net/'></iframe>"
                "<img src='//example.net/i.png'>" + "".join(f"<p>{p}</p>" for p in PARAGRAPHS)
            ),
            id="remote parts",
        ),
    ],
)
def test_a_hostile_page_keeps_its_tail(html):
    assert LAST in read(html).text


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("<p>" + "The tide rose again over the quay. " * 330_000 + "</p>", id="11 MB"),
        pytest.param("<p>The tide rose again over the long stone quay.</p>" * 100_000, id="<p>"),
        pytest.param(
            "".join(
                f"<p class='c{i}'>On day {i}, 3 May 2021, the tide rose.</p>" for i in range(20_000)
            ),
            id="dates",
        ),
    ],
)
@pytest.mark.timeout(60)
def test_a_huge_body_is_read_to_its_end(body):
    assert LAST in read(page(body=f"{body}<p>{LAST}</p>")).text


def test_strings_are_clean():
    html = page(head='<meta name="author" content="Jo\u202e Lin\u200bwick">').replace(
        PARAGRAPHS[0], "A lone \ud800 surrogate and a NUL \0 in " + PARAGRAPHS[0]
    )
    article = read(html)
    article.text.encode()
    assert "\0" not in article.text
    assert first(article, "author") == "Jo Linwick"


def test_what_the_container_states_comes_first():
    url = "https://courier.example/2024/06/11/mill"
    assert first(read(page(head="<link rel=canonical href='/mill'>"), url=(url,)), "url") == url
