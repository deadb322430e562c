import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from broadsheet import isolation
from broadsheet.isolation import Guard, Limits, Lost, end_kept
from broadsheet.reasons import Reason

WORK = "isolated_work:work"
TIGHT = Limits(cpu_seconds=0.5, wall_seconds=1.5, memory_bytes=2**28)

MODULE = """
import ctypes, os, signal, time

def work(setup, values):
    return [one(setup, value) for value in values]

def pid(setup, values):
    return [os.getpid() for value in values]

def one(setup, value):
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
    elif value == "print":
        print("hello " * 1000, flush=True)
        os.write(1, b"raw")
    return (setup, value)
"""


@pytest.fixture(autouse=True)
def work_module(tmp_path, monkeypatch):
    """Put the module of the function where the child finds it."""
    (tmp_path / "isolated_work.py").write_text(MODULE)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))


@pytest.fixture
def guard():
    """Return a guard with tight limits."""
    with Guard(WORK, "s", TIGHT) as guard:
        yield guard


def test_results_come_in_order(guard):
    values = [f"v{n}" for n in range(500)]

    assert guard.map(values) == [("s", value) for value in values]
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
def test_a_bad_record_is_lost_alone(guard, bad, reason):
    before, after = [f"a{n}" for n in range(10)], [f"b{n}" for n in range(10)]

    results = guard.map([*before, bad, *after])

    assert [r for r in results if not isinstance(r, Lost)] == [("s", v) for v in (*before, *after)]
    assert isinstance(results[10], Lost)
    assert results[10].reason == reason


def test_several_bad_records_in_one_portion(guard):
    values = ["a", "crash", "b", "raise", "exit", "c"]

    results = guard.map(values)

    assert [isinstance(r, Lost) for r in results] == [False, True, False, True, True, False]


def test_what_the_work_prints_is_no_answer(guard):
    assert guard.map(["print", "a"]) == [("s", "print"), ("s", "a")]


def test_a_large_record_fits(guard):
    assert guard.map(["x" * 2**24]) == [("s", "x" * 2**24)]


def test_nothing_in_nothing_out(guard):
    assert guard.map([]) == []


def test_a_function_that_is_not_there_is_a_fault_of_the_program():
    with (
        Guard("isolated_work:missing", None) as guard,
        pytest.raises(RuntimeError, match="missing"),
    ):
        guard.map(["a"])


def test_the_child_ends_with_its_parent():
    script = (
        "import os, signal\n"
        "from broadsheet.isolation import Guard\n"
        f"guard = Guard({WORK!r}, 's')\n"
        "guard.map(['a'])\n"
        "print(guard._child.pid, flush=True)\n"
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


def test_a_kept_child_serves_the_next_guard_of_its_work_alone():
    def child(setup):
        with Guard[str, object]("isolated_work:pid", setup, is_kept=True) as guard:
            return guard.map(["any"])[0]

    try:
        first, second = child("one"), child("one")
        other = child("two")
        assert first == second != other
        with pytest.raises(ProcessLookupError):  # it was of other work, and is ended
            os.kill(first, 0)
    finally:
        end_kept()
    with pytest.raises(ProcessLookupError):
        os.kill(other, 0)


def test_a_record_is_not_lost_to_a_kept_child_that_died_before_it():
    try:
        with Guard[str, object]("isolated_work:pid", "s", TIGHT, is_kept=True) as guard:
            [pid] = guard.map(["one"])
        os.kill(pid, signal.SIGKILL)
        with Guard[str, object]("isolated_work:pid", "s", TIGHT, is_kept=True) as guard:
            assert isinstance(guard.map(["two"])[0], int)
    finally:
        end_kept()


def test_a_kept_child_loses_the_record_that_crashes_it():
    try:
        for value in ("fine", "crash"):
            with Guard[str, object](WORK, "s", TIGHT, is_kept=True) as guard:
                [result] = guard.map([value])
    finally:
        end_kept()

    assert result.reason is Reason.RECORD_CRASHED


def test_a_kept_child_is_renewed_after_so_many_values(monkeypatch):
    monkeypatch.setattr(isolation, "_MOST_VALUES", 2)
    try:
        with Guard[str, object]("isolated_work:pid", "s", is_kept=True) as guard:
            [pid, _] = guard.map(["one", "two"])
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
    finally:
        end_kept()
