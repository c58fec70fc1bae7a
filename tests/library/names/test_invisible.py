"""Characters that nobody sees: refused where they do no work, shown by their code, left alone in words and emoji."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidsort.errors import InvalidNameError
from vidsort.library.names import check_folder_name, check_new_folder_name
from vidsort.library.names.invisible import first_invisible, lines_with_codes, with_codes

HIDDEN = [
    "\u200b", "\u202e", "\u202a", "\u2066", "\u2069", "\u200e", "\u200f", "\u061c", "\u2060", "\ufeff", "\u00ad",
    "\u034f", "\u115f", "\u3164", "\u2800", "\u200c", "\u200d", "\ufe0f", "\u2028", "\x85", "\x1b",
    "\U000e0041", "\U000e0100", "\u180e", "\ufffb", "\U0001d173",
]
SEEN = [
    "Fußball", "日本", "\U0001f600", "\u2764\ufe0f", "\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "\U0001f3f3\ufe0f\u200d\U0001f308", "\U0001f469\U0001f3fd\u200d\U0001f692", "1\ufe0f\u20e3", "\u2139\ufe0f",
    "\u203c\ufe0f", "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "\u0915\u094d\u200d\u0937",
    "\u05e9\u05dc\u05d5\u05dd", "a b", "\U0001f1e9\U0001f1ea",
]


@pytest.mark.parametrize("character", HIDDEN, ids=ascii)
def test_a_new_folder_of_or_with_an_invisible_or_turning_character_is_refused(character):
    for name in (character, f"fo{character}od", f"{character}food", f"food{character}", character * 3):
        with pytest.raises(InvalidNameError, match=r"U\+[0-9A-F]{4,6}|space"):
            check_new_folder_name(name)


@pytest.mark.parametrize("character", HIDDEN, ids=ascii)
def test_one_that_exists_is_used_and_shown_by_code(character):
    assert check_folder_name(f"fo{character}od") == f"fo{character}od"
    assert with_codes(f"fo{character}od") == f"fo[U+{ord(character):04X}]od"


@pytest.mark.parametrize("name", SEEN)
def test_what_belongs_to_a_word_or_an_emoji_is_allowed_and_shown_as_it_is(name):
    assert first_invisible(name) is None
    assert with_codes(name) == name
    assert check_new_folder_name(name)


@given(st.text(st.sampled_from([*HIDDEN, "a", "😀", "❤", "ی", "क", "्", "1", " "]), max_size=8))
def test_what_is_shown_hides_nothing(name):
    shown = with_codes(name)
    assert (shown == name) == (first_invisible(name) is None)
    assert first_invisible(shown) is None


def test_a_text_keeps_its_lines_and_has_what_is_no_letter_marked():
    assert lines_with_codes("a\u200bb\n\tc\x1b[31m") == "a[U+200B]b\n[U+0009]c[U+001B][31m"
    assert lines_with_codes("half \ud83d, private \ue000") == "half \ufffd, private \ufffd"
    for name in SEEN:
        assert lines_with_codes(f"{name}\n{name}") == f"{name}\n{name}"
    assert lines_with_codes("wide\u3000space") == "wide\u3000space"
