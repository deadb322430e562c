"""Signatures of the same shingle sets by this project, by rensa and by datasketch.

    python benchmarks/duplicates_signatures.py

Needs rensa and datasketch beside broadsheet; one that is missing is left out. Prints signatures a
CPU second, and the error of the estimated Jaccard similarity on near copies beside its theory.
"""

import importlib.util
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
from duplicates_corpus import articles

from broadsheet.deduplicate.overlaps import count_common
from broadsheet.deduplicate.shingles import Shingles, shingle
from broadsheet.deduplicate.signatures import SIGNATURE_HASHES, sign


def by_rensa(shingles: Shingles) -> np.ndarray:
    """Return rensa's signatures."""
    from rensa import RMinHash  # noqa: PLC0415 - not a dependency

    matrix = RMinHash.digest_matrix_from_flat_token_hashes(
        shingles.values.astype(np.uint64),
        shingles.offsets.astype(np.uint64),
        SIGNATURE_HASHES,
        42,
    )
    return np.array(matrix.to_rows())


def by_datasketch(shingles: Shingles) -> np.ndarray:
    """Return datasketch's signatures."""
    from datasketch import MinHash  # noqa: PLC0415 - not a dependency

    made = []
    for text in range(len(shingles)):
        one = MinHash(SIGNATURE_HASHES, hashfunc=int)
        one.update_batch(shingles.of(text).tolist())
        made.append(one.hashvalues)
    return np.array(made)


def main() -> None:
    """Print one line a library."""
    corpus = list(articles(3_000, copies=0.3))
    shingles = shingle([article.text for article in corpus])
    right = np.flatnonzero([article.origin != n for n, article in enumerate(corpus)])
    left = np.array([corpus[n].origin for n in right])
    common, one, other = count_common(shingles, left, right)
    truth = common / (one + other - common)
    theory = np.sqrt(np.mean(truth * (1 - truth) / SIGNATURE_HASHES))
    print(f"{len(truth)} near copies; theoretical error {theory:.4f}")
    libraries: dict[str, Callable[[Shingles], np.ndarray]] = {
        "broadsheet": sign,
        "rensa": by_rensa,
        "datasketch": by_datasketch,
    }
    for name, make in libraries.items():
        if importlib.util.find_spec(name) is None:
            print(f"{name}: not installed")
            continue
        start = time.process_time()
        made = make(shingles)
        seconds = time.process_time() - start
        error = np.sqrt(np.mean(((made[left] == made[right]).mean(axis=1) - truth) ** 2))
        print(f"{name}: {len(corpus) / seconds:,.0f} signatures/s, error {error:.4f}")


if __name__ == "__main__":
    main()
