"""A release judged in portions gives what one frame of all its rows gives."""

import random
from datetime import date, timedelta

import pyarrow as pa

from broadsheet.records import Severity
from broadsheet.tables import ARTICLE
from broadsheet.validate import RELEASE_COLUMNS, Expectation, Suite
from broadsheet.validate.catalogue import KINDS
from broadsheet.validate.portions import ids_of, judge_release

ROWS = 60
DAY = date(2024, 2, 1)


def rule(number, kind, **kwargs):
    return Expectation(
        id=f"rule-{number}-{kind}",
        type=kind,
        kwargs=kwargs,
        severity=Severity.WARNING,
        description="",
    )


VALUES = "expect_column_values_to_"
PAIR = "expect_column_pair_"
AGGREGATE = "expect_column_"
RULES = [
    (f"{VALUES}not_be_null", {"column": "title", "mostly": 0.5}),
    (f"{VALUES}not_be_null", {"column": "title", "mostly": 0.99}),
    (f"{VALUES}be_null", {"column": "subtitle"}),
    (f"{VALUES}be_unique", {"column": "id"}),
    (f"{VALUES}be_unique", {"column": "url"}),
    (f"{VALUES}be_unique", {"column": "published_on"}),
    (f"{VALUES}be_unique", {"column": "n_words"}),
    (f"{VALUES}be_unique", {"column": "is_truncated"}),
    (f"{VALUES}be_unique", {"column": "language_score", "mostly": 0.2}),
    (f"{VALUES}be_between", {"column": "n_words", "min_value": 8}),
    (f"{VALUES}be_between", {"column": "published_on", "min_value": "2024-02-10"}),
    ("expect_column_value_lengths_to_be_between", {"column": "outlet", "max_value": 8}),
    (f"{VALUES}be_in_set", {"column": "language", "value_set": ["en", "de"]}),
    (f"{VALUES}not_be_in_set", {"column": "language", "value_set": ["und"], "mostly": 0.6}),
    (f"{VALUES}match_regex", {"column": "title", "regex": "^Bridge [1-4]"}),
    (f"{VALUES}not_match_regex", {"column": "title", "regex": "5$"}),
    (f"{VALUES}be_canonical_url", {"column": "url"}),
    (f"{VALUES}be_language_tags", {"column": "language"}),
    (
        f"{VALUES}be_plausible_days",
        {"column": "published_on", "not_before": "2024-02-05", "not_after": "2030-01-01"},
    ),
    (f"{VALUES}be_known_outlets", {"column": "is_truncated", "mostly": 0.4}),
    (f"{VALUES}be_free_of_page_chrome", {"column": "duplicate_count"}),
    (f"{VALUES}fit_their_language", {"column": "is_truncated"}),
    (f"{VALUES}be_derived_ids", {"column": "is_truncated"}),
    (f"{PAIR}values_to_be_equal", {"column_A": "title", "column_B": "outlet"}),
    (f"{PAIR}values_a_to_be_greater_than_b", {"column_A": "n_chars", "column_B": "n_words"}),
    (
        f"{PAIR}groups_of_a_to_share_one_b",
        {"column_A": "cluster", "column_B": "split", "ignore_row_if": "either_value_is_missing"},
    ),
    (f"{PAIR}groups_of_a_to_share_one_b", {"column_A": "story", "column_B": "outlet"}),
    (
        f"{PAIR}groups_of_a_to_share_one_b",
        {"column_A": "story", "column_B": "split", "ignore_row_if": "neither"},
    ),
    (f"{PAIR}groups_of_a_to_share_one_b", {"column_A": "id", "column_B": "title"}),
    ("expect_compound_columns_to_be_unique", {"column_list": ["url", "n_words"]}),
    (
        "expect_compound_columns_to_be_unique",
        {"column_list": ["url", "title"], "ignore_row_if": "any_value_is_missing"},
    ),
    (
        "expect_compound_columns_to_be_unique",
        {"column_list": ["outlet", "story"], "ignore_row_if": "never", "mostly": 0.1},
    ),
    ("expect_table_row_count_to_be_between", {"min_value": 61}),
    ("expect_table_row_count_to_be_between", {"max_value": 60}),
    ("expect_table_columns_to_match_set", {"column_set": list(RELEASE_COLUMNS)}),
    (
        f"{AGGREGATE}proportion_of_non_null_values_to_be_between",
        {"column": "title", "min_value": 0.7},
    ),
    (
        f"{AGGREGATE}proportion_of_non_null_values_to_be_between",
        {"column": "n_words", "min_value": 1.0},
    ),
    (
        f"{AGGREGATE}proportion_of_unique_values_to_be_between",
        {"column": "outlet", "max_value": 0.1},
    ),
    (f"{AGGREGATE}unique_value_count_to_be_between", {"column": "outlet", "max_value": 7}),
    (f"{AGGREGATE}min_to_be_between", {"column": "n_words", "min_value": 1}),
    (f"{AGGREGATE}max_to_be_between", {"column": "published_on", "max_value": "2024-02-20"}),
    (f"{AGGREGATE}mean_to_be_between", {"column": "n_words", "min_value": 10, "max_value": 11}),
    (f"{AGGREGATE}median_to_be_between", {"column": "n_words", "min_value": 10}),
]
SUITE = Suite(name="all", expectations=tuple(rule(n, k, **a) for n, (k, a) in enumerate(RULES)))


