"""The columns that expectations see: narrow ones, and flags in place of long texts.

Great Expectations hashes the whole frame that it is given, so text, evidence and lists stay out;
what must hold of them is measured here into small columns.
"""

import re
from collections.abc import Callable, Collection
from typing import Final
from unicodedata import is_normalized

import numpy as np
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


IdRule = Callable[[str | None, str], str]
"""Gives the id of an article by its URL, else by its text."""

_MASKED: Final = "privacy."
_MOST_NAME_CHARS: Final = 120
_NO_NAME: Final = re.compile(r"https?:|[@<>{}\n]|^\W*$")

# Whole lines that belong to the page and not to the article.
_CHROME: Final = (
    r"(?im)^(skip to (main )?content|advertisement|comments are closed\.?|share this( article)?:?"
    r"|original url:?.*|sign up (for|to) our newsletters?.*|follow us on .{0,60}"
    r"|read more:? .{0,120}|click here to .{0,80}|(we use|this site uses) cookies.{0,200})$"
)

# What `clean` and `squeeze` could change, and more: RE2 looks for it in all texts, and only where
# it is found the functions themselves, which are slower, say whether something is wrong.
_MAY_BE_UNCLEAN: Final = (
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\x{ad}\x{61c}\x{180e}\x{200b}-\x{200f}\x{2028}-\x{202e}"
    r"\x{2060}-\x{206f}\x{fdd0}-\x{fdef}\x{feff}\x{fff9}-\x{ffff}\x{e0000}-\x{e007f}]|\p{M}{3}"
)
_MAY_BE_LOOSE: Final = (
    r"[\t\x0b-\r\x1c-\x1f\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}"
    r"\x{3000}]|  | \n|\n |\n\n\n|\A[ \n]|[ \n]\z"
)


def _is_clean(column: pa.ChunkedArray) -> pa.Array:
    """Mark the texts that :func:`broadsheet.text.clean` leaves as they are; null is clean."""
    suspect = pc.match_substring_regex(column, pattern=_MAY_BE_UNCLEAN)
    is_ascii = pc.string_is_ascii(column)
    return pc.and_(
        _confirmed(column, suspect, lambda text: clean(text)[0] == text),
        _confirmed(column, pc.invert(is_ascii), lambda text: is_normalized("NFC", text)),
    )


def _is_trimmed(column: pa.ChunkedArray) -> pa.Array:
    """Mark the texts that :func:`broadsheet.text.squeeze` leaves as they are."""
    suspect = pc.match_substring_regex(column, pattern=_MAY_BE_LOOSE)
    return _confirmed(column, suspect, lambda text: squeeze(text) == text)


def _confirmed(
    column: pa.ChunkedArray, suspect: pa.ChunkedArray, is_good: Callable[[str], bool]
) -> pa.Array:
    """Return what holds of each value, asking only for the suspect ones."""
    suspect = pc.fill_null(suspect, fill_value=False).combine_chunks()
    answers = [is_good(text) for text in column.filter(suspect).to_pylist()]
    return pc.replace_with_mask(pc.invert(suspect), suspect, pa.array(answers, pa.bool_()))


def _each_item(column: pa.ChunkedArray, is_good: Callable[[pa.Array], pa.Array]) -> pa.Array:
    """Mark the rows of a list column whose items are all good."""
    lists = column.combine_chunks()
    bad = pc.invert(pc.fill_null(is_good(pc.list_flatten(lists)), fill_value=False))
    rows = np.ones(len(lists), dtype=bool)
    rows[pc.list_parent_indices(lists).filter(bad).to_numpy(zero_copy_only=False)] = False
    return pa.array(rows)


def _strings(is_good: Callable[[str], bool]) -> Callable[[pa.ChunkedArray], pa.Array]:
    """Return a measure of lists of strings; each distinct one is asked for once."""

    def mark(items: pa.Array) -> pa.Array:
        known = [item for item in pc.unique(items).to_pylist() if item is not None]
        good = pa.array([item for item in known if is_good(item)], pa.string())
        return pc.is_in(items, value_set=good)

    return lambda column: _each_item(column, mark)


def _is_name(name: str) -> bool:
    return len(name) <= _MOST_NAME_CHARS and not _NO_NAME.search(name)


