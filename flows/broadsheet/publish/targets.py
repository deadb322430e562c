"""What every upload of a release says of itself."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Upload:
    """What an upload does, or would do.

    Attributes:
        target: where to.
        is_done: whether the target holds the release already.
        added: files that it does not have, or has otherwise.
        removed: files of the version before that this one does not have.
        n_bytes: bytes of the files added.

    """

    target: str
    is_done: bool
    added: tuple[str, ...]
    removed: tuple[str, ...]
    n_bytes: int