def make_rows(seed):
    """Return rows with repeated, missing and odd values, strewn over all portions."""
    chance = random.Random(seed)  # noqa: S311 - made-up rows

    def some(values, missing=0.2):
        return [None if chance.random() < missing else chance.choice(values) for _ in range(ROWS)]

    columns = {
        "id": [f"id{n}" for n in range(ROWS)],
        "url": some([f"https://example.org/{n}" for n in range(100)] + ["ftp://example.org/x"]),
        "title": some([f"Bridge {n}" for n in range(40)], 0.4),
        "outlet": some([f"Outlet {n}" for n in range(8)] + ["Bridge 1"]),
        "published_on": some([DAY + timedelta(days=n) for n in range(90)]),
        "language": some(["en", "de", "und", "english"], 0),
        "language_score": some([0.0, -0.0, 0.25, 0.5, 0.75]),
        "n_words": some(list(range(1, 30)), 0),
        "n_chars": some(list(range(1, 60)), 0),
        "duplicate_count": some([0, 0, 0, 1], 0),
        "is_truncated": some([True, False], 0),
        "cluster": some([f"c{n}" for n in range(20)], 0),
        "story": some(["s1", "s2", "s3"]),
        "split": some(["train", "test"]),
    }
    fields = [ARTICLE.schema.field(name) for name in RELEASE_COLUMNS]
    filler = {field.name: pa.nulls(ROWS, field.type) for field in fields}
    given = {n: pa.array(v, ARTICLE.schema.field(n).type) for n, v in columns.items()}
    return pa.table(filler | given)


def reader(table, lengths):
    """Return what reads columns of a table in tables of such lengths, again and again."""

    def read(columns):
        start, n = 0, 0
        while start < len(table):
            length = lengths[n % len(lengths)]
            yield table.select(list(dict.fromkeys(columns))).slice(start, length)
            start, n = start + length, n + 1

    return read


def test_each_kind_of_rule_is_asked_for():
    assert {e.type for e in SUITE.expectations} == set(KINDS)


def test_portions_find_what_one_frame_finds():
    table = make_rows(2)

    whole = judge_release(reader(table, [ROWS]), SUITE, ROWS, portion_rows=ROWS)
    parted = judge_release(reader(table, [1, 7, 40]), SUITE, ROWS, portion_rows=32)

    assert set(whole) == {e.id for e in SUITE.expectations}
    assert parted == whole
    assert {finding.success for finding in whole.values()} == {True, False}


def test_rows_that_all_differ_are_judged_too():
    unique = Suite(name="own", expectations=SUITE.expectations[3:4])

    found = judge_release(reader(make_rows(1), [9]), unique, ROWS, portion_rows=20)

    (finding,) = found.values()
    assert finding.success
    assert (finding.evaluated, finding.unexpected) == (ROWS, 0)


def test_an_expectation_that_raises_in_one_portion_is_a_fault():
    broken = Suite(
        name="own", expectations=(rule(0, f"{VALUES}be_canonical_url", column="n_words"),)
    )

    (finding,) = judge_release(reader(make_rows(1), [60]), broken, ROWS, portion_rows=20).values()

    assert finding.fault is not None
    assert not finding.success


def test_the_ids_of_rows_are_found_in_whatever_portion(monkeypatch):
    monkeypatch.setattr("broadsheet.validate.portions.PORTION_ROWS", 7)

    assert ids_of(reader(make_rows(1), [5]), {0, 6, 7, 59}) == {n: f"id{n}" for n in (0, 6, 7, 59)}
    assert ids_of(reader(make_rows(1), [5]), set()) == {}
