"""What a run is doing, for those who look from outside: a small file in the work folder.

``OUTPUT/.work/NAME/status.json`` is written when a run begins, as its batches come in, and when it
ends. The file is a courtesy: no run ever reads it, and losing it loses nothing.
"""

import os
import socket
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from broadsheet.addresses import is_address, open_store
from broadsheet.pipeline.workspace import RESULT, Place, join, names_in, read_json, write_json

Json = dict[str, Any]

STATUS = "status.json"
AT_WORK = frozenset({"planning", "running", "releasing"})
"""States of a run that has not ended."""
_WRITE_EVERY_SECONDS = 2.0
_TOLD = ("status", "message", "version", "release", "report", "accounts", "reasons")


@dataclass(slots=True)
class Pace:
    """How fast batches come in, by their bytes, and how long the rest will take.

    Attributes:
        batches: how many there are.
        n_bytes: what all of them read.
        started: seconds on some clock when the first could begin.

    """

    batches: int
    n_bytes: int
    started: float
    done: int = 0
    done_bytes: int = 0
    records: int = 0

    def count(self, records: int, n_bytes: int) -> None:
        """Count one more finished batch."""
        self.done += 1
        self.done_bytes += n_bytes
        self.records += records

    def figures(self, now: float) -> Json:
        """Return what is done, the rate in records a second, and the seconds that are left."""
        seconds = max(now - self.started, 1e-3)
        left = (
            (self.n_bytes - self.done_bytes) * seconds / self.done_bytes if self.done_bytes else 0
        )
        return {
            "batches": self.batches,
            "done": self.done,
            "records": self.records,
            "records_per_second": round(self.records / seconds, 1),
            "seconds_left": round(left, 1),
        }


class StatusFile:
    """Keeps the status file of one run up to date; writes at most every two seconds."""

    def __init__(self, work: str = "") -> None:
        """Prepare the file of a run in its work folder, if it is known; nothing is written yet."""
        self._place = join(work, STATUS)
        self._started_at = _now()
        self._written = float("-inf")
        self._figures: Json = {}

    def planning(self, work: str) -> None:
        """Note that a run begins to look at its raw files, and where its work folder is."""
        self._place = join(work, STATUS)
        self._write("planning", None)

    def begun(self) -> None:
        """Note that a run is at work; no batch is done yet."""
        self._write("running", None)

    def show(self, figures: Json, now: float) -> None:
        """Note how far the batches are."""
        self._figures = figures
        if now - self._written >= _WRITE_EVERY_SECONDS:
            self._written = now
            self._write("running", None)

    def releasing(self, step: str) -> None:
        """Note that all batches are done, and which step of the release begins."""
        self._figures |= {"step": step}
        self._write("releasing", None)

    def ended(self, outcome: Json) -> None:
        """Note how the run ended."""
        told = {key: outcome.get(key) for key in _TOLD}
        self._write("ended", told)

    def _write(self, state: str, outcome: Json | None) -> None:
        value = {
            "state": state,
            "host": socket.gethostname(),
            "pid": os.getpid(),
            "started_at": self._started_at,
            "updated_at": _now(),
            **self._figures,
            "outcome": outcome,
        }
        write_json(self._place, value)


def read_status(output: Place) -> list[Json]:
    """Return the state of each dataset in a folder of releases, by name.

    Returns:
        For each its ``name``, the fields of its status file, and ``staged``, the number of finished
        batches in its work folder. ``state`` is ``died`` where a run of this machine is gone.

    Raises:
        OSError: the folder cannot be listed.

    """
    work = join(output, ".work")
    return [_look_at(name, join(work, name)) for name in names_in(work)]


def _look_at(name: str, work: str) -> Json:
    try:
        status = read_json(join(work, STATUS))
    except FileNotFoundError:
        status = {"state": "unknown", "outcome": None}
    is_here = status.get("host") == socket.gethostname()
    if status["state"] in AT_WORK and is_here and not _is_alive(status["pid"]):
        status["state"] = "died"
    return {"name": name, **status, "staged": _count_staged(join(work, "batches"))}


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # somebody else's, and there
        return True
    return True


def _count_staged(batches: str) -> int:
    if is_address(batches):
        store, folder = open_store(batches)
        store.invalidate_cache()
        return sum(path.endswith(f"/{RESULT}") for path in store.find(folder))
    return sum(1 for _ in Path(batches).glob(f"*/{RESULT}"))


def render_status(found: list[Json]) -> str:
    """Return the state of each dataset in words, a paragraph each."""
    return "\n".join(_render(status) for status in found)


def _render(status: Json) -> str:
    state = status["state"]
    lines = [f"{status['name']}: {_WORDS[state]}"]
    if state == "releasing" and "step" in status:
        lines.append(f"  {_STEPS[status['step']]}, since {status['updated_at']}")
    if "done" in status:
        rate, left = status["records_per_second"], status["seconds_left"]
        progress = f"  {status['done']} of {status['batches']} batches, {status['records']} records"
        if state == "running":
            progress += f", {rate} a second, {left:.0f} s left"
        lines.append(progress)
    lines.append(f"  {status['staged']} batches are staged")
    if "host" in status:
        lines.append(
            f"  process {status['pid']} on {status['host']}, since {status['started_at']}, "
            f"last heard of {status['updated_at']}"
        )
    if outcome := status["outcome"]:
        lines.append(f"  {outcome['message']}")
        lines += [f"  {key:8} {outcome[key]}" for key in ("release", "report") if outcome.get(key)]
    return "\n".join(lines)


_WORDS = {
    "planning": "raw files are being looked at",
    "running": "batches are being worked",
    "releasing": "the release is being made",
    "ended": "the last run has ended",
    "died": "the last run was cut short; run it again, and it goes on where it stopped",
    "unknown": "no run has left a word here",
}


_STEPS = {
    "duplicates": "duplicates are folded across batches",
    "tables": "tables are written",
    "checks": "the release is validated",
    "differences": "it is compared with the release before",
    "description": "manifest, card and report are written",
    "publication": "it is verified and made visible",
}


def _now() -> str:
    return datetime.now(tz=UTC).isoformat(timespec="seconds")
