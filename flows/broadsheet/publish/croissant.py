"""``croissant.json``: the release in the vocabulary that dataset search and loaders read.

Croissant 1.1 (https://docs.mlcommons.org/croissant/docs/croissant-spec-1.1.html) with the fields of
its responsible-AI extension (https://docs.mlcommons.org/croissant/docs/croissant-rai-spec.html).
"""

from collections.abc import Mapping
from typing import Any

import orjson
import pyarrow as pa

from broadsheet.config import Dataset
from broadsheet.publish import layout
from broadsheet.publish.composition import Composition
from broadsheet.publish.layout import Version
from broadsheet.publish.manifest import describe_file
from broadsheet.publish.write import Written
from broadsheet.records import Accounts
from broadsheet.tables import TABLES, Column, Table

_PARQUET = "application/x-parquet"
_TERMS = (
    "arrayShape",
    "citeAs",
    "column",
    "containedIn",
    "equivalentProperty",
    "extract",
    "field",
    "fileObject",
    "fileProperty",
    "fileSet",
    "format",
    "includes",
    "isArray",
    "isLiveDataset",
    "jsonPath",
    "key",
    "md5",
    "parentField",
    "path",
    "recordSet",
    "references",
    "regex",
    "repeated",
    "replace",
    "samplingRate",
    "separator",
    "source",
    "subField",
    "transform",
)
_CONTEXT: Mapping[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "description": {"@container": "@language"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "name": {"@container": "@language"},
    "rai": "http://mlcommons.org/croissant/RAI/",
    "sc": "https://schema.org/",
    **{term: f"cr:{term}" for term in _TERMS},
}
_CONFORMS_TO = ["http://mlcommons.org/croissant/1.1", "http://mlcommons.org/croissant/RAI/1.0"]

Json = dict[str, Any]


def render_croissant(
    written: Written, dataset: Dataset, version: Version, composition: Composition
) -> bytes:
    """Return ``croissant.json`` of a release."""
    tables = [table for table in TABLES if written.tables[table.name].rows]
    document = {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": _CONFORMS_TO,
        "name": dataset.name,
        "description": dataset.description,
        "version": str(version),
        "license": dataset.license_link or dataset.license_name or dataset.license,
        "url": dataset.homepage,
        "citeAs": dataset.citation,
        "creator": [{"@type": "Organization", "name": name} for name in dataset.authors] or None,
        "inLanguage": sorted(
            tag for tag in composition.values["language"] if tag not in {"und", None}
        ),
        "keywords": ["news"],
        "isLiveDataset": False,
        **_responsible_ai(written.accounts, composition),
        "distribution": [part for table in tables for part in _distribution(written, table)],
        "recordSet": [_record_set(table) for table in tables],
    }
    kept = {key: value for key, value in document.items() if value is not None}
    return orjson.dumps(kept, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _distribution(written: Written, table: Table) -> list[Json]:
    """Return the shards of a configuration with their digests, and the set that they make up.

    The set is not said to be contained in anything: it would be looked for in an archive, and
    loaders then find no row without a word.
    """
    files: list[Json] = []
    for path in written.tables[table.name].paths:
        name = path.relative_to(written.release).as_posix()
        stated = describe_file(path, written.digests)
        files.append(
            {
                "@type": "cr:FileObject",
                "@id": name,
                "name": name,
                "contentUrl": name,
                "contentSize": f"{stated['bytes']} B",
                "encodingFormat": _PARQUET,
                "sha256": stated["sha256"],
            }
        )
    file_set = {
        "@type": "cr:FileSet",
        "@id": f"{table.name}-files",
        "name": f"{table.name}-files",
        "description": f"All Parquet files of the configuration {table.name}.",
        "encodingFormat": _PARQUET,
        "includes": f"{layout.FOLDERS[table.name]}/*.parquet",
    }
    return [*files, file_set]


def _record_set(table: Table) -> Json:
    """Return a configuration's columns, but for lists of structs, which loaders cannot read yet."""
    record_set: Json = {
        "@type": "cr:RecordSet",
        "@id": table.name,
        "name": table.name,
        "description": table.meaning,
        "field": [_field(table, c) for c in table.columns if not _is_nested(c.type)],
    }
    if table.name == "default":
        record_set["key"] = {"@id": "default/id"}
    return record_set


def _field(table: Table, column: Column) -> Json:
    name = f"{table.name}/{column.name}"
    field: Json = {
        "@type": "cr:Field",
        "@id": name,
        "name": name,
        "description": column.meaning,
        "source": {
            "fileSet": {"@id": f"{table.name}-files"},
            "extract": {"column": column.name},
        },
    }
    kind = column.type
    if pa.types.is_list(kind):
        field |= {"isArray": True, "arrayShape": "-1"}
        kind = kind.value_type
    return field | {"dataType": _data_type(kind)}


def _is_nested(kind: pa.DataType) -> bool:
    return bool(pa.types.is_list(kind) and pa.types.is_struct(kind.value_type))


def _data_type(kind: pa.DataType) -> str:
    known = (
        (pa.types.is_boolean, "sc:Boolean"),
        (pa.types.is_integer, "sc:Integer"),
        (pa.types.is_floating, "sc:Float"),
        (pa.types.is_date, "sc:Date"),
        (pa.types.is_timestamp, "sc:DateTime"),
    )
    return next((name for holds, name in known if holds(kind)), "sc:Text")


def _responsible_ai(accounts: Accounts, composition: Composition) -> Json:
    """Say what broadsheet knows for certain; the rest is for the dataset's authors."""
    return {
        "rai:dataCollectionType": ["Web Scraping"],
        "rai:dataCollectionRawData": (
            f"{accounts.raw} raw records; inputs.parquet lists their files with digests."
        ),
        "rai:dataPreprocessingProtocol": (
            "Parsed, normalised, deduplicated and validated by broadsheet; every value that is not "
            "null names the rule and the excerpt that it was read from in the column evidence."
        ),
        "rai:dataManipulationProtocol": (
            f"{accounts.duplicates} copies were folded into published rows, and "
            f"{accounts.quarantined} records were set aside, each with its reason."
        ),
        "rai:dataLimitations": (
            f"{composition.share_absent('published_on'):.1%} of the articles state no day of "
            f"publication and {composition.share_absent('outlet'):.1%} no known outlet; "
            f"{composition.share_of('is_truncated', 'true'):.1%} are excerpts."
        ),
        "rai:personalSensitiveInformation": (
            "News names people. Nothing was anonymised beyond what manifest.json states."
        ),
        "rai:dataReleaseMaintenancePlan": (
            "A release never changes. Corrections and takedowns come as a new version, "
            "whose CHANGES.md says what differs."
        ),
    }
