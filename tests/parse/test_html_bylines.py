"""Names in bylines as pages write them; the people do not exist."""

import pytest

from broadsheet.parse.html_bylines import holds_byline, names_in


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("By Jo Linwick and Nora Quill, Reuters", ["Jo Linwick", "Nora Quill", "Reuters"]),
        ("ByJo Linwick Dec 9, 2024", ["Jo Linwick"]),
        (
            "Byby JO LINWICK, NORA QUILL and ANSEL TARROW",
            ["JO LINWICK", "NORA QUILL", "ANSEL TARROW"],
        ),
        ("By Jo LinwickDec 9, 2024", ["Jo Linwick"]),
        ("Posted on March 3, 2024 by Jo Linwick", ["Jo Linwick"]),
        ("3 March 2024 | By Jo Linwick", ["Jo Linwick"]),
        ("Geschrieben von Linwick am 25.08.2024 22:30 (99 x gelesen)", ["Linwick"]),
        ("Ein Artikel von Jo Linwick | 27.01.2024 - 12:45", ["Jo Linwick"]),
        ("Von Jo Linwick am Samstag, 19. Oktober 2024", ["Jo Linwick"]),
        ("Text & Fotos: Jo Linwick", ["Jo Linwick"]),
        ("Text von Jo Linwick Illustration von Nora Quill", ["Jo Linwick"]),
        ("von Jo Linwick Foto: Harrowmere", ["Jo Linwick"]),
        ("By Jo LinwickJo Linwick", ["Jo Linwick"]),
    ],
)
def test_names_are_told_from_what_stands_around_them(line, names):
    assert holds_byline(line)
    assert names_in(line) == names


@pytest.mark.parametrize(
    "value", ["2024", "14:30", "Wednesday", "April", "View all", "Mehr", "@", ""]
)
def test_what_cannot_be_a_name_is_none(value):
    assert names_in(value) == []


@pytest.mark.parametrize(
    "line", ["ByteDance sells a mill", "The mill stood by the water", "Standby power for 2024"]
)
def test_a_sentence_is_no_byline(line):
    assert not holds_byline(line)
