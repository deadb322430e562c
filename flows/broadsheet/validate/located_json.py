"""JSON whose values know the line they stand on, so that an error can name it.

The standard parser reads the values; this one only finds where they begin. Stricter than it in
what RFC 8259 leaves open: a key that occurs twice, NaN and Infinity are errors.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, NoReturn

_SPACE: Final = re.compile(r"[ \t\n\r]*")


class LocatedError(ValueError):
    """Something is wrong on a line.

    Attributes:
        line: its number, from 1.

    """

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


def _unique(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key, value in pairs:
        if key in result:
            raise ValueError(f"the key {key!r} occurs twice")
        result[key] = value
    return result


_DECODER: Final = json.JSONDecoder(parse_constant=_refuse_constant, object_pairs_hook=_unique)


@dataclass(frozen=True, slots=True)
class Located:
    """A JSON value with its place in the file."""

    value: Any
    source: str
    start: int

    @property
    def line(self) -> int:
        """The line that the value begins on, from 1."""
        return self.source.count("\n", 0, self.start) + 1

    def members(self, what: str) -> "dict[str, Located]":
        """Return the members of an object.

        Raises:
            LocatedError: the value is no object.

        """
        if not isinstance(self.value, dict):
            raise LocatedError(f"{what} must be an object, found {self.value!r}", self.line)
        result: dict[str, Located] = {}
        position = _after_space(self.source, self.start + 1)
        while self.source[position] != "}":
            key, position = _DECODER.raw_decode(self.source, position)
            colon = _after_space(self.source, position)
            member = _at(self.source, _after_space(self.source, colon + 1))
            result[key] = member[0]
            position = _after_comma(self.source, member[1])
        return result

    def items(self, what: str) -> "list[Located]":
        """Return the items of an array.

        Raises:
            LocatedError: the value is no array.

        """
        if not isinstance(self.value, list):
            raise LocatedError(f"{what} must be an array, found {self.value!r}", self.line)
        result: list[Located] = []
        position = _after_space(self.source, self.start + 1)
        while self.source[position] != "]":
            item = _at(self.source, position)
            result.append(item[0])
            position = _after_comma(self.source, item[1])
        return result

    def line_of(self, key: str) -> int:
        """Return the line of a member's value, or of the object where it has no such member."""
        members = self.members("the value")
        return members[key].line if key in members else self.line


def parse(source: str) -> Located:
    """Read a JSON document.

    Raises:
        LocatedError: it is not valid JSON.

    """
    try:
        json.loads(source, parse_constant=_refuse_constant, object_pairs_hook=_unique)
    except json.JSONDecodeError as error:
        raise LocatedError(f"this is not valid JSON: {error.msg}", error.lineno) from None
    except ValueError as error:
        found = re.search(r"'(.*)'", str(error))
        place = source.rfind(f'"{found[1]}"') if found else -1
        line = source.count("\n", 0, max(place, 0)) + 1
        raise LocatedError(str(error), line) from None
    except RecursionError:
        raise LocatedError("this is nested too deeply", 1) from None
    return _at(source, _after_space(source, 0))[0]


def _at(source: str, start: int) -> tuple[Located, int]:
    value, end = _DECODER.raw_decode(source, start)
    return Located(value, source, start), end


def _after_space(source: str, position: int) -> int:
    found = _SPACE.match(source, position)
    return found.end() if found else position


def _after_comma(source: str, position: int) -> int:
    position = _after_space(source, position)
    return _after_space(source, position + 1) if source[position] == "," else position
