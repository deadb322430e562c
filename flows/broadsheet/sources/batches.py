"""Raw files to bounded pieces of work.

Borders are defined by content: one more file changes the batch that it falls into and leaves the
others as they are, so that their results are found again. The method is content-defined chunking
(Muthitacharoen, Chen and Mazières, "A Low-bandwidth Network File System", SOSP 2001) on a list of
files: a batch ends where a file's name and digest say so, or where it is full.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any, Self

import orjson

from broadsheet.config import Sources
from broadsheet.sources.cutting import Part
from broadsheet.sources.discovery import RawFile
from broadsheet.sources.sizes import expected_bytes

# One file in so many ends a batch: so most batches are half full, and few are cut for being full.
_FILL = 2

# Files are grouped to half of what one alone may be, so that batches are more than cores.
_GROUPED_SHARE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Span(Part):
    """A stretch of one raw file: the whole, or a part that begins and ends between records.

    Attributes:
        path: POSIX path relative to the raw folder.
        is_whole: the stretch is the whole file, so that a longer file has changed.

    """

    path: str
    is_whole: bool = True

    @property
    def size(self) -> int:
        """Bytes in the stretch."""
        return self.stop - self.start


@dataclass(frozen=True, slots=True)
class Batch:
    """A bounded piece of work: the unit of parallelism, retry and caching."""

    spans: tuple[Span, ...]

    @property
    def size(self) -> int:
        """Bytes to read."""
        return sum(span.size for span in self.spans)

    @property
    def digest(self) -> str:
        """SHA-256 of what the batch reads: paths, places and contents, hexadecimal."""
        return hashlib.sha256(orjson.dumps(self.to_json())).hexdigest()

    def to_json(self) -> dict[str, Any]:
        """Return the batch as JSON values, for a task's parameters."""
        return {"spans": [asdict(span) for span in self.spans]}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Self:
        """Return the batch of :meth:`to_json`."""
        return cls(tuple(Span(**span) for span in value["spans"]))


def plan_batches(files: Iterable[RawFile], settings: Sources) -> tuple[Batch, ...]:
    """Divide files into batches of at most ``batch_bytes`` and ``batch_records``.

    A single stretch that is larger is a batch of its own. Every byte of every file is in exactly
    one batch, but of a table with large groups every row; the order of files is kept. The settings
    are best those that the files were cut by (``Discovery.settings``).
    """
    return tuple(Batch(tuple(spans)) for spans in _grouped(_spans(files), settings))


def _spans(files: Iterable[RawFile]) -> Iterator[Span]:
    for file in files:
        if not file.parts:
            whole = Part(0, file.size, 0, file.sha256, check=file.check)
            yield Span(path=file.path, **asdict(whole))
        for part in file.parts:
            yield Span(path=file.path, **asdict(part), is_whole=False)


def _grouped(spans: Iterable[Span], settings: Sources) -> Iterator[list[Span]]:
    group: list[Span] = []
    size = 0
    for span in spans:
        is_part = not span.is_whole  # as large as a batch may well be
        is_full = (
            is_part
            or size + _weight(span) > settings.batch_bytes
            or len(group) >= settings.batch_records
        )
        if group and is_full:
            yield group
            group, size = [], 0
        group.append(span)
        size += _weight(span)
        if not span.is_whole or _ends_batch(span, settings):
            yield group
            group, size = [], 0
    if group:
        yield group


def _weight(span: Span) -> int:
    """Return the bytes that a stretch counts for when whole files are grouped."""
    return expected_bytes(span.path, span.size) * _GROUPED_SHARE


def _ends_batch(span: Span, settings: Sources) -> bool:
    """Tell by its name and content alone whether a stretch ends its batch.

    The chance grows with the share of a batch that the stretch takes, in bytes and in records, so
    that batches are half full on average whether files are small or large.
    """
    share = max(_weight(span) / settings.batch_bytes, 1 / settings.batch_records)
    address = f"{span.path}\0{span.start}\0{span.sha256}".encode()
    draw = int.from_bytes(hashlib.sha256(address).digest()[:8]) / 2**64
    return draw < _FILL * share
