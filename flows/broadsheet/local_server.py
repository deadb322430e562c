"""Prefect's own server, started beside the work, so that nobody waits for it twice.

Prefect starts a temporary server when the first flow begins, and then waits for it: 5 to 10 s of
CPU in which the second core has nothing to do. Here the same server, with the same settings and
the same database, starts first of all, while this process imports what the run needs. It listens
on a socket of the loopback address that this process opened, and ends with this process, however
that ends: it watches a pipe.

This module imports no part of Prefect: it would wait for it.
"""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from urllib.error import URLError

from broadsheet.errors import ConfigError, StorageError
from broadsheet.startup import without_collection

# What Prefect sets for the temporary server that it starts itself; runs stay in its database.
_SETTINGS = {
    "PREFECT__SERVER_EPHEMERAL": "1",
    "PREFECT__SERVER_FINAL": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_UI_ENABLED": "false",
    # What a server of one run has no use for: it has no deployments, and no blocks to show.
    # Without memory of it, or a later server of the user's would take the blocks for registered.
    "PREFECT_API_BLOCKS_REGISTER_ON_START": "false",
    "PREFECT_SERVER_MEMOIZE_BLOCK_AUTO_REGISTRATION": "false",
    "PREFECT_SERVER_SERVICES_FOREMAN_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_LATE_RUNS_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_SCHEDULER_ENABLED": "false",
}
_DEADLINE_SECONDS = 300.0
_MAIN = "from broadsheet.local_server import serve; serve(int(__import__('sys').argv[1]))"

_started: list[subprocess.Popen[bytes]] = []


def is_api_configured() -> bool:
    """Tell whether Prefect may have been told of an API, or be set up in a way that we do not read.

    Where this says so wrongly, Prefect finds its server by itself, a few seconds later.
    """
    if any(name in os.environ for name in ("PREFECT_API_URL", "PREFECT_PROFILE")):
        return True
    if any(Path(name).exists() for name in ("prefect.toml", ".env")):
        return True
    home = Path(os.environ.get("PREFECT_HOME", "~/.prefect")).expanduser()
    profiles = home / "profiles.toml"
    if not profiles.exists():
        return False
    try:
        return "PREFECT_API" in profiles.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return True


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
    listening = socket.create_server(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    # The pipe to its standard input stays open as long as this process lives.
    process = subprocess.Popen(  # noqa: S603 - this Python, with arguments of our own
        [sys.executable, "-c", _MAIN, str(listening.fileno())],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        pass_fds=[listening.fileno()],
        env=os.environ | _SETTINGS,
        start_new_session=True,
    )
    _started.append(process)
    listening.close()
    os.environ["PREFECT_API_URL"] = f"http://127.0.0.1:{port}/api"


def await_local_server() -> None:
    """Wait until the server answers, if one was started here.

    Raises:
        StorageError: it ended, or does not answer within 5 minutes.

    """
    if not _started:
        return
    url = os.environ["PREFECT_API_URL"] + "/health"
    deadline = time.monotonic() + _DEADLINE_SECONDS
    while time.monotonic() < deadline and _started[0].poll() is None:
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


def serve(file_descriptor: int) -> None:
    """Run Prefect's server on an open socket until standard input ends; the child's main."""
    import threading  # noqa: PLC0415 - only in the child

    from broadsheet.local_database import prepare_database  # noqa: PLC0415 - as above

    prepare_database()

    import uvicorn  # noqa: PLC0415 - only in the child

    config = uvicorn.Config(
        "prefect.server.api.server:create_app",
        factory=True,
        fd=file_descriptor,
        log_level="error",
        lifespan="on",
    )
    with without_collection():
        config.load()
    server = uvicorn.Server(config)

    def stop_with_the_parent() -> None:
        sys.stdin.buffer.read()
        server.should_exit = True

    threading.Thread(target=stop_with_the_parent, daemon=True).start()
    server.run()
