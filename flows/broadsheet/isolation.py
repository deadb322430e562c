"""Work in a child process, so that input that crashes it, hangs or eats memory is lost alone.

A persistent child serves one call after another; where it dies, the next call has a new one. It is
a fork of a nursery: a process that has imported all, meets no input and has no threads, so that a
new child costs milliseconds. The limits are the kernel's (``setrlimit``, ``setitimer``), so that
they hold inside C code, too.

Longer than 300 lines because both ends of the same pipes are read together.
"""

import atexit
import contextlib
import importlib
import os
import pickle
import resource
import signal
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, ClassVar, Self, cast

from broadsheet.reasons import Reason
from broadsheet.startup import without, without_collection

Work = Callable[[Any], Iterable[Any]]
"""A plain function of a module: one argument in, any number of results out; all must pickle."""

_FRAME = struct.Struct(">Q")
# Kinds of frames that a child sends.
_RESULT, _SAID, _END, _LOST, _FAILED = range(5)
_MOST_RESULTS = 1_000
_NUMBER = struct.Struct(">q")
# Not `-m`: the module would exist twice in the child, under two names.
_PROGRAM = "import sys; from broadsheet.isolation import breed; breed(int(sys.argv[1]))"
# One thread's memory is reserved per core otherwise, which the limit would take for use.
_ONE_THREAD = {"MALLOC_ARENA_MAX": "1", "OMP_NUM_THREADS": "1", "ARROW_IO_THREADS": "1"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What may pass between two results, or two signs of progress.

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
    """Work that could not be done: ``record.crashed``, ``resource.*`` or ``record.fault``."""

    reason: Reason
    detail: str


class Died(Exception):  # noqa: N818 - a verdict on the work, caught where it was given
    """The work ended before its time.

    Attributes:
        lost: why.
        said: what it said last (:func:`say`), or None.

    """

    def __init__(self, lost: Lost, said: object) -> None:
        super().__init__(f"{lost.reason}: {lost.detail}")
        self.lost = lost
        self.said = said


class _Nursery:
    """The process that children are forked from; for any number of threads.

    It starts with this object, and is waited for when the first child is wanted.
    """

    def __init__(self) -> None:
        self.owner = os.getpid()
        self._lock = threading.Lock()
        self._control, theirs = socket.socketpair()
        self._process = subprocess.Popen(  # noqa: S603 - our own module, no shell
            [sys.executable, "-P", "-c", _PROGRAM, str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,  # what the work prints is nobody's
            stderr=subprocess.DEVNULL,
            env=os.environ | _ONE_THREAD,
        )
        theirs.close()
        self._is_ready = False

    def fork(self) -> tuple[int, socket.socket]:
        """Return a new child: its process, and where it listens."""
        ours, theirs = socket.socketpair()
        with self._lock, theirs:
            self._await()
            socket.send_fds(self._control, [b"f"], [theirs.fileno()])
            return self._answer(), ours

    def code_of(self, child: int) -> int:
        """Return the exit code of a child that ended, a signal as a negative number."""
        with self._lock:
            self._control.sendall(_NUMBER.pack(child))
            return self._answer()

    def close(self) -> int:
        """End the process and all its children; return its exit code."""
        self._control.close()
        return self._process.wait()

    def _await(self) -> None:
        if not self._is_ready and not self._control.recv(1):
            message = f"the process for hostile input does not start (exit code {self.close()})"
            raise RuntimeError(message)
        self._is_ready = True

    def _answer(self) -> int:
        raw = self._control.recv(_NUMBER.size, socket.MSG_WAITALL)
        if len(raw) < _NUMBER.size:
            raise RuntimeError("the process for hostile input is gone")
        return int(_NUMBER.unpack(raw)[0])


@dataclass(frozen=True, slots=True)
class _Surroundings:
    """What a child takes over from the process that it works for."""

    owner: int
    folder: str
    path: tuple[str, ...]
    variables: tuple[tuple[str, str], ...]
    limits: Limits

    @classmethod
    def now(cls, limits: Limits) -> Self:
        """Return those of this process."""
        variables = tuple((os.environ | _ONE_THREAD).items())
        return cls(os.getpid(), str(Path.cwd()), tuple(sys.path), variables, limits)

    def take_over(self) -> None:
        """Make them those of this process."""
        os.chdir(self.folder)
        sys.path[:] = self.path
        os.environ.clear()
        os.environ.update(self.variables)


class _Kept:
    """What a process keeps for its next calls."""

    lock = threading.Lock()
    nursery: _Nursery | None = None
    idle: ClassVar[list[tuple[_Surroundings, "Guard"]]] = []

    @classmethod
    def take(cls) -> "tuple[_Surroundings, Guard] | None":
        """Return a guard that nobody uses."""
        with cls.lock:
            return cls.idle.pop() if cls.idle else None


def _nursery() -> _Nursery:
    """Return the nursery of this process; a forked process must not use its parent's."""
    with _Kept.lock:
        if _Kept.nursery is None or _Kept.nursery.owner != os.getpid():
            _Kept.nursery = _Nursery()
        return _Kept.nursery


def prepare() -> None:
    """Start the process that children are forked from, so that the first call need not wait."""
    _nursery()


def _forked() -> tuple[_Nursery, int, socket.socket]:
    """Return a new child and its nursery; a nursery that somebody ended is replaced once."""
    nursery = _nursery()
    try:
        return nursery, *nursery.fork()
    except (OSError, RuntimeError):
        with _Kept.lock:
            if _Kept.nursery is nursery:
                _Kept.nursery = None
        nursery.close()
    nursery = _nursery()
    return nursery, *nursery.fork()


@atexit.register
def _end_nursery() -> None:
    nursery, _Kept.nursery = _Kept.nursery, None
    if nursery is not None and nursery.owner == os.getpid():
        nursery.close()


class Guard:
    """A child process that works by plain functions; use it as a context manager.

    Attributes:
        restarts: how often the child died and was started anew.
        results: how many results it gave.

    """

    def __init__(self, limits: Limits = Limits()) -> None:
        """Prepare a guard; the child starts with the first call."""
        self._limits = limits
        self._nursery: _Nursery | None = None
        self._child = 0
        self._pipe: BinaryIO | None = None
        self.restarts = 0
        self.results = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> int:
        """End the child; return its exit code, or 0 where there is none."""
        pipe, self._pipe = self._pipe, None
        if pipe is None:
            return 0
        with contextlib.suppress(OSError):
            pipe.close()
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._child, signal.SIGKILL)
        try:
            return cast("_Nursery", self._nursery).code_of(self._child)
        except (OSError, RuntimeError):  # the nursery ended, and the child with it
            return -signal.SIGKILL

    def run(self, function: str, argument: object) -> Iterator[Any]:
        """Yield what a function yields for an argument.

        Args:
            function: ``package.module:name`` of a :data:`Work` function.
            argument: must pickle.

        Raises:
            Died: the child crashed, reached a limit, or the function raised.
            OSError: the function raised one.

        """
        is_idle = False
        said: object = None
        pipe = self._running()
        try:
            _send(pipe, (function, argument))
            while True:
                kind, value = _receive(pipe)
                is_idle = kind in {_END, _LOST, _FAILED}
                if kind == _RESULT:
                    self.results += 1
                    yield value
                elif kind == _SAID:
                    said = value
                elif kind == _LOST:
                    raise Died(value, said)
                elif kind == _FAILED:
                    raise value
                else:
                    return
        except (BrokenPipeError, ConnectionResetError, EOFError):
            is_idle = True
            raise Died(self._buried(), said) from None
        finally:
            if not is_idle:  # it would answer the next call with what is left of this one
                self.close()

    def call(self, function: str, argument: object) -> Any:  # noqa: ANN401 - the function's result
        """Return the only result of a function, or a :class:`Lost`.

        Raises:
            OSError: the function raised one.

        """
        try:
            (result,) = self.run(function, argument)
        except Died as died:
            return died.lost
        return result

    def _running(self) -> BinaryIO:
        if self._pipe is None:
            self._nursery, self._child, connection = _forked()
            with connection:
                self._pipe = cast("BinaryIO", connection.makefile("rwb"))
            _send(self._pipe, _Surroundings.now(self._limits))
        return self._pipe

    def _buried(self) -> Lost:
        """Say what ended the child."""
        code = self.close()
        self.restarts += 1
        if code in {-signal.SIGPROF, -signal.SIGALRM}:
            return Lost(Reason.RESOURCE_TIMEOUT, "the time limit was reached")
        how = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        return Lost(Reason.RECORD_CRASHED, f"the process ended: {how}")


@contextlib.contextmanager
def borrowed(limits: Limits) -> Iterator[Guard]:
    """Lend a guard whose child may be there already, and keep it for the next.

    So each worker of a run keeps its own. One that was made in other surroundings is ended, and so
    is one that has worked long, because its memory may be in pieces, and is bounded.
    """
    wanted = _Surroundings.now(limits)
    guard = None
    while guard is None and (kept := _Kept.take()) is not None:
        made_for, found = kept
        if made_for == wanted:
            guard = found
        elif made_for.owner == wanted.owner:
            found.close()
    guard = guard or Guard(limits)
    try:
        yield guard
    except BaseException:
        guard.close()
        raise
    if guard.results < _MOST_RESULTS:
        _Kept.idle.append((wanted, guard))
    else:
        guard.close()


def _send(pipe: BinaryIO, value: object) -> None:
    content = pickle.dumps(value, protocol=5)
    pipe.write(_FRAME.pack(len(content)) + content)
    pipe.flush()


def _receive(pipe: BinaryIO) -> Any:  # noqa: ANN401 - what the other end sent
    """Return the next value.

    Raises:
        EOFError: the other end is gone.

    """
    head = pipe.read(_FRAME.size)
    content = pipe.read(_FRAME.unpack(head)[0]) if len(head) == _FRAME.size else b""
    if not content:
        raise EOFError
    return pickle.loads(content)  # noqa: S301 - from our own child or parent


class _Serving:
    """What the child knows of itself: where its answers go, and its limits."""

    pipe: BinaryIO | None = None
    limits = Limits()


def breed(descriptor: int) -> None:
    """Fork children as the parent asks for them, until it is gone: the nursery's whole life."""
    control = socket.socket(fileno=descriptor)
    # With the first array pyarrow looks for pandas, whose import takes longer than all else here.
    with without_collection(), without("pandas"):
        importlib.import_module("broadsheet.refinement").warm_up()
    control.sendall(b"r")
    children = set()
    while True:
        message, received, _, _ = socket.recv_fds(control, _NUMBER.size, 1)
        if not message:
            break
        if received:
            child = os.fork()
            if child == 0:
                control.close()
                serve(socket.socket(fileno=received[0]))
                os._exit(0)
            os.close(received[0])
            children.add(child)
            control.sendall(_NUMBER.pack(child))
        else:
            child = int(_NUMBER.unpack(message)[0])
            children.discard(child)
            code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            control.sendall(_NUMBER.pack(code))
    for child in children:
        os.kill(child, signal.SIGKILL)
    for child in children:  # so that what they took is known of the run
        os.waitpid(child, 0)
    os._exit(0)  # nothing is kept, and taking all apart would cost a tenth of a second


def serve(connection: socket.socket) -> None:
    """Work calls from a connection until it ends: a child's whole life."""
    pipe = _Serving.pipe = cast("BinaryIO", connection.makefile("rwb"))
    with contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError):
        surroundings: _Surroundings = _receive(pipe)
        surroundings.take_over()
        _Serving.limits = surroundings.limits
        _limit_memory(_Serving.limits)
        while True:
            function, argument = _receive(pipe)
            _send(pipe, _worked(function, argument, pipe))


