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
BEGINS_RECORD = "broadsheet.sources.members:yield_begins_record"
CUT_INSIDE = "broadsheet.sources.insides:yield_parts"
_MOST_DEATHS = 20  # of one compressed file at discovery; each has it inflated anew
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
    """Discover raw files as :func:`broadsheet.sources.discover`; what decodes does so in a child.

    Raises:
        StorageError: the place is no folder, or may not be listed.

    """
    decoders = sources.Decoders(
        read_footer=partial(read_footer, settings),
        cut_inside=cut_inside,
        begins_record=partial(begins_record, settings),
    )
    return sources.discover(root, settings, decoders=decoders, keep=keep)


def read_footer(settings: Sources, footer: bytes) -> list[sources.RowGroup] | None:
    """Return the row groups that the footer of a Parquet file lists, read in a child process.

    None stands for a footer that cannot be read, or kills what reads it.
    """
    found = _called(settings, READ_FOOTER, footer)
    return found if isinstance(found, list) else None


def begins_record(settings: Sources, raw: bytes) -> bool:
    """Tell whether a compressed WARC record begins with some bytes, tried in a child process."""
    return _called(settings, BEGINS_RECORD, raw) is True


def _called(settings: Sources, function: str, raw: bytes) -> object:
    with borrowed(limits_for(settings)) as guard:
        try:
            return guard.call(function, raw)
        except OSError:
            return None


def cut_inside(
    root: sources.Place, name: str, settings: Sources, keep: sources.Keep | None
) -> tuple[sources.Part, ...]:
    """Return the parts of what a compressed file holds, inflated in a child process.

    What kills it ends its stretch. A file that kills too often is one part: whoever reads it finds
    out again.

    Raises:
        OSError: the file cannot be read.

    """
    asked = sources.Asked(place=root, name=name, settings=settings, is_kept=keep is not None)
    with borrowed(limits_for(settings)) as guard:
        for _ in range(_MOST_DEATHS):
            try:
                return sources.gather_parts(guard.run(CUT_INSIDE, asked), keep)
            except Died as died:
                if not asked.tells:
                    asked = replace(asked, tells=True)
                elif isinstance(died.said, int) and died.said not in asked.lost:
                    asked = replace(asked, lost={**asked.lost, died.said: died.lost})
                else:
                    break
    return ()


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
