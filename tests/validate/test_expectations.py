"""The expectations of our own: what they accept, and that they are proper ones."""

from string import Template

import pytest

from broadsheet.validate import expectations, load_suites
from broadsheet.validate.catalogue import KINDS
from broadsheet.validate.expectations import is_canonical_url, is_language_tag
from broadsheet.validate.words import say


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


def own_classes():
    return {n: c for n, c in classes().items() if c.__module__ == expectations.__name__}


def test_each_own_class_says_what_it_expects():
    assert len(own_classes()) == 8
    assert all(c.__doc__ and c.__doc__.startswith("Expect ") for c in own_classes().values())


def test_each_own_class_renders_its_rule_in_words_with_its_arguments():
    from great_expectations.expectations.expectation_configuration import (  # noqa: PLC0415 - slow
        ExpectationConfiguration,
    )
    from great_expectations.expectations.registry import get_renderer_impl  # noqa: PLC0415 - slow

    values = {"column": "some_column", "column_A": "first", "column_B": "second"}
    values |= {"not_before": "1700-01-01", "not_after": "2030-01-01", "mostly": 0.25}
    for name in own_classes():
        kwargs = {k: v for k, v in values.items() if k in KINDS[name].arguments}
        declared = ExpectationConfiguration(type=name, kwargs=kwargs)
        _, legacy_renderer = get_renderer_impl(name, "renderer.prescriptive")
        _, atomic_renderer = get_renderer_impl(name, "atomic.prescriptive.summary")
        (legacy,) = legacy_renderer(configuration=declared)
        atomic = atomic_renderer(configuration=declared).to_json_dict()

        said = Template(legacy.string_template["template"]).substitute(
            legacy.string_template["params"]
        )
        assert said == say(name, kwargs)[0].lower() + say(name, kwargs)[1:]
        params = {k: v["value"] for k, v in atomic["value"]["params"].items()}
        assert Template(atomic["value"]["template"]).substitute(params) == said


def test_shipped_rules_have_words_of_their_own():
    suites = load_suites()
    descriptions = [e.description for s in (suites.batch, suites.release) for e in s.expectations]
    assert all(text.endswith(".") and "$" not in text for text in descriptions)
