"""Raw bytes to rows: the part of a batch that meets hostile input, worked in a child process.

:mod:`broadsheet.pipeline.guarded` is the parent (see :mod:`broadsheet.isolation`). Records are read
and refined in portions; after a death the parent asks for them one by one, and is told of each step
before it is taken, so that the one that kills is known.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace

import pyarrow as pa

from broadsheet import deduplicate, normalize, parse, sources, tables
from broadsheet.config import Config, Dataset, Sources
from broadsheet.isolation import Lost, progress, say
from broadsheet.parse.recurring import Sighting, sight
from broadsheet.privacy import mask
from broadsheet.records import Article, ParsedArticle, RawRecord, Rejection, Skipped, Source

PORTION_RECORDS = 256
_PORTION_CHARS = 4 * 2**20

Item = RawRecord | Rejection | Skipped

Recurring = Mapping[str, AbstractSet[int]]
"""For each group of pages the keys of the lines that recur, see ``parse.recurring``."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """How far a batch is worked: spans that are done, and items of the next one that are."""

    span: int = 0
    item: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What the child is asked for.

    Attributes:
        root: the folder of raw files, a path or an address.
        spans: of the batch.
        config: the settings.
        recurring: lines that are left out of the texts.
        on_failure: what an ``OSError`` does, as for :func:`broadsheet.sources.read_batch`.
        start: what is done already.
        most: so many items are worked one by one, each step being told; None stands for all, in
            portions.
        lost: steps of reading the first span that are left out, because they killed a child.
        kept: where parts of large compressed files are kept, a path or an address.

    """

    root: str
    spans: tuple[sources.Span, ...]
    config: Config
    recurring: Recurring
    on_failure: sources.OnFailure
    start: Place = Place()
    most: int | None = None
    lost: Mapping[int, Lost] = field(default_factory=dict)
    kept: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Portion:
    """What some items came to; ``done`` is the place behind them, ``found`` counts those read.

    ``keys`` are those of the rows, for deduplication.
    """

    done: Place
    rows: pa.Table
    keys: pa.Table
    rejections: tuple[Rejection, ...]
    skipped: tuple[Skipped, ...]
    found: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What is about to be done, for the case that it is the last thing heard of the child.

    A numbered step of reading, or, where there is a record, refining it.
    """

    span: int
    number: int = 0
    record: Rejection | None = None


def warm_up() -> None:
    """Load what the first record would load: models, profiles, registries."""
    about = Dataset(name="warm", pretty_name="-", description="-", license="cc0-1.0")
    source = Source("warm.html", None, 0, 1, "0" * 64, "html")
    text = "<html><title>Warm</title><p>By A. Reporter, 3 March 2024. " + "It was warm. " * 30
    record = RawRecord(source=source, text=text, media="html")
    portion([record, record._replace(media="text")], Place(), Config(dataset=about), {})


def work(task: Task) -> Iterator[Portion]:
    """Yield the portions of a batch, or of so much of it as is asked for."""
    pending: list[Item] = []
    done, chars = task.start, 0
    is_careful = task.most is not None
    worked = 0
    for place, item in _items(task):
        if worked == task.most:
            return
        if is_careful and isinstance(item, RawRecord):
            say(Step(span=place.span, record=lost_record(item, task.config)))
        pending.append(item)
        done, worked = place, worked + 1
        chars += len(item.text) if isinstance(item, RawRecord) else 0
        if is_careful or len(pending) >= PORTION_RECORDS or chars >= _PORTION_CHARS:
            yield portion(pending, done, task.config, task.recurring)
            pending, chars = [], 0
    yield portion(pending, Place(len(task.spans)), task.config, task.recurring)


def sight_lines(
    asked: tuple[str, tuple[sources.Span, ...], Sources, str],
) -> Iterator[list[Sighting]]:
    """Yield what the pages of each span add to the census of lines."""
    root, spans, settings, kept = asked
    for span in spans:
        items = sources.read_span(root, span, settings, "reject", kept=kept)
        yield [s for i in items if isinstance(i, RawRecord) and (s := _sight(i)) is not None]


def _sight(record: RawRecord) -> Sighting | None:
    progress()
    return sight(record)


def _items(task: Task) -> Iterator[tuple[Place, Item]]:
    """Yield the items that are not done, each with the place behind it."""
    for number in range(task.start.span, len(task.spans)):
        is_first = number == task.start.span
        lost, tells = task.lost if is_first else {}, task.most is not None
        # Steps are counted only where something died: records are read in bulk otherwise.
        steps = _Steps(number, lost, tells=tells) if lost or tells else None
        read = sources.read_span(
            task.root,
            task.spans[number],
            task.config.sources,
            task.on_failure,
            steps,
            kept=task.kept,
        )
        for count, item in enumerate(read, 1):
            if not is_first or count > task.start.item:
                yield Place(number, count), item


class _Steps(sources.Steps):
    """Steps of reading a span that are told to the parent, where it asks for them."""

    def __init__(self, span: int, lost: Mapping[int, Lost], *, tells: bool) -> None:
        super().__init__(lost)
        self._span, self._tells = span, tells
        self.at(0)

    def at(self, number: int) -> None:
        """Tell the step that is being taken."""
        if self._tells:
            say(Step(span=self._span, number=number))


def lost_record(record: RawRecord, config: Config) -> Rejection:
    """Return the rejection of a record that is lost on the way, but for its reason."""
    excerpt = mask(sources.printable(record.text), config.privacy.mask).text
    return Rejection(source=record.source, stage="parse", reason="", excerpt=excerpt)


def portion(items: Sequence[Item], done: Place, config: Config, recurring: Recurring) -> Portion:
    """Refine the records among items."""
    refined = iter(
        refine([item for item in items if isinstance(item, RawRecord)], config, recurring)
    )
    outcomes = [next(refined) if isinstance(item, RawRecord) else item for item in items]
    rows = tables.articles_to_table([row for row in outcomes if isinstance(row, Article)])
    progress()
    return Portion(
        done=done,
        rows=rows,
        keys=deduplicate.keys_of(rows),
        rejections=tuple(masked(o, config) for o in outcomes if isinstance(o, Rejection)),
        skipped=tuple(item for item in items if isinstance(item, Skipped)),
        found=Counter(item.source.path for item in items if not isinstance(item, Skipped)),
    )


def refine(
    records: Sequence[RawRecord], config: Config, recurring: Recurring
) -> list[Article | Rejection]:
    """Parse and normalise records: one row or rejection for each, in their order."""
    parsed = parse.parse_many(records, recurring)
    found = [item for item in parsed if isinstance(item, ParsedArticle)]
    rows = iter(normalize.normalize(found, config))
    return [next(rows) if isinstance(item, ParsedArticle) else item for item in parsed]


def masked(rejection: Rejection, config: Config) -> Rejection:
    """Return a rejection whose excerpt shows nothing that the policy masks."""
    return replace(rejection, excerpt=mask(rejection.excerpt, config.privacy.mask).text)
