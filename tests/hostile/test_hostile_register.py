"""Every hostile case has a test: the table of docs/hostile.md names one that is there."""

import ast
import re
from collections import Counter
from pathlib import Path

from broadsheet.reasons import Reason

TESTS = Path(__file__).parents[1]
TABLE = TESTS.parent / "docs" / "hostile.md"
CASES = range(1, 94)


def rows():
    """Return number, input, outcome and tests of each row of the table."""
    found = re.findall(r"^\| (\d+) \| (.+) \| (.+) \| (.+) \|$", TABLE.read_text(), re.MULTILINE)
    return [(int(number), *cells) for number, *cells in found]


def functions(path):
    tree = ast.parse((TESTS / path).read_text())
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_each_case_is_in_the_table_once():
    assert [number for number, *_ in rows()] == list(CASES)


def test_each_case_names_tests_that_are_there():
    named = {place for *_, tests in rows() for place in tests.split(", ")}

    missing = [
        place
        for place in sorted(named)
        if place.split("::")[1] not in functions(place.split("::")[0])
    ]

    assert not missing, f"docs/hostile.md names tests that do not exist: {missing}"


def test_a_table_of_cases_holds_the_numbers_that_it_is_named_for():
    """Where one test runs a table of cases, its file has each number at the start of a key."""
    for number, _, _, tests in rows():
        for place in tests.split(", "):
            path, _, name = place.partition("::")
            source = (TESTS / path).read_text()
            is_named = re.search(rf'(?:_{number}_|"{number} )', source) or f" {number}" in name
            is_shared = path.partition("/")[0] != "hostile"
            is_range = re.search(r"test_38_to_41", name) and 38 <= number <= 41
            assert is_named or is_shared or is_range or number == 90, f"{number}: {place}"


def split_places(cell):
    return cell.split(", ")


def counts():
    """Return how many cases have each kind of outcome."""
    first = {number: outcome.split()[0].rstrip(",") for number, _, outcome, _ in rows()}
    first[18] = first[17]  # said to be as the one before
    return Counter(kind if kind in {"P", "S", "Q", "null"} else "other" for kind in first.values())


def summary():
    found = counts()
    kinds = ", ".join(f"{kind} {found[kind]}" for kind in ("P", "S", "Q", "null", "other"))
    n_tests = len({place for *_, tests in rows() for place in split_places(tests)})
    return f"{found.total()} cases, proven by {n_tests} tests: {kinds}."


def test_the_table_says_how_many_there_are():
    assert summary() in TABLE.read_text()


def test_the_stated_reason_is_asked_for_by_a_named_test():
    """A reason code of the table stands in the file of its test, by its name or as it is."""
    names = {reason.value: reason.name for reason in Reason}
    missing = [
        f"{number}: {code}"
        for number, _, outcome, tests in rows()
        for code in re.findall(r"`([a-z]+\.[a-z_]+)`", outcome)
        if not any(
            names[code] in source or code in source
            for source in ((TESTS / p.split("::")[0]).read_text() for p in split_places(tests))
        )
    ]
    assert not missing, "docs/hostile.md states outcomes that no test asks for"


if __name__ == "__main__":
    print(summary())  # noqa: T201 - asked for
    named = sorted({place for *_, tests in rows() for place in split_places(tests)})
    print(*(f"tests/{place}" for place in named))  # noqa: T201 - asked for
