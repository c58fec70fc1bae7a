"""Predictions in columns say what the same entries say as objects, whatever is asked."""

import io
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidsort.artifacts import new_version_id
from vidsort.artifacts.files import as_json
from vidsort.artifacts.publication import predictions_path, publish, write_predictions
from vidsort.pile import predictions as module
from vidsort.pile.columns import Columns, Pack, laid_over
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


def folders_by_number(entries):
    """What a classifier ranks: folders, one that nothing is like among them; each entry's numbers and shares."""
    folders = ["nothing", "travel", "sport", "food", "art"]
    ranked = [[(folders.index(one.folder), one.confidence) for one in entry.top_predictions] for entry in entries]
    return folders, ranked


@given(st.lists(ENTRIES.filter(lambda entry: entry.top_predictions).map(ranked), min_size=1,
                unique_by=lambda entry: entry.video), st.integers(1, 4))
def test_what_a_classifier_ranks_says_the_same_in_columns_and_after_it_was_written(entries, at_once):
    folders, rows = folders_by_number(entries)
    names = [entry.video for entry in entries]
    starts = range(0, len(names), at_once)
    made = Columns.of_packs(folders, [
        Pack.of(names[start : start + at_once], rows[start : start + at_once]) for start in starts
    ])
    objects = {entry.video: entry for entry in entries}
    assert told(made) == told(objects)
    assert set(made.folders) == {score.folder for entry in entries for score in entry.top_predictions}
    read = Columns.of_bytes(made.as_bytes())
    assert told(read) == told(objects)
    assert read.folders == made.folders


WRITTEN = Columns.of_packs(["food", "art"], [Pack.of(["1.mp4", "2.mp4"], [[(0, 0.5)], [(1, 0.5), (0, 0.25)]])])


def test_columns_that_are_damaged_at_any_place_are_refused_or_say_what_they_said():
    written = WRITTEN.as_bytes()
    damaged = [written[:end] for end in range(0, len(written), 50)]
    damaged += [written[:at] + bytes([written[at] ^ 1 << at % 8]) + written[at + 1 :] for at in range(len(written))]
    refused = 0
    for data in damaged:
        try:
            assert dict(Columns.of_bytes(data)) == dict(WRITTEN)
        except ValueError:
            refused += 1
    assert refused > len(damaged) / 2


@pytest.mark.parametrize("other", [
    {"firsts": [0]}, {"firsts": [0, 2]}, {"columns": [0, -1, 0]}, {"starts": [0, 1, 2]}, {"starts": [0, 4, 3]},
    {"starts": [1, 1, 3]}, {"sure": [0.5]}, {"names": list(b'["1.mp4"]')}, {"names": list(b'["1.mp4", "1.mp4"]')},
])
def test_columns_that_do_not_fit_together_are_refused(other):
    with np.load(io.BytesIO(WRITTEN.as_bytes())) as arrays:
        found = {name: arrays[name] for name in arrays.files}
    written = io.BytesIO()
    np.savez(written, **{name: np.array(other.get(name, array), array.dtype) for name, array in found.items()})
    with pytest.raises(ValueError, match="columns"):
        Columns.of_bytes(written.getvalue())


def test_columns_are_read_where_they_are_of_the_predictions_in_force(tmp_path, monkeypatch, caplog):
    read = []
    real = Columns.of_bytes
    monkeypatch.setattr(module.Columns, "of_bytes", lambda data: read.append(data) or real(data))
    entries = [WRITTEN["1.mp4"], WRITTEN["2.mp4"]]
    data = as_json([entry.model_dump() for entry in entries])
    for number, columns in enumerate((WRITTEN.as_bytes(), b"no columns")):
        predictions_id = new_version_id()
        write_predictions(tmp_path, predictions_id, data, {"model_id": None}, is_in_form=True, columns=columns)
        publish(tmp_path, predictions_id)
        assert dict(LivePredictions(predictions_path(tmp_path)).current().by_video) == dict(WRITTEN)
        assert read[number:] == [columns]
    assert "its entries are read instead" in caplog.text
    # Of another program, in their place.
    predictions_path(tmp_path).write_bytes(as_json([entries[0].model_dump()]))
    assert list(LivePredictions(predictions_path(tmp_path)).current().by_video) == ["1.mp4"]
    assert len(read) == 2
