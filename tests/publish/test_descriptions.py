"""The card and the machine-readable descriptions of a release."""

import json
import logging
from dataclasses import replace

import pyarrow.parquet as pq
import pytest
from huggingface_hub import DatasetCard
from markdown_it import MarkdownIt

from broadsheet.config import Config
from broadsheet.publish.card import inert

HOSTILE = (
    "<script>alert(1)</script>",
    "[press](javascript:alert)",
    "a\n---\nconfigs: []",
    "| a | `b` |",
    "![x](http://tracker.example/p.png)",
    "{{7*7}} {% raw %}",
    "yes",
    "1.0",
)


@pytest.fixture
def release(make_corpus, publish_corpus, dataset_dir):
    """Return a release of 250 articles, one duplicate, one rejection."""
    publish_corpus(make_corpus())
    return dataset_dir / "1.0.0"


def test_croissant_is_valid_and_gives_every_record(release):
    mlcroissant = pytest.importorskip("mlcroissant")
    logging.disable(logging.WARNING)  # recommended properties that nobody stated

    dataset = mlcroissant.Dataset(str(release / "croissant.json"))

    assert not dataset.metadata.issues.errors
    counts = {name: len(list(dataset.records(name))) for name in ("default", "duplicates")}
    logging.disable(logging.NOTSET)
    assert counts == {"default": 250, "duplicates": 1}


def test_croissant_names_every_shard_with_its_digest(release):
    manifest = json.loads((release / "manifest.json").read_bytes())
    croissant = json.loads((release / "croissant.json").read_bytes())

    stated = {f["@id"]: f["sha256"] for f in croissant["distribution"] if "sha256" in f}

    shards = [n for t in manifest["configurations"].values() for n in t["files"]]
    assert stated == {name: manifest["files"][name]["sha256"] for name in shards}


def test_the_data_package_describes_the_columns_as_they_are(release):
    package = json.loads((release / "datapackage.json").read_bytes())

    resources = {resource["name"]: resource for resource in package["resources"]}
    fields = [field["name"] for field in resources["default"]["schema"]["fields"]]
    assert fields == pq.read_schema(release / resources["default"]["path"][0]).names
    assert resources["quarantine"]["hash"].startswith("sha256:")


def test_the_card_states_configurations_sizes_and_versions(release):
    card = DatasetCard.load(release / "README.md").data.to_dict()

    assert {c["config_name"]: c["version"] for c in card["configs"]} == {
        "default": "1.0.0",
        "quarantine": "1.0.0",
        "duplicates": "1.0.0",
    }
    sizes = {i["config_name"]: i["splits"][0]["num_examples"] for i in card["dataset_info"]}
    assert sizes == {"default": 250, "quarantine": 1, "duplicates": 1}
    assert card["size_categories"] == ["n<1K"]


def test_hostile_values_are_inert_on_the_card(make_corpus, publish_corpus, dataset_dir, article):
    articles = [article(i, outlet=text, language="en") for i, text in enumerate(HOSTILE)]
    about = {"pretty_name": "x: [\n---\n", "description": "News.", "license": "cc0-1.0"}
    config = Config.model_validate({"dataset": {"name": "valley", **about}})

    publish_corpus(replace(make_corpus([]), articles=articles, config=config))

    text = (dataset_dir / "1.0.0" / "README.md").read_text()
    body = text.split("\n---\n", 1)[1]
    assert "<script" not in body
    assert "](javascript" not in body
    assert "![x]" not in body
    assert "\\{\\{7\\*7\\}\\}" in body
    data = DatasetCard(text).data
    assert data.pretty_name == "x: [\n---"
    assert len(data.configs) == 3


@pytest.mark.parametrize("text", HOSTILE)
def test_inert_text_is_one_line_without_live_signs(text):
    assert "\n" not in inert(text)
    assert "<s" not in inert(text)


