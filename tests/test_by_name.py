"""Named folders without a sorted video: guesses from what the folders are called, and no accuracy is invented."""

import json

import pytest
from labelled import make_library, store_features

from vidsort import artifacts, predict, train
from vidsort.errors import NotEnoughLabelsError
from vidsort.features import said
from vidsort.settings import Settings

RESTS_ON = "folder names and captions; no video is sorted yet"
WORDS = {"1": "our dogs at the lake", "2": "sunday cooking", "3": "#dogs", "4": "nothing in common",
         "5": "roast potatoes"}


@pytest.fixture
def place(tmp_path):
    settings = Settings(data_dir=tmp_path / "library", artifacts_dir=tmp_path / "artifacts")
    make_library(settings.data_dir, {None: 6, "dogs": 0, "cooking": 0, "travel": 0})
    for name, text in WORDS.items():
        (settings.data_dir / f"{name}.description").write_text(text)
    return settings


def guesses(settings):
    entries = json.loads(artifacts.predictions_path(settings.artifacts_dir).read_bytes())
    return {entry["video"]: entry["predicted_folder"] for entry in entries}


def retrained(settings):
    store_features(settings)
    report = train.run(settings)
    return report, predict.run(settings)


def test_folder_names_give_guesses_and_everything_says_what_they_rest_on(place):
    trained, predicted = retrained(place)
    assert guesses(place) == {"1.mp4": "dogs", "2.mp4": "cooking", "3.mp4": "dogs"}
    assert predicted.outputs["nothing_known"] == 3
    assert trained.outputs["accuracy"] is None
    assert RESTS_ON in trained.outputs["accuracy_note"]
    shown = artifacts.show_model(place.artifacts_dir, trained.outputs["model_id"])
    assert shown["manifest"]["rests_on"] == RESTS_ON
    assert shown["manifest"]["folders"] == {"cooking": 0, "dogs": 0, "travel": 0}
    assert shown["metrics"]["cover_against_error"] == []
    assert RESTS_ON in shown["version"]["note"]
    assert predict.least_confidence(place, predict.PredictConfig(), trained.outputs["model_id"]) is None


def test_what_has_no_words_is_not_asked_about(place, monkeypatch):
    """Of a million videos of which few have words that would take longer than to learn."""
    asked = []
    features_of = said.features_of
    monkeypatch.setattr(said, "features_of", lambda database, videos, _set: asked.extend(
        video.filename for video in videos
    ) or features_of(database, videos, _set))
    retrained(place)
    assert sorted(asked) == [f"{name}.mp4" for name in WORDS]
    assert guesses(place) == {"1.mp4": "dogs", "2.mp4": "cooking", "3.mp4": "dogs"}


def test_a_line_of_folder_txt_tells_a_folder_too(place):
    (place.data_dir / "cooking" / "folder.txt").write_text("Potatoes, pasta and all that is eaten\n")
    assert retrained(place)[1].outputs["nothing_known"] == 2
    assert guesses(place)["5.mp4"] == "cooking"


@pytest.mark.parametrize("sorted_videos", [{"dogs": 2}, {"dogs": 1, "cooking": 1}])
def test_the_first_labels_join_the_names_and_empty_folders_take_part(place, sorted_videos):
    number = 90
    for folder, count in sorted_videos.items():
        for _ in range(count):
            number += 1
            (place.data_dir / folder / f"{number}.mp4").write_bytes(b"%d" % number)
    (place.data_dir / "5.description").write_text("travel diary, travel tips")
    trained, _ = retrained(place)
    assert guesses(place) == {"1.mp4": "dogs", "2.mp4": "cooking", "3.mp4": "dogs", "5.mp4": "travel"} | {
        name: folder for name, folder in guesses(place).items() if name in ("4.mp4", "6.mp4")
    }
    manifest = artifacts.show_model(place.artifacts_dir, trained.outputs["model_id"])["manifest"]
    assert (manifest["rests_on"] is None) == (len(sorted_videos) > 1)


@pytest.mark.parametrize("folders", [[], ["dogs"], ["berge", "ufer"]])
def test_no_folders_or_nothing_in_common_is_the_error_that_it_was(place, folders):
    for name in ("dogs", "cooking", "travel"):
        (place.data_dir / name).rmdir()
    for name in folders:
        (place.data_dir / name).mkdir()
    store_features(place)
    with pytest.raises(NotEnoughLabelsError, match="no video is sorted yet") as told:
        train.run(place)
    assert told.value.exit_code == 6


def test_no_words_at_all_is_the_error_that_it_was(place):
    for path in place.data_dir.glob("*.description"):
        path.unlink()
    store_features(place)
    with pytest.raises(NotEnoughLabelsError, match="nothing in common"):
        train.run(place)
