"""Texts as sets of shingles: hashes of their overlapping runs of words.

Resemblance of two texts is the Jaccard similarity of their shingle sets, and containment the
share of one set found in the other (A. Broder, "On the resemblance and containment of documents",
1997).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from broadsheet.deduplicate.words import Positions, Words, words_of

SHINGLE_WORDS: Final = 5
SHINGLE_CHARACTERS: Final = 8
"""Width where words are not separated: about as much text as five words."""

_SAMPLE_BELOW: Final = 2**28
"""Shingles with a hash below are the sample: one in 16."""


@dataclass(frozen=True, slots=True)
class Shingles:
    """The shingle sets of some texts, one after the other.

    Attributes:
        offsets: int64 of length texts + 1; text ``i`` has ``values[offsets[i]:offsets[i + 1]]``.
        values: uint32 hashes; within a text ascending and distinct.

    """

    offsets: Positions
    values: NDArray[np.uint32]

    def __len__(self) -> int:
        """Return the number of texts."""
        return len(self.offsets) - 1

    def of(self, text: int) -> NDArray[np.uint32]:
        """Return the shingles of one text."""
        return self.values[self.offsets[text] : self.offsets[text + 1]]


def shingle(texts: Sequence[str]) -> Shingles:
    """Return the shingle sets of texts."""
    return join([shingle_words(words) for words in words_of(texts)])


def join(parts: Sequence[Shingles]) -> Shingles:
    """Return the shingle sets of all parts, one part after the other."""
    sizes = [np.zeros(1, np.int64), *(np.diff(part.offsets) for part in parts)]
    values = [np.zeros(0, np.uint32), *(part.values for part in parts)]
    return Shingles(np.cumsum(np.concatenate(sizes)), np.concatenate(values))


def shingle_words(words: Words) -> Shingles:
    """Return the shingle sets of the words of texts.

    A text that is mostly in a script without spaces gives runs of characters, any other runs of
    words; one shorter than a shingle gives a single shingle, and one without words none.
    """
    counts = words.counts
    n_texts = len(counts)
    alone = np.bincount(words.text_of[words.is_alone], minlength=n_texts)
    widths = np.where(2 * alone > counts, SHINGLE_CHARACTERS, SHINGLE_WORDS)
    starts = np.arange(len(words.hashes))
    ends = starts + np.minimum(widths, counts)[words.text_of]
    fits = np.flatnonzero(ends <= words.first[words.text_of + 1])
    hashes = words.hash_runs(starts[fits], ends[fits])
    # Sorting text number and hash as one integer sorts and groups in one go.
    keys = (words.text_of[fits].astype(np.uint64) << np.uint64(32)) | (hashes >> np.uint64(32))
    keys.sort()
    keys = keys[np.append(np.ones(min(len(keys), 1), np.bool_), keys[1:] != keys[:-1])]
    sizes = np.bincount((keys >> np.uint64(32)).astype(np.int64), minlength=n_texts)
    return Shingles(np.append(0, np.cumsum(sizes)), keys.astype(np.uint32))


def sample(shingles: Shingles) -> pa.Array:
    """Return the shingles that every text would keep, one in 16, as Arrow lists of uint32.

    Which shingles are kept depends on their hash alone, so that two texts' samples overlap as
    the texts do: resemblance and containment can be estimated from them (Broder, 1997, "mod m").
    """
    is_kept = shingles.values < _SAMPLE_BELOW
    before = np.append(0, np.cumsum(is_kept))
    offsets = pa.array(before[shingles.offsets].astype(np.int32))
    return pa.ListArray.from_arrays(offsets, pa.array(shingles.values[is_kept]))
