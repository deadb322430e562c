"""What all commands share: options, and errors as messages with exit codes."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import click

from broadsheet.errors import BroadsheetError, StorageError

P = ParamSpec("P")
R = TypeVar("R")

FOLDER = click.Path(path_type=Path)
as_json = click.option("--json", "json_", is_flag=True, help="Print the result as JSON.")
output_option = click.option(
    "--output",
    "-o",
    type=FOLDER,
    default=Path("dist"),
    show_default=True,
    help="Folder of releases.",
)
place_option = click.option(
    "--output", "-o", default="dist", show_default=True, help="Folder or address of releases."
)


class Failure(click.ClickException):
    """An error as the command line shows it: one message, and the error's exit code."""

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(message)
        self.exit_code = exit_code  # type: ignore[misc]  # click reads it off the instance, too

    def show(self, file: Any = None) -> None:  # noqa: ANN401 - click's own signature
        """Write the message to stderr."""
        click.echo(f"broadsheet: {self.format_message()}", err=True, file=file)


def reports_errors(command: Callable[P, R]) -> Callable[P, R]:
    """Turn broadsheet's errors, and those of the file system, into messages and exit codes."""

    @wraps(command)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except BroadsheetError as error:
            raise Failure(str(error), error.exit_code) from error
        except OSError as error:
            where = f"{error.filename}: " if error.filename else ""
            raise Failure(f"{where}{error.strerror or error}.", StorageError.exit_code) from error

    return wrapper
