"""Where the time of a build goes, function by function, without Prefect; see throughput.py.

    python benchmarks/throughput_profile.py CORPUS OUTPUT

Times are seconds on the clock of this one process, and CPU seconds of it and of the children that
it guards records with. A step's time holds that of the steps below it.
"""

import functools
import resource
import sys
import time
from collections import Counter
from pathlib import Path

from broadsheet import deduplicate, pipeline, publish, sources, validate

STEPS = (
    (pipeline.plan, "pipeline.plan"),
    (sources.discover, "  discover: list, digest, cut"),
    (pipeline.work_batch, "pipeline.work_batch"),
    (pipeline.guarded.read_and_refine, "  read, parse and normalise (guarded)"),
    (pipeline.batch.stage, "  check, sign and write"),
    (validate.check_rows, "    Great Expectations"),
    (deduplicate.signals_of, "    quality signals"),
    (deduplicate.keys_of, "    MinHash and keys"),
    (pipeline.release, "pipeline.release"),
    (pipeline.folding.fold_all, "  deduplicate across batches"),
    (publish.write_tables, "  write tables"),
    (validate.check_release, "  Great Expectations"),
    (publish.report.aggregate, "  report's figures"),
    (publish.compare, "  compare with the release before"),
    (publish.describe, "  manifest, card, report"),
    (publish.commit, "  verify and commit"),
)
SPENT: Counter[str] = Counter()


def timed(function, name):  # noqa: ANN001, ANN201 - any function
    """Return a function that adds up how long it takes."""

    @functools.wraps(function)
    def wrapper(*args, **kwargs):  # noqa: ANN002, ANN003, ANN202 - as the function's
        start = time.perf_counter()
        try:
            return function(*args, **kwargs)
        finally:
            SPENT[name] += time.perf_counter() - start

    return wrapper


def main() -> None:
    """Build once with every step timed."""
    validate.warm_up()
    for function, name in STEPS:
        replacement = timed(function, name)
        for module in [m for n, m in sys.modules.items() if n.startswith("broadsheet")]:
            for attribute, value in list(vars(module).items()):
                if value is function:
                    setattr(module, attribute, replacement)
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
    own, children = (
        resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    print(
        f"\nCPU: {own.ru_utime + own.ru_stime:.1f} s here (some 4 s of it imports), "
        f"{children.ru_utime + children.ru_stime:.1f} s in guarded children; "
        f"peak {own.ru_maxrss / 2**20:.2f} GiB here, "
        f"{children.ru_maxrss / 2**20:.2f} GiB in a child"
    )


if __name__ == "__main__":
    main()
