"""Who published an article: the host, the page's declarations, unmistakable text, the hint."""

import pytest

from broadsheet.config import Config
from broadsheet.normalize import outlets
from broadsheet.records import Witness


def config(**sections):
    about = {"name": "example", "pretty_name": "Example", "description": "x", "license": "mit"}
    return Config.model_validate({"dataset": about, **sections})


def says(value, rule, excerpt=None):
    return Witness(field="outlet", value=value, rule=rule, confidence=0.9, excerpt=excerpt or value)


def test_the_host_of_the_url_decides():
    match = outlets.resolve([], "https://www.themoscowtimes.com/2023/03/13/x-a80471", config())
    assert match is not None
    assert (match.outlet.name, match.domain) == ("The Moscow Times", "themoscowtimes.com")
    assert match.rule == "url.host"


def test_text_that_only_one_outlet_carries_decides():
    witness = says("The Globe", "text.interact", "Interact with The Globe")
    match = outlets.resolve([witness], None, config())
    assert match is not None
    assert (match.outlet.id, match.rule) == ("globe-and-mail", "text.phrase")


@pytest.mark.parametrize("rule", ["text.quoted", "credit.photo", "byline.agency"])
def test_what_the_text_quotes_or_credits_is_no_publisher(rule):
    assert outlets.resolve([says("Reuters", rule)], None, config()) is None


def test_nothing_stated_is_nothing_known():
    assert outlets.resolve([], None, config()) is None
