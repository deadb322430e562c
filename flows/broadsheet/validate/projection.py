"""The columns that expectations see: narrow ones, and flags in place of long texts.

Great Expectations hashes the whole frame that it is given, so text, evidence and lists stay out;
what must hold of them is measured here into small columns.
"""

import re
from collections.abc import Callable
from typing import Any, Final

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from broadsheet.reasons import Reason, is_reason
from broadsheet.tables import ARTICLE, STAGED_ARTICLE_SCHEMA
from broadsheet.text import clean, squeeze
from broadsheet.validate.language_signs import SAMPLE_CHARS, can_be_in


def _narrow(schema: pa.Schema) -> tuple[str, ...]:
    """Return the columns that are neither lists nor long texts."""
    return tuple(
        field.name
        for field in schema
        if not pa.types.is_nested(field.type) and not pa.types.is_large_string(field.type)
    )


_MOST_NAME_CHARS: Final = 120
_NO_NAME: Final = re.compile(r"https?:|[@<>{}\n]|^\W*$")

# Whole lines that belong to the page and not to the article.
_CHROME: Final = (
    r"(?im)^(skip to (main )?content|advertisement|comments are closed\.?|share this( article)?:?"
    r"|original url:?.*|sign up (for|to) our newsletters?.*|follow us on .{0,60}"
    r"|read more:? .{0,120}|click here to .{0,80}|(we use|this site uses) cookies.{0,200})$"
)


def _flags(measure: Callable[[Any], bool], column: pa.ChunkedArray) -> pa.Array:
    return pa.array([value is not None and measure(value) for value in column.to_pylist()])


def _is_clean(text: str) -> bool:
    return clean(text)[0] == text


def _is_trimmed(text: str) -> bool:
    return squeeze(text) == text


def _are_names(names: list[str]) -> bool:
    return all(len(name) <= _MOST_NAME_CHARS and not _NO_NAME.search(name) for name in names)


def _are_sure(evidence: list[dict[str, Any]]) -> bool:
    return all(0 <= item["confidence"] <= 1 and item["rule"] for item in evidence)


def _is_known_outlet(notes: list[str]) -> bool:
    return Reason.OUTLET_UNKNOWN not in notes


def _are_reasons(notes: list[str]) -> bool:
    return all(is_reason(note) for note in notes)


def _agree(articles: pa.Table) -> pa.Array:
    texts = pc.utf8_slice_codeunits(articles["text"], 0, SAMPLE_CHARS).to_pylist()
    pairs = zip(texts, articles["language"].to_pylist(), strict=True)
    return pa.array([can_be_in(text or "", tag or "und") for text, tag in pairs])


_MEASURES: Final[dict[str, tuple[str, Callable[[pa.ChunkedArray], pa.Array]]]] = {
    "text_chars": ("text", pc.utf8_length),
    "text_chrome_lines": ("text", lambda c: pc.count_substring_regex(c, pattern=_CHROME)),
    "text_is_clean": ("text", lambda c: _flags(_is_clean, c)),
    "text_is_trimmed": ("text", lambda c: _flags(_is_trimmed, c)),
    "title_is_clean": ("title", lambda c: _flags(_is_clean, pc.fill_null(c, ""))),
    "n_authors": ("authors", pc.list_value_length),
    "authors_are_names": ("authors", lambda c: _flags(_are_names, c)),
    "agencies_are_names": ("agencies", lambda c: _flags(_are_names, c)),
    "evidence_is_sound": ("evidence", lambda c: _flags(_are_sure, c)),
    "notes_are_known": ("notes", lambda c: _flags(_are_reasons, c)),
    "outlet_is_known": ("notes", lambda c: _flags(_is_known_outlet, c)),
}

BATCH_COLUMNS: Final[tuple[str, ...]] = (
    *_narrow(STAGED_ARTICLE_SCHEMA),
    *_MEASURES,
    "language_fits_text",
)
"""Columns that an expectation of ``batch.json`` can name."""

RELEASE_COLUMNS: Final[tuple[str, ...]] = _narrow(ARTICLE.schema)
"""Columns that an expectation of ``release.json`` can name: all that are no text and no list."""


def project_batch(articles: pa.Table) -> pd.DataFrame:
    """Return what the batch suite sees of staged articles, one row an article, in their order."""
    columns = {name: articles.column(name) for name in _narrow(STAGED_ARTICLE_SCHEMA)}
    for name, (source, measure) in _MEASURES.items():
        columns[name] = measure(articles.column(source))
    columns["language_fits_text"] = _agree(articles)
    return to_frame(pa.table(columns))


def to_frame(table: pa.Table) -> pd.DataFrame:
    """Return a frame with a plain row index; days and instants are ``datetime64``, in UTC.

    The zone is left out of the type, because pandas warns when such a frame is hashed.
    """
    for index, field in enumerate(table.schema):
        if pa.types.is_timestamp(field.type):
            plain = table.column(index).cast(pa.timestamp(field.type.unit))
            table = table.set_column(index, field.name, plain)
    frame: pd.DataFrame = table.to_pandas(date_as_object=False, split_blocks=True)
    return frame
