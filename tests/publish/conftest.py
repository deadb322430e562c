"""Releases of invented articles, made without the stages before."""

import hashlib
import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from broadsheet import publish
from broadsheet.config import Config
from broadsheet.deduplicate import keys_of
from broadsheet.records import Article, Rejection, Source
from broadsheet.tables import (
    ARTICLE,
    STAGED_ARTICLE_SCHEMA,
    articles_to_table,
    rejections_to_table,
)

CONFIG = Config.model_validate(
    {
        "dataset": {
            "name": "valley",
            "pretty_name": "Valley: news",
            "description": "Invented articles about an invented valley.",
            "license": "cc0-1.0",
        },
        "publish": {"rows_per_shard": 100, "rows_per_group": 20},
    }
)


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def make_article(number: int, **values: object) -> Article:
    """Return an article; its id is spread like a digest, its file holds ten articles."""
    text = str(values.pop("text", f"The mill of Dunsmere turned {number} times on that day."))
    source = Source(f"day-{number // 10:03d}.jsonl", None, number * 100, 100, digest(text), "jsonl")
    article = Article(
        id=digest(f"article {number}")[:24],
        text=text,
        source=source,
        title=f"Mill turns {number} times",
        outlet=f"Gazette {number % 3}",
        n_words=9,
        n_chars=len(text),
    )
    return replace(article, **values)


@dataclass(frozen=True)
class Corpus:
    """What is staged: articles, copies of the first of them, rejections, batches."""

    articles: Sequence[Article] = ()
    copies: int = 0
    rejections: Sequence[Rejection] = ()
    batch_rows: int = 64
    config: Config = CONFIG
    extra: Mapping[str, bytes] = field(default_factory=dict)


def stage(corpus: Corpus, work: Path) -> dict[str, object]:
    """Write a corpus as staged batches; return the arguments of ``write_tables``."""
    copies = [
        replace(a, source=a.source._replace(path=f"copy-{a.source.path}"))
        for a in corpus.articles[: corpus.copies]
    ]
    rows = [*corpus.articles, *copies]
    batches, addresses = [], []
    for start in range(0, len(rows), corpus.batch_rows):
        folder = work / f"batch-{start}"
        folder.mkdir(parents=True)
        part = rows[start : start + corpus.batch_rows]
        table = articles_to_table(part)
        pq.write_table(table, folder / "articles.parquet")
        pq.write_table(keys_of(table, 0), folder / "keys.parquet")
        addresses += [(len(batches), row) for row in range(len(part))]
        batches.append(
            publish.Staged(folder / "articles.parquet", folder / "keys.parquet", len(part))
        )
    work.mkdir(parents=True, exist_ok=True)
    quarantine = work / "quarantine.parquet"
    pq.write_table(rejections_to_table(corpus.rejections), quarantine)
    split = len(corpus.articles)
    return {
        "staged": batches,
        "survivors": _survivors(corpus.articles, addresses[:split]),
        "duplicates": _duplicates(copies, addresses[split:]),
        "rejections": [quarantine],
        "inputs": _inputs([*(r.source for r in rows), *(r.source for r in corpus.rejections)]),
        "settings": corpus.config.publish,
        "is_split": corpus.config.splits.by is not None,
    }


def _survivors(articles: Sequence[Article], addresses: Sequence[tuple[int, int]]) -> pa.Table:
    """Address articles, and fill the columns that only the whole corpus tells."""
    across = [f for f in ARTICLE.schema if f.name not in STAGED_ARTICLE_SCHEMA.names]
    columns = {
        "batch": pa.array([b for b, _ in addresses], pa.int32()),
        "row": pa.array([r for _, r in addresses], pa.int64()),
    }
    for column in across:
        ids = [a.id for a in articles]
        plain = ids if pa.types.is_string(column.type) else [0] * len(ids)
        values = [None] * len(ids) if column.nullable else plain
        columns[column.name] = pa.array(values, column.type)
    return pa.table(columns)


