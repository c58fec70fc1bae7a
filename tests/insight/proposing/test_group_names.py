"""What groups are called: by words that tell them from others, and always so that the folder could be made."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from vidsort.insight.proposing.naming import Naming, names_for, words_of
from vidsort.library.names import check_new_folder_name, folded


def said(text: str = "", *hashtags: str, **more: str) -> str:
    return json.dumps({"description": text, "hashtags": list(hashtags)} | more)


def test_a_group_is_called_by_the_hashtag_that_others_have_not():
    bread = [said("look at this loaf", "sourdough", "fyp"), said("my starter", "sourdough", "fyp")] * 4
    others = [said("look at this dog", "dogs", "fyp")] * 20
    telling = Naming([*bread, *others]).telling(bread)
    assert telling[0] == "sourdough"
    assert "fyp" not in telling
    assert "look" not in telling


def test_words_in_scripts_without_spaces_name_a_group():
    dogs = [said("柴犬の子犬"), said("柴犬と散歩"), said("柴犬")]
    assert "柴犬" in Naming([*dogs, *[said("パンを焼く")] * 10]).telling(dogs)


def test_who_posted_it_and_numbers_name_no_group():
    assert words_of(said("2024 42 ab", "7", author="anna", sound="a song", language="en")) == {}


def test_without_words_a_group_is_numbered():
    assert names_for([[], ["dogs"], []], {"Group 2", "x"}) == ["Group 1", "dogs", "Group 3"]
    assert Naming(["", ""]).telling(["", ""]) == []


def test_what_all_say_that_say_anything_names_no_group():
    dogs = [said("look", "dogs", "fyp"), said("look", "dogs", "fyp"), ""] * 3
    telling = Naming([*dogs, *[said("look", "bread", "fyp")] * 6, *[""] * 100]).telling(dogs)
    assert telling == ["dogs"]


def test_where_a_word_is_a_name_already_the_next_group_is_numbered():
    assert names_for([["dogs"], ["dogs"], ["dogs"]], {"Dogs 2"}) == ["dogs", "dogs 3", "dogs 4"]


def test_a_name_that_is_taken_or_could_not_be_made_gives_way_to_the_next():
    assert names_for([["Dogs", "puppies"], ["con", "a/b", "puppies", "walks"]], {"dogs"}) == ["puppies", "walks"]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.text(max_size=6), max_size=4), max_size=8), st.sets(st.text(max_size=6), max_size=4))
def test_every_name_could_be_made_beside_the_others(words, taken):
    names = names_for(words, taken)
    assert len(names) == len(words)
    assert all(check_new_folder_name(name) == name for name in names)
    every = [folded(name) for name in names]
    assert len(set(every)) == len(every)
    assert not set(every) & {folded(name) for name in taken}
