"""Great Expectations: suites in, verdicts out.

Loading suites is fast; Great Expectations itself is imported at the first check.
"""

from broadsheet.validate.data_docs import render_data_docs
from broadsheet.validate.describe import WHOLE_TABLE, describe, render_contract
from broadsheet.validate.drift import check_drift
from broadsheet.validate.engine import warm_up, warm_up_beside
from broadsheet.validate.gate import RowCheck, check_release, check_rows, table_sha256
from broadsheet.validate.projection import RELEASE_COLUMNS
from broadsheet.validate.rejects import (
    all_reasons,
    count_reasons,
    failure_detail,
    filter_rejections,
)
from broadsheet.validate.suites import Expectation, Suite, Suites, load_suites, shipped_folder

__all__ = [
    "RELEASE_COLUMNS",
    "WHOLE_TABLE",
    "Expectation",
    "RowCheck",
    "Suite",
    "Suites",
    "all_reasons",
    "check_drift",
    "check_release",
    "check_rows",
    "count_reasons",
    "describe",
    "failure_detail",
    "filter_rejections",
    "load_suites",
    "render_contract",
    "render_data_docs",
    "shipped_folder",
    "table_sha256",
    "warm_up",
    "warm_up_beside",
]
