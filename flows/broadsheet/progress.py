"""How far the making of a release is, for those who watch: a bar, an event and the status file."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from broadsheet import pipeline
from broadsheet.logs import tell
from broadsheet.status import StatusFile


@contextmanager
def release_steps(status: StatusFile) -> Iterator[Callable[[str], None]]:
    """Return a function that tells of each step when it begins; the bar is on stderr."""
    columns = (
        TextColumn("release"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.description}"),
        TimeElapsedColumn(),
    )
    tell("release.begun")
    with Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty()) as bars:
        bar = bars.add_task("", total=len(pipeline.STEPS))

        def begin(step: str) -> None:
            tell("release.step", step=step)
            status.releasing(step)
            bars.update(bar, completed=pipeline.STEPS.index(step), description=step)

        yield begin
        bars.update(bar, completed=len(pipeline.STEPS), description="done")
