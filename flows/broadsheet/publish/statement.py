"""What is attested of a release: an in-toto statement, of the manifest alone.

The form is that of in-toto's attestation framework
(https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md) with the predicate of SLSA
provenance (https://slsa.dev/spec/v1.0/provenance). The statement follows from the manifest byte for
byte, so that nothing can be said in it that the release does not bear out. It claims no SLSA level:
unsigned it is a description, and signed it says who vouches for it.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from broadsheet.publish import layout
from broadsheet.publish.manifest import Json, to_bytes

PREDICATE_TYPE = "https://slsa.dev/provenance/v1"
STATEMENT_TYPE = "https://in-toto.io/Statement/v1"

# A package URL (https://github.com/package-url/purl-spec) names the software wherever it ran.
_BUILDER = "pkg:generic/broadsheet"


def render_statement(manifest: bytes) -> bytes:
    """Return ``statement.json``: the manifest and each data file, and how they were made.

    The manifest holds the digest of every other file, so that the statement binds them all.

    Args:
        manifest: the bytes of ``manifest.json``.

    Raises:
        KeyError, ValueError: it is no manifest.

    """
    content = orjson.loads(manifest)
    shards = [name for table in content["configurations"].values() for name in table["files"]]
    subjects = [
        {"name": layout.MANIFEST, "digest": {"sha256": hashlib.sha256(manifest).hexdigest()}},
        *(_file(content, name) for name in sorted(shards)),
    ]
    return to_bytes(
        {
            "_type": STATEMENT_TYPE,
            "subject": subjects,
            "predicateType": PREDICATE_TYPE,
            "predicate": _provenance(content),
        }
    )


def _provenance(manifest: Json) -> Json:
    """Return what the rows depend on; no times, because no clock is asked."""
    software = manifest["software"]
    versions = {"python": software["python"], "unicode": software["unicode"]}
    reports = [n for n in (layout.RESULTS, layout.REPORT) if n in manifest["files"]]
    return {
        "buildDefinition": {
            "buildType": f"{_BUILDER}#build",
            "externalParameters": {
                "configuration": manifest["configuration"],
                "previous": manifest["change"]["previous"],
                "version": manifest["version"],
            },
            "resolvedDependencies": list(_dependencies(manifest)),
        },
        "runDetails": {
            "builder": {
                "id": f"{_BUILDER}@{software['broadsheet']}",
                "version": {"broadsheet": software["broadsheet"], **versions},
            },
            "byproducts": [_file(manifest, name) for name in reports],
        },
    }


def _dependencies(manifest: Json) -> Iterator[Json]:
    """Yield the list of the raw files with their digests, the suites, the libraries."""
    if layout.INPUTS_TABLE in manifest["files"]:
        inputs = manifest["inputs"]
        yield _file(manifest, layout.INPUTS_TABLE) | {
            "annotations": {"files": inputs["files"], "bytes": inputs["bytes"]}
        }
    for name, digest in sorted(manifest["suites"].items()):
        yield {"name": f"suite {name}", "digest": {"sha256": digest}}
    for name, version in sorted(manifest["software"]["packages"].items()):
        yield {"uri": f"pkg:pypi/{name.lower().replace('_', '-')}@{version}"}


def _file(manifest: Json, name: str) -> dict[str, Any]:
    return {"name": name, "digest": {"sha256": manifest["files"][name]["sha256"]}}


def read_statement(release: Path) -> bytes:
    """Return the bytes of a release's statement, which are what is signed.

    Raises:
        OSError: it cannot be read.

    """
    return (release / layout.STATEMENT).read_bytes()
