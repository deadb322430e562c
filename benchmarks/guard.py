"""What it costs to read and refine in a guarded child process, and to lose a record there.

Usage: python benchmarks/guard.py [RECORDS]        (default: 2000)

Works one file of JSON lines twice: in this process, and as a run does, behind the guard. Stated are
CPU microseconds a record, the best of three rounds in turns. *Parent* is what the guard costs here:
the pipe, and reading what comes out of it. *Starting* is what the nursery takes to load everything,
once a worker; *a death* is the time on the clock between a call that reads address 0 and the answer
of the next child.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from reading import write_jsonl

from broadsheet import isolation, sources
from broadsheet.config import Config
from broadsheet.pipeline.guarded import limits_for, read_and_refine
from broadsheet.refinement import Task, warm_up, work

ROUNDS = 3
ABOUT = {"name": "guard", "pretty_name": "-", "description": "-", "license": "cc0-1.0"}
ANSWER = ("builtins:range", 1)  # work that gives one result
CONFIG = Config.model_validate({"dataset": ABOUT})


def in_this_process(root: str, batch: sources.Batch) -> int:
    """Return how many rows and rejections come out."""
    task = Task(root=root, spans=batch.spans, config=CONFIG, recurring={}, on_failure="raise")
    return sum(len(p.rows) + len(p.rejections) for p in work(task))


def behind_the_guard(root: str, batch: sources.Batch) -> int:
    """Return how many rows and rejections come out."""
    worked = read_and_refine(root, batch, CONFIG, "raise")
    return len(worked.rows) + len(worked.rejections)


def seconds(done: Callable[[], object], clock: Callable[[], float]) -> float:
    """Return what a piece of work takes by a clock."""
    before = clock()
    done()
    return clock() - before


def cpu_of(
    works: Callable[[str, sources.Batch], int], root: str, batches: tuple[sources.Batch, ...]
) -> float:
    """Return the CPU seconds of this process for all batches."""
    return seconds(lambda: [works(root, batch) for batch in batches], time.process_time)


def starting() -> float:
    """Return the seconds on the clock until the first child answers."""
    with isolation.Guard() as guard:
        return seconds(lambda: guard.call(*ANSWER), time.perf_counter)


def a_death(times: int = 20) -> float:
    """Return the least seconds on the clock from a call that kills to the next answer."""

    def die_and_answer(guard: isolation.Guard) -> None:
        guard.call("ctypes:string_at", 0)
        guard.call(*ANSWER)

    with isolation.Guard(limits_for(CONFIG.sources)) as guard:
        return min(seconds(lambda: die_and_answer(guard), time.perf_counter) for _ in range(times))


def main(count: int = 2_000) -> None:
    """Print the figures."""
    print(f"starting the nursery: {starting():.2f} s on the clock, once a worker")
    print(f"a death and a new child: {a_death() * 1e3:.1f} ms on the clock")
    warm_up()
    with tempfile.TemporaryDirectory() as root:
        write_jsonl(Path(root) / "a.jsonl", count, 3)
        batches = sources.plan_batches(sources.discover(root, CONFIG.sources).files, CONFIG.sources)
        here, parent = [], []
        for _ in range(ROUNDS):
            here.append(cpu_of(in_this_process, root, batches))
            parent.append(cpu_of(behind_the_guard, root, batches))
    work_us, parent_us = (min(found) / count * 1e6 for found in (here, parent))
    print(f"reading and refining in one process: {work_us:.0f} µs a record")
    print(f"the parent of the guard, besides: {parent_us:.0f} µs, {parent_us / work_us:.1%}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
