"""Keys that are read a portion at a time tell what keys at hand tell, whatever the portions are."""

import random
from datetime import UTC, date, datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet.config import Duplicates, Splits
from broadsheet.deduplicate import KEY_SCHEMA, fold, keys_of, leakage
from broadsheet.deduplicate.columns import Column, first_equals, gather
from broadsheet.deduplicate.ranking import RANKING, rank
from broadsheet.pipeline.folding import KeyFiles

NAMES = st.sampled_from(["a", "ab", "ab\0", "abcdefgh", "abcdefghi", "abcdefghj", "zü", ""])
DAYS = st.sampled_from([date(1, 1, 1), date(2024, 5, 1), date(2024, 5, 2)]) | st.none()
INSTANTS = st.sampled_from([datetime(2024, 5, 1, hour, tzinfo=UTC) for hour in (3, 4)]) | st.none()
ROWS = st.tuples(st.integers(0, 2), DAYS, INSTANTS, NAMES, NAMES, NAMES | st.none(), NAMES)
SMALL = {
    "columns.PORTION_ROWS": 3,
    "columns._STRINGS_AT_ONCE": 2,
    "bands._PAIRS_AT_ONCE": 2,
    "bands._CANDIDATES_AT_ONCE": 3,
    "bands._HASHES_AT_ONCE": 100,
    "bands._SIGNATURES_AT_ONCE": 3,
    "containment._VALUES_AT_ONCE": 50,
    "stories._ROWS_AT_ONCE": 4,
    "stories._ROWS_COMPARED": 3,
    "weights._TERMS_AT_ONCE": 10,
    "overlaps._ROWS_AT_ONCE": 3,
}
PLACES = ("Skarn", "Venn", "Brell", "Orrin", "Thane", "Keld", "Gannet", "Dunsmere", "Lower Wick")


@pytest.fixture
def small():
    """Return a context in which everything is read in very small portions."""

    def patched(patch):
        for name, size in SMALL.items():
            patch.setattr(f"broadsheet.deduplicate.{name}", size)

    return patched


def keys_with(rows):
    """Return keys of rows of ``ROWS``; what else there is of them is empty."""
    columns = dict(
        zip(
            ("completeness", "published_on", "published_at", "id", "url", "source_member", "text"),
            zip(*rows, strict=True) if rows else ((),) * 7,
            strict=True,
        )
    )
    columns["text_sha256"] = columns.pop("text")
    columns |= {"source_path": ["p"] * len(rows), "source_offset": [0] * len(rows)}
    columns |= {"batch": [0] * len(rows), "row": range(len(rows))}
    arrays = [
        pa.array(columns[f.name], f.type) if f.name in columns else pa.nulls(len(rows), f.type)
        for f in KEY_SCHEMA
    ]
    return pa.table(arrays, schema=KEY_SCHEMA)


@settings(deadline=None)
@given(st.lists(ROWS, max_size=20))
def test_the_order_is_that_of_all_columns_that_count(rows):
    keys = keys_with(rows)
    expected = pc.sort_indices(keys, sort_keys=list(RANKING)).to_pylist()
    assert rank(keys).order.tolist() == expected


@settings(deadline=None)
@given(st.lists(ROWS, max_size=20), st.randoms())
def test_equal_strings_are_told_by_their_first_row(rows, chance):
    keys, ranks = keys_with(rows), [*range(len(rows))]
    chance.shuffle(ranks)
    values = keys["source_member"].to_pylist()
    expected = {
        own: min((r for r, v in zip(ranks, values, strict=True) if v == value), default=own)
        if value is not None
        else own
        for own, value in zip(ranks, values, strict=True)
    }
    found = first_equals(keys, "source_member", np.array(ranks, np.int32))
    assert dict(enumerate(found.tolist())) == expected


