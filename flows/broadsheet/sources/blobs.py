"""What a reader is given, and what it hands back.

A :class:`Blob` is one stretch of raw bytes with its address; a reader turns it into items. What is
wrong with a stretch as a whole is raised as :class:`Refused` and becomes one rejection.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import BinaryIO, NamedTuple, TypeVar

from broadsheet.config import Sources
from broadsheet.isolation import Lost, progress
from broadsheet.reasons import Reason
from broadsheet.records import RawRecord, Rejection, Skipped, Source

Item = RawRecord | Rejection | Skipped
"""What reading yields: a record, one that is set aside, or a count of entries that are none."""

Made = TypeVar("Made")

NEW = tuple.__new__  # makes a named tuple of its fields, in half the time that its name takes
EMPTY_SHA256 = hashlib.sha256().hexdigest()
STAGE = "sources"
OUT_OF_MEMORY = "reading it took more memory than there is"
_EXCERPT_CHARS = 240


class Refused(Exception):  # noqa: N818 - a verdict on the bytes, caught where they are read
    """The bytes at hand cannot be read as what they should be."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


class Rows(NamedTuple):
    """Rows of a table, counted from the file's first.

    The bytes at hand begin with ``base``; read are those from ``first`` to before ``stop``.
    """

    base: int
    first: int
    stop: int


class Ending(NamedTuple):
    """How a compressed stream ends, as it was found when it was inflated as a whole.

    ``fault`` is the reason code of what is wrong behind the last byte that came out, ``detail``
    says it in words; ``is_trailed`` tells that other bytes follow the end.
    """

    fault: str = ""
    detail: str = ""
    is_trailed: bool = False


class Inside(NamedTuple):
    """A stretch of what comes out of a compressed file, with the bytes at the top that it needs.

    ``check`` is the quick digest of the head and of the stretch, ``ending`` is what lies behind it,
    ``entry`` the place in the file of the member at which inflating begins, and ``kept`` head and
    stretch, where they were kept and are proven to be those.
    """

    start: int
    stop: int
    head: int
    check: str
    ending: Ending
    entry: int = 0
    kept: bytes | None = None


class Steps:
    """Numbers the steps of reading a stretch, so that one that kills can be left out next time.

    A step is whatever a reader does to get its next item, and within it to read one record. The
    number is the same in every reading of the same bytes, whatever was left out before.
    """

    def __init__(self, lost: Mapping[int, Lost] = MappingProxyType({})) -> None:
        """Prepare to count; ``lost`` says of the steps to leave out why they were lost."""
        self._lost = lost
        self._count = 0
        self._open = [0]

    def at(self, number: int) -> None:
        """Learn which step is being taken; 0 is none."""

    def begin(self) -> Lost | None:
        """Begin the next step; return why it was lost and begin none where it is to be left out."""
        self._count += 1
        if lost := self._lost.get(self._count):
            return lost
        self._open.append(self._count)
        self.at(self._count)
        return None

    def end(self) -> None:
        """End the step that was begun last."""
        self._open.pop()
        self.at(self._open[-1])

    def watched(self, blob: "Blob", items: Iterator[Item], format_: str) -> Iterator[Item]:
        """Yield items; instead of a step to leave out, the rejection of what is left."""
        while True:
            if lost := self.begin():
                yield refuse(blob, format_, Refused(lost.reason, lost.detail))
                return
            try:
                item = next(items, None)
            finally:
                self.end()
            if item is None:
                return
            yield item


@dataclass(frozen=True, slots=True, kw_only=True)
class Blob:
    """A stretch of raw bytes.

    Attributes:
        path: POSIX path of the file, relative to the folder of raw files.
        stream: the bytes, from the stretch's first one on.
        member: name inside the container, where ``path`` is one.
        name: file name that tells the format (``path``'s, or the member's).
        offset: position of the first byte in the file or member.
        size: bytes in the stream, where known.
        head: bytes that stand at the top of the whole file and that a later stretch needs, such as
            the header line of a CSV file.
        rows: of a table which of its rows are read; None stands for all.
        inside: of a compressed file which stretch is read; None stands for all.
        depth: containers around this one.
        notes: what had to be done to get here.
        steps: counts the steps of reading, where an earlier reading ended in one.

    """

    path: str
    stream: BinaryIO
    name: str
    member: str | None = None
    offset: int = 0
    size: int | None = None
    head: bytes = b""
    rows: Rows | None = None
    inside: Inside | None = None
    depth: int = 0
    notes: tuple[Reason, ...] = ()
    steps: Steps | None = None

    def source(self, raw: bytes, format_: str, *, at: int = 0) -> Source:
        """Return the address of ``raw``, found ``at`` bytes into this blob."""
        digest = hashlib.sha256(raw).hexdigest()
        at += self.offset
        return NEW(Source, (self.path, self.member, at, len(raw), digest, format_))

    def within(
        self,
        member: str,
        stream: BinaryIO,
        *,
        name: str | None = None,
        size: int | None = None,
        notes: tuple[Reason, ...] = (),
    ) -> "Blob":
        """Return the blob of a member of this container; nested names are joined by ``!/``."""
        return Blob(
            path=self.path,
            stream=stream,
            name=name or member,
            member=f"{self.member}!/{member}" if self.member else member,
            size=size,
            depth=self.depth + 1,
            notes=(*self.notes, *notes),
            steps=self.steps,
        )


