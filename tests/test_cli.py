"""The command line where no flow has to run: usage, configuration, exit codes."""

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from broadsheet.cli import main


@pytest.fixture
def invoke():
    """Return a function that runs the command line in this process."""
    return lambda *arguments: CliRunner().invoke(main, [str(a) for a in arguments])


def test_help_imports_nothing_heavy():
    code = (
        "import sys; from broadsheet.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'prefect', 'great_expectations', 'pyarrow', 'pandas', 'datasets', 'pydantic'}\n"
        "print('HEAVY', sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert "Turn a folder of raw, scraped news into a dataset" in done.stdout
    assert done.stdout.strip().endswith("HEAVY []")


@pytest.mark.parametrize("command", ["build", "check"])
def test_a_folder_without_configuration_is_a_usage_error(invoke, tmp_path, command):
    result = invoke(command, tmp_path)

    assert result.exit_code == 2
    assert f"{tmp_path} has no dataset.toml" in result.stderr
    assert "broadsheet init" in result.stderr
    assert result.stdout == ""


def test_a_misspelt_key_names_file_key_and_remedy(invoke, write_corpus):
    folder = write_corpus(
        {}, settings='[dataset]\nname = "a"\npretty_nam = "A"\ndescription = "d"\nlicense = "mit"\n'
    )

    result = invoke("build", folder)

    assert result.exit_code == 2
    assert str(folder / "dataset.toml") in result.stderr
    assert "dataset.pretty_nam: unknown key; did you mean 'pretty_name'?" in result.stderr
    assert "dataset.pretty_name: missing; add it." in result.stderr


def test_broken_toml_names_the_line(invoke, write_corpus):
    result = invoke("check", write_corpus({}, settings="[dataset\n"))

    assert result.exit_code == 2
    assert "is not valid TOML" in result.stderr
    assert "line 1" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["verify", "nowhere"], "nowhere"),
        (["report", "nowhere"], "nowhere has no validation report"),
        (["explain", "abc", "--output", "nowhere"], "nowhere holds no release"),
    ],
)
def test_what_is_not_there_is_an_input_error(invoke, arguments, message):
    result = invoke(*arguments)

    assert result.exit_code == 74
    assert message in result.stderr


def test_init_makes_a_project_that_is_valid_and_asks_for_raw_files(invoke, tmp_path):
    made = invoke("init", tmp_path / "my-news")
    checked = invoke("check", tmp_path / "my-news")

    assert made.exit_code == 0
    assert sorted(p.name for p in (tmp_path / "my-news").iterdir()) == [
        "dataset.toml",
        "expectations",
        "schemas",
        "seeds",
    ]
    assert checked.exit_code == 2
    assert "holds no raw files" in checked.stderr


def test_init_overwrites_nothing(invoke, write_corpus):
    folder = write_corpus({})
    before = (folder / "dataset.toml").read_bytes()

    result = invoke("init", folder)

    assert result.exit_code == 2
    assert "exists; it was left as it is" in result.stderr
    assert (folder / "dataset.toml").read_bytes() == before


def test_every_command_is_in_the_readme():
    readme = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    for name in main.commands:
        assert f"`broadsheet {name}" in readme, f"README.md does not mention `broadsheet {name}`"
