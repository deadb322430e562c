"""The commands on what is expected and what was set aside."""

import json

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from broadsheet.cli_validation import contract, rejects
from broadsheet.records import Rejection, Source
from broadsheet.tables import rejections_to_table


@pytest.fixture
def invoke():
    """Return a function that runs a command."""
    return lambda command, *arguments: CliRunner().invoke(command, [str(a) for a in arguments])


@pytest.fixture
def make_release(tmp_path):
    """Make what is looked at of a release: a manifest and a quarantine."""

    def make(*rejections):
        release = tmp_path / "1.0.0"
        (release / "quarantine").mkdir(parents=True)
        (release / "manifest.json").write_text("{}")
        if rejections:
            table = rejections_to_table(rejections)
            pq.write_table(table, release / "quarantine" / "train-00000-of-00001.parquet")
        return release

    return make


def rejection(path="raw/a.txt", reason="content.empty", **changes):
    source = Source(path, changes.pop("member", None), 0, 10, "a" * 64, "text")
    return Rejection(source=source, stage="parse", reason=reason, **changes)


def test_the_contract_is_said_in_words(invoke):
    result = invoke(contract)
    assert result.exit_code == 0
    assert "## `url`" in result.stdout
    assert "else the record is quarantined" in result.stdout


def test_the_contract_of_a_dataset_has_its_settings(invoke, tmp_path):
    (tmp_path / "dataset.toml").write_text(
        '[dataset]\nname = "brell"\npretty_name = "Brell"\ndescription = "d"\nlicense = "cc0-1.0"\n'
        "[text]\nmin_words = 77\n"
    )
    assert "at least 77 words" in invoke(contract, tmp_path).stdout


def test_a_wrong_suite_is_named_with_its_line(invoke, tmp_path):
    (tmp_path / "dataset.toml").write_text(
        '[dataset]\nname = "brell"\npretty_name = "Brell"\ndescription = "d"\nlicense = "cc0-1.0"\n'
        '[validation]\nexpectations = "."\n'
    )
    (tmp_path / "batch.json").write_text('{"name": "b", "expectations": [\n{"idd": 1}]}')
    result = invoke(contract, tmp_path)
    assert result.exit_code == 2
    assert "batch.json:2: unknown key 'idd'; did you mean 'id'?" in result.stderr


def test_reasons_are_counted_with_their_meaning(invoke, make_release):
    release = make_release(rejection(), rejection(), rejection(reason="type.mismatch"))
    result = invoke(rejects, release)
    assert result.stdout.splitlines() == [
        "        2  content.empty  No article text is left.",
        "        1  type.mismatch  The bytes are not what the file's name says.",
    ]
    assert "3 records" in result.stderr


def test_records_are_shown_with_all_their_reasons(invoke, make_release):
    entry = rejection(
        reason="date.unparsed", member="m.txt", detail="soon", excerpt="Rain \x1b[31m"
    )
    release = make_release(rejection(), entry)
    assert invoke(rejects, release, "--reason", "date").stdout == (
        "raw/a.txt > m.txt\n  date.unparsed (at parse)\n  soon\n  Rain [31m\n"
    )


def test_records_are_given_as_json(invoke, make_release):
    rows = json.loads(invoke(rejects, make_release(rejection()), "--format", "json").stdout)
    assert [(row["source_path"], row["reasons"]) for row in rows] == [
        ("raw/a.txt", ["content.empty"])
    ]


def test_a_spreadsheet_shows_formulas_and_does_not_run_them(invoke, make_release):
    release = make_release(rejection(excerpt="=cmd|' /C calc'!A0"))
    assert ",'=cmd|' /C calc'!A0" in invoke(rejects, release, "--format", "csv").stdout


def test_a_release_without_a_quarantine_has_nothing_set_aside(invoke, make_release):
    assert invoke(rejects, make_release()).stdout == "Nothing is set aside.\n"


def test_a_folder_that_is_no_release_is_an_error(invoke, tmp_path):
    result = invoke(rejects, tmp_path)
    assert result.exit_code == 74
    assert "is no release" in result.stderr
