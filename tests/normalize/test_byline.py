"""Who wrote it: people out of bylines, and nobody else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.normalize.authors import Byline, agency_name, read_byline


@pytest.mark.parametrize(
    ("found", "people"),
    [
        ("Mara Lindqvist", ["Mara Lindqvist"]),
        ("By Mara Lindqvist", ["Mara Lindqvist"]),
        ("BY MARA LINDQVIST", ["MARA LINDQVIST"]),
        ("By: Mara Lindqvist", ["Mara Lindqvist"]),
        ("Von Mara Lindqvist und Jo Li", ["Mara Lindqvist", "Jo Li"]),
        ("Par Mara Lindqvist et Jo Li", ["Mara Lindqvist", "Jo Li"]),
        ("By Mara Lindqvist, Jo Li and Ann Osei-Ray", ["Mara Lindqvist", "Jo Li", "Ann Osei-Ray"]),
        ("Mara Lindqvist & Jo Li", ["Mara Lindqvist", "Jo Li"]),
        ("Jo Li, Jo Lindgren", ["Jo Li", "Jo Lindgren"]),
        ("Mara Lindqvist | Jo Li", ["Mara Lindqvist", "Jo Li"]),
        ("Lindqvist, Mara", ["Mara Lindqvist"]),
        ("bell hooks", ["bell hooks"]),
        ("Piet van der Berg", ["Piet van der Berg"]),
        ("Jean-Luc d'Orsay", ["Jean-Luc d'Orsay"]),
        ("Sam O’Neil Jr.", ["Sam O’Neil Jr."]),
        ("Rosa M., Jo Li", ["Rosa M.", "Jo Li"]),
        ("Mara Lindqvist, PhD", ["Mara Lindqvist"]),
        ("Mara Lindqvist.", ["Mara Lindqvist"]),
        ("Mara Lindqvist, London, Jo Li", ["Mara Lindqvist", "Jo Li"]),
        ("Mononym", ["Mononym"]),
        ("J. R. Okafor", ["J. R. Okafor"]),
        ("María José de la Cruz", ["María José de la Cruz"]),
        ("Олена Ковальчук", ["Олена Ковальчук"]),
        ("記者 林小明", ["林小明"]),
        ("文/林小明", ["林小明"]),
        ("[林小明，Kawaraban]", ["林小明"]),
        ("林小明　記者、李佳　訳", ["林小明", "李佳"]),
        ("홍길동 기자", ["홍길동"]),
        ("[Mara Lindqvist]", ["Mara Lindqvist"]),
        ("Mara  Lindqvist", ["Mara Lindqvist"]),
        # roles, places, addresses, handles
        ("By Mara Lindqvist, Political Editor", ["Mara Lindqvist"]),
        ("Mara Lindqvist Senior Reporter", ["Mara Lindqvist"]),
        ("Mara Lindqvist in Kyiv", ["Mara Lindqvist"]),
        ("Mara Lindqvist in Kyiv and Jo Li in Lviv", ["Mara Lindqvist", "Jo Li"]),
        ("Mara Lindqvist (Health Correspondent)", ["Mara Lindqvist"]),
        ("Mara Lindqvist mara@gazette.example", ["Mara Lindqvist"]),
        ("Mara Lindqvist @maralind", ["Mara Lindqvist"]),
        ("Mara Lindqvist • Link copied", ["Mara Lindqvist"]),
        ("Mara Lindqvist, Harbour Gazette", ["Mara Lindqvist"]),
        # nobody
        ("Harbour Gazette", []),
        ("Staff Reporter", []),
        ("Roving Reporter", []),
        ("red, shore.example/Agenturen", []),
        ("MDR Shore", []),
        ("Editorial Board", []),
        ("Newsroom", []),
        ("admin", []),
        ("HGZ Staff", []),
        ("HGZ", []),
        ("gazette.example/ml", []),
        ("the Harbour Choir", []),
        ("https://news.example/authors/mara", []),
        ("@maralind", []),
        ("", []),
        ("12 March 2024", []),
    ],
)
def test_people_are_told_from_what_stands_around_them(found, people):
    assert list(read_byline(found, not_people=("Harbour Gazette",)).people) == people


@pytest.mark.parametrize(
    ("found", "byline"),
    [
        ("AFP", Byline((), ("AFP",))),
        ("By Agence France-Presse", Byline((), ("AFP",))),
        ("The Associated Press", Byline((), ("AP",))),
        ("Mara Lindqvist, Reuters", Byline(("Mara Lindqvist",), ("Reuters",))),
        ("By MARA LINDQVIST and JO LI Associated Press", None),
        ("Mara Lindqvist (AP)", Byline(("Mara Lindqvist",), ("AP",))),
        ("Von Mara Lindqvist, dpa", Byline(("Mara Lindqvist",), ("dpa",))),
        ("Reuters/AFP", Byline((), ("Reuters", "AFP"))),
    ],
)
def test_agencies_are_credited_and_are_no_people(found, byline):
    expected = byline or Byline(("MARA LINDQVIST", "JO LI"), ("AP",))
    assert read_byline(found) == expected


@pytest.mark.parametrize(
    ("found", "name"),
    [("Reuters", "Reuters"), ("the associated press", "AP"), ("Harbour Gazette", None)],
)
def test_an_agency_has_one_name(found, name):
    assert agency_name(found) == name


@given(st.text(max_size=500))
def test_any_text_is_read_and_its_people_are_read_again(found):
    people = read_byline(found).people

    for name in people:
        assert name == name.strip()
        assert any(c.isalpha() for c in name)
