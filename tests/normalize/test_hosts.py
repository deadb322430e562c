"""Registrable domains, by the published test vectors of the Public Suffix List and our own."""

import pytest

from broadsheet.normalize.hosts import is_misleading, is_public_name, registrable_domain


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        # from the list's own test data (public domain)
        ("COM", None),
        ("example.COM", "example.com"),
        ("WwW.example.COM", "example.com"),
        (".com", None),
        (".example.com", None),
        ("example", None),
        ("example.example", "example.example"),
        ("a.b.example.example", "example.example"),
        ("biz", None),
        ("domain.biz", "domain.biz"),
        ("a.b.domain.biz", "domain.biz"),
        ("uk.com", None),
        ("example.uk.com", "example.uk.com"),
        ("a.b.example.uk.com", "example.uk.com"),
        ("test.ac", "test.ac"),
        ("c.mm", None),
        ("b.c.mm", "b.c.mm"),
        ("a.b.c.mm", "b.c.mm"),
        ("www.test.jp", "test.jp"),
        ("ac.jp", None),
        ("www.test.ac.jp", "test.ac.jp"),
        ("ide.kyoto.jp", None),
        ("a.b.ide.kyoto.jp", "b.ide.kyoto.jp"),
        ("c.kobe.jp", None),
        ("a.b.c.kobe.jp", "b.c.kobe.jp"),
        ("city.kobe.jp", "city.kobe.jp"),
        ("www.city.kobe.jp", "city.kobe.jp"),
        ("test.ck", None),
        ("a.b.test.ck", "b.test.ck"),
        ("www.ck", "www.ck"),
        ("www.www.ck", "www.ck"),
        ("ak.us", None),
        ("www.test.k12.ak.us", "test.k12.ak.us"),
        ("www.食狮.com.cn", "食狮.com.cn"),
        ("www.xn--85x722f.com.cn", "xn--85x722f.com.cn"),
        # blog hosts are suffixes of the private section
        ("gazette.blogspot.com", "gazette.blogspot.com"),
        ("www.gazette.github.io", "gazette.github.io"),
        # no names
        ("192.168.0.1", None),
        ("localhost", None),
        ("printer.local", None),
        ("a..example", None),
        ("news.example.", "news.example"),
    ],
)
def test_the_registrable_domain_is_the_suffix_and_one_label_more(host, domain):
    assert registrable_domain(host) == domain


@pytest.mark.parametrize("host", ["shop.internal", "hidden.onion", "router.home.arpa", "::1", ""])
def test_special_use_names_are_not_public(host):
    assert not is_public_name(host)


@pytest.mark.parametrize(
    ("host", "misleads"),
    [
        ("xn--80ak6aa92e.com", True),  # all of it Cyrillic that looks Latin
        ("xn--80aaxitdbjk.xn--p1ai", False),  # a Russian name under a Russian domain
        ("xn--bcher-kva.example", False),
        ("news.example", False),
    ],
)
def test_a_host_that_imitates_another_is_told(host, misleads):
    assert is_misleading(host) == misleads
