"""Whole pages, invented: what the parser takes for the article and what it leaves out."""

# ruff: noqa: E501 - a paragraph of a page is one line

import textwrap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet.parse import parse, parse_many
from broadsheet.reasons import Reason
from broadsheet.records import ParsedArticle, RawRecord, Rejection, Source

BODY = """\
The last ferry of the season left the harbour of Port Ellery on Sunday night with eleven passengers on board, and nobody on the quay could say when the next would sail.

The company that runs the line, Ellery Sea Transport, had announced in spring that it would close the route unless the three islands paid half of its losses. They refused in June.

"We have been told for ten years that this winter would be the last," said the mayor of the largest island, who has lived there since she was born. "This time we believe it."

Mail and medicine will be brought by a fishing boat twice a week until the end of March, the harbour office said. After that, the islands will have to look for somebody else.

In the harbour's only café the talk was of the piano that was to have crossed with the ferry, and that now stands under a tarpaulin beside the ticket office."""

PAGE = f"""\
Skip to content

Menu

Home
News
Sport
Tides
Weather

Last ferry leaves Port Ellery with eleven passengers and no piano

By Nora Quill

March 3, 2024

Share on Facebook

The ferry Saint Brannoc at the quay on Nov. 7, 2019. (Tom Arbuth/AFP via Getty Images)

{BODY}

Related stories

Herring returns to the bay after nine years

School of Ellery wins the rowing cup again

Get the latest from Ellery in your inbox

Subscribe

Comments are closed.

© 2024 Ellery Gazette. All rights reserved.
"""

MARKDOWN = f"""\
* [Home](https://gazette.example/)
* [News](https://gazette.example/news)

# Last ferry leaves Port Ellery with eleven passengers and no piano

By [Nora Quill](#) and AFP

March 3, 2024, 2:41pm

{BODY.replace("Ellery Sea Transport", "[Ellery Sea Transport](https://sea.example)")}

**Related article:** [Herring returns to the bay](#)

Read more of this story

Original url:

<https://gazette.example/2024/03/03/last-ferry-leaves-port-ellery>
"""


def record(text, media="text", **fields):
    """Make a raw record of a text."""
    return RawRecord(
        source=Source("page.txt", None, 0, len(text), "0" * 64, "text"),
        text=text,
        media=media,
        fields=fields,
    )


def values(article, field):
    """Return the values that an article's witnesses state for a field."""
    return [witness.value for witness in article.of(field)]


@pytest.fixture(params=[PAGE, MARKDOWN], ids=["text", "markdown"])
def article(request):
    """Give a parsed page."""
    return parse(record(request.param))


def test_the_body_is_what_stands_between_head_and_footer(article):
    assert article.text == BODY
    assert Reason.CHROME_REMOVED in article.notes


def test_the_head_is_read(article):
    assert values(article, "title") == [
        "Last ferry leaves Port Ellery with eleven passengers and no piano"
    ]
    assert values(article, "author") == ["Nora Quill"]
    assert values(article, "published")[0].startswith("March 3, 2024")


def test_a_photographer_and_a_photograph_s_date_are_not_the_article_s():
    article = parse(record(PAGE))
    assert values(article, "agency") == []
    assert values(article, "published") == ["March 3, 2024"]


def test_a_line_that_says_published_comes_before_the_day_in_the_masthead():
    day = "Published: 10:00 GMT, 3 March 2024 | Updated: 11:30 GMT, 4 March 2024"
    page = PAGE.replace("March 3, 2024", day, 1)
    masthead = f"Sunday, Dec 24th 2023\n\n{page}"

    assert values(parse(record(masthead)), "published") == ["10:00 GMT, 3 March 2024"]


def test_a_headline_behind_the_path_of_its_section_is_cut_free():
    headline = "Last ferry leaves Port Ellery with eleven passengers and no piano"
    crumbs = MARKDOWN.replace(f"# {headline}", f"# News / Island News / {headline}")
    halves = MARKDOWN.replace(f"# {headline}", f"# The islands / {headline}")

    assert values(parse(record(crumbs)), "title") == [headline]
    assert values(parse(record(halves)), "title") == [f"The islands / {headline}"]


def test_markdown_states_address_agency_and_that_it_is_an_excerpt():
    article = parse(record(MARKDOWN))
    assert values(article, "url") == [
        "https://gazette.example/2024/03/03/last-ferry-leaves-port-ellery"
    ]
    assert values(article, "agency") == ["AFP"]
    assert values(article, "published")[-1] == "2024-03-03"
    assert article.is_truncated


def test_an_article_without_a_head_states_nothing():
    article = parse(record(BODY))
    assert article.text == BODY
    assert article.witnesses == ()


