import pytest

from broadsheet.config import Sources
from broadsheet.reasons import Reason
from broadsheet.records import RawRecord, Rejection, Source
from broadsheet.sources.columns import is_reference, to_record

SOURCE = Source("a.jsonl", None, 0, 10, "0" * 64, "jsonl")
BODY = "The council of Hollin voted for the bridge."


def stated(values: dict, **columns: object) -> dict:
    record = to_record(SOURCE, values, Sources(columns=columns))
    assert isinstance(record, RawRecord)
    return {"text": record.text, "media": record.media, **record.fields}


EXPORTERS = {
    "trafilatura": (
        {
            "title": "Bridge",
            "author": "Ida Vell",
            "hostname": "hollin.example",
            "date": "2024-05-01",
            "fingerprint": "f00",
            "id": None,
            "text": BODY,
            "language": "en",
            "filedate": "2024-06-01",
            "source": "https://hollin.example/bridge",
            "source-hostname": "Hollin Post",
            "excerpt": "made by a machine",
        },
        {
            "title": ("Bridge",),
            "author": ("Ida Vell",),
            "outlet": ("Hollin Post", "hollin.example"),
            "published": ("2024-05-01",),
            "crawled": ("2024-06-01",),
            "url": ("https://hollin.example/bridge",),
            "language": ("en",),
        },
    ),
    "newspaper4k": (
        {
            "url": "https://hollin.example/bridge?x=1",
            "canonical_link": "https://hollin.example/bridge",
            "authors": ["Ida Vell", "Tom Rask"],
            "publish_date": "2024-05-01 10:00:00",
            "meta_lang": "en",
            "meta_site_name": "Hollin Post",
            "summary": "made by a machine",
            "text": BODY,
        },
        {
            "url": ("https://hollin.example/bridge", "https://hollin.example/bridge?x=1"),
            "author": ("Ida Vell", "Tom Rask"),
            "published": ("2024-05-01 10:00:00",),
            "language": ("en",),
            "outlet": ("Hollin Post",),
        },
    ),
    "news-please": (
        {
            "authors": [],
            "date_download": "2024-06-01 08:00:00",
            "date_modify": None,
            "date_publish": "2024-05-01 10:00:00",
            "maintext": BODY,
            "text": None,
            "source_domain": "hollin.example",
            "title": "Bridge",
            "url": "https://hollin.example/bridge",
        },
        {
            "crawled": ("2024-06-01 08:00:00",),
            "published": ("2024-05-01 10:00:00",),
            "outlet": ("hollin.example",),
            "title": ("Bridge",),
            "url": ("https://hollin.example/bridge",),
        },
    ),
    "fundus": (
        {
            "title": "Bridge",
            "authors": ["Ida Vell"],
            "publishing_date": "2024-05-01 10:00:00+02:00",
            "body": {"summary": [], "sections": [{"headline": [], "paragraphs": [BODY]}]},
            "topics": ["bridges"],
            "lang": "en",
        },
        {
            "title": ("Bridge",),
            "author": ("Ida Vell",),
            "published": ("2024-05-01 10:00:00+02:00",),
            "language": ("en",),
        },
    ),
    "Media Cloud": (
        {
            "id": "17",
            "publish_date": "2024-05-01",
            "title": "Bridge",
            "url": "https://hollin.example/bridge",
            "language": "en",
            "media_name": "Hollin Post",
            "media_url": "hollin.example",
            "text": BODY,
        },
        {
            "published": ("2024-05-01",),
            "title": ("Bridge",),
            "url": ("https://hollin.example/bridge",),
            "language": ("en",),
            "outlet": ("Hollin Post",),
        },
    ),
    "Guardian Open Platform": (
        {
            "webPublicationDate": "2024-05-01T10:00:00Z",
            "webTitle": "Bridge",
            "webUrl": "https://hollin.example/bridge",
            "fields": {"headline": "The bridge", "byline": "Ida Vell", "bodyText": BODY},
        },
        {
            "published": ("2024-05-01T10:00:00Z",),
            "title": ("The bridge", "Bridge"),
            "url": ("https://hollin.example/bridge",),
            "author": ("Ida Vell",),
        },
    ),
}


@pytest.mark.parametrize("exporter", EXPORTERS)
def test_the_columns_of_common_exporters(exporter):
    values, fields = EXPORTERS[exporter]

    assert stated(values) == {"text": BODY, "media": "text", **fields}


def test_nothing_is_taken_from_what_a_machine_computed():
    assert "subtitle" not in stated({"text": BODY, "summary": "s", "description": "d"})


@pytest.mark.parametrize(
    ("columns", "text"),
    [
        ({"text": "story"}, BODY),
        ({"text": ["missing", "story"]}, BODY),
        ({"text": "meta.inner"}, "nested"),
        ({"text": "dotted.key"}, "dotted"),
    ],
)
def test_a_configured_column_wins(columns, text):
    values = {"text": "x", "story": BODY, "meta": {"inner": "nested"}, "dotted.key": "dotted"}

    assert stated(values, **columns)["text"] == text


def test_a_configured_field_is_taken_from_there_alone():
    assert stated({"text": BODY, "date": "x", "when": "2024"}, published="when")["published"] == (
        "2024",
    )


@pytest.mark.parametrize(
    ("values", "media"),
    [
        ({"text": BODY}, "text"),
        ({"text": f"{BODY} 1 < 2 and 3 > 2"}, "text"),
        ({"content": f"<p>{BODY}</p>"}, "html"),
        ({"html": f"<!DOCTYPE html><title>x</title>{BODY}"}, "html"),
        ({"markdown": f"# Bridge\n\n{BODY}"}, "markdown"),
    ],
)
def test_the_kind_of_markup_is_told(values, media):
    assert stated(values)["media"] == media


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({}, Reason.SCHEMA_TEXT),
        ({"story": BODY}, Reason.SCHEMA_TEXT),
        ({"text": None}, Reason.CONTENT_EMPTY),
        ({"text": ["", " "]}, Reason.CONTENT_EMPTY),
        ({"text": 17}, Reason.CONTENT_EMPTY),
        ({"text": "/etc/passwd"}, Reason.CONTENT_EMPTY),
    ],
)
def test_without_a_text_there_is_no_record(values, reason):
    rejection = to_record(SOURCE, values, Sources())

    assert isinstance(rejection, Rejection)
    assert rejection.reason == reason


def test_an_unknown_text_column_is_named_so_that_it_can_be_mapped():
    rejection = to_record(SOURCE, {"story": BODY, "when": "2024"}, Sources())

    assert "story, when" in rejection.detail


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://hollin.example/a?b=c", True),
        (" http://hollin.example \n", True),
        ("/var/news/a.txt", True),
        ("file:///etc/passwd", True),
        (r"C:\news\a.txt", True),
        ("See https://hollin.example", False),
        ("and/or", False),
        ("Yes.", False),
    ],
)
def test_an_address_is_no_text(text, expected):
    assert is_reference(text) is expected
