"""Lines that recur across an outlet's pages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.parse import parse
from broadsheet.parse.recurring import LONGEST, PAGES, count_lines, line_key, recurring_lines
from broadsheet.records import RawRecord, Source


def page(text):
    """Make a raw record of a text."""
    return RawRecord(source=Source("a.txt", None, 0, 0, "0" * 64, "text"), text=text, media="text")


def ellery(numbers):
    """Make pages of the invented Ellery Gazette: a common line and one of their own each."""
    return [
        (
            "ellery",
            page(f"Join the Ellery Gazette club\nStory {'x' * n} about a ferry.\n{n} comments"),
        )
        for n in numbers
    ]


def test_a_line_of_many_pages_recurs_and_a_sentence_does_not():
    found = recurring_lines(count_lines(ellery(range(1, 11))))["ellery"]
    assert line_key("Join the Ellery Gazette club") in found
    assert line_key("7 comments") in found
    assert line_key("Story xxx about a ferry.") not in found


def test_one_article_copied_ten_times_makes_nothing_recur():
    assert recurring_lines(count_lines(ellery([3] * 10)))["ellery"] == frozenset()


def test_groups_do_not_mix():
    other = [("quay", page("Join the Ellery Gazette club\nOnce."))]
    found = recurring_lines(count_lines([*ellery(range(1, 11)), *other]))
    assert found["quay"] == frozenset()


def test_counts_of_batches_add_up():
    pages = ellery(range(1, 11))
    whole, parts = count_lines(pages), count_lines(pages[:4])
    for group, counts in count_lines(pages[4:]).items():
        parts[group].update(counts)
    assert whole == parts
    assert whole["ellery"][PAGES] == 10


@given(st.permutations(range(1, 8)))
def test_the_order_of_pages_does_not_matter(numbers):
    assert count_lines(ellery(numbers)) == count_lines(ellery(range(1, 8)))


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
    assert appeal not in parse(record, frozenset([key])).text
