"""Cases 47 to 67: archives and compression."""

import bz2
import gzip
import io
import lzma
import struct
import sys
import tarfile
import zipfile
from functools import cache

import pytest

from broadsheet.reasons import Reason

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

STORY = b"The ferry of Hollin ran aground on Sunday. Nobody was hurt, the harbour master said.\n"
COMPRESS = {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zst": zstd.compress,
}


def tar(*members: tuple[str, bytes] | tarfile.TarInfo) -> bytes:
    """Return a tar archive of files, or of entries as they are given."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for member in members:
            if isinstance(member, tarfile.TarInfo):
                archive.addfile(member)
            else:
                info = tarfile.TarInfo(member[0])
                info.size = len(member[1])
                archive.addfile(info, io.BytesIO(member[1]))
    return buffer.getvalue()


def entry(name: str, kind: bytes, target: str = "") -> tarfile.TarInfo:
    """Return a tar entry that is no file."""
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


@pytest.mark.filterwarnings("ignore:Duplicate name")
def zipped(*members: tuple[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a zip archive of files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return buffer.getvalue()


def zip_link() -> bytes:
    """Return a zip archive with a symbolic link to a system file."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        info = zipfile.ZipInfo("link.txt")
        info.external_attr = 0o120777 << 16
        archive.writestr(info, "/etc/passwd")
        archive.writestr("good.txt", STORY)
    return buffer.getvalue()


def deep_links() -> bytes:
    """Return a tar of the kind of CVE-2025-4517: a file that climbs through long links.

    A long chain of directory links makes `os.path.realpath` stop resolving, so that the last link
    climbs out of the folder although it was checked.
    """
    members: list = []
    long, path = "d" * 247, ""
    for letter in "abcdefghijklmnop":
        members += [entry(f"{path}{long}", tarfile.DIRTYPE)]
        members += [entry(f"{path}{letter}", tarfile.SYMTYPE, long)]
        path += f"{letter}/"
    members += [entry(f"{path}{'l' * 254}", tarfile.SYMTYPE, "../" * 16)]
    members += [entry("escape", tarfile.SYMTYPE, f"{path}{'l' * 254}/../../outside")]
    members += [entry("inside", tarfile.LNKTYPE, "escape/owned.txt")]
    members += [("escape/../owned.txt", STORY), ("good.txt", STORY)]
    return tar(*members)


MEMBER_CASES = {
    "47 a tar member that climbs": ("a.tar", tar(("../x.txt", STORY), ("good.txt", STORY))),
    "47 a zip member that climbs": ("a.zip", zipped(("a/../../x.txt", STORY), ("g.txt", STORY))),
    "47 with backslashes": ("a.zip", zipped(("a\\..\\..\\x.txt", STORY), ("g.txt", STORY))),
    "48 an absolute tar path": ("a.tar", tar(("/etc/x.txt", STORY), ("good.txt", STORY))),
    "48 an absolute zip path": ("a.zip", zipped(("/etc/x.txt", STORY), ("good.txt", STORY))),
    "48 a drive": ("a.zip", zipped(("C:/x.txt", STORY), ("good.txt", STORY))),
    "49 a symbolic link": (
        "a.tar",
        tar(entry("l.txt", tarfile.SYMTYPE, "/etc/passwd"), ("good.txt", STORY)),
    ),
    "49 a symbolic link in a zip": ("a.zip", zip_link()),
    "50 a hard link": (
        "a.tar",
        tar(entry("l.txt", tarfile.LNKTYPE, "../../secret"), ("good.txt", STORY)),
    ),
    "51 a device": ("a.tar", tar(entry("d.txt", tarfile.CHRTYPE), ("good.txt", STORY))),
    "51 a pipe": ("a.tar", tar(entry("p.txt", tarfile.FIFOTYPE), ("good.txt", STORY))),
}


@pytest.mark.parametrize("case", MEMBER_CASES)
def test_a_member_that_leads_elsewhere(outcomes, case):
    name, raw = MEMBER_CASES[case]

    assert outcomes({name: raw}) == [Reason.ARCHIVE_MEMBER, "P"]


