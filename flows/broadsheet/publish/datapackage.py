"""``datapackage.json``: the release as a Frictionless Data Package (https://datapackage.org)."""

from typing import Any

import orjson
import pyarrow as pa

from broadsheet.config import Dataset
from broadsheet.publish.layout import Version
from broadsheet.publish.manifest import describe_file
from broadsheet.publish.write import Written
from broadsheet.tables import TABLES, Column, Table

_PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"


def render_datapackage(written: Written, dataset: Dataset, version: Version) -> bytes:
    """Return ``datapackage.json`` of a release: a resource for each configuration with rows."""
    package = {
        "$schema": _PROFILE,
        "name": dataset.name,
        "title": dataset.pretty_name,
        "description": dataset.description,
        "version": str(version),
        "licenses": [{"title": dataset.license_name or dataset.license} | _path(dataset)],
        "resources": [_resource(written, t) for t in TABLES if written.tables[t.name].rows],
    }
    if dataset.homepage:
        package["homepage"] = dataset.homepage
    if dataset.authors:
        package["contributors"] = [{"title": name} for name in dataset.authors]
    return orjson.dumps(package, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _path(dataset: Dataset) -> dict[str, str]:
    return {"path": dataset.license_link} if dataset.license_link else {}


def _resource(written: Written, table: Table) -> dict[str, Any]:
    """Return a table; with one file also its digest, for which the standard has no list."""
    files = written.tables[table.name].paths
    names = [path.relative_to(written.release).as_posix() for path in files]
    resource: dict[str, Any] = {
        "name": table.name,
        "description": table.meaning,
        "type": "table",
        "path": names if len(names) > 1 else names[0],
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
        "schema": {"fields": [_field(column) for column in table.columns]},
    }
    if table.name == "default":
        resource["schema"]["primaryKey"] = ["id"]
    if len(files) == 1:
        stated = describe_file(files[0], written.digests)
        resource |= {"bytes": stated["bytes"], "hash": f"sha256:{stated['sha256']}"}
    return resource


def _field(column: Column) -> dict[str, Any]:
    constraints: dict[str, Any] = {} if column.nullable else {"required": True}
    if column.values:
        constraints["enum"] = list(column.values)
    field = {"name": column.name, "type": _type(column.type), "description": column.meaning}
    return field | ({"constraints": constraints} if constraints else {})


def _type(kind: pa.DataType) -> str:
    known = (
        (pa.types.is_list, "array"),
        (pa.types.is_boolean, "boolean"),
        (pa.types.is_integer, "integer"),
        (pa.types.is_floating, "number"),
        (pa.types.is_date, "date"),
        (pa.types.is_timestamp, "datetime"),
    )
    return next((name for holds, name in known if holds(kind)), "string")