def test_strings_of_one_hash_are_told_apart(monkeypatch):
    def hashes(values):
        return np.zeros(len(values), np.uint64)

    monkeypatch.setattr("broadsheet.deduplicate.columns.string_hashes", hashes)
    keys = pa.table({"url": ["b", "a", None, "a", "b"]})
    assert first_equals(keys, "url", np.arange(5, dtype=np.int32)).tolist() == [0, 1, 2, 1, 0]


@settings(deadline=None)
@given(st.lists(st.integers(0, 9), max_size=12))
def test_rows_are_gathered_in_the_order_asked_for(rows):
    every, distinct = (np.array(n, np.int64) for n in (rows, [*dict.fromkeys(rows)]))
    keys = pa.table({"id": [f"id{n}" for n in range(10)]})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("broadsheet.deduplicate.columns.PORTION_ROWS", 3)
        assert gather(keys, ["id"], every)["id"].to_pylist() == [f"id{n}" for n in rows]
        column = Column(keys, ["id"], distinct)
        told = {n: v for some, part in column.values() for n, v in zip(some, part, strict=True)}
    assert {n: v.as_py() for n, v in told.items()} == {n: f"id{r}" for n, r in enumerate(distinct)}


def news(seed, count, prose, edit):
    """Return rows of which some are copies, near copies, parts and revisions of others."""
    chance = random.Random(seed)  # noqa: S311 - reproducible, guards nothing
    rows = []
    for number in range(count):
        names = ". ".join(f"Then {a} met {b}" for a, b in chance.sample(PAIRS, 8))
        row = {"text": f"{prose(seed * 100 + number, 200)}. {names}."}
        row["published_on"] = (
            f"2024-05-{chance.randrange(1, 9):02}" if chance.random() < 0.8 else None
        )
        row |= {"outlet_domain": f"{chance.choice('abc')}.example"}
        row["agencies"] = ["Brell Wire"] if chance.random() < 0.3 else []
        other = chance.choice(rows) if rows else row
        kind = chance.randrange(8)
        if kind == 0:
            row["text"] = other["text"]
        elif kind == 1:
            row["text"] = edit(other["text"], 3, number)
        elif kind == 2:
            row["text"] = " ".join(other["text"].split()[:80])
        row["url"] = other.get("url") if kind == 3 else f"https://a.example/{number}"
        rows.append(row)
    return rows


PAIRS = [(a, b) for a in PLACES for b in PLACES if a != b]


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("by", [None, "hash"])
def test_folding_does_not_depend_on_the_portions(
    staged, prose, edit, small, tmp_path, monkeypatch, seed, by
):
    table = staged(*news(seed, 40, prose, edit))
    batches = [table.slice(0, 17), table.slice(17, 1), table.slice(18)]
    keys = [keys_of(batch, number) for number, batch in enumerate(batches)]
    files = [tmp_path / f"{number}.parquet" for number in range(len(keys))]
    for path, part in zip(files, keys, strict=True):
        pq.write_table(part, path)
    options = {"splits": Splits(by=by, validation=0.3, test=0.3)}
    options["settings"] = Duplicates(fold=["exact", "near"] if seed else ["exact"])

    def read(batch, rows):
        return batches[batch]["text"].take(pa.array(rows)).to_pylist()

    whole = fold(pa.concat_tables(keys), read=read, **options)
    leaks = leakage(pa.concat_tables(keys), whole.survivors, read)
    small(monkeypatch)
    folding = fold(KeyFiles(files), read=read, **options)

    assert folding.survivors.to_pylist() == whole.survivors.to_pylist()
    assert folding.duplicates.to_pylist() == whole.duplicates.to_pylist()
    assert leakage(KeyFiles(files), whole.survivors, read) == leaks
    assert len(whole.duplicates) > 0
    assert whole.survivors["contained_in"].null_count < len(whole.survivors)
    clusters, stories = (whole.survivors[name].to_pylist() for name in ("cluster", "story"))
    assert len({*stories}) < len({*clusters})
