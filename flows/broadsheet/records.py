"""The values that the stages hand to one another.

``RawRecord`` (sources) -> ``ParsedArticle`` (parse) -> ``Article`` (normalize), or at any stage a
``Rejection``. Their Arrow schemas, with the meaning of each column, are in
:mod:`broadsheet.tables`.

Longer than 300 lines because the contract between the stages is read as a whole.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Literal, NamedTuple, Self

from broadsheet.reasons import Reason

Media = Literal["text", "markdown", "html"]
"""What kind of markup the text of a raw record is in."""

Field = Literal[
    "title",
    "subtitle",
    "author",
    "agency",
    "outlet",
    "url",
    "published",
    "modified",
    "crawled",
    "language",
    "rights",
    "text",
]
"""What a witness can speak of."""


class Precision(StrEnum):
    """How much of a publication date is stated."""

    SECOND = "second"
    MINUTE = "minute"
    DAY = "day"
    MONTH = "month"
    YEAR = "year"
    UNKNOWN = "unknown"


class Source(NamedTuple):
    """Where a raw record lies; a tuple, because one is made and sent on for every record.

    Attributes:
        path: POSIX path of the file, relative to the folder of raw files.
        member: name inside the container, where the file is one.
        offset: first byte of the record in the file (or in the member).
        length: bytes of the record.
        sha256: hexadecimal digest of those bytes.
        format: name of the reader, such as ``text``, ``markdown`` or ``warc``.

    """

    path: str
    member: str | None
    offset: int
    length: int
    sha256: str
    format: str

    @classmethod
    def of_row(cls, row: Mapping[str, Any]) -> Self:
        """Return the source that the ``source_*`` columns of a row tell."""
        return cls(*(row[f"source_{name}"] for name in cls._fields))


class RawRecord(NamedTuple):
    """One article as it was found: decoded, otherwise untouched; a tuple as :class:`Source` is.

    Attributes:
        source: where it lies.
        text: the decoded content.
        media: how to parse ``text``.
        fields: what the container states beside the text (a JSON key, a WARC header), by field.
        notes: reason codes of what decoding had to do.

    """

    source: Source
    text: str
    media: Media
    fields: Mapping[Field, tuple[str, ...]] = {}  # a read-only view would not pickle
    notes: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """One place in a raw record that states a value.

    Attributes:
        field: what it speaks of.
        value: the value as found.
        rule: name of the rule that read it, such as ``byline.by`` or ``trailer.original-url``.
        confidence: estimated probability that the value is right, in [0, 1].
        excerpt: the raw characters it was read from, at most 160.
        is_joint: whether the confidence counts already how the other places of the record agree,
            so that their agreement must not raise it again.

    """

    field: Field
    value: str
    rule: str
    confidence: float
    excerpt: str
    is_joint: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedArticle:
    """The article told from its page: strings as found, nothing normalised yet.

    Attributes:
        source: where the raw record lies.
        text: the body; paragraphs separated by a blank line, no page chrome.
        witnesses: every place that states a value; for each field the most trusted first.
        is_truncated: the raw text says that it is an excerpt.
        is_paywalled: the raw text says that the rest is for payers.
        notes: reason codes of everything done so far.

    """

    source: Source
    text: str
    witnesses: tuple[Witness, ...] = ()
    is_truncated: bool = False
    is_paywalled: bool = False
    notes: tuple[Reason, ...] = ()

    def of(self, name: Field) -> Iterator[Witness]:
        """Yield the witnesses of a field, the most trusted first."""
        return (witness for witness in self.witnesses if witness.field == name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Which rule found a value, and where.

    ``field`` is the column's name in :class:`Article`; ``excerpt`` the raw characters it came from
    (empty where the whole text is the evidence).
    """

    field: str
    rule: str
    confidence: float
    excerpt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One row of a release. The columns' meaning is in ``tables.ARTICLE``."""

    id: str
    text: str
    source: Source
    url: str | None = None
    url_found: str | None = None
    title: str | None = None
    subtitle: str | None = None
    authors: tuple[str, ...] = ()
    agencies: tuple[str, ...] = ()
    outlet: str | None = None
    outlet_domain: str | None = None
    outlet_country: str | None = None
    aggregator: str | None = None
    published_at: datetime | None = None
    published_on: date | None = None
    published_precision: Precision = Precision.UNKNOWN
    modified_at: datetime | None = None
    language: str = "und"
    language_score: float = 0.0
    n_words: int = 0
    n_chars: int = 0
    is_truncated: bool = False
    is_paywalled: bool = False
    rights: tuple[str, ...] = ()
    n_masked: int = 0
    evidence: tuple[Evidence, ...] = ()
    notes: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejection:
    """A raw record that is set aside.

    Attributes:
        source: where it lies.
        stage: the stage that refused it: ``sources``, ``parse``, ``normalize`` or ``validate``.
        reason: a code of :mod:`broadsheet.reasons`.
        detail: what exactly was wrong, for a person.
        excerpt: the first characters of the record, cleaned, at most 240.

    """

    source: Source
    stage: str
    reason: str
    detail: str = ""
    excerpt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """Entries of the raw input that are no articles: counted, neither published nor quarantined.

    Attributes:
        path: POSIX path of the file, relative to the folder of raw files.
        member: name inside the container, where the entries lie in one.
        reason: a code of :mod:`broadsheet.reasons`.
        count: entries of this file or member that were skipped for this reason.

    """

    path: str
    member: str | None
    reason: str
    count: int


class Severity(StrEnum):
    """What a failed expectation does."""

    CRITICAL = "critical"  # stops the publish
    ERROR = "error"  # of a row: quarantines it; of a table: stops the publish
    WARNING = "warning"  # is reported


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectationResult:
    """What one expectation said of one table.

    Attributes:
        id: the expectation's id in its suite.
        type: the name of its Great Expectations class, in snake case.
        description: the rule in words.
        column: the column it looks at, if it looks at one.
        severity: what a failure does.
        success: whether the table meets it.
        evaluated: rows looked at.
        unexpected: rows that fail it.
        observed: the figure that a table-level expectation saw, for a person.
        samples: ids of some failing rows.

    """

    id: str
    type: str
    description: str
    column: str | None
    severity: Severity
    success: bool
    evaluated: int
    unexpected: int
    observed: str = ""
    samples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The outcome of a suite on one table.

    Attributes:
        suite: the suite's name.
        data_sha256: digest of the data that was judged; a publisher checks that it is the same.
        rows: rows in the table.
        results: one for each expectation that the suite declares.
        faults: why the verdict cannot be trusted (no rows, an expectation that raised, ...).
        passed: no fault, and no failure that stops the publish.

    """

    suite: str
    data_sha256: str
    rows: int
    results: tuple[ExpectationResult, ...]
    faults: tuple[str, ...]
    passed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounts:
    """What became of the raw records: of a file, a batch or a release.

    Each raw record is exactly one of published, duplicate or quarantined.
    """

    raw: int = 0
    published: int = 0
    duplicates: int = 0
    quarantined: int = 0

    @property
    def balanced(self) -> bool:
        """Whether nothing was lost and nothing counted twice."""
        return self.raw == self.published + self.duplicates + self.quarantined

    def __add__(self, other: "Accounts") -> "Accounts":
        """Return the sum, column by column."""
        return Accounts(
            raw=self.raw + other.raw,
            published=self.published + other.published,
            duplicates=self.duplicates + other.duplicates,
            quarantined=self.quarantined + other.quarantined,
        )
