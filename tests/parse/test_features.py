"""What the line classifier sees of a line."""

import pytest

from broadsheet.parse.features import COLUMN, NAMES, look_at
from broadsheet.parse.lines import read_pages
from broadsheet.parse.openings import BYLINE, CHROME, NOTICE
from broadsheet.parse.sheaf import Sheaf
from broadsheet.parse.vocabulary import vocabulary_of

SENTENCE = "The ferry to Port Ellery left the quay before dawn on Sunday"
LONG = f"{', and '.join([SENTENCE] * 6)}."


def seen(text, lexicon=None):
    """Return the features of each line of a text, by name."""
    sheaf = Sheaf.of(read_pages([(text, False)]), [False])
    columns = look_at(sheaf, vocabulary_of(lexicon or {})).features.T
    return [dict(zip(NAMES, column.tolist(), strict=True)) for column in columns]


@pytest.mark.parametrize(
    ("text", "end"),
    [
        (f"{SENTENCE}.", 2),
        (f"{SENTENCE}.”", 2),
        (LONG, 2),
        (LONG.removesuffix("."), 0),
        (f"{SENTENCE}:", 1),
        (f"{SENTENCE}…", 3),
        (LONG.removesuffix(".") + "...", 3),
        (LONG.removesuffix(".") + " [...]", 3),
    ],
)
def test_a_line_ends_as_its_last_characters_do_however_long_it_is(text, end):
    assert seen(text)[0]["end"] == end


def test_a_caption_is_known_by_its_end_and_long_prose_is_no_chrome_phrase():
    caption = f"{LONG[:200]} (Photo by Nora Quill/Getty Images, Port Ellery)"
    opening = f"By subscribing {LONG}"
    assert 240 < len(caption) < 300 < len(opening)

    lines = seen(f"{caption}\n\n{opening}")

    assert [line["is_caption_credit"] for line in lines] == [1, 0]
    assert [line["is_chrome_phrase"] for line in lines] == [0, 0]


def test_paragraphs_of_any_length_are_prose():
    short, long = f"{SENTENCE} from the north quay.", LONG

    lines = seen(f"Menu\n\n{short}\n\n{long}")

    assert [line["sentences_near"] for line in lines] == [2, 2, 2]
    assert lines[0]["to_prose_below"] == 1
    assert lines[2]["prose_before"] == len(short)


def test_a_line_is_topical_by_the_longer_words_that_other_prose_has():
    prose = "The harbour master kept the ferry at the quay until the storm had passed over the bay."

    lines = seen(f"Storm keeps ferry in harbour\n\n{prose}\n\nElection results tonight")

    assert [line["topical"] for line in lines] == [75, 0, 0]


def test_the_lexicon_weighs_words_in_any_case_and_script():
    (line,) = seen("SUBSCRIBE Новини ΝΈΟΣ", {"subscribe": 200, "новини": -50, "νέος": 30})

    assert (line["lexicon_sum"], line["lexicon_least"]) == (180, -50)


def test_a_page_without_lines_has_no_rows():
    look = look_at(Sheaf.of(read_pages([("", False)]), [False]), vocabulary_of({}))
    assert look.features.shape == (len(NAMES), 0)
    assert len(look.marks) == 0


def test_a_page_looks_the_same_whichever_stand_beside_it():
    texts = (LONG, "", f"Menu\n\n{SENTENCE}.\n\nMenu", f"Storm at the quay\n\n{LONG}\n{SENTENCE}.")
    pages = [(text, False) for text in texts]
    words = vocabulary_of({"menu": 120, "ferry": -30})

    together = look_at(Sheaf.of(read_pages(pages), [False] * 4), words).features.T.tolist()

    assert together == [
        column
        for page in pages
        for column in look_at(Sheaf.of(read_pages([page]), [False]), words).features.T.tolist()
    ]


@pytest.mark.parametrize(
    ("line", "bit"),
    [
        ("Don’t miss: the ferry", CHROME),
        ("12 comments", CHROME),
        ("© 2024 Ellery Gazette", CHROME),
        ("Читайте также: паром", CHROME),
        ("By Nora Quill", BYLINE),
        ("To continue reading, subscribe", NOTICE),
        ("[+2345 chars]", NOTICE),
    ],
)
def test_a_line_that_a_rule_may_concern_is_marked(line, bit):
    look = look_at(Sheaf.of(read_pages([(line, False)]), [False]), vocabulary_of({}))
    assert look.marks[0] & bit


@pytest.mark.parametrize(
    ("line", "feature"),
    [
        ("Skip to main content", "is_chrome_phrase"),
        ("Leggi anche: il traghetto", "is_chrome_phrase"),
        ("1,204 views", "is_chrome_phrase"),
        ("The quay at dawn. (Tom Arbuth/AFP)", "is_caption_credit"),
        ("Photo: Tom Arbuth", "is_caption_credit"),
        ("Foto: Tom Arbuth", "is_byline"),
        ("Von Nora Quill", "is_byline"),
        ("3. März 2024", "has_date"),
        ("03/03/24", "has_date"),
        ("2024-03-03", "has_date"),
        ("2024年3月3日", "has_date"),
        ("Published MARCH 3, 2024 at noon", "has_date"),
        ("3 de março de 2024", "has_date"),
        ("ОБНОВЛЕНО 3 МАРТА 2024", "has_date"),
    ],
)
def test_no_rule_is_missed_by_the_words_that_call_for_it(line, feature):
    look = look_at(Sheaf.of(read_pages([(line, False)]), [False]), vocabulary_of({}))
    assert look.features[COLUMN[feature], 0]
