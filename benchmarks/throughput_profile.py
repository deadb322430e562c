"""Where the time of a build goes, function by function, without Prefect; see throughput.py.

    python benchmarks/throughput_profile.py CORPUS OUTPUT

Times are seconds on the clock of this one process; CPU seconds are told of it alone, and of it and
the children that it guards records with. A step's time holds that of the steps below it.
"""

import functools
import os
import resource
import sys
import time
from collections import Counter
from pathlib import Path

from broadsheet import pipeline, publish, sources, validate

STEPS = (
    (pipeline.plan, "pipeline.plan"),
    (sources.discover, "  discover: list, digest, cut"),
    (pipeline.work_batch, "pipeline.work_batch"),
    (pipeline.guarded.read_and_refine, "  read, parse, normalise, sign (guarded)"),
    (pipeline.batch.stage, "  check and write"),
    (validate.check_rows, "    Great Expectations"),
    (pipeline.release, "pipeline.release"),
    (publish.require_sound, "  verify the release before"),
    (pipeline.folding.fold_all, "  deduplicate across batches"),
    (publish.write_tables, "  write tables"),
    (validate.check_release, "  Great Expectations"),
    (publish.report.aggregate, "  report's figures"),
    (publish.compare, "  compare with the release before"),
    (publish.describe, "  manifest, card, report"),
    (publish.commit, "  verify and commit"),
)
SPENT: Counter[str] = Counter()


def timed(function, name, clock):  # noqa: ANN001, ANN201 - any function
    """Return a function that adds up how long it takes."""

    @functools.wraps(function)
    def wrapper(*args, **kwargs):  # noqa: ANN002, ANN003, ANN202 - as the function's
        start = clock()
        try:
            return function(*args, **kwargs)
        finally:
            SPENT[name] += clock() - start

    return wrapper


def time_steps(clock) -> None:  # noqa: ANN001 - a function that gives seconds
    """Have every step add up how long it takes by a clock."""
    for function, name in STEPS:
        replacement = timed(function, name, clock)
        for module in [m for n, m in sys.modules.items() if n.startswith("broadsheet")]:
            for attribute, value in list(vars(module).items()):
                if value is function:
                    setattr(module, attribute, replacement)


def main() -> None:
    """Build once with every step timed."""
    validate.warm_up()
    time_steps(time.perf_counter)
    corpus, output = Path(sys.argv[1]), Path(sys.argv[2])
    start = time.perf_counter()
    planned = pipeline.plan(corpus, output)
    batches = [pipeline.work_batch(request) for request in planned["requests"]]
    outcome = pipeline.release(planned["run"], [planned["discovery"], *batches])
    total = time.perf_counter() - start
    print(f"{outcome['message']} {outcome['accounts']}; {len(batches)} batches; {total:.1f} s\n")
    print("| step | s | share |\n|---|---|---|")
    for _, name in STEPS:
        step = name.replace("  ", "&nbsp;&nbsp;")
        print(f"| {step} | {SPENT[name]:.1f} | {SPENT[name] / total:.1%} |")
    tell(resource.RUSAGE_SELF, "here (some 4 s of it imports)")


def tell(who: int, where: str) -> None:
    """Print the CPU seconds and the memory of this process, or of those that it has ended."""
    used = resource.getrusage(who)
    cpu = used.ru_utime + used.ru_stime
    print(f"{cpu:.1f} s of CPU, {used.ru_maxrss / 2**20:.2f} GiB at most, {where}", flush=True)


if __name__ == "__main__":
    if child := os.fork():  # what its guarded children took is known when it has ended
        os.waitpid(child, 0)
        tell(resource.RUSAGE_CHILDREN, "here and in guarded children together")
    else:
        main()
