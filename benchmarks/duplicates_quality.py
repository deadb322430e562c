"""How well copies are told, on pairs whose truth is known because they are made.

    python benchmarks/duplicates_quality.py

1. Bands: pairs of a known Jaccard similarity; the share that becomes a candidate, beside the
   theoretical curve of the banding.
2. Copies: articles copied with controlled edits (words exchanged, paragraphs cut, moved, added,
   another headline, another outlet's frame); recall of each edit at each threshold, and precision
   over all, against articles of the same subject that are no copies.
3. Quotations: a part of an article as an article of its own.

The articles are invented; those of one subject share stock sentences, as news does.
"""

import random
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa

sys.path.insert(0, str(Path(__file__).parent))
from duplicates_corpus import vocabulary

from broadsheet.deduplicate.bands import band_hashes, band_pairs, banding_for, near_candidates
from broadsheet.deduplicate.columns import Column
from broadsheet.deduplicate.containment import contained_candidates
from broadsheet.deduplicate.overlaps import count_common
from broadsheet.deduplicate.shingles import Shingles, sample, shingle
from broadsheet.deduplicate.signatures import sign, signatures_to_arrow

CONTAINED = 0.9
THRESHOLDS = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
Paragraphs = list[str]


class Newsroom:
    """Writes invented articles; subjects have stock sentences that their articles share."""

    def __init__(self, seed: int = 0, subjects: int = 40) -> None:
        """Prepare the words and the stock sentences of each subject."""
        self.chance = random.Random(seed)  # noqa: S311 - reproducible, guards nothing
        self.words = vocabulary(8_000, seed).tolist()
        self.stock = [[self.sentence() for _ in range(12)] for _ in range(subjects)]

    def sentence(self) -> str:
        """Return 8 to 25 words, frequent ones more often."""
        size = self.chance.randint(8, 25)
        picks = (int(len(self.words) ** self.chance.random()) - 1 for _ in range(size))
        return " ".join(self.words[pick] for pick in picks) + "."

    def article(self, subject: int) -> Paragraphs:
        """Return 8 to 16 paragraphs, every sixth sentence a stock one of the subject."""
        return [
            " ".join(
                self.chance.choice(self.stock[subject])
                if self.chance.random() < 1 / 6
                else self.sentence()
                for _ in range(self.chance.randint(1, 4))
            )
            for _ in range(self.chance.randint(8, 16))
        ]

    def exchange(self, text: Paragraphs, share: float) -> Paragraphs:
        """Exchange a share of the words, here and there."""
        return [
            " ".join(
                self.chance.choice(self.words) if self.chance.random() < share else word
                for word in paragraph.split()
            )
            for paragraph in text
        ]


