"""schemas/ says what the code does."""

from datetime import UTC, date, datetime
from pathlib import Path

import jsonschema
import orjson
import pyarrow as pa
import pytest

from broadsheet.contract import FEATURES, render_contract, render_features, row_schema
from broadsheet.reasons import Reason, is_reason
from broadsheet.records import Article, Evidence, Source
from broadsheet.tables import ARTICLE, TABLES, articles_to_table

SCHEMAS = Path(__file__).parents[1] / "schemas"


@pytest.mark.parametrize("name", sorted(render_contract()))
def test_rendered_files_are_up_to_date(name):
    assert (SCHEMAS / name).read_bytes() == render_contract()[name], "run `make schemas`"


def test_what_datasets_says_of_the_tables_is_up_to_date():
    assert FEATURES.read_bytes() == render_features(), "run `make schemas`"


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_row_schemas_are_json_schemas(table):
    jsonschema.Draft202012Validator.check_schema(row_schema(table))


def test_a_row_meets_its_schema():
    article = Article(
        id="a",
        text="Rain fell.",
        source=Source("a.txt", None, 0, 10, "00", "text"),
        published_at=datetime(2024, 2, 29, 12, 0, tzinfo=UTC),
        published_on=date(2024, 2, 29),
        evidence=(Evidence(field="id", rule="id.text", confidence=1.0, excerpt=""),),
    )
    table = articles_to_table([article])
    table = table.append_column("duplicate_count", pa.array([0], pa.int32()))
    table = table.append_column("cluster", pa.array(["a"]))
    for field in ARTICLE.schema:
        if field.name not in table.schema.names:
            table = table.append_column(field, pa.nulls(1, field.type))
    row = orjson.loads(orjson.dumps(table.to_pylist()[0]))

    jsonschema.validate(row, row_schema(ARTICLE))


def test_every_reason_is_a_stage_and_a_fault_with_a_meaning():
    for reason in Reason:
        assert is_reason(reason)
        assert reason.count(".") == 1, reason
        assert reason.meaning.endswith("."), reason


def test_reasons_are_a_closed_list_with_one_open_family():
    assert is_reason("expectation.text-is-long-enough")
    assert not is_reason("expectation.")
    assert not is_reason("content.strange")
