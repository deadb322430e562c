"""What deduplication needs of each staged row, so that the text is read once, in its batch."""

from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from broadsheet.deduplicate.shingles import sample, shingle_words
from broadsheet.deduplicate.signals import SIGNAL_SCHEMA, Sums, signals_of, word_sums
from broadsheet.deduplicate.signatures import sign, signatures_to_arrow
from broadsheet.deduplicate.terms import terms_of
from broadsheet.deduplicate.words import words_of
from broadsheet.identity import identity_sha256
from broadsheet.tables import INDEX

KEY_SCHEMA: Final = pa.schema(
    [
        pa.field("batch", pa.int32(), nullable=False),
        pa.field("row", pa.int64(), nullable=False),
        *INDEX.schema,
        *SIGNAL_SCHEMA,
    ]
)
"""One row a staged article, some 800 bytes. ``batch`` and ``row`` are its address; the columns of
``INDEX`` follow, of which ``completeness`` is what :func:`completeness` gives;
the quality signals are there for the published row."""

_STATED: Final = (
    "url",
    "title",
    "subtitle",
    "outlet",
    "published_on",
    "published_at",
    "modified_at",
)
_LISTED: Final = ("authors", "agencies")
_WHOLE: Final = 100
"""Weight of a text that is neither an excerpt nor cut by a paywall: more than all metadata."""


def keys_of(articles: pa.Table, batch: int = 0) -> pa.Table:
    """Return the keys of articles, their quality signals among them.

    Args:
        articles: table of ``STAGED_ARTICLE_SCHEMA``.
        batch: number of the batch; with the row's position it is the row's address.

    Returns:
        A table of ``KEY_SCHEMA``, row for row.

    """
    texts = articles["text"].to_pylist()
    sketches: list[tuple[pa.Array, pa.Array, pa.Array]] = []
    sums: list[dict[str, Sums]] = []
    for words in words_of(texts):
        shingles = shingle_words(words)
        sketches.append((signatures_to_arrow(sign(shingles)), sample(shingles), terms_of(words)))
        sums.append(word_sums(words))
    signals = signals_of(articles, sums)
    columns = {
        "batch": pa.array(np.full(len(texts), batch, np.int32)),
        "row": _positions(len(texts)),
        **{name: articles[name] for name in INDEX.schema.names if name in articles.column_names},
        "text_sha256": pa.array([identity_sha256(text) for text in texts], pa.string()),
        "completeness": completeness(articles),
        **{
            name: pa.chunked_array(
                [sketch[place] for sketch in sketches], INDEX.schema.field(name).type
            )
            for place, name in enumerate(("signature", "sample", "terms"))
        },
        **{name: signals[name] for name in SIGNAL_SCHEMA.names},
    }
    table = pa.table([columns[name] for name in KEY_SCHEMA.names], schema=KEY_SCHEMA)
    return table.combine_chunks()


def renumbered(keys: pa.Table) -> pa.Table:
    """Return keys of rows that were put together, or from which some were taken, as one batch's.

    ``row`` becomes the position, and the table one chunk.
    """
    at = keys.column_names.index("row")
    return keys.set_column(at, KEY_SCHEMA.field("row"), _positions(len(keys))).combine_chunks()


def _positions(count: int) -> pa.Array:
    return pa.array(np.arange(count, dtype=np.int64))


def completeness(articles: pa.Table) -> pa.ChunkedArray:
    """Return how complete each article is, int32: what decides which of several copies stays.

    One point for each of URL, title, standfirst, authors, agencies, outlet, day, instant and time
    of change that is stated, and for a language that the detector can tell; a hundred for a text
    that is neither an excerpt nor cut by a paywall, since no metadata makes up for half a text.
    """
    points = [pc.is_valid(articles[name]) for name in _STATED]
    points += [pc.greater(pc.list_value_length(articles[name]), 0) for name in _LISTED]
    points.append(pc.not_equal(articles["language"], "und"))
    is_whole = pc.invert(pc.or_(articles["is_truncated"], articles["is_paywalled"]))
    total = pc.multiply(pc.cast(is_whole, pa.int32()), pa.scalar(_WHOLE, pa.int32()))
    for point in points:
        total = pc.add(total, pc.cast(point, pa.int32()))
    return total