def test_the_card_of_all_releases_leads_to_each(make_corpus, publish_corpus, dataset_dir):
    publish_corpus(make_corpus(range(250)))
    publish_corpus(make_corpus(range(260)))

    card = DatasetCard.load(dataset_dir / "README.md")

    assert [(c["config_name"], c["default"]) for c in card.data.configs] == [
        ("1.1.0", True),
        ("1.0.0", False),
    ]
    assert "[1.0.0](1.0.0/README.md)" in card.content


def test_the_card_keeps_notes_and_tells_the_history(make_corpus, publish_corpus, dataset_dir):
    for count in (250, 260):
        corpus = make_corpus(range(count))
        publishing = corpus.config.publish.model_copy(update={"notes": "Collected by hand."})
        config = corpus.config.model_copy(update={"publish": publishing})
        publish_corpus(replace(corpus, config=config))

    card = (dataset_dir / "1.1.0" / "README.md").read_text()

    assert "\nCollected by hand.\n" in card
    assert "| 1.1.0 | 260 | 10 | 0 | 0 |\n| 1.0.0 | 250 | 0 | 0 | 0 |\n" in card


def test_plots_are_inert(make_corpus, publish_corpus, dataset_dir, article):
    articles = [article(i, outlet=f"<script>{i % 3}</script>") for i in range(9)]
    publish_corpus(make_corpus([], articles=articles, copies=0))

    plot = (dataset_dir / "1.0.0" / "plots" / "outlets.svg").read_text()
    assert "&lt;script&gt;0" in plot
    assert "<script" not in plot


@pytest.fixture
def card(make_corpus, publish_corpus, dataset_dir, article):
    """Return a function that publishes a few articles by settings and returns the card's text."""

    def make(**settings):
        articles = [
            article(1, n_masked=2, notes=("privacy.email", "text.clean")),
            article(2, n_masked=1, notes=("privacy.email", "privacy.secret")),
            article(3, rights=("robots: noai", "license: a: b", "license: <b>")),
        ]
        corpus = make_corpus([], articles=articles, copies=1)
        reserved = replace(corpus.rejections[0], reason="rights.reserved", stage="normalize")
        config = Config.model_validate(corpus.config.model_dump() | settings)
        publish_corpus(replace(corpus, rejections=[*corpus.rejections, reserved], config=config))
        return (dataset_dir / "1.0.0" / "README.md").read_text()

    return make


def test_the_card_states_the_privacy_policy_and_what_it_did(card):
    text = card(privacy={"mask": ["email", "secret"]}, rights={"exclude_reserved": True})

    assert "| e-mail addresses | masked as `[email]` | 2 |" in text
    assert "| passwords, keys and tokens | masked as `[secret]` | 1 |" in text
    assert "| telephone numbers | left as published | not counted |" in text
    assert "3 placeholders stand in the articles" in text
    assert "| pages that reserve text and data mining | quarantined | 1 |" in text
    assert "| first characters of what is quarantined | published in" in text


def test_the_card_counts_statements_of_rights_by_kind_once_an_article(card):
    text = card()

    assert "| `license` | 1 |\n| `robots` | 1 |\n" in text
    assert "<b>" not in text
    assert "| pages that reserve text and data mining | kept;" in text


def test_the_datasheet_answers_from_facts(card):
    text = card(splits={"by": "outlet"}, duplicates={"fold": ["exact", "near"]})

    assert "3 articles of 27 words" in text
    assert "by outlet; related articles are never in two of them" in text
    assert "exact and near copies are one row; 1 record was folded" in text
    assert "1 `content.empty`, 1 `rights.reserved`" in text
    assert "- **Contact:** not stated.\n" in text
    assert "has not answered those of motivation" in text


def test_the_datasheet_leads_to_the_notes_of_its_publisher(card):
    text = card(publish={"notes": "Collected by hand to study mills."})

    assert "has not answered" not in text
    assert text.index("Collected by hand") < text.index("stands above, as far as it was answered")


def test_lists_and_tables_of_the_card_are_whole(card):
    tokens = MarkdownIt("commonmark").enable("table").parse(card().split("\n---\n", 1)[1])

    prose = [token.content for token in tokens if token.type == "inline"]
    assert not [text for text in prose if text.startswith(("- **", "|")) or "| `" in text]
