"""Pages bound together for the finders of title, date and byline: what these see of each line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from broadsheet.parse.columns import Numbers
from broadsheet.parse.context import (
    CONTEXT,
    Blocks,
    dated_features,
    dated_lines,
    signed_features,
    title_lines,
)
from broadsheet.parse.features import NAMES, Matrix
from broadsheet.parse.sheaf import Sheaf
from broadsheet.parse.slugs import slug_shares

_SLUG: Final = len(NAMES) + CONTEXT.index("slug")

Candidates = tuple[Numbers, Matrix]
"""Numbers of lines in order, and a column of features for each."""


@dataclass(frozen=True, slots=True, eq=False)
class Bound:
    """Pages that are read together.

    Attributes:
        sheaf: their lines.
        features: what the lines look like: the rows of ``features.NAMES``, then those of
            ``context.CONTEXT``.
        blocks: where the bodies lie.
        urls: the address that each page states.

    """

    sheaf: Sheaf
    features: Matrix
    blocks: Blocks
    urls: Sequence[str | None]

    def titles(self) -> Candidates:
        """Return the lines that may be a headline, and what the finder sees of them."""
        lines = title_lines(self.sheaf, self.features, self.blocks)
        return lines, self._seen(lines)

    def dates(self) -> Candidates:
        """Return the lines that may date an article, and what the finder sees of them."""
        lines = dated_lines(self.sheaf, self.features)
        rows = self._seen(lines)
        added = dated_features(self.sheaf, self.features, self.blocks, lines)
        return lines, np.concatenate([rows, added])

    def bylines(
        self, named: Mapping[int, tuple[str, ...]], bodies: Mapping[int, str]
    ) -> Candidates:
        """Return the lines that name people, and what the finder sees of them.

        Args:
            named: the people that each of those lines names, by its number.
            bodies: the text of each page's body.

        """
        lines = np.array(list(named), np.int64)
        rows = self._seen(lines)
        return lines, np.concatenate([rows, signed_features(self.sheaf, bodies, named)])

    def _seen(self, lines: Numbers) -> Matrix:
        """Return the columns of some lines, with what the addresses say of them."""
        rows = self.features[:, lines]
        rows[_SLUG] = slug_shares(self.sheaf, lines, self.urls)
        return rows
