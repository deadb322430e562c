"""A parsed article to normalise, and a configuration."""

import pytest

from broadsheet.config import Config
from broadsheet.records import ParsedArticle, Source, Witness

BODY = (
    "The harbour council voted on Tuesday to reopen the old ferry line before the summer.\n\n"
    "Residents of the north shore had asked for the ferry for nine years. The line was closed "
    "when a storm damaged its pier, and the council said that repairs were too expensive."
)


@pytest.fixture
def config():
    """Return a function that makes a configuration with the given sections."""

    def make(**sections):
        dataset = {
            "name": "shore",
            "pretty_name": "Shore news",
            "description": "Invented articles.",
            "license": "cc0-1.0",
        }
        return Config.model_validate({"dataset": dataset} | sections)

    return make


@pytest.fixture
def parsed():
    """Return a function that makes a parsed article of (field, value[, rule]) witnesses."""

    def make(*stated, text=BODY, **rest):
        witnesses = tuple(
            Witness(
                field=name,
                value=value,
                rule=(*rule, "field.test")[0],
                confidence=0.9,
                excerpt=value[:160],
            )
            for name, value, *rule in stated
        )
        source = Source("a.txt", None, 0, len(text), "0" * 64, "text")
        return ParsedArticle(source=source, text=text, witnesses=witnesses, **rest)

    return make
