"""Whether a run would make the release that is there already: then nothing needs to be made.

A release is a function of the staged batches, the settings, the suites, the code and libraries, and
the release before it; made again on top of itself it is the same. So where all that is as it was
when the newest release was made, and that release is whole, nothing has changed. What it was made
of is kept in the work folder as one digest, and may be removed at any time: then a run makes the
release anew and compares.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from broadsheet import validate
from broadsheet.fingerprint import digest_file, digest_json, package_digest
from broadsheet.pipeline.plan import Run
from broadsheet.pipeline.reporting import Tally
from broadsheet.pipeline.workspace import (
    Place,
    StagedBatch,
    join,
    read_json,
    replace_kept,
    write_json,
)
from broadsheet.publish import layout, software
from broadsheet.records import Accounts


@dataclass(frozen=True, slots=True)
class Same:
    """A release that is made of what a run has at hand.

    Attributes:
        checksums: SHA-256 of its ``SHA256SUMS``; it was found sound when they were written.
        tally: what became of the raw records.

    """

    checksums: str
    tally: Tally


def digest_of_all(run: Run, suites: validate.Suites, staged: Sequence[StagedBatch]) -> str:
    """Return the digest of all that a release is made of, but for the release before it.

    Args:
        run: the run: settings, and raw files with their digests.
        suites: what rows and release are judged by.
        staged: the batches, that of the discovery first.

    """
    made_of = {
        "config": run.config.model_dump(mode="json"),
        "files": [[file.path, file.size, file.sha256] for file in run.files],
        "suites": [suites.batch.to_json(), suites.release.to_json()],
        "batches": [batch.to_json() | {"folder": ""} for batch in staged],
        "code": package_digest(),
        "software": software(),
    }
    return digest_json(made_of)


def keep_same(work: Place, release: Path, made_of: str, tally: Tally) -> None:
    """Keep what a sound release was made of, where making it again would give the same.

    Args:
        work: the dataset's work folder.
        release: the release.
        made_of: what :func:`digest_of_all` says of the run that made it.
        tally: what became of the raw records.

    """
    told = {
        "made_of": made_of,
        "checksums": digest_file(release / layout.CHECKSUMS),
        "accounts": asdict(tally.accounts),
        "reasons": [*tally.reasons.items()],  # their order tells, too
    }
    # Without it the release is there; the next run looks for itself.
    replace_kept(_place(work), lambda fresh: write_json(fresh, told))


def recall_same(work: Place, release: Path, made_of: str) -> Same | None:
    """Return what is known of a release that was made of the same, None where it was not.

    Args:
        work: the dataset's work folder.
        release: the newest release.
        made_of: what :func:`digest_of_all` says of this run.

    """
    try:
        told = read_json(_place(work))
        tally = Tally(Accounts(**told["accounts"]), dict(told["reasons"]))
        same = Same(told["checksums"], tally)
        is_same = made_of == told["made_of"]
        is_same &= same.checksums == digest_file(release / layout.CHECKSUMS)
    except (OSError, ValueError, KeyError, TypeError):
        return None  # as good as absent
    return same if is_same else None


def _place(work: Place) -> Path:
    return Path(join(work, "made_of.json"))
