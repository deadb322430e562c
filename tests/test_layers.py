"""The rules of the house that can be read off the imports."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "flows" / "broadsheet"
STAGES = ("sources", "parse", "normalize", "deduplicate", "validate", "publish")
MODULES = sorted(PACKAGE.rglob("*.py"))


def imported(path: Path) -> set[str]:
    """Return the absolute names of all modules that a file imports, wherever in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: import absolutely, so that this test can read it"
            names |= {f"{node.module}.{alias.name}" for alias in node.names} | {node.module or ""}
    return names


def importers(library: str) -> set[str]:
    """Return the modules of the package, as POSIX paths, that import a library."""
    return {
        path.relative_to(PACKAGE).as_posix()
        for path in MODULES
        if any(name.split(".")[0] == library for name in imported(path))
    }


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_imports_no_other_stage(stage):
    others = {f"broadsheet.{other}" for other in STAGES if other != stage}
    for path in sorted((PACKAGE / stage).rglob("*.py")):
        reached = {".".join(name.split(".")[:2]) for name in imported(path)} & others
        assert not reached, f"{path} imports {reached}; stages meet in pipeline/ alone"


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_knows_neither_shell_nor_pipeline(stage):
    shell = {"broadsheet.cli", "broadsheet.flow", "broadsheet.pipeline", "broadsheet.scaffold"}
    for path in sorted((PACKAGE / stage).rglob("*.py")):
        assert not imported(path) & shell, f"{path} imports the shell"


def test_prefect_is_imported_in_the_flow_and_its_server_alone():
    assert importers("prefect") == {"flow.py", "prefect_server.py"}


def test_great_expectations_is_imported_in_validate_alone():
    assert all(path.startswith("validate/") for path in importers("great_expectations"))


def test_stages_ask_no_clock_and_print_nothing():
    for stage in STAGES:
        for path in sorted((PACKAGE / stage).rglob("*.py")):
            calls = {
                ast.unparse(node.func)
                for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
                if isinstance(node, ast.Call)
            }
            forbidden = {"print", "datetime.now", "datetime.utcnow", "date.today", "time.time"}
            assert not calls & forbidden, f"{path} calls {calls & forbidden}"


def test_modules_stay_short():
    long = {
        path.relative_to(PACKAGE).as_posix(): lines
        for path in MODULES
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > 300
        and "Longer than 300 lines because" not in path.read_text(encoding="utf-8")
    }
    assert not long, "split these modules, or say why in their docstring"


def test_functions_stay_short():
    long = [
        f"{path.relative_to(PACKAGE)}:{node.name}"
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno >= 40
        and "Longer than 40 lines because" not in (ast.get_docstring(node) or "")
    ]
    assert not long, "split these functions, or say why in their docstring"
