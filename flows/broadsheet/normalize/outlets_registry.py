"""The registry of outlets: one row an outlet, as a data file and as looked up.

The rows are in ``data/outlets.csv`` beside this module; its columns, and how a row is checked,
are described in ``data/README.md``. A dataset adds and overrides outlets with ``[[outlets]]`` in
its ``dataset.toml``.
"""

import csv
import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import lru_cache
from importlib import resources

from broadsheet.config import Config, OutletEntry
from broadsheet.errors import ConfigError
from broadsheet.normalize.outlets_names import fold_name, is_common

COLUMNS = (
    "id",
    "name",
    "domains",
    "country",
    "languages",
    "time_zone",
    "kind",
    "founded",
    "wikidata",
    "aliases",
    "phrases",
    "checked_by",
)
"""The columns of ``outlets.csv``, in order. Lists are separated by ``|``."""


class Kind(StrEnum):
    """What sort of publisher an outlet is."""

    NEWSPAPER = "newspaper"
    AGENCY = "agency"
    BROADCASTER = "broadcaster"
    MAGAZINE = "magazine"
    ONLINE = "online"  # born on the web
    AGGREGATOR = "aggregator"  # shows what others publish: a portal, a reader, an archive
    BLOG_HOST = "blog_host"  # its subdomains or paths belong to their writers


class CheckedBy(StrEnum):
    """Who vouches for a row."""

    HAND = "hand"  # entered row by row, each cell judged on its own
    TWO_SOURCES = "two-sources"  # two independent lists have it and nothing contradicts it
    UNCHECKED = "unchecked"  # one list says so, and nothing contradicts it
    DATASET = "dataset"  # the dataset's own dataset.toml
    NOBODY = "nobody"  # no row at all: the page's own word


@dataclass(frozen=True, slots=True)
class Domain:
    """A host under which an outlet publishes, with everything below it.

    Attributes:
        host: in lower case, IDN as A-labels; a registrable domain or a subdomain of one.
        period: when, as an interval of ISO 8601-2 (EDTF level 1): ``/2013`` ended in 2013 and
            began at an unknown time, ``/`` is over and nothing more is known. Empty: still used.

    """

    host: str
    period: str = ""

    @property
    def is_retired(self) -> bool:
        """Whether the outlet has left this host."""
        return bool(self.period) and not self.period.endswith("..")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """A publisher of news.

    Attributes:
        id: stable key in the registry; empty for an outlet that only a page names.
        name: canonical name, as the outlet writes it.
        domains: where it publishes, the present main one first.
        country: ISO 3166-1 alpha-2 of its newsroom, where it has one home.
        languages: BCP 47, the main one first.
        time_zone: IANA zone of its newsroom.
        kind: what sort of publisher it is.
        founded: year of its first issue or broadcast; no article of it is older.
        wikidata: its item there.
        aliases: other names under which a page declares it.
        phrases: text that only this outlet's pages carry, such as "Interact with The Globe".
        checked_by: who vouches for the row.

    """

    id: str
    name: str
    domains: tuple[Domain, ...] = ()
    country: str | None = None
    languages: tuple[str, ...] = ()
    time_zone: str | None = None
    kind: Kind | None = None
    founded: int | None = None
    wikidata: str | None = None
    aliases: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    checked_by: CheckedBy = CheckedBy.UNCHECKED

    @property
    def is_registered(self) -> bool:
        """Whether the registry, or the dataset's own list, has this outlet."""
        return self.checked_by is not CheckedBy.NOBODY

    @property
    def is_checked(self) -> bool:
        """Whether somebody vouches for the row."""
        return self.checked_by in {CheckedBy.HAND, CheckedBy.TWO_SOURCES, CheckedBy.DATASET}

    @property
    def host(self) -> str | None:
        """The present main host."""
        return self.domains[0].host if self.domains else None


@dataclass(frozen=True, slots=True)
class Registry:
    """All outlets, looked up by id, host, name or phrase; make one with :func:`index`."""

    outlets: Mapping[str, Outlet]
    hosts: Mapping[str, Outlet] = field(repr=False)
    names: Mapping[str, Outlet] = field(repr=False)
    phrases: Mapping[str, Outlet] = field(repr=False)

    def by_host(self, host: str) -> Outlet | None:
        """Return the outlet that publishes at a host: the longest registered suffix decides."""
        suffix = host.lower().rstrip(".")
        while suffix:
            if outlet := self.hosts.get(suffix):
                return outlet
            suffix = suffix.partition(".")[2]
        return None

    def by_name(self, name: str) -> Outlet | None:
        """Return the one outlet of that name or alias; None where several bear it."""
        return self.names.get(fold_name(name))

    def by_phrase(self, text: str) -> Outlet | None:
        """Return the outlet whose unmistakable phrase a text carries, if it is one."""
        folded = f" {fold_name(text)} "
        found = {o.id: o for phrase, o in self.phrases.items() if f" {phrase} " in folded}
        return next(iter(found.values())) if len(found) == 1 else None


