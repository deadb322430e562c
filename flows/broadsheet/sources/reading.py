"""A batch to raw records: the one place of this stage that opens files to read articles."""

from collections.abc import Iterator
from dataclasses import replace
from io import SEEK_END, BytesIO
from typing import BinaryIO, Literal

from broadsheet.config import Sources
from broadsheet.isolation import Lost, progress
from broadsheet.reasons import Reason
from broadsheet.records import Rejection, Source
from broadsheet.sources.batches import Batch, Span
from broadsheet.sources.blobs import (
    EMPTY_SHA256,
    Blob,
    Ending,
    Inside,
    Item,
    Refused,
    Rows,
    Steps,
    reject,
)
from broadsheet.sources.digests import Check, Digests
from broadsheet.sources.formats import format_of, read_member
from broadsheet.sources.keeping import read_kept
from broadsheet.sources.roots import Place, Root, open_root

_BLOCK_BYTES = 2**20

OnFailure = Literal["raise", "reject"]


def read_batch(
    place: Place, batch: Batch, settings: Sources, *, on_failure: OnFailure = "raise"
) -> list[Item]:
    """Return the raw records of a batch, what is set aside, and counts of what is no article.

    Args:
        place: the folder of raw files that was discovered.
        batch: one of the planned batches.
        settings: the section ``[sources]``.
        on_failure: what an ``OSError`` other than a missing permission does. ``raise`` passes it
            on as it is, so that the caller can try again; ``reject``, for the last try, sets aside
            the file as ``io.failed`` and goes on.

    Returns:
        Items in the order of the files and of the records in them.

    Raises:
        OSError: reading failed and ``on_failure`` is ``raise``.

    """
    return [i for span in batch.spans for i in read_span(place, span, settings, on_failure)]


def read_file(place: Place, name: str, settings: Sources) -> Iterator[Item]:
    """Yield the items of one file as it is now.

    Raises:
        OSError: it is not there, or reading failed.

    """
    root = open_root(place)
    with root.open(name) as file:
        digests = Digests()
        while block := file.read(_BLOCK_BYTES):
            digests.update(block)
        size, check = file.tell(), digests.check()
        span = Span(path=name, start=0, stop=size, head=0, sha256=digests.sha256(), check=check)
    yield from read_span(place, span, settings, "raise")


def read_span(
    place: Place,
    span: Span,
    settings: Sources,
    on_failure: OnFailure,
    steps: Steps | None = None,
    *,
    kept: Place | None = None,
) -> Iterator[Item]:
    """Yield the items of one stretch, as :func:`read_batch` does.

    Where reading fails after some items, these stand, and one rejection is the rest. ``kept`` is
    where the discovery kept the parts of large compressed files; one that is not there, or not as
    it was, is inflated again.
    """
    whole = _whole(span)
    try:
        items = _read_known(open_root(place), span, settings, steps, kept)
        first = next(items, None)
        if isinstance(first, Rejection) and (second := next(items, None)) is not None:
            yield first
            first = second
        elif isinstance(first, Rejection):
            first = _addressed(first, whole)
        if first is not None:
            yield first
            yield from items
    except FileNotFoundError:
        yield reject(whole, Reason.IO_CHANGED, "the file is gone")
    except PermissionError as error:
        yield reject(whole, Reason.IO_PERMISSION, error.strerror or str(error))
    except OSError as error:
        if on_failure == "raise":
            raise
        yield reject(whole, Reason.IO_FAILED, error.strerror or str(error))
    except Refused as refused:
        yield reject(whole, refused.reason, refused.detail)


def lose_span(span: Span, lost: Lost) -> Rejection:
    """Return the rejection of a stretch that could not be read for a crash or a limit."""
    return reject(_whole(span), lost.reason, lost.detail)


def _whole(span: Span) -> Source:
    format_ = format_of(span.path)
    if format_ is None:
        raise ValueError(f"{span.path}: discovery lets no file pass that has no reader")
    return Source(span.path, None, span.start, span.size, span.sha256, format_.name)


def _addressed(item: Rejection, whole: Source) -> Rejection:
    """Return the only item; where it refuses the file as such, with the file's address."""
    if item.source.member is not None:
        return item
    is_unread = item.source.sha256 == EMPTY_SHA256 and item.source.length == 0
    return replace(item, source=whole) if is_unread else item


def _read_known(
    root: Root, span: Span, settings: Sources, steps: Steps | None, kept: Place | None
) -> Iterator[Item]:
    """Yield the items of a stretch whose bytes are checked against its digest first."""
    with root.open(span.path) as file:
        if span.is_inside:
            inside = Inside(
                span.start,
                span.stop,
                span.head,
                span.check,
                Ending(span.fault, span.detail, span.is_trailed),
                span.entry,
                read_kept(kept, span.sha256, span.check, span.head + span.size) if kept else None,
            )
            blob = Blob(path=span.path, name=span.path, stream=file, inside=inside, steps=steps)
            yield from read_member(blob, settings)
            return
        head = file.read(span.head)
        blob = Blob(
            path=span.path,
            name=span.path,
            stream=_checked(file, span, head, settings),
            offset=span.start,
            size=span.size,
            head=head,
            rows=Rows(span.base_row, span.first_row, span.stop_row) if span.stop_row else None,
            steps=steps,
        )
        yield from read_member(blob, settings)


def _checked(file: BinaryIO, span: Span, head: bytes, settings: Sources) -> BinaryIO:
    """Return the bytes of a stretch once they are digested: in memory, or large ones the file.

    A stretch that cannot be read without the file's end comes as the file, too.
    """
    digest = Check(head)
    if span.tail:
        file.seek(max(file.seek(0, SEEK_END) - span.tail, 0))
        digest.update(file.read())
        file.seek(span.start)
        for size in range(span.size, 0, -_BLOCK_BYTES):
            progress()
            digest.update(file.read(min(size, _BLOCK_BYTES)))
        _compare(span, digest.hexdigest(), file)
        return file
    file.seek(span.start)
    if span.size <= settings.batch_bytes or not span.is_whole:
        raw = file.read(span.size)
        digest.update(raw)
        _compare(span, digest.hexdigest(), file)
        return BytesIO(raw)
    while block := file.read(_BLOCK_BYTES):
        progress()
        digest.update(block)
    _compare(span, digest.hexdigest(), file)
    file.seek(span.start)
    return file


def _compare(span: Span, check: str, file: BinaryIO) -> None:
    is_longer = span.is_whole and file.read(1)
    if check != span.check or is_longer:
        raise Refused(Reason.IO_CHANGED, "the bytes are not those that were discovered")
