"""What the line classifier sees of a line."""

import pytest

from broadsheet.parse.features import NAMES, line_features
from broadsheet.parse.lines import read_lines

SENTENCE = "The ferry to Port Ellery left the quay before dawn on Sunday"
LONG = f"{', and '.join([SENTENCE] * 6)}."


def seen(text, lexicon=None):
    """Return the features of each line of a text, by name."""
    rows = line_features(read_lines(text, markdown=False), lexicon or {}, markdown=False)
    return [dict(zip(NAMES, row.tolist(), strict=True)) for row in rows]


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
    assert line_features([], {}, markdown=False).shape == (0, len(NAMES))
