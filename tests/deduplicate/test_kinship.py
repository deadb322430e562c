"""Copies told apart: near, wire copy, part of another, another text on the same event."""

from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet.config import Duplicates
from broadsheet.deduplicate import fold, keys_of
from broadsheet.deduplicate.columns import Column
from broadsheet.deduplicate.groups import components
from broadsheet.deduplicate.stories import stars, stories

DAYS = st.integers(0, 9) | st.none()
TERMS = pa.list_(pa.uint64())
SEEDS = Path(__file__).parents[2] / "seeds" / "icc"


def test_near_copies_stay_and_share_a_cluster(folded, prose, edit):
    text = prose(0)
    kept, gone = folded(
        {"text": text, "title": "First"}, {"text": edit(text, 4)}, {"text": prose(1)}
    )
    assert {row: r["cluster"] for row, r in kept.items()} == {0: "id0", 1: "id0", 2: "id2"}
    assert not gone


def test_near_copies_are_folded_where_the_settings_say_so(folded, prose, edit):
    text = prose(0)
    kept, gone = folded(
        {"text": text, "title": "First"}, {"text": edit(text, 4)}, fold=("exact", "near")
    )
    assert kept[0]["duplicate_count"] == 1
    assert (gone[1]["duplicate_of"], gone[1]["kind"]) == ("id0", "near")
    assert 0.8 <= gone[1]["similarity"] < 1


@pytest.mark.parametrize(("words", "is_near"), [(0, True), (4, True), (20, False), (60, False)])
def test_the_true_similarity_decides(folded, prose, edit, words, is_near):
    text = prose(3)
    rows = {"text": text}, {"text": edit(text, words) + " at last"}
    kept, _ = folded(*rows, near_similarity=0.8)
    assert (kept[0]["cluster"] == kept[1]["cluster"]) == is_near


def test_the_similarity_of_a_revision_is_the_true_one(folded):
    words = [f"word{n}" for n in range(40)]
    url = "https://skarn.example/ferry"
    _, gone = folded(
        {"text": " ".join(words), "url": url}, {"text": " ".join(words[:22]), "url": url}
    )
    assert gone[1]["similarity"] == pytest.approx(18 / 36)


def test_a_text_inside_another_names_it(folded, prose):
    long = prose(0, 900)
    quoted = " ".join(long.split()[300:500])
    kept, _ = folded({"text": quoted}, {"text": long}, {"text": prose(1)})
    assert {row: r["contained_in"] for row, r in kept.items()} == {0: "id1", 1: None, 2: None}


def wire(prose, edit, *outlets, agencies=("Brell Wire",)):
    """Return near copies of one text at some outlets, the first with the agency's credit."""
    return [
        {
            "text": edit(prose(5), 3, seed),
            "outlet_domain": outlet,
            "agencies": list(agencies) if seed == 0 else [],
        }
        for seed, outlet in enumerate(outlets)
    ]


def test_wire_copy_is_told_by_its_credit_at_any_of_its_outlets(folded, prose, edit):
    kept, _ = folded(*wire(prose, edit, "skarn.example", "venn.example", "brell.example"))
    assert [r["syndicated_from"] for r in kept.values()] == ["Brell Wire"] * 3


def test_folded_copies_count_as_outlets(folded, prose, edit):
    rows = wire(prose, edit, "skarn.example") * 2
    rows[1] = rows[1] | {"outlet_domain": "venn.example"}
    kept, _ = folded(*rows)
    assert [r["syndicated_from"] for r in kept.values()] == ["Brell Wire"]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"outlets": ("skarn.example", "skarn.example")}, id="one outlet"),
        pytest.param({"outlets": ("skarn.example", None)}, id="an unknown outlet"),
        pytest.param({"agencies": ()}, id="no credit"),
    ],
)
def test_other_copies_are_no_wire_copy(folded, prose, edit, change):
    outlets = change.get("outlets", ("skarn.example", "venn.example"))
    kept, _ = folded(*wire(prose, edit, *outlets, agencies=change.get("agencies", ("Brell Wire",))))
    assert {r["syndicated_from"] for r in kept.values()} == {None}


def test_an_agency_text_that_stands_once_is_not_syndicated(folded, prose):
    kept, _ = folded({"text": prose(0), "agencies": ["Brell Wire"], "outlet": "The Skarn Post"})
    assert kept[0]["syndicated_from"] is None


def test_the_agency_that_most_copies_credit_is_named(folded, prose, edit):
    rows = wire(prose, edit, "a.example", "b.example", "c.example")
    for row, agencies in zip(rows, (["Zed"], ["Alpha", "Zed"], ["Mid"]), strict=True):
        row["agencies"] = agencies
    kept, _ = folded(*rows)
    assert {r["syndicated_from"] for r in kept.values()} == {"Zed"}


