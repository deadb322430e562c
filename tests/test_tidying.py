"""What `broadsheet clean` removes, and that it removes nothing that a run would take."""

import json
import os
import socket
from pathlib import Path

import fsspec
import pytest
from click.testing import CliRunner

from broadsheet import pipeline
from broadsheet.cli import main
from broadsheet.errors import StorageError
from broadsheet.pipeline.workspace import names_in
from broadsheet.status import StatusFile
from broadsheet.tidying import Tidied, tidy, tidy_all

LESS = "\n[text]\nmin_words = 10\n"
LEARNS = '\n[text]\nrecurring_lines = "remove"\n'


@pytest.fixture(params=["local", "store"])
def output(request, tmp_path):
    """Yield a folder of releases, and an address of one."""
    if request.param == "local":
        yield str(tmp_path / "dist")
        return
    yield "memory://tidying/dist"
    fsspec.filesystem("memory").store.clear()


def work(folder: Path, output: str) -> str:
    """Plan and work a corpus without a release; return its work folder."""
    planned = pipeline.plan(folder, output)
    for request in pipeline.requests_of(planned):
        pipeline.work_batch(request)
    return planned["work"]


def batches(place: str) -> set[str]:
    return set(names_in(f"{place}/batches"))


def test_what_the_newest_run_asked_for_stays(write_corpus, stories, output):
    place = work(write_corpus(stories(3)), output)
    first = batches(place)
    work(write_corpus(stories(3), extra=LESS), output)
    both = batches(place)
    work(write_corpus(stories(3)), output)  # planned again, so that it is the newest

    told = tidy(place, removes=False)
    assert batches(place) == both
    done = tidy(place, removes=True)

    assert told == done
    assert done.removed_bytes > 1_000
    assert done.kept == 1
    assert batches(place) == first < both
    assert len(names_in(f"{place}/runs")) == 1
    assert tidy(place, removes=True) == Tidied(removed=0, removed_bytes=0, kept=1)


def test_the_lines_that_were_learned_and_what_follows_from_them_stay(write_corpus, stories, output):
    place = work(write_corpus(stories(3), extra=LEARNS), output)
    before = batches(place), names_in(f"{place}/lines")

    assert tidy(place, removes=True).removed == 0
    assert (batches(place), names_in(f"{place}/lines")) == before
    assert all(before)


def test_without_a_plan_all_stays(tmp_path):
    (tmp_path / "batches" / "one").mkdir(parents=True)

    assert tidy(tmp_path, removes=True) == Tidied(removed=0, removed_bytes=0, kept=1)
    assert (tmp_path / "batches" / "one").is_dir()


@pytest.mark.parametrize("state", ["planning", "begun"])
def test_nothing_is_removed_from_under_a_run(write_corpus, stories, tmp_path, state):
    output = str(tmp_path / "dist")
    place = work(write_corpus(stories(3)), output)
    work(write_corpus(stories(3), extra=LESS), output)
    status = StatusFile(place)
    status.begun() if state == "begun" else status.planning(place)
    before = batches(place)

    with pytest.raises(StorageError, match=f"process {os.getpid()} on {socket.gethostname()}"):
        tidy_all(output, removes=True)
    (told,) = tidy_all(output, removes=False)

    assert batches(place) == before
    assert told["removed"] > 0


def test_the_command_says_what_it_did(write_corpus, stories, tmp_path):
    output = str(tmp_path / "dist")
    work(write_corpus(stories(3)), output)
    work(write_corpus(stories(3), extra=LESS), output)

    dry = CliRunner().invoke(main, ["clean", "-o", output, "--dry-run"])
    done = CliRunner().invoke(main, ["clean", "-o", output, "--json"])
    nothing = CliRunner().invoke(main, ["clean", "-o", str(tmp_path / "none")])

    assert dry.stdout.startswith("valley: would remove 2 folders, ")
    assert json.loads(done.stdout)[0]["removed"] == 2
    assert "holds no work yet" in nothing.stdout
