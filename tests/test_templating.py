"""Templates are compiled once, and again when anything that they depend on changes."""

import sys
from importlib.util import cache_from_source
from pathlib import Path
from typing import ClassVar

import pytest
from jinja2 import DictLoader, Environment

from broadsheet import templating
from broadsheet.templating import KeptBytecode


class Counting(Environment):
    """An environment that says what it compiled."""

    compiled: ClassVar[list[str]] = []

    def _generate(self, source, name, *rest, **more):
        self.compiled.append(name)
        return super()._generate(source, name, *rest, **more)


@pytest.fixture
def compiled():
    """Return a list that grows with each template that is compiled."""
    Counting.compiled.clear()
    return Counting.compiled


@pytest.fixture
def render(tmp_path, monkeypatch):
    """Return a function that renders a template as a new process would."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)

    def rendered(template, folder=tmp_path):
        kept = KeptBytecode()
        kept.directory = str(folder)
        loader = DictLoader({"t": template})
        environment = Counting(loader=loader, bytecode_cache=kept, autoescape=True)
        return environment.get_template("t").render(name="Ada")

    return rendered


def test_a_template_is_compiled_once(render, compiled):
    assert [render("Hello {{ name }}"), render("Hello {{ name }}")] == ["Hello Ada"] * 2
    assert compiled == ["t"]


def test_another_template_of_the_name_is_compiled_anew(render, compiled):
    assert [render("Hello {{ name }}"), render("Bye {{ name }}")] == ["Hello Ada", "Bye Ada"]
    assert compiled == ["t", "t"]


def test_other_code_of_ours_compiles_anew(render, compiled, monkeypatch):
    render("Hello {{ name }}")
    monkeypatch.setattr(templating, "_code", lambda: "other")

    assert render("Hello {{ name }}") == "Hello Ada"
    assert compiled == ["t", "t"]


def test_nothing_is_kept_where_python_keeps_none(render, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", True)

    assert render("Hello {{ name }}") == "Hello Ada"
    assert not list(tmp_path.iterdir())


def test_a_folder_that_takes_nothing_stops_nothing(render, tmp_path):
    assert render("Hello {{ name }}", tmp_path / "missing") == "Hello Ada"


def test_it_is_kept_beside_the_modules():
    beside = Path(cache_from_source(templating.__file__)).parent
    assert Path(KeptBytecode().directory) == beside
