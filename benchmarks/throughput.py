"""Throughput of the whole run beside its peers, its growth, and what a small change costs.

    python benchmarks/throughput.py --kind html --articles 2000 --peers-python PEERS/bin/python
    python benchmarks/throughput.py --kind text --articles 10000 --articles 100000
    python benchmarks/throughput.py --kind text --articles 20000 --incremental
    python benchmarks/throughput.py --kind text --articles 1000000 --profile

One table is printed at the end; two sizes or more also give the exponent of growth, and what
larger corpora would take, at prices that you name. Each run is a process of its own with all that
it starts, Prefect's server included: CPU seconds are those of all of them, memory is the peak of
the largest one, and ratios are to the first run of the same invocation. The corpus is that of
corpora.py and is kept in --scratch (by default a temporary folder): a million texts are some 2.4
GB, a million pages some 6.2 GB, and the run's own files about as much as its texts twice.
"""

import argparse
import contextlib
import ctypes
import itertools
import json
import math
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path

import corpora

HERE = Path(__file__).parent
PEERS = ("datatrove", "datasets", "libraries", "floor")
_SUBREAPER = 36  # linux/prctl.h: orphans of a run, such as Prefect's server, become ours


@dataclass(frozen=True, slots=True)
class Measured:
    """What one run took: seconds on the clock and of all processors, bytes of its largest part.

    ``stored`` are the bytes of the raw files, of the work folder and of the releases.
    """

    name: str
    articles: int
    wall: float
    cpu: float
    peak: int
    stored: tuple[int, int, int] = (0, 0, 0)

    @property
    def rate(self) -> float:
        """Documents a CPU second."""
        return self.articles / self.cpu


def measure(name: str, articles: int, command: list[str], **options: object) -> Measured:
    """Run a command, with all the processes that it leaves behind, in a child that counts them."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)
        start = time.monotonic()
        outputs = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        done = subprocess.run(command, check=False, **outputs, **options)  # noqa: S603
        wall = time.monotonic() - start
        with contextlib.suppress(ChildProcessError):
            while True:
                os.wait()
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        answer = {
            "wall": wall,
            "cpu": used.ru_utime + used.ru_stime,
            "peak": used.ru_maxrss * 1024,
            "code": done.returncode,
            "output": done.stdout.decode("utf-8", "replace")[-3_000:],
        }
        os.write(writing, json.dumps(answer).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        found = json.loads(pipe.read())
    os.waitpid(child, 0)
    if found["code"]:
        print(found["output"], file=sys.stderr)
        raise SystemExit(f"{name} failed with exit code {found['code']}")
    measured = Measured(name, articles, found["wall"], found["cpu"], found["peak"])
    print(f"{name} {articles}: {measured.wall:.0f} s, {measured.cpu:.0f} s CPU", flush=True)
    return measured


def broadsheet(name: str, articles: int, corpus: Path, output: Path, *options: str) -> Measured:
    """Measure a build by the command line."""
    command = [sys.executable, "-m", "broadsheet.cli", "build", str(corpus), "-o", str(output)]
    measured = measure(name, articles, [*command, *options])
    stored = tuple(map(bytes_in, (corpus, output / ".work", output / "generated")))
    return replace(measured, stored=stored)


def bytes_in(folder: Path) -> int:
    """Return the bytes of all files below a folder; a file with two names counts once."""
    found = {(s.st_dev, s.st_ino): s.st_size for s in (p.lstat() for p in folder.rglob("*"))}
    return sum(found.values())


def compare(kind: str, articles: int, corpus: Path, scratch: Path, python: str) -> list[Measured]:
    """Measure broadsheet and its peers, each from nothing."""
    rows = [broadsheet("broadsheet", articles, corpus, fresh(scratch / "broadsheet"))]
    for peer in PEERS:
        script = str(HERE / "throughput_peers.py")
        command = [python, script, peer, kind, str(corpus), str(scratch / peer), "2"]
        rows.append(measure(peer, articles, command, env=os.environ | {"PYTHONPATH": ""}))
        shutil.rmtree(scratch / peer)
    return rows


def incremental(kind: str, articles: int, corpus: Path, scratch: Path) -> list[Measured]:
    """Measure a full build, then what each change costs after it.

    Adding 1 %, settings that act after the batches, one that acts in them, nothing; and a run that
    is killed half-way and started again.
    """
    output = fresh(scratch / "incremental")
    rows = [broadsheet("full", articles, corpus, output)]
    more = articles + articles // 100
    corpora.write(corpus, kind, more, skip=articles)
    rows.append(broadsheet("1 % added", more, corpus, output))
    settings = corpus / "dataset.toml"
    for name, change in {
        "nothing changed": "",
        "[publish] changed": "\n[publish]\nnotes = 'Another note.'\n",
        "[splits] changed": "\n[splits]\nby = 'hash'\n",
        "[text] changed": "\n[text]\nmin_words = 25\n",
    }.items():
        settings.write_text(corpora.SETTINGS + change, encoding="utf-8")
        rows.append(broadsheet(name, more, corpus, output))
    settings.write_text(corpora.SETTINGS, encoding="utf-8")
    return [*rows, *killed(more, corpus, fresh(scratch / "killed"), rows[0].wall / 2)]


def killed(articles: int, corpus: Path, output: Path, seconds: float) -> list[Measured]:
    """Kill a build after so many seconds and measure the one that goes on."""
    command = [sys.executable, "-m", "broadsheet.cli", "build", str(corpus), "-o", str(output)]
    build = subprocess.Popen(command, stderr=subprocess.DEVNULL, start_new_session=True)  # noqa: S603
    with contextlib.suppress(subprocess.TimeoutExpired):
        build.wait(seconds)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(build.pid, signal.SIGKILL)
    build.wait()
    done = len(list(output.glob(".work/*/batches/*/result.json")))
    return [broadsheet(f"after a kill ({done} batches done)", articles, corpus, output)]


def fresh(folder: Path) -> Path:
    """Return a folder that is empty."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def table(rows: list[Measured]) -> str:
    """Return the rows as Markdown; ratios are to the first."""
    first = rows[0]
    lines = ["| run | articles | wall s | CPU s | articles a CPU s | CPU to the first | peak GiB |",
             "|---|---|---|---|---|---|---|"]  # fmt: skip
    lines += [
        f"| {r.name} | {r.articles:,} | {r.wall:.1f} | {r.cpu:.1f} | {r.rate:.0f} | "
        f"{r.cpu / first.cpu:.3f} | {r.peak / 2**30:.2f} |"
        for r in rows
    ]
    return "\n".join(lines)


