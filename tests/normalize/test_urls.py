"""Which URLs are one page, which are none, and what is cut from them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.normalize.urls import CanonicalUrl, canonicalize_url, identity_url
from broadsheet.reasons import Reason


def canonical(found):
    result = canonicalize_url(found)
    assert isinstance(result, CanonicalUrl), f"{found!r} is refused: {result}"
    return result


@pytest.mark.parametrize(
    ("found", "url"),
    [
        ("HTTPS://News.Example:443/A/../b?x=1#top", "https://news.example/b?x=1"),
        ("  https://news.example/a  ", "https://news.example/a"),
        ("https://news.example", "https://news.example/"),
        ("http://news.example:8080/a", "http://news.example:8080/a"),
        ("//news.example/a", "https://news.example/a"),
        ("www.news.example/a", "https://www.news.example/a"),
        ("https://news.example./a", "https://news.example/a"),
        ("https://news.example/a?", "https://news.example/a"),
        ("https://news.example/%7Ejo/caf%c3%a9?q=%7e", "https://news.example/~jo/caf%C3%A9?q=~"),
        ("https://news.example/é", "https://news.example/%C3%A9"),
        ("https://bücher.example/a", "https://xn--bcher-kva.example/a"),
        ("https://news.example/#!/story/5", "https://news.example/#!/story/5"),
        # trackers go
        ("https://news.example/a?utm_source=x&utm_medium=y&id=5", "https://news.example/a?id=5"),
        ("https://news.example/a?fbclid=abc", "https://news.example/a"),
        ("https://news.example/a?id=5&gclid=1&at_medium=RSS", "https://news.example/a?id=5"),
        ("https://news.example/a?mc_cid=1&mc_eid=2&ocid=soc", "https://news.example/a"),
        ("https://news.example/a?__twitter_impression=true", "https://news.example/a"),
        # sessions go
        ("https://news.example/a;jsessionid=0A1B2C?id=5", "https://news.example/a?id=5"),
        ("https://news.example/a?PHPSESSID=0123456789abcdef", "https://news.example/a"),
        ("https://news.example/(S(abc123))/a.aspx", "https://news.example/a.aspx"),
        (f"https://news.example/a?sid={'0a' * 16}", "https://news.example/a"),
        # what names the article stays
        ("https://news.example/news.php?id=5&page=2", "https://news.example/news.php?id=5&page=2"),
        ("https://news.example/article?sid=1234", "https://news.example/article?sid=1234"),
        ("https://news.example/?p=77", "https://news.example/?p=77"),
        ("https://news.example/v?v=utm_x", "https://news.example/v?v=utm_x"),
        # AMP copies lead to the article
        ("https://news.example/2024/story/amp/", "https://news.example/2024/story"),
        ("https://news.example/story.amp.html", "https://news.example/story.html"),
        ("https://news.example/story?amp=1", "https://news.example/story"),
        ("https://news.example/story?outputType=amp", "https://news.example/story"),
        ("https://news.example/amp", "https://news.example/amp"),
        (
            "https://www-news-example.cdn.ampproject.org/c/s/www.news.example/a/b",
            "https://www.news.example/a/b",
        ),
        ("https://www.google.com/amp/s/news.example/a/amp/", "https://news.example/a"),
        ("https://news.example/volt/10-amp", "https://news.example/volt/10-amp"),
    ],
)
def test_the_canonical_form(found, url):
    assert canonical(found).url == url


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        ("javascript:alert(1)", Reason.URL_SCHEME),
        ("data:text/html,hello", Reason.URL_SCHEME),
        ("file:///etc/passwd", Reason.URL_SCHEME),
        ("ftp://news.example/a", Reason.URL_SCHEME),
        ("mailto:desk@news.example", Reason.URL_SCHEME),
        ("JaVaScRiPt:alert(1)", Reason.URL_SCHEME),
        ("http://good.example\\@evil.example/", Reason.URL_HOST),
        ("http://localhost/a", Reason.URL_HOST),
        ("http://printer.local/a", Reason.URL_HOST),
        ("http://192.168.0.1/a", Reason.URL_HOST),
        ("http://0x7f.1/", Reason.URL_HOST),
        ("http://[2001:db8::1]/a", Reason.URL_HOST),
        ("http://intranet/a", Reason.URL_HOST),
        ("http://news..example/a", Reason.URL_HOST),
        ("http://[::1", Reason.URL_INVALID),
        ("http://news.example:99999/", Reason.URL_INVALID),
        ("http://ne\tws.example/", Reason.URL_INVALID),
        ("http://news.example/a b", Reason.URL_INVALID),
        ("http://news.example/a\x00", Reason.URL_INVALID),
        ("http://", Reason.URL_INVALID),
        ("#", Reason.URL_INVALID),
        ("https://www.google.com/amp/s/a<b.example/c", Reason.URL_INVALID),
        ("/relative/path", Reason.URL_INVALID),
        ("Read more at our site", Reason.URL_INVALID),
        ("", Reason.URL_INVALID),
        ("https://news.example/" + "a" * 3_000, Reason.URL_INVALID),
    ],
)
def test_what_is_no_public_web_address_gives_a_reason(found, reason):
    assert canonicalize_url(found) == reason


@pytest.mark.parametrize(
    ("found", "notes"),
    [
        ("https://jo:secret@news.example/a", (Reason.URL_USERINFO,)),
        ("https://bücher.example/a", (Reason.URL_IDN,)),
        ("https://газета.рф/a", (Reason.URL_IDN,)),
        ("https://nеws.example/a", (Reason.URL_HOMOGLYPH,)),  # the first e is Cyrillic
        ("https://сосо.example/a", (Reason.URL_HOMOGLYPH,)),  # all of it is Cyrillic
        ("https://news.example/a", ()),
    ],
)
def test_what_was_mended_or_is_suspicious_is_noted(found, notes):
    assert canonical(found).notes == notes


def test_credentials_do_not_survive():
    assert canonical("https://jo:secret@news.example/a").url == "https://news.example/a"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://news.example/a", "https://news.example/a"),
        ("https://www.news.example/a", "https://news.example/a"),
        ("https://m.news.example/a", "https://www.news.example/a"),
        ("https://amp.news.example/a", "https://news.example/a"),
        ("https://en.m.news.example/a", "https://en.news.example/a"),
        ("https://news.example/a/", "https://news.example/a"),
        ("https://news.example/a/index.html", "https://news.example/a/"),
        ("https://news.example/default.aspx", "https://news.example"),
        ("https://news.example/a?x=1&y=2", "https://news.example/a?y=2&x=1"),
        ("https://news.example/a/amp", "https://news.example/a?utm_source=feed"),
        ("https://m.news.co.uk/a", "https://www.news.co.uk/a"),
    ],
)
def test_variants_of_one_page_meet(one, other):
    assert identity_url(canonical(one).url) == identity_url(canonical(other).url)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://news.example/a", "https://news.example/b"),
        ("https://news.example/a", "https://news.example/A"),
        ("https://news.example/?p=1", "https://news.example/?p=2"),
        ("https://news.example/index.php?id=1", "https://news.example/index.php?id=2"),
        ("https://news.example/a?page=1", "https://news.example/a?page=2"),
        ("https://en.news.example/a", "https://de.news.example/a"),
        ("https://m.example/a", "https://w.example/a"),
        ("https://news.example:8080/a", "https://news.example/a"),
        ("https://m.co.uk/a", "https://n.co.uk/a"),
        ("https://news.example/#!/1", "https://news.example/#!/2"),
    ],
)
def test_different_pages_do_not_meet(one, other):
    assert identity_url(canonical(one).url) != identity_url(canonical(other).url)


PARTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=30)


@given(path=PARTS, query=PARTS, fragment=PARTS)
def test_the_canonical_form_is_a_fixed_point(path, query, fragment):
    first = canonicalize_url(f"https://news.example/{path}?{query}#{fragment}")

    assert isinstance(first, Reason) or canonicalize_url(first.url) == first


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_with_a_reason(found):
    result = canonicalize_url(found)

    assert isinstance(result, Reason) or result.url.startswith(("http://", "https://"))
    assert isinstance(result, Reason) or result.url.isascii()
