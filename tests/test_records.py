"""Rows that travel are frozen and strict; predictions of other programs are read tolerantly."""

import math
import os
from pathlib import Path

import pytest
from pydantic import ValidationError

from vidsort.records import Folder, FolderScore, Prediction, Progress, Report, Video

ENTRY = {
    "video": "7234567890123456.mp4",
    "predicted_folder": "soccer",
    "confidence": 0.91,
    "top_predictions": [{"folder": "soccer", "confidence": 0.91}, {"folder": "food", "confidence": 0.05}],
}


def test_a_row_cannot_be_changed_after_it_was_made():
    row = Folder(name="food", count=3)
    with pytest.raises(ValidationError):
        row.count = 4


def test_a_row_refuses_a_key_it_does_not_know():
    with pytest.raises(ValidationError):
        Folder(name="food", count=3, colour="red")


def test_an_unsorted_video_has_no_folder():
    video = Video(filename="1.mp4", folder=None, directory=Path(), size_bytes=1, mtime_ns=1)
    assert video.folder is None
    assert video.path == Path("1.mp4")


def test_where_a_video_is_is_said_to_the_disk_as_its_path_says_it():
    for directory in (Path(), Path("library"), Path("/videos"), Path("/videos/f\u00fcr Oma")):
        video = Video(filename="1.mp4", folder=None, directory=directory, size_bytes=1, mtime_ns=1)
        assert video.place == os.fsencode(video.path)


def test_a_video_that_lies_elsewhere_is_another():
    one, other = (
        Video(filename="1.mp4", folder=None, directory=Path(at), size_bytes=1, mtime_ns=1) for at in ("/a", "/b")
    )
    assert one != other
    assert len({one, other}) == 2


def test_the_documented_prediction_loads_and_writes_itself_back():
    prediction = Prediction.model_validate(ENTRY)
    assert prediction.top_predictions[1].folder == "food"
    assert prediction.model_dump(mode="json") == ENTRY


def test_another_programs_extra_keys_do_no_harm():
    prediction = Prediction.model_validate({**ENTRY, "model": "theirs", "top_predictions": [
        {"folder": "soccer", "confidence": 0.91, "logit": 4.2}
    ]})
    assert prediction == Prediction.model_validate({**ENTRY, "top_predictions": ENTRY["top_predictions"][:1]})


@pytest.mark.parametrize("confidence", [-0.1, 1.1, math.nan, math.inf, "high", None])
def test_a_confidence_that_is_no_probability_is_refused(confidence):
    with pytest.raises(ValidationError):
        FolderScore(folder="food", confidence=confidence)


def test_progress_knows_no_rate_until_there_is_one():
    assert Progress(step="train", done=0, total=4).rate_per_s is None


def test_a_report_survives_json():
    report = Report(step="train", done=3, took_s=0.5, outputs={"model_id": "x", "accuracy": 0.9, "promoted": True})
    assert Report.model_validate_json(report.model_dump_json()) == report