def exponents(rows: list[Measured]) -> str:
    """Return by which power of the articles the CPU time grows, from one row to the next."""
    found = [
        f"{a.articles:,} to {b.articles:,}: "
        f"{math.log(b.cpu / a.cpu) / math.log(b.articles / a.articles):.3f}"
        for a, b in itertools.pairwise(rows)
    ]
    return "Exponent of CPU time: " + "; ".join(found) if found else ""


def sizing(rows: list[Measured], cpu_hour: float, gigabyte_month: float) -> str:
    """Return what 10^6, 10^8 and 10^9 articles take, by what the last two runs took.

    CPU is (what the larger took - what the smaller took) / (articles between them), which leaves
    out the start; bytes are those of the larger run by its articles.
    """
    small, large = rows[-2:]
    seconds = (large.cpu - small.cpu) / (large.articles - small.articles)
    raw, work, release = (size / large.articles for size in large.stored)
    told = (
        f"{seconds * 1e3:.2f} ms of CPU an article; bytes an article: {raw:.0f} raw, {work:.0f} "
        f"staged, {release:.0f} released; {cpu_hour} a CPU hour, {gigabyte_month} a GB-month\n"
    )
    columns = (
        "articles", "CPU hours", "hours on 64 cores", "raw GB", "staged GB", "release GB",
        "CPU money", "storage money a month",
    )  # fmt: skip
    lines = [told, f"| {' | '.join(columns)} |", "|---" * len(columns) + "|"]
    for count in (10**6, 10**8, 10**9):
        hours, stored = count * seconds / 3600, [count * n / 1e9 for n in (raw, work, release)]
        gigabytes = " | ".join(f"{size:,.0f}" for size in stored)
        money = f"{hours * cpu_hour:,.2f} | {sum(stored) * gigabyte_month:,.2f}"
        lines.append(f"| {count:.0e} | {hours:,.1f} | {hours / 64:,.1f} | {gigabytes} | {money} |")
    return "\n".join(lines)


def profile(corpus: Path, output: Path) -> str:
    """Return the functions of broadsheet that take longest in one build without Prefect."""
    script = HERE / "throughput_profile.py"
    command = [sys.executable, str(script), str(corpus), str(output)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603


def main() -> None:
    """Make the corpora, measure, print one table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--kind", choices=("html", "text"), default="text")
    parser.add_argument("--articles", type=int, action="append", required=True)
    parser.add_argument("--peers-python", help="Python of an environment with the peers")
    parser.add_argument("--incremental", action="store_true")
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--cpu-hour", type=float, default=0.04, help="price, for the sizing")
    parser.add_argument("--gigabyte-month", type=float, default=0.023, help="price, as above")
    parser.add_argument("--scratch", type=Path)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        scratch = chosen.scratch or Path(temporary)
        rows, told = [], []
        for count in chosen.articles:
            corpus = scratch / f"{chosen.kind}-{count}"
            if not corpus.is_dir():
                corpora.write(corpus, chosen.kind, count)
            if chosen.incremental:
                rows += incremental(chosen.kind, count, corpus, scratch)
            elif chosen.peers_python:
                rows += compare(chosen.kind, count, corpus, scratch, chosen.peers_python)
            else:
                rows.append(broadsheet("broadsheet", count, corpus, fresh(scratch / "built")))
            if chosen.profile:
                told.append(profile(corpus, fresh(scratch / "profiled")))
        print(f"\n{table(rows)}\n")
        if not (chosen.incremental or chosen.peers_python):
            print(exponents(rows))
            if len(rows) > 1:
                print(f"\n{sizing(rows, chosen.cpu_hour, chosen.gigabyte_month)}\n")
        print("\n".join(told))


if __name__ == "__main__":
    main()
