"""How far a run is, for those who watch: bars, and of a release its steps."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from broadsheet import pipeline
from broadsheet.logs import tell
from broadsheet.status import StatusFile


@contextmanager
def shown_bar(name: str, total: int) -> Iterator[Callable[[int, str], None]]:
    """Show a bar on stderr, where that is a terminal.

    Returns a function that is told how much is done, and a few words to show beside it.
    """
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[told]}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty()) as bars:
        bar = bars.add_task(name, total=total, told="")
        yield lambda done, told: bars.update(bar, completed=done, told=told)


@contextmanager
def release_steps(status: StatusFile) -> Iterator[Callable[[str], None]]:
    """Return a function that tells of each step when it begins."""
    tell("release.begun")
    with shown_bar("release", len(pipeline.STEPS)) as show:

        def begin(step: str) -> None:
            tell("release.step", step=step)
            status.releasing(step)
            show(pipeline.STEPS.index(step), step)

        yield begin
        show(len(pipeline.STEPS), "done")
