"""How the articles of a corpus hang together: same page or text, near copy, part of, same story."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from broadsheet.config import Duplicates
from broadsheet.deduplicate.bands import near_candidates
from broadsheet.deduplicate.containment import contained_candidates
from broadsheet.deduplicate.groups import Rows, codes, components, edges_of_equals
from broadsheet.deduplicate.overlaps import TextReader, overlaps
from broadsheet.deduplicate.ranking import Ranked
from broadsheet.deduplicate.signatures import signatures_from_arrow
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
        rows = np.arange(len(self.same))
        has_container = np.flatnonzero(self.container != NOWHERE)
        return components(
            len(rows),
            np.concatenate([rows, rows, has_container]),
            np.concatenate([self.cluster, self.story, self.container[has_container]]),
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
    ranked: Ranked, settings: Duplicates, read: TextReader | None, ties: Ties | None = None
) -> Kinship:
    """Return how rows hang together.

    Args:
        ranked: the rows; what comes first stands for its group.
        settings: the ``[duplicates]`` section.
        read: reads texts by address; without it near copies and containment are not looked for.
        ties: what an earlier release says of some of the rows.

    """
    keys = ranked.plain
    same = _same(ranked, settings, ties)
    cluster = _clusters(ranked, same, settings, read, ties)
    heads = np.unique(cluster)
    container = np.full(len(keys), NOWHERE)
    if read is not None:
        container = _containers(ranked, cluster, settings, read)
    story = stories(
        ranked.sketch("terms", heads),
        keys["published_on"].take(heads),
        days=settings.story_days,
        similarity=settings.story_similarity,
    )
    return Kinship(same, cluster, container, heads[story][np.searchsorted(heads, cluster)])


def _same(ranked: Ranked, settings: Duplicates, ties: Ties | None) -> Rows:
    # ids are unique in a release, whatever the settings say
    edges = [edges_of_equals(codes(ranked.plain[name])) for name in ("id", "url")]
    edges += [edges_of_equals(ranked.texts)] if "exact" in settings.fold else []
    edges += [ties.folded_into] if ties else []
    return components(
        len(ranked),
        np.concatenate([left for left, _ in edges]),
        np.concatenate([right for _, right in edges]),
    )


def _clusters(
    ranked: Ranked,
    same: Rows,
    settings: Duplicates,
    read: TextReader | None,
    ties: Ties | None,
) -> Rows:
    """Return the first row of each row's cluster of copies, exact and near."""
    edges = [(np.arange(len(same)), same), edges_of_equals(ranked.texts)]
    if read is not None:
        edges.append(_near(ranked, settings, read, ties))
    edges += [ties.clustered] if ties else []
    ends = (np.concatenate(end) for end in zip(*edges, strict=True))
    return components(len(same), *ends)


def _near(
    ranked: Ranked, settings: Duplicates, read: TextReader, ties: Ties | None
) -> tuple[Rows, Rows]:
    """Return the pairs of near copies; of each text only the first row that has it is compared.

    What an earlier release has compared is not compared again, nor what has no text any more.
    """
    rows = np.sort(np.unique(ranked.texts, return_index=True)[1])
    if ties:
        rows = rows[~ties.is_folded[rows]]
    left, right = (rows[end] for end in _candidates(ranked, rows, settings.near_similarity))
    if ties:
        is_new = ~(ties.is_carried[left] & ties.is_carried[right])
        left, right = left[is_new], right[is_new]
    is_near = overlaps(ranked.plain, left, right, read).jaccard >= settings.near_similarity
    return left[is_near], right[is_near]


def _candidates(ranked: Ranked, rows: Rows, similarity: float) -> tuple[Rows, Rows]:
    """Return the pairs among some rows that may be near copies; nothing else holds signatures."""
    return near_candidates(signatures_from_arrow(ranked.sketch("signature", rows)), similarity)


def _containers(ranked: Ranked, cluster: Rows, settings: Duplicates, read: TextReader) -> Rows:
    """Return for each row the row of another cluster that holds most of its text."""
    heads = np.unique(cluster)
    share = settings.contained_share
    samples = ranked.sketch("sample", heads)
    left, right = (heads[e] for e in contained_candidates(samples, share))
    found = overlaps(ranked.plain, left, right, read)
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
