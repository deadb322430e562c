"""Expectations of news that Great Expectations does not have, as classes of its own kind.

Importing this module registers them. Each is a pair: a metric, which marks the good rows, and an
expectation, which names it. Their declarations, with the words that they are rendered in, are in
:mod:`broadsheet.validate.catalogue`.
"""

import re
from typing import Any, ClassVar, Final

import ada_url
import pandas as pd
from great_expectations.execution_engine.pandas_execution_engine import PandasExecutionEngine
from great_expectations.expectations.expectation import (
    ColumnMapExpectation,
    ColumnPairMapExpectation,
)
from great_expectations.expectations.metrics.map_metric_provider.column_condition_partial import (
    column_condition_partial,
)
from great_expectations.expectations.metrics.map_metric_provider.column_map_metric_provider import (
    ColumnMapMetricProvider,
)
from great_expectations.expectations.metrics.map_metric_provider.column_pair_condition_partial import (  # noqa: E501 - the library's own name
    column_pair_condition_partial,
)
from great_expectations.expectations.metrics.map_metric_provider.column_pair_map_metric_provider import (  # noqa: E501 - as above
    ColumnPairMapMetricProvider,
)

from broadsheet.validate.renderers import Worded

_SCHEMES: Final = ("http", "https")
# RFC 5646 section 2.1, without private use, extensions, grandfathered tags and the primary subtags
# of four to eight letters, of which none is registered.
_LANGUAGE_TAG: Final = re.compile(
    r"[a-z]{2,3}(?:-[a-z]{3}){0,3}(?:-[A-Z][a-z]{3})?(?:-(?:[A-Z]{2}|\d{3}))?"
    r"(?:-(?:[a-z0-9]{5,8}|\d[a-z0-9]{3}))*"
)


def is_canonical_url(url: str) -> bool:
    """Tell whether a URL is http or https, without user name or fragment, and normal.

    Normal means that the parser of the WHATWG URL standard gives back the same characters.
    """
    scheme, _, rest = url.partition("://")
    host = rest.partition("/")[0]
    if scheme not in _SCHEMES or "@" in host or "#" in rest or "." not in host:
        return False
    try:
        return ada_url.normalize_url(url) == url
    except ValueError:
        return False


def is_language_tag(tag: str) -> bool:
    """Tell whether a tag is well formed after BCP 47, in its recommended letter case."""
    return _LANGUAGE_TAG.fullmatch(tag) is not None


class ColumnValuesCanonicalUrl(ColumnMapMetricProvider):
    """Marks the URLs that are in canonical form."""

    condition_metric_name = "column_values.canonical_url"

    @column_condition_partial(engine=PandasExecutionEngine)
    def _pandas(cls, column: "pd.Series[Any]", **_: object) -> "pd.Series[bool]":  # noqa: N805 - it is made a class method by the decorator
        return column.map(is_canonical_url)


class ColumnValuesLanguageTag(ColumnMapMetricProvider):
    """Marks the language tags that are well formed."""

    condition_metric_name = "column_values.language_tag"

    @column_condition_partial(engine=PandasExecutionEngine)
    def _pandas(cls, column: "pd.Series[Any]", **_: object) -> "pd.Series[bool]":  # noqa: N805 - as above
        return column.isin([tag for tag in column.unique() if is_language_tag(tag)])


class ColumnValuesPlausibleDay(ColumnMapMetricProvider):
    """Marks the days between two others, both included."""

    condition_metric_name = "column_values.plausible_day"
    condition_value_keys = ("not_before", "not_after")

    @column_condition_partial(engine=PandasExecutionEngine)
    def _pandas(
        cls,  # noqa: N805 - as above
        column: "pd.Series[Any]",
        not_before: str,
        not_after: str,
        **_: object,
    ) -> "pd.Series[bool]":
        return (column >= pd.Timestamp(not_before)) & (column <= pd.Timestamp(not_after))


class ColumnValuesHold(ColumnMapMetricProvider):
    """Marks the rows of which a measured flag says yes."""

    condition_metric_name = "column_values.hold"

    @column_condition_partial(engine=PandasExecutionEngine)
    def _pandas(cls, column: "pd.Series[Any]", **_: object) -> "pd.Series[bool]":  # noqa: N805 - as above
        return column.eq(True)


class ColumnValuesNothingFound(ColumnMapMetricProvider):
    """Marks the rows of which a measured count is 0."""

    condition_metric_name = "column_values.nothing_found"

    @column_condition_partial(engine=PandasExecutionEngine)
    def _pandas(cls, column: "pd.Series[Any]", **_: object) -> "pd.Series[bool]":  # noqa: N805 - as above
        return column.eq(0)


class ColumnPairGroupsShareOne(ColumnPairMapMetricProvider):
    """Marks the rows whose group has one and the same partner."""

    condition_metric_name = "column_pair_values.groups_share_one"

    @column_pair_condition_partial(engine=PandasExecutionEngine)  # type: ignore[untyped-decorator] # the library's
    def _pandas(
        cls,  # noqa: N805 - as above
        column_A: "pd.Series[Any]",  # noqa: N803 - Great Expectations names it
        column_B: "pd.Series[Any]",  # noqa: N803 - as above
        **_: object,
    ) -> "pd.Series[bool]":
        partners = pd.Series(pd.factorize(column_B)[0], index=column_B.index)
        groups = partners.groupby(pd.factorize(column_A)[0])
        return groups.transform("min") == groups.transform("max")


class ExpectColumnPairGroupsOfAToShareOneB(Worded, ColumnPairMapExpectation):
    """Expect all rows with the same value of one column to have the same value of another."""

    ignore_row_if: str = "both_values_are_missing"
    map_metric: ClassVar[str] = "column_pair_values.groups_share_one"
    success_keys: ClassVar[tuple[str, ...]] = ("ignore_row_if", "mostly")


class ExpectColumnValuesToBeCanonicalUrl(Worded, ColumnMapExpectation):
    """Expect the values to be http or https URLs in canonical form, after the WHATWG standard."""

    map_metric: ClassVar[str] = "column_values.canonical_url"


class ExpectColumnValuesToBeLanguageTags(Worded, ColumnMapExpectation):
    """Expect the values to be well-formed BCP 47 language tags."""

    map_metric: ClassVar[str] = "column_values.language_tag"


class ExpectColumnValuesToBePlausibleDays(Worded, ColumnMapExpectation):
    """Expect the values to be days on which a newspaper could have appeared."""

    not_before: str
    not_after: str
    map_metric: ClassVar[str] = "column_values.plausible_day"
    success_keys: ClassVar[tuple[str, ...]] = ("not_before", "not_after", "mostly")


class ExpectColumnValuesToBeKnownOutlets(Worded, ColumnMapExpectation):
    """Expect the outlets to be in the registry or not stated, as ``outlet_is_known`` measured."""

    map_metric: ClassVar[str] = "column_values.hold"


class ExpectColumnValuesToBeFreeOfPageChrome(Worded, ColumnMapExpectation):
    """Expect no line of a text to belong to its page, as ``text_chrome_lines`` counted."""

    map_metric: ClassVar[str] = "column_values.nothing_found"


class ExpectColumnValuesToFitTheirLanguage(Worded, ColumnMapExpectation):
    """Expect the texts to be in the language of their label, as ``language_fits_text`` measured."""

    map_metric: ClassVar[str] = "column_values.hold"


class ExpectColumnValuesToBeDerivedIds(Worded, ColumnMapExpectation):
    """Expect the ids to be derived from their records, as ``id_is_derived`` measured."""

    map_metric: ClassVar[str] = "column_values.hold"
