"""Which lines are the body: those that look like it, mostly within one block.

The block is the run of lines with the largest sum of evidence (Kadane's algorithm; the idea is
that of Pasternack and Roth, "Extracting Article Text from the Web with Maximum Subsequence
Segmentation", WWW 2009). Comments and teasers read like prose, too, but stand apart from it.
"""

from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt

from broadsheet.parse.features import COLUMN, PROSE, SENTENCE, Matrix
from broadsheet.parse.sheaf import Sheaf

LEAST_ODDS: Final = -0.2
"""Log odds above which a line within the block is body."""

SURE_ODDS: Final = 2.0
"""Log odds above which a line is body wherever it stands."""

CAPTION_ODDS: Final = 1.5
"""Log odds above which a line is body although it ends with a photograph's credit."""

BEFORE_LEDE_ODDS: Final = 0.6
"""As ``LEAST_ODDS``, before the first sure paragraph, where captions and standfirsts stand."""

_LEDE_ODDS: Final = 1.0
_MOST_ODDS: Final = 3.0  # one line's say in where the block lies is bounded
_MOST_CHARS: Final = 400  # as is that of its length
_MOST_COST: Final = 12.0  # and what it costs to reach over a line that is no body


_LIST: Final = 8  # lines between two lines of the body that may be a list of its own
_ITEM_ODDS: Final = -4.0
_TEASERS: Final = 24  # items on end that are no list within an article
_TEASER_CHARS: Final = 60  # of an item, on average: longer than a menu's, as headlines are
_TEASER_ENDS: Final = 15  # per cent of them that end a sentence
_TEASER_ODDS: Final = -3.0


def doubt_teasers(
    sheaf: Sheaf, features: Matrix, odds: npt.NDArray[np.float32]
) -> npt.NDArray[np.float32]:
    """Return the log odds of lines with those of long lists of headlines lowered.

    Each such line reads like a caption or a short paragraph, and a hundred of them outweigh the
    article beside them. The lists of articles are shorter or made of sentences.
    """
    is_item = features[COLUMN["is_item"]] > 0
    is_first = is_item & ~sheaf.moved(is_item, -1, 0).astype(np.bool_)
    run = np.where(is_item, np.cumsum(is_first), 0)
    count = np.bincount(run)
    chars = np.bincount(run, features[0])
    ends = np.bincount(run, features[COLUMN["end"]] == SENTENCE)
    is_list = (count >= _TEASERS) & (chars >= _TEASER_CHARS * count)
    is_list &= 100 * ends <= _TEASER_ENDS * count
    is_teaser = is_item & is_list[run]
    return np.where(is_teaser, np.minimum(odds, np.float32(_TEASER_ODDS)), odds)


def body_lines(
    sheaf: Sheaf, features: Matrix, odds: npt.NDArray[np.float32]
) -> npt.NDArray[np.bool_]:
    """Tell for each line of some pages whether it is body.

    Args:
        sheaf: the pages.
        features: what their lines look like.
        odds: log odds of each line by itself.

    """
    weight = np.sqrt(np.minimum(features[0], _MOST_CHARS))
    evidence = np.clip(odds.astype(np.float64) - LEAST_ODDS, -_MOST_ODDS, _MOST_ODDS) * weight
    costs = np.maximum(evidence, -_MOST_COST).tolist()
    here, none = np.arange(len(odds)), len(odds)
    within = np.zeros(len(odds), np.bool_)
    for start, end in pairwise(sheaf.starts.tolist()):
        first, last = _largest_sum(costs[start:end])
        within[start + first : start + last + 1] = True
    is_body = (within & (odds > LEAST_ODDS)) | (odds > SURE_ODDS)
    is_lede = is_body & (odds > _LEDE_ODDS) & (features[0] >= PROSE)
    lede = sheaf.by_page(np.minimum, np.where(is_lede, here, none), none)[sheaf.page]
    lede = np.where(lede < none, lede, sheaf.first)
    is_body &= (here >= lede) | (odds > BEFORE_LEDE_ODDS)
    is_body |= _items_between(sheaf, features, odds, is_body)
    is_caption = features[COLUMN["is_caption_credit"]] > 0
    return np.asarray(is_body & ~(is_caption & (odds <= CAPTION_ODDS)))


def _items_between(
    sheaf: Sheaf, features: Matrix, odds: npt.NDArray[np.float32], is_body: npt.NDArray[np.bool_]
) -> npt.NDArray[np.bool_]:
    """Return the items of short lists within the body.

    An item by itself looks like one of a menu; a menu seldom stands between two paragraphs. Of such
    items of the development sets seven in ten are labelled as body.
    """
    here, none = np.arange(len(odds)), len(odds)
    if not none:
        return is_body
    before = np.maximum.accumulate(np.where(is_body, here, -1))
    after = np.minimum.accumulate(np.where(is_body, here, none)[::-1])[::-1]
    is_between = (before >= sheaf.first) & (after < sheaf.end) & (after - before <= _LIST + 1)
    is_item = features[COLUMN["is_item"]] > 0
    return np.asarray(is_between & is_item & (odds > _ITEM_ODDS))


def _largest_sum(values: list[float]) -> tuple[int, int]:
    """Return the first and last index of the run with the largest sum; (0, -1) if none is > 0."""
    best, best_run = 0.0, (0, -1)
    total, start = 0.0, 0
    for index, value in enumerate(values):
        if total <= 0:
            total, start = 0.0, index
        total += value
        if total > best:
            best, best_run = total, (start, index)
    return best_run
