"""Cases 38 to 46: XML and feeds."""

import pytest

from broadsheet.reasons import Reason

BODY = "The council of Hollin voted for the bridge."


def feed(description: str, before: str = "", title: str = "x") -> bytes:
    """Return a feed of one item."""
    return (
        f'<?xml version="1.0"?>{before}<rss version="2.0"><channel><title>Hollin Post</title>'
        f"<item><title>{title}</title><description>{description}</description></item>"
        "</channel></rss>"
    ).encode()


LAUGHS = "<!ENTITY a0 'ha'>" + "".join(f"<!ENTITY a{n + 1} '{f'&a{n};' * 10}'>" for n in range(9))

DTD_CASES = {
    "38 billion laughs": feed("&a9;", f"<!DOCTYPE rss [{LAUGHS}]>"),
    "39 quadratic": feed("&a;" * 50_000, f"<!DOCTYPE rss [<!ENTITY a '{'a' * 50_000}'>]>"),
    "39 in attributes": feed("x", f"<!DOCTYPE rss [{LAUGHS}]>", "t").replace(
        b"<item>", b'<item a="&a9;">'
    ),
    "40 a local file": feed("&x;", '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>'),
    "40 a parameter entity": feed(
        "x", '<!DOCTYPE rss [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x"> %x;]>'
    ),
    "41 an external definition": feed("x", '<!DOCTYPE rss SYSTEM "http://127.0.0.1:9/rss.dtd">'),
    "41 a public one": feed(
        "x", '<!DOCTYPE rss PUBLIC "-//x//DTD//EN" "http://127.0.0.1:9/rss.dtd">'
    ),
    "38 in UTF-16": feed("&a9;", f"<!DOCTYPE rss [{LAUGHS}]>").decode().encode("utf-16"),
}


@pytest.mark.timeout(60)
@pytest.mark.parametrize("case", DTD_CASES)
def test_38_to_41_definitions(outcomes, case):
    assert outcomes({"feed.xml": DTD_CASES[case]}) == [Reason.XML_DTD]


def test_42_an_inclusion_is_inert(outcomes):
    include = (
        '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="/etc/passwd" parse="text"/>'
    )

    assert outcomes({"feed.xml": feed(f"{BODY}{include}")}) == ["P"]


@pytest.mark.timeout(60)
def test_43_depth(outcomes):
    raw = feed("<a>" * 100_000 + "</a>" * 100_000)

    assert outcomes({"feed.xml": raw}) == [Reason.XML_DEPTH]


@pytest.mark.timeout(60)
def test_44_attributes(outcomes):
    attributes = " ".join(f'a{n}="{n}"' for n in range(20_000))
    raw = feed(BODY).replace(b"<item>", f"<item {attributes}>".encode())

    assert outcomes({"feed.xml": raw}) == ["P"]


@pytest.mark.parametrize(
    "body", ["https://hollin.example/x", "/etc/passwd", "file:///etc/passwd", " /var/log/a.log "]
)
def test_45_46_a_body_that_is_only_an_address(outcomes, body):
    assert outcomes({"feed.xml": feed(body)}) == [Reason.CONTENT_EMPTY]
