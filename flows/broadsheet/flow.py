"""The story of a run: plan, work every batch, release. Only its server imports Prefect, too.

The work itself is in :mod:`broadsheet.pipeline`, as plain functions. Tasks hand one another paths,
digests and counts, never article data; results are JSON, never pickle.
"""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from broadsheet.local_server import set_defaults

set_defaults()  # Prefect reads them when it is imported

from prefect import flow, task
from prefect.artifacts import (
    create_link_artifact,
    create_markdown_artifact,
    create_table_artifact,
)
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.events import emit_event
from prefect.futures import PrefectFuture, as_completed
from prefect.runtime import task_run
from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings
from prefect.states import Failed
from prefect.task_runners import ProcessPoolTaskRunner, TaskRunner, ThreadPoolTaskRunner

from broadsheet import errors, pipeline
from broadsheet.addresses import is_address
from broadsheet.engines import THREADS, Engine, require_closed_dask
from broadsheet.logs import tell
from broadsheet.progress import release_steps, shown_bar
from broadsheet.status import Pace, StatusFile

Json = dict[str, Any]


def is_io_fault(_task: object, _run: object, state: State[Any]) -> bool:
    """Tell whether another try may help: only where reading or writing failed."""
    return isinstance(state.result(raise_on_failure=False), OSError)


PUBLISHED = "broadsheet.release.published"
"""The event that Prefect's automations can wait for; its resource is broadsheet.dataset.NAME."""
CONNECT_SECONDS = 30
RETRIES: Json = {"retries": 2, "retry_delay_seconds": [1, 5], "retry_condition_fn": is_io_fault}


def task_runner(engine: Engine) -> TaskRunner[Any]:
    """Return Prefect's own task runner for an engine.

    Raises:
        ConfigError: the engine's library is not installed, or its cluster is open to others.

    """
    engine.require_sound()
    match engine.name:
        case "processes":
            return ProcessPoolTaskRunner(max_workers=engine.n_workers)
        case "dask":
            with optional_library("dask"):
                from prefect_dask.task_runners import DaskTaskRunner  # noqa: PLC0415 - only here
            return dask_runner(DaskTaskRunner, engine)
        case "ray":
            os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
            with optional_library("ray"):
                from prefect_ray.task_runners import RayTaskRunner  # noqa: PLC0415 - only here
            return ray_runner(RayTaskRunner, engine)
        case _:
            return ThreadPoolTaskRunner(max_workers=engine.n_workers)


@contextmanager
def optional_library(extra: str) -> Iterator[None]:
    """Say how to install what an engine needs, where it is missing."""
    try:
        yield
    except ImportError as error:
        message = f"--engine {extra} needs more libraries: pip install 'broadsheet[{extra}]'."
        raise errors.ConfigError(message) from error


def dask_runner(runner: Callable[..., TaskRunner[Any]], engine: Engine) -> TaskRunner[Any]:
    """Return the runner for a Dask cluster: a running one, or one of this machine alone.

    TLS is set up where Dask's own configuration says so.
    """
    if engine.address is None:
        here = {"n_workers": engine.n_workers, "threads_per_worker": 1, "dashboard_address": None}
        return runner(cluster_kwargs=here)
    return runner(address=engine.address)


def require_closed_cluster(engine: Engine) -> None:
    """Ask a Dask scheduler under which address it listens, and refuse it if that is open.

    One that answers on the loopback address may still listen on all others.

    Raises:
        ConfigError: it does not answer, or is open to others.

    """
    if engine.name != "dask" or engine.address is None:
        return
    from distributed import Client  # noqa: PLC0415 - only where it is used

    try:
        with Client(  # type: ignore[no-untyped-call]  # distributed has types for a part of itself
            engine.address, timeout=CONNECT_SECONDS, set_as_default=False
        ) as client:
            known_as = client.scheduler_info(n_workers=0)["address"]
    except (OSError, ValueError) as error:
        message = f"The Dask cluster at {engine.address} does not answer: {error}."
        raise errors.ConfigError(message) from error
    if not engine.allow_insecure:
        require_closed_dask(known_as)


def ray_runner(runner: Callable[..., TaskRunner[Any]], engine: Engine) -> TaskRunner[Any]:
    """Return the runner for a Ray cluster: a running one, or one of this machine alone."""
    quiet: Json = {"log_to_driver": False, "logging_level": "ERROR"}
    if engine.address is None:
        quiet |= {"num_cpus": engine.n_workers, "include_dashboard": False}
    return runner(address=engine.address, init_kwargs=quiet)


@task(name="plan", cache_policy=NO_CACHE, **RETRIES)
def plan(folder: str, output: str, *, on_work: Callable[[str], None]) -> Json:
    """Discover the raw files and divide them into batches."""
    return pipeline.plan(Path(folder), output, on_work=on_work)


@task(name="batch", cache_policy=NO_CACHE, **RETRIES)
def work_batch(request: str) -> Json:
    """Read, parse, normalise, check and stage one batch."""
    is_last_try = (task_run.run_count or 1) > RETRIES["retries"]
    return pipeline.work_batch(request, is_last_try=is_last_try)


@task(name="lines", cache_policy=NO_CACHE, **RETRIES)
def note_lines(request: str) -> Json:
    """Note the lines of one batch's pages."""
    return pipeline.note_lines(request)


