"""Which of several copies stays, and what the others become."""

from collections import Counter
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet.config import Duplicates
from broadsheet.deduplicate import (
    KEY_SCHEMA,
    NO_TEXT,
    PUBLISHED,
    Carried,
    fold,
    keys_of,
)

SETTINGS = Duplicates()
FERRY = "The ferry to Little Skarn sank at its mooring on Monday night, the harbour master said."
QUARRY = "Workers at the slate quarry of Upper Venn voted to strike over the new shift rota."
URL = "https://skarn.example/ferry"
OTHER_URL = "https://venn.example/ferry"


def outcome(keys, settings=SETTINGS):
    """Return {row: what became of it}: its number of copies, or (of, kind, similarity)."""
    folding = fold(keys, settings)
    kept = {r["row"]: r["duplicate_count"] for r in folding.survivors.to_pylist()}
    folded = {r["row"]: (r["duplicate_of"], r["kind"]) for r in folding.duplicates.to_pylist()}
    assert not kept.keys() & folded.keys()
    return kept | folded


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        pytest.param([{"text": FERRY}], {0: 0}, id="alone"),
        pytest.param([{"text": FERRY}, {"text": QUARRY}], {0: 0, 1: 0}, id="different"),
        pytest.param(
            [{"text": FERRY, "url": URL}, {"text": FERRY, "url": OTHER_URL}],
            {0: 1, 1: (URL, "exact")},
            id="the same text at two pages",
        ),
        pytest.param(
            [{"text": FERRY}, {"text": FERRY.upper().replace(" ", "  ")}],
            {0: 1, 1: ("id0", "exact")},
            id="case and white space make no other text",
        ),
        pytest.param(
            [{"text": "Caf\u00e9 closed. " + FERRY}, {"text": "Cafe\u0301 closed. " + FERRY}],
            {0: 1, 1: ("id0", "exact")},
            id="a decomposed text is the same text",
        ),
        pytest.param(
            [{"text": FERRY, "url": URL}, {"text": QUARRY, "url": URL}],
            {0: 1, 1: (URL, "revision")},
            id="one page, two texts",
        ),
        pytest.param(
            [{"text": FERRY, "url": URL}, {"text": FERRY, "url": URL}],
            {0: 1, 1: (URL, "exact")},
            id="one page, one text",
        ),
        pytest.param(
            [
                {"text": FERRY, "url": URL},
                {"text": FERRY, "url": OTHER_URL},
                {"text": QUARRY, "url": OTHER_URL},
            ],
            {0: 2, 1: (URL, "exact"), 2: (URL, "revision")},
            id="a chain is one group",
        ),
        pytest.param(
            [{"text": FERRY, "url": None}, {"text": QUARRY, "url": None}],
            {0: 0, 1: 0},
            id="no URL is not the same URL",
        ),
    ],
)
def test_copies_are_folded(staged, rows, expected):
    assert outcome(keys_of(staged(*rows), batch=0)) == expected


@pytest.mark.parametrize(
    ("rows", "survivor"),
    [
        pytest.param([{}, {"title": "Ferry sinks"}], 1, id="the more complete"),
        pytest.param(
            [{"title": "Ferry sinks", "is_truncated": True}, {}], 1, id="the whole text first"
        ),
        pytest.param([{"title": "a", "is_paywalled": True}, {}], 1, id="no text cut by a paywall"),
        pytest.param(
            [{"published_on": "2024-05-02"}, {"published_on": "2024-05-01"}], 1, id="the earlier"
        ),
        pytest.param(
            [
                {"published_on": "2024-05-01", "published_at": "2024-05-01T09:00:00+00:00"},
                {"published_on": "2024-05-01", "published_at": "2024-05-01T08:00:00+00:00"},
            ],
            1,
            id="the earlier on one day",
        ),
        pytest.param([{"id": "b"}, {"id": "a"}], 1, id="the lesser id"),
        pytest.param(
            [{"id": "a", "source_path": "2.txt"}, {"id": "a", "source_path": "1.txt"}],
            1,
            id="the first path",
        ),
        pytest.param(
            [
                {"id": "a", "source_path": "z.zip", "source_member": "b"},
                {"id": "a", "source_path": "z.zip", "source_member": "a"},
            ],
            1,
            id="the first member",
        ),
        pytest.param(
            [
                {"id": "a", "source_path": "x", "source_offset": 9},
                {"id": "a", "source_path": "x", "source_offset": 0},
            ],
            1,
            id="the first offset",
        ),
    ],
)
def test_the_survivor_is_chosen_by_the_stated_rule(staged, rows, survivor):
    keys = keys_of(staged(*({"text": FERRY} | row for row in rows)), batch=0)
    assert fold(keys, SETTINGS).survivors["row"].to_pylist() == [survivor]


