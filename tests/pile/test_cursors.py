"""Cursors: every place in every order has one, and what is none is told apart from what is of another order."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidsort.errors import ConflictError, InvalidNameError
from vidsort.pile.cursors import CURSOR_PATTERN, cursor_of, key_of

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
