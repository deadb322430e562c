"""The figures of a report, read from the written Parquet in bounded memory.

Row groups are read one after the other; what is kept are counts by outlet, language, month and
reason, and a few samples.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from broadsheet.tables import ARTICLE
from broadsheet.text import excerpt

MOST_SAMPLES: Final = 3
MOST_COPIED: Final = 10
LENGTHS: Final = (0, 50, 100, 200, 400, 800, 1_600, 3_200)
"""Lower bounds of the bins of words, each twice the one before."""

_EXCERPT_CHARS: Final = 240
_ROWS: Final = 5_000
_COUNTED: Final = ("outlet", "language", "source_format", "published_precision")
_EMPTY_IS_MISSING: Final = ("authors", "agencies")
# What a page states or does not; nulls of other columns say nothing about the raw input.
_STATED: Final = (
    "url",
    "title",
    "subtitle",
    "authors",
    "agencies",
    "outlet",
    "outlet_domain",
    "outlet_country",
    "published_at",
    "published_on",
    "modified_at",
    "language",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One record of the quarantine."""

    source: str
    detail: str
    excerpt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonCount:
    """How many records were set aside for a reason, with some of them."""

    reason: str
    stage: str
    records: int
    samples: tuple[Sample, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """An article that others repeat."""

    id: str
    title: str
    copies: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Aggregates:
    """What a report tells of the rows.

    Attributes:
        rows: published articles.
        words: words of all texts.
        missing: rows without a value, by column that a page may state; an empty list and the
            language ``und`` are missing values.
        outlets: articles by outlet, the most frequent first; articles without one are left out.
        languages: articles by language tag.
        months: articles by month of publication (``2024-03``), in order; undated ones are left out.
        precisions: articles by how much of their date is stated.
        formats: articles by reader of the raw record.
        lengths: articles by the lower bound of their bin of words (``LENGTHS``).
        notes: articles by reason code of what was done or left out.
        truncated: articles whose raw text is an excerpt.
        paywalled: articles whose rest is for payers.
        clustered: articles that belong to the cluster of another one.
        copied: the articles with the most copies folded in.
        quarantine: quarantined records by reason, the most frequent first.

    """

    rows: int = 0
    words: int = 0
    missing: dict[str, int] = field(default_factory=dict)
    outlets: dict[str, int] = field(default_factory=dict)
    languages: dict[str, int] = field(default_factory=dict)
    months: dict[str, int] = field(default_factory=dict)
    precisions: dict[str, int] = field(default_factory=dict)
    formats: dict[str, int] = field(default_factory=dict)
    lengths: dict[int, int] = field(default_factory=dict)
    notes: dict[str, int] = field(default_factory=dict)
    truncated: int = 0
    paywalled: int = 0
    clustered: int = 0
    copied: tuple[Copied, ...] = ()
    quarantine: tuple[ReasonCount, ...] = ()

    @property
    def reasons(self) -> dict[str, int]:
        """The quarantined records by reason code, of whatever stage, the most frequent first."""
        counts: Counter[str] = Counter()
        for found in self.quarantine:
            counts[found.reason] += found.records
        return dict(counts.most_common())


def aggregate(articles: Iterable[Path], quarantine: Iterable[Path] = ()) -> Aggregates:
    """Return the figures of a release.

    Args:
        articles: Parquet files of ``tables.ARTICLE``.
        quarantine: Parquet files of ``tables.QUARANTINE``.

    """
    tally = _Tally()
    columns = [name for name in ARTICLE.schema.names if name not in {"text", "evidence"}]
    for batch in _batches(articles, columns):
        tally.add(batch)
    return tally.finish(_reasons(quarantine))


def _batches(paths: Iterable[Path], columns: list[str]) -> Iterator[pa.Table]:
    for path in paths:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=_ROWS, columns=columns):
                yield pa.table(batch)


