"""Two digests of the same bytes: one that names them for good, one that is quick to compare.

SHA-256 stands in releases and is what staged work is found again by. That a stretch of a raw file
is still what was discovered is asked anew at each reading, by XXH3 (128 bits), at a twelfth of the
cost: no accident passes it. It is no proof against somebody who writes into the raw folder while a
run reads it; the digests that a release states of each record are SHA-256 of what was read.
"""

import hashlib

import xxhash


class Digests:
    """Takes bytes, block by block."""

    def __init__(self, head: bytes = b"") -> None:
        """Begin with these bytes."""
        self._sha256 = hashlib.sha256(head)
        self._check = Check(head)

    def update(self, block: bytes) -> None:
        """Take the next bytes."""
        self._sha256.update(block)
        self._check.update(block)

    def sha256(self) -> str:
        """Return the SHA-256, hexadecimal."""
        return self._sha256.hexdigest()

    def check(self) -> str:
        """Return the XXH3, hexadecimal."""
        return self._check.hexdigest()


Check = xxhash.xxh3_128
"""The quick digest alone, as ``hashlib`` has them."""