Read = Callable[[Blob, Sources], Iterator[Item]]
"""A reader: yields the items of a blob; raises :class:`Refused` for what is left of it."""


@dataclass(slots=True)
class Tally:
    """Counts of entries that are no articles, by reason."""

    blob: Blob
    counts: dict[Reason, int] = field(default_factory=dict)

    def add(self, reason: Reason, count: int = 1) -> None:
        """Count entries."""
        self.counts[reason] = self.counts.get(reason, 0) + count
        progress()

    def items(self) -> Iterator[Skipped]:
        """Yield what was counted, in the order of the reason codes."""
        for reason in sorted(self.counts):
            yield Skipped(
                path=self.blob.path,
                member=self.blob.member,
                reason=reason.value,
                count=self.counts[reason],
            )


def read_whole(blob: Blob, settings: Sources) -> bytes:
    """Return all bytes of a blob that is one record.

    Raises:
        Refused: it is larger than a record may be, or empty; at most one byte too many was read.

    """
    limit = settings.max_record_bytes
    if blob.size is not None and blob.size > limit:
        raise Refused(Reason.SIZE_RECORD, f"{blob.size} bytes; at most {limit} are allowed")
    raw = blob.stream.read(limit + 1)
    if len(raw) > limit:
        raise Refused(Reason.SIZE_RECORD, f"more than {limit} bytes")
    if not raw:
        raise Refused(Reason.CONTENT_EMPTY, "no bytes")
    return raw


def reject(source: Source, reason: Reason, detail: str, raw: bytes | str = b"") -> Rejection:
    """Return the rejection of the record at ``source``; ``raw`` is what its excerpt is cut from."""
    return Rejection(
        source=source,
        stage=STAGE,
        reason=reason.value,
        detail=printable(detail),
        excerpt=printable(raw),
    )


def alone(
    blob: Blob, source: Source, raw: bytes, work: Callable[..., Made], *arguments: object
) -> Made | Rejection:
    """Return what work makes of one record, or its rejection: whatever happens, it is lost alone.

    Args:
        blob: what the record lies in.
        source: its address.
        raw: what an excerpt is cut from.
        work: reads it.
        arguments: of the work.

    Raises:
        OSError: the work raised one; the caller may try again.

    """
    steps = blob.steps
    if steps is not None and (lost := steps.begin()):
        return reject(source, lost.reason, lost.detail, raw)
    try:
        return work(*arguments)
    except Refused as refused:
        return reject(source, refused.reason, refused.detail, raw)
    except OSError:
        raise
    except MemoryError:
        return reject(source, Reason.RESOURCE_MEMORY, OUT_OF_MEMORY, raw)
    except Exception as error:  # noqa: BLE001 - one record must not stop the run
        return reject(source, Reason.RECORD_FAULT, f"{type(error).__name__}: {error}", raw)
    finally:
        if steps is not None:
            steps.end()


def too_long(blob: Blob, format_: str, at: int, length: int, raw: bytes) -> Rejection:
    """Return the rejection of a record over the limit.

    Its length is known, its digest is that of no bytes, because it is not worth reading twice.
    """
    source = Source(blob.path, blob.member, blob.offset + at, length, EMPTY_SHA256, format_)
    return reject(source, Reason.SIZE_RECORD, f"{length} bytes are over the limit", raw)


def refuse(blob: Blob, format_: str, refused: Refused) -> Rejection:
    """Return the rejection of what is left of a blob whose bytes nobody can vouch for.

    Its address is the blob's, or that of the member that the blob is a stretch of; length 0 and the
    digest of no bytes say that none were read.
    """
    offset = blob.offset if blob.member is None else 0
    source = Source(blob.path, blob.member, offset, 0, EMPTY_SHA256, format_)
    return reject(source, refused.reason, refused.detail)


def printable(raw: bytes | str) -> str:
    """Return the first printable characters, white space collapsed, at most 240."""
    text = raw[:1_000].decode("utf-8", "replace") if isinstance(raw, bytes) else raw[:1_000]
    shown = "".join(c if c.isprintable() else " " for c in text)
    return " ".join(shown.split())[:_EXCERPT_CHARS].rstrip()