def test_a_fused_date_is_read_and_cut_off():
    article = parse(record(f" date 2024-03-03 {BODY}"))
    assert values(article, "published") == ["2024-03-03"]
    assert article.text == BODY


def test_a_dateline_credits_its_agency_and_stays_in_the_text():
    article = parse(record(f"PORT ELLERY (AP) — {BODY}\n\n(With inputs from agencies)"))
    assert values(article, "agency") == ["AP"]
    assert article.text == f"PORT ELLERY (AP) — {BODY}"


def test_what_the_container_states_is_a_witness():
    article = parse(record(BODY, title=("Last ferry",), outlet=("Ellery Gazette",)))
    assert values(article, "title") == ["Last ferry"]
    assert [witness.rule for witness in article.of("outlet")] == ["field.outlet"]


def test_a_hard_wrapped_text_leaves_in_whole_paragraphs():
    wrapped = "\n\n".join(textwrap.fill(paragraph, 72) for paragraph in BODY.split("\n\n"))
    assert parse(record(wrapped)).text == BODY


def test_hidden_characters_are_gone_and_noted():
    article = parse(record(BODY.replace("ferry", "fer\u200bry").replace("quay", "qu\x00ay")))
    assert article.text == BODY
    assert Reason.TEXT_CLEANED in article.notes


@pytest.mark.parametrize("text", ["", " \n\n ", "\x00\x00", "Menu\n\nHome\n\nSearch", "-----"])
def test_a_page_without_an_article_is_set_aside(text):
    refused = parse(record(text))
    assert isinstance(refused, Rejection)
    assert refused.reason == Reason.CONTENT_EMPTY


def test_the_same_page_gives_the_same_article():
    assert parse(record(PAGE)) == parse(record(PAGE))


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_line_ends_make_no_difference(end):
    assert parse(record(PAGE.replace("\n", end))).text == BODY


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=400), st.sampled_from(["text", "markdown"]))
def test_any_text_is_an_article_or_set_aside(text, media):
    result = parse(record(text, media))
    assert isinstance(result, ParsedArticle | Rejection)
    if isinstance(result, ParsedArticle):
        assert result.text.strip()
        assert result.text.encode("utf-8")


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.sampled_from([*PAGE.split("\n"), "[x](y)", "# A", "- b", "By C D"]), max_size=40)
)
def test_nothing_is_made_up(lines):
    result = parse(record("\n".join(lines)))
    seen = set(" ".join(lines).replace("- ", " ").split()) | {"-", "x", "A", "b"}
    assert isinstance(result, Rejection) or set(result.text.split()) <= seen


TEXTS = st.sampled_from([
    PAGE, MARKDOWN, BODY, "", "Menu", f" date 2024-03-03 {BODY}", PAGE.replace("2024", "2023"),
    PAGE.replace("e", "é").replace(".", "。"), PAGE.replace("harbour", "harbour😀\xa0"),
    "<h1>Ferry</h1>", MARKDOWN.replace("# Last", "# Not the last"), f"{BODY}\n\nReuters",
])  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(TEXTS, st.sampled_from(["text", "markdown", "html"])), max_size=12))
def test_what_becomes_of_a_page_does_not_depend_on_those_beside_it(given_pages):
    records = [record(text, media) for text, media in given_pages]
    assert parse_many(records) == [parse(one) for one in records]


@settings(max_examples=40, deadline=None)
@given(st.data(), st.lists(TEXTS, max_size=10))
def test_a_page_reads_the_same_in_portions_of_any_size_and_in_any_order(data, texts):
    records = [record(text) for text in texts]
    whole = parse_many(records)
    order = data.draw(st.permutations(range(len(records))))
    cut = data.draw(st.integers(0, len(records)))

    portions = order[:cut], order[cut:]
    parsed = [one for part in portions for one in parse_many([records[n] for n in part])]

    assert parsed == [whole[n] for n in order]


PARAGRAPHS = BODY.split("\n\n")


@pytest.mark.parametrize(
    "again",
    [
        PARAGRAPHS[1],  # as print versions and broken templates do
        PARAGRAPHS[2].partition(",” ")[0].partition('," ')[0],  # a quotation that is set out
        f"“{PARAGRAPHS[3].partition('. ')[0]}”",
    ],
)
def test_what_a_page_shows_twice_is_body_once(again):
    text = "\n\n".join([*PARAGRAPHS[:4], again, PARAGRAPHS[4]])

    article = parse(record(text))

    assert article.text == BODY
    assert Reason.CHROME_REMOVED in article.notes


def test_short_lines_may_stand_twice():
    refrain = "And nobody on the quay could say when."
    text = "\n\n".join([*PARAGRAPHS[:2], refrain, *PARAGRAPHS[2:4], refrain, PARAGRAPHS[4]])

    assert parse(record(text)).text.count(refrain) == 2
