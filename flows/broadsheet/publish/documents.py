"""The documents of a release, from its card to its checksums."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import orjson
import pyarrow.parquet as pq
from huggingface_hub import CardData

from broadsheet.config import Dataset
from broadsheet.fingerprint import digest_file
from broadsheet.publish import layout
from broadsheet.publish.card import render_card, render_changes, render_plots
from broadsheet.publish.changes import Change, next_version
from broadsheet.publish.composition import compose
from broadsheet.publish.croissant import render_croissant
from broadsheet.publish.datapackage import render_datapackage
from broadsheet.publish.frontmatter import Size
from broadsheet.publish.layout import Version
from broadsheet.publish.manifest import (
    Json,
    Origin,
    content_of,
    extend_history,
    make_manifest,
    plain_bytes,
    read_manifest,
    to_bytes,
)
from broadsheet.publish.shards import TableFiles
from broadsheet.publish.statement import render_statement
from broadsheet.publish.write import Written

Extra = Callable[[Version], Mapping[str, bytes]]
"""Gives further files of a release, by their paths, when told its version."""

_ANY_VERSION = Version(0, 0, 0)


def describe(
    written: Written,
    origin: Origin,
    change: Change,
    *,
    previous: Path | None,
    extra: Extra = lambda _: {},
    named: str | None = None,
) -> Version | None:
    """Compute the version and write all documents into the staged release.

    Args:
        written: the staged tables.
        origin: what they were made from.
        change: the difference to ``previous``.
        previous: the folder of the release before.
        extra: the files that others make; called twice.
        named: the version that the user wants.

    Returns:
        The version; None, and nothing is written, where all but the version is as before.

    Raises:
        ConfigError, PublishError: ``named`` is no version, or too low.

    """
    documents = _render(written, origin, extra)
    fingerprint = _fingerprint(written, origin, documents(_ANY_VERSION, ()))
    is_same = previous is not None and read_manifest(previous)["fingerprint"] == fingerprint
    version = next_version(change, named, documents=not is_same)
    if is_same and version == change.previous:
        return None
    history = extend_history(previous, version, written.tables["default"].rows, change)
    changes = {layout.CHANGES: render_changes(change, version, written.withheld)}
    _write(written.release, documents(version, history) | changes)
    manifest = to_bytes(make_manifest(written, origin, change, history, fingerprint))
    statement = render_statement(manifest)
    _write(written.release, {layout.MANIFEST: manifest, layout.STATEMENT: statement})
    _write(written.release, {layout.CHECKSUMS: checksums(written.release, written.digests)})
    return version


def checksums(release: Path, known: Mapping[Path, str] = MappingProxyType({})) -> bytes:
    """Return ``SHA256SUMS`` of a folder: every file but itself, in the form of ``sha256sum``.

    Args:
        release: the folder.
        known: digests of some of its files.

    """
    paths = {n: release / n for n in layout.files_of(release) if n != layout.CHECKSUMS}
    digests = {name: digest_file(path, known) for name, path in paths.items()}
    return "".join(f"{digest}  {name}\n" for name, digest in digests.items()).encode()


def _render(
    written: Written, origin: Origin, extra: Extra
) -> Callable[[Version, Sequence[Json]], dict[str, bytes]]:
    """Return a function of version and history that renders the documents."""
    composition = compose(written.tables["default"].paths, written.tables["quarantine"].paths)
    sizes = {name: _sizes(files) for name, files in written.tables.items() if files.rows}
    dataset = origin.config.dataset
    plots = render_plots(composition)

    def documents(version: Version, history: Sequence[Json]) -> dict[str, bytes]:
        card = render_card(
            written, origin, version, composition=composition, sizes=sizes, history=history
        )
        return {
            layout.CARD: card,
            layout.CITATION: _citation(dataset, version),
            layout.LICENSE: _license(dataset),
            layout.CROISSANT: render_croissant(written, dataset, version, composition),
            layout.DATA_PACKAGE: render_datapackage(written, dataset, version),
            **plots,
            **extra(version),
        }

    return documents


def _fingerprint(written: Written, origin: Origin, documents: Mapping[str, bytes]) -> str:
    """Return the SHA-256 of everything in a release that does not tell its version."""
    release = written.release
    tables = [path for files in written.tables.values() for path in files.paths]
    tables += written.index
    parts: dict[str, Any] = {
        "manifest": content_of(written, origin),
        "tables": {
            path.relative_to(release).as_posix(): digest_file(path, written.digests)
            for path in tables
        },
        "documents": {name: hashlib.sha256(body).hexdigest() for name, body in documents.items()},
    }
    return hashlib.sha256(orjson.dumps(parts, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _sizes(files: TableFiles) -> dict[str, Size]:
    """Return how large each split is."""
    return {
        split: Size(
            sum(pq.read_metadata(path).num_rows for path in paths),
            sum(path.stat().st_size for path in paths),
            sum(plain_bytes(path) for path in paths),
        )
        for split, paths in files.by_split().items()
    }


def _citation(dataset: Dataset, version: Version) -> bytes:
    """Return ``CITATION.cff`` (https://citation-file-format.github.io, 1.2.0).

    The format wants an author; where the configuration names none, the dataset's title stands.
    """
    fields: dict[str, Any] = {
        "cff-version": "1.2.0",
        "message": dataset.citation or "If you use this dataset, please cite it as below.",
        "type": "dataset",
        "title": dataset.pretty_name,
        "version": str(version),
        "authors": [{"name": name} for name in dataset.authors or (dataset.pretty_name,)],
        "url": dataset.homepage,
    }
    yaml: str = CardData(**{k: v for k, v in fields.items() if v is not None}).to_yaml()
    return f"{yaml.strip()}\n".encode()


def _license(dataset: Dataset) -> bytes:
    """Return ``LICENSE``: which licence applies and where its text is."""
    name = dataset.license_name or dataset.license
    lines = [f"{dataset.pretty_name} is published under: {name}"]
    if dataset.license_link:
        lines.append(f"Its text: {dataset.license_link}")
    elif dataset.license not in {"other", "unknown"}:
        lines.append(f"Its text: https://spdx.org/licenses/ (identifier {dataset.license})")
    lines.append("The licence covers the compilation; rights to the single texts are untouched.")
    return ("\n".join(lines) + "\n").encode()


def _write(release: Path, files: Mapping[str, bytes]) -> None:
    for name, content in sorted(files.items()):
        path = release / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
