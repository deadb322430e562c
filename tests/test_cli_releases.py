"""The commands that work on finished releases."""

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from broadsheet import pipeline
from broadsheet.cli import main


def build(folder, output):
    """Build a release as the flow does, without its server."""
    planned = pipeline.plan(folder, output)
    batches = [pipeline.work_batch(Path(request)) for request in planned["requests"]]
    return pipeline.release(Path(planned["run"]), [planned["discovery"], *batches])


@pytest.fixture(scope="module")
def invoke():
    """Return a function that runs the command line."""
    return lambda *arguments: CliRunner().invoke(main, [str(a) for a in arguments])


@pytest.fixture
def grown(write_corpus, stories, tmp_path):
    """Return a dataset's folder and its releases 1.0.0, of four articles, and 1.1.0, of five."""
    output = tmp_path / "dist"
    build(write_corpus(stories(4)), output)
    folder = write_corpus(stories(5))
    assert build(folder, output)["version"] == "1.1.0"
    return folder, output / "valley"


def test_rebuild_diff_and_takedown_of_a_series(grown, invoke, tmp_path):
    folder, dataset = grown

    same = invoke("rebuild", dataset / "1.1.0", "--raw", folder)
    assert (same.exit_code, same.stdout) == (
        0,
        f"{dataset / '1.1.0'}: built again, every byte is the same.\n",
    )

    text = invoke("diff", dataset / "1.0.0", dataset / "1.1.0")
    assert text.stdout.startswith("1.0.0 -> 1.1.0: 1 added, 0 removed, 0 changed\n")
    as_json = invoke("diff", dataset / "1.0.0", dataset / "1.1.0", "--format", "json")
    (added,) = json.loads(as_json.stdout)["rows"]
    page = tmp_path / "diff.html"
    invoke("diff", dataset / "1.0.0", dataset / "1.1.0", "--format", "html", "--to", page)
    assert "<h1>1.0.0" in page.read_text()
    table = tmp_path / "diff.parquet"
    invoke("diff", dataset / "1.0.0", dataset / "1.1.0", "--format", "parquet", "--to", table)
    assert pq.read_table(table).column("id").to_pylist() == [added["id"]]

    held = invoke("takedown", added["id"], "--output", dataset.parent)
    assert str(dataset / "1.1.0") in held.stdout
    assert str(dataset / "1.0.0") not in held.stdout
    assert f'ids = ["{added["id"]}"]' in held.stdout

    settings = folder / "dataset.toml"
    settings.write_text(settings.read_text() + f'\n[takedown]\nids = ["{added["id"]}"]\n')
    assert build(folder, dataset.parent)["version"] == "2.0.0"
    assert "Withheld on request: 1 raw records." in (dataset / "2.0.0" / "CHANGES.md").read_text()
    again = json.loads(invoke("takedown", added["id"], "-o", dataset.parent, "--json").stdout)
    assert [Path(row["release"]).name for row in again] == ["1.1.0"]


def test_a_release_that_comes_out_otherwise_is_told(grown, invoke):
    folder, dataset = grown
    raw = folder / "000.txt"
    raw.write_text(raw.read_text().replace("the council said", "the mayor said"))

    result = invoke("rebuild", dataset / "1.1.0", "--raw", folder)

    assert result.exit_code == 4
    assert "data/train-00000-of-" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "exit_code", "message"),
    [
        (("diff", "nowhere", "1.0.0"), 74, "nowhere is no release"),
        (("takedown", "nothing"), 2, "No release in dist publishes 'nothing'"),
        (("rebuild", "nowhere", "--raw", "."), 74, "nowhere is no release"),
    ],
)
def test_mistakes_are_told(invoke, monkeypatch, tmp_path, arguments, exit_code, message):
    monkeypatch.chdir(tmp_path)

    result = invoke(*arguments)

    assert result.exit_code == exit_code
    assert message in result.stderr
