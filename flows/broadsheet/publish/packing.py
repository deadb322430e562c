"""A release as one archive, for repositories that take files."""

import zipfile
from pathlib import Path

from broadsheet.errors import PublishError
from broadsheet.fingerprint import digest_file
from broadsheet.publish import layout
from broadsheet.publish.files import storage_errors
from broadsheet.publish.manifest import read_manifest
from broadsheet.publish.verification import require_release, require_sound

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest that ZIP knows; a clock would change the bytes
_PERMISSIONS = 0o100444 << 16


def pack(release: Path, archive: Path) -> str:
    """Write a release into a ZIP file that appears whole or not at all; return its SHA-256.

    The same release gives the same bytes: names are sorted, times fixed, and files stored as they
    are, because Parquet is compressed already. All lie below a folder ``NAME-VERSION``.

    Raises:
        PublishError: the release is not sound, or the archive exists.
        StorageError: writing failed.

    """
    require_release(release)
    require_sound(release)
    if archive.exists():
        raise PublishError(f"{archive} exists; name another file or remove it.")
    manifest = read_manifest(release)
    partial = archive.with_name(f".{archive.name}.part")
    with storage_errors(f"Writing {archive}"):
        try:
            with zipfile.ZipFile(partial, "w", zipfile.ZIP_STORED) as target:
                for name in layout.files_of(release):
                    _add(
                        target,
                        release / name,
                        f"{manifest['dataset']}-{manifest['version']}/{name}",
                    )
            partial.replace(archive)
        finally:
            partial.unlink(missing_ok=True)
    return digest_file(archive)


def _add(target: zipfile.ZipFile, path: Path, name: str) -> None:
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.create_system = 3  # Unix, whatever this is
    entry.external_attr = _PERMISSIONS
    entry.file_size = path.stat().st_size
    with path.open("rb") as source, target.open(entry, "w") as sink:
        while block := source.read(2**20):
            sink.write(block)
