"""Splits: by hash, by time, by outlet; without leaks; the same as the dataset grows."""

import re

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st
from pydantic import ValidationError

from broadsheet.config import Duplicates, Splits
from broadsheet.deduplicate import fold, judge_leakage, keys_of, leakage
from broadsheet.deduplicate.splits import assign_splits


def split(ids, families=None, settings=None, earlier=None, outlets=None, days=None):
    """Assign splits to articles given by column."""
    articles = pa.table(
        {
            "id": pa.array(ids, pa.string()),
            "outlet": pa.nulls(len(ids), pa.string()),
            "outlet_domain": pa.array(outlets or [None] * len(ids), pa.string()),
            "published_on": pa.array(days or [None] * len(ids), pa.string()).cast(pa.date32()),
        }
    )
    families = pa.array(families or range(len(ids)), pa.int64()).to_numpy()
    before = earlier and pa.table({"id": list(earlier), "split": list(earlier.values())})
    return assign_splits(articles, families, settings or Splits(by="hash"), before).to_pylist()


def test_there_are_no_splits_unless_asked_for():
    assert split(["a", "b"], settings=Splits()) == [None, None]


def test_shares_by_hash_come_out_as_asked():
    found = split([f"id{n}" for n in range(10_000)], settings=Splits(by="hash", test=0.2))
    assert found.count("test") == pytest.approx(2_000, abs=200)
    assert found.count("validation") == pytest.approx(1_000, abs=150)


def test_another_salt_is_another_choice():
    ids = [f"id{n}" for n in range(100)]
    assert split(ids) != split(ids, settings=Splits(by="hash", salt="x"))


def test_a_family_is_in_one_split():
    assert len(set(split([f"id{n}" for n in range(50)], [7] * 50))) == 1


def test_days_decide_by_time():
    settings = Splits.model_validate(
        {"by": "time", "validation_from": "2024-02-01", "test_from": "2024-03-01"}
    )
    days = ["2024-01-31", "2024-02-01", "2024-02-29", "2024-03-01", None]
    assert split(list("abcde"), settings=settings, days=days) == [
        "train",
        "validation",
        "validation",
        "test",
        None,
    ]


def test_a_family_over_a_border_keeps_the_side_with_more():
    settings = Splits.model_validate({"by": "time", "test_from": "2024-03-01"})
    days = ["2024-02-28", "2024-02-29", "2024-03-01"]
    assert split(list("abc"), [1, 1, 1], settings, days=days) == ["train", "train", None]


def test_outlets_stay_whole():
    outlets = [f"outlet{n % 20}.example" for n in range(200)]
    found = split([f"id{n}" for n in range(200)], settings=Splits(by="outlet"), outlets=outlets)
    assert len({(o, s) for o, s in zip(outlets, found, strict=True)}) == 20
    assert len(set(found)) > 1


def test_an_unknown_outlet_is_in_no_split():
    assert split(["a"], settings=Splits(by="outlet")) == [None]


OTHER = {"train": "test", "test": "train", "validation": "train"}


def test_an_article_keeps_its_split_and_its_family_follows():
    (alone,) = split(["b"])
    found = split(["a", "b", "c"], [1, 1, 1], earlier={"b": OTHER[alone]})
    assert found == [OTHER[alone]] * 3


def test_an_article_that_ties_two_splits_is_in_none():
    earlier = {"a": "train", "b": "test"}
    assert split(["a", "b", "c"], [1, 1, 1], earlier=earlier) == ["train", "test", None]


@effort(deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 8)), unique_by=lambda row: row[0]),
    st.sampled_from(["hash", "outlet"]),
    st.data(),
)
def test_growing_moves_no_article_and_leaks_nothing(rows, by, data):
    settings = Splits(by=by, validation=0.3, test=0.3)
    ids, families = [f"id{n}" for n, _ in rows], [family for _, family in rows]
    outlets = [f"outlet{n % 5}.example" for n, _ in rows]
    size = data.draw(st.integers(0, len(rows)))
    old = split(ids[:size], families[:size], settings, outlets=outlets[:size])
    earlier = dict(zip(ids, old, strict=False)) or None
    new = split(ids, families, settings, earlier, outlets=outlets)
    assert all(b in {None, a} or a is None for a, b in zip(old, new, strict=False))
    assert all(b == a for a, b in zip(old, new, strict=False) if a)
    sides = {(f, s) for f, s in zip(families, new, strict=True) if s}
    assert len(sides) == len({f for f, _ in sides})


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"by": "hash", "test": 0.5, "validation": 0.5}, "leave a share"),
        ({"by": "time"}, "needs validation_from or test_from"),
        ({"by": "hash", "test_from": "2024-01-01"}, "only it uses them"),
        (
            {"by": "time", "validation_from": "2024-02-01", "test_from": "2024-02-01"},
            "must be before",
        ),
    ],
)
def test_settings_that_make_no_sense_are_refused(settings, message):
    with pytest.raises(ValidationError, match=re.escape(message)):
        Splits.model_validate(settings)


@pytest.fixture
def planted(staged, prose, edit):
    """Make keys and texts of 30 articles, ten of them leaks: near copies and quotations."""
    originals = [prose(seed, 400) for seed in range(20)]
    leaks = [edit(text, 8) for text in originals[:5]]
    leaks += [" ".join(text.split()[100:250]) for text in originals[5:10]]
    texts = originals + leaks
    keys = keys_of(staged(*({"text": text} for text in texts)), 0)
    return keys, lambda _, rows: [texts[row] for row in rows]


def test_planted_leaks_are_seen(planted):
    keys, read = planted
    folding = fold(keys, Duplicates(), read)
    planted_split = pa.array(["train"] * 20 + ["test"] * 10)
    survivors = folding.survivors.set_column(
        folding.survivors.schema.get_field_index("split"), "split", planted_split
    )
    found = leakage(keys, survivors, read)
    assert found.pairs == 10
    assert found.similarity > 0.6
    assert found.containment == 1
    assert found.ids
    judged = judge_leakage(found, Duplicates())
    assert (judged.success, judged.unexpected, judged.evaluated) == (False, 10, 30)
    assert "greatest part held 100%" in judged.observed


def test_splits_do_not_leak(planted):
    keys, read = planted
    folding = fold(keys, Duplicates(), read, splits=Splits(by="hash", test=0.4, validation=0.2))
    assert set(folding.survivors["split"].to_pylist()) == {"train", "validation", "test"}
    found = leakage(keys, folding.survivors, read)
    assert found.pairs == 0
    assert judge_leakage(found, Duplicates()).success
