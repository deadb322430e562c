"""Modules that wait until they are used, or are not there."""

import gc
import subprocess
import sys
from importlib import import_module
from threading import Barrier, Thread

import pytest

from broadsheet.startup import postpone, without, without_collection

SLOW = """
import time
time.sleep(0.2)
ANSWER = 42
"""


@pytest.fixture
def module(tmp_path, monkeypatch):
    """A module that nobody has imported; the name of it."""
    (tmp_path / "slow_to_load.py").write_text(SLOW)
    monkeypatch.syspath_prepend(tmp_path)
    yield "slow_to_load"
    sys.modules.pop("slow_to_load", None)


def test_a_postponed_module_loads_when_it_is_used(module):
    postpone(module)
    imported = import_module(module)
    assert "ANSWER" not in vars(imported)
    assert imported.ANSWER == 42
    assert import_module(module) is imported
    with pytest.raises(AttributeError):
        _ = imported.QUESTION


def test_threads_that_use_a_postponed_module_at_once_find_it_whole(module):
    postpone(module)
    imported = import_module(module)
    begin, found = Barrier(4), []

    def use():
        begin.wait()
        found.append(imported.ANSWER)

    threads = [Thread(target=use) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [42] * 4


def test_what_is_loaded_or_missing_is_left_as_it_is():
    postpone("json", "no_such_module")
    assert type(sys.modules["json"]) is type(sys)
    assert "no_such_module" not in sys.modules


def test_without_a_module_it_is_taken_for_not_installed(module):
    with without(module), pytest.raises(ModuleNotFoundError, match=module):
        import_module(module)
    assert import_module(module).ANSWER == 42


def test_without_a_module_other_threads_have_it(module):
    found = []
    with without(module):
        other = Thread(target=lambda: found.append(import_module(module).ANSWER))
        other.start()
        other.join()
    assert found == [42]


def test_collection_is_as_before_afterwards():
    with without_collection():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_great_expectations_starts_without_what_no_suite_asks_for():
    check = (
        "import sys; from broadsheet.validate import warm_up, warm_up_beside; "
        "warm_up_beside(); warm_up(); "  # the second waits for the first
        "print(*[m for m in ('scipy.stats._stats_py', 'altair.vegalite', 'sqlalchemy', 'botocore') "
        "if m in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", check], check=True, capture_output=True)
    assert found.stdout.split() == []


def test_verify_starts_without_what_it_does_not_use(tmp_path):
    check = (
        "import atexit, sys; from broadsheet.cli import main\n"
        "heavy = 'pandas', 'prefect', 'great_expectations', 'datasets', 'huggingface_hub.hf_api'\n"
        "atexit.register(lambda: print(*[m for m in heavy if m in sys.modules]))\n"
        f"main(['verify', {str(tmp_path)!r}])"
    )
    found = subprocess.run([sys.executable, "-c", check], check=False, capture_output=True)
    assert found.stdout.split(b"\n")[-2:] == [b"", b""], found.stdout
