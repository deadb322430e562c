"""What other tools export, as rows: the files of seeds/formats/raw/exports, worked as in a run."""

from pathlib import Path

import pytest

from broadsheet.config import load_config
from broadsheet.reasons import Reason
from broadsheet.refinement import Task, work
from broadsheet.sources import discover, plan_batches

SEEDS = Path(__file__).parents[2] / "seeds" / "formats"
EXPORTS = SEEDS / "raw" / "exports"
# What each states. A tool that writes no outlet, or no time of day, has none to hand on.
STATED = {
    "trafilatura.json": {"outlet": "Hollin Post"},
    "trafilatura.csv": {"authors": []},  # it writes no author, and as outlet only the host
    "trafilatura.txt": {"outlet": "Hollin Post"},
    "trafilatura.xml": {"outlet": "Hollin Post"},
    "trafilatura.tei": {"outlet": "Hollin Post"},
    "trafilatura.html": {"outlet": "Hollin Post"},
    "newspaper4k.json": {"outlet": "Hollin Post"},
    "news-please.json": {},
    "fundus.json": {"url": None},  # it writes no address unless it is asked for it
    "scrapy.csv": {"authors": ["Ida Vell", "Per Lund"]},
    "scrapy.jsonl": {},
    "mediacloud.csv": {"authors": []},
}


def rows_of(folder: Path) -> tuple[list[dict], list]:
    """Return the rows and the rejections of a folder."""
    config = load_config(SEEDS)
    batches = plan_batches(discover(folder, config.sources).files, config.sources)
    task = {"root": str(folder), "config": config, "recurring": {}, "on_failure": "raise"}
    portions = [p for batch in batches for p in work(Task(spans=batch.spans, **task))]
    rows = [row for portion in portions for row in portion.rows.to_pylist()]
    return rows, [rejection for portion in portions for rejection in portion.rejections]


@pytest.fixture(scope="module")
def exports() -> dict[str, list[dict]]:
    """Return the rows of each exported file."""
    rows, rejections = rows_of(EXPORTS)
    assert rejections == []
    return {name: [r for r in rows if r["source_path"] == name] for name in STATED}


def test_every_export_is_tried():
    assert {path.name for path in EXPORTS.iterdir()} == STATED.keys()


@pytest.mark.parametrize("name", STATED)
def test_an_export_becomes_the_row_that_it_states(exports, name):
    for row in exports[name]:
        place = row["title"].removeprefix("The ").removesuffix(" of Hollin makes news")
        address = f"https://post.hollin.example/2024/05/{place.replace(' ', '-')}"
        stated = STATED[name]

        assert row["title"] == f"The {place} of Hollin makes news"
        assert row["url"] == stated.get("url", address)
        assert row["published_on"].isoformat().startswith("2024-05-")
        assert row["outlet"] == stated.get("outlet")
        assert len(row["authors"]) == 1 or row["authors"] == stated["authors"]
        assert row["language"] == "en"
        first, second = row["text"].split("\n\n")
        assert first.startswith(f"The {place} of Hollin ")
        assert second.endswith("volunteers by name.")


def test_every_row_of_a_table_without_a_header_is_a_record(exports):
    assert len(exports["trafilatura.csv"]) == 2


def test_a_list_of_stories_without_their_texts_is_set_aside_with_its_columns(tmp_path):
    header = "id,indexed_date,language,media_name,media_url,publish_date,title,url"
    story = "17,2024-06-01,en,post.hollin.example,post.hollin.example,2024-05-01,News,https://a.b/c"
    (tmp_path / "mediacloud.csv").write_text(f"{header}\n{story}\n")

    rows, (rejection,) = rows_of(tmp_path)

    assert rows == []
    assert rejection.reason == Reason.SCHEMA_TEXT
    assert "media_name, media_url, publish_date" in rejection.detail


def test_parts_of_a_table_without_a_header_are_read_alike(write, read):
    raw = (EXPORTS / "trafilatura.csv").read_bytes()
    write("a.csv", raw * 2_000)

    records = read(batch_records=500)

    assert len(records) == 4_000
    assert {record.fields["outlet"] for record in records} == {("post.hollin.example",)}
    assert len({record.text for record in records}) == 2
