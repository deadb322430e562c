"""The flow under Prefect: states, retries, artifacts. One server for all of these tests."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from broadsheet.engines import Engine
from broadsheet.pipeline import STEPS
from broadsheet.status import read_status

pytestmark = [pytest.mark.server, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def flow():
    """Yield broadsheet.flow, with a Prefect server and database of its own."""
    from prefect.testing.utilities import prefect_test_harness  # noqa: PLC0415 - costs a second

    from broadsheet import flow as module  # noqa: PLC0415 - the same

    with prefect_test_harness(server_startup_timeout=240):
        yield module


@pytest.mark.parametrize("name", ["threads", "processes"])
def test_a_run_publishes_the_same_bytes_with_each_engine(
    flow, write_corpus, stories, tmp_path, name
):
    engine = Engine(name=name, workers=2)
    outcome = flow.run(write_corpus(stories(4)), tmp_path / name, engine=engine)

    sums = (Path(outcome["release"]) / "SHA256SUMS").read_text(encoding="utf-8")
    assert outcome["status"] == "published"
    assert outcome["accounts"]["published"] == 4
    assert sums.count("\n") > 5
    plain = _published_without_prefect(write_corpus(stories(4)), tmp_path / "plain")
    assert sums == (plain / "SHA256SUMS").read_text(encoding="utf-8")


def _published_without_prefect(folder: Path, output: Path) -> Path:
    from broadsheet import pipeline  # noqa: PLC0415 - beside its only use

    planned = pipeline.plan(folder, output)
    batches = [pipeline.work_batch(Path(request)) for request in planned["requests"]]
    run = Path(planned["run"])
    return Path(pipeline.release(run, [planned["discovery"], *batches])["release"])


def test_a_stopped_release_is_a_failed_run_with_its_report(flow, write_corpus, tmp_path):
    outcome = flow.run(write_corpus({"a.txt": "Rain."}), tmp_path / "dist")

    assert outcome["status"] == "stopped"
    assert Path(outcome["report"]).is_file()


def test_an_error_of_ours_keeps_its_kind(flow, write_corpus, stories, tmp_path):
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist" / "valley").write_text("in the way")

    with pytest.raises(flow.errors.StorageError, match="valley"):
        flow.run(write_corpus(stories(1)), tmp_path / "dist")


def test_a_batch_is_tried_again_after_an_input_fault(
    flow, write_corpus, stories, tmp_path, monkeypatch
):
    tries = []
    work = flow.pipeline.work_batch

    def fails_once(request, *, is_last_try):
        tries.append(is_last_try)
        if len(tries) == 1:
            raise OSError(5, "Input/output error")
        return work(request, is_last_try=is_last_try)

    monkeypatch.setattr(flow.pipeline, "work_batch", fails_once)

    outcome = flow.run(write_corpus(stories(2)), tmp_path / "dist")

    assert outcome["status"] == "published"
    assert tries == [False, False]


def test_a_fault_of_ours_is_not_hidden(flow, write_corpus, stories, tmp_path, monkeypatch):
    def breaks(_request, *, is_last_try):
        raise ZeroDivisionError(str(is_last_try))

    monkeypatch.setattr(flow.pipeline, "work_batch", breaks)

    with pytest.raises(ZeroDivisionError, match="False"):
        flow.run(write_corpus(stories(2)), tmp_path / "dist")


def test_prefect_shows_summary_account_and_report_and_hears_of_a_release(
    flow, write_corpus, stories, tmp_path, monkeypatch
):
    from prefect.client.orchestration import get_client  # noqa: PLC0415 - with the server only

    events = []
    monkeypatch.setattr(flow, "emit_event", lambda event, **told: events.append((event, told)))

    folder = write_corpus(stories(2) | {"bad.txt": ""}, dataset="shown")
    for _ in range(2):  # the second run changes nothing, and is no news
        flow.run(folder, tmp_path / "dist")

    with get_client(sync_client=True) as client:
        shown = {a.key: a for a in client.read_artifacts() if a.key}
    assert "| 3 | 2 | 0 | 1 |" in str(shown["broadsheet-shown"].data)
    account = json.loads(shown["broadsheet-shown-account"].data)
    assert {"account": "quarantined", "records": 1} in account
    reasons = json.loads(shown["broadsheet-shown-set-aside"].data)
    assert reasons == [{"reason": "content.empty", "records": 1}]
    [(event, told)] = events
    assert event == "broadsheet.release.published"
    assert told["resource"]["prefect.resource.id"] == "broadsheet.dataset.shown"
    assert told["payload"]["version"] == "1.0.0"
    assert "validation/index.html" in str(shown["broadsheet-shown-report"].data)


def test_a_run_leaves_its_state_and_its_events(flow, write_corpus, stories, tmp_path, caplog):
    caplog.set_level("INFO", logger="broadsheet.run")

    flow.run(write_corpus(stories(3)), tmp_path / "dist")

    [status] = read_status(tmp_path / "dist")
    assert status["state"] == "ended"
    assert status["outcome"]["version"] == "1.0.0"
    assert (status["done"], status["records"], status["staged"]) == (1, 3, 1)
    events = [r.getMessage() for r in caplog.records if r.name == "broadsheet.run"]
    steps = ["release.step"] * len(STEPS)
    assert events == ["run.planned", "batch.done", "release.begun", *steps, "run.ended"]


def test_the_automation_of_the_manual_is_one_that_prefect_takes():
    import yaml  # noqa: PLC0415 - of Prefect
    from prefect.events.schemas.automations import AutomationCore  # noqa: PLC0415 - the same

    manual = (Path(__file__).parents[1] / "docs" / "operations.md").read_text(encoding="utf-8")
    example = manual.split("```yaml\n# automation.yaml", 1)[1].split("```", 1)[0]

    automation = AutomationCore.model_validate(yaml.safe_load(example))

    assert automation.trigger.expect == {"broadsheet.release.published"}


def test_the_deployment_points_at_the_flow():
    import yaml  # noqa: PLC0415 - of Prefect

    root = Path(__file__).parents[1]
    deployment = yaml.safe_load((root / "prefect.yaml").read_text(encoding="utf-8"))["deployments"][
        0
    ]
    code = (
        "from prefect.flows import load_flow_from_entrypoint as load\n"
        f"print(sorted(load({deployment['entrypoint']!r}).parameters.properties))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    parameters = done.stdout.strip()
    assert parameters == "['folder', 'output', 'publish', 'version']"
    assert set(deployment["parameters"]) <= {"folder", "output", "publish", "version"}
    assert deployment["schedules"][0]["slug"]
