"""The same bytes, whatever the surroundings."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

FIXTURES = Path(__file__).parents[1] / "publish" / "conftest.py"
BUILD = f"""
import json, os, runpy, sys
from pathlib import Path
os.umask(int(sys.argv[3], 8))
names = runpy.run_path({str(FIXTURES)!r})
articles = [names["make_article"](n) for n in range(120)]
if sys.argv[2] == "reversed":
    articles.reverse()
rows = int(sys.argv[4])
root = Path(sys.argv[1])
names["build"](names["Corpus"](articles, copies=0, batch_rows=rows), root / "valley", root / "work")
"""
PLAIN = ({}, "sorted", "022", "64")
SURROUNDINGS = {
    "TZ": "Pacific/Chatham",
    "LC_ALL": "tr_TR.UTF-8",
    "PYTHONHASHSEED": "12345",
    "OMP_NUM_THREADS": "1",
    "ARROW_IO_THREADS": "1",
}
OTHERS = {
    "time zone, locale, hash seed, threads and umask": (SURROUNDINGS, "sorted", "077", "64"),
    "order of rows and size of batches": ({}, "reversed", "022", "7"),
}


def built(folder, environment, *arguments):
    """Build a release in another process; return the digest of each of its files."""
    command = [sys.executable, "-c", BUILD, str(folder), *arguments]
    subprocess.run(command, check=True, env={**os.environ, **environment})
    release = folder / "valley" / "1.0.0"
    files = sorted(path for path in release.rglob("*") if path.is_file())
    return {
        path.relative_to(release).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    """Return the digests of a release built in plain surroundings."""
    return json.dumps(built(tmp_path_factory.mktemp("plain"), *PLAIN))


@pytest.mark.parametrize("surroundings", OTHERS.values(), ids=OTHERS)
def test_other_surroundings_give_the_same_bytes(plain, tmp_path, surroundings):
    assert json.dumps(built(tmp_path, *surroundings)) == plain
