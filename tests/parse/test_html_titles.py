"""Which parts of a heading may be the headline: a kicker or a standfirst set in it is none."""

import pytest

from broadsheet.parse.html import parse_html
from broadsheet.parse.html_body import find_bodies
from broadsheet.parse.html_statements import read_statements
from broadsheet.parse.html_texts import Head
from broadsheet.parse.html_titles import gather_titles
from broadsheet.parse.html_walk import read_page
from broadsheet.records import RawRecord, Source

SOURCE = Source(path="page.html", member=None, offset=0, length=1, sha256="0" * 64, format="html")
HEADLINE = "Harrowmere votes to rebuild its tidal mill"
TEXT = """\
The council voted on Tuesday to rebuild the mill that burned down in the spring, a decision that \
ends four months of argument over who should pay for it.
Eleven members were in favour and six against. The works are to begin in October, said the chair \
of the committee, and the mill should turn again before the winter after next.
Fishermen on the north quay had asked for the money to go to the harbour wall instead.
""".splitlines()


def page(heading, title=f"{HEADLINE} | Harrowmere Courier"):
    text = "".join(f"<p>{paragraph}</p>" for paragraph in TEXT)
    return (
        f"<html lang=en-GB><head><title>{title}</title></head><body><main><article>"
        f"<h1>{heading}</h1><div class=article-body>{text}</div></article></main></body></html>"
    )


def parts(heading):
    """Return what is claimed of a heading's parts, with the places that claim it."""
    read = read_page(page(heading, title=""))
    found = read_statements(read)
    (body,) = find_bodies([read], [Head("", "", "")])
    return {
        (claim.value, rule)
        for claim in gather_titles(read, found, body)
        for rule in claim.rules
        if rule.startswith("part.")
    }


@pytest.mark.parametrize(
    "heading",
    [
        f"<span class=kicker>Island news</span> {HEADLINE}",
        f"<span class=kicker>Island news</span>{HEADLINE}",
        f"<span>Island news:</span> <span>{HEADLINE}</span>",
        f"Island news<br>{HEADLINE}",
        f"<div>Island news</div><div>{HEADLINE}</div>",
    ],
)
def test_a_kicker_and_its_headline_are_parts(heading):
    assert parts(heading) == {("Island news", "part.first"), (HEADLINE, "part.last")}


@pytest.mark.parametrize(
    "heading",
    [
        HEADLINE,
        f"<a href=/mill>{HEADLINE}</a>",
        f"<b>H</b>{HEADLINE[1:]}",
        "Harrowmere <em>votes</em> to rebuild its tidal mill",
        "Harrow\u00admere <em>votes</em> to rebuild its tidal mill",
        "".join(f"<span>{word.title()}</span> " for word in HEADLINE.split()),
    ],
)
def test_a_heading_that_goes_on_has_no_parts(heading):
    assert parts(heading) == set()


@pytest.mark.parametrize(
    "heading",
    [
        f"<span class=kicker>Island news</span> {HEADLINE}",
        f"{HEADLINE}<span class=subtitle>Eleven members in favour and six against</span>",
        f"<span class=date>11 June 2024</span> {HEADLINE}",
        f"› {HEADLINE}",
    ],
)
def test_the_headline_is_told_from_what_is_set_in_its_heading(heading):
    article = parse_html(RawRecord(source=SOURCE, text=page(heading), media="html"))

    assert next(witness.value for witness in article.of("title")) == HEADLINE
