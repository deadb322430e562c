"""The expectations of our own: what they accept, and that they are proper ones."""

import pytest

from broadsheet.validate import expectations, load_suites
from broadsheet.validate.catalogue import KINDS
from broadsheet.validate.expectations import is_canonical_url, is_language_tag


@pytest.mark.parametrize(
    ("url", "answer"),
    [
        ("https://news.example/a", True),
        ("http://news.example/", True),
        ("https://news.example/a?b=c&d=%C3%A9", True),
        ("https://xn--zeitung-bxa.example/", True),
        ("https://news.example", False),
        ("HTTPS://news.example/", False),
        ("https://NEWS.example/", False),
        ("https://news.example:443/", False),
        ("https://news.example/a b", False),
        ("https://news.example/a/../b", False),
        ("https://news.example/#top", False),
        ("https://me:secret@news.example/", False),
        ("https://localhost/", False),
        ("ftp://news.example/", False),
        ("javascript:alert(1)", False),
        ("https://[::1/", False),
        ("https://news.example:99999/", False),
        ("", False),
    ],
)
def test_canonical_urls(url, answer):
    assert is_canonical_url(url) is answer


@pytest.mark.parametrize(
    "tag", ["en", "und", "pt-BR", "zh-Hant-TW", "es-419", "sl-rozaj", "de-1996"]
)
def test_language_tags(tag):
    assert is_language_tag(tag)


@pytest.mark.parametrize(
    "tag", ["", "e", "english", "EN", "en_GB", "en-gb", "en-", "zh-hant", "en "]
)
def test_what_is_no_language_tag(tag):
    assert not is_language_tag(tag)


def classes():
    """Return the Great Expectations class of each declared type."""
    from great_expectations.expectations.registry import get_expectation_impl  # noqa: PLC0415 - slow

    assert expectations.__doc__, "importing the module registers our own"
    return {name: get_expectation_impl(name) for name in KINDS}


def test_each_declared_type_is_a_class_that_takes_its_arguments():
    for name, implementation in classes().items():
        fields = set(implementation.__fields__)
        assert set(KINDS[name].arguments) <= fields, name


def test_each_own_class_says_what_it_expects():
    own = [c for c in classes().values() if c.__module__ == expectations.__name__]
    assert len(own) >= 3
    assert all(c.__doc__ and c.__doc__.startswith("Expect ") for c in own)


def test_shipped_rules_have_words_of_their_own():
    suites = load_suites()
    descriptions = [e.description for s in (suites.batch, suites.release) for e in s.expectations]
    assert all(text.endswith(".") and "$" not in text for text in descriptions)
