import pytest

from broadsheet.sources.front_matter import split_front_matter

TITLE = {"title": ("Bridge",)}


@pytest.mark.parametrize(
    ("block", "fields"),
    [
        ("title: Bridge", TITLE),
        ("title: Bridge # a comment", TITLE),
        ('title: "Bridge: a \\"song\\""', {"title": ('Bridge: a "song"',)}),
        ("title: 'It''s open'", {"title": ("It's open",)}),
        ("layout: post\ntitle: Bridge\ndate: 2024-05-01", TITLE | {"published": ("2024-05-01",)}),
        (
            "title: Bridge\nauthors: [Ida Vell, 'Tom Rask']",
            TITLE | {"author": ("Ida Vell", "Tom Rask")},
        ),
        (
            "authors:\n  - Ida Vell\n  - Tom Rask\ntitle: Bridge",
            TITLE | {"author": ("Ida Vell", "Tom Rask")},
        ),
        ("title: Bridge\nurl: null\nlanguage: ~\nlicense:", TITLE),
        ("# top\n\ntitle: Bridge\nnested:\n  url: https://a.example/", TITLE),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_what_front_matter_states(block, fields, end):
    text = f"---\n{block}\n---\nThe bridge is open.".replace("\n", end)

    assert split_front_matter(text) == ("The bridge is open.", fields)


@pytest.mark.parametrize(
    "text",
    [
        "The bridge is open.",
        "---\ntitle: Bridge\nno end",
        "---\nA line between rules.\n---\nThe bridge is open.",
        "---\nlayout: post\n---\nThe bridge is open.",
        "---\n---\nThe bridge is open.",
        "\n---\ntitle: Bridge\n---\nThe bridge is open.",
        "---\ntitle: Bridge\nAnd prose.\n---\nThe bridge is open.",
    ],
)
def test_what_is_no_front_matter_is_text(text):
    assert split_front_matter(text) == (text, {})
