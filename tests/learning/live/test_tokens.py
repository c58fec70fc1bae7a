"""Words that are kept up to date say what they would say if they were learned from nothing."""

import json

import numpy as np
import pytest

from vidsort.learning.heads import TokenFolders
from vidsort.learning.live.tokens import Documents
from vidsort.learning.rows.text import learn_vocabulary

WORDS = {"sea": ["wave", "sail", "shore"], "food": ["bread", "knead", "oven"]}


@pytest.fixture(scope="module")
def said():
    rng = np.random.default_rng(0)
    folders = [folder for folder in WORDS for _ in range(12)]
    texts = [" ".join(rng.choice([*WORDS[folder], "today", "so", "nice"], 5)) for folder in folders]
    documents = [json.dumps({"description": text}) for text in texts]
    documents[3] = ""
    return documents, np.array([list(WORDS).index(folder) for folder in folders])


@pytest.mark.parametrize("every", [2, 3, 5])
def test_they_are_those_learned_from_nothing(said, every):
    documents, labels = said
    labelled = np.arange(0, len(documents), every)
    found = Documents(documents).scores(labelled, labels[labelled])
    vocabulary, rows = learn_vocabulary([documents[row] for row in labelled])
    fitted = TokenFolders().fit(rows, labels[labelled])
    expected = fitted.rows(vocabulary.weighed(documents)) @ fitted.coef_.T
    np.testing.assert_allclose(found, expected, atol=1e-5)
    assert (found.argmax(axis=1) == labels)[[row for row in range(len(labels)) if documents[row]]].mean() > 0.9


def test_a_document_that_says_nothing_speaks_for_no_folder(said):
    documents, labels = said
    assert not Documents(documents).scores(np.arange(len(labels)), labels)[3].any()
