"""Prefect's server beside the work: when it starts, and that it never outlives the run."""

import logging
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from prefect.server.api import server
from prefect.server.utilities.server import PrefectRouter
from prefect.settings import PREFECT_API_DATABASE_CONNECTION_URL, temporary_settings

from broadsheet import local_database
from broadsheet.local_database import (
    STATEMENTS,
    is_known_prefect,
    prepare_database,
    render_statements,
    tell_spared,
)
from broadsheet.local_server import is_api_configured, start_local_server
from broadsheet.prefect_server import (
    ASKED,
    own_database,
    postpone_routes,
    put_first_what_a_run_asks,
    say_no_more,
)


@pytest.fixture
def fresh(tmp_path, monkeypatch):
    """Return an empty Prefect home and working folder, with no settings in the environment."""
    for name in [n for n in os.environ if n.startswith("PREFECT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("fresh")
def test_a_fresh_home_has_no_api():
    assert not is_api_configured()


@pytest.mark.usefixtures("fresh")
@pytest.mark.parametrize("name", ["PREFECT_API_URL", "PREFECT_PROFILE"])
def test_the_environment_wins(monkeypatch, name):
    monkeypatch.setenv(name, "anything")

    assert is_api_configured()


@pytest.mark.parametrize("name", ["prefect.toml", ".env"])
def test_files_that_may_configure_an_api_are_left_to_prefect(fresh, name):
    (fresh / name).touch()

    assert is_api_configured()


@pytest.mark.parametrize(
    ("profiles", "configured"),
    [
        ('active = "ephemeral"\n[profiles.ephemeral]\n', False),
        ('active = "mine"\n[profiles.mine]\nPREFECT_API_URL = "http://127.0.0.1:4200/api"\n', True),
    ],
)
def test_profiles_are_read(fresh, profiles, configured):
    (fresh / "profiles.toml").write_text(profiles, encoding="utf-8")

    assert is_api_configured() is configured


@pytest.mark.parametrize(
    ("project", "configured"),
    [
        ('[tool.prefect.api]\nurl = "http://127.0.0.1:4200/api"\n', True),
        ('tool.prefect.api.url = "http://127.0.0.1:4200/api"\n', True),
        ("[tool.prefect\n", True),
        ('[project]\nname = "prefect"\n', False),
        ("[tool.ruff]\n", False),
    ],
)
def test_the_project_of_the_working_folder_is_read(fresh, project, configured):
    (fresh / "pyproject.toml").write_text(project, encoding="utf-8")

    assert is_api_configured() is configured


@pytest.mark.usefixtures("fresh")
def test_no_server_starts_beside_a_configured_api(monkeypatch):
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:1/api")

    start_local_server()

    assert os.environ["PREFECT_API_URL"] == "http://127.0.0.1:1/api"


@pytest.mark.server
@pytest.mark.timeout(300)
@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM])
@pytest.mark.parametrize("forks", [True, False])
def test_the_server_ends_with_the_run_however_that_ends(fresh, end, forks):
    code = (
        "import os, time; from broadsheet import local_server as s\n"
        f"s._may_fork = lambda: {forks}\n"
        "s.start_local_server(); s.await_local_server()\n"
        "print(os.environ['PREFECT_API_URL'], flush=True); time.sleep(300)"
    )
    run = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    url = run.stdout.readline().strip() + "/health"
    assert httpx.get(url, timeout=60).status_code == 200
    # What it left out, a later server of this home makes up for: it left no word of having done it.
    assert not (fresh / "memo_store.toml").exists()

    run.send_signal(end)
    run.wait()
    run.stdout.close()

    for _ in range(600):
        try:
            httpx.get(url, timeout=60)
        except httpx.TransportError:
            return
        time.sleep(0.1)
    pytest.fail("the server is still there a minute after its run")


RUN = """
import sys
from broadsheet import cli, local_database
local_database.version = {version}
cli.main(sys.argv[1:])
"""
LEFT = {
    "flow runs": "select state_name from flow_run",
    "task runs": "select substr(name, 1, instr(name, '-')), state_name from task_run",
    "artifacts": "select key, type, data from artifact_collection",
    "states": "select name from flow_run_state union all select name from task_run_state",
    "events": "select event from events",
}


@pytest.mark.server
@pytest.mark.timeout(300)
def test_all_is_recorded_when_the_run_ends_whatever_the_server_is_spared(
    fresh, write_corpus, stories
):
    def left_by(name, version):
        home, output = fresh / name, fresh / "dist"
        subprocess.run(
            [sys.executable, "-c", RUN.format(version=version), "build", str(folder)],
            check=True,
            env=os.environ | {"PREFECT_HOME": str(home)},
        )
        shutil.rmtree(output)
        with closing(sqlite3.connect(home / "prefect.db")) as database:
            return {kind: sorted(database.execute(asked)) for kind, asked in LEFT.items()}

    folder = write_corpus(stories(3))
    spared = left_by("known", "local_database.version")
    whole = left_by("other", "lambda name: '0.0.0'")

    assert spared == whole
    assert spared["flow runs"] == [("Completed",)]
    assert {state for _, state in spared["task runs"]} == {"Completed"}
    assert ("broadsheet.release.published",) in spared["events"]
    assert len(spared["artifacts"]) == 4


@pytest.mark.server
@pytest.mark.timeout(300)
@pytest.mark.usefixtures("fresh")
def test_the_database_is_the_one_that_prefect_makes_itself():
    def lines(statements):  # Alembic writes the constraints of a table in any order
        return sorted(line.strip().rstrip(",") for line in statements.splitlines())

    shipped = STATEMENTS.read_text(encoding="utf-8")
    assert lines(render_statements()) == lines(shipped), "run `python -m broadsheet.local_database`"