def test_copies_stay_where_the_settings_say_so(staged):
    keys = keys_of(staged({"text": FERRY, "url": URL}, {"text": FERRY, "url": OTHER_URL}), batch=0)
    assert outcome(keys, Duplicates(fold=())) == {0: 0, 1: 0}


def test_a_page_is_one_row_whatever_the_settings_say(staged):
    keys = keys_of(staged({"text": FERRY, "url": URL}, {"text": QUARRY, "url": URL}), batch=0)
    assert outcome(keys, Duplicates(fold=())) == {0: 1, 1: (URL, "revision")}


def test_a_revision_tells_how_much_of_the_text_is_the_same(staged):
    keys = keys_of(
        staged({"text": FERRY, "url": URL}, {"text": f"{FERRY} {QUARRY}", "url": URL}), batch=0
    )
    (similarity,) = fold(keys, SETTINGS).duplicates["similarity"].to_pylist()
    assert 0.2 < similarity < 0.8


def test_revisions_tell_their_time(staged):
    times = ("2024-05-01T08:00:00+00:00", "2024-05-01T09:30:00+00:00", "2024-05-01T11:00:00+00:00")
    rows = [{"text": FERRY, "published_at": times[0], "title": "Ferry sinks"}]
    rows += [
        {"text": QUARRY, "published_at": times[0], "modified_at": changed} for changed in times
    ]
    keys = keys_of(staged(*(row | {"url": URL} for row in rows)), batch=0)
    found = fold(keys, SETTINGS).duplicates["revised_at"].to_pylist()
    assert [instant.isoformat() for instant in found] == list(times)


def test_an_empty_batch_has_no_keys(staged):
    keys = keys_of(staged(), batch=0)
    assert keys.schema.equals(KEY_SCHEMA)
    assert len(keys) == 0


def test_no_rows_fold_to_no_rows():
    folding = fold(KEY_SCHEMA.empty_table(), SETTINGS)
    assert (len(folding.survivors), len(folding.duplicates)) == (0, 0)


# Few texts and few pages, so that copies and chains of copies are common.
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "text": st.sampled_from([f"{FERRY} Part {n}." for n in range(5)]),
            "url": st.none() | st.sampled_from([f"https://skarn.example/{n}" for n in range(4)]),
            "title": st.none() | st.just("Ferry sinks"),
            "published_on": st.none() | st.sampled_from(["2024-05-01", "2024-05-02"]),
        }
    ),
    min_size=1,
    max_size=12,
)


def with_ids(rows):
    """Give each row the id that normalising would: by its URL, else by its text."""
    return [
        row | {"id": row["url"] or row["text"], "source_path": f"{n}.txt"}
        for n, row in enumerate(rows)
    ]


@settings(deadline=None)
@given(ROWS)
def test_each_row_is_published_or_a_duplicate_of_a_published_one(staged, rows):
    rows = with_ids(rows)
    folding = fold(keys_of(staged(*rows), batch=3), SETTINGS)
    addresses = Counter(
        (address["batch"], address["row"])
        for table in (folding.survivors, folding.duplicates)
        for address in table.select(["batch", "row"]).to_pylist()
    )
    assert addresses == {(3, n): 1 for n in range(len(rows))}
    published = {rows[n]["id"] for n in folding.survivors["row"].to_pylist()}
    assert set(folding.duplicates["duplicate_of"].to_pylist()) <= published
    assert sum(folding.survivors["duplicate_count"].to_pylist()) == len(folding.duplicates)


@settings(deadline=None)
@given(ROWS)
def test_published_ids_and_texts_are_unique(staged, rows):
    rows = with_ids(rows)
    kept = fold(keys_of(staged(*rows), batch=0), SETTINGS).survivors["row"].to_pylist()
    assert len({rows[n]["id"] for n in kept}) == len(kept)
    assert len({rows[n]["text"] for n in kept}) == len(kept)


