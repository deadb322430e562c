"""Choosing the body's lines from what each looks like by itself."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.parse.body import CAPTION_ODDS, LEAST_ODDS, SURE_ODDS, body_lines, doubt_teasers
from broadsheet.parse.columns import Line, Lines
from broadsheet.parse.features import COLUMN, NAMES, SENTENCE
from broadsheet.parse.sheaf import Sheaf


def chosen(odds, chars=200):
    """Return the indexes of the body's lines, all of one length."""
    features = np.zeros((len(NAMES), len(odds)), np.int32)
    features[0] = chars
    sheaf = Sheaf.of(Lines.of([[Line("A line.", 0, 7)] * len(odds)]), [False])
    flags = body_lines(sheaf, features, np.array(odds, np.float32))
    return [index for index, flag in enumerate(flags) if flag]


def seen(kinds, chars=200, end=0):
    """Return a sheaf of one page and its features; an "i" is an item, a "p" a paragraph."""
    sheaf = Sheaf.of(Lines.of([[Line("A line.", 0, 7)] * len(kinds)]), [False])
    features = np.zeros((len(NAMES), len(kinds)), np.int32)
    features[0] = chars
    features[COLUMN["is_item"]] = [kind == "i" for kind in kinds]
    features[COLUMN["end"]] = [end if kind == "i" else SENTENCE for kind in kinds]
    return sheaf, features


def test_a_short_list_between_paragraphs_is_body_and_a_long_one_is_not():
    for items, kept in ((3, 3), (8, 8), (9, 0)):
        odds = np.array([3, 3, 3, *[-2] * items, 3, 3, 3], np.float32)
        flags = body_lines(*seen(f"ppp{'i' * items}ppp"), odds)
        assert flags.sum() == kept + 6


def test_a_list_after_the_last_paragraph_and_lines_that_are_no_items_stay_out():
    assert body_lines(*seen("ppii"), np.array([3, 3, -2, -2], np.float32)).tolist()[2:] == [0, 0]
    assert body_lines(*seen("pppp"), np.array([3, -2, -2, 3], np.float32)).sum() == 2


def test_a_line_with_a_credit_is_body_only_where_its_odds_leave_no_doubt():
    sheaf, features = seen("ppppp")
    features[COLUMN["is_caption_credit"], 1:4] = 1
    odds = np.array([3, 1, CAPTION_ODDS, CAPTION_ODDS + 0.1, 3], np.float32)
    assert body_lines(sheaf, features, odds).tolist() == [True, False, False, True, True]


@pytest.mark.parametrize(
    ("items", "chars", "end", "is_doubted"),
    [
        (24, 120, 0, True),
        (23, 120, 0, False),  # as long as an article's list may be
        (24, 40, 0, False),  # of names
        (24, 120, SENTENCE, False),  # of sentences
    ],
)
def test_a_long_list_of_headlines_is_no_body(items, chars, end, is_doubted):
    sheaf, features = seen("pp" + "i" * items, chars, end)

    odds = doubt_teasers(sheaf, features, np.full(items + 2, 2, np.float32))

    assert odds[:2].tolist() == [2, 2]
    assert set((odds[2:] < 0).tolist()) == {is_doubted}


def test_the_body_is_the_block_of_likely_lines():
    assert chosen([-4, -4, 2, 3, 2, -4, -4]) == [2, 3, 4]


def test_an_interruption_is_left_out_and_does_not_end_the_block():
    assert chosen([3, 3, -2, 3, 3]) == [0, 1, 3, 4]


def test_a_teaser_far_from_the_block_is_left_out_unless_it_is_surely_body():
    gap = [-4] * 12
    assert chosen([3, 3, 3, *gap, 1]) == [0, 1, 2]
    assert chosen([3, 3, 3, *gap, 5]) == [0, 1, 2, 15]


def test_a_page_of_chrome_has_no_body():
    assert chosen([-3, -2, -4]) == []
    assert chosen([]) == []


@given(st.lists(st.floats(-8, 8, width=32), max_size=60))
def test_unlikely_lines_are_never_body_and_sure_ones_always(odds):
    body = set(chosen(odds))
    assert all(odds[index] > np.float32(LEAST_ODDS) for index in body)
    assert body >= {index for index, odd in enumerate(odds) if odd > SURE_ODDS}
