"""Expectations said in words."""

from collections.abc import Mapping
from typing import Any, Final

from broadsheet.validate.catalogue import KINDS

_MOST_VALUES: Final = 8


def say(kind: str, kwargs: Mapping[str, Any]) -> str:
    """Return the rule of an expectation as a sentence, such as "n_words is at least 20."."""
    values = {name: _value(value) for name, value in kwargs.items()}
    sentence = KINDS[kind].words.format_map({"range": _range(kind, kwargs), **values})
    if kwargs.get("or_equal"):
        sentence = sentence.replace("greater than", "at least")
    mostly = kwargs.get("mostly", 1)
    if mostly != 1:
        sentence += f", in at least {mostly:.1%} of the rows"
    return sentence[0].upper() + sentence[1:] + "."


def _range(kind: str, kwargs: Mapping[str, Any]) -> str:
    is_share = KINDS[kind].arguments.get("min_value") == "share"
    low, high = (
        None
        if (bound := kwargs.get(name)) is None
        else (f"{bound:.1%}" if is_share else f"{bound}")
        for name in ("min_value", "max_value")
    )
    at_least = "more than" if kwargs.get("strict_min") else "at least"
    at_most = "less than" if kwargs.get("strict_max") else "at most"
    if low is not None and low == high:
        return low
    parts = [
        f"{words} {bound}"
        for words, bound in ((at_least, low), (at_most, high))
        if bound is not None
    ]
    return " and ".join(parts)


def _value(value: object) -> str:
    if not isinstance(value, list):
        return str(value)
    shown = ", ".join(str(item) for item in value[:_MOST_VALUES])
    more = len(value) - _MOST_VALUES
    return f"{shown} and {more} more" if more > 0 else shown
