"""What an article is about, in a few hashed terms: the names that it mentions most."""

from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from broadsheet.deduplicate.words import Flags, Hashes, Positions, Words

TERMS: Final = 24
"""Most terms of a text."""
COUNT_BITS: Final = 8

_LEAST_NAMES: Final = 8
"""A text with fewer names is told by its longer words: its script may have no capitals."""
_LONG_WORD: Final = 4


def terms_of(words: Words) -> pa.Array:
    """Return the most frequent terms of texts, as Arrow lists of uint64, ascending.

    Terms are the words that begin with a capital inside a sentence, as names do in most scripts
    with capitals; where a text has few, its words of four and more characters, and in a script
    without spaces its pairs of characters. The lowest 8 bits of a value are how often the term
    occurs (255 for more), the others its hash.
    """
    hashes, texts = _units(words)
    order = np.argsort(hashes)  # equal ones in any order
    order = order[np.argsort(texts[order], kind="stable")]
    hashes, texts = hashes[order], texts[order]
    is_first = np.ones(len(hashes), np.bool_)
    is_first[1:] = (hashes[1:] != hashes[:-1]) | (texts[1:] != texts[:-1])
    starts = np.flatnonzero(is_first)
    counts = np.diff(np.append(starts, len(hashes)))
    hashes, texts = hashes[starts], texts[starts]

    order = np.lexsort((-counts, texts))  # by hash where both are equal, as they are by now
    per_text = np.bincount(texts, minlength=len(words.counts))
    place = np.arange(len(order)) - np.repeat(np.cumsum(per_text) - per_text, per_text)
    kept = np.sort(order[place < TERMS])  # by text, then by hash
    values = hashes[kept] | np.minimum(counts[kept], 255).astype(np.uint64)
    offsets = np.append(0, np.cumsum(np.minimum(per_text, TERMS)))
    return pa.ListArray.from_arrays(pa.array(offsets.astype(np.int32)), pa.array(values))


def term_weights(values: Hashes) -> tuple[Hashes, NDArray[np.float32]]:
    """Return the hashes of terms, and the weight of their frequency: 1 + ln(count)."""
    counts = values & np.uint64((1 << COUNT_BITS) - 1)
    return values >> np.uint64(COUNT_BITS), 1 + np.log(counts.astype(np.float32))


def _units(words: Words) -> tuple[Hashes, Positions]:
    """Return all occurrences of what may be a term: hashes with free low bits, and their texts."""
    n_texts = len(words.counts)
    is_name = words.is_name & (words.lengths > 1)
    has_names = np.bincount(words.text_of[is_name], minlength=n_texts) >= _LEAST_NAMES
    is_unspaced = 2 * np.bincount(words.text_of[words.is_alone], minlength=n_texts) > words.counts
    is_pair = is_unspaced[words.text_of] & words.is_alone & _is_followed(words)
    is_long = words.lengths >= _LONG_WORD
    is_single = np.where(has_names[words.text_of], is_name, is_long)
    singles = np.flatnonzero(is_single & ~is_unspaced[words.text_of])
    pairs = np.flatnonzero(is_pair)
    hashes = [words.hashes[singles], words.hash_runs(pairs, pairs + 2)]
    texts = [words.text_of[singles], words.text_of[pairs]]
    return np.concatenate(hashes) >> np.uint64(8) << np.uint64(8), np.concatenate(texts)


def _is_followed(words: Words) -> Flags:
    """Tell which words are followed by another of their text."""
    followed = np.zeros(len(words.text_of), np.bool_)
    followed[:-1] = words.text_of[1:] == words.text_of[:-1]
    return followed