def index(outlets: Iterable[Outlet]) -> Registry:
    """Build the look-ups. A name that two outlets bear finds neither.

    Names of unchecked rows never make one of a checked row ambiguous; a name of common words
    alone, such as News or Daily Record, is looked up only where the row was entered by hand.
    """
    rows = {outlet.id: outlet for outlet in outlets}
    names: dict[str, dict[str, Outlet]] = {}
    for outlet in rows.values():
        for name in {fold_name(n) for n in (outlet.name, *outlet.aliases)} - {""}:
            names.setdefault(name, {})[outlet.id] = outlet
    return Registry(
        outlets=rows,
        hosts={d.host: outlet for outlet in rows.values() for d in outlet.domains},
        names={
            name: bearer
            for name, bearers in names.items()
            if (bearer := _only(name, bearers.values()))
        },
        phrases={fold_name(p): outlet for outlet in rows.values() for p in outlet.phrases},
    )


def _only(name: str, bearers: Iterable[Outlet]) -> Outlet | None:
    everyone = list(bearers)
    checked = [outlet for outlet in everyone if outlet.is_checked] or everyone
    if is_common(name) and checked[0].checked_by not in {CheckedBy.HAND, CheckedBy.DATASET}:
        return None
    return checked[0] if len(checked) == 1 else None


def parse_row(row: Mapping[str, str]) -> Outlet:
    """Return the outlet of one row of ``outlets.csv``."""
    return Outlet(
        id=row["id"],
        name=row["name"],
        domains=tuple(parse_domain(d) for d in _split(row["domains"])),
        country=row["country"] or None,
        languages=_split(row["languages"]),
        time_zone=row["time_zone"] or None,
        kind=Kind(row["kind"]) if row["kind"] else None,
        founded=int(row["founded"]) if row["founded"] else None,
        wikidata=row["wikidata"] or None,
        aliases=_split(row["aliases"]),
        phrases=_split(row["phrases"]),
        checked_by=CheckedBy(row["checked_by"]),
    )


def parse_domain(cell: str) -> Domain:
    """Return the domain of a cell such as ``guardian.co.uk /2013``."""
    host, _, period = cell.partition(" ")
    return Domain(host, period)


def _split(cell: str) -> tuple[str, ...]:
    return tuple(part for part in cell.split("|") if part) if cell else ()


def read_rows() -> Iterator[dict[str, str]]:
    """Yield the rows of the shipped ``outlets.csv`` as they stand there."""
    data = resources.files("broadsheet.normalize") / "data" / "outlets.csv"
    yield from csv.DictReader(data.read_text(encoding="utf-8").splitlines())


@lru_cache(maxsize=1)
def load_registry() -> Registry:
    """Return the shipped registry; read once in a process."""
    return index(parse_row(row) for row in read_rows())


def registry_for(config: Config) -> Registry:
    """Return the shipped registry with the dataset's own outlets added and overridden.

    Raises:
        ConfigError: an entry neither overrides a known outlet nor describes a new one.

    """
    return _extended(config.outlets) if config.outlets else load_registry()


@lru_cache(maxsize=8)
def _extended(entries: Sequence[OutletEntry]) -> Registry:
    rows = dict(load_registry().outlets)
    for entry in entries:
        added = _apply(entry, rows)
        claimed = {domain.host for domain in added.domains}
        rows |= {
            other.id: replace(
                other, domains=tuple(d for d in other.domains if d.host not in claimed)
            )
            for other in rows.values()
            if other.id != added.id and claimed & {d.host for d in other.domains}
        }
        rows[added.id] = added
    return index(rows.values())


def _apply(entry: OutletEntry, rows: Mapping[str, Outlet]) -> Outlet:
    given = entry.model_dump(exclude_unset=True, exclude={"id"})
    if "domains" in given:
        given["domains"] = tuple(parse_domain(d) for d in entry.domains)
    if "kind" in given:
        given["kind"] = Kind(given["kind"])
    known = rows.get(entry.id)
    if known:
        return replace(known, **given, checked_by=CheckedBy.DATASET)
    if "name" not in given:
        close = difflib.get_close_matches(entry.id, rows, n=1)
        hint = f"did you mean {close[0]!r}? " if close else ""
        message = (
            f"dataset.toml: outlets: no outlet has the id {entry.id!r}; {hint}"
            "To add a new outlet give at least its name."
        )
        raise ConfigError(message)
    return Outlet(id=entry.id, **given, checked_by=CheckedBy.DATASET)
