"""Parts of large compressed files, kept when the file is inflated as a whole.

A compressed stream cannot be entered in the middle, so that each part of it would be found only by
inflating all that lies before it. The discovery inflates the stream once anyway: there each part is
packed anew, in a file of its own that is named by its digest. Whatever becomes of such a file, what
is read is proven by that digest, or inflated again.
"""

import io
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from broadsheet.errors import StorageError
from broadsheet.sources.digests import Check
from broadsheet.sources.roots import Place, open_root

if TYPE_CHECKING or sys.version_info < (3, 14):
    from backports import zstd
else:
    from compression import zstd

Keep = Callable[[str, bytes], None]
"""Stores a file of this name in the folder that :func:`read_kept` is told of, or does not."""

_LEVEL = 1  # as fast as the disk; the file lives as long as a run


class Packer:
    """Packs a part while it passes by."""

    def __init__(self, head: bytes = b"") -> None:
        """Begin with the bytes that stand before the part."""
        self._compressor = zstd.ZstdCompressor(level=_LEVEL)
        self._packed = io.BytesIO()
        self.add(head)

    def add(self, stretch: bytes) -> None:
        """Take the next bytes."""
        self._packed.write(self._compressor.compress(stretch))

    def packed(self) -> bytes:
        """Return all of it, packed."""
        self._packed.write(self._compressor.flush())
        return self._packed.getvalue()


def kept_name(sha256: str) -> str:
    """Return the name of the file that keeps the bytes of a digest."""
    return f"{sha256}.zst"


def read_kept(place: Place, sha256: str, check: str, size: int) -> bytes | None:
    """Return the bytes of two digests, or None where they are not there or not as they were."""
    try:
        with open_root(place).open(kept_name(sha256)) as file:
            raw = zstd.ZstdDecompressor().decompress(file.read(), max_length=size)
    except (OSError, StorageError, zstd.ZstdError):
        return None
    return raw if Check(raw).hexdigest() == check else None
