"""Whether a release is what it says it is: complete, unaltered, and of one account."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import yaml

from broadsheet.errors import PublishError, StorageError
from broadsheet.fingerprint import digest_file, digest_json
from broadsheet.publish import layout
from broadsheet.publish.documents import checksums
from broadsheet.publish.files import storage_errors
from broadsheet.publish.manifest import NOT_LISTED, read_manifest
from broadsheet.publish.statement import read_statement, render_statement

_ROWS_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """What is wrong, and with which file (a POSIX path in the release)."""

    path: str
    message: str


def verify(release: Path, checked: str | None = None) -> tuple[Problem, ...]:
    """Check every digest, page, count and statement of a release.

    Args:
        release: its folder.
        checked: as in :func:`require_sound`.

    Returns:
        The problems found, sorted; none where the release is sound.

    Raises:
        StorageError: a file cannot be read.

    """
    with storage_errors(f"Verifying {release}"):
        if problems := tuple(sorted(_differing_bytes(release))):
            return problems  # what altered files say of one another tells nothing more
        if digest_file(release / layout.CHECKSUMS) == checked:
            return ()  # what the same bytes say of one another was compared then
        try:
            manifest = read_manifest(release)
            problems = tuple(sorted(_disagreements(release, manifest)))
        except (KeyError, IndexError, TypeError, ValueError, pa.ArrowException) as error:
            return (Problem(layout.MANIFEST, f"does not describe the release ({error!r})"),)
    return problems


def require_release(folder: Path) -> None:
    """Refuse a folder that is no release.

    Raises:
        StorageError: it is none.

    """
    if not (folder / layout.MANIFEST).is_file() or not layout.is_version(folder.resolve().name):
        message = f"{folder} is no release; give a folder such as dist/NAME/1.0.0."
        raise StorageError(message)


def require_sound(release: Path, checked: str | None = None) -> None:
    """Refuse a release that does not verify.

    Args:
        release: its folder.
        checked: SHA-256 of the ``SHA256SUMS`` of a release that has been verified. Where they are
            those of this one, its bytes are compared with them, and no page is read again.

    Raises:
        PublishError: it does not; the message names the first problems.

    """
    if problems := verify(release, checked):
        shown = "\n".join(f"  {p.path}: {p.message}" for p in problems[:5])
        more = f"\n  and {len(problems) - 5} more" if len(problems) > 5 else ""  # noqa: PLR2004 - shown above
        message = (
            f"{release} is not what it says it is:\n{shown}{more}\n"
            "Restore it from a copy, or remove it, and run again; nothing was changed."
        )
        raise PublishError(message)


def _differing_bytes(release: Path) -> Iterator[Problem]:
    """Compare the files with ``SHA256SUMS``, which must have the one form that we write."""
    sums = release / layout.CHECKSUMS
    if not sums.is_file():
        yield Problem(layout.CHECKSUMS, "is missing")
        return
    stated = sums.read_bytes()
    yield from _odd_entries(release)
    actual = checksums(release)
    if stated == actual:
        return
    expected, found = _parse_sums(stated), _parse_sums(actual)
    for name in expected.keys() - found.keys():
        yield Problem(name, f"is listed in {layout.CHECKSUMS} and missing")
    for name in found.keys() - expected.keys():
        yield Problem(name, f"is not listed in {layout.CHECKSUMS}")
    for name in expected.keys() & found.keys():
        if expected[name] != found[name]:
            yield Problem(name, "has another SHA-256 than stated")
    yield Problem(layout.CHECKSUMS, "does not state the files as they are")


def _odd_entries(release: Path) -> Iterator[Problem]:
    """Find what no release has: links, devices, empty folders."""
    for path in release.rglob("*"):
        name = _name(release, path)
        if path.is_symlink() or not (path.is_file() or path.is_dir()):
            yield Problem(name, "is no regular file")
        elif path.is_dir() and not any(path.iterdir()):
            yield Problem(name, "is an empty folder")


def _parse_sums(content: bytes) -> dict[str, str]:
    lines = content.decode("utf-8", "backslashreplace").splitlines()
    return {name: digest for digest, _, name in (line.partition("  ") for line in lines)}


def _disagreements(release: Path, manifest: Mapping[str, Any]) -> Iterator[Problem]:
    """Compare what manifest, Parquet footers, card and validation say of one another."""
    sums = _parse_sums((release / layout.CHECKSUMS).read_bytes())  # compared with the files above
    for name, stated in manifest["files"].items():
        actual = {"bytes": (release / name).stat().st_size, "sha256": sums[name]}
        if stated != actual:
            yield Problem(name, "is not as the manifest states it")
    present = set(layout.files_of(release)) - NOT_LISTED
    for name in present ^ set(manifest["files"]):
        yield Problem(name, "is in the manifest or in the folder, but not in both")
    if sums.get(layout.STATEMENT) is None:
        yield Problem(layout.STATEMENT, "is missing")
    elif read_statement(release) != render_statement((release / layout.MANIFEST).read_bytes()):
        yield Problem(layout.STATEMENT, "does not state what the manifest states")
    rows = {name: stated["rows"] for name, stated in manifest["configurations"].items()}
    yield from _disagreements_of_tables(release, manifest)
    yield from _disagreements_of_accounts(manifest["accounts"], rows)
    yield from _disagreements_of_splits(release, manifest)
    yield from _disagreements_of_index(release, manifest)
    splits = {name: _rows_by_split(stated) for name, stated in manifest["configurations"].items()}
    yield from _disagreements_of_card(release, manifest["version"], splits)
    results = release / layout.RESULTS
    if results.is_file():
        shards = layout.shards_of(release, "default")
        judged = digest_json([manifest["files"][_name(release, path)]["sha256"] for path in shards])
        yield from _disagreements_of_results(orjson.loads(results.read_bytes()), manifest, judged)


def _disagreements_of_tables(release: Path, manifest: Mapping[str, Any]) -> Iterator[Problem]:
    for name, stated in manifest["configurations"].items():
        shards = layout.shards_of(release, name)
        schemas = []
        footers = {}
        for path in shards:
            short = _name(release, path)
            with pq.ParquetFile(path, page_checksum_verification=True) as file:
                footers[short] = sum(len(batch) for batch in file.iter_batches(_ROWS_AT_ONCE))
                schemas.append(file.schema_arrow)
                if file.metadata.num_rows != footers[short] or not footers[short]:
                    yield Problem(short, "has other rows than its footer states, or none")
        if footers != stated["files"] or sum(footers.values()) != stated["rows"]:
            yield Problem(layout.FOLDERS[name], "has other rows than the manifest states")
        if any(not schema.equals(schemas[0], check_metadata=True) for schema in schemas):
            yield Problem(layout.FOLDERS[name], "has shards of different schemas")


def _disagreements_of_splits(release: Path, manifest: Mapping[str, Any]) -> Iterator[Problem]:
    """Compare the column ``split`` with the files, and the files with what is stated of splits."""
    for name, stated in manifest["configurations"].items():
        if _rows_by_split(stated) != {s: size["rows"] for s, size in stated["splits"].items()}:
            yield Problem(layout.FOLDERS[name], "has other splits than the manifest states")
    is_split = manifest["configuration"]["splits"]["by"] is not None
    for path in layout.shards_of(release, "default"):
        split = layout.split_of(path) if is_split else layout.UNASSIGNED
        values = pq.read_table(path, columns=["split"]).column(0).fill_null(layout.UNASSIGNED)
        if pc.unique(values).to_pylist() != [split]:
            yield Problem(_name(release, path), "has rows of another split")


def _disagreements_of_index(release: Path, manifest: Mapping[str, Any]) -> Iterator[Problem]:
    """Compare the index with the shards that it belongs to, row for row, by where they lie."""
    rows = 0
    columns = ["source_path", "source_member", "source_offset"]
    for name in ("default", "duplicates"):
        for shard in layout.shards_of(release, name):
            path = layout.index_of(release, shard)
            if not path.is_file():
                yield Problem(_name(release, path), "is missing")
                continue
            with pq.ParquetFile(path, page_checksum_verification=True) as file:
                rows += sum(len(batch) for batch in file.iter_batches(_ROWS_AT_ONCE))
            if pq.read_table(path, columns=columns) != pq.read_table(shard, columns=columns):
                yield Problem(_name(release, path), "is the index of other rows")
    if rows != manifest["index"]["rows"]:
        yield Problem(layout.INDEX, "has other rows than the manifest states")


def _rows_by_split(stated: Mapping[str, Any]) -> dict[str, int]:
    """Return the rows of each split by those stated of its files."""
    rows: Counter[str] = Counter()
    for name, n in stated["files"].items():
        rows[layout.split_of(Path(name))] += n
    return dict(rows)


def _name(release: Path, path: Path) -> str:
    return path.relative_to(release).as_posix()


def _disagreements_of_accounts(
    accounts: Mapping[str, int], rows: Mapping[str, int]
) -> Iterator[Problem]:
    outcomes = {
        "default": accounts["published"],
        "duplicates": accounts["duplicates"],
        "quarantine": accounts["quarantined"],
    }
    if outcomes != dict(rows) or accounts["raw"] != sum(outcomes.values()):
        yield Problem(layout.MANIFEST, "states accounts that do not add up")


def _disagreements_of_card(
    release: Path, version: str, rows: Mapping[str, Mapping[str, int]]
) -> Iterator[Problem]:
    _, front_matter, _ = (release / layout.CARD).read_text("utf-8").split("---\n", 2)
    card = yaml.safe_load(front_matter)
    infos = (
        card["dataset_info"] if isinstance(card["dataset_info"], list) else [card["dataset_info"]]
    )
    stated = {
        info["config_name"]: {s["name"]: s["num_examples"] for s in info["splits"]}
        for info in infos
    }
    if stated != {name: splits for name, splits in rows.items() if splits}:
        yield Problem(layout.CARD, "states other numbers of rows than the manifest")
    if {config["version"] for config in card["configs"]} != {version}:
        yield Problem(layout.CARD, "states another version than the manifest")


def _disagreements_of_results(
    results: Mapping[str, Any], manifest: Mapping[str, Any], data_sha256: str
) -> Iterator[Problem]:
    """Compare with what was validated: the digest of the default configuration's shards."""
    if results["release"]["data_sha256"] != data_sha256:
        yield Problem(layout.RESULTS, "is the verdict on other data")
    if results["accounts"] != manifest["accounts"]:
        yield Problem(layout.RESULTS, "states other accounts than the manifest")
    if results["version"] != manifest["version"]:
        yield Problem(layout.RESULTS, "states another version than the manifest")
