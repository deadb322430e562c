"""How large the batches of a corpus are to be."""

from collections.abc import Iterable

from broadsheet.config import Sources

# A corpus of fewer bytes than so many full batches gets smaller ones, so that each core has work;
# not so small that what Great Expectations takes once a batch (some 0.4 s) outweighs its rows.
_FEW_BATCHES = 2
_SMALL_BATCH_BYTES = 16 * 2**20
_SMALL_BATCH_RECORDS = 4_000

_COMPRESSED = (".gz", ".bz2", ".xz", ".zst", ".zip", ".tgz", ".docx")
_EXPANSION = 4


def expected_bytes(path: str, size: int) -> int:
    """Return how many bytes a file of this name and size holds; about, where it is compressed."""
    return size * (_EXPANSION if path.lower().endswith(_COMPRESSED) else 1)


def sized_for(stored: Iterable[tuple[str, int]], settings: Sources) -> Sources:
    """Return the settings with batches that suit a corpus: a small one is to have several, too.

    Sizes are halved as often as it takes, so that a corpus that grows keeps its borders until it is
    twice as large. What is set smaller stays.

    Args:
        stored: path and bytes of each raw file.
        settings: the section ``[sources]``, whose batches are the largest.

    """
    total = sum(expected_bytes(path, size) for path, size in stored)
    most = settings.batch_bytes
    while most > _SMALL_BATCH_BYTES and total < most * _FEW_BATCHES:
        most //= 2
    share = settings.batch_records * most // settings.batch_bytes
    records = max(share, min(settings.batch_records, _SMALL_BATCH_RECORDS))
    return settings.model_copy(update={"batch_bytes": most, "batch_records": records})
