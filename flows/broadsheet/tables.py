"""The Arrow schemas of a release, and records in and out of them.

Each table is declared once, as columns with their type and meaning; the Arrow schema, the JSON
Schema in ``schemas/``, the field table of the documentation and of the card come from here.

Longer than 300 lines because all tables of a release are declared here, to be read in one place.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import Any

import pyarrow as pa

from broadsheet.records import Article, Precision, Rejection, Source

UTC_MICROSECONDS = pa.timestamp("us", tz="UTC")
STRINGS = pa.list_(pa.string())
EVIDENCE = pa.list_(
    pa.struct(
        [
            pa.field("field", pa.string(), nullable=False),
            pa.field("rule", pa.string(), nullable=False),
            pa.field("confidence", pa.float32(), nullable=False),
            pa.field("excerpt", pa.string(), nullable=False),
        ]
    )
)


@dataclass(frozen=True, slots=True)
class Column:
    """One column: name, Arrow type, meaning, whether it may be null, a closed vocabulary."""

    name: str
    type: pa.DataType
    meaning: str
    nullable: bool = False
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a release: one configuration of the dataset."""

    name: str
    meaning: str
    columns: tuple[Column, ...]

    @property
    def schema(self) -> pa.Schema:
        """The explicit Arrow schema; every file of this table is written with it."""
        return pa.schema([pa.field(c.name, c.type, nullable=c.nullable) for c in self.columns])


_SOURCE = (
    Column("source_path", pa.string(), "File of the raw record, relative to the raw folder"),
    Column("source_member", pa.string(), "Name inside the container file", nullable=True),
    Column("source_offset", pa.int64(), "First byte of the raw record in its file or member"),
    Column("source_length", pa.int64(), "Bytes of the raw record"),
    Column("source_sha256", pa.string(), "SHA-256 of those bytes, hexadecimal"),
    Column("source_format", pa.string(), "Reader of the raw record"),
)


def _share(name: str, meaning: str) -> Column:
    return Column(name, pa.float32(), meaning, nullable=True)


# Quality signals: what others filter by, here for users to filter by. Gopher: J. Rae et al.,
# "Scaling language models", 2021, appendix A; C4: C. Raffel et al., 2020, section 2.2; FineWeb:
# G. Penedo et al., 2024, section 3.6. Null where there is nothing to take a share of.
SIGNALS = (
    Column("n_sentences", pa.int32(), "Sentences, by their closing marks (C4)", nullable=True),
    Column(
        "n_stop_words",
        pa.int32(),
        "Gopher's eight stop words: how often they occur; null unless the language is English",
        nullable=True,
    ),
    _share("mean_word_length", "Characters of a word on average (Gopher)"),
    _share("alphabetic_word_share", "Words with a letter in them (Gopher)"),
    _share("symbol_word_ratio", "Hash signs and ellipses for each word (Gopher)"),
    _share("digit_share", "Digits among all characters but white space"),
    _share("uppercase_share", "Capitals among all letters"),
    _share("bullet_line_share", "Lines that begin with a bullet (Gopher)"),
    _share("ellipsis_line_share", "Lines that end with an ellipsis (Gopher)"),
    _share("punctuated_line_share", "Lines that end with a closing mark (C4, FineWeb)"),
    _share("short_line_share", "Lines of fewer than 30 characters (FineWeb)"),
    _share("duplicate_line_share", "Lines that repeat an earlier one (Gopher)"),
    _share("duplicate_line_char_share", "Characters in such lines (Gopher, FineWeb)"),
    _share("top_2gram_char_share", "Characters in the most frequent run of 2 words (Gopher)"),
    _share("top_3gram_char_share", "Characters in the most frequent run of 3 words (Gopher)"),
    _share("top_4gram_char_share", "Characters in the most frequent run of 4 words (Gopher)"),
    _share("duplicate_5gram_char_share", "Characters in repeated runs of 5 words (Gopher)"),
    _share("duplicate_10gram_char_share", "Characters in repeated runs of 10 words (Gopher)"),
    _share("raw_share", "Bytes of the text for each byte of the raw record: the rest was chrome"),
)

