"""Starting quickly: what the processes of a run do while they import and load."""

import gc
import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import find_spec, module_from_spec
from threading import RLock, get_ident
from types import ModuleType

_loading = RLock()
_being_loaded: list[ModuleSpec] = []


@contextmanager
def without_collection() -> Iterator[None]:
    """Load without the collector of reference cycles, and never have it look at what was loaded.

    While modules are imported the collector looks through all of them again and again, for a
    quarter of the time, and what it finds is next to nothing. What lives as long as the process is
    then set apart (``gc.freeze``), which also keeps it shared with forked children.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_enabled:
            gc.enable()


class _Postponed(ModuleType):
    """A module that is loaded when somebody looks for what is in it.

    :class:`importlib.util.LazyLoader` loads as soon as the module is imported a second time, and
    not safely in threads before Python 3.12.4.
    """

    def __getattr__(self, name: str) -> object:
        spec = self.__spec__
        with _loading:
            if type(self) is _Postponed and spec and spec.loader and spec not in _being_loaded:
                _being_loaded.append(spec)
                try:
                    spec.loader.exec_module(self)
                finally:
                    _being_loaded.remove(spec)
                self.__class__ = ModuleType  # type: ignore[assignment]  # what it was made as
        if type(self) is _Postponed:  # it looks for what it has not got yet, while it loads
            raise AttributeError(name)
        return getattr(self, name)


def postpone(*names: str) -> None:
    """Have modules loaded when they are used, not when they are imported."""
    for name in names:
        if name not in sys.modules and (spec := find_spec(name)):
            module = sys.modules[name] = module_from_spec(spec)
            module.__class__ = _Postponed


class _Absent(MetaPathFinder):
    def __init__(self, names: Collection[str]) -> None:
        self._names = names
        self._thread = get_ident()

    def find_spec(self, fullname: str, *_: object) -> None:
        """Stop the search for the module."""
        if fullname in self._names and get_ident() == self._thread:
            message = f"{fullname} is not used here"
            raise ModuleNotFoundError(message, name=fullname)


@contextmanager
def without(*names: str) -> Iterator[None]:
    """Have modules that others import where they are installed taken for not installed.

    In this thread alone: others find what they look for.
    """
    finder = _Absent(names)
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
