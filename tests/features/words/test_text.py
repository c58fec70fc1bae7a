"""The words of a video as text of strangers: cleaned, in fields, put together, as a document."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidsort.features.words.text import LONGEST_TEXT, MOST_HASHTAGS, Words, cleaned, hashtags_in, merged, source_of

ANY = st.text() | st.none() | st.integers() | st.lists(st.text())


def test_a_document_has_what_there_is_in_one_order():
    words = Words.said(title="T", description="d #B #a", hashtags=["#A", "c"], sound="", author="Ünï")
    assert words.document == '{"author": "Ünï", "description": "d #B #a", "hashtags": ["b", "a", "c"], "title": "T"}'
    assert Words.said().document == ""
    assert Words.of(words.document) == words
    assert len(source_of(words.document)) == 16


@given(ANY, ANY, st.lists(ANY, max_size=4), ANY, ANY)
def test_whatever_was_said_can_be_kept_and_read_again(title, description, hashtags, author, sound):
    words = Words.said(title=title, description=description, hashtags=hashtags, author=author, sound=sound)
    words.document.encode()
    if words.document:
        assert Words.of(words.document) == words
        assert all(json.loads(words.document).values())


def test_control_characters_go_lines_stay_and_letters_are_composed():
    assert cleaned("\ufeff a\0b\x1b[31m\r\nc\u202ed e\u0301\ud83d ") == "ab[31m\ncd \u00e9"
    assert cleaned(5) == cleaned(None) == cleaned({"a": 1}) == ""
    assert cleaned("\U0001f468\u200d\U0001f469\u200d\U0001f467") == "\U0001f468\u200d\U0001f469\u200d\U0001f467"


def test_a_long_text_counts_as_a_whole_and_an_endless_one_is_cut():
    assert cleaned("word " * 3000 + "end").endswith("word end")
    assert len(cleaned("x" * 10**6)) == LONGEST_TEXT
    assert len(Words.said(hashtags=map(str, range(10**4))).hashtags) == MOST_HASHTAGS


@pytest.mark.parametrize(("text", "tags"), [
    ("#Rook, #king!and (#queen)", ["rook", "king", "queen"]),
    ("#denidil#денидил", ["denidil", "денидил"]),
    ("#हिन्दी #料理 #ช็อก ＃全角", ["हिन्दी", "料理", "ช็อก", "全角"]),  # noqa: RUF001 (as people type it)
    ("see https://example.org/#top #1 # #_a_1 C#", ["_a_1"]),
    ("#café's #20min #a-b", ["café", "20min", "a"]),
])
def test_hashtags_are_found_in_every_script(text, tags):
    assert list(filter(None, hashtags_in(text))) == tags


def test_of_several_files_the_first_word_on_each_counts_and_every_text_that_says_more():
    first = Words.said(title="T", description="a cat", hashtags=["x"])
    second = Words.said(title="U", description="a cat on a mat #y", author="me")
    third = Words.said(description="something else", sound="s")
    assert merged([first, second, third]) == Words(
        "T", "a cat on a mat #y\nsomething else", ("x", "y"), "me", "s"
    )
    assert merged([first, first]) == first
    assert merged([]) == Words()
