"""The command line: results on stdout, progress and logs on stderr.

Exit codes: 0 done, 2 usage or configuration, 3 validation stopped it, 4 publishing failed,
74 input or output failed. Every import that costs time stands inside its command, so that
``broadsheet --help`` is instant.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import click

from broadsheet import __version__
from broadsheet.cli_parts import FOLDER, as_json, output_option, place_option, reports_errors
from broadsheet.cli_releases import RELEASE_COMMANDS
from broadsheet.cli_validation import VALIDATION_COMMANDS
from broadsheet.engines import ENGINE_NAMES, Engine, EngineName
from broadsheet.errors import StorageError
from broadsheet.startup import without_collection

P = ParamSpec("P")
R = TypeVar("R")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "--version", message="%(version)s")
def main() -> None:
    """Turn a folder of raw, scraped news into a dataset that others can trust."""


@main.command()
@click.argument("folder", type=FOLDER)
@reports_errors
def init(*, folder: Path) -> None:
    """Make a new dataset project in FOLDER: settings, schemas, suites, a place for raw files."""
    from datetime import UTC, datetime

    from broadsheet.scaffold import write_project

    write_project(folder, datetime.now(tz=UTC).date())
    click.echo(f"Put raw files into {folder / 'seeds'}, describe them in {folder / 'dataset.toml'}")
    click.echo(f"and run `broadsheet build {folder}`.")


RUN_OPTIONS = (
    click.argument("folder", type=FOLDER),
    click.option(
        "--output",
        "-o",
        default="dist",
        show_default=True,
        help="Folder of releases: a path, or an address as s3://BUCKET/PATH.",
    ),
    click.option(
        "--engine",
        type=click.Choice(ENGINE_NAMES),
        default="threads",
        show_default=True,
        envvar="BROADSHEET_ENGINE",
        help="What works the batches: this machine, or a cluster.",
    ),
    click.option(
        "--workers",
        type=click.IntRange(1),
        envvar="BROADSHEET_WORKERS",
        help="How many at once; all cores by default.",
    ),
    click.option(
        "--address",
        envvar="BROADSHEET_ADDRESS",
        help="A running cluster, as tls://HOST:8786 (Dask) or ray://HOST:10001.",
    ),
    click.option(
        "--allow-insecure-cluster",
        is_flag=True,
        envvar="BROADSHEET_ALLOW_INSECURE_CLUSTER",
        help="Use a cluster that anybody who reaches it can run code on.",
    ),
    click.option(
        "--log",
        type=click.Choice(["auto", "json"]),
        default="auto",
        show_default=True,
        help="auto: bars on a terminal; json: each event as a line on stderr.",
    ),
    as_json,
)


def run_options(command: Callable[P, R]) -> Callable[P, R]:
    """Add the options of a run."""
    for option in RUN_OPTIONS:
        command = option(command)
    return command


@main.command()
@run_options
@click.option("--version", "version", help="A higher version than the computed one.")
@reports_errors
def build(
    *,
    folder: Path,
    output: str,
    version: str | None,
    json_: bool,
    log: str,
    **engine: Any,  # noqa: ANN401 - as click hands them over
) -> None:
    """Parse, normalise, validate and publish the corpus in FOLDER.

    FOLDER holds dataset.toml and the raw files. The release is OUTPUT/NAME/VERSION.
    """
    _log(log)
    _run(folder, output, _engine(**engine), version=version, publish=True, json_=json_)


@main.command()
@run_options
@reports_errors
def check(*, folder: Path, output: str, json_: bool, log: str, **engine: Any) -> None:  # noqa: ANN401 - as above
    """Do what `build` does, without publishing."""
    _log(log)
    _run(folder, output, _engine(**engine), version=None, publish=False, json_=json_)


def _log(log: str) -> None:
    from broadsheet.logs import log_as_json

    if log == "json":
        log_as_json()


def _engine(
    engine: EngineName, workers: int | None, address: str | None, *, allow_insecure_cluster: bool
) -> Engine:
    chosen = Engine(
        name=engine, workers=workers, address=address, allow_insecure=allow_insecure_cluster
    )
    chosen.require_sound()
    return chosen


def _run(
    folder: Path, output: str, engine: Engine, *, version: str | None, publish: bool, json_: bool
) -> None:
    # All this takes as long as the server needs to start, so it comes before the wait.
    with without_collection():
        from broadsheet.config import load_config
        from broadsheet.isolation import prepare
        from broadsheet.local_server import (
            await_local_server,
            require_reachable_api,
            start_local_server,
        )

        load_config(folder)  # the likeliest mistakes are said at once, before a server starts
        if engine.is_elsewhere():
            require_reachable_api()
        os.environ.setdefault("PREFECT_LOGGING_LEVEL", "CRITICAL")  # errors are shown once, by us
        if engine.name == "threads":  # the others work in processes of their own
            prepare()
        start_local_server()

        from broadsheet.pipeline import read_settings
        from broadsheet.validate import warm_up_beside

        read_settings(folder)

        from broadsheet.flow import run
    warm_up_beside()
    await_local_server()

    outcome = run(folder, output, engine=engine, version=version, publish=publish)
    if json_:
        click.echo(json.dumps(outcome, indent=2, ensure_ascii=False))
    else:
        click.echo(_summary(outcome))
    if outcome["status"] == "stopped":
        sys.exit(3)


def _summary(outcome: dict[str, Any]) -> str:
    balance = (
        "{raw} raw = {published} published + {duplicates} duplicates + {quarantined} set aside"
    )
    lines = [
        outcome["message"],
        f"  {balance.format(**outcome['accounts'])}",
    ]
    if outcome["reasons"]:
        reasons = ", ".join(f"{count} {reason}" for reason, count in outcome["reasons"].items())
        lines.append(f"  because  {reasons}")
    lines.append(f"  report   {outcome['report']}")
    if outcome["release"]:
        lines += [f"  release  {outcome['release']}", f"  load     {_loading(outcome['release'])}"]
    return "\n".join(lines)


def _loading(release: str) -> str:
    """Return the call that loads a release; a store is no repository, so its files are named."""
    from broadsheet.addresses import is_address

    if is_address(release):
        return (
            f'datasets.load_dataset("parquet", data_files="{release}/data/*.parquet", '
            'split="train")'
        )
    return f'datasets.load_dataset("{release}", split="train")'


@main.command()
@click.argument("article_id", metavar="ID")
@click.option("--release", type=FOLDER, help="Release to look in; all newest ones by default.")
@click.option("--raw", type=FOLDER, help="Folder of dataset.toml: weighs all witnesses again.")
@output_option
@as_json
@reports_errors
def explain(
    *, article_id: str, release: Path | None, raw: Path | None, output: Path, json_: bool
) -> None:
    """Say where each value of the article ID came from, with the raw excerpt."""
    from broadsheet.explain import explain_article, render_explanation

    explanation = explain_article(article_id, release=release, raw=raw, output=output)
    if json_:
        click.echo(json.dumps(explanation, indent=2, ensure_ascii=False, default=str))
    else:
        click.echo(render_explanation(explanation))


@main.command()
@place_option
@as_json
@reports_errors
def status(*, output: str, json_: bool) -> None:
    """Say what runs, what is staged, and how each dataset's last run ended."""
    from broadsheet.status import read_status, render_status

    found = read_status(output)
    if json_:
        click.echo(json.dumps(found, indent=2, ensure_ascii=False))
    else:
        click.echo(render_status(found) or f"{output} holds no work yet.")


@main.command()
@place_option
@click.option("--dry-run", is_flag=True, help="Say what would be removed, and remove nothing.")
@as_json
@reports_errors
def clean(*, output: str, dry_run: bool, json_: bool) -> None:
    """Remove staged work that the newest run of each dataset did not ask for."""
    from broadsheet.tidying import render_tidied, tidy_all

    found = tidy_all(output, removes=not dry_run)
    if json_:
        click.echo(json.dumps(found, indent=2))
    else:
        told = render_tidied(found, removes=not dry_run)
        click.echo(told or f"{output} holds no work yet.")


@main.command()
@click.argument("release", type=FOLDER)
@click.option(
    "--print-path", is_flag=True, help="Print where the report lies instead of opening it."
)
@reports_errors
def report(*, release: Path, print_path: bool) -> None:
    """Open the validation report of RELEASE in a browser."""
    path = (release / "validation" / "index.html").resolve()
    if not path.is_file():
        raise StorageError(f"{release} has no validation report; give a release folder.")
    if print_path or click.launch(path.as_uri()) != 0:
        click.echo(path)


for further_command in (*RELEASE_COMMANDS, *VALIDATION_COMMANDS):
    main.add_command(further_command)


if __name__ == "__main__":
    main()
