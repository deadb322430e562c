"""What `broadsheet status` says, and the events as JSON lines."""

import json
import os
import socket

import fsspec
import pytest
from click.testing import CliRunner

from broadsheet import logs, pipeline
from broadsheet.cli import main
from broadsheet.pipeline import STEPS, guarded
from broadsheet.status import Pace, StatusFile, read_status, render_status

OUTCOME = {
    "status": "published",
    "message": "Published valley 1.0.0.",
    "version": "1.0.0",
    "release": "dist/valley/1.0.0",
    "report": "dist/valley/1.0.0/validation/index.html",
    "accounts": {"raw": 3, "published": 3, "duplicates": 0, "quarantined": 0},
    "reasons": {},
    "summary": "not told",
}


def test_the_time_left_follows_from_the_bytes_that_are_left():
    pace = Pace(batches=4, n_bytes=400, started=10.0)
    pace.count(records=50, n_bytes=100)

    figures = pace.figures(now=15.0)

    assert figures == {
        "batches": 4,
        "done": 1,
        "records": 50,
        "records_per_second": 10.0,
        "seconds_left": 15.0,
    }


def test_a_corpus_of_no_bytes_has_a_pace():
    pace = Pace(batches=1, n_bytes=0, started=0.0)
    pace.count(records=1, n_bytes=0)

    assert pace.figures(now=0.0)["seconds_left"] == 0


@pytest.mark.parametrize("place", ["{tmp}/dist", "memory://status"])
def test_the_state_goes_from_planning_to_ended(place, tmp_path):
    output = place.format(tmp=tmp_path)
    status = StatusFile()
    status.planning(f"{output}/.work/valley")
    planning = read_status(output)[0]
    status.show(Pace(2, 10, 0.0).figures(1.0), now=1.0)
    running = read_status(output)[0]
    status.releasing("tables")
    releasing = read_status(output)[0]
    status.ended(OUTCOME)
    ended = read_status(output)[0]

    states = [s["state"] for s in (planning, running, releasing, ended)]
    assert states == ["planning", "running", "releasing", "ended"]
    assert render_status([planning]).startswith("valley: raw files are being looked at")
    assert releasing["step"] == "tables"
    assert running["batches"] == 2
    assert ended["outcome"]["version"] == "1.0.0"
    assert "summary" not in ended["outcome"]
    fsspec.filesystem("memory").store.clear()


def test_a_run_is_noted_before_its_files_are_looked_at(
    write_corpus, stories, tmp_path, monkeypatch
):
    seen, discover = [], guarded.discover

    def look(*arguments):
        seen.append(read_status(tmp_path)[0]["state"])
        return discover(*arguments)

    monkeypatch.setattr(guarded, "discover", look)
    pipeline.plan(write_corpus(stories(1)), tmp_path, on_work=StatusFile().planning)

    assert seen == ["planning"]


def test_a_run_that_is_gone_has_died(tmp_path):
    work = tmp_path / ".work" / "valley"
    work.mkdir(parents=True)
    gone = {"state": "running", "host": socket.gethostname(), "pid": 2**22 + 1, "outcome": None}
    (work / "status.json").write_text(json.dumps(gone))

    assert read_status(tmp_path)[0]["state"] == "died"


def test_a_run_on_another_machine_is_believed(tmp_path):
    work = tmp_path / ".work" / "valley"
    work.mkdir(parents=True)
    there = {"state": "running", "host": "elsewhere", "pid": 2**22 + 1, "outcome": None}
    (work / "status.json").write_text(json.dumps(there))

    assert read_status(tmp_path)[0]["state"] == "running"


def test_the_command_says_it_in_words_and_as_json(tmp_path):
    status = StatusFile(str(tmp_path / ".work" / "valley"))
    status.show(Pace(2, 10, 0.0, done=1, done_bytes=5, records=7).figures(1.0), now=1.0)

    words = CliRunner().invoke(main, ["status", "-o", str(tmp_path)])
    values = CliRunner().invoke(main, ["status", "-o", str(tmp_path), "--json"])

    assert words.exit_code == values.exit_code == 0
    assert "valley: batches are being worked" in words.stdout
    assert "1 of 2 batches, 7 records, 7.0 a second, 1 s left" in words.stdout
    assert json.loads(values.stdout)[0]["pid"] == os.getpid()


def test_a_folder_without_work_says_so(tmp_path):
    done = CliRunner().invoke(main, ["status", "-o", str(tmp_path)])

    assert done.exit_code == 0
    assert "holds no work yet" in done.stdout


def test_events_are_json_lines(capsys, monkeypatch):
    monkeypatch.setattr(logs.LOGGER, "handlers", [])
    monkeypatch.setattr(logs.LOGGER, "level", logs.LOGGER.level)
    monkeypatch.setattr(logs.LOGGER, "propagate", logs.LOGGER.propagate)
    logs.log_as_json()

    logs.tell("batch.done", records=3, seconds_left=1.5)

    line = json.loads(capsys.readouterr().err)
    assert line.pop("at").endswith("+00:00")
    assert line == {"event": "batch.done", "records": 3, "seconds_left": 1.5}


@pytest.mark.parametrize("step", STEPS)
def test_each_step_of_a_release_is_told_in_words(step, tmp_path):
    status = StatusFile(f"{tmp_path}/.work/valley")
    status.releasing(step)

    told = render_status(read_status(tmp_path))

    assert told.startswith("valley: the release is being made\n  ")
    assert ", since 20" in told
