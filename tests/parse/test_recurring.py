"""Lines that recur across an outlet's pages."""

import pytest

from broadsheet.parse import parse
from broadsheet.parse.recurring import LONGEST, group_of, line_key, recurs, sight
from broadsheet.reasons import Reason
from broadsheet.records import RawRecord, Source

PARAGRAPH = "The last ferry of the season left the harbour of Port Ellery on Sunday night, and " * 4


def page(text, path="a.txt", media="text", **fields):
    """Make a raw record of a text."""
    source = Source(path, None, 0, 0, "0" * 64, "text")
    return RawRecord(source=source, text=text, media=media, fields=fields)


def test_a_page_is_named_by_its_paragraphs_whatever_chrome_surrounds_them():
    one, again = sight(page(f"Menu\n{PARAGRAPH}")), sight(page(f"Home\n{PARAGRAPH}\n7 comments"))
    assert one.page == again.page
    assert one.keys != again.keys
    assert sight(page(f"Menu\n{PARAGRAPH} Nobody waved.")).page != one.page


def test_a_page_without_paragraphs_is_named_by_its_lines():
    assert sight(page("Menu\nHome")).page == sight(page("Home\nMenu")).page
    assert sight(page("Menu\nHome")).page != sight(page("Menu")).page


def test_web_pages_are_not_looked_at():
    assert sight(page("<p>Menu</p>", media="html")) is None


@pytest.mark.parametrize(
    ("record", "group"),
    [
        (page("", url=("https://www.gazette.example/a",)), "host gazette.example"),
        (page("", outlet=(" Ellery Gazette ",)), "outlet ellery gazette"),
        (page("", path="gazette/2024/a.txt"), "folder gazette/2024"),
        (page("", path="a.txt"), "folder "),
        (page("", url=("no address",), path="x/a.txt"), "folder x"),
    ],
)
def test_pages_are_grouped_by_host_outlet_or_folder(record, group):
    assert group_of(record) == group


def test_the_members_of_an_archive_are_grouped_by_their_folder():
    record = page("", path="raw/all.zip")
    member = record._replace(source=record.source._replace(member="gazette/a.txt"))
    assert group_of(member) == "folder raw/all.zip/gazette"


@pytest.mark.parametrize(
    ("pages", "of_pages", "expected"),
    [(7, 7, False), (8, 8, True), (8, 160, True), (8, 161, False), (50, 1000, True)],
)
def test_a_line_recurs_on_enough_pages_and_a_share_of_them(pages, of_pages, expected):
    assert recurs(pages, of_pages) is expected


@pytest.mark.parametrize("line", ["", "   ", "12:30", "***", "x" * (LONGEST + 1)])
def test_lines_without_words_and_paragraphs_are_not_counted(line):
    assert line_key(line) is None


def test_digits_and_case_do_not_part_lines():
    assert line_key("12 Comments") == line_key("7 comments")


def test_a_recurring_line_is_left_out_of_the_body():
    appeal = "The harbour office on Quay Street answered questions of islanders on every weekday."
    story = (
        "The last ferry of the season left the harbour of Port Ellery on Sunday night with eleven "
        "passengers on board, and nobody on the quay could say when the next would sail."
    )
    record = page(f"{story}\n\n{appeal}\n\n{story} So the islands wait.\n\n{story} Nobody waved.")
    key = line_key(appeal)
    assert appeal in parse(record).text
    told = parse(record, frozenset([key]))
    assert appeal not in told.text
    assert Reason.CHROME_RECURRING in told.notes
    (stated,) = told.of("text")
    assert (stated.rule, stated.excerpt) == ("line.recurring", appeal)