def _worked(function: str, argument: object, pipe: BinaryIO) -> tuple[int, object]:
    """Send the results of a call one after another; return the frame that ends it."""
    module, _, name = function.partition(":")
    try:
        work: Work = getattr(importlib.import_module(module), name)
        progress()
        for result in work(argument):
            _rest()
            _send(pipe, (_RESULT, result))
            progress()
    except MemoryError:
        return _LOST, Lost(
            Reason.RESOURCE_MEMORY, f"more than {_Serving.limits.memory_bytes} bytes"
        )
    except OSError as error:
        return _FAILED, OSError(error.errno or 0, error.strerror or str(error))
    except Exception as error:  # noqa: BLE001 - the border that must survive anything
        return _LOST, Lost(Reason.RECORD_FAULT, f"{type(error).__name__}: {error}"[:300])
    finally:
        _rest()
    return _END, None


def say(value: object) -> None:
    """Tell the parent what is worked on, for the case that nothing more is heard of it."""
    if _Serving.pipe is not None:
        _send(_Serving.pipe, (_SAID, value))


def progress() -> None:
    """Begin the time limits anew, for the work gets on; outside a child, do nothing."""
    if _Serving.pipe is not None:
        signal.setitimer(signal.ITIMER_PROF, _Serving.limits.cpu_seconds)
        signal.setitimer(signal.ITIMER_REAL, _Serving.limits.wall_seconds)


def _rest() -> None:
    signal.setitimer(signal.ITIMER_PROF, 0)
    signal.setitimer(signal.ITIMER_REAL, 0)


def _limit_memory(limits: Limits) -> None:
    """Bound the address space, where the system tells how much there is already."""
    with contextlib.suppress(OSError, ValueError):
        with open("/proc/self/statm", "rb") as statm:  # noqa: PTH123 - a pseudo-file
            used = int(statm.read().split()[0]) * resource.getpagesize()
        most = resource.getrlimit(resource.RLIMIT_AS)[1]
        resource.setrlimit(resource.RLIMIT_AS, (used + limits.memory_bytes, most))
