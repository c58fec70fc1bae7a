"""What is learned is served over predictions.json, and lists are told what has changed."""

import json

import numpy as np

from vidsort.live.guesses import Guesses, write_guesses
from vidsort.live.serving import Serving
from vidsort.pile.entries import entry
from vidsort.pile.listing import Listing
from vidsort.pile.predictions import Guess, LivePredictions

ENTRY = {
    "video": "7.mp4", "predicted_folder": "soccer", "confidence": 0.91,
    "top_predictions": [{"folder": "soccer", "confidence": 0.91}],
}
NAMES = ("7.mp4", "8.mp4", "9.mp4", 'a "\\ü.mp4')


def write(path, *entries) -> None:
    beside = path.with_suffix(".new")
    beside.write_text(json.dumps(entries))
    beside.replace(path)


class Made:
    """A served folder of artifacts; `learn` puts guesses there as a learner would."""

    def __init__(self, artifacts_dir) -> None:
        self.artifacts_dir = artifacts_dir
        write(artifacts_dir / "predictions.json", ENTRY, ENTRY | {"video": "only.mp4"})
        self.serving = Serving(LivePredictions(artifacts_dir / "predictions.json"), artifacts_dir)
        self.serving.is_on = True
        self.guesses = Guesses.none("token", self.serving.base_version, "model", NAMES)

    def learn(self, rows: list[int], *values: tuple[float, ...], folders: tuple[str, ...] = ("food", "sport")) -> None:
        self.guesses = self.guesses.refitted(folders, np.array(rows), np.array(values), 1, "now")
        write_guesses(self.artifacts_dir, self.guesses)


def first(predictions) -> dict[str, tuple[str, float]]:
    return {name: (one.predicted_folder, one.confidence) for name, one in predictions.by_video.items()}


def test_what_is_learned_stands_over_the_file_and_the_rest_stays(tmp_path):
    made = Made(tmp_path)
    base = made.serving.current({})
    assert base.by_video["7.mp4"].predicted_folder == "soccer"
    made.learn([0, 1], (0.3, 0.7), (0.9, 0.1))
    learned = made.serving.current({})
    assert first(learned) == {"7.mp4": ("sport", 0.7), "8.mp4": ("food", 0.9), "only.mp4": ("soccer", 0.91)}
    assert (len(learned.by_video), "9.mp4" in learned.by_video, learned.by_video.get("9.mp4")) == (3, False, None)
    assert learned.version != base.version
    assert made.serving.current({}) is learned
    assert made.serving.learned().model_id == "model"


def test_another_file_ends_it_at_once_and_a_file_that_has_gone_does_not(tmp_path):
    made = Made(tmp_path)
    made.learn([0], (0.3, 0.7))
    learned = made.serving.current({})
    (tmp_path / "live" / "guesses.npz").unlink()
    assert made.serving.current({}) is learned
    write(tmp_path / "predictions.json", ENTRY | {"video": "8.mp4"})
    assert made.serving.learned() is None
    assert first(made.serving.current({})) == {"8.mp4": ("soccer", 0.91)}
    made.serving.is_on = False
    made.learn([0], (0.3, 0.7))
    assert made.serving.learned() is None


def test_it_is_told_which_entries_are_others_whichever_is_the_newer(tmp_path):
    made = Made(tmp_path)
    base = made.serving.current({})
    made.learn([0, 1, 2], (0.3, 0.7), (0.9, 0.1), (0.8, 0.2))
    one = made.serving.current({})
    made.learn([0, 1, 2], (0.3, 0.7), (0.4, 0.6), (0.8, 0.2))
    two = made.serving.current({})
    assert (one.changed_since(base), base.changed_since(one), list(one.changed_since(one))) == (None, None, [])
    assert two.changed_since(one) == one.changed_since(two) == ["8.mp4"]
    assert made.serving.current({"sport": "games"}).changed_since(two) is None


def test_guesses_follow_a_renamed_folder_until_it_is_learned(tmp_path):
    made = Made(tmp_path)
    made.learn([0, 1], (0.3, 0.7), (0.9, 0.1))
    before = made.serving.current({})
    after = made.serving.current({"sport": "games", "soccer": "ball"})
    assert first(after) == {"7.mp4": ("games", 0.7), "8.mp4": ("food", 0.9), "only.mp4": ("ball", 0.91)}
    assert after.version != before.version
    merged = made.serving.current({"sport": "food"})
    assert first(merged)["7.mp4"] == ("food", 1.0)


def test_texts_and_what_orders_need_are_those_of_entries(tmp_path):
    made = Made(tmp_path)
    made.learn([0, 1, 3], (1 / 3, 2 / 3), (1.0, 0.0), (0.123456, 0.876544), folders=('f "\\ö', "sport"))
    names = [*NAMES, "only.mp4", "unknown.mp4"]
    for heirs in ({}, {"sport": "games"}):
        learned = made.serving.current(heirs)
        entries = [learned.by_video.get(name) for name in names]
        texts = [json.loads(text) for text in learned.texts(names)]
        assert texts == [json.loads(json.dumps(entry(name, one))) for name, one in zip(names, entries, strict=True)]
        assert learned.guesses_of(names) == [one and Guess.of(one) for one in entries]
        assert learned.guesses_of(names[:1]) == [Guess.of(entries[0])]
        assert (learned.guesses_of([]), learned.texts([])) == ([], [])


def test_entries_are_all_those_that_are_said_of_any_video(tmp_path):
    made = Made(tmp_path)
    made.learn([0, 1], (0.3, 0.7), (0.9, 0.1))
    said = made.serving.current({}).by_video
    assert sorted(said) == ["7.mp4", "8.mp4", "only.mp4"]
    assert [name in said for name in ("8.mp4", "9.mp4", "only.mp4", "unknown.mp4")] == [True, False, True, False]


def test_a_list_makes_anew_what_has_changed_and_is_the_same_as_a_new_one(tmp_path):
    made = Made(tmp_path)
    made.learn([0, 1, 2], (0.3, 0.7), (0.9, 0.1), (0.8, 0.2))
    listing = Listing(sorted(NAMES), made.serving.current({}))
    listing.text()
    made.learn([0, 1, 2], (0.3, 0.7), (0.4, 0.6), (0.8, 0.2))
    now = made.serving.current({})
    assert listing.follow(now)
    assert json.loads(listing.text()) == json.loads(Listing(sorted(NAMES), now).text())
    assert not listing.follow(made.serving.current({"sport": "games"}))
