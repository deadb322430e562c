"""Front matter: keys and values between two lines of ``---`` at the top of a text.

Site generators (Jekyll, Hugo) and trafilatura write it, in YAML. Read are scalars and flat lists;
what is nested is passed over, and a block that is anything else is text.
"""

import re

from broadsheet.records import Field
from broadsheet.sources.columns import stated_fields

_BLOCK = re.compile(r"(?sm)\A---[ \t]*\r?\n(.{0,8000}?)^(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)")
_ENTRY = re.compile(r"([A-Za-z][\w -]{0,40}):(?:[ \t]+(.*))?\Z")
_ITEM = re.compile(r"[ \t]*-[ \t]+(.*)\Z")
_NOTHING = {"", "null", "~"}


def split_front_matter(text: str) -> tuple[str, dict[Field, tuple[str, ...]]]:
    """Return a text without its front matter, and what that states; nothing where there is none."""
    block = _BLOCK.match(text)
    values = _values(block[1].splitlines()) if block else {}
    if block is None or not (fields := stated_fields(values)):
        return text, {}
    return text[block.end() :], fields


def _values(lines: list[str]) -> dict[str, list[str]]:
    """Return the values of each key; none at all where a line is none of front matter."""
    values: dict[str, list[str]] = {}
    found: list[str] = []
    for line in lines:
        if entry := _ENTRY.match(line):
            found = values[entry[1]] = _scalars((entry[2] or "").strip())
        elif item := _ITEM.match(line):
            found += _scalars(item[1].strip())
        elif line.strip() and not line.startswith((" ", "\t", "#")):
            return {}
    return values


def _scalars(value: str) -> list[str]:
    """Return a scalar without its quotes, or the scalars of a list in brackets."""
    if value.startswith("[") and value.endswith("]"):
        return [scalar for part in value[1:-1].split(",") for scalar in _scalars(part.strip())]
    for quote, escaped in (('"', '\\"'), ("'", "''")):
        if len(value) > 1 and value.startswith(quote) and value.endswith(quote):
            return [value[1:-1].replace(escaped, quote)]
    bare = value.partition(" #")[0].strip()
    return [] if bare in _NOTHING else [bare]
