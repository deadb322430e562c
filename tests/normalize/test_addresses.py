"""Which of several stated URLs is the article's."""

import pytest

from broadsheet.normalize.addresses import find_address, without_credentials
from broadsheet.reasons import Reason

FETCHED = ("url", "https://m.shore.example/ferry?utm_source=x", "field.url")


@pytest.mark.parametrize(
    ("stated", "url", "notes"),
    [
        # what the page calls itself counts while it stays with the publisher
        (
            [FETCHED, ("url", "https://www.shore.example/ferry", "link.canonical")],
            "https://www.shore.example/ferry",
            (),
        ),
        (
            [FETCHED, ("url", "https://wire.example/ferry", "link.canonical")],
            "https://m.shore.example/ferry",
            (Reason.URL_FOREIGN,),
        ),
        (
            [FETCHED, ("url", "https://www.shore.example/", "og.url")],
            "https://m.shore.example/ferry",
            (Reason.URL_FOREIGN,),
        ),
        # a relative address counts from the page, a word in its place does not
        (
            [FETCHED, ("url", "/north/ferry", "link.canonical")],
            "https://m.shore.example/north/ferry",
            (),
        ),
        ([FETCHED, ("url", "../ferry?id=5", "og.url")], "https://m.shore.example/ferry?id=5", ()),
        ([FETCHED, ("url", "//www.shore.example/f", "og.url")], "https://www.shore.example/f", ()),
        (
            [FETCHED, ("url", "True", "jsonld.url")],
            "https://m.shore.example/ferry",
            (Reason.URL_INVALID,),
        ),
        ([("url", "/north/ferry", "link.canonical")], None, (Reason.URL_INVALID,)),
        ([FETCHED], "https://m.shore.example/ferry", ()),
        (
            [("url", "https://wire.example/ferry", "link.canonical")],
            "https://wire.example/ferry",
            (),
        ),
        (
            [FETCHED, ("url", "javascript:void(0)", "link.canonical")],
            "https://m.shore.example/ferry",
            (Reason.URL_SCHEME,),
        ),
        ([("url", "file:///ferry", "field.url")], None, (Reason.URL_SCHEME,)),
        ([], None, ()),
    ],
)
def test_the_page_speaks_for_itself_at_home(parsed, stated, url, notes):
    found, _ = find_address(parsed(*stated))

    assert (found.value, found.notes) == (url, notes)


def test_the_url_as_found_is_kept(parsed):
    canonical = ("url", "https://www.shore.example/ferry", "link.canonical")

    _, found = find_address(parsed(canonical, FETCHED))

    assert found.value == "https://m.shore.example/ferry?utm_source=x"
    assert found.evidence[0].field == "url_found"


@pytest.mark.parametrize(
    ("url", "without"),
    [
        ("https://jo:pw@shore.example/a@b", "https://shore.example/a@b"),
        ("HTTPS:jo:p@w@shore.example?a@b", "HTTPS:shore.example?a@b"),
        ("//shore.example/a", "//shore.example/a"),
        ("www.shore.example/a@b", "www.shore.example/a@b"),
    ],
)
def test_credentials_are_cut_from_the_url_as_found(url, without):
    assert without_credentials(url) == without