def test_52_links_that_outrun_the_check_of_their_path(outcomes):
    found = outcomes({"a.tar": deep_links()})

    assert found == [Reason.ARCHIVE_MEMBER] * (len(found) - 1) + ["P"]
    assert len(found) == 16 + 3 + 2


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("pack", [tar, zipped])
@pytest.mark.parametrize(
    "names", [("a.txt", "a.txt"), ("a.txt", "A.TXT"), ("\u00e9.txt", "e\u0301.txt")]
)
def test_53_54_members_of_one_name_are_both_counted(outcomes, pack, names):
    name = "a.tar" if pack is tar else "a.zip"

    assert outcomes({name: pack(*((n, STORY + n.encode()) for n in names))}) == ["P", "P"]


@pytest.mark.parametrize("pack", [tar, zipped])
def test_55_a_name_of_300_characters(outcomes, pack):
    name = "a.tar" if pack is tar else "a.zip"

    assert outcomes({name: pack(("n" * 296 + ".txt", STORY))}) == ["P archive.name"]


def test_55_a_name_with_nul(outcomes):
    raw = zipped(("abcdefg.txt", STORY)).replace(b"abcdefg.txt", b"abc\0efg.txt")

    assert outcomes({"a.zip": raw}) == ["P archive.name"]


def zip_with(content: bytes, *, size: int | None = None, crc: int | None = None) -> bytes:
    """Return a stored zip whose first member lies about its size or checksum."""
    raw = bytearray(
        zipped(("bad.txt", content), ("good.txt", STORY), compression=zipfile.ZIP_STORED)
    )
    central = raw.index(b"PK\x01\x02")
    for at, value in ((16, crc), (24, size), (20, size)):
        if value is not None:
            struct.pack_into("<I", raw, central + at, value)
    for at, value in ((14, crc), (22, size), (18, size)):
        if value is not None:
            struct.pack_into("<I", raw, at, value)
    return bytes(raw)


@pytest.mark.parametrize("size", [len(STORY) - 9, len(STORY) + 9, 2**31])
def test_56_a_false_size(outcomes, size):
    found = outcomes({"a.zip": zip_with(STORY, size=size)})

    assert found[0] in {Reason.ARCHIVE_DAMAGED, Reason.SIZE_RECORD}
    assert found[1:] == ["P"]


def test_57_a_wrong_checksum(outcomes):
    assert outcomes({"a.zip": zip_with(STORY, crc=1)}) == [Reason.ARCHIVE_DAMAGED, "P"]


@cache
def bomb(suffix: str) -> bytes:
    """Return 64 MiB of nothing, compressed."""
    return COMPRESS[suffix](bytes(2**26))


@pytest.mark.parametrize("suffix", COMPRESS)
@pytest.mark.parametrize("inner", ["txt", "jsonl", "csv", "json", "html"])
def test_58_a_bomb(outcomes, suffix, inner):
    found = outcomes({f"bomb.{inner}.{suffix}": bomb(suffix), "good.txt": STORY})

    assert found == [Reason.ARCHIVE_RATIO, "P"]


def test_58_a_bomb_in_a_zip(outcomes):
    raw = zipped(("bomb.txt", b"\0" * 2**26), ("good.txt", STORY))

    assert outcomes({"a.zip": raw}) == [Reason.ARCHIVE_RATIO, "P"]


@pytest.mark.parametrize(("times", "expected"), [(3, "P"), (4, Reason.ARCHIVE_DEPTH)])
@pytest.mark.parametrize("pack", [tar, zipped])
def test_59_archives_within_archives(outcomes, pack, times, expected):
    suffix = "tar" if pack is tar else "zip"
    name, raw = "story.txt", STORY
    for _ in range(times + 1):
        name, raw = f"a.{suffix}", pack((name, raw))

    assert outcomes({name: raw}) == [expected]


@pytest.mark.timeout(60)
def test_60_a_million_members_in_a_tar(outcomes):
    some = gzip.compress(tarfile.TarInfo("a.txt").tobuf() * 10_000, 1)

    found = outcomes({"a.tar.gz": some * 100}, max_members=5_000)

    assert found == [Reason.CONTENT_EMPTY] * 5_000 + [Reason.ARCHIVE_COUNT]


