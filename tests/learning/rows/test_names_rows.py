"""Folders told by their names: letters in common, in any script, and nothing where there is nothing in common."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidsort.learning.classifier import Expert
from vidsort.learning.rows.names import lettered
from vidsort.learning.rows.parts import Part

FOLDERS = {"Dogs": "", "Gardening": "roses and tomatoes", "柴犬": "", "мой сад": ""}


def document(text="", **more):
    return json.dumps({"description": text} | more)


def guesses(documents, folders=FOLDERS):
    named = lettered("words", documents, folders)
    expert = Expert.of_names(named)
    logs = expert.logs(Part.whole(np.array(documents, object), "text"), len(folders))
    return [list(folders)[column] for column in logs.argmax(axis=1)], np.exp(logs)


@pytest.mark.parametrize(("said", "folder"), [
    (document("three dogs in the snow"), "Dogs"), (document("my bulldogs"), "Dogs"),
    (document(hashtags=["dogsofinstagram"]), "Dogs"), (document(author="dogs"), "Dogs"),
    (document("when roses bloom"), "Gardening"), (document("gardens of the world"), "Gardening"),
    (document("今日の柴犬です"), "柴犬"), (document("в нашем саду расцвел сад"), "мой сад"),
])
def test_words_and_pieces_of_words_tell_a_folder(said, folder):
    filler = [document(f"nothing of it {number}") for number in range(20)]
    found, shares = guesses([said, *filler])
    assert found[0] == folder
    assert 1 / len(FOLDERS) < shares[0].max() < 0.95


def test_what_has_nothing_in_common_is_an_even_guess():
    _, shares = guesses([document("xyzzy quux"), document("dogs")])
    np.testing.assert_allclose(shares[0], 1 / len(FOLDERS))


@pytest.mark.parametrize(("documents", "folders"), [
    ([], FOLDERS), (["", ""], FOLDERS), ([document("dogs")], {"…": ""}), ([document("xyzzy quux")], FOLDERS),
])
def test_nothing_to_compare_is_none(documents, folders):
    assert lettered("words", documents, folders) is None


@given(st.lists(st.text(max_size=30), min_size=1, max_size=5), st.lists(st.text(min_size=1, max_size=12), min_size=2,
                                                                      max_size=5, unique=True))
def test_any_names_and_words_give_probabilities(texts, names):
    documents = [document(text) for text in texts]
    folders = dict.fromkeys(names, "")
    if lettered("words", documents, folders) is not None:
        _, shares = guesses(documents, folders)
        np.testing.assert_allclose(shares.sum(axis=1), 1)
