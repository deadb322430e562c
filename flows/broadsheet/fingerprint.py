"""Digests that say whether a result is still the one that a run would make."""

import hashlib
import sys
from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path
from types import MappingProxyType
from typing import Any

import orjson

PACKAGE = Path(__file__).parent

# Changing these modules cannot change a staged row: they only move, judge or describe rows.
_NOT_ROWS = (
    "cli",
    "contract.py",
    "engines.py",
    "explain.py",
    "flow.py",
    "local_",
    "logs.py",
    "pipeline/compared.py",
    "pipeline/mirror.py",
    "pipeline/origins.py",
    "pipeline/parts.py",
    "pipeline/release.py",
    "pipeline/reporting.py",
    "pipeline/sameness.py",
    "prefect_",
    "publish/",
    "rebuild.py",
    "scaffold.py",
    "status.py",
    "templating.py",
)

ROW_LIBRARIES = (
    "ada-url",
    "charset-normalizer",
    "dateparser",
    "great-expectations",
    "langdetect",
    "lxml",
    "numpy",
    "orjson",
    "pandas",
    "pyarrow",
    "pypdfium2",
    "tldextract",
)
"""Dependencies whose version can change a row."""


def digest_json(value: Any) -> str:  # noqa: ANN401 - whatever orjson writes
    """Return the SHA-256 of a JSON value, whatever the order of its keys; hexadecimal."""
    return hashlib.sha256(orjson.dumps(value, option=orjson.OPT_SORT_KEYS)).hexdigest()


def digest_file(path: Path, known: Mapping[Path, str] = MappingProxyType({})) -> str:
    """Return the SHA-256 of a file's bytes, hexadecimal: computed, where it is not known."""
    if path in known:
        return known[path]
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def library_versions() -> dict[str, str]:
    """Return the installed version of each library that can change a row."""
    return {name: version(name) for name in ROW_LIBRARIES}


@cache
def code_digest() -> str:
    """Return the digest of all that turns bytes into rows: our code and data, the libraries.

    Python's minor version is part of it, because Unicode's tables come with it.
    """
    return _digest({k: v for k, v in _digests().items() if not k.startswith(_NOT_ROWS)})


def package_digest() -> str:
    """Return the digest of all of our code and data, and of what can change a row beside it."""
    return _digest(_digests())


@cache
def _digests() -> dict[str, str]:
    """Return the digest of each file of the package, by its path there."""
    paths = (p for p in sorted(PACKAGE.rglob("*")) if "__pycache__" not in p.parts and p.is_file())
    return {path.relative_to(PACKAGE).as_posix(): digest_file(path) for path in paths}


def _digest(files: dict[str, str]) -> str:
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    return digest_json({"files": files, "libraries": library_versions(), "python": python})