@settings(deadline=None)
@given(ROWS, st.data())
def test_the_order_of_rows_and_batches_changes_addresses_alone(staged, rows, data):
    rows = with_ids(rows)
    shuffled = data.draw(st.permutations(rows))
    border = data.draw(st.integers(0, len(rows)))
    batches = [shuffled[:border], shuffled[border:]]
    split = pa.concat_tables(
        keys_of(staged(*batch), batch=n) for n, batch in enumerate(batches) if batch
    )

    def told_by_path(keys, found):
        folding = fold(keys, SETTINGS)
        return {
            found[r.pop("batch")][r.pop("row")]["source_path"]: r
            for table in (folding.survivors, folding.duplicates)
            for r in table.to_pylist()
        }

    whole = keys_of(staged(*rows), batch=0)
    assert told_by_path(whole, [rows]) == told_by_path(split, batches)


def carried_over(rows, staged, folding):
    """Return the keys of rows that were folded before, as batch 1 of a later fold, and the rest."""
    keys = keys_of(staged(*rows), 1)
    gone = folding.duplicates["row"].to_pylist()
    bonus = [NO_TEXT if row in gone else PUBLISHED for row in range(len(rows))]
    more = pc.add(keys["completeness"], pa.array(bonus, pa.int32()))
    place = keys.schema.get_field_index("completeness")
    keys = keys.set_column(place, keys.schema.field("completeness"), more)
    ids = [rows[row]["id"] for row in folding.survivors["row"].to_pylist()]
    labels = folding.survivors.select(["cluster", "story", "split"]).append_column("id", [ids])
    batch = pa.array([1] * len(gone), pa.int32())
    return keys, labels, Carried(1, folding.duplicates.set_column(0, "batch", batch))


def groups(folding, ids):
    """Return the rows, by address, that each published row stands for."""
    found = {}
    for row in folding.survivors.to_pylist():
        found[ids[row["batch"], row["row"]]] = {(row["batch"], row["row"])}
    for row in folding.duplicates.to_pylist():
        found[row["duplicate_of"]].add((row["batch"], row["row"]))
    return sorted(map(sorted, found.values()))


@settings(deadline=None)
@given(ROWS, ROWS)
def test_what_is_published_stays_where_more_is_appended(staged, before, more):
    before, more = with_ids(before), with_ids(more)
    first = fold(keys_of(staged(*before), 0), SETTINGS)
    keys, labels, carried = carried_over(before, staged, first)
    fresh = keys_of(staged(*more), 0)

    second = fold(pa.concat_tables([fresh, keys]), SETTINGS, earlier=labels, carried=carried)

    ids = {(1, n): row["id"] for n, row in enumerate(before)}
    ids |= {(0, n): row["id"] for n, row in enumerate(more)}
    whole = fold(pa.concat_tables([fresh, keys_of(staged(*before), 1)]), SETTINGS)
    published = {(r["batch"], r["row"]) for r in second.survivors.to_pylist()}
    assert groups(second, ids) == groups(whole, ids)
    assert not published & {(1, row) for row in first.duplicates["row"].to_pylist()}
    for group in groups(second, ids):
        stood = {(1, row) for row in first.survivors["row"].to_pylist()} & set(group)
        assert not stood or stood & published


def test_what_was_folded_keeps_what_was_said_of_it(staged):
    rows = with_ids([{"text": FERRY, "url": URL, "title": "Ferry"}, {"text": QUARRY, "url": URL}])
    first = fold(keys_of(staged(*rows), 0), SETTINGS)
    said = first.duplicates.set_column(
        first.duplicates.schema.get_field_index("similarity"), "similarity", [[0.25]]
    )
    keys, labels, carried = carried_over(rows, staged, replace(first, duplicates=said))
    fresh = keys_of(staged({"text": f"{FERRY} It rained.", "id": "new"}), 0)

    second = fold(pa.concat_tables([fresh, keys]), SETTINGS, earlier=labels, carried=carried)

    (row,) = second.duplicates.to_pylist()
    assert (row["kind"], row["similarity"], row["duplicate_of"]) == ("revision", 0.25, URL)