@pytest.mark.timeout(60)
def test_60_a_million_members_in_a_zip(outcomes):
    assert outcomes({"a.zip": million_entries_zip()}) == [Reason.ARCHIVE_COUNT]


def million_entries_zip() -> bytes:
    """Return a zip whose directory names one empty member a million times."""
    one = zipped(("a.txt", b""))
    start, end = one.index(b"PK\x01\x02"), one.index(b"PK\x05\x06")
    directory = one[start:end] * 1_000_000
    tail = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 65_535, 65_535, len(directory), start, 0)
    return one[:start] + directory + tail


def test_61_an_encrypted_member(outcomes):
    raw = bytearray(zipped(("secret.txt", STORY), ("good.txt", STORY)))
    raw[6] |= 1
    raw[raw.index(b"PK\x01\x02") + 8] |= 1

    assert outcomes({"a.zip": bytes(raw)}) == [Reason.ARCHIVE_ENCRYPTED, "P"]


@pytest.mark.parametrize("suffix", COMPRESS)
@pytest.mark.parametrize("kept", [0.5, 0.9, 0.99])
def test_62_63_a_truncated_stream(outcomes, suffix, kept):
    raw = COMPRESS[suffix](bytes(range(32, 127)) * 200 + STORY * 20)

    found = outcomes({f"a.txt.{suffix}": raw[: int(len(raw) * kept)]})

    assert found == [Reason.STREAM_TRUNCATED]


@pytest.mark.parametrize("suffix", COMPRESS)
def test_62_63_what_comes_before_the_cut_is_kept(outcomes, suffix):
    lines = b"".join(b'{"text": "Story %d of Hollin"}\n' % n for n in range(30_000))
    raw = COMPRESS[suffix](lines)

    found = outcomes({f"a.jsonl.{suffix}": raw[: len(raw) * 3 // 4]})

    assert found[-1] == Reason.STREAM_TRUNCATED
    assert set(found[:-1]) <= {"P"}


@pytest.mark.parametrize("suffix", COMPRESS)
def test_64_trailing_junk(outcomes, suffix):
    raw = COMPRESS[suffix](STORY) + b"junk behind the end"

    assert outcomes({f"a.txt.{suffix}": raw}) == ["P stream.trailing"]


@pytest.mark.parametrize("suffix", COMPRESS)
def test_65_several_members_are_all_read(outcomes, suffix):
    raw = b"".join(COMPRESS[suffix](b'{"text": "Story %d"}\n' % n) for n in range(5))

    assert outcomes({f"a.jsonl.{suffix}": raw}) == ["P"] * 5


def test_66_a_window_of_two_gib(outcomes):
    frame = b"\x28\xb5\x2f\xfd" + bytes([0b0000_0000, (31 - 10) << 3]) + b"\x01\x00\x00"

    assert outcomes({"a.txt.zst": frame}) == [Reason.STREAM_DAMAGED]


def test_67_a_zip_behind_junk(outcomes):
    assert outcomes({"a.zip": b"#!/bin/sh\n" * 50 + zipped(("a.txt", STORY))}) == ["P"]


@pytest.mark.parametrize("cut", [100, 700, 1_100])
def test_a_truncated_tar(outcomes, cut):
    raw = tar(("a.txt", STORY), ("b.txt", STORY))

    found = outcomes({"a.tar": raw[:cut]})

    assert found[-1] in {Reason.STREAM_TRUNCATED, Reason.ARCHIVE_DAMAGED}


@pytest.mark.parametrize(
    "name", ["a.zip", "a.tar", "a.txt.gz", "a.txt.xz", "a.txt.zst", "a.txt.bz2", "a.tgz"]
)
@pytest.mark.parametrize("raw", [b"", b"no archive at all", b"\0" * 5_000])
def test_what_is_no_archive(outcomes, name, raw):
    (found,) = outcomes({name: raw}) or ["nothing"]

    assert found in {
        Reason.ARCHIVE_DAMAGED,
        Reason.TYPE_MISMATCH,
        Reason.CONTENT_EMPTY,
    } or (name == "a.tar" and found == "nothing" and raw.startswith(b"\0"))
