"""A series of releases: what is written, which version it gets, how it loads."""

import hashlib
from dataclasses import replace

import datasets
import pyarrow.parquet as pq
import pytest

from broadsheet import publish
from broadsheet.errors import PublishError, VersionConflictError


def digests(folder):
    """Return the SHA-256 of every file below a folder, by path."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and not path.is_symlink()
    }


@pytest.fixture
def load(tmp_path):
    """Return ``load_dataset`` with a cache of its own."""
    return lambda *args, **kwargs: datasets.load_dataset(
        *map(str, args), cache_dir=str(tmp_path / "cache"), **kwargs
    )


def test_a_release_holds_what_the_layout_says(make_corpus, publish_corpus, dataset_dir):
    publish_corpus(make_corpus())

    assert sorted(digests(dataset_dir / "1.0.0")) == [
        "CHANGES.md",
        "CITATION.cff",
        "LICENSE",
        "README.md",
        "SHA256SUMS",
        "croissant.json",
        "data/train-00000-of-00003.parquet",
        "data/train-00001-of-00003.parquet",
        "data/train-00002-of-00003.parquet",
        "datapackage.json",
        "duplicates/train-00000-of-00001.parquet",
        "index/data/train-00000-of-00003.parquet",
        "index/data/train-00001-of-00003.parquet",
        "index/data/train-00002-of-00003.parquet",
        "index/duplicates/train-00000-of-00001.parquet",
        "inputs.parquet",
        "manifest.json",
        "plots/outlets.svg",
        "quarantine/train-00000-of-00001.parquet",
        "statement.json",
    ]
    assert (dataset_dir / "latest").readlink().name == "1.0.0"
    assert publish.verify(dataset_dir / "1.0.0") == ()


def test_a_configuration_without_rows_has_no_files(make_corpus, publish_corpus, dataset_dir):
    publish_corpus(make_corpus(copies=0, rejections=()))

    assert not (dataset_dir / "1.0.0" / "quarantine").exists()
    assert not (dataset_dir / "1.0.0" / "duplicates").exists()
    assert publish.verify(dataset_dir / "1.0.0") == ()


def test_datasets_loads_every_configuration(make_corpus, publish_corpus, dataset_dir, load):
    publish_corpus(make_corpus())
    release = dataset_dir / "1.0.0"

    rows = load(release, split="train")

    assert len(rows) == 250
    assert rows.features["text"] == datasets.Value("large_string")
    assert rows["id"] == sorted(rows["id"])
    assert len(load(release, "quarantine", split="train")) == 1
    assert len(load(release, "duplicates", split="train")) == 1
    assert sum(1 for _ in load(release, split="train", streaming=True)) == 250


def test_datasets_loads_newest_and_named_version(make_corpus, publish_corpus, dataset_dir, load):
    publish_corpus(make_corpus(range(250)))
    publish_corpus(make_corpus(range(260)))

    assert len(load(dataset_dir, split="train")) == 260
    assert len(load(dataset_dir, "1.1.0", split="train")) == 260
    assert len(load(dataset_dir, "1.0.0", split="train")) == 250
    assert sum(1 for _ in load(dataset_dir, "1.0.0", split="train", streaming=True)) == 250


@pytest.mark.parametrize("folder", ["1.0.0", "."])
def test_a_missing_shard_is_noticed_by_datasets(
    make_corpus, publish_corpus, dataset_dir, load, folder
):
    publish_corpus(make_corpus())
    (dataset_dir / "1.0.0" / "data" / "train-00001-of-00003.parquet").unlink()

    with pytest.raises(datasets.exceptions.NonMatchingSplitsSizesError):
        load(dataset_dir / folder, split="train")


def test_the_same_input_makes_no_new_version(make_corpus, publish_corpus, dataset_dir):
    publish_corpus(make_corpus())
    before = digests(dataset_dir)

    assert publish_corpus(make_corpus(batch_rows=17)) is None
    assert digests(dataset_dir) == before


def edited(corpus, *numbers, **values):
    """Return a corpus with some articles changed."""
    articles = [replace(a, **values) if i in numbers else a for i, a in enumerate(corpus.articles)]
    return replace(corpus, articles=articles)


VERSIONS = {
    "rows added": (lambda _, make: make(range(255)), "1.1.0"),
    "row changed": (lambda c, _: edited(c, 100, title="Mill stands still"), "2.0.0"),
    "value became null": (lambda c, _: edited(c, 100, title=None), "2.0.0"),
    "list changed": (lambda c, _: edited(c, 100, authors=("Ada Finch",)), "2.0.0"),
    "row removed": (lambda _, make: make(range(249)), "2.0.0"),
    "another duplicate": (lambda c, _: replace(c, copies=2), "1.0.1"),
    "nothing quarantined": (lambda c, _: replace(c, rejections=()), "1.0.1"),
    "another document": (lambda c, _: replace(c, extra={"NOTES.md": b"Read me."}), "1.0.1"),
}


@pytest.mark.parametrize(("change", "version"), VERSIONS.values(), ids=VERSIONS)
def test_the_version_follows_from_the_change(make_corpus, publish_corpus, change, version):
    corpus = make_corpus()
    publish_corpus(corpus)

    assert str(publish_corpus(change(corpus, make_corpus))) == version


def test_a_higher_version_may_be_named(make_corpus, publish_corpus):
    publish_corpus(make_corpus(range(250)))

    assert str(publish_corpus(make_corpus(range(251)), named="3.2.1")) == "3.2.1"
    assert str(publish_corpus(make_corpus(range(252)))) == "3.3.0"


def test_a_version_that_is_too_low_is_refused(make_corpus, publish_corpus):
    publish_corpus(make_corpus(range(250)))

    with pytest.raises(PublishError, match=r"asks for 2\.0\.0"):
        publish_corpus(make_corpus(range(240)), named="1.5.0")


def test_a_published_version_is_never_replaced(make_corpus, publish_corpus, dataset_dir):
    publish_corpus(make_corpus(range(250)))
    before = digests(dataset_dir)

    with pytest.raises(VersionConflictError, match=r"1\.0\.0 is published"):
        publish_corpus(make_corpus(range(251)), named="1.0.0")
    assert publish_corpus(make_corpus(range(250)), named="1.0.0") is None
    assert digests(dataset_dir) == before


def test_changes_name_each_row_and_field(make_corpus, publish_corpus, dataset_dir, article):
    corpus = make_corpus(range(250))
    publish_corpus(corpus)
    corpus = edited(make_corpus([*range(1, 250), 900]), 49, title="Other", authors=("Ada Finch",))

    publish_corpus(corpus)

    rows = pq.read_table(dataset_dir / "2.0.0" / "changes.parquet").to_pylist()
    assert sorted(rows, key=lambda row: row["change"]) == [
        {"id": article(900).id, "change": "added", "fields": []},
        {"id": article(50).id, "change": "changed", "fields": ["title", "authors"]},
        {"id": article(0).id, "change": "removed", "fields": []},
    ]


def test_a_corrupt_release_is_not_built_upon(make_corpus, publish_corpus, dataset_dir):
    publish_corpus(make_corpus(range(250)))
    card = dataset_dir / "1.0.0" / "README.md"
    card.chmod(0o644)
    card.write_text(card.read_text() + "edited")

    with pytest.raises(PublishError, match=r"README\.md: has another SHA-256"):
        publish_corpus(make_corpus(range(251)))
    assert not (dataset_dir / "1.1.0").exists()


def test_a_growing_corpus_rewrites_only_what_is_new(make_corpus, publish_corpus, dataset_dir):
    publish_corpus(make_corpus(range(250)))
    publish_corpus(make_corpus(range(270)))

    old = {p.stat().st_ino for p in (dataset_dir / "1.0.0" / "data").iterdir()}
    new = {p.name: p.stat().st_ino in old for p in (dataset_dir / "1.1.0" / "data").iterdir()}
    assert new == {
        "train-00000-of-00004.parquet": True,
        "train-00001-of-00004.parquet": True,
        "train-00002-of-00004.parquet": True,
        "train-00003-of-00004.parquet": False,
    }


def test_a_removed_row_rewrites_only_its_shard(make_corpus, publish_corpus, dataset_dir):
    publish_corpus(make_corpus(range(250)))
    publish_corpus(make_corpus(range(249)))

    old = {p.stat().st_ino for p in (dataset_dir / "1.0.0" / "data").iterdir()}
    new = [p.stat().st_ino in old for p in (dataset_dir / "2.0.0" / "data").iterdir()]
    assert sorted(new) == [False, True, True]


def test_an_article_is_found_by_id_by_url_and_by_the_url_as_found(
    make_corpus, publish_corpus, dataset_dir, article
):
    told = article(1, url="https://valley.example/mill", url_found="http://valley.example/mill?x=1")
    publish_corpus(make_corpus(articles=[article(0), told]))

    for key in (told.id, told.url, told.url_found):
        (held,) = publish.holdings(dataset_dir, {key, "another"})
        assert (str(held.version), held.id, held.url) == ("1.0.0", told.id, told.url)
    assert list(publish.holdings(dataset_dir, {"another"})) == []