FERRY = (
    "The ferry of Little Skarn sank on Monday. Harbour master Ilse Amonde of Upper Venn said that "
    "the Brell Line had skipped its survey, and the Venn Coastguard agreed. At Port Orrin, "
    "minister Tam Besk promised an inquiry under Judge Odile Marn."
)
FERRY_AGAIN = (
    "An inquiry into the lost boat, led by Odile Marn, opens today at Port Orrin, said Tam Besk. "
    "Families in Little Skarn blame the Brell Line; the Venn Coastguard has kept its records, and "
    "so has Ilse Amonde, who saw it from Upper Venn."
)
QUARRY = (
    "Slate workers of the Gannet Quarry voted to strike. Their union, the League of Hewers, said "
    "that Pavel Dorn and Mirela Aust of the Keld Company would not talk before the Thane Fair."
)


@pytest.mark.parametrize(
    ("days", "is_one"),
    [
        (("2024-05-01", "2024-05-01"), True),
        (("2024-05-01", "2024-05-04"), True),
        (("2024-05-01", "2024-05-05"), False),
        (("2024-05-01", None), True),
        ((None, None), True),
    ],
)
def test_a_story_is_told_by_its_names_within_days(folded, days, is_one):
    kept, _ = folded(
        {"text": FERRY, "published_on": days[0]},
        {"text": FERRY_AGAIN, "published_on": days[1]},
        {"text": QUARRY, "published_on": days[0]},
    )
    told = [kept[row]["story"] for row in range(3)]
    assert told == ["id0", "id0" if is_one else "id1", "id2"]


def test_an_article_that_joins_a_group_renames_no_other(staged, prose, edit):
    texts = [edit(prose(1), 3, seed) for seed in range(3)]
    rows = [{"id": f"id{n}", "text": text} for n, text in enumerate(texts)]
    rows[0]["title"] = "Most complete, so that it would name the cluster"
    earlier = pa.table({"id": ["id1", "id2"], "cluster": ["id1"] * 2, "story": ["id1", "id2"]})

    folding = fold(
        keys_of(staged(*rows), 0),
        Duplicates(),
        lambda _, some: [texts[row] for row in some],
        earlier=earlier.append_column("split", pa.nulls(2, pa.string())),
    )

    assert folding.survivors["cluster"].to_pylist() == ["id1"] * 3


def test_the_five_examples_tell_one_story(folded):
    days = ["2023-03-14", "2023-03-13", None, None, "2023-03-17"]
    texts = [path.read_text(encoding="utf-8") for path in sorted(SEEDS.glob("*.txt"))]
    rows = [{"text": t, "published_on": d} for t, d in zip(texts, days, strict=True)]
    kept, gone = folded(*rows)
    assert len({row["story"] for row in kept.values()}) == 1
    assert len({row["cluster"] for row in kept.values()}) == 5
    assert not gone


def test_a_chain_is_one_component_and_two_stars():
    left, right = pa.array([0, 1, 2, 3]).to_numpy(), pa.array([1, 2, 3, 4]).to_numpy()
    assert components(5, left, right).tolist() == [0] * 5
    assert stars(5, left << 32 | right).tolist() == [0, 0, 0, 3, 3]


@settings(deadline=None)
@given(st.lists(st.tuples(st.sets(st.integers(1, 12), min_size=3), DAYS), max_size=30))
def test_stories_do_not_depend_on_how_many_articles_are_looked_at_at_once(articles):
    terms = pa.array([sorted(n << 8 | 1 for n in names) for names, _ in articles], TERMS)
    days = pa.array([day for _, day in articles], pa.int32()).cast(pa.date32())
    arguments = Column.of(pa.chunked_array([terms])), pa.chunked_array([days])

    whole = stories(*arguments, days=2, similarity=0.3)

    with pytest.MonkeyPatch.context() as patch:
        for name in ("stories._ROWS_AT_ONCE", "stories._ROWS_COMPARED"):
            patch.setattr(f"broadsheet.deduplicate.{name}", 2)
        for name in ("weights._ROWS_PADDED", "weights._TERMS_AT_ONCE"):
            patch.setattr(f"broadsheet.deduplicate.{name}", 2)
        patch.setattr("broadsheet.deduplicate.stories._PAIRS_AT_ONCE", 3)
        patch.setattr("broadsheet.deduplicate.columns.PORTION_ROWS", 3)
        assert stories(*arguments, days=2, similarity=0.3).tolist() == whole.tolist()
