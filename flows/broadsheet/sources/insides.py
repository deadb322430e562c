"""Parts of what comes out of a large compressed file, told while it is inflated once.

A file is inflated from its first member on. Where that ends early, for damage or because it killed
an earlier try, it goes on with the next member that is whole, if the format inside can be read from
anywhere on: what lies behind the gap has no place in the first stretch, and counts its own.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from broadsheet.config import Sources
from broadsheet.isolation import Lost, say
from broadsheet.reasons import Reason
from broadsheet.sources.blobs import OUT_OF_MEMORY, Refused, Steps
from broadsheet.sources.cutting import Cutter, Part
from broadsheet.sources.formats import cut_inside, format_of
from broadsheet.sources.keeping import Keep
from broadsheet.sources.members import Search
from broadsheet.sources.roots import Place, open_root
from broadsheet.sources.streams import BLOCK_BYTES, Inflated


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A compressed file whose parts are asked for.

    Attributes:
        place: the folder of raw files.
        name: the file's path below it.
        settings: the section ``[sources]``.
        is_kept: what the parts hold is wanted, too.
        tells: each step is told before it is taken, for the case that it kills.
        lost: steps that are left out, because they did.

    """

    place: Place
    name: str
    settings: Sources
    is_kept: bool
    tells: bool = False
    lost: Mapping[int, Lost] = field(default_factory=dict)


class Kept(NamedTuple):
    """What a part holds, packed, and the name of the file to keep it in."""

    name: str
    packed: bytes


CutInside = Callable[[Place, str, Sources, Keep | None], tuple[Part, ...]]
"""Returns the parts of what a compressed file holds; none where it is only one."""


class InsideCutter(NamedTuple):
    """Tells the parts of what a file holds, as :class:`Cutter` does of what it is."""

    tell: Callable[[], tuple[Part, ...]]

    def feed(self, block: bytes) -> None:
        """Take a block of the file, of which nothing is learnt."""

    def parts(self) -> tuple[Part, ...]:
        """Return the parts."""
        return self.tell()


def cut_here(place: Place, name: str, settings: Sources, keep: Keep | None) -> tuple[Part, ...]:
    """Return the parts of what a compressed file holds (:data:`CutInside`)."""
    asked = Asked(place=place, name=name, settings=settings, is_kept=keep is not None)
    return gather_parts(yield_parts(asked), keep)


def gather_parts(found: Iterable[Kept | tuple[Part, ...]], keep: Keep | None) -> tuple[Part, ...]:
    """Return the parts among what :func:`yield_parts` gives, and keep the rest."""
    parts: tuple[Part, ...] = ()
    for item in found:
        if not isinstance(item, Kept):
            parts = item
        elif keep is not None:
            keep(*item)
    return parts


def yield_parts(asked: Asked) -> Iterator[Kept | tuple[Part, ...]]:
    """Yield what is to be kept of a file, and at last its parts: a guard's work."""
    format_, cut = format_of(asked.name), cut_inside(asked.name)
    if format_ is None or format_.compression is None or cut is None:
        raise ValueError(f"{asked.name}: nothing in it can be cut")
    steps = _Told(asked.lost, tells=asked.tells)
    search = Search() if cut.is_told_anywhere else None
    parts: list[Part] = []
    entry: int | None = 0
    with open_root(asked.place).open(asked.name) as file:
        while entry is not None:
            file.seek(entry)
            inflated = Inflated(
                file,
                format_.compression,
                asked.settings,
                entry=entry,
                steps=steps,
                search=search,
            )
            shelf = _Shelf()
            cutter = Cutter(cut, asked.settings, shelf.keep if asked.is_kept else None)
            for block in _blocks(inflated, steps):
                cutter.feed(block)
                yield from shelf.clear()
            *others, last = cutter.all_parts()
            last = replace(last, **inflated.ending._asdict())
            parts += [replace(part, is_inside=True, entry=entry) for part in (*others, last)]
            entry = inflated.resumed_at
            if len(parts) > 1 or entry is not None:
                yield from shelf.clear()
    yield tuple(parts) if len(parts) > 1 else ()


def _blocks(inflated: Inflated, steps: Steps) -> Iterator[bytes]:
    """Yield what comes out up to a fault, or to a step that is left out; both end the stream."""
    while True:
        if lost := steps.begin():
            inflated.give_up(lost.reason, lost.detail)
            return
        try:
            block = inflated.read(BLOCK_BYTES)
        except Refused:
            return
        except MemoryError:
            inflated.give_up(Reason.RESOURCE_MEMORY, OUT_OF_MEMORY)
            return
        finally:
            steps.end()
        if not block:
            return
        yield block


class _Shelf:
    """Holds what a cutter keeps until it is fetched."""

    def __init__(self) -> None:
        self._held: list[Kept] = []

    def keep(self, name: str, packed: bytes) -> None:
        """Take a part (:data:`~broadsheet.sources.keeping.Keep`)."""
        self._held.append(Kept(name, packed))

    def clear(self) -> list[Kept]:
        """Return what is held, and hold it no more."""
        held, self._held = self._held, []
        return held


class _Told(Steps):
    """Steps that are told to the parent, where it asks for them."""

    def __init__(self, lost: Mapping[int, Lost], *, tells: bool) -> None:
        super().__init__(lost)
        self._tells = tells

    def at(self, number: int) -> None:
        """Tell the step that is being taken."""
        if self._tells:
            say(number)
