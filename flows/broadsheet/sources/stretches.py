"""Stretches of what comes out of a compressed file, each read by itself."""

import contextlib
import io
from typing import cast

from broadsheet.reasons import Reason, reason_of
from broadsheet.sources.blobs import Inside, Refused
from broadsheet.sources.digests import Check
from broadsheet.sources.streams import Inflated


class Stretch(io.RawIOBase):
    """A stretch of what comes out of a compressed file, to be read from start to end.

    Where the file is damaged behind it, reading raises :class:`Refused` at its end.

    Attributes:
        start: place of the first byte.
        head: the bytes at the top of the file that the stretch needs.
        fault: what was raised.
        has_trailing: other bytes follow the end of the stream, and the stretch is its last.

    """

    def __init__(self, inside: Inside, raw: bytes) -> None:
        """Take the bytes of head and stretch."""
        super().__init__()
        self.start = inside.start
        self.head = raw[: inside.head]
        self.fault: Refused | None = None
        self.has_trailing = inside.ending.is_trailed
        self._bytes = io.BytesIO(raw)
        self._bytes.seek(inside.head)
        self._ending = inside.ending

    def readable(self) -> bool:
        """Return True, as the interface asks."""
        return True

    def readinto(self, buffer: object) -> int:
        """Fill a buffer with the next bytes and return how many; 0 at the end."""
        count = self._bytes.readinto(cast("bytearray", buffer))
        if count == 0 and self._ending.fault:
            self.fault = Refused(reason_of(self._ending.fault), self._ending.detail)
            raise self.fault
        return count


def take_stretch(inflated: Inflated, inside: Inside) -> Stretch:
    """Return a stretch, as it was kept or else by inflating all that lies before it, too.

    Raises:
        Refused: the bytes are not those that were discovered.

    """
    if inside.kept is not None:
        return Stretch(inside, inside.kept)
    head, parts, at = b"", [], 0
    with contextlib.suppress(Refused):  # it is behind the stretch, or the digest tells
        for block in inflated.blocks():
            head += block[: inside.head - len(head)]
            if at + len(block) > inside.start:
                parts.append(block[max(inside.start - at, 0) : inside.stop - at])
            at += len(block)
            if at >= inside.stop:
                break
    raw = b"".join([head, *parts])
    if Check(raw).hexdigest() != inside.check:
        raise Refused(Reason.IO_CHANGED, "the bytes are not those that were discovered")
    return Stretch(inside, raw)
