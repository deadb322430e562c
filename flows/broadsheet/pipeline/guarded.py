"""A batch to rows behind a guard: a record that crashes, hangs or exhausts it is lost alone."""

from collections import Counter
from dataclasses import dataclass, field, replace
from functools import partial
from types import MappingProxyType

import pyarrow as pa

from broadsheet import sources
from broadsheet.config import Config, Sources
from broadsheet.deduplicate import KEY_SCHEMA
from broadsheet.isolation import Died, Limits, Lost, borrowed
from broadsheet.records import Rejection, Skipped
from broadsheet.refinement import PORTION_RECORDS, Place, Portion, Recurring, Step, Task
from broadsheet.tables import STAGED_ARTICLE_SCHEMA

WORK = "broadsheet.refinement:work"
READ_FOOTER = "broadsheet.sources.tables_in_parts:yield_footer"
_LEAST_MEMORY_BYTES = 2**30
_MEMORY_PER_BYTE = 8  # of a batch; it is held once, and each record in several forms


@dataclass(slots=True, kw_only=True)
class Worked:
    """What a batch came to: each item that was found is a row, set aside, or skipped.

    ``keys`` are those of the rows, for deduplication; a row's number is that in its portion.
    """

    rows: pa.Table = field(default_factory=STAGED_ARTICLE_SCHEMA.empty_table)
    keys: pa.Table = field(default_factory=KEY_SCHEMA.empty_table)
    rejections: list[Rejection] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    found: Counter[str] = field(default_factory=Counter)


def limits_for(settings: Sources) -> Limits:
    """Return what the child may take: more than by default only where batches are larger."""
    needed = _MEMORY_PER_BYTE * max(settings.batch_bytes, 2 * settings.max_record_bytes)
    return Limits(memory_bytes=max(_LEAST_MEMORY_BYTES, needed))


def read_and_refine(
    root: str,
    batch: sources.Batch,
    config: Config,
    on_failure: sources.OnFailure,
    recurring: Recurring = MappingProxyType({}),
    *,
    kept: str | None = None,
) -> Worked:
    """Read and refine a batch in a child process.

    ``kept`` is where parts of compressed files are kept.

    Raises:
        OSError: reading failed and ``on_failure`` is ``raise``.

    """
    course = _Course(
        Task(
            root=root,
            spans=batch.spans,
            config=config,
            on_failure=on_failure,
            recurring=dict(recurring),
            kept=kept,
        )
    )
    with borrowed(limits_for(config.sources)) as guard:
        while course.task.start.span < len(batch.spans):
            try:
                for portion in guard.run(WORK, course.task):
                    course.take(portion)
                course.go_on(most=None)
            except Died as died:
                course.bury(died)
    return course.worked()


def discover(
    root: sources.Place, settings: Sources, keep: sources.Keep | None = None
) -> sources.Discovery:
    """Discover raw files as :func:`broadsheet.sources.discover`; footers are read in a child.

    Raises:
        StorageError: the place is no folder, or may not be listed.

    """
    footers = partial(read_footer, settings)
    return sources.discover(root, settings, read_footer=footers, keep=keep)


def read_footer(settings: Sources, footer: bytes) -> list[sources.RowGroup] | None:
    """Return the row groups that the footer of a Parquet file lists, read in a child process.

    None stands for a footer that cannot be read, or kills what reads it.
    """
    with borrowed(limits_for(settings)) as guard:
        try:
            found = guard.call(READ_FOOTER, footer)
        except OSError:
            return None
    return None if isinstance(found, Lost) else found


class _Course:
    """How far a batch is worked, what came of it, and what the next child is asked for."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self._rows: list[pa.Table] = []
        self._keys: list[pa.Table] = []
        self._worked = Worked()

    def worked(self) -> Worked:
        """Return what all came to."""
        self._worked.rows = pa.concat_tables([self._worked.rows, *self._rows])
        self._worked.keys = pa.concat_tables([self._worked.keys, *self._keys])
        return self._worked

    def take(self, portion: Portion) -> None:
        """Take what some items came to."""
        self._rows.append(portion.rows)
        self._keys.append(portion.keys)
        self._worked.rejections += portion.rejections
        self._worked.skipped += portion.skipped
        self._worked.found.update(portion.found)
        self._move(portion.done)

    def go_on(self, *, most: int | None) -> None:
        """Ask for what is left: all of it, or some of it step by step."""
        self.task = replace(self.task, most=most)

    def bury(self, died: Died) -> None:
        """Decide what follows from a death: a closer look, or the loss of the step that killed."""
        said = died.said
        if self.task.most is None:
            self.go_on(most=PORTION_RECORDS)
            return
        if not isinstance(said, Step):  # not even begun
            self._lose_span(died.lost)
            return
        if said.span > self.task.start.span:
            self._move(Place(said.span))
        if said.record is not None:
            self._lose(replace(said.record, reason=died.lost.reason, detail=died.lost.detail))
            self._move(replace(self.task.start, item=self.task.start.item + 1))
        elif said.number and said.number not in self.task.lost:
            self.task = replace(self.task, lost={**self.task.lost, said.number: died.lost})
        else:
            self._lose_span(died.lost)

    def _move(self, place: Place) -> None:
        if place.span > self.task.start.span:
            self.task = replace(self.task, lost={})
        self.task = replace(self.task, start=place)

    def _lose_span(self, lost: Lost) -> None:
        """Set aside what is left of a span."""
        span = self.task.spans[self.task.start.span]
        self._lose(sources.lose_span(span, lost))
        self._move(Place(self.task.start.span + 1))

    def _lose(self, rejection: Rejection) -> None:
        self._worked.rejections.append(rejection)
        self._worked.found[rejection.source.path] += 1
