"""Copies found, told apart and folded."""

from broadsheet.deduplicate.fold import Folding, fold
from broadsheet.deduplicate.keys import KEY_SCHEMA, keys_of
from broadsheet.deduplicate.leaks import Leakage, leakage
from broadsheet.deduplicate.overlaps import TextReader

__all__ = ["KEY_SCHEMA", "Folding", "Leakage", "TextReader", "fold", "keys_of", "leakage"]
