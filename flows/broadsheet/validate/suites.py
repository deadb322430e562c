"""Suites of expectations, read strictly from files that a person edits.

A suite is a JSON file in the serialised form of Great Expectations: a name and a list of
expectations, each with ``id``, ``type``, ``kwargs``, ``severity``, ``description`` and ``meta``.
Great Expectations itself logs and drops an expectation that it does not know; here it is an error
that names the line. A value ``{"$PARAMETER": "min_words"}`` is taken from ``dataset.toml``, and so
is ``$min_words`` in a description.
"""

import difflib
import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from string import Template
from typing import Any, Final, Self

import orjson

from broadsheet.config import Config, Dates, Text
from broadsheet.errors import ConfigError, StorageError
from broadsheet.records import Severity
from broadsheet.validate.arguments import ArgumentError, check_arguments
from broadsheet.validate.catalogue import KINDS, Domain
from broadsheet.validate.located_json import Located, LocatedError, parse
from broadsheet.validate.projection import BATCH_COLUMNS, RELEASE_COLUMNS
from broadsheet.validate.words import say

BATCH_FILE: Final = "batch.json"
RELEASE_FILE: Final = "release.json"

_ID: Final = re.compile(r"[a-z0-9]+(?:[-.][a-z0-9]+)*")
_KEYS: Final = ("id", "type", "kwargs", "severity", "description", "meta")
_REQUIRED: Final = ("id", "type", "kwargs", "severity")
_SUITE_KEYS: Final = ("name", "id", "expectations", "meta", "notes", "suite_parameters")


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """One rule of a suite.

    Attributes:
        id: its short name in the suite; ``expectation.<id>`` is its reason code.
        type: its Great Expectations class, in snake case.
        kwargs: its arguments, parameters filled in.
        severity: what a failure does.
        description: the rule in words.

    """

    id: str
    type: str
    kwargs: Mapping[str, Any]
    severity: Severity
    description: str

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns it looks at."""
        single = (self.kwargs.get(name) for name in ("column", "column_A", "column_B"))
        return (*(name for name in single if name), *self.kwargs.get("column_list", ()))

    @property
    def column(self) -> str | None:
        """The column it looks at, the first where there are several."""
        return self.columns[0] if self.columns else None

    @property
    def domain(self) -> Domain:
        """Whether single rows can fail it."""
        return KINDS[self.type].domain


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """A named list of expectations, as declared."""

    name: str
    expectations: tuple[Expectation, ...]

    @property
    def digest(self) -> str:
        """The SHA-256 of what the suite demands, hexadecimal; descriptions do not count."""
        demands = [
            (expectation.id, expectation.type, expectation.kwargs, expectation.severity)
            for expectation in self.expectations
        ]
        options = orjson.OPT_SORT_KEYS
        return hashlib.sha256(orjson.dumps([self.name, demands], option=options)).hexdigest()

    def to_json(self) -> dict[str, Any]:
        """Return the loaded suite as JSON values, for a worker that has not got its file."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """Return the suite of :meth:`to_json`."""
        expectations = (
            Expectation(**item | {"severity": Severity(item["severity"])})
            for item in value["expectations"]
        )
        return cls(name=value["name"], expectations=tuple(expectations))


@dataclass(frozen=True, slots=True, kw_only=True)
class Suites:
    """What must hold of each batch, and of the release."""

    batch: Suite
    release: Suite


def load_suites(folder: Path | None = None, *, config: Config | None = None) -> Suites:
    """Read the suites of a folder, by default the shipped ones.

    Args:
        folder: holds ``batch.json`` and ``release.json``.
        config: where ``$PARAMETER`` values come from; the defaults of ``dataset.toml`` otherwise.

    Raises:
        ConfigError: a suite is missing or wrong; names the file, the line and the remedy.
        StorageError: a file may not be read.

    """
    folder = folder or shipped_folder()
    values = _parameters(config)
    return Suites(
        batch=_load(folder / BATCH_FILE, BATCH_COLUMNS, values),
        release=_load(folder / RELEASE_FILE, RELEASE_COLUMNS, values),
    )


def shipped_folder() -> Path:
    """Return the folder of the suites that come with broadsheet: in a wheel, else in a checkout."""
    package = Path(__file__).parents[1]
    installed = package / "expectations"
    return installed if installed.is_dir() else package.parents[1] / "expectations"


def _parameters(config: Config | None) -> dict[str, Any]:
    dates = config.dates if config else Dates()
    text = config.text if config else Text()
    return {
        "min_words": text.min_words,
        "not_before": dates.not_before.isoformat(),
        "not_after": dates.not_after.isoformat(),
    }


def _load(path: Path, columns: tuple[str, ...], values: Mapping[str, Any]) -> Suite:
    try:
        root = parse(path.read_bytes().decode("utf-8"))
    except FileNotFoundError:
        message = (
            f"{path.parent} has no {path.name}. `broadsheet init` writes the suites; without "
            "validation.expectations in dataset.toml the shipped ones are used."
        )
        raise ConfigError(message) from None
    except OSError as error:
        raise StorageError(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path} is not UTF-8: {error.reason} at byte {error.start}.") from error
    except LocatedError as error:
        raise ConfigError(f"{path}:{error.line}: {error}") from None
    try:
        return _suite(root, columns, values)
    except LocatedError as error:
        raise ConfigError(f"{path}:{error.line}: {error}") from None


def _suite(root: Located, columns: tuple[str, ...], values: Mapping[str, Any]) -> Suite:
    members = root.members("a suite")
    _refuse_unknown(members, _SUITE_KEYS, root)
    if "expectations" not in members:
        raise LocatedError("the suite has no 'expectations'", root.line)
    items = members["expectations"].items("'expectations'")
    if not items:
        raise LocatedError("the suite is empty; a suite of nothing proves nothing", root.line)
    _check_count(members.get("meta"), len(items))
    expectations: list[Expectation] = []
    lines: dict[str, int] = {}
    for item in items:
        expectation = _expectation(item, columns, values)
        if expectation.id in lines:
            message = (
                f"the id {expectation.id!r} is taken on line {lines[expectation.id]}; "
                "ids are reason codes and must differ"
            )
            raise LocatedError(message, item.line_of("id"))
        lines[expectation.id] = item.line
        expectations.append(expectation)
    name = members["name"].value if "name" in members else None
    if not isinstance(name, str) or not name:
        raise LocatedError("the suite needs a 'name'", root.line)
    return Suite(name=name, expectations=tuple(expectations))


def _check_count(meta: Located | None, found: int) -> None:
    """Compare the number of expectations with the one that the suite declares, if it does."""
    if meta is None or "expectation_count" not in (members := meta.members("'meta'")):
        return
    declared = members["expectation_count"]
    if declared.value != found or isinstance(declared.value, bool):
        message = (
            f"the suite declares {declared.value!r} expectations and holds {found}; restore what "
            f"is missing, or set expectation_count to {found}"
        )
        raise LocatedError(message, declared.line)


def _expectation(item: Located, columns: tuple[str, ...], values: Mapping[str, Any]) -> Expectation:
    members = item.members("an expectation")
    _refuse_unknown(members, _KEYS, item)
    for key in _REQUIRED:
        if key not in members:
            raise LocatedError(f"the expectation has no {key!r}", item.line)
    name = _text(item, "id")
    if not _ID.fullmatch(name):
        message = f"the id {name!r} is not lower-case letters, digits, '-' and '.'"
        raise LocatedError(message, item.line_of("id"))
    kind = _text(item, "type")
    if kind not in KINDS:
        message = f"unknown expectation {kind!r}{suggest(kind, KINDS)}"
        raise LocatedError(message, item.line_of("type"))
    severity = _text(item, "severity")
    if severity not in tuple(Severity):
        message = f"unknown severity {severity!r}; known are critical, error and warning"
        raise LocatedError(message, item.line_of("severity"))
    kwargs = dict(_filled(members["kwargs"], values))
    try:
        check_arguments(KINDS[kind], kwargs, columns, Severity(severity))
    except ArgumentError as error:
        line = members["kwargs"].line_of(error.argument) if error.argument else item.line
        raise LocatedError(f"{name}: {error}", line) from None
    description = _text(item, "description") if "description" in members else ""
    return Expectation(
        id=name,
        type=kind,
        kwargs=kwargs,
        severity=Severity(severity),
        description=Template(description.strip()).safe_substitute(values) or say(kind, kwargs),
    )


def _text(item: Located, key: str) -> str:
    value = item.members("an expectation")[key].value
    if not isinstance(value, str):
        raise LocatedError(f"{key!r} must be a string, found {value!r}", item.line_of(key))
    return value


def _filled(kwargs: Located, values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the arguments, with the values of ``dataset.toml`` where they ask for them."""
    for key, located in kwargs.members("'kwargs'").items():
        value = located.value
        if isinstance(value, dict) and set(value) == {"$PARAMETER"}:
            if value["$PARAMETER"] not in values:
                known = ", ".join(sorted(values))
                message = f"unknown parameter {value['$PARAMETER']!r}; known are {known}"
                raise LocatedError(message, located.line)
            value = values[value["$PARAMETER"]]
        yield key, value


def _refuse_unknown(members: Mapping[str, Any], known: tuple[str, ...], item: Located) -> None:
    for key in members:
        if key not in known:
            raise LocatedError(f"unknown key {key!r}{suggest(key, known)}", item.line_of(key))


def suggest(word: str, known: Mapping[str, Any] | tuple[str, ...]) -> str:
    """Return '; did you mean ...?' where a known word is close, and nothing otherwise."""
    close = difflib.get_close_matches(word, list(known), n=1)
    return f"; did you mean {close[0]!r}?" if close else ""
