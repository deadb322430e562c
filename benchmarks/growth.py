"""What a release costs when 1 % is added: with what is kept of the last one, and made whole.

    python benchmarks/growth.py 20000 [--scratch FOLDER] [--turns 3]

Stages a corpus of texts (corpora.py) and one with 1 % more, publishes the first, and then makes the
release of the second in turns, by the functions that a run calls, without Prefect. Prints CPU
seconds step by step, the least of all turns; of both kinds every file must be the same.
"""

import argparse
import os
import shutil
import tempfile
import time
from pathlib import Path

import corpora
import throughput_profile

from broadsheet import pipeline, validate

KEPT = ("origins.parquet", "compared.parquet")


def stage(corpus: Path, output: Path) -> dict:
    """Plan a corpus and work its batches, where that is not done yet."""
    planned = pipeline.plan(corpus, output)
    batches = [pipeline.work_batch(request) for request in planned["requests"]]
    return {"run": planned["run"], "batches": [planned["discovery"], *batches]}


def release(staged: dict) -> tuple[dict[str, float], str, int]:
    """Make a release; return CPU seconds by step, its checksums, and its rows."""
    throughput_profile.SPENT.clear()
    start = time.process_time()
    outcome = pipeline.release(staged["run"], staged["batches"])
    if outcome["status"] != "published":
        raise SystemExit(outcome["message"])
    spent = {"all": time.process_time() - start, **throughput_profile.SPENT}
    sums = Path(outcome["release"]) / "SHA256SUMS"
    return spent, sums.read_text(), outcome["accounts"]["published"]


def compare(base: dict, more: dict, output: Path, turns: int) -> dict[str, dict[str, float]]:
    """Publish the base, then make the larger one in turns; return the least CPU of each step."""
    home, work = output / "generated", output / ".work" / "generated"
    shutil.rmtree(home, ignore_errors=True)
    forget(work)
    first, _, rows = release(base)
    kept = {name: (work / name).read_bytes() for name in KEPT if (work / name).exists()}
    found: dict[str, list[dict[str, float]]] = {"kept": [], "whole": []}
    sums = set()
    for _ in range(turns):
        for kind, spent in found.items():
            for later in home.glob("*.*.*"):
                if later.name != "1.0.0":
                    shutil.rmtree(later)
            forget(work)
            for name, content in kept.items() if kind == "kept" else ():
                (work / name).write_bytes(content)
            seconds, told, rows = release(more)
            spent.append(seconds)
            sums.add(told)
    if len(sums) != 1:
        raise SystemExit("the releases differ")
    print(f"{rows:,} rows published; the releases are the same byte for byte")
    return {"first": first} | {kind: least(spent) for kind, spent in found.items()}


def forget(work: Path) -> None:
    """Remove what is kept of the release before."""
    for name in KEPT:
        (work / name).unlink(missing_ok=True)


def least(spent: list[dict[str, float]]) -> dict[str, float]:
    """Return the least of each step."""
    return {step: min(one.get(step, 0.0) for one in spent) for step in spent[0]}


def main() -> None:
    """Stage, publish, measure, print a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("articles", type=int)
    parser.add_argument("--scratch", type=Path)
    parser.add_argument("--turns", type=int, default=3)
    chosen = parser.parse_args()
    if chosen.articles % corpora.RECORDS_PER_FILE["text"]:
        parser.error("give whole files: a multiple of 2,500 articles")
    validate.warm_up()
    with tempfile.TemporaryDirectory() as temporary:
        scratch = chosen.scratch or Path(temporary)
        more, base = (scratch / f"text-{chosen.articles}{end}" for end in ("-more", ""))
        if not more.is_dir():
            corpora.write(more, "text", chosen.articles + chosen.articles // 100)
        base.mkdir(exist_ok=True)
        for file in more.iterdir():
            if file.name != f"part-{chosen.articles:08}.jsonl" and not (base / file.name).exists():
                os.link(file, base / file.name)
        output = scratch / f"out-{chosen.articles}"
        staged = [stage(folder, output) for folder in (base, more)]
        throughput_profile.time_steps(time.process_time)
        found = compare(*staged, output, chosen.turns)
    steps = [name for _, name in throughput_profile.STEPS if name in found["whole"]]
    print("| step | " + " | ".join(found) + " |\n|---" + "|---" * len(found) + "|")
    for step in ("all", *steps):
        figures = " | ".join(f"{row.get(step, 0):.2f}" for row in found.values())
        print(f"| {step.strip()} | {figures} |")


if __name__ == "__main__":
    main()