class _Tally:
    """Counts that grow with each batch."""

    def __init__(self) -> None:
        self.counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self.missing = dict.fromkeys(_STATED, 0)
        self.sums: Counter[str] = Counter()
        self.lengths: Counter[int] = Counter()
        self.copied: list[Copied] = []

    def add(self, batch: pa.Table) -> None:
        self.sums["rows"] += batch.num_rows
        self.sums["words"] += pc.sum(batch["n_words"]).as_py() or 0
        for name in ("is_truncated", "is_paywalled"):
            self.sums[name] += pc.sum(batch[name]).as_py() or 0
        self.sums["clustered"] += pc.sum(pc.not_equal(batch["cluster"], batch["id"])).as_py() or 0
        for name in self.missing:
            self.missing[name] += _count_missing(name, batch[name])
        for name in _COUNTED:
            self._count(name, batch[name])
        self._count("notes", pc.list_flatten(batch["notes"]))
        self._count("months", pc.strftime(batch["published_on"], format="%Y-%m"))
        bins = np.searchsorted(LENGTHS, batch["n_words"].to_numpy(), side="right") - 1
        for low, count in zip(LENGTHS, np.bincount(bins, minlength=len(LENGTHS)), strict=True):
            self.lengths[low] += int(count)
        self._add_copied(batch)

    def _count(self, name: str, column: pa.ChunkedArray) -> None:
        for item in pc.value_counts(column).to_pylist():
            if item["values"] is not None:
                self.counts[name][item["values"]] += item["counts"]

    def _add_copied(self, batch: pa.Table) -> None:
        found = batch.select(["id", "title", "duplicate_count"]).filter(
            pc.greater(batch["duplicate_count"], 0)
        )
        self.copied += [
            Copied(id=row["id"], title=row["title"] or "", copies=row["duplicate_count"])
            for row in found.to_pylist()
        ]
        self.copied.sort(key=lambda copied: (-copied.copies, copied.id))
        del self.copied[MOST_COPIED:]

    def finish(self, quarantine: tuple[ReasonCount, ...]) -> Aggregates:
        return Aggregates(
            rows=self.sums["rows"],
            words=self.sums["words"],
            missing=self.missing,
            outlets=_by_frequency(self.counts["outlet"]),
            languages=_by_frequency(self.counts["language"]),
            months=dict(sorted(self.counts["months"].items())),
            precisions=_by_frequency(self.counts["published_precision"]),
            formats=_by_frequency(self.counts["source_format"]),
            lengths={low: self.lengths[low] for low in LENGTHS},
            notes=_by_frequency(self.counts["notes"]),
            truncated=self.sums["is_truncated"],
            paywalled=self.sums["is_paywalled"],
            clustered=self.sums["clustered"],
            copied=tuple(self.copied),
            quarantine=quarantine,
        )


def _by_frequency(counts: Counter[str]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _count_missing(name: str, column: pa.ChunkedArray) -> int:
    if name == "language":
        return int(pc.sum(pc.equal(column, "und")).as_py() or 0)
    if name in _EMPTY_IS_MISSING:
        return int(pc.sum(pc.equal(pc.list_value_length(column), 0)).as_py() or 0)
    return int(column.null_count)


def _reasons(paths: Iterable[Path]) -> tuple[ReasonCount, ...]:
    counts: Counter[tuple[str, str]] = Counter()
    samples: defaultdict[tuple[str, str], list[Sample]] = defaultdict(list)
    columns = ["source_path", "source_member", "stage", "reason", "detail", "excerpt"]
    for batch in _batches(paths, columns):
        for row in batch.to_pylist():
            key = (row["reason"], row["stage"])
            counts[key] += 1
            if len(samples[key]) < MOST_SAMPLES:
                samples[key].append(_sample(row))
    order = sorted(counts, key=lambda key: (-counts[key], key))
    return tuple(
        ReasonCount(reason=key[0], stage=key[1], records=counts[key], samples=tuple(samples[key]))
        for key in order
    )


def _sample(row: dict[str, str | None]) -> Sample:
    source = f"{row['source_path']} › {row['source_member']}" if row["source_member"] else None
    return Sample(
        source=source or row["source_path"] or "",
        detail=excerpt(row["detail"] or "", _EXCERPT_CHARS),
        excerpt=excerpt(row["excerpt"] or "", _EXCERPT_CHARS),
    )
