"""Predictions in memory follow the file, whoever writes it."""

import json
import logging
import os

import pytest

from vidsort.pile.predictions import Guess, LivePredictions, Predictions, following, suggesting
from vidsort.records import Prediction

ENTRY = {
    "video": "7.mp4",
    "predicted_folder": "soccer",
    "confidence": 0.91,
    "top_predictions": [{"folder": "soccer", "confidence": 0.91}, {"folder": "food", "confidence": 0.05}],
}


def write(path, *entries):
    beside = path.with_suffix(".new")
    beside.write_text(json.dumps(entries))
    beside.replace(path)


def test_a_file_of_any_program_is_read(tmp_path):
    path = tmp_path / "predictions.json"
    write(path, ENTRY | {"note": "by hand"}, ENTRY | {"video": "8.mp4", "confidence": 1, "top_predictions": []})
    predictions = LivePredictions(path).current()
    assert predictions.by_video["7.mp4"].predicted_folder == "soccer"
    assert predictions.by_video["7.mp4"].model_dump(mode="json") == ENTRY
    assert predictions.by_video["8.mp4"].confidence == 1


def test_orders_are_told_what_they_need_of_many_also_where_another_program_wrote_little(tmp_path):
    path = tmp_path / "predictions.json"
    alone = ENTRY | {"video": "8.mp4", "confidence": 0.4, "top_predictions": []}
    write(path, ENTRY, alone)
    assert LivePredictions(path).current().guesses_of(["8.mp4", "404.mp4", "7.mp4"]) == [
        Guess("soccer", 0.4, (), 0.4), None, Guess("soccer", 0.91, ("soccer", "food"), 0.91 - 0.05),
    ]


def test_a_missing_file_is_a_warning_and_an_empty_set(tmp_path, caplog):
    with caplog.at_level(logging.WARNING):
        live = LivePredictions(tmp_path / "predictions.json")
        live.warn_if_none()
    assert live.current().by_video == {}
    assert "no predictions" in caplog.text


def test_a_damaged_file_is_a_warning_and_an_empty_set(tmp_path, caplog):
    path = tmp_path / "predictions.json"
    texts = (b"", b"[{", b"{}", b"null", b'[{"video": 7}]', b"\xff\xfe", b"[" * 100_000, b'[{"video": "7.mp4"}]')
    for damaged in texts:
        path.write_bytes(damaged)
        caplog.clear()
        assert LivePredictions(path).current().by_video == {}
        assert "predictions.json" in caplog.text


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes of this kind here")
def test_a_pipe_or_a_device_in_its_place_is_a_warning_and_never_waited_for(tmp_path, caplog):
    path = tmp_path / "predictions.json"
    os.mkfifo(path)
    assert LivePredictions(path).current().by_video == {}
    path.unlink()
    path.symlink_to("/dev/zero")
    assert LivePredictions(path).current().by_video == {}
    assert caplog.text.count("no file that can be read") == 2


def test_a_changed_file_is_taken_up_at_the_next_question(tmp_path):
    path = tmp_path / "predictions.json"
    live = LivePredictions(path)
    write(path, ENTRY)
    first = live.current()
    assert "7.mp4" in first.by_video
    assert live.current() is first
    write(path, ENTRY | {"video": "9.mp4"})
    assert list(live.current().by_video) == ["9.mp4"]
    assert live.current().version != first.version
    path.unlink()
    assert live.current().by_video == {}


def test_while_another_program_is_still_writing_the_old_ones_stay(tmp_path, caplog):
    path = tmp_path / "predictions.json"
    write(path, ENTRY)
    live = LivePredictions(path)
    path.write_text('[{"video": "8')
    assert list(live.current().by_video) == ["7.mp4"]
    assert "stay as they were" in caplog.text
    write(path, ENTRY | {"video": "8.mp4"})
    assert list(live.current().by_video) == ["8.mp4"]


def test_the_version_is_the_same_in_all_processes(tmp_path):
    path = tmp_path / "predictions.json"
    write(path, ENTRY)
    assert LivePredictions(path).current().version == LivePredictions(path).current().version


def test_a_file_of_the_same_size_within_one_tick_of_the_clock_is_seen(tmp_path):
    path = tmp_path / "predictions.json"
    write(path, ENTRY)
    live = LivePredictions(path)
    before = path.stat()
    write(path, ENTRY | {"video": "5.mp4"})
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert list(live.current().by_video) == ["5.mp4"]


def test_predictions_follow_folders_that_were_renamed_or_merged(tmp_path):
    path = tmp_path / "predictions.json"
    write(path, ENTRY, ENTRY | {"video": "8.mp4", "predicted_folder": "food", "top_predictions": []})
    predictions = LivePredictions(path).current()
    assert following(predictions, {}) is predictions
    assert following(predictions, {"dance": "ballet"}).by_video == predictions.by_video
    renamed = following(predictions, {"soccer": "football"})
    assert renamed.by_video["7.mp4"].top_predictions[0].model_dump() == {"folder": "football", "confidence": 0.91}
    assert renamed.by_video["8.mp4"] is predictions.by_video["8.mp4"]
    # Another version, so that pages which show the old names ask again.
    assert renamed.version != predictions.version
    merged = following(predictions, {"soccer": "sport", "food": "sport"})
    assert merged.by_video["7.mp4"].predicted_folder == "sport"
    assert merged.by_video["7.mp4"].confidence == 0.96
    assert [score.folder for score in merged.by_video["7.mp4"].top_predictions] == ["sport"]
    assert merged.by_video["8.mp4"].predicted_folder == "sport"
    assert merged.by_video["8.mp4"].confidence == 0.91


def test_where_two_folders_became_one_that_is_more_probable_it_is_the_first_guess(tmp_path):
    shares = {"soccer": 0.4, "food": 0.31, "cooking": 0.29}
    best = [{"folder": folder, "confidence": share} for folder, share in shares.items()]
    write(tmp_path / "predictions.json", ENTRY | {"confidence": 0.4, "top_predictions": best})
    merged = following(LivePredictions(tmp_path / "predictions.json").current(), {"food": "cooking"}).by_video["7.mp4"]
    assert (merged.predicted_folder, merged.confidence) == ("cooking", 0.6)
    assert [score.folder for score in merged.top_predictions] == ["cooking", "soccer"]


def test_folders_that_are_not_learned_from_are_not_suggested():
    said = Predictions("1", {
        "7.mp4": Prediction(**ENTRY),
        "8.mp4": Prediction(**ENTRY | {"video": "8.mp4", "top_predictions": []}),
        "9.mp4": Prediction(**ENTRY | {"video": "9.mp4", "predicted_folder": "golf", "top_predictions": []}),
    })
    assert suggesting(said, ()) is said
    assert suggesting(said, ("dance",)) is said
    left = suggesting(said, ("Soccer",))
    assert left.version != said.version
    assert left.by_video.keys() == {"7.mp4", "9.mp4"}
    assert left.by_video["7.mp4"].predicted_folder == "food"
    assert left.by_video["7.mp4"].confidence == 0.05
    assert left.by_video["9.mp4"] is said.by_video["9.mp4"]
    (kept,) = suggesting(said, ("food",)).by_video["7.mp4"].top_predictions
    assert (kept.folder, kept.confidence) == ("soccer", 0.91)
