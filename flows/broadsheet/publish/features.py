"""How ``datasets`` describes the columns of our tables, without importing it.

It says the same of a table each time, and takes longer to import than a small release to make. So
what it says is kept in ``features.json``, which ``broadsheet.contract`` renders; a test compares
the two.
"""

from functools import cache
from pathlib import Path
from typing import Any, TypedDict

import orjson
import pyarrow as pa

from broadsheet.tables import Table

FILE = Path(__file__).with_name("features.json")


class Described(TypedDict):
    """A table's columns in the words of ``datasets``.

    Attributes:
        parquet: the value of the ``huggingface`` key of a Parquet file's schema.
        card: ``features`` in the ``dataset_info`` of a card.

    """

    parquet: str
    card: list[Any]


@cache
def describe_columns() -> dict[str, Described]:
    """Return what ``datasets`` says of each table, by the table's name."""
    described: dict[str, Described] = orjson.loads(FILE.read_bytes())
    return described


@cache
def file_schema(table: Table) -> pa.Schema:
    """Return a table's schema with the ``huggingface`` key that ``datasets`` reads."""
    return table.schema.with_metadata({"huggingface": describe_columns()[table.name]["parquet"]})
