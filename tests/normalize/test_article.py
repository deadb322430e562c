"""From witnesses to a row: every value with its evidence, every doubt with its reason."""

from dataclasses import fields
from datetime import UTC, date, datetime

import pytest

from broadsheet.normalize import normalize
from broadsheet.reasons import Reason
from broadsheet.records import Article, Precision, Rejection
from broadsheet.tables import articles_to_table

STATED = (
    ("title", "  Ferry line\nto reopen "),
    ("author", "By Mara Lindqvist and Jo Li, Reuters"),
    ("url", "https://www.themoscowtimes.com/2024/03/01/ferry?utm_source=feed#top"),
    ("published", "2024-03-01T10:30:00+03:00"),
    ("modified", "2024-03-01T12:00:00+03:00"),
    ("language", "en"),
)


def test_a_row_holds_what_the_witnesses_state(parsed, config):
    (article,) = normalize([parsed(*STATED)], config())

    assert article.title == "Ferry line to reopen"
    assert article.authors == ("Mara Lindqvist", "Jo Li")
    assert article.agencies == ("Reuters",)
    assert article.url == "https://www.themoscowtimes.com/2024/03/01/ferry"
    assert article.outlet == "The Moscow Times"
    assert article.published_at == datetime(2024, 3, 1, 7, 30, tzinfo=UTC)
    assert article.published_on == date(2024, 3, 1)
    assert article.published_precision == Precision.SECOND
    assert article.modified_at == datetime(2024, 3, 1, 9, 0, tzinfo=UTC)
    assert article.language == "en"
    assert (article.n_words, article.n_chars) == (47, len(article.text))
    assert article.notes == ()


def test_a_date_from_before_the_outlet_was_founded_is_null_with_its_reason(parsed, config):
    stated = (("url", "https://kyivindependent.com/ferry"), ("published", "2014-03-01"))

    (article,) = normalize([parsed(*stated)], config())

    assert (article.outlet, article.published_on) == ("The Kyiv Independent", None)
    assert article.notes == (Reason.DATE_IMPLAUSIBLE,)


NOT_STATED = {"id", "text", "source", "evidence", "notes"}
DERIVED = {"language_score", "n_words", "n_chars", "n_masked", "is_truncated", "is_paywalled"}


def test_every_value_has_its_evidence(parsed, config):
    (article,) = normalize([parsed(*STATED)], config())

    told = {evidence.field for evidence in article.evidence}
    filled = {f.name for f in fields(Article) if getattr(article, f.name) not in (None, ())}
    assert filled - NOT_STATED - DERIVED <= told
    assert "id" in told


def test_what_is_not_stated_is_null(parsed, config):
    (article,) = normalize([parsed()], config())

    assert (article.url, article.title, article.outlet, article.published_on) == (None,) * 4
    assert (article.authors, article.agencies) == ((), ())
    assert article.published_precision == Precision.UNKNOWN
    assert {evidence.field for evidence in article.evidence} == {"id", "language"}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", Reason.CONTENT_EMPTY),
        (" \n\u200b ", Reason.CONTENT_EMPTY),
        ("Subscribe to read on.", Reason.CONTENT_SHORT),
    ],
)
def test_a_text_that_is_no_article_is_set_aside(parsed, config, text, reason):
    (rejection,) = normalize([parsed(text=text)], config())

    assert isinstance(rejection, Rejection)
    assert (rejection.stage, rejection.reason) == ("normalize", reason)


def test_order_and_length_are_those_of_the_input(parsed, config):
    articles = [parsed(("title", "One")), parsed(text=""), parsed(("title", "Three"))]

    rows = normalize(articles, config())

    assert [getattr(row, "title", None) for row in rows] == ["One", None, "Three"]


@pytest.mark.parametrize(
    ("stated", "note"),
    [
        (("url", "javascript:alert(1)"), Reason.URL_SCHEME),
        (("url", "https://jo:pw@news.example/a"), Reason.URL_USERINFO),
        (("published", "2024-02-30"), Reason.DATE_IMPOSSIBLE),
        (("published", "01/02/2024"), Reason.DATE_AMBIGUOUS),
        (("published", "2024-03-01 09:30"), Reason.DATE_ZONE_UNKNOWN),
        (("title", "Ferry\x00 line"), Reason.TEXT_CLEANED),
        (("outlet", "Harbour Gazette", "og.site_name"), Reason.OUTLET_UNKNOWN),
    ],
)
def test_a_doubt_is_noted(parsed, config, stated, note):
    (article,) = normalize([parsed(stated)], config())

    assert note in article.notes


def test_the_configured_zone_serves_where_the_outlets_is_unknown(parsed, config):
    settings = config(hints={"time_zone": "Asia/Tokyo"})

    (article,) = normalize([parsed(("published", "2024-03-01 08:30"))], settings)

    assert article.published_at == datetime(2024, 2, 29, 23, 30, tzinfo=UTC)
    assert article.published_on == date(2024, 3, 1)
    assert article.notes == (Reason.DATE_ZONE_ASSUMED,)


def test_the_next_url_counts_where_the_first_is_none(parsed, config):
    stated = (("url", "javascript:void(0)"), ("url", "https://news.example/a"))

    (article,) = normalize([parsed(*stated)], config())

    assert article.url == "https://news.example/a"


def test_a_row_fits_the_schema(parsed, config):
    table = articles_to_table(normalize([parsed(*STATED), parsed()], config()))

    assert table.num_rows == 2
