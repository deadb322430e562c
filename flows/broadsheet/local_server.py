"""Prefect's own server, started beside the work, so that nobody waits for it twice.

Prefect starts a temporary server when the first flow begins, and then waits for it: 5 to 10 s of
CPU in which the second core has nothing to do. Here the same server, with the same settings and
the same database, starts first of all, while this process imports what the run needs. Half of what
it imports is the run's, too, so that it is a fork of the run where a fork is safe. It listens on a
socket of the loopback address that this process opened, and ends with this process, however that
ends: it watches a pipe.
"""

import atexit
import gc
import os
import socket
import subprocess
import sys
import threading
import time
import tomllib
import traceback
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import NoReturn
from urllib.error import URLError

from broadsheet.errors import ConfigError, StorageError
from broadsheet.startup import without_collection

_DEADLINE_SECONDS = 300.0
_MOST_SECONDS_TO_END = 10.0
_MAIN = "import sys; from broadsheet.prefect_server import serve; serve(*map(int, sys.argv[1:]))"


class _Fork:
    """As much of :class:`subprocess.Popen` as is asked of a fork."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._code: int | None = None

    def poll(self) -> int | None:
        """Return its exit code, or None while it lives."""
        if self._code is None:
            ended, status = os.waitpid(self.pid, os.WNOHANG)
            self._code = os.waitstatus_to_exitcode(status) if ended else None
        return self._code


class _Started:
    """What this process keeps of the server that it started."""

    process: "_Fork | subprocess.Popen[bytes] | None" = None
    owner = 0
    held = -1  # the pipe's end, whose closing ends the server


def set_defaults() -> None:
    """Set what Prefect reads when it is imported; what the user has set stands.

    A slow machine needs more than 20 s to start the server; without a network its telemetry logs an
    error at every run.
    """
    os.environ.setdefault("PREFECT_SERVER_ALLOW_EPHEMERAL_MODE", "true")
    os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
    os.environ.setdefault("PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS", "300")


def is_api_configured() -> bool:
    """Tell whether Prefect may have been told of an API, or be set up in a way that we do not read.

    Where this says so wrongly, Prefect finds its server by itself, a few seconds later.
    """
    if any(name in os.environ for name in ("PREFECT_API_URL", "PREFECT_PROFILE")):
        return True
    if any(Path(name).exists() for name in ("prefect.toml", ".env")) or _is_in_pyproject():
        return True
    home = Path(os.environ.get("PREFECT_HOME", "~/.prefect")).expanduser()
    profiles = home / "profiles.toml"
    if not profiles.exists():
        return False
    try:
        return "PREFECT_API" in profiles.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return True


def _is_in_pyproject() -> bool:
    """Tell whether the project of the working folder sets Prefect up, or cannot be read."""
    try:
        project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return False
    except (OSError, ValueError):
        return True
    return "prefect" in project.get("tool", {})


def require_reachable_api() -> None:
    """Refuse a run whose workers are elsewhere and could not tell Prefect what they do.

    Raises:
        ConfigError: no API is configured, so that the server would listen here alone.

    """
    if not is_api_configured():
        raise ConfigError(
            "Workers on other machines need a Prefect server that they reach. Start one, set "
            "PREFECT_API_URL to its address, and run again; see docs/operations.md."
        )


def start_local_server() -> None:
    """Start the server, unless an API is configured, and point Prefect at it; does not wait."""
    if os.name != "posix" or is_api_configured():
        return
    set_defaults()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        os.environ["PREFECT_API_URL"] = f"http://127.0.0.1:{listening.getsockname()[1]}/api"
        watched, _Started.held = os.pipe()
        start = _fork if _may_fork() else _spawn
        _Started.owner = os.getpid()
        _Started.process = start(listening.fileno(), watched)
        os.close(watched)
    atexit.register(_end_local_server)


def _may_fork() -> bool:
    """Tell whether a fork of this process can import and serve; macOS's libraries cannot."""
    return sys.platform == "linux" and threading.active_count() == 1


def _spawn(listening: int, watched: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - this Python, with arguments of our own
        [sys.executable, "-c", _MAIN, str(listening), str(watched)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        pass_fds=[listening, watched],
        start_new_session=True,
    )


def _fork(listening: int, watched: int) -> _Fork:
    with without_collection():
        import broadsheet.prefect_server  # noqa: F401, PLC0415 - what both need is imported once
    process = os.fork()
    if process == 0:
        _become_server(listening, watched)
    return _Fork(process)


def _become_server(listening: int, watched: int) -> NoReturn:
    """Keep nothing of the run's but what was imported; a fork's whole life."""
    code = 1
    try:
        os.setsid()
        nowhere = os.open(os.devnull, os.O_RDWR)
        os.dup2(nowhere, 0)
        os.dup2(nowhere, 1)
        for descriptor in map(int, os.listdir("/dev/fd")):  # noqa: PTH208 - numbers, no paths
            if descriptor > 2 and descriptor not in {listening, watched}:  # noqa: PLR2004 - stderr
                with suppress(OSError):
                    os.close(descriptor)
        gc.enable()
        from broadsheet.prefect_server import serve  # noqa: PLC0415 - imported before the fork

        serve(listening, watched)
        code = 0
    except BaseException:  # noqa: BLE001 - nothing may return into the run
        traceback.print_exc()
    finally:
        os._exit(code)


def _end_local_server() -> None:
    """End the server, and wait until it has written what it still holds: events of the last second.

    A container ends with its first process, and would take the server with it.
    """
    process = _Started.process
    if process is None or _Started.owner != os.getpid():
        return
    os.close(_Started.held)
    deadline = time.monotonic() + _MOST_SECONDS_TO_END
    while process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)


def await_local_server() -> None:
    """Wait until the server answers, if one was started here.

    Raises:
        StorageError: it ended, or does not answer within 5 minutes.

    """
    process = _Started.process
    if process is None:
        return
    url = os.environ["PREFECT_API_URL"] + "/health"
    deadline = time.monotonic() + _DEADLINE_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=_DEADLINE_SECONDS) as answer:  # noqa: S310 - our own address
                if answer.status == 200:  # noqa: PLR2004 - HTTP's OK
                    return
        except (URLError, OSError):
            time.sleep(0.05)
    raise StorageError(
        "Prefect's server did not start. Run `prefect server start` to see why, or set "
        "PREFECT_API_URL to a running one."
    )
