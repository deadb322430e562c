"""The contract says each rule in words, beside its column."""

from broadsheet.tables import ARTICLE
from broadsheet.validate import WHOLE_TABLE, describe, render_contract


def test_rules_stand_with_their_column_in_the_order_of_columns(suites):
    rules = describe(suites.batch)
    assert [e.id for e in rules["url"]] == ["url-canonical"]
    assert "text-clean" in {e.id for e in rules["text"]}
    assert [e.id for e in rules[WHOLE_TABLE]] == ["rows-present"]
    names = [name for name in rules if name]
    assert names == [name for name in ARTICLE.schema.names if name in rules]


def test_no_rule_is_left_out(suites):
    for suite in (suites.batch, suites.release):
        told = [rule for rules in describe(suite).values() for rule in rules]
        assert sorted(e.id for e in told) == sorted(e.id for e in suite.expectations)


def test_the_contract_says_what_follows(suites):
    contract = render_contract(suites)
    assert all(f"## `{column.name}`" in contract for column in ARTICLE.columns)
    assert "(batch: `url-canonical`, else the record is quarantined)" in contract
    assert "(release: `id-unique`, else nothing is published)" in contract
    assert "(batch: `text-chrome`, else the report says so)" in contract