def edits(news: Newsroom) -> dict[str, Callable[[Paragraphs], Paragraphs]]:
    """Return the controlled edits by name."""

    def frame(text: Paragraphs) -> Paragraphs:
        return [news.sentence(), *text, news.sentence(), news.sentence()]

    def move(text: Paragraphs) -> Paragraphs:
        return news.chance.sample(text, len(text))

    return {
        "1 % of words": lambda text: news.exchange(text, 0.01),
        "3 % of words": lambda text: news.exchange(text, 0.03),
        "6 % of words": lambda text: news.exchange(text, 0.06),
        "other headline": lambda text: [news.sentence(), *text[1:]],
        "framed by another outlet": frame,
        "paragraphs moved": move,
        "last fifth cut": lambda text: text[: -(len(text) // 5)],
        "last third cut": lambda text: text[: -(len(text) // 3)],
        "cut, framed and 2 % of words": lambda text: frame(
            news.exchange(text[: -(len(text) // 5)], 0.02)
        ),
    }


def curve() -> None:
    """Print how often pairs of each similarity become candidates, and how often they should."""
    print("\n## Bands: candidates by similarity, measured (theory)\n")
    print("| threshold | bands | " + " | ".join(f"J={j / 10:.1f}" for j in range(2, 10)) + " |")
    print("|---" * 10 + "|")
    for threshold in (0.5, 0.6, 0.8):
        banding = banding_for(threshold)
        cells = []
        for tenth in range(2, 10):
            similarity = tenth / 10
            found = share_found(similarity, banding)
            cells.append(f"{found:.3f} ({banding.probability(similarity):.3f})")
        print(f"| {threshold} | {banding.count} x {banding.width} | " + " | ".join(cells) + " |")


def share_found(similarity: float, banding: object, pairs: int = 1_000) -> float:
    """Return the share of pairs of this similarity that agree on a band."""
    chance = np.random.default_rng(int(similarity * 10))
    common = round(300 * similarity / (1 + similarity) * 2)
    own = 300 - common
    sets = []
    for _ in range(pairs):
        values = np.unique(chance.integers(0, 2**32, common + 2 * own + 8, np.uint32))
        values = chance.permutation(values)[: common + 2 * own]
        sets += [
            np.sort(values[: common + own]),
            np.sort(np.concatenate([values[:common], values[common + own :]])),
        ]
    offsets = np.append(0, np.cumsum([len(one) for one in sets]))
    signatures = signed(Shingles(offsets, np.concatenate(sets)))
    hashes = band_hashes(signatures, banding, [*range(banding.count), 0])
    found = set()
    for band in range(banding.count):
        for left, right in band_pairs(hashes[band], hashes[band + 1]):
            found |= {int(one) for one, other in zip(left, right, strict=True) if one ^ other == 1}
    return len(found) / pairs


def signed(shingles: Shingles) -> Column:
    """Return the signatures of shingle sets as a column of keys."""
    return Column.of(pa.chunked_array([signatures_to_arrow(sign(shingles))]))


def copies(news: Newsroom, originals: int = 600) -> None:
    """Print recall of each edit and precision over all, at each threshold."""
    made = edits(news)
    texts: list[str] = []
    truth: list[tuple[int, str]] = []
    for number in range(originals):
        article = news.article(number % len(news.stock))
        texts.append("\n\n".join(article))
        truth.append((number, ""))
        name = list(made)[number % len(made)]
        texts.append("\n\n".join(made[name](article)))
        truth.append((number, name))
    shingles = shingle(texts)
    signatures = signed(shingles)
    print("\n## Copies: recall by edit, precision over all pairs\n")
    print("| edit | " + " | ".join(map(str, THRESHOLDS)) + " |\n" + "|---" * 8 + "|")
    rows: dict[str, list[str]] = {name: [] for name in (*made, "precision")}
    for threshold in THRESHOLDS:
        left, right = near_candidates(signatures, threshold)
        common, one, other = count_common(shingles, left, right)
        is_near = common / (one + other - common) >= threshold
        pairs = list(zip(left[is_near].tolist(), right[is_near].tolist(), strict=True))
        right_pairs = [truth[b] for a, b in pairs if truth[a][0] == truth[b][0]]
        for name in made:
            every = sum(1 for _, edit in truth if edit == name)
            rows[name].append(f"{sum(1 for _, edit in right_pairs if edit == name) / every:.3f}")
        rows["precision"].append(f"{len(right_pairs) / max(len(pairs), 1):.3f}")
    for name, cells in rows.items():
        print(f"| {name} | " + " | ".join(cells) + " |")


def quotations(news: Newsroom, originals: int = 300) -> None:
    """Print how many texts that lie in another are found, by their length."""
    print("\n## Quotations: recall by words quoted; precision over all\n")
    print("| words | recall | precision |\n|---|---|---|")
    for size in (30, 60, 120, 240):
        texts = ["\n\n".join(news.article(n % len(news.stock))) for n in range(originals)]
        texts += [" ".join(text.split()[20 : 20 + size]) for text in texts]
        shingles = shingle(texts)
        left, right = contained_candidates(
            Column.of(pa.chunked_array([sample(shingles)])), CONTAINED
        )
        common, one, other = count_common(shingles, left, right)
        held = np.flatnonzero(common / np.minimum(one, other) >= CONTAINED)
        correct = sum(1 for a, b in zip(left[held], right[held], strict=True) if b - a == originals)
        print(f"| {size} | {correct / originals:.3f} | {correct / max(len(held), 1):.3f} |")


def main() -> None:
    """Print the three tables."""
    curve()
    copies(Newsroom())
    quotations(Newsroom(1))


if __name__ == "__main__":
    main()
