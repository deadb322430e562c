"""Prefect's own server for one run: what happens in the process that is its own.

It is Prefect's application on Prefect's database, spared what a run cannot need. What that is, is
known of one version of Prefect, that of ``prefect_database.sql``; any other starts as it comes.

Beside ``flow`` this is the only module that imports Prefect.
"""

import logging
import os
import threading
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

# Ahead of a fork: what both the run and its server need of Prefect, which serialises parameters so.
import fastapi.encoders  # noqa: F401
from fastapi import APIRouter
from prefect.context import refresh_global_settings_context
from prefect.main import flow as flow  # noqa: PLC0414 - imported for what it loads
from prefect.settings import PREFECT_API_DATABASE_CONNECTION_URL
from starlette.routing import Match
from starlette.types import Scope

from broadsheet.local_database import is_known_prefect, prepare_database, tell_spared
from broadsheet.startup import without_collection

# What Prefect sets for the temporary server that it starts itself; runs stay in its database.
_SETTINGS = {
    "PREFECT__SERVER_EPHEMERAL": "1",
    "PREFECT_SERVER_UI_ENABLED": "false",
    # What a server of one run has no use for: it has no deployments, and no blocks to show.
    # Without memory of it, or a later server of the user's would take the blocks for registered.
    "PREFECT_API_BLOCKS_REGISTER_ON_START": "false",
    "PREFECT_SERVER_MEMOIZE_BLOCK_AUTO_REGISTRATION": "false",
    # Checks of types at run time, compiled at import, in a library of Prefect's queue.
    "PY_KEY_VALUE_DISABLE_BEARTYPE": "true",
}
_FACTORY = "prefect.server.api.server:create_app"
# FastAPI makes all of a router's routes, for seconds in all, when a request passes it by on its way
# to the one that answers. So those that a run asks stand first, in a router of their own.
ASKED = frozenset({
    "/admin/version",
    "/admin/storage",
    "/csrf-token",
    "/flows/",
    "/flows/{id:uuid}",
    "/flow_runs/",
    "/flow_runs/{id:uuid}",
    "/flow_runs/{id:uuid}/set_state",
    "/events/in",
    "/artifacts/",
})  # fmt: skip


def serve(listening: int, watched: int) -> None:
    """Run Prefect's server on an open socket until a pipe ends.

    Args:
        listening: descriptor of the socket.
        watched: descriptor of a pipe's end; the run holds the other, and writes nothing.

    """
    os.environ.pop("PREFECT_API_URL", None)  # the run's, which is this server
    os.environ.update(_SETTINGS)
    is_known = is_known_prefect()
    if is_known:
        _prepare()
    refresh_global_settings_context()
    import uvicorn  # noqa: PLC0415 - the run, which imports this module, too, has no use for it

    with without_collection():
        if is_known:
            put_first_what_a_run_asks()
        config = uvicorn.Config(
            _FACTORY, factory=True, fd=listening, log_level="error", lifespan="on"
        )
        config.load()
    server = uvicorn.Server(config)

    def stop_with_the_run() -> None:
        os.read(watched, 1)
        say_no_more()
        server.should_exit = True

    threading.Thread(target=stop_with_the_run, daemon=True).start()
    server.run()


def say_no_more() -> None:
    """Log nothing from here on: what the end cuts short is called an error, and is made again.

    A service that is cancelled while it writes keeps what it held, and writes it before it ends.
    """
    logging.disable()


def _prepare() -> None:
    """Make the database where there is none, and have nothing started that finds no work in it."""
    database = own_database()
    if database is None:
        return
    prepare_database(database)
    for name, value in tell_spared(database).items():
        os.environ.setdefault(name, value)


def own_database() -> Path | None:
    """Return the file of Prefect's database, or None where it lies elsewhere."""
    from sqlalchemy.engine import make_url  # noqa: PLC0415 - as above

    url = make_url(PREFECT_API_DATABASE_CONNECTION_URL.value() or "")
    path = Path(url.database or "")
    is_file = url.drivername == "sqlite+aiosqlite" and path.is_absolute() and not url.query
    return path if is_file else None


def put_first_what_a_run_asks() -> None:
    """Put routes ahead of the routers of Prefect's API, all of which stay.

    What is asked at the same path by another method is found behind them, as ever.
    """
    from prefect.server.utilities.server import PrefectRouter  # noqa: PLC0415 - seconds, which the run need not spend

    postpone_routes(PrefectRouter)
    from prefect.server.api import server  # noqa: PLC0415 - as above

    routes = [route for router in server.API_ROUTERS for route in router.routes]
    first = PrefectRouter()
    first.routes = [route for route in routes if getattr(route, "path", None) in ASKED]
    server.API_ROUTERS = (first, *server.API_ROUTERS)  # type: ignore[assignment]  # one more


def postpone_routes(kind: type[APIRouter]) -> None:
    """Have routers of a kind make the routes that no run asks for when a request comes to them."""
    add, matches = kind.add_api_route, kind.matches
    waiting: dict[int, list[Callable[[], None]]] = defaultdict(list)  # by identity

    def add_or_wait(
        router: APIRouter,
        path: str,
        endpoint: Callable[..., Any],
        **settings: Any,  # noqa: ANN401 - as FastAPI's own
    ) -> None:
        if router.prefix + path in ASKED:
            add(router, path, endpoint, **settings)
        else:
            waiting[id(router)].append(partial(add, router, path, endpoint, **settings))

    def make_and_match(router: APIRouter, scope: Scope) -> tuple[Match, Scope]:
        for make in waiting.pop(id(router), ()):
            make()
        return matches(router, scope)

    kind.add_api_route = add_or_wait  # type: ignore[method-assign, assignment]  # passes all on
    kind.matches = make_and_match  # type: ignore[method-assign, assignment]  # the same
