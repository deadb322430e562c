"""The in-toto statement of a release, and its signature."""

import hashlib
import json

import pytest

from broadsheet import publish
from broadsheet.publish.documents import checksums


@pytest.fixture
def release(make_corpus, publish_corpus, dataset_dir):
    """Return a release whose predecessor has ten articles less."""
    publish_corpus(make_corpus(range(90)))
    publish_corpus(make_corpus(range(100)))
    return dataset_dir / "1.1.0"


@pytest.fixture
def statement(release):
    return json.loads((release / "statement.json").read_bytes())


def test_the_statement_names_the_manifest_and_every_data_file_with_its_digest(release, statement):
    stated = {subject["name"]: subject["digest"]["sha256"] for subject in statement["subject"]}

    assert statement["_type"] == "https://in-toto.io/Statement/v1"
    assert stated == {
        name: hashlib.sha256((release / name).read_bytes()).hexdigest()
        for name in (
            "manifest.json",
            *(p.relative_to(release).as_posix() for p in release.glob("*/train-*.parquet")),
        )
    }


def test_the_predicate_tells_what_the_release_was_made_from(release, statement):
    manifest = json.loads((release / "manifest.json").read_bytes())
    made, run = (statement["predicate"][name] for name in ("buildDefinition", "runDetails"))
    dependencies = {d.get("uri", d.get("name")): d for d in made["resolvedDependencies"]}

    assert statement["predicateType"] == "https://slsa.dev/provenance/v1"
    assert made["externalParameters"]["configuration"] == manifest["configuration"]
    assert made["externalParameters"]["previous"] == "1.0.0"
    assert dependencies["inputs.parquet"]["annotations"]["files"] == manifest["inputs"]["files"]
    assert f"pkg:pypi/pyarrow@{manifest['software']['packages']['pyarrow']}" in dependencies
    assert run["builder"]["id"] == f"pkg:generic/broadsheet@{manifest['software']['broadsheet']}"


def test_a_release_without_its_statement_is_not_sound(release):
    (release / "statement.json").unlink()
    (release / "SHA256SUMS").chmod(0o644)
    (release / "SHA256SUMS").write_bytes(checksums(release))

    assert [problem.path for problem in publish.verify(release)] == ["statement.json"]
