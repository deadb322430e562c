"""The arguments of an expectation, checked before anything runs."""

import difflib
import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from broadsheet.records import Severity
from broadsheet.validate.catalogue import ArgumentKind, Kind


class ArgumentError(ValueError):
    """An argument is missing, unknown or wrong.

    Attributes:
        argument: its name, or nothing where it is missing.

    """

    def __init__(self, message: str, argument: str | None = None) -> None:
        super().__init__(message)
        self.argument = argument


def check_arguments(
    kind: Kind, kwargs: Mapping[str, Any], columns: tuple[str, ...], severity: Severity
) -> None:
    """Check the arguments of an expectation.

    Raises:
        ArgumentError: the first thing that is wrong, in words, with a remedy where one is near.

    """
    known = kind.arguments
    for name, value in kwargs.items():
        if name not in known:
            close = difflib.get_close_matches(name, known, n=1)
            remedy = f"did you mean {close[0]!r}?" if close else f"known are {', '.join(known)}"
            raise ArgumentError(f"{kind.type} takes no argument {name!r}; {remedy}", name)
        problem = _CHECKS[known[name]](value, columns)
        if problem:
            raise ArgumentError(f"{name} {problem}", name)
    for name in kind.required:
        if name not in kwargs:
            raise ArgumentError(f"{kind.type} needs the argument {name!r}")
    _check_range(kind, kwargs)
    if severity is Severity.ERROR and kwargs.get("mostly", 1) != 1:
        message = (
            "'mostly' has no meaning with severity error, which quarantines each failing row; "
            "use warning or critical"
        )
        raise ArgumentError(message, "mostly")


def _check_range(kind: Kind, kwargs: Mapping[str, Any]) -> None:
    """Check that a rule with bounds has one, and that they are in order."""
    if "min_value" not in kind.arguments:
        return
    bounds = [kwargs[name] for name in ("min_value", "max_value") if name in kwargs]
    if not bounds:
        raise ArgumentError(f"{kind.type} needs min_value, max_value or both")
    if len(bounds) == 1:
        return
    low, high = bounds
    if isinstance(low, str) != isinstance(high, str):
        raise ArgumentError("min_value and max_value are of different kinds", "max_value")
    if low > high:
        raise ArgumentError(f"min_value {low!r} is above max_value {high!r}", "min_value")


def is_number(value: object) -> bool:
    """Tell whether a JSON value is a number; true and false are none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def _column(value: object, columns: tuple[str, ...]) -> str:
    if value in columns:
        return ""
    close = difflib.get_close_matches(str(value), columns, n=1)
    remedy = f"did you mean {close[0]!r}?" if close else f"known are {', '.join(columns)}"
    return f"names {value!r}, which is no column of the table; {remedy}"


def _columns(value: object, columns: tuple[str, ...]) -> str:
    if not isinstance(value, list) or not value:
        return f"must be a list of columns, found {value!r}"
    return next((problem for item in value if (problem := _column(item, columns))), "")


def _count(value: object, _: tuple[str, ...]) -> str:
    is_count = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    return "" if is_count else f"must be a whole number of at least 0, found {value!r}"


def _bound(value: object, _: tuple[str, ...]) -> str:
    if is_number(value) or (isinstance(value, str) and _is_day(value)):
        return ""
    return f"must be a number or a day such as 2024-03-01, found {value!r}"


def _is_day(value: str) -> bool:
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _share(value: object, _: tuple[str, ...]) -> str:
    is_share = isinstance(value, int | float) and is_number(value) and 0 <= value <= 1
    return "" if is_share else f"must be a share from 0 to 1, found {value!r}"


def _pattern(value: object, _: tuple[str, ...]) -> str:
    if not isinstance(value, str) or not value:
        return f"must be a regular expression, found {value!r}"
    try:
        re.compile(value)
    except re.error as error:
        return f"is no regular expression: {error}"
    return ""


def _values(value: object, _: tuple[str, ...]) -> str:
    if isinstance(value, list) and value and all(_is_scalar(item) for item in value):
        return ""
    return f"must be a list of strings, numbers or true and false, found {value!r}"


def _is_scalar(value: object) -> bool:
    return isinstance(value, str | int | float | bool)


def _one_of(*known: str) -> Callable[[object, tuple[str, ...]], str]:
    def check(value: object, _: tuple[str, ...]) -> str:
        return "" if value in known else f"must be one of {', '.join(known)}, found {value!r}"

    return check


def _flag(value: object, _: tuple[str, ...]) -> str:
    return "" if isinstance(value, bool) else f"must be true or false, found {value!r}"


_CHECKS: Final[Mapping[ArgumentKind, Callable[[object, tuple[str, ...]], str]]] = {
    "column": _column,
    "columns": _columns,
    "count": _count,
    "bound": _bound,
    "share": _share,
    "pattern": _pattern,
    "values": _values,
    "flag": _flag,
    "nulls of a pair": _one_of("both_values_are_missing", "either_value_is_missing", "neither"),
    "nulls of many": _one_of("all_values_are_missing", "any_value_is_missing", "never"),
}