ARTICLE = Table(
    "default",
    "One row an article.",
    (
        Column("id", pa.string(), "Stable across versions: from the URL, else from the text"),
        Column("url", pa.string(), "Canonical URL", nullable=True),
        Column("url_found", pa.string(), "The URL as it was found", nullable=True),
        Column("title", pa.string(), "Headline", nullable=True),
        Column("subtitle", pa.string(), "Standfirst", nullable=True),
        Column("authors", STRINGS, "People named in the byline, in its order"),
        Column("agencies", STRINGS, "Wire agencies credited with the text"),
        Column("outlet", pa.string(), "Canonical name of the publisher", nullable=True),
        Column("outlet_domain", pa.string(), "Its registrable domain", nullable=True),
        Column("outlet_country", pa.string(), "Its country, ISO 3166-1 alpha-2", nullable=True),
        Column(
            "aggregator",
            pa.string(),
            "Portal, reader or blog host at which it was found, where that is not the publisher",
            nullable=True,
        ),
        Column(
            "published_at",
            UTC_MICROSECONDS,
            "Instant of publication; null unless time of day and zone are known",
            nullable=True,
        ),
        Column("published_on", pa.date32(), "Calendar day at the outlet", nullable=True),
        Column(
            "published_precision",
            pa.string(),
            "How much of the publication date is stated",
            values=tuple(Precision),
        ),
        Column("modified_at", UTC_MICROSECONDS, "Instant of the last change", nullable=True),
        Column("language", pa.string(), "BCP 47 tag; und where the detector cannot tell"),
        Column("language_score", pa.float32(), "Probability that the detector gives it, 0 to 1"),
        Column("text", pa.large_string(), "Body; paragraphs separated by a blank line"),
        Column("n_words", pa.int32(), "Words of the text"),
        Column("n_chars", pa.int32(), "Characters of the text"),
        Column("is_truncated", pa.bool_(), "The raw text says that it is an excerpt"),
        Column("is_paywalled", pa.bool_(), "The raw text says that the rest is for payers"),
        Column("rights", STRINGS, "Statements of robots, text-mining and licence, as kind: value"),
        Column("n_masked", pa.int32(), "Addresses, numbers and secrets masked by policy"),
        Column("duplicate_count", pa.int32(), "Raw records folded into this one"),
        Column("cluster", pa.string(), "Id of the article that names its cluster of near copies"),
        Column(
            "syndicated_from",
            pa.string(),
            "Agency credited by this text or a near copy, where several outlets carry it",
            nullable=True,
        ),
        Column(
            "contained_in",
            pa.string(),
            "Id of an article that holds nearly all of this text, without being a near copy",
            nullable=True,
        ),
        Column(
            "story",
            pa.string(),
            "Id of the article that names its story: all that tell of the same event",
            nullable=True,
        ),
        Column(
            "split",
            pa.string(),
            "Split of the article; null where there are none or it would leak",
            nullable=True,
            values=("train", "validation", "test"),
        ),
        *SIGNALS,
        *_SOURCE,
        Column("evidence", EVIDENCE, "Which rule found each value, how surely, and where"),
        Column("notes", STRINGS, "Reason codes of every transformation and every value left out"),
    ),
)

QUARANTINE = Table(
    "quarantine",
    "One row a raw record that was set aside, with the reason.",
    (
        *_SOURCE,
        Column("stage", pa.string(), "Stage that refused it"),
        Column("reason", pa.string(), "Reason code"),
        Column("detail", pa.string(), "What exactly was wrong"),
        Column("excerpt", pa.large_string(), "First characters of the record, cleaned"),
    ),
)

DUPLICATE = Table(
    "duplicates",
    "One row a raw record that repeats a published one.",
    (
        *_SOURCE,
        Column("duplicate_of", pa.string(), "Id of the published article"),
        Column(
            "kind",
            pa.string(),
            "exact: the same text; near: almost; revision: the same page with another text",
            values=("exact", "near", "revision"),
        ),
        Column("similarity", pa.float32(), "Share of the text in common, 0 to 1"),
        Column(
            "revised_at",
            UTC_MICROSECONDS,
            "Instant of this text: of its last change, else of its publication, where known",
            nullable=True,
        ),
    ),
)

