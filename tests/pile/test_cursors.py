"""Cursors: every place in every order has one, and what is none is told apart from what is of another order; pages."""

import random
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_arrangement import arranged
from test_pages import NAMES, prediction

from vidsort.errors import ConflictError, InvalidNameError
from vidsort.pile.cursors import CURSOR_PATTERN, cursor_of, key_of, page
from vidsort.pile.order import ORDERS
from vidsort.pile.predictions import Predictions

# Of files that are not there, all times are the same.
NOWHERE = Path("nowhere")
# Lone surrogates too: names of files that are no UTF-8.
TEXTS = st.text(st.characters(), max_size=20)
KEYS = st.tuples(st.lists(st.one_of(st.floats(allow_nan=False, allow_infinity=False), TEXTS), max_size=4), TEXTS).map(
    lambda parts: (*parts[0], parts[1])
)


@given(KEYS)
def test_a_cursor_names_its_key_and_fits_the_pattern_of_the_schema(key):
    cursor = cursor_of(key)
    assert key_of(cursor, key) == key
    assert re.search(CURSOR_PATTERN, cursor)
    assert cursor.isascii()


@given(st.text() | st.text("=,-0123456789.e%FAmp4~", max_size=30) | st.from_regex(CURSOR_PATTERN, fullmatch=True))
def test_whatever_fits_the_pattern_is_a_place_and_nothing_else_is(cursor):
    fits = re.search(CURSOR_PATTERN.replace("$", r"\Z"), cursor) is not None
    if fits:
        key = key_of(cursor, None)
        assert sorted([key, key]) == [key, key]
    else:
        with pytest.raises(InvalidNameError, match="cursor"):
            key_of(cursor, None)


@pytest.mark.parametrize(("cursor", "like"), [("=1.mp4", (0.5, "1.mp4")), ("0.5,=1.mp4", ("1.mp4",)),
                                              ("0.5,=1.mp4", ("food", "1.mp4"))])
def test_a_cursor_of_another_order_is_a_conflict(cursor, like):
    with pytest.raises(ConflictError, match="another order"):
        key_of(cursor, like)


@pytest.mark.parametrize("order", ORDERS)
@given(limit=st.integers(1, 7), seed=st.integers(0, 100))
def test_the_pages_together_are_the_whole_pile_once(order, limit, seed):
    names = [f"{number}.mp4" for number in range(20)]
    chosen = random.Random(seed)
    predictions = {name: prediction(name, chosen.choice("ab"), chosen.choice([0.1, 0.5])) for name in names[:15]}
    keys = arranged(NOWHERE, order, names, predictions=Predictions("", predictions)).keys
    seen, cursor = [], None
    while True:
        shown = page(keys, limit, cursor)
        seen += shown.filenames
        cursor = shown.next_cursor
        if cursor is None:
            break
    assert seen == [key[-1] for key in keys]


@pytest.mark.parametrize("order", ORDERS)
def test_videos_that_leave_the_pile_between_two_pages_take_nobodys_turn(order):
    arrangement = arranged(NOWHERE, order, [f"{number}.mp4" for number in range(10, 30)])
    first = page(arrangement.keys, 4)
    second = page(arrangement.keys, 4, first.next_cursor)
    arrangement.follow(dict.fromkeys(first.filenames, False), {})
    assert page(arrangement.keys, 4, first.next_cursor) == second


@pytest.mark.parametrize("cursor", ["x", "é", "e30", "W10=x", "WzEsIDJd", "bnVsbA", "W251bGxd", "====", "[" * 2000])
def test_a_cursor_of_our_making_only(cursor):
    with pytest.raises(InvalidNameError, match="cursor"):
        page(arranged(NOWHERE, "confident", NAMES).keys, 2, cursor)
