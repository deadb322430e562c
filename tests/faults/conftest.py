"""The same invented releases as in tests/publish."""

import runpy
from pathlib import Path

import pytest

FIXTURES = Path(__file__).parents[1] / "publish" / "conftest.py"


@pytest.fixture(scope="session")
def releases():
    """Return the names of tests/publish/conftest.py: ``build``, ``Corpus``, ``make_article``."""
    return runpy.run_path(str(FIXTURES))
