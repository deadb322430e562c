"""Copies found, told apart and folded; repetition inside a text measured."""

from broadsheet.deduplicate.columns import PORTION_ROWS
from broadsheet.deduplicate.filters import out_of_bounds
from broadsheet.deduplicate.fold import DUPLICATE_SCHEMA, NO_TEXT, PUBLISHED, Carried, Folding, fold
from broadsheet.deduplicate.keys import KEY_SCHEMA, keys_of, renumbered
from broadsheet.deduplicate.leaks import Leakage, judge_leakage, leakage
from broadsheet.deduplicate.overlaps import COMPARED_SCHEMA, TextReader
from broadsheet.deduplicate.signals import SIGNAL_SCHEMA, signals_of

__all__ = [
    "COMPARED_SCHEMA",
    "DUPLICATE_SCHEMA",
    "KEY_SCHEMA",
    "NO_TEXT",
    "PORTION_ROWS",
    "PUBLISHED",
    "SIGNAL_SCHEMA",
    "Carried",
    "Folding",
    "Leakage",
    "TextReader",
    "fold",
    "judge_leakage",
    "keys_of",
    "leakage",
    "out_of_bounds",
    "renumbered",
    "signals_of",
]
