import json

import numpy as np
import pytest

from vidsort.learning.fitting import TrainConfig, fit_classifier
from vidsort.learning.rows.parts import Part
from vidsort.learning.rows.text import counts, learn_vocabulary, words


def document(**fields):
    return json.dumps(fields, sort_keys=True, ensure_ascii=False)


@pytest.mark.parametrize(("text", "found"), [
    ("Straße, café-OLÉ!", ["strasse", "café", "olé"]), ("हिन्दी में", ["हिन्दी", "में"]),
    ("我喜欢 chess下棋", ["我喜欢", "chess", "下棋"]), ("good 🎸️ day", ["good", "🎸", "day"]), ("...", []),
])
def test_words_of_every_script_are_found(text, found):
    assert words(text) == found


def test_fields_are_tokens_of_their_own():
    found = counts(document(author="Some One", sound="My Song", hashtags=["#Rook", "endgame"], description="rook one"))
    assert {"@some one", "♪my song", "#rook", "#endgame", "rook", "one", "rook one", "~roo"} <= set(found)
    assert not {"some", "my", "song"} & set(found)
    assert counts("") == {}


def test_an_author_who_takes_another_nickname_is_the_same():
    names = ("mei.cooks", "Mei.Cooks (Mei)", "mei.cooks (Mei (on tour) 🍜)")
    assert [set(counts(document(author=name))) for name in names] == [{"@mei.cooks"}] * 3
    assert set(counts(document(sound="Original (live)"))) == {"♪original (live)"}


def test_scripts_without_spaces_are_known_by_their_characters():
    found = counts(document(description="我喜欢下棋"))
    assert {"棋", "下棋", "欢下棋"} <= set(found)
    assert not any(token.startswith("~") for token in found)


def test_rows_of_a_vocabulary_are_of_length_one_and_nothing_known_is_nothing():
    vocabulary, weighed = learn_vocabulary([document(title="rook"), document(title="riff"), ""])
    rows = vocabulary.rows([document(title="rook riff"), document(title="zzz"), ""])
    np.testing.assert_allclose(np.sqrt(rows.multiply(rows).sum(axis=1)), [1, 0, 0], atol=1e-6)
    assert weighed.shape == (3, vocabulary.width)


def library(filler="so this happened today "):
    said = {"chess": "rook endgame gambit", "music": "riff fretboard solo", "bread": "crumb levain oven"}
    y = [name for name in said for _ in range(8)]
    pick = [said[name].split()[number % 3] for number, name in enumerate(y)]
    texts = [document(description=filler * (30 if number % 4 else 1) + word) for number, word in enumerate(pick)]
    return Part.whole(np.array(texts, object), "text"), y, said


def test_a_word_at_the_end_of_a_long_text_decides():
    part, y, _ = library()
    trained = fit_classifier({"words": part}, y, np.arange(24), TrainConfig())
    filler = "so this happened today " * 40
    asked = np.array([document(description=filler + word) for word in ("rook", "riff", "oven")], object)
    assert len(filler) > 500
    shares = trained.predict_proba({"words": Part.whole(asked, "text")})
    assert [trained.folders[column] for column in shares.argmax(axis=1)] == ["chess", "music", "bread"]


def test_tokens_that_are_in_most_folders_weigh_nothing():
    part, y, said = library()
    trained = fit_classifier({"words": part}, y, np.arange(24), TrainConfig())
    known = set(trained.experts["words"].preparation.tokens)
    assert not {"so", "this", "happened", "today"} & known
    assert set(" ".join(said.values()).split()) <= known
    empty = Part.whole(np.array([document(description="so this happened today")], object), "text")
    np.testing.assert_allclose(trained.predict_proba({"words": empty}), 1 / 3)
    assert trained.telling_words(document(description="this rook happened"), "chess")[0] == "rook"
    assert trained.telling_words(document(description="so this happened"), "chess") == []
