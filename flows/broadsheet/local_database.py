"""Prefect's database as it is after all its migrations, for the first run of a Prefect home.

Prefect makes its SQLite database by some hundred migrations, one after the other: 6 s of CPU, more
than all the rest of a small run. What they come to is ``prefect_database.sql``, for one version of
Prefect; with any other, Prefect migrates by itself. A test compares the two.

    python -m broadsheet.local_database      writes prefect_database.sql anew

This module imports no part of Prefect, as ``local_server`` does not.
"""

import os
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from importlib.metadata import version
from pathlib import Path

STATEMENTS = Path(__file__).with_name("prefect_database.sql")
_ELSEWHERE = "DATABASE"  # a setting with this in its name may lead to another database


def prepare_database() -> bool:
    """Make the database of a Prefect home that has none; tell whether it was made here."""
    home = Path(os.environ.get("PREFECT_HOME", "~/.prefect")).expanduser()
    target = home / "prefect.db"
    if target.exists() or any(_is_elsewhere(name) for name in os.environ):
        return False
    statements = STATEMENTS.read_text(encoding="utf-8")
    if not statements.startswith(_header()):
        return False
    home.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".database-", dir=home) as folder:
        fresh = Path(folder) / target.name
        with closing(sqlite3.connect(fresh)) as connection:
            connection.executescript(statements)
        try:
            target.hardlink_to(fresh)
        except OSError:  # another run was quicker, or the file system has no links: Prefect's turn
            return False
    return True


def _is_elsewhere(name: str) -> bool:
    return name.startswith("PREFECT_") and _ELSEWHERE in name


def _header() -> str:
    return (
        f"-- The database of Prefect {version('prefect')} (Apache-2.0), made by its migrations.\n"
    )


def render_statements() -> str:
    """Return the statements that make the database, from Prefect's own migrations."""
    upgrade = [sys.executable, "-m", "prefect", "server", "database", "upgrade", "--yes"]
    with tempfile.TemporaryDirectory() as home:
        kept = {name: value for name, value in os.environ.items() if not _is_elsewhere(name)}
        kept |= {"PREFECT_HOME": home}
        subprocess.run(upgrade, check=True, capture_output=True, env=kept)  # noqa: S603 - Prefect's own program
        with closing(sqlite3.connect(Path(home) / "prefect.db")) as connection:
            return _header() + "\n".join(connection.iterdump()) + "\n"


if __name__ == "__main__":
    STATEMENTS.write_text(render_statements(), encoding="utf-8")
