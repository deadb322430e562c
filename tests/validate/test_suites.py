"""Suites are read strictly: an error names the file, the line and the remedy."""

import json
import subprocess
import sys
from datetime import date

import pytest

from broadsheet.config import Config, Dataset, Dates, Text
from broadsheet.errors import ConfigError
from broadsheet.validate import load_suites, shipped_folder

NOT_NULL = "expect_column_values_to_not_be_null"
GOOD = {"id": "url-stated", "type": NOT_NULL, "kwargs": {"column": "url"}, "severity": "error"}


def between(**bounds):
    kind = "expect_column_values_to_be_between"
    return {**GOOD, "type": kind, "kwargs": {"column": "n_words", **bounds}}


@pytest.fixture
def folder(tmp_path):
    """Return a folder of two good suites."""
    for name in ("batch", "release"):
        write(tmp_path, name, [GOOD])
    return tmp_path


def write(folder, name, expectations, **members):
    suite = {"name": f"own.{name}", "expectations": expectations, **members}
    (folder / f"{name}.json").write_text(json.dumps(suite, indent=1))


def test_the_shipped_suites_load():
    suites = load_suites()
    assert suites.batch.name == "broadsheet.batch"
    assert suites.release.name == "broadsheet.release"
    assert all(e.description for e in (*suites.batch.expectations, *suites.release.expectations))


def test_loading_does_not_import_great_expectations():
    code = (
        "import sys; from broadsheet import validate; validate.load_suites();"
        "sys.exit('great_expectations' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_parameters_come_from_the_configuration():
    config = Config(
        dataset=Dataset(name="brell", pretty_name="Brell", description="News", license="cc0-1.0"),
        dates=Dates(not_before=date(2001, 2, 3)),
        text=Text(min_words=7),
    )
    rules = {e.id: e.kwargs for e in load_suites(config=config).batch.expectations}
    assert rules["text-min-words"]["min_value"] == 7
    assert rules["published-on-plausible"]["not_before"] == "2001-02-03"
    assert rules["published-on-plausible"]["not_after"] == "2027-12-31"


def test_a_rule_without_a_description_is_said_in_words(folder):
    write(folder, "batch", [between(min_value=20, max_value=90)])
    rule = load_suites(folder).batch.expectations[0]
    assert rule.description == "N_words is at least 20 and at most 90."


@pytest.mark.parametrize(
    ("expectation", "message"),
    [
        ({**GOOD, "type": "expect_column_values_to_not_be_nul"}, f"did you mean '{NOT_NULL}'"),
        ({**GOOD, "kwargs": {"colum": "url"}}, "no argument 'colum'; did you mean 'column'"),
        ({**GOOD, "kwargs": {}}, "needs the argument 'column'"),
        ({**GOOD, "kwargs": {"column": "titel"}}, "no column of the table; did you mean 'title'"),
        ({**GOOD, "kwargs": {"column": 7}}, "no column of the table"),
        ({**GOOD, "kwargs": {"column": "url", "mostly": 2}}, "a share from 0 to 1"),
        ({**GOOD, "kwargs": {"column": "url", "mostly": 0.5}}, "no meaning with severity error"),
        ({**GOOD, "kwargs": ["url"]}, "'kwargs' must be an object"),
        ({**GOOD, "severity": "fatal"}, "unknown severity 'fatal'"),
        ({**GOOD, "severity": 1}, "'severity' must be a string"),
        ({**GOOD, "id": "URL Stated"}, "is not lower-case"),
        ({**GOOD, "kwarg": {}}, "unknown key 'kwarg'; did you mean 'kwargs'"),
        ({k: v for k, v in GOOD.items() if k != "id"}, "has no 'id'"),
        ("url", "an expectation must be an object"),
        (between(), "needs min_value, max_value or both"),
        (between(min_value=3, max_value=2), "min_value 3 is above max_value 2"),
        (between(min_value="3"), "a number or a day such as 2024-03-01"),
        (between(min_value=1, max_value="2024-01-01"), "of different kinds"),
        (between(min_value=True), "a number or a day"),
        (between(min_value={"$PARAMETER": "min_word"}), "unknown parameter 'min_word'"),
        (
            {
                **GOOD,
                "type": "expect_column_values_to_match_regex",
                "kwargs": {"column": "url", "regex": "("},
            },
            "no regular expression",
        ),
        (
            {
                **GOOD,
                "type": "expect_column_values_to_be_in_set",
                "kwargs": {"column": "url", "value_set": "a"},
            },
            "must be a list",
        ),
    ],
)
def test_a_wrong_expectation_is_an_error(folder, expectation, message):
    write(folder, "batch", [expectation])
    with pytest.raises(ConfigError, match=message) as caught:
        load_suites(folder)
    assert "batch.json:" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ('{"name": "x",\n"expectations": [\n{"id": "a",\n"typ": 1}]}', 4, "unknown key 'typ'"),
        ('{"name": "x",\n"expectations": [\n]}', 1, "the suite is empty"),
        ('{"name": "x",\n"expectations": {}}', 2, "must be an array"),
        ('{"name": "x"\n"expectations": []}', 2, "not valid JSON"),
        ('{"name": "x",\n\n"name": "y"}', 3, "occurs twice"),
        ('{"name":\nNaN}', 1, "no JSON number"),
        ("[]", 1, "a suite must be an object"),
        ("[" * 100_000, 1, "nested too deeply"),
        ('{"name": "x"}', 1, "has no 'expectations'"),
    ],
)
def test_an_error_names_its_line(folder, text, line, message):
    (folder / "release.json").write_text(text)
    with pytest.raises(ConfigError, match=message) as caught:
        load_suites(folder)
    assert f"release.json:{line}: " in str(caught.value)


def test_an_id_that_is_taken_names_both_lines(folder):
    write(folder, "batch", [GOOD, {**between(min_value=1), "id": "url-stated"}])
    with pytest.raises(ConfigError, match=r"batch.json:13: the id 'url-stated' is taken on line 4"):
        load_suites(folder)


def test_a_suite_that_lost_an_expectation_is_an_error(folder):
    write(folder, "batch", [GOOD], meta={"expectation_count": 2})
    with pytest.raises(ConfigError, match="declares 2 expectations and holds 1"):
        load_suites(folder)


def test_a_suite_without_a_name_is_an_error(folder):
    (folder / "batch.json").write_text(json.dumps({"name": "", "expectations": [GOOD]}))
    with pytest.raises(ConfigError, match="needs a 'name'"):
        load_suites(folder)


def test_a_missing_suite_is_an_error(folder):
    (folder / "release.json").unlink()
    with pytest.raises(ConfigError, match=r"has no release\.json"):
        load_suites(folder)


def test_a_suite_in_another_encoding_is_an_error(folder):
    (folder / "batch.json").write_bytes(b'{"name": "caf\xe9"}')
    with pytest.raises(ConfigError, match="not UTF-8"):
        load_suites(folder)


def test_the_digest_is_that_of_the_demands(folder):
    digest = load_suites(folder).batch.digest
    write(folder, "batch", [{**GOOD, "description": "Another sentence."}])
    assert load_suites(folder).batch.digest == digest
    write(folder, "batch", [{**GOOD, "severity": "warning"}])
    assert load_suites(folder).batch.digest != digest


@pytest.mark.parametrize("name", ["batch.json", "release.json"])
def test_the_shipped_suites_are_declared_whole(name):
    suite = json.loads((shipped_folder() / name).read_text())
    assert suite["meta"]["expectation_count"] == len(suite["expectations"])
