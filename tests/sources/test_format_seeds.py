"""The example files in seeds/formats: one of every format, every one of them read."""

import importlib.util
from pathlib import Path, PurePosixPath

import pytest

from broadsheet.config import load_config
from broadsheet.records import RawRecord, Rejection
from broadsheet.sources import FORMATS, discover, format_of, plan_batches, read_batch

ROOT = Path(__file__).parents[2]
SEEDS = ROOT / "seeds" / "formats"
CONFIG = load_config(SEEDS)


def read(folder: Path) -> list:
    found = discover(folder, CONFIG.sources)
    batches = plan_batches(found.files, CONFIG.sources)
    items = [i for b in batches for i in read_batch(folder, b, CONFIG.sources)]
    return [*found.rejections, *items]


@pytest.fixture(scope="module")
def items() -> list:
    """Return what reading the example files yields."""
    return read(SEEDS / "raw")


def test_every_example_is_read_and_nothing_is_set_aside(items):
    files = {file.path for file in discover(SEEDS / "raw", CONFIG.sources).files}

    assert [item for item in items if isinstance(item, Rejection)] == []
    assert {item.source.path for item in items if isinstance(item, RawRecord)} == files


def test_every_format_has_an_example():
    shown = {format_of(path.name) for path in (SEEDS / "raw").iterdir()}

    missing = [format_.name for format_ in FORMATS if format_ not in shown]
    assert not missing, "add a maker to seeds/formats/make_raw.py and run it"


def test_every_suffix_is_documented():
    page = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")

    missing = [s for f in FORMATS for s in f.suffixes if f"`{s}`" not in page]
    assert not missing, "describe these in docs/formats.md"


def test_every_record_says_the_same_story_as_its_maker(tmp_path, items):
    spec = importlib.util.spec_from_file_location("make_raw", SEEDS / "make_raw.py")
    make_raw = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(make_raw)
    make_raw.main(tmp_path)

    told = {
        (i.source.path, i.source.member): (i.text, i.fields)
        for i in items
        if isinstance(i, RawRecord)
    }
    again = {
        (i.source.path, i.source.member): (i.text, i.fields)
        for i in read(tmp_path)
        if isinstance(i, RawRecord)
    }
    assert again == told
    assert all("Hollin" in text for text, _ in told.values())


def test_no_two_examples_are_alike(items):
    texts = [item.text for item in items if isinstance(item, RawRecord)]

    assert len(set(texts)) == len(texts)


def test_a_suffix_belongs_to_one_format():
    suffixes = [suffix for format_ in FORMATS for suffix in format_.suffixes]

    assert len(set(suffixes)) == len(suffixes)
    assert all(PurePosixPath(f"a{suffix}").suffixes for suffix in suffixes)
