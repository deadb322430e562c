"""The data contract as files: JSON Schemas and field tables, rendered from the code.

``python -m broadsheet.contract schemas`` writes them, and what ``datasets`` says of the tables; a
test fails when they drift.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa

from broadsheet.config import Config
from broadsheet.fingerprint import PACKAGE
from broadsheet.reasons import Reason
from broadsheet.tables import CHANGE, INDEX, INPUT, TABLES, Column, Table

FEATURES = PACKAGE / "publish" / "features.json"
DIALECT = "https://json-schema.org/draft/2020-12/schema"

_SCALARS: tuple[tuple[Callable[[pa.DataType], bool], dict[str, Any]], ...] = (
    (pa.types.is_timestamp, {"type": "string", "format": "date-time"}),
    (pa.types.is_date, {"type": "string", "format": "date"}),
    (pa.types.is_boolean, {"type": "boolean"}),
    (pa.types.is_integer, {"type": "integer"}),
    (pa.types.is_floating, {"type": "number"}),
)


def render_contract() -> dict[str, bytes]:
    """Return the files of ``schemas/`` by name."""
    files = {f"{_file_stem(table)}.schema.json": _json(row_schema(table)) for table in TABLES}
    files["dataset.schema.json"] = _json({"$schema": DIALECT} | Config.model_json_schema())
    files["README.md"] = _readme().encode()
    return files


def row_schema(table: Table) -> dict[str, Any]:
    """Return the JSON Schema of one row of a table, as ``to_pylist`` and JSON exports give it."""
    return {
        "$schema": DIALECT,
        "title": _file_stem(table),
        "description": table.meaning,
        "type": "object",
        "properties": {column.name: _property(column) for column in table.columns},
        "required": [column.name for column in table.columns],
        "additionalProperties": False,
    }


def field_table(table: Table) -> str:
    """Return the columns of a table as a Markdown table: name, type, meaning."""
    lines = ["| column | type | meaning |", "|---|---|---|"]
    for column in table.columns:
        meaning = column.meaning
        if column.values:
            meaning += ": " + ", ".join(f"`{value}`" for value in column.values)
        optional = "?" if column.nullable else ""
        lines.append(f"| `{column.name}` | {_type_name(column.type)}{optional} | {meaning} |")
    return "\n".join(lines) + "\n"


def render_features() -> bytes:
    """Return how ``datasets`` describes each table: the content of ``publish/features.json``."""
    from datasets import DatasetInfo, Features  # noqa: PLC0415 - takes 0.7 s

    described = {}
    for table in (*TABLES, INPUT, CHANGE):
        features = Features.from_arrow_schema(table.schema)
        metadata = features.arrow_schema.metadata
        card = DatasetInfo(features=features)._to_yaml_dict()["features"]  # noqa: SLF001 - what `datasets` itself writes on cards
        described[table.name] = {"parquet": metadata[b"huggingface"].decode(), "card": card}
    return orjson.dumps(described, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _file_stem(table: Table) -> str:
    return "article" if table.name == "default" else table.name


def _property(column: Column) -> dict[str, Any]:
    schema = _json_type(column.type)
    if column.values:
        schema["enum"] = [*column.values, None] if column.nullable else list(column.values)
    if column.nullable:
        schema["type"] = [schema["type"], "null"]
    return schema | {"description": column.meaning}


def _json_type(kind: pa.DataType) -> dict[str, Any]:
    if pa.types.is_list(kind):
        return {"type": "array", "items": _json_type(kind.value_type)}
    if pa.types.is_struct(kind):
        return {
            "type": "object",
            "properties": {
                kind.field(i).name: _json_type(kind.field(i).type) for i in range(kind.num_fields)
            },
            "required": [kind.field(i).name for i in range(kind.num_fields)],
            "additionalProperties": False,
        }
    return next((dict(schema) for holds, schema in _SCALARS if holds(kind)), {"type": "string"})


def _type_name(kind: pa.DataType) -> str:
    if pa.types.is_list(kind):
        return f"list of {_type_name(kind.value_type)}"
    if pa.types.is_struct(kind):
        return "struct(" + ", ".join(kind.field(i).name for i in range(kind.num_fields)) + ")"
    return str(kind)


def _readme() -> str:
    parts = [
        "# The data contract",
        "",
        "Rendered by `make schemas` from the code: edit tables.py, config.py or reasons.py in",
        "`flows/broadsheet/` instead. A `?` after a type means that the value may be null.",
        "",
    ]
    for table in (*TABLES, INPUT, INDEX):
        parts += [f"## `{table.name}`", "", table.meaning, "", field_table(table)]
    parts += ["## Reason codes", "", "| code | said of | meaning |", "|---|---|---|"]
    parts += [f"| `{reason}` | {reason.kind} | {reason.meaning} |" for reason in Reason]
    parts += [
        "| `expectation.<id>` | quarantine | The row fails the expectation with this id. |",
        "",
    ]
    return "\n".join(parts)


def _json(value: dict[str, Any]) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def main(folder: Path) -> None:
    """Write the contract into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in render_contract().items():
        (folder / name).write_bytes(content)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
    FEATURES.write_bytes(render_features())
