"""The contract in words: each column with its meaning and all that is expected of it."""

from collections import defaultdict

from broadsheet.records import Severity
from broadsheet.tables import ARTICLE
from broadsheet.validate.projection import MEASURED
from broadsheet.validate.suites import Expectation, Suite, Suites

WHOLE_TABLE = ""
"""Key of the rules that look at no single column."""

_FOLLOWS = {
    (Severity.CRITICAL, "rows"): "else nothing is published",
    (Severity.CRITICAL, "table"): "else nothing is published",
    (Severity.ERROR, "rows"): "else the record is quarantined",
    (Severity.ERROR, "table"): "else nothing is published",
    (Severity.WARNING, "rows"): "else the report says so",
    (Severity.WARNING, "table"): "else the report says so",
}


def describe(suite: Suite) -> dict[str, tuple[Expectation, ...]]:
    """Return the rules of a suite by the article's column, in the columns' order.

    A rule of a measured column (``text_is_clean``) is one of the column that it measures
    (``text``). Rules of several columns stand with the first; those of none under ``WHOLE_TABLE``.
    """
    rules: defaultdict[str, list[Expectation]] = defaultdict(list)
    for expectation in suite.expectations:
        rules[_column(expectation)].append(expectation)
    order = (*ARTICLE.schema.names, WHOLE_TABLE)
    return {name: tuple(rules[name]) for name in order if name in rules}


def render_contract(suites: Suites) -> str:
    """Return each column's type, meaning and rules as Markdown."""
    batch, release = describe(suites.batch), describe(suites.release)
    lines = ["# What a release promises", ""]
    for column in ARTICLE.columns:
        optional = ", may be null" if column.nullable else ""
        lines += [f"## `{column.name}`", "", f"{column.meaning}. `{column.type}`{optional}.", ""]
        rules = _sentences(batch.get(column.name, ()), release.get(column.name, ()))
        lines += [*rules, ""] if rules else []
    lines += ["## The table as a whole", ""]
    lines += _sentences(batch.get(WHOLE_TABLE, ()), release.get(WHOLE_TABLE, ()))
    return "\n".join(lines) + "\n"


def _sentences(batch: tuple[Expectation, ...], release: tuple[Expectation, ...]) -> list[str]:
    lines = []
    for scope, rules in (("batch", batch), ("release", release)):
        for rule in rules:
            # A failing row of a release can no longer be set aside.
            domain = rule.domain if scope == "batch" else "table"
            follows = _FOLLOWS[rule.severity, domain]
            lines.append(f"- {rule.description} ({scope}: `{rule.id}`, {follows})")
    return lines


def _column(expectation: Expectation) -> str:
    column = expectation.column or WHOLE_TABLE
    return MEASURED.get(column, column)
