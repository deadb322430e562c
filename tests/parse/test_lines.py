"""Lines of plain text and Markdown: what a reader sees of each, and where it lies."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.parse.columns import Lines
from broadsheet.parse.lines import read_lines, read_pages
from broadsheet.parse.markup import is_marked_up
from broadsheet.text import clean


def shown(text, *, markdown=True):
    """Return the visible text of each line."""
    return [line.text for line in read_lines(text, markdown=markdown)]


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("# Ferry service ends", "Ferry service ends"),
        ("## Ferry service ends ##", "Ferry service ends"),
        ("The **last** ferry _left_ at dawn.", "The last ferry left at dawn."),
        ("By [Nora Quill](#)", "By Nora Quill"),
        ("See [the [old] pier](https://a.example/x_(y)) now", "See the [old] pier now"),
        ("![A pier at dawn](https://a.example/p.jpg) The pier", "The pier"),
        ("<https://a.example/ferry>", "https://a.example/ferry"),
        (r"1\. Sold out in \*one\* hour", "1. Sold out in *one* hour"),
        ("> She said no.", "She said no."),
        ("snake_case_word stays", "snake_case_word stays"),
        ("2 * 3 * 4 is 24", "2 * 3 * 4 is 24"),
        ("an unclosed [link stays", "an unclosed [link stays"),
        ("an unclosed **mark stays", "an unclosed **mark stays"),
    ],
)
def test_markup_is_undone(markdown, expected):
    assert shown(markdown) == [expected]


def test_plain_text_is_left_alone():
    assert shown("A *star* and [a bracket](x)", markdown=False) == ["A *star* and [a bracket](x)"]


def test_a_link_over_two_lines_is_one_link_on_two_lines():
    lines = read_lines(
        "Before\n[the first half\nthe second half](https://a.example)\nAfter", markdown=True
    )
    assert [line.text for line in lines] == ["Before", "the first half", "the second half", "After"]
    assert [line.link_chars > 0 for line in lines] == [False, True, True, False]


def test_a_line_knows_its_form():
    heading, item, quote, bold = read_lines(
        "## Tides\n\n- high at noon\n\n> a quotation\n\n**all bold**", markdown=True
    )
    assert heading.heading == 2
    assert item.is_item
    assert item.text == "high at noon"
    assert quote.is_quote
    assert bold.is_emphasised
    assert bold.text == "all bold"


def test_lines_that_only_draw_are_left_out():
    assert shown("One\n-----\n* * *\n|---|---|\nTwo") == ["One", "Two"]


WRAPPED = """\
The last ferry of the season left the harbour of Port Ellery on
Sunday night with eleven passengers, a piano and the mail of three
islands, and nobody on the quay could say when the next would sail.

The company did not answer.
"""


def test_hard_wrapped_paragraphs_are_made_whole():
    first, second = shown(WRAPPED, markdown=False)
    assert first.startswith("The last ferry")
    assert first.endswith("the next would sail.")
    assert second == "The company did not answer."


def test_two_lines_are_one_paragraph_where_the_second_goes_on_in_lower_case():
    broken = "The last ferry of the season left the harbour with eleven\npassengers on board."
    assert len(shown(broken, markdown=False)) == 1
    caption = "The ferry Saint Brannoc at the quay of Port Ellery in spring\n(Tom Arbuth)"
    assert len(shown(caption, markdown=False)) == 2


def test_a_list_of_headlines_is_not_taken_for_a_wrapped_paragraph():
    headlines = (
        "Harbour council votes to close the old fish market by June\n"
        "Eleven islands ask for a second ferry before the winter comes\n"
        "Piano saved from the sea finds a home in the school of Ellery"
    )
    assert len(shown(headlines, markdown=False)) == 3


def test_offsets_lead_back_to_the_raw_text():
    text = "# Ferry ends\n\nBy [Nora Quill](#)\n\nThe **last** ferry left."
    lines = read_lines(text, markdown=True)
    raw = [text[line.offset : line.offset + line.length] for line in lines]
    assert raw == ["# Ferry ends", "By [Nora Quill](#)", "The **last** ferry left."]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# A heading", True),
        ("A [link](x)", True),
        ("Some **bold** words", True),
        ("Plain text, #1 in the list", False),
        ("5 * 4 = 20", False),
    ],
)
def test_markdown_is_recognised_by_its_marks(text, expected):
    assert is_marked_up(text) is expected


@given(st.text(st.sampled_from("ab [](!)*_#>-\\<:/h\n\t."), max_size=200), st.booleans())
def test_no_text_breaks_the_reader_and_lines_stay_in_order(text, markdown):
    cleaned, _ = clean(text)
    lines = read_lines(cleaned, markdown=markdown)
    assert [line.offset for line in lines] == sorted(line.offset for line in lines)
    for line in lines:
        assert line.text == " ".join(line.text.split()) != ""
        assert 0 <= line.link_chars <= len(line.text)


@pytest.mark.parametrize("unit", ["[", "[a](", "**a ", "_a ", "![", "<http://", "> ", "[a\n"])
def test_repeated_openings_take_no_more_than_linear_time(unit):
    lines = read_lines(clean(unit * 20_000)[0], markdown=True)
    assert sum(len(line.text) for line in lines) <= len(unit) * 20_000


PIECES = st.sampled_from([
    "*", "**", "_", "- ", "• ", "1. ", "# ", "> ", "[a](b)", "![i](j)", "\\*", "---", "  ", "\xa0",
    "\n", "\n\n", "The ferry left the harbour of Port Ellery before dawn", " and the piano stayed.",
    "é", "😀",
])  # fmt: skip
TEXTS = st.lists(PIECES, max_size=25).map(lambda pieces: clean("".join(pieces))[0])


@given(st.lists(st.tuples(TEXTS, st.booleans()), max_size=6))
def test_pages_read_together_have_the_lines_that_each_has_by_itself(pages):
    apart = [read_lines(text, markdown=markdown) for text, markdown in pages]

    together = read_pages(pages)

    assert together.rows() == [line for lines in apart for line in lines]
    assert together.starts.tolist() == Lines.of(apart).starts.tolist()


def test_rows_made_columns_are_the_same_rows():
    lines = read_lines("# Tides\n\n- high at noon\n> [a](b)\n\n**bold**", markdown=True)
    assert Lines.of([lines, [], lines]).rows() == [*lines, *lines]
