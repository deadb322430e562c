"""The outlets that are shipped, and those that a dataset adds and overrides.

The rows are in ``data/outlets.csv`` beside this module. A run asks for few of its 12,000 outlets,
so each row is read and indexed by what it is looked up by, and becomes an :class:`Outlet` when it
is found.
"""

import csv
import difflib
from collections import ChainMap
from collections.abc import Iterable, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import replace
from functools import lru_cache
from importlib import resources
from typing import cast

from broadsheet.config import Config, OutletEntry
from broadsheet.errors import ConfigError
from broadsheet.normalize.outlets_registry import (
    CheckedBy,
    Keys,
    Kind,
    Outlet,
    Registry,
    index,
    parse_domain,
    parse_row,
)


def read_rows() -> Iterator[dict[str, str]]:
    """Yield the rows of the shipped ``outlets.csv`` as they stand there."""
    data = resources.files("broadsheet.normalize") / "data" / "outlets.csv"
    rows = csv.reader(data.read_text(encoding="utf-8").splitlines())
    columns = next(rows)
    yield from (dict(zip(columns, row, strict=True)) for row in rows)


class _Shipped(Mapping[str, Outlet]):
    """The shipped outlets by id; each is made when it is asked for, for a run asks for few."""

    def __init__(self, rows: Iterable[dict[str, str]]) -> None:
        self.rows = {row["id"]: row for row in rows}
        self._made: dict[str, Outlet] = {}

    def __getitem__(self, key: str) -> Outlet:
        made = self._made.get(key)
        return made or self._made.setdefault(key, parse_row(self.rows[key]))

    def __iter__(self) -> Iterator[str]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def keys_of_all(self) -> dict[str, Keys]:
        """Return what each is looked up by."""
        return {key: Keys.of_row(row) for key, row in self.rows.items()}


@lru_cache(maxsize=1)
def _shipped() -> _Shipped:
    return _Shipped(read_rows())


@lru_cache(maxsize=1)
def load_registry() -> Registry:
    """Return the shipped registry; read once in a process."""
    return index(_shipped().keys_of_all(), _shipped())


def registry_for(config: Config) -> Registry:
    """Return the shipped registry with the dataset's own outlets added and overridden.

    Raises:
        ConfigError: an entry neither overrides a known outlet nor describes a new one.

    """
    return _extended(config.outlets) if config.outlets else load_registry()


@lru_cache(maxsize=8)
def _extended(entries: Sequence[OutletEntry]) -> Registry:
    keys, changed = _shipped().keys_of_all(), dict[str, Outlet]()
    rows = ChainMap(changed, cast("MutableMapping[str, Outlet]", _shipped()))
    for entry in entries:
        added = _apply(entry, rows)
        claimed = {domain.host for domain in added.domains}
        losers = [
            rows[other]
            for other, known in keys.items()
            if other != added.id and not claimed.isdisjoint(known.hosts)
        ]
        changed[added.id] = added
        for loser in losers:
            kept = tuple(domain for domain in loser.domains if domain.host not in claimed)
            changed[loser.id] = replace(loser, domains=kept)
        keys |= {outlet.id: Keys.of(outlet) for outlet in changed.values()}
    return index(keys, rows)


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
