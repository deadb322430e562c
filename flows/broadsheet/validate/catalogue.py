"""The expectations that a suite may use, with their arguments and their words.

One declaration an expectation, so that a suite is checked strictly without importing Great
Expectations (which takes seconds), and so that every rule can be said in a sentence. A test
compares the declarations with the Great Expectations classes. Meanings: the gallery of Great
Expectations; the types marked *own* are in :mod:`broadsheet.validate.expectations`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, Literal

Domain = Literal["rows", "table"]
"""What a failure speaks of: single rows, or the table as a whole."""

ArgumentKind = Literal[
    "column",
    "columns",
    "count",
    "bound",
    "share",
    "pattern",
    "values",
    "flag",
    "nulls of a pair",
    "nulls of many",
]
"""How an argument is checked; ``bound`` is a number or an ISO 8601 day."""

NOTHING: Final[Mapping[str, ArgumentKind]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Kind:
    """One type of expectation.

    Attributes:
        type: its name in Great Expectations.
        domain: whether single rows can fail it.
        words: the rule as a sentence, with the arguments in braces.
        required: arguments it needs, with their kinds.
        optional: arguments it takes, with their kinds. One of them at least, where it needs none
            but a column and has bounds.
        key: the argument that names the columns by which rows are compared: a row whose values
            there no other row has cannot fail it. None where each row is judged by itself.

    """

    type: str
    domain: Domain
    words: str
    required: Mapping[str, ArgumentKind]
    optional: Mapping[str, ArgumentKind] = field(default_factory=lambda: NOTHING)
    key: str | None = None

    @property
    def arguments(self) -> dict[str, ArgumentKind]:
        """Return all arguments with their kinds."""
        return {**self.required, **self.optional}


COLUMN: Final[Mapping[str, ArgumentKind]] = MappingProxyType({"column": "column"})
MOSTLY: Final[Mapping[str, ArgumentKind]] = MappingProxyType({"mostly": "share"})
COUNTS: Final[Mapping[str, ArgumentKind]] = MappingProxyType(
    {"min_value": "count", "max_value": "count"}
)
BOUNDS: Final[Mapping[str, ArgumentKind]] = MappingProxyType(
    {"min_value": "bound", "max_value": "bound", "strict_min": "flag", "strict_max": "flag"}
)
SHARES: Final[Mapping[str, ArgumentKind]] = MappingProxyType(
    {"min_value": "share", "max_value": "share"}
)
PAIR: Final[Mapping[str, ArgumentKind]] = MappingProxyType(
    {"column_A": "column", "column_B": "column"}
)
PAIR_NULLS: Final[Mapping[str, ArgumentKind]] = MappingProxyType(
    {"ignore_row_if": "nulls of a pair"}
)
NULLS: Final[Mapping[str, ArgumentKind]] = MappingProxyType({"ignore_row_if": "nulls of many"})


def _rows(
    name: str,
    words: str,
    required: Mapping[str, ArgumentKind] = NOTHING,
    optional: Mapping[str, ArgumentKind] = NOTHING,
    key: str | None = None,
) -> Kind:
    """Declare an expectation of the values of one column."""
    return Kind(name, "rows", words, {**COLUMN, **required}, {**optional, **MOSTLY}, key)


def _table(name: str, words: str, optional: Mapping[str, ArgumentKind]) -> Kind:
    """Declare an expectation of one column's aggregate."""
    return Kind(name, "table", words, COLUMN, optional)


KINDS: Final[Mapping[str, Kind]] = MappingProxyType(
    {
        kind.type: kind
        for kind in (
            _rows("expect_column_values_to_not_be_null", "{column} is not null"),
            _rows("expect_column_values_to_be_null", "{column} is null"),
            _rows("expect_column_values_to_be_unique", "{column} is unique", key="column"),
            _rows("expect_column_values_to_be_between", "{column} is {range}", optional=BOUNDS),
            _rows(
                "expect_column_value_lengths_to_be_between",
                "{column} is {range} characters long",
                optional=COUNTS,
            ),
            _rows(
                "expect_column_values_to_be_in_set",
                "{column} is one of {value_set}",
                {"value_set": "values"},
            ),
            _rows(
                "expect_column_values_to_not_be_in_set",
                "{column} is none of {value_set}",
                {"value_set": "values"},
            ),
            _rows(
                "expect_column_values_to_match_regex",
                "{column} matches {regex}",
                {"regex": "pattern"},
            ),
            _rows(
                "expect_column_values_to_not_match_regex",
                "{column} does not match {regex}",
                {"regex": "pattern"},
            ),
            _rows(
                "expect_column_values_to_be_canonical_url",  # own
                "{column} is an http or https URL in canonical form",
            ),
            _rows(
                "expect_column_values_to_be_language_tags",  # own
                "{column} is a BCP 47 language tag",
            ),
            _rows(
                "expect_column_values_to_be_plausible_days",  # own
                "{column} lies between {not_before} and {not_after}",
                {"not_before": "bound", "not_after": "bound"},
            ),
            _rows(
                "expect_column_values_to_be_known_outlets",  # own
                "the outlet is in the registry, or not stated ({column})",
            ),
            _rows(
                "expect_column_values_to_be_free_of_page_chrome",  # own
                "no line of the text belongs to its page ({column})",
            ),
            _rows(
                "expect_column_values_to_fit_their_language",  # own
                "the text is in the language that it is labelled with ({column})",
            ),
            _rows(
                "expect_column_values_to_be_derived_ids",  # own
                "the id is derived from the record ({column})",
            ),
            Kind(
                "expect_column_pair_values_to_be_equal",
                "rows",
                "{column_A} equals {column_B}",
                PAIR,
                {**PAIR_NULLS, **MOSTLY},
            ),
            Kind(
                "expect_column_pair_values_a_to_be_greater_than_b",
                "rows",
                "{column_A} is greater than {column_B}",
                PAIR,
                {"or_equal": "flag", **PAIR_NULLS, **MOSTLY},
            ),
            Kind(
                "expect_column_pair_groups_of_a_to_share_one_b",  # own
                "rows",
                "rows with the same {column_A} have the same {column_B}",
                PAIR,
                {**PAIR_NULLS, **MOSTLY},
                key="column_A",
            ),
            Kind(
                "expect_compound_columns_to_be_unique",
                "rows",
                "{column_list} together are unique",
                {"column_list": "columns"},
                {**NULLS, **MOSTLY},
                key="column_list",
            ),
            Kind(
                "expect_table_row_count_to_be_between", "table", "the rows are {range}", {}, COUNTS
            ),
            Kind(
                "expect_table_columns_to_match_set",
                "table",
                "the columns are {column_set}",
                {"column_set": "columns"},
                {"exact_match": "flag"},
            ),
            _table(
                "expect_column_proportion_of_non_null_values_to_be_between",
                "the share of rows with {column} is {range}",
                SHARES,
            ),
            _table(
                "expect_column_proportion_of_unique_values_to_be_between",
                "the share of distinct values of {column} is {range}",
                SHARES,
            ),
            _table(
                "expect_column_unique_value_count_to_be_between",
                "the number of distinct values of {column} is {range}",
                COUNTS,
            ),
            _table("expect_column_min_to_be_between", "the least {column} is {range}", BOUNDS),
            _table("expect_column_max_to_be_between", "the greatest {column} is {range}", BOUNDS),
            _table("expect_column_mean_to_be_between", "the mean {column} is {range}", BOUNDS),
            _table("expect_column_median_to_be_between", "the median {column} is {range}", BOUNDS),
        )
    }
)
"""Every known type of expectation by its name."""