def test_a_home_gets_its_database_once(tmp_path):
    target = tmp_path / "home" / "prefect.db"
    assert is_known_prefect()
    assert prepare_database(target)
    made = target.read_bytes()

    assert not prepare_database(target)
    assert target.read_bytes() == made
    assert [path.name for path in target.parent.iterdir()] == ["prefect.db"]
    with closing(sqlite3.connect(target)) as database:
        tables = {name for (name,) in database.execute("select name from sqlite_master")}
    assert {"flow_run", "task_run", "artifact", "alembic_version"} <= tables


def test_another_version_of_prefect_is_not_known(monkeypatch):
    monkeypatch.setattr(local_database, "version", lambda _name: "0.0.0")

    assert not is_known_prefect()


MIGRATIONS = "PREFECT_SERVER_DATABASE_MIGRATE_ON_START"
TRIGGERS = "PREFECT_SERVER_SERVICES_TRIGGERS_ENABLED"
VACUUM = "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED"
AN_AUTOMATION = (
    "insert into automation (name, description, trigger, actions) "
    "values ('tell me', '', '{}', '[]')"
)
AN_EVENT = (
    "insert into events (occurred, event, resource_id, resource, payload, received, recorded) "
    "values (datetime('now', '{age}'), 'e', 'r', '{{}}', '{{}}', '', '')"
)


@pytest.mark.parametrize(
    ("change", "needed"),
    [
        ("select 1", set()),
        ("update alembic_version set version_num = 'older'", {MIGRATIONS}),
        (AN_AUTOMATION, {TRIGGERS}),
        (AN_EVENT.format(age="-1 hour"), set()),
        (AN_EVENT.format(age="-25 hours"), {VACUUM}),
    ],
)
def test_what_the_database_gives_work_for_is_not_spared(tmp_path, change, needed):
    target = tmp_path / "prefect.db"
    prepare_database(target)
    with closing(sqlite3.connect(target)) as database:
        database.execute(change)
        database.commit()

    assert {MIGRATIONS, TRIGGERS, VACUUM} - set(tell_spared(target)) == needed


@pytest.mark.parametrize("content", [None, b"", b"no database at all"])
def test_nothing_is_spared_that_a_database_does_not_answer_for(tmp_path, content):
    target = tmp_path / "prefect.db"
    if content is not None:
        target.write_bytes(content)

    assert tell_spared(target) == {}


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite+aiosqlite:////home/of/prefect.db", "/home/of/prefect.db"),
        ("sqlite+aiosqlite:///file::memory:?cache=shared&uri=true", None),
        ("sqlite+aiosqlite:////home/of/prefect.db?mode=ro", None),
        ("postgresql+asyncpg://prefect:secret@db:5432/prefect", None),
    ],
)
def test_only_a_database_in_a_file_is_looked_into(url, path):
    with temporary_settings({PREFECT_API_DATABASE_CONNECTION_URL: url}):
        assert own_database() == (path and Path(path))


def test_the_routes_of_a_run_come_first_and_none_is_missing(monkeypatch):
    before = server.API_ROUTERS
    monkeypatch.setattr(server, "API_ROUTERS", before)
    for changed in ("add_api_route", "matches"):
        monkeypatch.setattr(PrefectRouter, changed, getattr(PrefectRouter, changed))

    put_first_what_a_run_asks()

    first, *others = server.API_ROUTERS
    assert {route.path for route in first.routes} == ASKED
    assert others == [*before]


def test_a_route_that_waits_is_made_when_a_request_comes_to_its_router():
    class Router(PrefectRouter):
        pass

    postpone_routes(Router)
    router, answer = Router(prefix="/flows"), {"paths": ["mine"]}
    router.get("/mine")(lambda: answer)
    router.get("/")(lambda: answer)
    assert [route.path for route in router.routes] == ["/flows/"]

    app = FastAPI()
    app.include_router(router)
    client = TestClient(app)

    assert client.get("/flows/mine").json() == answer
    assert client.get("/flows/").json() == answer
    assert client.get("/flows/yours").status_code == 404
    assert sorted(route.path for route in router.routes) == ["/flows/", "/flows/mine"]


@pytest.mark.server
@pytest.mark.timeout(300)
def test_what_shares_a_path_with_a_route_of_a_run_is_answered_too(fresh):
    code = (
        "import os, sys; from broadsheet import local_server as s\n"
        "s.start_local_server(); s.await_local_server()\n"
        "print(os.environ['PREFECT_API_URL'], flush=True); sys.stdin.read()"
    )
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, "-c", code], cwd=fresh, **pipes) as run:
        url = run.stdout.readline().strip()
        made = httpx.post(f"{url}/flows/", json={"name": "mine"}, timeout=60).json()
        flow = f"{url}/flows/{made['id']}"
        assert httpx.get(flow, timeout=60).json()["name"] == "mine"
        assert httpx.post(f"{url}/flows/filter", json={}, timeout=60).json() == [made]
        assert httpx.delete(flow, timeout=60).status_code == 204
        assert httpx.get(flow, timeout=60).status_code == 404
        run.stdin.close()


def test_a_server_that_ends_calls_nothing_an_error(capfd, monkeypatch):
    monkeypatch.setattr(logging.root.manager, "disable", logging.NOTSET)
    recorder = logging.getLogger("prefect.server.services.task_run_recorder")
    said = logging.StreamHandler()
    recorder.addHandler(said)
    try:
        recorder.error("cut short")
        assert "cut short" in capfd.readouterr().err
        say_no_more()
        recorder.error("cut short")
    finally:
        recorder.removeHandler(said)
    assert capfd.readouterr().err == ""
