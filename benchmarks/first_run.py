"""Where the seconds of a first run go: the example, by the state that Prefect is found in.

    python benchmarks/first_run.py [CORPUS] [--repeat 3] [--beside CHECKOUT]

Builds with a fresh Prefect home, with a warm one, and with a Prefect server that runs already.
Prints the time on the clock and the CPU seconds of each process of a run: the run itself, Prefect's
server, and the process that hostile input is kept in, with its children. ``--beside`` measures
another checkout of broadsheet, too, in turns with this one. The floor is what Python takes to
import the libraries alone, one after the other. Reads ``/proc``: Linux only.
"""

import argparse
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError

TICKS = os.sysconf("SC_CLK_TCK")
HERE = Path(__file__).parents[1]
LIBRARIES = {
    "Prefect": "import prefect.main",
    "Prefect's server": "import prefect.server.api.server as s; s.create_app()",
    "Great Expectations": "import great_expectations",
    "pyarrow": "import pyarrow.parquet",
}


@dataclass(frozen=True, slots=True)
class Measured:
    """What a command took: seconds on the clock, and CPU seconds of each process."""

    clock: float
    spent: dict[str, float]

    @property
    def cpu(self) -> float:
        """CPU seconds of all processes."""
        return sum(self.spent.values())

    def __str__(self) -> str:
        told = ", ".join(f"{part} {seconds:.1f}" for part, seconds in sorted(self.spent.items()))
        return f"{self.clock:.2f} s on the clock; CPU s: {self.cpu:.2f} ({told})"


def main() -> None:
    """Measure some times, and print what took the least CPU of each kind."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", nargs="?", default="seeds/icc")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--beside", type=Path, help="another checkout of broadsheet")
    options = parser.parse_args()
    checkouts = {"": HERE} | ({"beside: ": options.beside} if options.beside else {})
    found: dict[str, list[Measured]] = defaultdict(list)
    for _ in range(options.repeat):
        for name, checkout in checkouts.items():
            for kind, measured in measure(options.corpus, checkout):
                found[name + kind].append(measured)
    for kind, all_measured in found.items():
        print(f"{kind}: {min(all_measured, key=lambda measured: measured.cpu)}")
    for library, code in LIBRARIES.items():
        start = os.times()
        subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)  # noqa: S603 - code of our own
        spent = sum(os.times()[2:4]) - sum(start[2:4])  # of children that ended
        print(f"floor: {library} {spent:.1f} CPU s")


def measure(corpus: str, checkout: Path) -> Iterator[tuple[str, Measured]]:
    """Measure each command of a checkout once."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        environment = os.environ | {"PYTHONPATH": str(checkout / "flows")}
        environment |= {"PREFECT_HOME": str(folder / "home")}
        for kind in ("fresh", "warm"):
            yield kind, run(["build", corpus, "--output", str(folder / kind)], environment)
        with running_server(environment) as url:
            with_server = environment | {"PREFECT_API_URL": url}
            for kind in ("its first run", "running server"):
                measured = run(["build", corpus, "--output", str(folder / kind)], with_server)
            yield kind, measured
        (version,) = (folder / "fresh").glob("*/1.0.0")
        yield "verify", run(["verify", str(version)], environment)
        yield "--help", run(["--help"], environment)


def run(arguments: Sequence[str], environment: dict[str, str]) -> Measured:
    """Run broadsheet; return what it and its processes took."""
    start = time.perf_counter()
    broadsheet = Path(sys.executable).with_name("broadsheet")
    process = subprocess.Popen(  # noqa: S603 - our own program
        [broadsheet, *arguments], env=environment, stdout=subprocess.DEVNULL
    )
    last: dict[int, tuple[str, float]] = {}
    while (ended := os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)) is None:
        last |= family(process.pid)
        time.sleep(0.02)
    clock = time.perf_counter() - start
    last |= family(process.pid)
    if process.wait():
        sys.exit(f"broadsheet {arguments[0]} failed with exit code {ended.si_status}")
    spent: dict[str, float] = {}
    for part, cpu in last.values():
        spent[part] = spent.get(part, 0.0) + cpu
    return Measured(clock, spent)


def family(parent: int) -> dict[int, tuple[str, float]]:
    """Return the process and all that live below it by number: part, CPU seconds so far."""
    found, pending = {}, [(parent, "the run")]
    while pending:
        pid, part = pending.pop()
        try:
            words = Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
            numbers = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            below = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        except OSError:  # it has just ended
            continue
        if pid != parent:
            if not words:  # it has ended, and nobody has looked
                continue
            # Prefect's server may be a fork, under the run's own command line.
            part = "guard and children" if "isolation" in words else "Prefect's server"
        found[pid] = part, (int(numbers[11]) + int(numbers[12])) / TICKS
        pending += ((int(child), part) for child in below)
    return found


@contextmanager
def running_server(environment: dict[str, str]) -> Iterator[str]:
    """Start Prefect's server as a user does; yield the address of its API."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    prefect = Path(sys.executable).with_name("prefect")
    process = subprocess.Popen(  # noqa: S603 - Prefect's own program
        [prefect, "server", "start", "--port", str(port), "--no-ui"],
        env=environment | {"PREFECT_SERVER_ANALYTICS_ENABLED": "false"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}/api"
    try:
        while process.poll() is None:
            try:
                urllib.request.urlopen(f"{url}/health", timeout=60).close()  # noqa: S310 - our own address
                break
            except (URLError, OSError):
                time.sleep(0.2)
        yield url
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    main()
