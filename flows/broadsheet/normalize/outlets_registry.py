"""The registry of outlets: one row an outlet, as a data file and as looked up.

The rows are in ``data/outlets.csv`` beside this module; its columns, and how a row is checked,
are described in ``data/README.md``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple, Self

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


_OF_COMMON_NAME = frozenset({CheckedBy.HAND, CheckedBy.DATASET})
_VOUCHED = _OF_COMMON_NAME | {CheckedBy.TWO_SOURCES}


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
        return self.checked_by in _VOUCHED

    @property
    def host(self) -> str | None:
        """The present main host."""
        return self.domains[0].host if self.domains else None


@dataclass(frozen=True, slots=True)
class Registry:
    """All outlets, looked up by id, host, name or phrase; make one with :func:`index`.

    Attributes:
        outlets: each by its id.
        hosts, names, phrases: the id of the outlet that one belongs to.

    """

    outlets: Mapping[str, Outlet] = field(repr=False)
    hosts: Mapping[str, str] = field(repr=False)
    names: Mapping[str, str] = field(repr=False)
    phrases: Mapping[str, str] = field(repr=False)

    def by_host(self, host: str) -> Outlet | None:
        """Return the outlet that publishes at a host: the longest registered suffix decides."""
        suffix = host.lower().rstrip(".")
        while suffix:
            if found := self.hosts.get(suffix):
                return self.outlets[found]
            suffix = suffix.partition(".")[2]
        return None

    def by_name(self, name: str) -> Outlet | None:
        """Return the one outlet of that name or alias; None where several bear it."""
        found = self.names.get(fold_name(name))
        return self.outlets[found] if found else None

    def by_phrase(self, text: str) -> Outlet | None:
        """Return the outlet whose unmistakable phrase a text carries, if it is one."""
        folded = f" {fold_name(text)} "
        found = {i for phrase, i in self.phrases.items() if f" {phrase} " in folded}
        return self.outlets[found.pop()] if len(found) == 1 else None


class Keys(NamedTuple):
    """What an outlet is looked up by; known of a row without the rest of it."""

    hosts: Sequence[str]
    names: Sequence[str]
    phrases: Sequence[str]
    checked_by: str

    @classmethod
    def of(cls, outlet: Outlet) -> Self:
        """Return those of an outlet."""
        hosts = [domain.host for domain in outlet.domains]
        return cls(hosts, (outlet.name, *outlet.aliases), outlet.phrases, outlet.checked_by)

    @classmethod
    def of_row(cls, row: Mapping[str, str]) -> Self:
        """Return those of a row of ``outlets.csv``."""
        hosts = [cell.partition(" ")[0] for cell in _split(row["domains"])]
        names = (row["name"], *_split(row["aliases"]))
        return cls(hosts, names, _split(row["phrases"]), row["checked_by"])


def index(keys: Mapping[str, Keys], outlets: Mapping[str, Outlet]) -> Registry:
    """Build the look-ups. A name that two outlets bear finds neither.

    Names of unchecked rows never make one of a checked row ambiguous; a name of common words
    alone, such as News or Daily Record, is looked up only where the row was entered by hand.

    Args:
        keys: of each outlet, by its id.
        outlets: the same ones, by id.

    """
    names: dict[str, dict[str, str]] = {}
    for outlet, known in keys.items():
        for name in map(fold_name, known.names):
            names.setdefault(name, {})[outlet] = known.checked_by
    names.pop("", None)
    return Registry(
        outlets=outlets,
        hosts={host: outlet for outlet, known in keys.items() for host in known.hosts},
        names={name: bearer for name, bearers in names.items() if (bearer := _only(name, bearers))},
        phrases={fold_name(p): outlet for outlet, known in keys.items() for p in known.phrases},
    )


def _only(name: str, bearers: Mapping[str, str]) -> str | None:
    """Return the one outlet that a name means, of those that bear it, each as checked by whom."""
    if len(bearers) == 1:
        checked: Sequence[str] = [*bearers]
    else:
        checked = [o for o, by in bearers.items() if by in _VOUCHED] or [*bearers]
    if len(checked) > 1 or (bearers[checked[0]] not in _OF_COMMON_NAME and is_common(name)):
        return None
    return checked[0]


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
