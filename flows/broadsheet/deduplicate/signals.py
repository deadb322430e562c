"""Quality signals of texts, as Gopher, C4 and FineWeb define them; nothing is filtered here.

Repetition is a kind of duplication, inside one text: it is counted with the same hashes as copies
among texts. Where the papers leave a choice: words are runs of letters, marks and digits (single
characters in scripts without spaces), characters of words are counted without the spaces between
them, and all occurrences of a repeated run count, none of their characters twice.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from broadsheet.deduplicate.character_counts import count_characters
from broadsheet.deduplicate.words import (
    Hashes,
    Positions,
    Words,
    words_of,
)
from broadsheet.tables import SIGNALS

Sums = NDArray[np.float64]
EqualRuns = tuple[Positions, int]
"""Starts of runs that occur equally often, an array of (runs, count), and that count."""

SIGNAL_SCHEMA: Final = pa.schema(
    [pa.field(column.name, column.type, nullable=column.nullable) for column in SIGNALS]
)

_TOP_RUNS: Final = (2, 3, 4)
_REPEATED_RUNS: Final = (5, 10)
_STOP_WORDS: Final = "the be to of and that have with"
_CLOSING: Final = (".", "!", "?", "…", '"', "”", "»", "’", "。", "！", "？", "」", "।", "؟")
_BULLET: Final = re.compile(r"[•‣▪●◦*\-–—]\s")
_ELLIPSIS: Final = ("...", "…")
_SHORT_LINE: Final = 30


def signals_of(articles: pa.Table, parts: Sequence[Mapping[str, Sums]] | None = None) -> pa.Table:
    """Return the quality signals of articles, row for row.

    Args:
        articles: table with ``text``, ``language`` and ``source_length``.
        parts: what :func:`word_sums` gives for each part of :func:`words_of` the texts, where it
            is known already.

    Returns:
        A table of ``SIGNAL_SCHEMA``; null where there is nothing to take a share of.

    """
    texts = articles["text"].to_pylist()
    if not parts:
        parts = [word_sums(words) for words in words_of(texts or [""])]
    sums = {name: np.concatenate([part[name] for part in parts])[: len(texts)] for name in parts[0]}
    columns = _line_signals(texts) | _character_signals(texts, sums) | _repetition(sums)
    is_english = pc.match_substring_regex(articles["language"], "^en(-|$)")
    stop_words = pa.array(sums["stop_words"].astype(np.int32))
    columns["n_stop_words"] = pc.if_else(is_english, stop_words, None)
    sizes = np.fromiter((len(text.encode("utf-8", "replace")) for text in texts), float)
    columns["raw_share"] = _share(sizes, np.asarray(articles["source_length"]).astype(float))
    return pa.table([columns[name] for name in SIGNAL_SCHEMA.names], schema=SIGNAL_SCHEMA)


def word_sums(words: Words) -> dict[str, Sums]:
    """Return figures that are sums over the words of each text, text by text."""
    return {
        "words": words.counts.astype(float),
        "characters": words.summed(words.lengths),
        "stop_words": words.summed(np.isin(words.hashes, _stop_words())),
        **_runs(words),
    }


@lru_cache(maxsize=1)
def _stop_words() -> Hashes:
    (words,) = words_of([_STOP_WORDS])
    return words.hashes


def _line_signals(texts: Sequence[str]) -> dict[str, pa.Array]:
    """Return the signals that are told line by line."""
    counts = np.array([_count_lines(text) for text in texts], float).reshape(len(texts), 8)
    lines, bullets, ellipses, closed, short, repeated, repeated_chars, chars = counts.T
    return {
        "bullet_line_share": _share(bullets, lines),
        "ellipsis_line_share": _share(ellipses, lines),
        "punctuated_line_share": _share(closed, lines),
        "short_line_share": _share(short, lines),
        "duplicate_line_share": _share(repeated, lines),
        "duplicate_line_char_share": _share(repeated_chars, chars),
    }


def _count_lines(text: str) -> tuple[int, ...]:
    """Count lines: all, bullets, ellipses, closed, short, repeated; characters of repeated, all."""
    lines = [line for line in map(str.strip, text.split("\n")) if line]
    lengths = [*map(len, lines)]
    distinct = set(lines)
    return (
        len(lines),
        len([line for line in lines if _BULLET.match(line)]),
        len([line for line in lines if line.endswith(_ELLIPSIS)]),
        len([line for line in lines if line.endswith(_CLOSING)]),
        len([length for length in lengths if length < _SHORT_LINE]),
        len(lines) - len(distinct),
        sum(lengths) - sum(map(len, distinct)),
        sum(lengths),
    )


def _character_signals(texts: Sequence[str], sums: Mapping[str, Sums]) -> dict[str, pa.Array]:
    """Return the signals that are told character by character, and those of sentences."""
    counts = count_characters(texts).T.astype(float)
    tokens, with_letter, visible, digits, letters, capitals, symbols, sentences = counts
    return {
        "n_sentences": pa.array(sentences.astype(np.int32)),
        "mean_word_length": _share(sums["characters"], sums["words"]),
        "alphabetic_word_share": _share(with_letter, tokens),
        "symbol_word_ratio": _share(symbols, sums["words"]),
        "digit_share": _share(digits, visible),
        "uppercase_share": _share(capitals, letters),
    }


def _repetition(sums: Mapping[str, Sums]) -> dict[str, pa.Array]:
    """Return the shares of characters in frequent and in repeated runs of words."""
    runs = ["top_2gram", "top_3gram", "top_4gram", "duplicate_5gram", "duplicate_10gram"]
    return {f"{run}_char_share": _share(sums[run], sums["characters"]) for run in runs}


def _runs(words: Words) -> dict[str, Sums]:
    """Return for each text the characters in frequent and in repeated runs of words.

    A run that occurs twice begins with a shorter one that does, so few are left to look at.
    """
    sums = {}
    starts = np.arange(len(words.hashes))
    for width in _TOP_RUNS + _REPEATED_RUNS:
        equal = list(_equal_runs(words, width, starts))
        starts = np.concatenate([starts[:0], *(found.ravel() for found, _ in equal)])
        if width in _TOP_RUNS:
            sums[f"top_{width}gram"] = _top_run(words, width, equal)
        else:
            sums[f"duplicate_{width}gram"] = _repeated_run(words, width, starts)
    return sums


def _top_run(words: Words, width: int, equal: Sequence[EqualRuns]) -> Sums:
    """Return for each text the characters in its most frequent run, where that occurs twice."""
    top = np.zeros(len(words.counts))
    for starts, count in equal:
        first = starts.min(axis=1)
        characters = sum(words.lengths[first + step] for step in range(width)) * count
        np.maximum.at(top, words.text_of[first], characters)
    return np.minimum(top, words.summed(words.lengths))  # a run may overlap itself


def _repeated_run(words: Words, width: int, starts: Positions) -> Sums:
    """Return for each text the characters in runs that occur more than once."""
    covered = np.zeros(len(words.hashes) + 1, np.int64)
    np.add.at(covered, starts, 1)
    np.add.at(covered, starts + width, -1)
    is_covered = np.cumsum(covered)[:-1] > 0
    return words.summed(words.lengths * is_covered)


def _equal_runs(words: Words, width: int, starts: Positions) -> Iterator[EqualRuns]:
    """Yield those of the runs that begin at ``starts`` which are equal within a text."""
    starts = starts[starts <= len(words.hashes) - width]
    starts = starts[words.text_of[starts] == words.text_of[starts + width - 1]]
    hashes = words.hash_runs(starts, starts + width)
    # Number of the text and 40 bits of the hash as one integer: one sort groups by both.
    keys = (words.text_of[starts].astype(np.uint64) << np.uint64(40)) | (hashes >> np.uint64(24))
    order = np.argsort(keys)  # equal ones in any order
    starts, keys = starts[order], keys[order]
    is_new = np.ones(len(starts), np.bool_)
    is_new[1:] = keys[1:] != keys[:-1]
    begin = np.flatnonzero(is_new)
    counts = np.diff(np.append(begin, len(starts)))
    for count in np.unique(counts[counts > 1]):
        chosen = begin[counts == count]
        yield starts[chosen[:, None] + np.arange(count)], int(count)


def _share(part: Sums, whole: Sums) -> pa.Array:
    share = (part / np.maximum(whole, 1)).astype(np.float32)
    return pa.array(share, mask=whole == 0)
