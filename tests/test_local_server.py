"""Prefect's server beside the work: when it starts, and that it never outlives the run."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing

import httpx
import pytest

from broadsheet import local_database
from broadsheet.local_database import STATEMENTS, prepare_database, render_statements
from broadsheet.local_server import is_api_configured, start_local_server


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


@pytest.mark.usefixtures("fresh")
def test_no_server_starts_beside_a_configured_api(monkeypatch):
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:1/api")

    start_local_server()

    assert os.environ["PREFECT_API_URL"] == "http://127.0.0.1:1/api"


@pytest.mark.server
@pytest.mark.timeout(300)
@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM])
def test_the_server_ends_with_the_run_however_that_ends(fresh, end):
    code = (
        "import os, time; from broadsheet import local_server as s\n"
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


@pytest.mark.server
@pytest.mark.timeout(300)
@pytest.mark.usefixtures("fresh")
def test_the_database_is_the_one_that_prefect_makes_itself():
    def lines(statements):  # Alembic writes the constraints of a table in any order
        return sorted(line.strip().rstrip(",") for line in statements.splitlines())

    shipped = STATEMENTS.read_text(encoding="utf-8")
    assert lines(render_statements()) == lines(shipped), "run `python -m broadsheet.local_database`"


def test_a_home_gets_its_database_once(fresh):
    assert prepare_database()
    made = (fresh / "prefect.db").read_bytes()

    assert not prepare_database()
    assert (fresh / "prefect.db").read_bytes() == made
    assert [path.name for path in fresh.iterdir()] == ["prefect.db"]
    with closing(sqlite3.connect(fresh / "prefect.db")) as database:
        tables = {name for (name,) in database.execute("select name from sqlite_master")}
    assert {"flow_run", "task_run", "artifact", "alembic_version"} <= tables


@pytest.mark.usefixtures("fresh")
def test_another_version_of_prefect_makes_its_own(monkeypatch):
    monkeypatch.setattr(local_database, "version", lambda _name: "0.0.0")

    assert not prepare_database()


@pytest.mark.parametrize(
    "name", ["PREFECT_API_DATABASE_CONNECTION_URL", "PREFECT_SERVER_DATABASE_NAME"]
)
def test_a_database_that_is_configured_is_left_to_prefect(fresh, monkeypatch, name):
    monkeypatch.setenv(name, "anything")

    assert not prepare_database()
    assert not (fresh / "prefect.db").exists()
