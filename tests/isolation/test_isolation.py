import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from broadsheet import isolation
from broadsheet.isolation import Died, Guard, Limits, borrowed
from broadsheet.reasons import Reason

WORK = "isolated_work:work"
TIGHT = Limits(cpu_seconds=0.5, wall_seconds=3, memory_bytes=2**26)

MODULE = """
import ctypes, os, signal, time
from broadsheet.isolation import progress, say

def work(values):
    for value in values:
        say(value)
        yield one(value)

def one(value):
    if value == "crash":
        ctypes.string_at(0)
    elif value == "abort":
        os.abort()
    elif value == "exit":
        os._exit(3)
    elif value == "spin":
        while True:
            pass
    elif value == "sleep":
        time.sleep(60)
    elif value == "deaf":
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
        while True:
            pass
    elif value == "memory":
        return len(bytearray(2**40))
    elif value == "creep":
        kept = []
        while True:
            kept.append(bytearray(2**20))
    elif value == "raise":
        raise KeyError("gone")
    elif value == "disk":
        raise PermissionError(13, "no entry")
    elif value == "slow":
        for _ in range(4):
            until = time.process_time() + 0.3
            while time.process_time() < until:
                pass
            progress()
    elif value == "print":
        print("hello " * 1000, flush=True)
        os.write(1, b"raw")
    return value
"""


@pytest.fixture(autouse=True)
def work_module(tmp_path, monkeypatch):
    """Put the module of the function where the child finds it."""
    (tmp_path / "isolated_work.py").write_text(MODULE)
    monkeypatch.syspath_prepend(str(tmp_path))


@pytest.fixture
def guard():
    """Return a guard with tight limits."""
    with Guard(TIGHT) as guard:
        yield guard


def test_results_come_in_order(guard):
    values = [f"v{n}" for n in range(500)]

    assert list(guard.run(WORK, values)) == values
    assert guard.restarts == 0


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ("crash", Reason.RECORD_CRASHED),
        ("abort", Reason.RECORD_CRASHED),
        ("exit", Reason.RECORD_CRASHED),
        ("spin", Reason.RESOURCE_TIMEOUT),
        ("deaf", Reason.RESOURCE_TIMEOUT),
        ("sleep", Reason.RESOURCE_TIMEOUT),
        ("memory", Reason.RESOURCE_MEMORY),
        ("creep", Reason.RESOURCE_MEMORY),
        ("raise", Reason.RECORD_FAULT),
    ],
)
def test_what_came_before_a_death_stands_and_the_next_call_works(guard, bad, reason):
    results = guard.run(WORK, ["a", "b", bad, "c"])

    assert [next(results), next(results)] == ["a", "b"]
    with pytest.raises(Died) as died:
        next(results)
    assert died.value.lost.reason == reason
    assert died.value.said == bad
    assert list(guard.run(WORK, ["f"])) == ["f"]


def test_a_failed_disk_is_no_fault_of_the_input(guard):
    with pytest.raises(OSError, match="no entry"):
        list(guard.run(WORK, ["disk"]))

    assert list(guard.run(WORK, ["a"])) == ["a"]


def test_what_gets_on_may_take_long(guard):
    assert list(guard.run(WORK, ["slow"])) == ["slow"]


def test_what_the_work_prints_is_no_answer(guard):
    assert list(guard.run(WORK, ["print", "a"])) == ["print", "a"]


def test_a_large_record_fits(guard):
    assert guard.call(WORK, ["x" * 2**24]) == "x" * 2**24


def test_a_call_that_is_left_early_disturbs_no_other(guard):
    assert next(guard.run(WORK, ["a", "b"])) == "a"

    assert list(guard.run(WORK, ["c"])) == ["c"]


def test_nothing_in_nothing_out(guard):
    assert list(guard.run(WORK, [])) == []


def test_a_function_that_is_not_there_is_a_fault(guard):
    assert guard.call("isolated_work:missing", ["a"]).reason == Reason.RECORD_FAULT


def test_a_guard_is_lent_again_where_nothing_around_it_changed(monkeypatch):
    with borrowed(TIGHT) as first:
        list(first.run(WORK, ["a"]))
    with borrowed(TIGHT) as second:
        assert list(second.run(WORK, ["a"])) == ["a"]
    monkeypatch.setenv("HOLLIN", "1")
    with borrowed(TIGHT) as third:
        assert list(third.run(WORK, ["a"])) == ["a"]

    assert first is second
    assert third is not second


def test_a_nursery_that_somebody_ended_is_replaced(guard):
    assert list(guard.run(WORK, ["a"])) == ["a"]
    guard.close()
    isolation._Kept.nursery._process.kill()  # noqa: SLF001 - as the system might

    assert list(guard.run(WORK, ["b"])) == ["b"]


def test_what_a_child_took_is_known_when_its_nursery_has_ended(guard):
    assert list(guard.run(WORK, ["slow"])) == ["slow"]  # more than a second
    process = isolation._Kept.nursery._process  # noqa: SLF001 - whose own time is left out
    stat = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    its_own = (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")
    before = resource.getrusage(resource.RUSAGE_CHILDREN)

    isolation._end_nursery()  # noqa: SLF001 - as at the end of the run

    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    took = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    assert took > its_own + 1


def test_the_child_ends_with_its_parent(tmp_path):
    script = (
        "import os, signal, sys\n"
        f"sys.path.insert(0, {str(tmp_path)!r})\n"
        "from broadsheet.isolation import Guard\n"
        "guard = Guard()\n"
        f"list(guard.run({WORK!r}, ['a']))\n"
        "print(guard._child, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    parent = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)
    child = int(parent.stdout)

    assert parent.returncode == -signal.SIGKILL
    assert is_gone(child)


def is_gone(process: int, attempts: int = 100) -> bool:
    """Tell whether a process ends soon; a zombie that nobody waits for has ended."""
    for _ in range(attempts):
        try:
            os.kill(process, 0)
            if ") Z" in Path(f"/proc/{process}/stat").read_text():
                return True
        except (ProcessLookupError, FileNotFoundError):
            return True
        time.sleep(0.05)
    return False
