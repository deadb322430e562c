"""Choosing the body's lines from what each looks like by itself."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.parse.body import LEAST_ODDS, SURE_ODDS, body_lines
from broadsheet.parse.features import NAMES
from broadsheet.parse.lines import Line
from broadsheet.parse.sheaf import Sheaf


def chosen(odds, chars=200):
    """Return the indexes of the body's lines, all of one length."""
    features = np.zeros((len(NAMES), len(odds)), np.int32)
    features[0] = chars
    sheaf = Sheaf.of([([Line("A line.", 0, 7)] * len(odds), False)])
    flags = body_lines(sheaf, features, np.array(odds, np.float32))
    return [index for index, flag in enumerate(flags) if flag]


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
