"""`verify` knows every alteration."""

import json
import random
import shutil

import pytest

from broadsheet import publish
from broadsheet.errors import PublishError
from broadsheet.publish import verification
from broadsheet.publish.documents import checksums
from broadsheet.publish.layout import files_of
from broadsheet.publish.manifest import read_manifest


@pytest.fixture
def release(make_corpus, publish_corpus, dataset_dir):
    """Return a sound release whose files may be edited."""
    publish_corpus(make_corpus())
    for name in files_of(dataset_dir / "1.0.0"):
        (dataset_dir / "1.0.0" / name).chmod(0o644)
    return dataset_dir / "1.0.0"


def test_a_copy_elsewhere_is_as_sound(release, tmp_path):
    shutil.copytree(release, tmp_path / "copy")

    assert publish.verify(tmp_path / "copy") == ()


def test_any_flipped_bit_is_found(release):
    chance = random.Random(1)  # noqa: S311 - which bits is of no consequence
    for name in files_of(release):
        path = release / name
        sound = path.read_bytes()
        for _ in range(4):
            broken = bytearray(sound)
            broken[chance.randrange(len(broken))] ^= 1 << chance.randrange(8)
            path.write_bytes(broken)
            assert publish.verify(release), name
        path.write_bytes(sound)
    assert publish.verify(release) == ()


def test_any_missing_file_is_found(release, tmp_path):
    for name in list(files_of(release)):
        (release / name).rename(tmp_path / "away")
        assert name in {problem.path for problem in publish.verify(release)}
        (tmp_path / "away").rename(release / name)


@pytest.mark.parametrize("name", ["extra.txt", "data/extra.parquet", ".hidden", "new/extra"])
def test_any_extra_file_is_found(release, name):
    (release / name).parent.mkdir(exist_ok=True)
    (release / name).write_bytes(b"")

    assert name in {problem.path for problem in publish.verify(release)}


def test_links_and_empty_folders_are_found(release):
    (release / "empty").mkdir()
    (release / "link").symlink_to("README.md")

    assert {"empty", "link"} <= {problem.path for problem in publish.verify(release)}


CASES = {
    "upper-case digests": lambda sums: sums.upper(),
    "another order": lambda sums: b"\n".join(reversed(sums.splitlines())) + b"\n",
    "no last newline": lambda sums: sums.rstrip(b"\n"),
    "binary marks": lambda sums: sums.replace(b"  ", b" *"),
    "CRLF": lambda sums: sums.replace(b"\n", b"\r\n"),
    "not UTF-8": lambda sums: sums + b"\xff",
    "empty": lambda _: b"",
}


@pytest.mark.parametrize("form", CASES.values(), ids=CASES)
def test_checksums_have_one_form(release, form):
    path = release / "SHA256SUMS"
    path.write_bytes(form(path.read_bytes()))

    assert publish.verify(release)


FORGERIES = {
    "rows on the card": ("README.md", b"num_examples: 250", b"num_examples: 251"),
    "version on the card": ("README.md", b"version: 1.0.0", b"version: 1.0.1"),
    "rows in the manifest": ("manifest.json", b'"rows": 250', b'"rows": 251'),
    "accounts in the manifest": ("manifest.json", b'"published": 250', b'"published": 249'),
    "digest in the statement": ("statement.json", b'"sha256": "', b'"sha256": "0'),
    "setting in the statement": (
        "statement.json",
        b'"rows_per_group": 20',
        b'"rows_per_group": 21',
    ),
    "manifest that is no manifest": ("manifest.json", b'"files"', b'"flies"'),
}


@pytest.mark.parametrize(("name", "old", "new"), FORGERIES.values(), ids=FORGERIES)
def test_statements_must_agree_even_where_the_checksums_do(release, name, old, new):
    path = release / name
    content = path.read_bytes()
    assert old in content
    path.write_bytes(content.replace(old, new))
    (release / "SHA256SUMS").write_bytes(checksums(release))

    assert publish.verify(release)


def test_an_index_of_other_rows_is_found(release):
    names = [release / "index" / "data" / f"train-0000{i}-of-00003.parquet" for i in (0, 1)]
    names[0].write_bytes(names[1].read_bytes())

    problems = list(verification._disagreements_of_index(release, read_manifest(release)))  # noqa: SLF001 - the digests would tell first

    assert "is the index of other rows" in {p.message for p in problems}


def test_a_verdict_on_other_data_is_not_published(make_corpus, publish_corpus, dataset_dir):
    accounts = {"raw": 252, "published": 250, "duplicates": 1, "quarantined": 1}
    verdict = {"version": "1.0.0", "accounts": accounts, "release": {"data_sha256": "0" * 64}}
    results = {"validation/results.json": json.dumps(verdict).encode()}

    with pytest.raises(PublishError, match="verdict on other data"):
        publish_corpus(make_corpus(extra=results))
    assert not (dataset_dir / "1.0.0").exists()


def test_a_folder_that_is_no_release_is_a_problem(tmp_path):
    assert [p.path for p in publish.verify(tmp_path)] == ["SHA256SUMS"]