def _is_sound(evidence: pa.Array) -> pa.Array:
    confidence = pc.struct_field(evidence, "confidence")
    is_share = pc.and_(pc.greater_equal(confidence, 0), pc.less_equal(confidence, 1))
    return pc.and_(is_share, pc.not_equal(pc.struct_field(evidence, "rule"), ""))


def _agree(articles: pa.Table) -> pa.Array:
    texts = pc.utf8_slice_codeunits(articles["text"], 0, SAMPLE_CHARS).to_pylist()
    pairs = zip(texts, articles["language"].to_pylist(), strict=True)
    return pa.array([can_be_in(text or "", tag or "und") for text, tag in pairs])


def _derived(articles: pa.Table, derive_id: IdRule | None) -> pa.Array:
    """Mark the ids that their own records give; null where the row alone does not tell.

    An id that comes from the text cannot be derived again once something in the text was masked.
    """
    if derive_id is None:
        return pa.nulls(len(articles), pa.bool_())
    urls, ids = articles["url"].to_pylist(), articles["id"].to_pylist()
    answers: list[bool | None] = [
        url and derive_id(url, "") == i for url, i in zip(urls, ids, strict=True)
    ]
    texts, notes = articles["text"], articles["notes"]
    for row in np.flatnonzero(articles["url"].is_null().to_numpy()).tolist():
        if not any(note.startswith(_MASKED) for note in notes[row].as_py()):
            answers[row] = derive_id(None, texts[row].as_py() or "") == ids[row]
    return pa.array(answers, pa.bool_())


_MEASURES: Final[dict[str, tuple[str, Callable[[pa.ChunkedArray], pa.Array]]]] = {
    "text_chars": ("text", pc.utf8_length),
    "text_chrome_lines": ("text", lambda c: pc.count_substring_regex(c, pattern=_CHROME)),
    "text_is_clean": ("text", _is_clean),
    "text_is_trimmed": ("text", _is_trimmed),
    "title_is_clean": ("title", _is_clean),
    "n_authors": ("authors", pc.list_value_length),
    "authors_are_names": ("authors", _strings(_is_name)),
    "agencies_are_names": ("agencies", _strings(_is_name)),
    "evidence_is_sound": ("evidence", lambda c: _each_item(c, _is_sound)),
    "notes_are_known": ("notes", _strings(is_reason)),
    "outlet_is_known": ("notes", _strings(lambda note: note != Reason.OUTLET_UNKNOWN)),
}

MEASURED: Final[dict[str, str]] = {
    **{name: source for name, (source, _) in _MEASURES.items()},
    "language_fits_text": "language",
    "id_is_derived": "id",
    "outlet_is_known": "outlet",
}
"""The article's column that each measured column speaks of."""

BATCH_COLUMNS: Final[tuple[str, ...]] = (
    *_narrow(STAGED_ARTICLE_SCHEMA),
    *_MEASURES,
    "language_fits_text",
    "id_is_derived",
)
"""Columns that an expectation of ``batch.json`` can name."""

RELEASE_COLUMNS: Final[tuple[str, ...]] = _narrow(ARTICLE.schema)
"""Columns that an expectation of ``release.json`` can name: all that are no text and no list."""


def project_batch(
    articles: pa.Table, columns: Collection[str] = BATCH_COLUMNS, derive_id: IdRule | None = None
) -> pd.DataFrame:
    """Return what the batch suite sees of staged articles, one row an article, in their order.

    Args:
        articles: a table of ``tables.STAGED_ARTICLE_SCHEMA``.
        columns: those that are wanted, of ``BATCH_COLUMNS``; others are not measured.
        derive_id: the rule that ids follow; without it nothing is said of them.

    """
    plain = _narrow(STAGED_ARTICLE_SCHEMA)
    measures: dict[str, Callable[[], pa.Array]] = {
        "language_fits_text": lambda: _agree(articles),
        "id_is_derived": lambda: _derived(articles, derive_id),
    }
    found = {}
    for name in (name for name in BATCH_COLUMNS if name in columns):
        if name in plain:
            found[name] = articles.column(name)
        elif name in measures:
            found[name] = measures[name]()
        else:
            source, measure = _MEASURES[name]
            found[name] = measure(articles.column(source))
    return to_frame(pa.table(found))


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
