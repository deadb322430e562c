"""Where the seconds of a first run go: the example, with a fresh Prefect home and with a warm one.

    python benchmarks/first_run.py [CORPUS] [--repeat 3]

Prints the time on the clock and the CPU seconds of each process of a run: the run itself, Prefect's
server, and the process that hostile input is kept in, with its children. The floor is what Python
takes to import the libraries alone, one after the other. Reads ``/proc``: Linux only.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
PARTS = (("broadsheet.local_server", "Prefect's server"), ("isolation", "guard and children"))
LIBRARIES = {
    "Prefect": "import prefect",
    "Prefect's server": "import prefect.server.api.server as s; s.create_app()",
    "Great Expectations": "import great_expectations",
    "pyarrow": "import pyarrow.parquet",
}


def main() -> None:
    """Run the example some times, and print the quickest of each kind."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", nargs="?", default="seeds/icc")
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    runs: dict[str, list[tuple[float, dict[str, float]]]] = {"fresh": [], "warm": []}
    for _ in range(options.repeat):
        with tempfile.TemporaryDirectory() as scratch:
            for kind, measured in runs.items():
                output = Path(scratch) / kind
                measured.append(build(options.corpus, output, Path(scratch) / "home"))
    for kind, measured in runs.items():
        seconds, spent = min(measured, key=lambda run: run[0])
        told = ", ".join(f"{part} {cpu:.1f}" for part, cpu in spent.items())
        print(f"{kind}: {seconds:.1f} s on the clock; CPU s: {sum(spent.values()):.1f} ({told})")
    for arguments in (["verify", "VERSION"], ["--help"]):
        print(f"broadsheet {arguments[0]}: {quickest(options, arguments):.2f} s on the clock")
    for library, code in LIBRARIES.items():
        start = os.times()
        subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)  # noqa: S603 - code of our own
        print(f"floor: {library} {spent_since(start):.1f} CPU s")


def build(corpus: str, output: Path, home: Path) -> tuple[float, dict[str, float]]:
    """Build a corpus; return seconds on the clock and CPU seconds of each process."""
    start = time.perf_counter()
    process = subprocess.Popen(  # noqa: S603 - our own program
        command("build", corpus, "--output", str(output)),
        env=os.environ | {"PREFECT_HOME": str(home)},
        stdout=subprocess.DEVNULL,
    )
    last: dict[int, tuple[str, float]] = {}
    while process.poll() is None:
        last |= {pid: (part, cpu) for pid, part, cpu in family(process.pid)}
        time.sleep(0.05)
    seconds = time.perf_counter() - start
    if process.returncode:
        sys.exit(f"the build failed with exit code {process.returncode}")
    spent: dict[str, float] = {}
    for part, cpu in last.values():
        spent[part] = spent.get(part, 0.0) + cpu
    return seconds, spent


def family(parent: int) -> list[tuple[int, str, float]]:
    """Return the process and all below it: number, part, CPU seconds so far."""
    found, pending = [], [parent]
    while pending:
        pid = pending.pop()
        try:
            words = Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
            numbers = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            below = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        except OSError:  # it has just ended
            continue
        if not words:  # it has ended, and nobody has looked
            continue
        part = next((name for mark, name in PARTS if mark in words), "the run")
        found.append((pid, part, (int(numbers[11]) + int(numbers[12])) / TICKS))
        pending += map(int, below)
    return found


def quickest(options: argparse.Namespace, arguments: list[str]) -> float:
    """Return the least seconds on the clock that a command takes."""
    with tempfile.TemporaryDirectory() as scratch:
        if "VERSION" in arguments:
            build(options.corpus, Path(scratch) / "out", Path(scratch) / "home")
            (version,) = (Path(scratch) / "out").glob("*/1.0.0")
            arguments = [a.replace("VERSION", str(version)) for a in arguments]
        times = []
        for _ in range(options.repeat):
            start = time.perf_counter()
            subprocess.run(command(*arguments), check=True, capture_output=True)  # noqa: S603 - as above
            times.append(time.perf_counter() - start)
    return min(times)


def command(*arguments: str) -> list[str]:
    """Return the command line of this environment's broadsheet."""
    return [str(Path(sys.executable).with_name("broadsheet")), *arguments]


def spent_since(start: os.times_result) -> float:
    """Return the CPU seconds of children that ended since then."""
    now = os.times()
    return (now.children_user + now.children_system) - (start.children_user + start.children_system)


if __name__ == "__main__":
    main()
