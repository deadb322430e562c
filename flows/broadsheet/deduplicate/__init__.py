"""Copies found, told apart and folded."""

from broadsheet.deduplicate.fold import Folding, fold
from broadsheet.deduplicate.keys import KEY_SCHEMA, keys_of

__all__ = ["KEY_SCHEMA", "Folding", "fold", "keys_of"]