@task(name="census", cache_policy=NO_CACHE, **RETRIES)
def tell_recurring(noted: Sequence[Json]) -> list[str]:
    """Count the lines of all batches, and tell each which of its lines recur."""
    return pipeline.tell_recurring(noted)


@task(name="release", cache_policy=NO_CACHE)
def release(
    run: str,
    batches: Sequence[Json],
    version: str | None,
    *,
    publish: bool,
    on_step: Callable[[str], None],
) -> Json:
    """Deduplicate across batches, validate the whole and publish it."""
    return pipeline.release(run, batches, version=version, publishes=publish, on_step=on_step)


@flow(
    name="broadsheet",
    task_runner=task_runner(Engine.from_environment()),
    result_serializer="json",
    persist_result=False,
)
def build(
    folder: str, output: str = "dist", version: str | None = None, *, publish: bool = True
) -> Json | State[Json]:
    """Turn a folder of raw, scraped news into a release.

    Args:
        folder: Folder that holds dataset.toml.
        output: Folder of releases; the release is written to OUTPUT/NAME/VERSION.
        version: A higher version than the one computed from the difference to the last release.
        publish: Whether to publish; otherwise the run ends with the validation report.
    """
    try:
        status = StatusFile()
        planned = plan(folder, output, on_work=status.planning)
        status.begun()
        tell("run.planned", batches=len(planned["sizes"]), bytes=sum(planned["sizes"]))
        futures = [work_batch.submit(request) for request in requests_of(planned)]
        batches = [planned["discovery"], *collect(futures, planned["sizes"], status)]
        with release_steps(status) as on_step:
            outcome: Json = release(
                planned["run"], batches, version, publish=publish, on_step=on_step
            )
    except errors.BroadsheetError as error:
        tell("run.failed", error=type(error).__name__, message=str(error))
        return Failed(name=type(error).__name__, message=str(error))
    status.ended(outcome)
    tell("run.ended", **{k: outcome[k] for k in ("status", "message", "version", "accounts")})
    show_in_prefect(outcome)
    if outcome["status"] == "stopped":
        return Failed(name="Stopped", message=outcome["message"], data=outcome)
    return outcome


def requests_of(planned: Json) -> list[str]:
    """Return the requests of all batches, with the lines that recur where these are to go."""
    requests: list[str] = planned["requests"]
    if not planned["learns_lines"]:
        return requests
    noted = [note_lines.submit(request) for request in requests]
    return tell_recurring([future.result() for future in noted])


def collect(
    futures: list[PrefectFuture[Json]], sizes: Sequence[int], status: StatusFile
) -> list[Json]:
    """Await all batches, with progress on stderr; their order is that of the plan."""
    size_of = dict(zip(futures, sizes, strict=True))
    pace = Pace(len(futures), sum(sizes), time.monotonic())
    with shown_bar("batches", len(futures)) as show:
        for future in as_completed(futures):
            pace.count(future.result()["accounts"]["raw"], size_of[future])
            now = time.monotonic()
            figures = pace.figures(now)
            status.show(figures, now)
            tell("batch.done", **figures)
            told = "{records} records, {records_per_second}/s, {seconds_left:.0f} s left"
            show(pace.done, told.format(**figures))
    return [future.result() for future in futures]


def show_in_prefect(outcome: Json) -> None:
    """Leave summary, account and report where Prefect's UI shows them; announce a new release."""
    key = f"broadsheet-{outcome['name']}".replace("_", "-").replace(".", "-")
    create_markdown_artifact(outcome["summary"], key=key, description=outcome["message"])
    reasons = [{"reason": r, "records": n} for r, n in outcome["reasons"].items()]
    account = [{"account": name, "records": n} for name, n in outcome["accounts"].items()]
    create_table_artifact(account, key=f"{key}-account", description="What became of each record")
    create_table_artifact(reasons, key=f"{key}-set-aside", description="Why records were set aside")
    where = outcome["report"]
    report = where if is_address(where) else Path(where).resolve().as_uri()
    create_link_artifact(report, link_text="Validation report", key=f"{key}-report")
    if outcome["status"] == "published":
        emit_event(
            PUBLISHED,
            resource={
                "prefect.resource.id": f"broadsheet.dataset.{outcome['name']}",
                "prefect.resource.name": outcome["name"],
            },
            payload={k: outcome[k] for k in ("version", "release", "report", "accounts")},
        )


def run(
    folder: Path,
    output: Path | str,
    *,
    engine: Engine = THREADS,
    version: str | None = None,
    publish: bool = True,
) -> Json:
    """Run the flow in this process and return its outcome.

    Raises:
        BroadsheetError: whatever stopped the run, but for a failed validation, which is an outcome.

    """
    require_closed_cluster(engine)
    # A heartbeat tells a server that a flow is alive; here its thread only costs a second.
    with temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}):
        state = build.with_options(task_runner=task_runner(engine))(
            str(folder), str(output), version, publish=publish, return_state=True
        )
    if state.is_failed() and (kind := getattr(errors, state.name or "", None)):
        raise kind(state.message)
    if state.is_failed() and state.name != "Stopped":
        state.result()  # raises the fault with its own traceback
    return cast("Json", state.result(raise_on_failure=False))
