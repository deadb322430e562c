"""Work on records in a child process, so that one that crashes, hangs or eats memory is lost alone.

A persistent child works portion after portion. Where it dies on a portion, a new one works that
portion record by record, and the record that kills it is lost with a reason; all others are done.
The limits are the kernel's (``setrlimit``, ``setitimer``), so that they hold inside C code, too.
"""

import atexit
import contextlib
import importlib
import os
import pickle
import resource
import signal
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, BinaryIO, Generic, Self, TypeVar, cast

from broadsheet.reasons import Reason

Value = TypeVar("Value")
Result = TypeVar("Result")

Work = Callable[[Any, list[Any]], list[Any]]
"""A plain function of a module: set-up and values in, one result for each value out."""

_PORTION_RECORDS = 64
_PORTION_BYTES = 4 * 2**20
_MOST_VALUES = 50_000
_FRAME = struct.Struct(">Q")
_READY = b"ready"
# Not `-m`: the module would exist twice in the child, under two names.
_PROGRAM = "import sys; from broadsheet.isolation import serve; serve(sys.argv[1])"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one record may take.

    Attributes:
        cpu_seconds: processor time; does not depend on how busy the machine is.
        wall_seconds: time on the clock, for work that hangs without computing.
        memory_bytes: address space beyond what the idle child has.

    """

    cpu_seconds: float = 10.0
    wall_seconds: float = 60.0
    memory_bytes: int = 2**30


@dataclass(frozen=True, slots=True)
class Lost:
    """A record that could not be worked: ``record.crashed``, ``resource.*`` or ``record.fault``."""

    reason: Reason
    detail: str


class Guard(Generic[Value, Result]):
    """A child process that works values with a plain function; use it as a context manager.

    Attributes:
        restarts: how often the child died and was started anew.

    """

    def __init__(
        self, function: str, setup: object, limits: Limits = Limits(), *, is_kept: bool = False
    ) -> None:
        """Prepare a guard; the child starts with the first portion.

        Args:
            function: ``package.module:name`` of a :data:`Work` function.
            setup: its first argument, the same for all values; must pickle.
            limits: what one record may take.
            is_kept: whether the next guard of the same work in this process takes over the child:
                its imports and tables take seconds, and a batch may take no longer.

        """
        self._function = function
        self._setup = pickle.dumps((setup, limits), protocol=5)
        self._child: subprocess.Popen[bytes] | None = None
        self._is_kept = is_kept
        self._is_taken_over = False
        self._worked = 0
        self.restarts = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._is_kept and kind is None and self._child is not None:
            _keep(self._function, self._setup, self._child, self._worked)
            self._child = None
        self.close()

    def close(self) -> None:
        """End the child."""
        if self._child is not None:
            _end(self._child)
            self._child = None

    def map(self, values: Sequence[Value]) -> list[Result | Lost]:
        """Return the result of each value, or why there is none, in their order."""
        return [result for portion in _portions(values) for result in self._portion(portion)]

    def _portion(self, portion: list[bytes]) -> list[Result | Lost]:
        results = self._ask(portion)
        if not isinstance(results, Lost):
            return results
        if len(portion) == 1:
            return [results]
        return [result for packed in portion for result in self._portion([packed])]

    def _ask(self, portion: list[bytes]) -> "list[Result | Lost] | Lost":
        """Return the results of a portion, or what became of the child."""
        child = self._running()
        self._worked += len(portion)
        try:
            _send(cast("BinaryIO", child.stdin), pickle.dumps(portion, protocol=5))
            answer = _receive(cast("BinaryIO", child.stdout))
        except (BrokenPipeError, EOFError):
            lost = self._buried(child)
            if self._is_taken_over:  # it may have died before it had this portion
                self._is_taken_over = False
                return self._ask(portion)
            return lost
        self._is_taken_over = False
        return cast("list[Result | Lost] | Lost", pickle.loads(answer))  # noqa: S301 - our own child's

    def _running(self) -> "subprocess.Popen[bytes]":
        if self._child is None and self._is_kept:
            self._child, self._worked = _taken(self._function, self._setup)
            self._is_taken_over = self._child is not None
        if self._child is None:
            self._worked = 0
            self._child = subprocess.Popen(  # noqa: S603 - our own module, no shell
                [sys.executable, "-P", "-c", _PROGRAM, self._function],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
            _send(cast("BinaryIO", self._child.stdin), self._setup)
            try:
                _receive(cast("BinaryIO", self._child.stdout))
            except EOFError:
                code = self._child.wait()
                self.close()
                message = f"the process for {self._function} does not start (exit code {code})"
                raise RuntimeError(message) from None
        return self._child

    def _buried(self, child: "subprocess.Popen[bytes]") -> Lost:
        """Say what ended the child."""
        code = child.wait()
        self.close()
        self.restarts += 1
        if code in {-signal.SIGPROF, -signal.SIGALRM}:
            return Lost(Reason.RESOURCE_TIMEOUT, "the time limit was reached")
        how = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        return Lost(Reason.RECORD_CRASHED, f"the process ended: {how}")


_kept: list[tuple[str, bytes, subprocess.Popen[bytes], int]] = []
_keeping = threading.Lock()


def _keep(function: str, setup: bytes, child: "subprocess.Popen[bytes]", worked: int) -> None:
    """Keep a child for the next guard of its work; those of other work, and old ones, are ended.

    An old one is ended because its memory may be in pieces, and is bounded.
    """
    with _keeping:
        ended = [entry[2] for entry in _kept if entry[:2] != (function, setup)]
        _kept[:] = [entry for entry in _kept if entry[:2] == (function, setup)]
        if worked < _MOST_VALUES:
            _kept.append((function, setup, child, worked))
        else:
            ended.append(child)
    for other in ended:
        _end(other)


def _taken(function: str, setup: bytes) -> "tuple[subprocess.Popen[bytes] | None, int]":
    """Return a child that was kept for this work and what it has worked, if there is one."""
    with _keeping:
        for index, (*work, child, worked) in enumerate(_kept):
            if work == [function, setup] and child.poll() is None:
                del _kept[index]
                return child, worked
    return None, 0


def end_kept() -> None:
    """End all children that were kept."""
    with _keeping:
        ended = [child for *_, child, _ in _kept]
        _kept.clear()
    for child in ended:
        _end(child)


def _end(child: "subprocess.Popen[bytes]") -> None:
    child.kill()
    for pipe in (child.stdin, child.stdout):
        with contextlib.suppress(BrokenPipeError):
            cast("BinaryIO", pipe).close()
    child.wait()


atexit.register(end_kept)


def _portions(values: Sequence[object]) -> Iterator[list[bytes]]:
    portion: list[bytes] = []
    size = 0
    for value in values:
        packed = pickle.dumps(value, protocol=5)
        if portion and (len(portion) >= _PORTION_RECORDS or size + len(packed) > _PORTION_BYTES):
            yield portion
            portion, size = [], 0
        portion.append(packed)
        size += len(packed)
    if portion:
        yield portion


def _send(pipe: BinaryIO, content: bytes) -> None:
    pipe.write(_FRAME.pack(len(content)) + content)
    pipe.flush()


def _receive(pipe: BinaryIO) -> bytes:
    """Return the next frame.

    Raises:
        EOFError: the other end is gone.

    """
    head = pipe.read(_FRAME.size)
    content = pipe.read(_FRAME.unpack(head)[0]) if len(head) == _FRAME.size else b""
    if not content:
        raise EOFError
    return content


def serve(function: str) -> None:
    """Work portions from standard input until it ends: the child's whole life."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what the work prints is no answer
    questions = sys.stdin.buffer
    setup, limits = pickle.loads(_receive(questions))  # noqa: S301 - from our own parent
    module, _, name = function.partition(":")
    work: Work = getattr(importlib.import_module(module), name)
    _limit_memory(limits)
    _send(answers, _READY)
    with contextlib.suppress(EOFError):
        while True:
            packed = pickle.loads(_receive(questions))  # noqa: S301 - from our own parent
            answer = _worked(work, setup, packed, limits)
            _send(answers, pickle.dumps(answer, protocol=5))


def _worked(work: Work, setup: object, packed: list[bytes], limits: Limits) -> list[Any] | Lost:
    """Return the results of a portion; its limits are those of one record."""
    signal.setitimer(signal.ITIMER_PROF, limits.cpu_seconds)
    signal.setitimer(signal.ITIMER_REAL, limits.wall_seconds)
    try:
        return work(setup, [pickle.loads(value) for value in packed])  # noqa: S301 - as above
    except MemoryError:
        return Lost(Reason.RESOURCE_MEMORY, f"more than {limits.memory_bytes} bytes")
    except Exception as error:  # noqa: BLE001 - the border that must survive anything
        return Lost(Reason.RECORD_FAULT, f"{type(error).__name__}: {error}"[:300])
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)


def _limit_memory(limits: Limits) -> None:
    """Bound the address space, where the system tells how much there is already."""
    with contextlib.suppress(OSError, ValueError):
        with open("/proc/self/statm", "rb") as statm:  # noqa: PTH123 - a pseudo-file
            used = int(statm.read().split()[0]) * resource.getpagesize()
        most = resource.getrlimit(resource.RLIMIT_AS)[1]
        resource.setrlimit(resource.RLIMIT_AS, (used + limits.memory_bytes, most))
