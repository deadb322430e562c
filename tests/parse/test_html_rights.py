"""What a page states of its rights, from its markup to the row."""

import pytest

from broadsheet.config import Config
from broadsheet.normalize import normalize
from broadsheet.parse.html import parse_html
from broadsheet.reasons import Reason
from broadsheet.records import RawRecord, Rejection, Source

SOURCE = Source(path="page.html", member=None, offset=0, length=1, sha256="0" * 64, format="html")
STORY = "".join(
    f"<p>{sentence} The keepers of the lighthouse of Orrin Head wrote down what they saw.</p>"
    for sentence in (
        "The fog lay on the strait for nine days, and no boat left the harbour in that time.",
        "On the tenth day the wind turned, and the ferry went out with the letters of a week.",
        "The council will ask the province for a second light on the eastern rock next spring.",
    )
)
BY = "https://creativecommons.org/licenses/by/4.0/"


def page(head="", after=""):
    return (
        f"<html lang=en><head><title>Fog over Orrin Head</title>{head}</head><body><article>"
        f"<h1>Fog over Orrin Head</h1>{STORY}{after}</article></body></html>"
    )


def rows(html, **rights):
    """Return the row of a page, or why it is set aside, under a policy on rights."""
    dataset = {"name": "fog", "pretty_name": "Fog", "description": "Fog.", "license": "cc0-1.0"}
    config = Config.model_validate({"dataset": dataset, "rights": rights})
    return normalize([parse_html(RawRecord(source=SOURCE, text=html, media="html"))], config)


def json_ld(data):
    return f'<script type="application/ld+json">{data}</script>'


@pytest.mark.parametrize(
    ("head", "after", "rights"),
    [
        ("", "", ()),
        (
            '<meta name="robots" content="noindex, noai, noimageai">',
            "",
            ("robots: noindex, noai, noimageai",),
        ),
        ('<meta name="ROBOTS" content="index,follow">', "", ("robots: index,follow",)),
        ('<meta http-equiv="X-Robots-Tag" content="noai">', "", ("robots: noai",)),
        ('<meta name="googlebot" content="noindex">', "", ()),
        (
            (
                '<meta name="tdm-reservation" content="1">'
                '<meta name="tdm-policy" content="https://orrin.example/tdm.json">'
            ),
            "",
            ("tdm-reservation: 1", "tdm-policy: https://orrin.example/tdm.json"),
        ),
        (f'<link rel="license" href="{BY}">', "", (f"license: {BY}",)),
        ("", f'<a rel="license noopener" href="{BY}">CC BY</a>', (f"license: {BY}",)),
        ("", f'<a href="{BY}">CC BY</a>', ()),
        ("", '<a rel="license" href="javascript:alert(1)">mine</a>', ()),
        ("", f'<figure><img><a rel="license" href="{BY}">CC BY</a></figure>', ()),
        ("", f'<p class="photo-credit"><a rel="license" href="{BY}">CC BY</a></p>', ()),
        (json_ld(f'{{"@type": "NewsArticle", "license": "{BY}"}}'), "", (f"license: {BY}",)),
        (
            json_ld(f'{{"@type": "NewsArticle", "license": [{{"@id": "{BY}"}}, 7, null]}}'),
            "",
            (f"license: {BY}",),
        ),
        (json_ld(f'{{"@type": "ImageObject", "license": "{BY}"}}'), "", ()),
        (
            f'<link rel="license" href="{BY}">',
            f'<a rel="license" href="{BY}">CC BY</a>',
            (f"license: {BY}",),
        ),
    ],
)
def test_a_row_keeps_what_its_page_states(head, after, rights):
    (row,) = rows(page(head, after))

    assert row.rights == rights


def test_the_evidence_names_the_place():
    (row,) = rows(page('<meta name="robots" content="noai">'))

    (evidence,) = (e for e in row.evidence if e.field == "rights")
    assert evidence.rule == "meta.robots"
    assert evidence.excerpt == 'robots="noai"'


@pytest.mark.parametrize(
    ("head", "is_refused"),
    [
        ('<meta name="robots" content="noai">', True),
        ('<meta name="tdm-reservation" content="1">', True),
        ('<meta name="tdm-reservation" content="0">', False),
        ('<meta name="robots" content="noindex">', False),
    ],
)
def test_a_page_that_reserves_its_text_is_set_aside_on_request(head, is_refused):
    (kept,) = rows(page(head))
    (row,) = rows(page(head), exclude_reserved=True)

    assert not isinstance(kept, Rejection)
    assert isinstance(row, Rejection) == is_refused
    assert not is_refused or row.reason == Reason.RIGHTS_RESERVED


def test_a_page_of_many_licences_is_bounded():
    links = "".join(f'<a rel="license" href="/licence/{n}">x</a>' for n in range(500))

    (row,) = rows(page(after=links))

    assert len(row.rights) == 16
