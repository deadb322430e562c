"""Whether a release can be made again from its raw files, byte for byte."""

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from broadsheet import pipeline
from broadsheet.errors import ConfigError
from broadsheet.publish import require_release, require_sound
from broadsheet.publish.manifest import read_manifest, software

Json = dict[str, Any]


def rebuild(release: Path, raw: Path) -> Json:
    """Build a release again in a folder of its own, and compare.

    The release itself stands for the one before: rows keep their shards and splits by it, and
    where every byte that does not carry the version comes out as it was, nothing has changed.

    Args:
        release: the folder of the release.
        raw: the dataset's folder, with dataset.toml and the raw files.

    Returns:
        JSON: ``release``, ``same``, ``differences`` (paths of files that came out otherwise) and
        ``software`` (versions that are not those that the release was made with).

    Raises:
        ConfigError: ``raw`` is another dataset.
        PublishError: the release does not verify.
        StorageError: input or output failed.

    """
    require_release(release)
    require_sound(release)
    manifest = read_manifest(release)
    with tempfile.TemporaryDirectory(prefix="broadsheet-rebuild-") as folder:
        output = Path(folder)
        twin = output / manifest["dataset"] / manifest["version"]
        shutil.copytree(release, twin, copy_function=_link_or_copy)
        outcome = _build(raw, output)
        if outcome["name"] != manifest["dataset"]:
            raise ConfigError(f"{raw} is {outcome['name']}, and the release {manifest['dataset']}.")
        is_same = outcome["status"] == "unchanged"
        return {
            "release": str(release),
            "same": is_same,
            "differences": [] if is_same else _differences(release, outcome["release"]),
            "message": outcome["message"],
            "software": _other_software(manifest["software"]),
        }


def _build(raw: Path, output: Path) -> Json:
    planned = pipeline.plan(raw, output)
    batches = [pipeline.work_batch(Path(request)) for request in pipeline.requests_of(planned)]
    return pipeline.release(Path(planned["run"]), [planned["discovery"], *batches])


def _differences(release: Path, made: str | None) -> list[str]:
    """Return the paths whose content differs, or that only one of two releases has.

    None where validation stopped the second.
    """
    if made is None:
        return []
    files = [read_manifest(folder)["files"] for folder in (release, Path(made))]
    return sorted(
        name
        for name in files[0].keys() | files[1].keys()
        if files[0].get(name) != files[1].get(name)
    )


def _other_software(stated: Json) -> dict[str, str]:
    """Return what is installed in another version than the release was made with."""
    flat = [
        {k: v for k, v in s.items() if k != "packages"} | s["packages"]
        for s in (stated, software())
    ]
    return {
        name: f"{flat[0].get(name, 'none')} then, {flat[1].get(name, 'none')} now"
        for name in sorted(flat[0].keys() | flat[1].keys())
        if flat[0].get(name) != flat[1].get(name)
    }


def _link_or_copy(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # another file system
        shutil.copy2(source, target)
