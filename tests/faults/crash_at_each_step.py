"""Publish again and again, failing at another step each time; print what was found as JSON.

Tried are the steps FIRST, FIRST + EVERY and so on, and when killing, all from the one on that makes
the release visible, because nothing tidies up behind a killed process.

A step is one change of the file system below the dataset's folder: opening a file to write, making
a folder, a link, a rename, a removal, a change of mode, a sync. A sync is counted and not done:
what a process wrote outlives it without one, and waiting for the disk is much of a try. The process
that runs this imports everything once and forks a child for each try, so that hundreds of tries
take seconds.

    python crash_at_each_step.py FOLDER kill|error|terminate [EVERY [FIRST]]
"""

import errno
import hashlib
import json
import os
import runpy
import shutil
import signal
import sys
import traceback
from pathlib import Path

import datasets  # noqa: F401 - what children need is imported once, here

from broadsheet import publish
from broadsheet.config import Publish
from broadsheet.errors import BroadsheetError
from broadsheet.publish import committing, files, shards

FIXTURES = runpy.run_path(str(Path(__file__).parents[1] / "publish" / "conftest.py"))
CONFIG = FIXTURES["CONFIG"]
CHANGES = {
    "open",
    "os.chmod",
    "os.link",
    "os.mkdir",
    "os.remove",
    "os.rename",
    "os.rmdir",
    "os.symlink",
}
EXPECTED_FAILURE = 9


class Steps:
    """Counts the steps, and fails at one of them."""

    def __init__(self, folder, action, at):
        self.folder, self.action, self.at, self.count = str(folder), action, at, 0
        self.commit = None

    def audit(self, event, args):
        if event not in CHANGES or not any(self.is_ours(argument) for argument in args[:2]):
            return
        if event == "open" and not args[2] & (os.O_WRONLY | os.O_RDWR) and args[1] != "w":
            return
        self.step()

    def is_ours(self, argument):
        return isinstance(argument, str | bytes | os.PathLike) and os.fsdecode(argument).startswith(
            self.folder
        )

    def step(self):
        self.count += 1
        if self.count == self.at:
            if self.action == "error":
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.kill(os.getpid(), signal.SIGKILL if self.action == "kill" else signal.SIGTERM)

    def before(self, function):
        def wrapped(*args, **kwargs):
            self.step()
            return function(*args, **kwargs)

        return wrapped

    def noting(self, rename):
        def wrapped(*args):
            self.commit = self.count
            return rename(*args)

        return wrapped

    def watch(self):
        """Count what Python's audit events do not show: Arrow's writes, syncs, the rename."""
        shards.pq.ParquetWriter = self.before(shards.pq.ParquetWriter)
        files.os.fsync = self.before(lambda _: None)
        committing.rename_into_place = self.before(self.noting(committing.rename_into_place))
        sys.addaudithook(self.audit)


def corpus(count):
    articles = [FIXTURES["make_article"](number) for number in range(count)]
    settings = CONFIG.model_copy(update={"publish": Publish(rows_per_shard=20, rows_per_group=10)})
    return FIXTURES["Corpus"](articles, copies=1, config=settings)


def in_child(function):
    """Run a function in a forked child; return its exit status and what it wrote to a pipe."""
    reader, writer = os.pipe()
    if (child := os.fork()) == 0:
        try:
            os.write(writer, str(function()).encode())
            os._exit(0)
        except (BroadsheetError, SystemExit):
            os._exit(EXPECTED_FAILURE)
        except BaseException:  # noqa: BLE001 - a child must never return into the parent's code
            traceback.print_exc()
            os._exit(1)
    os.close(writer)
    with os.fdopen(reader) as file:
        said = file.read()
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), said


def publish_larger(root, work, steps=None):
    def run():
        if steps:
            steps.watch()
        FIXTURES["build"](corpus(60), root, work)
        return f"{steps.count} {steps.commit}" if steps else ""

    return run


def tree(root):
    """Return every entry below a folder, with its content's digest or where it leads."""
    return {
        path.relative_to(root).as_posix(): str(path.readlink())
        if path.is_symlink()
        else hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob("*"))
        if path.is_symlink() or path.is_file()
    }


def state_after_fault(root):
    """Return how the folder breaks the invariant; empty where it does not."""
    releases = [path for path in (root / "1.0.0", root / "1.1.0") if path.exists()]
    found = [str(problems[0]) for path in releases if (problems := publish.verify(path))]
    if not (root / "1.0.0").exists() or not (root / "latest" / "manifest.json").is_file():
        found.append("1.0.0 or what latest leads to is gone")
    return "; ".join(found)


def look_and_publish(root, work):
    def run():
        found = state_after_fault(root)
        publish_larger(root, work)()
        return found

    return run


def main(folder, action, every, first):
    base = folder / "base"
    in_child(lambda: FIXTURES["build"](corpus(40), base, folder / "work-base"))
    whole = folder / "whole"
    shutil.copytree(base, whole, symlinks=True)
    _, counted = in_child(publish_larger(whole, folder / "work-whole", Steps(whole, "none", 0)))
    count, commit = map(int, counted.split())
    last = range(commit, count + 1) if action == "kill" else ()
    reference, broken, statuses = tree(whole), [], {}
    tried = sorted({*range(first, count + 1, every), *last})
    for at in tried:
        root, works = folder / f"try-{at}", [folder / f"work-{at}-{i}" for i in (1, 2)]
        shutil.copytree(base, root, symlinks=True)
        status, _ = in_child(publish_larger(root, works[0], Steps(root, action, at)))
        statuses[status] = statuses.get(status, 0) + 1
        if action != "kill" and list(root.glob(".staging-*")):
            broken.append(f"step {at}: staging is left")
        again, problem = in_child(look_and_publish(root, works[1]))
        if problem:
            broken.append(f"step {at}: {problem}")
        if again or tree(root) != reference:
            broken.append(f"step {at}: a second run ends {again}, or with other bytes")
        for done in (root, *works):
            shutil.rmtree(done)
    print(json.dumps({"steps": count, "tried": tried, "statuses": statuses, "broken": broken}))  # noqa: T201


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], *map(int, [*sys.argv[3:], 1, 1][:2]))
