"""What the block model sees of a block's text, whatever stands around it.

Every feature is a number that does not depend on the page's language or on its outlet, except the
phrases of :mod:`broadsheet.parse.html_phrases`.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from broadsheet.parse.html_characters import count_characters
from broadsheet.parse.html_layout import Layout, Numbers
from broadsheet.parse.html_page import Blocks
from broadsheet.parse.html_phrases import phrase_masks
from broadsheet.parse.html_statements import plain
from broadsheet.parse.html_vocabulary import words

Floats = npt.NDArray[np.float32]

_ENDS: Final = (".。!！", "?？", "\"”’»')", ":：", "…", ",;")
_END: Final = {sign: kind for kind, ends in enumerate(_ENDS, start=1) for sign in ends}
_PHRASES_WITHIN: Final = 240  # characters; a longer block is told by what it is, not what it says
_LINE: Final = 400  # characters; counts of capitals, digits and marks matter in lines alone

TEXT: Final = words(
    "chars words link_percent links bold_percent sentences commas end start upper_percent "
    "digit_percent word_chars marks is_line copies copy_before title_percent is_title "
    "declared described"
)


@dataclass(frozen=True, slots=True)
class Head:
    """What the head of a page states of its text; each may be empty.

    Attributes:
        title: the headline.
        description: the summary.
        body: the text, as JSON-LD states it.

    """

    title: str
    description: str
    body: str


def tell_texts(pages: Sequence[tuple[Blocks, Head]], layout: Layout, table: Floats) -> list[int]:
    """Fill in the ``TEXT`` columns and return the phrases that each block has, as bits.

    Args:
        pages: the blocks of each page, at least one, and what its head states.
        layout: where they lie.
        table: what is filled in, shape (``len(TEXT)``, blocks).

    Longer than 40 lines because it names the features one by one.
    """
    texts = [text for blocks, _ in pages for text in blocks.text]
    counted = count_characters(texts)
    chars, words, digits = counted.chars, counted.words, counted.digits
    is_short = (chars <= _PHRASES_WITHIN).tolist()
    said = [text if is_said else "" for text, is_said in zip(texts, is_short, strict=True)]
    is_line = chars < _LINE

    def joined(name: str) -> Numbers:
        return np.array([n for blocks, _ in pages for n in getattr(blocks, name)])

    columns: tuple[npt.ArrayLike, ...] = (
        chars,
        words,
        100 * np.minimum(joined("link_chars"), chars) // chars,
        joined("links"),
        100 * np.minimum(joined("bold_chars"), chars) // chars,
        counted.sentences,
        counted.commas,
        [_END.get(text[-1], 0) for text in texts],
        [_start(text[0]) for text in texts],
        np.where(is_line, 100 * np.minimum(counted.capitals, words) // words, 15),
        np.where(is_line, 100 * digits // chars, 2),
        10 * chars // words,
        np.where(is_line, counted.marks, 0),
        joined("is_line"),
    )
    for number, column in enumerate(columns):
        table[number] = column
    bounds = layout.starts.tolist()
    for (blocks, head), (start, end) in zip(pages, pairwise(bounds), strict=True):
        own = table[len(columns) :, start:end]
        own[0], own[1] = _copies(blocks.text)
        own[2], own[3], own[4], own[5] = _likenesses(blocks.text, words[start:end].tolist(), head)
    return phrase_masks(said, digits.tolist())


def _copies(texts: Sequence[str]) -> tuple[Any, Any]:
    """Return how often each text stands on its page, and whether it did before."""
    copies = Counter(texts)
    if len(copies) == len(texts):
        return 1, 0
    seen: set[str] = set()
    is_copy = []
    for text in texts:
        is_copy.append(text in seen)
        seen.add(text)
    return [copies[text] for text in texts], is_copy


def _likenesses(texts: Sequence[str], words: Sequence[int], head: Head) -> tuple[Any, ...]:
    """Return how much each text of a page is like what its head states, see ``TEXT``."""
    title, description, declared = head.title, head.description, plain(head.body)
    title_words = set(title.casefold().split())
    shares: Any = 0
    if title_words:
        most, count = 2 * len(title_words) + 4, len(title_words)
        shares = [
            100 * len(title_words.intersection(text.casefold().split())) // count
            if length <= most
            else 0
            for text, length in zip(texts, words, strict=True)
        ]
    return (
        shares,
        [text == title for text in texts],
        [1 + (text[:60] in declared) for text in texts] if declared else 0,
        [1 + (text[:60] in description or description[:60] in text) for text in texts]
        if description
        else 0,
    )


@lru_cache(maxsize=4_096)  # most blocks begin with one of few characters
def _start(character: str) -> int:
    if character.islower():
        return 0
    if character.isupper():
        return 1
    if character.isdigit():
        return 2
    if character in "\"'“„«»–—-":
        return 3
    return 5 if character.isalpha() else 4
