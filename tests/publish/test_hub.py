"""Publishing to the Hub, against an honest server of its HTTP API on this machine."""

import runpy
from pathlib import Path

import pytest
from click.testing import CliRunner

from broadsheet.cli import main
from broadsheet.publish.layout import files_of

SERVER = runpy.run_path(str(Path(__file__).with_name("hub_server.py")))


@pytest.fixture
def hub():
    """Return an empty Hub."""
    held, stop = SERVER["serve"]()
    yield held
    stop()


@pytest.fixture
def send(hub, dataset_dir, monkeypatch):
    """Return a function that runs ``broadsheet publish`` against the Hub."""
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", hub.url)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_DISABLE_XET", True)
    monkeypatch.setattr("time.sleep", lambda _: None)  # the client waits before it tries again
    monkeypatch.setenv("HF_TOKEN", "hf_canary")

    def run(version, *options, expect=0):
        target = ["publish", str(dataset_dir / version), "--to", "hub:mill/valley", *options]
        done = CliRunner().invoke(main, target)
        assert done.exit_code == expect, done.output
        assert "hf_canary" not in done.output
        return done.output

    return run


def content(release):
    return {name: (release / name).read_bytes() for name in files_of(release)}


def at(hub, revision):
    """Return the files of a revision, but for the Hub's own."""
    repository = hub.repositories["mill/valley"]
    files = repository.commits[repository.resolve(revision)]
    return {name: data for name, data in files.items() if name != ".gitattributes"}


def test_a_series_becomes_commits_and_tags(hub, send, make_corpus, publish_corpus, dataset_dir):
    for numbers in (range(250), range(260), range(255)):
        publish_corpus(make_corpus(numbers))

    for version in ("1.0.0", "1.1.0", "2.0.0"):
        send(version)

    repository = hub.repositories["mill/valley"]
    assert repository.is_private
    assert len(repository.commits) == 4
    for version in ("1.0.0", "1.1.0", "2.0.0"):
        assert at(hub, f"v{version}") == content(dataset_dir / version)
    assert at(hub, "main") == content(dataset_dir / "2.0.0")


def test_a_second_time_changes_nothing(hub, send, make_corpus, publish_corpus):
    publish_corpus(make_corpus())
    send("1.0.0")
    hub.requests.clear()

    assert "already" in send("1.0.0")
    assert {method for method, _ in hub.requests} == {"GET"}


def test_a_dry_run_changes_nothing(hub, send, make_corpus, publish_corpus):
    publish_corpus(make_corpus())

    said = send("1.0.0", "--dry-run")

    assert "data/train-00000-of-00003.parquet" in said
    assert hub.repositories == {}


@pytest.mark.parametrize("step", ["create", "preupload", "batch", "upload", "commit", "tag"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_run_after_a_fault_completes_it(
    hub, send, make_corpus, publish_corpus, dataset_dir, step, when
):
    publish_corpus(make_corpus())
    hub.faults[step] = when

    try:
        send("1.0.0")
    except AssertionError:
        assert not hub.repositories or not hub.repositories["mill/valley"].tags or step == "tag"
        send("1.0.0")

    assert at(hub, "v1.0.0") == content(dataset_dir / "1.0.0")
    assert len(hub.repositories["mill/valley"].commits) == 2


def test_a_tag_with_another_content_is_a_conflict(hub, send, make_corpus, publish_corpus):
    publish_corpus(make_corpus())
    send("1.0.0")
    repository = hub.repositories["mill/valley"]
    files = {**repository.commits[repository.tags["v1.0.0"]], "README.md": b"edited"}
    repository.tags["v1.0.0"] = repository.commit(files)

    assert "another content" in send("1.0.0", expect=4)


def test_another_commit_meanwhile_is_a_conflict(hub, send, make_corpus, publish_corpus):
    publish_corpus(make_corpus())
    hub.faults["preupload"] = "race"

    assert "Someone else committed" in send("1.0.0", expect=4)
    assert hub.repositories["mill/valley"].tags == {}


def test_a_hub_out_of_reach_is_told(send, make_corpus, publish_corpus, monkeypatch):
    publish_corpus(make_corpus())
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", "http://127.0.0.1:9")

    assert "cannot be reached" in send("1.0.0", expect=4)


@pytest.mark.parametrize("target", ["hub:valley", "ftp:a/b", "mill/valley"])
def test_an_unknown_target_is_told(target):
    done = CliRunner().invoke(main, ["publish", "1.0.0", "--to", target])

    assert done.exit_code == 2
    assert "is no target" in done.output
