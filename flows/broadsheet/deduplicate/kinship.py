"""How the articles of a corpus hang together: same page or text, near copy, part of, same story."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from broadsheet.config import Duplicates
from broadsheet.deduplicate.bands import near_candidates
from broadsheet.deduplicate.columns import Numbers
from broadsheet.deduplicate.containment import contained_candidates
from broadsheet.deduplicate.groups import Rows, components
from broadsheet.deduplicate.overlaps import Comparison
from broadsheet.deduplicate.ranking import Ranked
from broadsheet.deduplicate.stories import stories

NOWHERE = -1


@dataclass(frozen=True, slots=True)
class Kinship:
    """Relations of ranked rows; each array has one entry a row and names rows.

    Attributes:
        same: the first row of the same page or the same text; itself where there is none.
        cluster: the first row that is the same or, by a chain of pairs, a near copy.
        container: the row that holds nearly all of this one's text, ``NOWHERE`` where none does.
        story: the first row that tells the same story.

    """

    same: Rows
    cluster: Rows
    container: Rows
    story: Rows

    def families(self) -> Rows:
        """Return the first row that each row is tied to by any chain of these relations."""
        held = np.flatnonzero(self.container != NOWHERE)
        edges = [_to_first(self.cluster), _to_first(self.story), (held, self.container[held])]
        return components(
            len(self.same), *(np.concatenate(end) for end in zip(*edges, strict=True))
        )


@dataclass(frozen=True, slots=True)
class Ties:
    """What an earlier release says of ranked rows that are carried over from it.

    Attributes:
        is_carried: rows that are carried over.
        is_folded: those of them that were folded, whose texts cannot be read.
        folded_into: edges from those to what they were folded into.
        clustered: edges within the clusters of the others.

    """

    is_carried: NDArray[np.bool_]
    is_folded: NDArray[np.bool_]
    folded_into: tuple[Rows, Rows]
    clustered: tuple[Rows, Rows]


def relate(
    ranked: Ranked, settings: Duplicates, texts: Comparison | None, ties: Ties | None = None
) -> Kinship:
    """Return how rows hang together.

    Args:
        ranked: the rows; what comes first stands for its group.
        settings: the ``[duplicates]`` section.
        texts: the texts; without them near copies and containment are not looked for.
        ties: what an earlier release says of some of the rows.

    """
    same = _same(ranked, settings, ties)
    cluster = _clusters(ranked, same, settings, texts, ties)
    heads = np.flatnonzero(cluster == np.arange(len(cluster)))
    container = np.full(len(ranked), NOWHERE)
    if texts is not None:
        container = _containers(ranked, heads, settings, texts)
    story = stories(
        ranked.column("terms", heads),
        ranked.take(["published_on"], heads)["published_on"],
        days=settings.story_days,
        similarity=settings.story_similarity,
    )
    return Kinship(same, cluster, container, heads[story][np.searchsorted(heads, cluster)])


def _same(ranked: Ranked, settings: Duplicates, ties: Ties | None) -> Rows:
    # ids are unique in a release, whatever the settings say
    edges = [_to_first(ranked.firsts(name)) for name in ("id", "url")]
    edges += [_to_first(ranked.texts)] if "exact" in settings.fold else []
    edges += [ties.folded_into] if ties else []
    return components(len(ranked), *(np.concatenate(end) for end in zip(*edges, strict=True)))


def _to_first(first: Numbers | Rows) -> tuple[Rows, Rows]:
    """Return edges from rows to another that stands for them."""
    rows = np.flatnonzero(first != np.arange(len(first)))
    return rows, first[rows].astype(np.int64)


def _clusters(
    ranked: Ranked,
    same: Rows,
    settings: Duplicates,
    texts: Comparison | None,
    ties: Ties | None,
) -> Rows:
    """Return the first row of each row's cluster of copies, exact and near."""
    edges = [_to_first(same), _to_first(ranked.texts)]
    if texts is not None:
        edges.append(_near(ranked, settings, texts, ties))
    edges += [ties.clustered] if ties else []
    ends = (np.concatenate(end) for end in zip(*edges, strict=True))
    return components(len(same), *ends)


def _near(
    ranked: Ranked, settings: Duplicates, texts: Comparison, ties: Ties | None
) -> tuple[Rows, Rows]:
    """Return the pairs of near copies; of each text only the first row that has it is compared.

    What an earlier release has compared is not compared again, nor what has no text any more.
    """
    rows = np.flatnonzero(ranked.texts == np.arange(len(ranked)))
    if ties:
        rows = rows[~ties.is_folded[rows]]
    candidates = near_candidates(ranked.column("signature", rows), settings.near_similarity)
    left, right = (rows[end] for end in candidates)
    if ties:
        is_new = ~(ties.is_carried[left] & ties.is_carried[right])
        left, right = left[is_new], right[is_new]
    is_near = texts.overlaps(left, right).jaccard >= settings.near_similarity
    return left[is_near], right[is_near]


def _containers(ranked: Ranked, heads: Rows, settings: Duplicates, texts: Comparison) -> Rows:
    """Return for each row the row that holds most of its text, both of those that name clusters."""
    share = settings.contained_share
    candidates = contained_candidates(ranked.column("sample", heads), share)
    left, right = (heads[end] for end in candidates)
    found = texts.overlaps(left, right)
    inner = np.where(found.left <= found.right, left, right)
    outer = np.where(found.left <= found.right, right, left)
    held = np.maximum(found.left_in_right, found.right_in_left)
    is_held = held >= share
    inner, outer, held = inner[is_held], outer[is_held], held[is_held]
    # The container that holds most; the first of several.
    order = np.lexsort((-outer, held))
    container = np.full(len(ranked), NOWHERE)
    container[inner[order]] = outer[order]
    return container
