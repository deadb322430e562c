"""The proof that splits do not leak: the greatest likeness across them."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from broadsheet.addressed import addresses_of
from broadsheet.config import Duplicates
from broadsheet.deduplicate.bands import near_candidates
from broadsheet.deduplicate.columns import Column, Keys, gather, portions
from broadsheet.deduplicate.containment import contained_candidates
from broadsheet.deduplicate.groups import Rows, codes, pair_codes, pair_ends
from broadsheet.deduplicate.overlaps import TextReader, overlaps
from broadsheet.records import ExpectationResult, Severity

SEARCHED_FROM: Final = 0.4
"""Pairs with less in common are not looked for."""


@dataclass(frozen=True, slots=True)
class Leakage:
    """The likest pair of articles that stand in two splits.

    Attributes:
        articles: articles that are in a split.
        pairs: pairs across splits that have at least ``SEARCHED_FROM`` in common, as far as the
            search finds them: 98 % of those at this bound, nearly all above it.
        similarity: greatest Jaccard similarity among them, 0 where there are none.
        containment: greatest share of one text found in the other, 0 where there are none.
        ids: the likest pair, empty where there is none.

    """

    articles: int
    pairs: int
    similarity: float
    containment: float
    ids: tuple[str, ...]


def leakage(keys: Keys, survivors: pa.Table, read: TextReader) -> Leakage:
    """Return how alike articles of different splits are.

    Args:
        keys: all staged rows with the columns of ``KEY_SCHEMA``.
        survivors: the published rows with their ``split``, as :func:`fold` gives them.
        read: reads texts by address.

    """
    survivors = survivors.filter(survivors["split"].is_valid())
    places = np.empty(len(keys), np.int64)
    for first, portion in portions(keys, ["batch", "row"]):
        places[first : first + len(portion)] = addresses_of(portion)
    found_at = pc.index_in(pa.array(addresses_of(survivors)), value_set=pa.array(places))
    rows = np.asarray(found_at).astype(np.int64)
    ids = gather(keys, ["id"], rows)["id"].combine_chunks()
    order = np.asarray(pc.sort_indices(ids)).astype(np.int64)
    rows, split = rows[order], codes(survivors["split"])[order]
    near = near_candidates(Column(keys, ["signature"], rows), SEARCHED_FROM)
    held = contained_candidates(Column(keys, ["sample"], rows), SEARCHED_FROM)
    left, right = _across(
        split, np.concatenate([near[0], held[0]]), np.concatenate([near[1], held[1]])
    )
    found = overlaps(places[rows], left, right, read)
    share = np.maximum(found.left_in_right, found.right_in_left)
    is_alike = share >= SEARCHED_FROM
    if not is_alike.any():
        return Leakage(len(ids), 0, 0.0, 0.0, ())
    likest = int(found.jaccard.argmax())
    pair = ids.take(pa.array(order[[left[likest], right[likest]]])).to_pylist()
    return Leakage(
        len(ids), int(is_alike.sum()), float(found.jaccard.max()), float(share.max()), tuple(pair)
    )


def judge_leakage(found: Leakage, settings: Duplicates) -> ExpectationResult:
    """Return the leakage as a result that a report shows beside the others.

    It is a warning: what an earlier release has published stays in its split, even where the
    settings have become stricter since.
    """
    tight = found.similarity < settings.near_similarity
    tight = tight and found.containment < settings.contained_share
    return ExpectationResult(
        id="splits.no-leak",
        type="splits_do_not_leak",
        description=(
            f"No two articles of different splits have {settings.near_similarity:.0%} of their "
            f"text in common, and none holds {settings.contained_share:.0%} of another"
        ),
        column="split",
        severity=Severity.WARNING,
        success=tight,
        evaluated=found.articles,
        unexpected=0 if tight else found.pairs,
        observed=(
            f"likest pair {found.similarity:.0%} in common, greatest part held "
            f"{found.containment:.0%}"
            if found.pairs
            else f"no pair has {SEARCHED_FROM:.0%} in common"
        ),
        samples=found.ids,
    )


def _across(split: Rows, left: Rows, right: Rows) -> tuple[Rows, Rows]:
    """Return the pairs that stand in two splits, each once."""
    is_across = split[left] != split[right]
    return pair_ends(np.unique(pair_codes(left[is_across], right[is_across])))
