"""Predictions in columns say what the same entries say as objects, whatever is asked."""

import json

from hypothesis import given
from hypothesis import strategies as st

from vidsort.pile import predictions as module
from vidsort.pile.columns import Columns, laid_over
from vidsort.pile.entries import Guess
from vidsort.pile.predictions import LivePredictions, Predictions, following, suggesting
from vidsort.records import FolderScore, Prediction

FOLDERS = st.sampled_from(["art", "food", "sport", "travel"])
SHARES = st.floats(0, 1).map(lambda share: round(share, 4))
SCORE = st.builds(lambda folder, share: FolderScore(folder=folder, confidence=share), FOLDERS, SHARES)
SCORES = st.lists(SCORE, max_size=4)
ENTRIES = st.builds(
    lambda number, folder, share, scores: Prediction(
        video=f"{number}.mp4", predicted_folder=folder, confidence=share, top_predictions=tuple(scores)
    ),
    st.integers(1, 12), FOLDERS, SHARES, SCORES,
)


def ranked(entry: Prediction) -> Prediction:
    """An entry as vidsort writes it: each folder once, the best first, which is the one that is predicted."""
    best = sorted({score.folder: score for score in entry.top_predictions}.values(), key=lambda one: -one.confidence)
    first = {"predicted_folder": best[0].folder, "confidence": best[0].confidence} if best else {}
    return entry.model_copy(update={"top_predictions": tuple(best)} | first)


BLOCKS = st.lists(st.lists(ENTRIES, max_size=4), min_size=1, max_size=4)
NAMES = [f"{number}.mp4" for number in range(14)]


def both(blocks):
    return {entry.video: entry for block in blocks for entry in block}, Columns(iter(blocks))


def told(entries):
    """All that can be asked of entries."""
    predictions = Predictions("", entries)
    return (
        dict(entries), set(entries), len(entries), [name in entries for name in NAMES],
        predictions.guesses_of(NAMES), predictions.texts(NAMES),
    )


@given(BLOCKS)
def test_columns_answer_as_objects_do(blocks):
    objects, columns = both(blocks)
    assert told(columns) == told(objects)
    assert columns.guesses_of(list(objects)) == [Guess.of(entry) for entry in objects.values()]


@given(BLOCKS, st.dictionaries(st.sampled_from(NAMES), st.none() | ENTRIES, max_size=5))
def test_what_is_laid_over_them_holds_instead(blocks, changed):
    changed = {name: entry and entry.model_copy(update={"video": name}) for name, entry in changed.items()}
    objects, columns = both(blocks)
    assert told(laid_over(columns, changed)) == told(laid_over(objects, changed))
    again = {"1.mp4": None}
    assert told(laid_over(laid_over(columns, changed), again)) == told(
        laid_over(laid_over(objects, changed), again)
    )


@given(
    st.lists(st.lists(ENTRIES.filter(lambda entry: entry.top_predictions).map(ranked)), min_size=1, max_size=3),
    st.dictionaries(st.sampled_from(["art", "food"]), st.sampled_from(["new", "sport", "travel"]), max_size=2),
    st.lists(FOLDERS, max_size=2),
)
def test_folders_that_have_other_names_or_are_not_suggested_are_the_same_in_either_form(blocks, heirs, not_learned):
    found = [
        suggesting(following(Predictions("1", entries), heirs), not_learned) for entries in both(blocks)
    ]
    assert told(found[1].by_video) == told(found[0].by_video)
    # What is shown otherwise has another version.
    assert found[1].version != "1" or found[0].version == "1"


def test_a_large_file_is_read_into_columns_and_its_entries_are_the_same(tmp_path, monkeypatch):
    path = tmp_path / "predictions.json"
    entries = [
        {"video": f"{number}.mp4", "predicted_folder": "food", "confidence": 0.5,
         "top_predictions": [{"folder": "food", "confidence": 0.5}]}
        for number in range(30)
    ]
    path.write_text("[\n" + ",\n".join(map(json.dumps, entries)) + "\n]\n")
    small = LivePredictions(path).current()
    monkeypatch.setattr(module, "MANY", 10)
    large = LivePredictions(path).current()
    assert isinstance(large.by_video, Columns)
    assert not isinstance(small.by_video, Columns)
    assert (large.version, dict(large.by_video)) == (small.version, dict(small.by_video))
