"""The story of a run: plan, work every batch, release. The only module that imports Prefect.

The work itself is in :mod:`broadsheet.pipeline`, as plain functions. Tasks hand one another paths,
digests and counts, never article data; results are JSON, never pickle.
"""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, cast

# Prefect reads these when it is imported; what the user has set stands. A slow machine needs more
# than 20 s to start the server; without a network its telemetry logs an error at every run.
os.environ.setdefault("PREFECT_SERVER_ALLOW_EPHEMERAL_MODE", "true")
os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
os.environ.setdefault("PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS", "300")

from prefect import flow, task
from prefect.artifacts import create_link_artifact, create_markdown_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.futures import PrefectFuture, as_completed
from prefect.runtime import task_run
from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings
from prefect.states import Failed
from prefect.task_runners import ProcessPoolTaskRunner, TaskRunner, ThreadPoolTaskRunner
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from broadsheet import errors, pipeline

Json = dict[str, Any]
Engine = Literal["threads", "processes"]


def is_io_fault(_task: object, _run: object, state: State[Any]) -> bool:
    """Tell whether another try may help: only where reading or writing failed."""
    return isinstance(state.result(raise_on_failure=False), OSError)


RETRIES: Json = {"retries": 2, "retry_delay_seconds": [1, 5], "retry_condition_fn": is_io_fault}


@task(name="plan", cache_policy=NO_CACHE, **RETRIES)
def plan(folder: str, output: str) -> Json:
    """Discover the raw files and divide them into batches."""
    return pipeline.plan(Path(folder), Path(output))


@task(name="batch", cache_policy=NO_CACHE, **RETRIES)
def work_batch(request: str) -> Json:
    """Read, parse, normalise, check and stage one batch."""
    is_last_try = (task_run.run_count or 1) > RETRIES["retries"]
    return pipeline.work_batch(Path(request), is_last_try=is_last_try)


@task(name="release", cache_policy=NO_CACHE)
def release(run: str, batches: Sequence[Json], version: str | None, *, publish: bool) -> Json:
    """Deduplicate across batches, validate the whole and publish it."""
    return pipeline.release(Path(run), batches, version=version, publishes=publish)


@flow(name="broadsheet", result_serializer="json", persist_result=False)
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
        planned = plan(folder, output)
        futures = [work_batch.submit(request) for request in planned["requests"]]
        batches = [planned["discovery"], *collect(futures)]
        outcome: Json = release(planned["run"], batches, version, publish=publish)
    except errors.BroadsheetError as error:
        return Failed(name=type(error).__name__, message=str(error))
    show_in_prefect(outcome)
    if outcome["status"] == "stopped":
        return Failed(name="Stopped", message=outcome["message"], data=outcome)
    return outcome


def collect(futures: list[PrefectFuture[Json]]) -> list[Json]:
    """Await all batches, with progress on stderr; their order is that of the plan."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[records]} records"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty()) as bars:
        bar = bars.add_task("batches", total=len(futures), records=0)
        records = 0
        for future in as_completed(futures):
            records += future.result()["accounts"]["raw"]
            bars.update(bar, advance=1, records=records)
    return [future.result() for future in futures]


def show_in_prefect(outcome: Json) -> None:
    """Leave the summary and the link to the report where Prefect's UI shows them."""
    key = f"broadsheet-{outcome['name']}".replace("_", "-").replace(".", "-")
    create_markdown_artifact(outcome["summary"], key=key, description=outcome["message"])
    report = Path(outcome["report"]).resolve().as_uri()
    create_link_artifact(report, link_text="Validation report", key=f"{key}-report")


def run(
    folder: Path,
    output: Path,
    *,
    engine: Engine = "threads",
    workers: int | None = None,
    version: str | None = None,
    publish: bool = True,
) -> Json:
    """Run the flow in this process and return its outcome.

    Raises:
        BroadsheetError: whatever stopped the run, but for a failed validation, which is an outcome.

    """
    count = workers or os.cpu_count()
    runner: TaskRunner[Any] = (
        ProcessPoolTaskRunner(max_workers=count)
        if engine == "processes"
        else ThreadPoolTaskRunner(max_workers=count)
    )
    # A heartbeat tells a server that a flow is alive; here its thread only costs a second.
    with temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}):
        state = build.with_options(task_runner=runner)(
            str(folder), str(output), version, publish=publish, return_state=True
        )
    if state.is_failed() and (kind := getattr(errors, state.name or "", None)):
        raise kind(state.message)
    if state.is_failed() and state.name != "Stopped":
        state.result()  # raises the fault with its own traceback
    return cast("Json", state.result(raise_on_failure=False))
