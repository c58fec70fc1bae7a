"""Two versions of predictions: what changed, and which came before."""

import json

from vidsort.artifacts.publication import publish, rollback, write_predictions
from vidsort.insight.comparison import changes, previous_predictions, stored
from vidsort.records import FolderScore, Prediction

FIRST, SECOND = "20260101-000000-000001", "20260101-000000-000002"


def entry(video: str, folder: str, confidence: float) -> Prediction:
    score = FolderScore(folder=folder, confidence=confidence)
    return Prediction(video=video, predicted_folder=folder, confidence=confidence, top_predictions=(score,))


def test_what_goes_elsewhere_comes_first_then_the_largest_shift():
    before = [entry("1.mp4", "a", 0.9), entry("2.mp4", "a", 0.5), entry("3.mp4", "a", 0.6), entry("4.mp4", "a", 0.6)]
    after = [entry("1.mp4", "a", 0.8), entry("2.mp4", "b", 0.5), entry("3.mp4", "a", 0.9), entry("5.mp4", "a", 0.6)]
    assert [one.video for one in changes(before, after)] == ["2.mp4", "3.mp4", "1.mp4"]
    assert changes(before, after)[0].folder_before == "a"
    assert changes([], after) == []


def test_the_predictions_before_are_those_that_were_in_force_before(tmp_path):
    assert previous_predictions(tmp_path, FIRST) is None
    for predictions_id in (FIRST, SECOND):
        data = json.dumps([entry(f"{predictions_id[-1]}.mp4", "a", 0.5).model_dump(mode="json")]).encode()
        write_predictions(tmp_path, predictions_id, data, {"model_id": None})
        publish(tmp_path, predictions_id)
    assert previous_predictions(tmp_path, FIRST) is None
    assert previous_predictions(tmp_path, SECOND) == FIRST
    assert stored(tmp_path, FIRST)[0].video == "1.mp4"
    rollback(tmp_path)
    assert previous_predictions(tmp_path, SECOND) is None
