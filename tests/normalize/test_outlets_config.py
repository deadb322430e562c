"""Outlets that a dataset adds or overrides in its dataset.toml."""

import pytest

from broadsheet.config import load_config
from broadsheet.errors import ConfigError
from broadsheet.normalize import outlets

DATASET = """
[dataset]
name = "example"
pretty_name = "Example"
description = "x"
license = "mit"
"""


@pytest.fixture
def configured(tmp_path):
    """Return a function that reads a dataset.toml with the given tables."""

    def read(tables):
        (tmp_path / "dataset.toml").write_text(DATASET + tables, encoding="utf-8")
        return load_config(tmp_path)

    return read


def test_a_dataset_adds_an_outlet(configured):
    config = configured("""
[[outlets]]
id = "harbour-bugle"
name = "The Harbour Bugle"
domains = ["harbourbugle.example"]
country = "IE"
time_zone = "Europe/Dublin"
""")
    match = outlets.resolve([], "https://www.harbourbugle.example/a", config)
    assert match is not None
    assert match.outlet.name == "The Harbour Bugle"
    assert match.outlet.is_checked


def test_a_dataset_overrides_only_the_keys_it_gives(configured):
    config = configured('[[outlets]]\nid = "reuters"\ncountry = "US"\n')
    match = outlets.resolve([], "https://www.reuters.com/a", config)
    assert match is not None
    assert (match.outlet.name, match.outlet.country) == ("Reuters", "US")


def test_a_domain_goes_to_the_outlet_that_the_dataset_gives_it_to(configured):
    config = configured("""
[[outlets]]
id = "wire-mirror"
name = "Wire Mirror"
domains = ["reuters.com"]
""")
    match = outlets.resolve([], "https://www.reuters.com/a", config)
    assert match is not None
    assert match.outlet.name == "Wire Mirror"


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ('id = "reuter"', "did you mean 'reuters'"),
        ('id = "reuters"\nnmae = "x"', "did you mean 'name'"),
        ('id = "Reuters!"', "outlets.0.id"),
        ('id = "x"\nname = "X"\ncountry = "Ireland"', "outlets.0.country"),
        ('id = "x"\nname = "X"\ntime_zone = "Europe/Dublim"', "did you mean 'Europe/Dublin'"),
        ('id = "x"\nname = "X"\ndomains = ["https://x.example/"]', "outlets.0.domains.0"),
        ('id = "x"\nname = "X"\nkind = "paper"', "outlets.0.kind"),
    ],
)
def test_a_wrong_entry_names_the_key_and_the_remedy(configured, table, message):
    with pytest.raises(ConfigError, match=message):
        outlets.resolve([], None, configured(f"[[outlets]]\n{table}\n"))