def _duplicates(copies: Sequence[Article], addresses: Sequence[tuple[int, int]]) -> pa.Table:
    return pa.table(
        {
            "batch": pa.array([b for b, _ in addresses], pa.int32()),
            "row": pa.array([r for _, r in addresses], pa.int64()),
            "duplicate_of": pa.array([a.id for a in copies], pa.string()),
            "kind": pa.array(["exact"] * len(copies), pa.string()),
            "similarity": pa.array([1.0] * len(copies), pa.float32()),
            "revised_at": pa.nulls(len(copies), pa.timestamp("us", tz="UTC")),
        }
    )


def _inputs(sources: Iterable[Source]) -> list[publish.InputFile]:
    return [publish.InputFile(p, 1000, digest(p)) for p in sorted({s.path for s in sources})]


def build(
    corpus: Corpus, dataset_dir: Path, work: Path, *, named: str | None = None
) -> publish.Version | None:
    """Publish a corpus as a run does; None where nothing has changed."""
    arguments = stage(corpus, work)
    with publish.open_staging(dataset_dir, expected_bytes=1000) as staging:
        previous = publish.newest_release(dataset_dir)
        if previous:
            publish.require_sound(previous)
        written = publish.write_tables(staging, previous=previous, **arguments)
        change = publish.compare(previous, staging)
        version = publish.describe(
            written,
            publish.Origin(config=corpus.config),
            change,
            previous=previous,
            extra=lambda _: corpus.extra,
            named=named,
        )
        if version is None:
            publish.show_releases(dataset_dir)
        else:
            publish.commit(staging, dataset_dir, version)
    return version


@pytest.fixture
def make_corpus() -> Callable[..., Corpus]:
    """Return a function that gives a corpus of so many articles, with a copy and a rejection."""

    def make(numbers: Iterable[int] = range(250), **changes: object) -> Corpus:
        bad = Source("bad.txt", None, 0, 4, digest("bad"), "text")
        rejection = Rejection(source=bad, stage="sources", reason="content.empty", excerpt="bad")
        articles = [make_article(number) for number in numbers]
        return replace(Corpus(articles, copies=1, rejections=[rejection]), **changes)

    return make


@pytest.fixture
def article() -> Callable[..., Article]:
    """Return the function that makes one article by its number."""
    return make_article


@pytest.fixture(scope="session")
def first_releases(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., publish.Version]:
    """Return a function that copies the first release of a corpus, which is built once.

    A release depends on its corpus alone (tests/faults/test_reproducible.py), so that a copy of its
    folder is what building it again would give.
    """
    home, built = tmp_path_factory.mktemp("first"), dict[str, Path]()

    def copy(corpus: Corpus, dataset_dir: Path) -> publish.Version:
        key = repr(corpus)
        if key not in built:
            folder = Path(tempfile.mkdtemp(dir=home))  # another one where building failed before
            build(corpus, folder / "valley", folder / "work")
            built[key] = folder / "valley"
        shutil.copytree(built[key], dataset_dir, symlinks=True)
        return publish.Version(1, 0, 0)

    return copy


@pytest.fixture
def publish_corpus(
    tmp_path: Path, first_releases: Callable[..., publish.Version]
) -> Callable[..., publish.Version | None]:
    """Return a function that publishes a corpus into ``tmp_path / "valley"``."""
    counter = iter(range(1000))

    def run(corpus: Corpus, dataset: str = "valley", **options: str) -> publish.Version | None:
        if corpus.articles and not options and not (tmp_path / dataset).exists():
            return first_releases(corpus, tmp_path / dataset)
        return build(corpus, tmp_path / dataset, tmp_path / f"work-{next(counter)}", **options)

    return run


@pytest.fixture
def dataset_dir(tmp_path: Path) -> Path:
    """Return the folder that ``publish_corpus`` publishes into."""
    return tmp_path / "valley"


@pytest.fixture(scope="session")
def shared_release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a small sound release, made once, for tests that only read it."""
    folder = tmp_path_factory.mktemp("shared")
    build(
        Corpus([make_article(n) for n in range(30)], copies=1), folder / "valley", folder / "work"
    )
    return folder / "valley" / "1.0.0"
