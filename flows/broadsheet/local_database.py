"""Prefect's database as it is after all its migrations, for the first run of a Prefect home.

Prefect makes its SQLite database by some hundred migrations, one after the other: 6 s of CPU, more
than all the rest of a small run. What they come to is ``prefect_database.sql``, for one version of
Prefect; with any other, Prefect migrates by itself. A test compares the two.

    python -m broadsheet.local_database      writes prefect_database.sql anew

This module imports no part of Prefect.
"""

import os
import re
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from importlib.metadata import version
from pathlib import Path

STATEMENTS = Path(__file__).with_name("prefect_database.sql")

_REVISION = re.compile(r"INSERT INTO \"alembic_version\" VALUES\('(\w+)'\)")
# Settings that spare the server work, each with the question that must have no answer for that.
_SPARED = {
    "PREFECT_SERVER_DATABASE_MIGRATE_ON_START": (
        "false",
        "select 1 where :revision not in (select version_num from alembic_version)",
    ),
    "PREFECT_SERVER_SERVICES_TRIGGERS_ENABLED": ("false", "select 1 from automation"),
    # Its names of what to remove; none of them. No retention is shorter than a day.
    "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": (
        ",",
        "select 1 from events where occurred < datetime('now', '-1 day') limit 1",
    ),
}


def is_known_prefect() -> bool:
    """Tell whether this is the version of Prefect whose database is shipped."""
    with STATEMENTS.open(encoding="utf-8") as statements:
        return statements.readline() == _header()


def prepare_database(target: Path) -> bool:
    """Make the SQLite database of a known Prefect where it has none; tell whether it was made."""
    if target.exists():
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".database-", dir=target.parent) as folder:
        fresh = Path(folder) / target.name
        with closing(sqlite3.connect(fresh)) as connection:
            connection.executescript(STATEMENTS.read_text(encoding="utf-8"))
        try:
            target.hardlink_to(fresh)
        except OSError:  # another run was quicker, or the file system has no links: Prefect's turn
            return False
    return True


def tell_spared(database: Path) -> dict[str, str]:
    """Return settings of a known Prefect that spare what its database gives no work for.

    Migrations where there is none to be made, triggers where no automation has one, and the removal
    of old events where none is a day old.
    """
    revision = _REVISION.search(STATEMENTS.read_text(encoding="utf-8"))
    asked = {"revision": revision and revision[1]}
    spared = {}
    try:
        with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as connection:
            for name, (value, question) in _SPARED.items():
                if connection.execute(question, asked).fetchone() is None:
                    spared[name] = value
    except sqlite3.Error:  # none yet, or another's: Prefect does all by itself
        return {}
    return spared


def _header() -> str:
    return (
        f"-- The database of Prefect {version('prefect')} (Apache-2.0), made by its migrations.\n"
    )


def render_statements() -> str:
    """Return the statements that make the database, from Prefect's own migrations."""
    upgrade = [sys.executable, "-m", "prefect", "server", "database", "upgrade", "--yes"]
    with tempfile.TemporaryDirectory() as home:
        kept = {n: v for n, v in os.environ.items() if "DATABASE" not in n}
        kept |= {"PREFECT_HOME": home}
        subprocess.run(upgrade, check=True, capture_output=True, env=kept)  # noqa: S603 - Prefect's own program
        with closing(sqlite3.connect(Path(home) / "prefect.db")) as connection:
            return _header() + "\n".join(connection.iterdump()) + "\n"


if __name__ == "__main__":
    STATEMENTS.write_text(render_statements(), encoding="utf-8")
