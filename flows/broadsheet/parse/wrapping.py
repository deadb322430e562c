"""Hard-wrapped paragraphs made whole."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from broadsheet.parse.columns import Lines

_WRAP: Final = range(45, 101)  # columns at which hard-wrapped text turns


def unwrap(lines: Lines) -> Lines:
    """Return the lines with hard-wrapped paragraphs made whole."""
    if lines.follows_blank.all():
        return lines
    starts = np.flatnonzero(lines.follows_blank)
    ends = np.append(starts[1:], len(lines))
    widths = np.fromiter(map(len, lines.texts), np.int64, len(lines))
    fills = (widths >= _WRAP.start) & (widths < _WRAP.stop)
    fills[ends - 1] |= (widths[ends - 1] <= _WRAP.stop) & (ends - starts > 1)
    fills &= ~lines.is_item & (lines.headings == 0)
    may = np.logical_and.reduceat(fills, starts) & (ends - starts > 1)
    blocks = zip(starts[may].tolist(), ends[may].tolist(), strict=True)
    wrapped = [(start, end) for start, end in blocks if _is_wrapped(lines.texts[start:end])]
    return _joined(lines, wrapped) if wrapped else lines


def _is_wrapped(block: Sequence[str]) -> bool:
    """Tell whether lines without a blank one between them are one wrapped paragraph.

    Wrapped lines fill the measure, but for the last; and most break within a sentence, so that
    the next goes on in lower case, which a list of headlines does not.
    """
    if len(block) == 2:  # noqa: PLR2004 - here a caption and its credit are as likely
        return block[1][0].islower() and block[0][-1] not in ".!?:"
    going_on = sum(not line[0].isupper() for line in block[1:])
    return 2 * going_on >= len(block) - 1


def _joined(lines: Lines, wrapped: Sequence[tuple[int, int]]) -> Lines:
    """Return the lines with some runs of them each made one line."""
    texts = list(lines.texts)
    lengths, links = lines.lengths.copy(), lines.link_chars.copy()
    is_emphasised = lines.is_emphasised.copy()
    is_kept = np.ones(len(lines), np.bool_)
    for start, end in wrapped:
        texts[start] = " ".join(lines.texts[start:end])
        lengths[start] = lines.offsets[end - 1] + lengths[end - 1] - lines.offsets[start]
        links[start] = links[start:end].sum()
        is_emphasised[start] = False
        is_kept[start + 1 : end] = False
    kept = np.flatnonzero(is_kept)
    return Lines(
        starts=np.searchsorted(kept, lines.starts),
        texts=[texts[place] for place in kept.tolist()],
        offsets=lines.offsets[kept],
        lengths=lengths[kept],
        link_chars=links[kept],
        headings=lines.headings[kept],
        is_item=lines.is_item[kept],
        is_quote=lines.is_quote[kept],
        is_emphasised=is_emphasised[kept],
        follows_blank=lines.follows_blank[kept],
    )
