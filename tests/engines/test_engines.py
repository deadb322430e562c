"""Which engine with which cluster: what is refused before anything is sent there."""

import pytest
from click.testing import CliRunner

from broadsheet.cli import main
from broadsheet.engines import Engine, require_closed_dask
from broadsheet.errors import ConfigError


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("dask", "tcp://10.0.0.7:8786"),
        ("dask", "10.0.0.7:8786"),
        ("dask", "tcp://scheduler:8786"),
        ("dask", "ws://scheduler:8786"),
        ("dask", "tcp://localhost.example.org:8786"),
        ("dask", "ucx://10.0.0.7:8786"),
        ("ray", "ray://head:10001"),
        ("ray", "10.0.0.7:6379"),
    ],
)
def test_a_cluster_that_is_open_to_others_is_refused_unless_told_otherwise(name, address, tmp_path):
    environment = {"HOME": str(tmp_path)}
    with pytest.raises(ConfigError, match="--allow-insecure-cluster"):
        Engine(name=name, address=address).require_sound(environment)

    Engine(name=name, address=address, allow_insecure=True).require_sound(environment)


@pytest.mark.parametrize(
    ("name", "address", "environment"),
    [
        ("dask", "tls://scheduler:8786", {}),
        ("dask", "wss://scheduler:8786", {}),
        ("dask", "tcp://127.0.0.1:8786", {}),
        ("dask", "localhost:8786", {}),
        ("dask", "tcp://[::1]:8786", {}),
        ("ray", "auto", {}),
        ("ray", "ray://127.0.0.1:10001", {}),
        ("ray", "ray://head:10001", {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": "a-token"}),
        ("ray", "ray://head:10001", {"RAY_AUTH_TOKEN_PATH": "/run/secrets/ray"}),
        ("ray", "ray://head:10001", {"RAY_USE_TLS": "1"}),
    ],
)
def test_a_cluster_that_is_closed_is_used(name, address, environment, tmp_path):
    Engine(name=name, address=address).require_sound({"HOME": str(tmp_path)} | environment)


def test_a_token_that_is_switched_off_is_none(tmp_path):
    engine = Engine(name="ray", address="ray://head:10001")
    switched_off = {"HOME": str(tmp_path), "RAY_AUTH_MODE": "disabled", "RAY_AUTH_TOKEN": "t"}

    with pytest.raises(ConfigError, match="RAY_AUTH_MODE=token"):
        engine.require_sound(switched_off)


def test_a_scheduler_behind_the_loopback_address_is_judged_by_its_own():
    require_closed_dask("tcp://127.0.0.1:8786")

    with pytest.raises(ConfigError, match=r"10\.0\.0\.7"):
        require_closed_dask("tcp://10.0.0.7:8786")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--address", "tls://scheduler:8786"], "--engine threads has none"),
        (["--engine", "dask", "--address", "tls://s:1", "--workers", "2"], "leave --workers"),
        (["--engine", "dask", "--address", "tcp://s:1"], "is open to everyone"),
        (["--engine", "ray", "--address", "ray://s:1"], "neither a token nor TLS"),
    ],
)
def test_the_command_line_says_what_is_wrong_with_an_engine(
    options, message, write_corpus, stories, monkeypatch, tmp_path
):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("RAY_AUTH_TOKEN", raising=False)

    done = CliRunner().invoke(main, ["build", str(write_corpus(stories(1))), *options])

    assert done.exit_code == 2
    assert message in done.stderr


def test_workers_elsewhere_need_a_prefect_server_that_they_reach(
    write_corpus, stories, monkeypatch, tmp_path
):
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path))
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    monkeypatch.chdir(tmp_path)
    options = ["--engine", "dask", "--address", "tls://scheduler:8786"]

    done = CliRunner().invoke(main, ["build", str(write_corpus(stories(1))), *options])

    assert done.exit_code == 2
    assert "PREFECT_API_URL" in done.stderr