TABLES = (ARTICLE, QUARANTINE, DUPLICATE)

INPUT = Table(
    "inputs",
    "One row a raw file, with what became of its records.",
    (
        Column("path", pa.string(), "POSIX path, relative to the raw folder"),
        Column("size", pa.int64(), "Bytes; null where the file could not be read", nullable=True),
        Column("sha256", pa.string(), "SHA-256, hexadecimal", nullable=True),
        Column(
            "carried_from",
            pa.string(),
            "Version whose build read the file, where its records were carried over from there",
            nullable=True,
        ),
        Column("raw", pa.int64(), "Records read: the sum of the next three"),
        Column("published", pa.int64(), "Records that are rows of the default configuration"),
        Column("duplicates", pa.int64(), "Records folded into a published row"),
        Column("quarantined", pa.int64(), "Records set aside"),
        Column("skipped", pa.int64(), "Entries of the file that are no articles: no records"),
    ),
)

SIGNATURE_BYTES = 256
_KEYS = (
    "id",
    "url",
    "agencies",
    "outlet",
    "outlet_domain",
    "published_at",
    "published_on",
    "modified_at",
    "source_path",
    "source_member",
    "source_offset",
)
INDEX = Table(
    "index",
    "One row a record, published or folded: what a later build needs to tell its copies.",
    (
        *(column for name in _KEYS for column in ARTICLE.columns if column.name == name),
        Column("text_sha256", pa.string(), "Digest of the text, its case, marks and spaces aside"),
        Column("completeness", pa.int32(), "How much is stated: decides which of copies stays"),
        Column("signature", pa.binary(SIGNATURE_BYTES), "MinHash of the text"),
        Column("sample", pa.list_(pa.uint32()), "One in 16 of the hashes of its runs of words"),
        Column("terms", pa.list_(pa.uint64()), "Hashes of what it is about, with their counts"),
    ),
)

CHANGE = Table(
    "changes",
    "One row an article that differs from the release before.",
    (
        Column("id", pa.string(), "Id of the article"),
        Column("change", pa.string(), "What happened", values=("added", "changed", "removed")),
        Column("fields", STRINGS, "Columns whose values changed, in their order"),
    ),
)

# Known only after the whole corpus was seen; staged batches do not have them yet.
ACROSS_BATCHES = (
    "duplicate_count",
    "cluster",
    "syndicated_from",
    "contained_in",
    "story",
    "split",
    *(column.name for column in SIGNALS),
)
STAGED_ARTICLE_SCHEMA = pa.schema([f for f in ARTICLE.schema if f.name not in ACROSS_BATCHES])

# Tuples: Arrow takes them for structs, and they are made in a fraction of the time of dicts.
_EVIDENCE = attrgetter(*(f.name for f in STAGED_ARTICLE_SCHEMA.field("evidence").type.value_type))


def articles_to_table(articles: Sequence[Article]) -> pa.Table:
    """Return staged articles as an Arrow table of ``STAGED_ARTICLE_SCHEMA``."""
    return pa.Table.from_pylist([_row(article) for article in articles], STAGED_ARTICLE_SCHEMA)


def rejections_to_table(rejections: Iterable[Rejection]) -> pa.Table:
    """Return rejections as an Arrow table of the quarantine's schema."""
    return pa.Table.from_pylist([_row(rejection) for rejection in rejections], QUARANTINE.schema)


def source_columns(source: Source) -> dict[str, Any]:
    """Return a source as its ``source_*`` columns."""
    return {f"source_{name}": value for name, value in source._asdict().items()}


_FIELDS = {
    kind: tuple(field.name for field in fields(kind) if field.name != "source")
    for kind in (Article, Rejection)
}


def _row(record: Article | Rejection) -> dict[str, Any]:
    row: dict[str, Any] = {name: getattr(record, name) for name in _FIELDS[type(record)]}
    if isinstance(record, Article):
        row["evidence"] = [_EVIDENCE(evidence) for evidence in record.evidence]
        row["notes"] = list(dict.fromkeys(record.notes))
    return row | source_columns(record.source)
