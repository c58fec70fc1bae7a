import json

import numpy as np
import pytest
from labelled import clouds

from vidsort.insight.comparison import OutOfFold
from vidsort.insight.folders import likely_misfiled
from vidsort.insight.why import Likeness, explanations
from vidsort.learning.fitting import TrainConfig, fit_classifier
from vidsort.learning.rows.parts import Part


def evidence(rows, scored=None):
    """rows: (label, {folder: share})."""
    count = len(rows)
    return OutOfFold(
        folders=("dance", "food"),
        filenames=tuple(f"{number}.mp4" for number in range(count)),
        content=tuple(map(str, range(count))),
        labels=tuple(label for label, _ in rows),
        groups=tuple(range(count)),
        scored=tuple(scored or [True] * count),
        ranked=tuple(tuple(sorted(shares.items(), key=lambda each: -each[1])) for _, shares in rows),
    )


def test_one_video_that_lacks_a_kind_is_explained_by_the_others():
    rows, y = clouds({"dance": 12, "food": 12})
    parts = {"frames": Part.whole(rows), "sound": Part.whole(rows[:, :6].copy(), "scaled")}
    classifier = fit_classifier(parts, list(y), np.arange(len(y)), TrainConfig(heads=("lda",)))
    # As the store gives them: where nobody has any, not even their length is known.
    silent = Part(np.empty((1, 0), np.float32), np.zeros(1, bool), "sound", "scaled")
    asked = {"frames": parts["frames"].at(np.array([0])), "sound": silent}
    (found,) = explanations(classifier, Likeness(classifier, parts), asked)
    assert found.folder == y[0]
    assert found.nearest[0].row == 0
    nothing, lacking = np.empty((3, 0), np.float32), np.zeros(3, bool)
    nobody = {name: Part(nothing, lacking, name, part.rows) for name, part in parts.items()}
    assert Likeness(classifier, nobody).nearest(asked) == [[]]


def test_a_video_that_another_folder_likelier_has_is_suspect_and_the_worst_comes_first():
    good = [("food", {"food": 0.9, "dance": 0.1}), ("dance", {"dance": 0.9, "food": 0.1})] * 10
    bad = [("dance", {"food": 0.92, "dance": 0.08}), ("food", {"dance": 0.99, "food": 0.01})]
    found = likely_misfiled(evidence(good + bad))
    assert [(suspect.filename, suspect.folder, suspect.suggested) for suspect in found] == [
        ("21.mp4", "food", "dance"), ("20.mp4", "dance", "food"),
    ]
    assert (found[0].own, found[0].other) == (0.01, 0.99)


def test_a_toss_up_makes_no_suspect_and_a_clear_word_does_though_the_folder_is_usually_surer():
    good = [("food", {"food": 0.95, "dance": 0.05}), ("dance", {"dance": 0.95, "food": 0.05})] * 10
    assert likely_misfiled(evidence([*good, ("food", {"dance": 0.55, "food": 0.45})])) == []
    found = likely_misfiled(evidence([*good, ("food", {"dance": 0.75, "food": 0.25})]))
    assert [(suspect.filename, suspect.suggested) for suspect in found] == [("20.mp4", "dance")]


def test_what_is_right_about_all_other_videos_leaves_none_suspected():
    assert likely_misfiled(evidence([("food", {"food": 1.0}), ("dance", {"dance": 0.6, "food": 0.4})])) == []


def test_videos_that_could_not_be_scored_are_not_suspects():
    rows = [("food", {"food": 0.9, "dance": 0.1})] * 5 + [("dance", {"food": 1.0})]
    assert likely_misfiled(evidence(rows, scored=[True] * 5 + [False])) == []
    assert likely_misfiled(evidence([])) == []


def asked(features, y):
    classifier = fit_classifier(
        {"frames": Part.whole(features)}, list(y), np.arange(len(y)), TrainConfig(heads=("lda",))
    )
    return classifier, Likeness(classifier, {"frames": Part.whole(features)})


def test_the_nearest_labelled_videos_are_of_the_same_folder_and_a_copy_is_nearest():
    features, y = clouds({"a": 20, "b": 20, "c": 20}, spread=0.4)
    found = asked(features, y)[1].nearest({"frames": Part.whole(features[::7])}, count=4)
    for number, neighbours in enumerate(found):
        assert neighbours[0].row == 7 * number
        assert neighbours[0].similarity > 0.999
        assert {y[neighbour.row] for neighbour in neighbours} == {y[7 * number]}
        similarities = [neighbour.similarity for neighbour in neighbours]
        assert similarities == sorted(similarities, reverse=True)


def test_without_labelled_videos_there_are_no_neighbours():
    features, y = clouds({"a": 2, "b": 2})
    classifier, likeness = asked(features, y)
    nobody = Likeness(classifier, {"frames": Part.whole(np.empty((0, 48), np.float32))})
    assert nobody.nearest({"frames": Part.whole(features[:2])}) == [[], []]
    assert likeness.nearest({"frames": Part.whole(features[:0])}) == []
    one = Likeness(classifier, {"frames": Part.whole(features[:1])})
    assert len(one.nearest({"frames": Part.whole(features)}, count=5)[0]) == 1


def test_a_prediction_is_explained_by_neighbours_shares_and_words():
    features, y = clouds({"chess": 12, "music": 12})
    said = {"chess": "a rook endgame", "music": "a riff with chords"}
    documents = np.array([json.dumps({"author": "me", "description": said[name]}) for name in y], object)
    noise = np.random.default_rng(1).normal(size=features.shape).astype(np.float32)
    parts = {"frames": Part.whole(np.abs(noise)), "words": Part.whole(documents, "text")}
    classifier = fit_classifier(parts, list(y), np.arange(len(y)), TrainConfig(heads=("lda",)))
    (found,) = explanations(classifier, Likeness(classifier, parts), {name: part.at(np.array([0])) for name, part in
                                                                      parts.items()})
    assert found.folder == "chess"
    assert [y[neighbour.row] for neighbour in found.nearest] == ["chess"] * 3
    assert found.shares == {"frames": 0.0, "words": 1.0}
    assert {"rook", "endgame"} <= set(found.words)
    assert not {"a", "@me"} & set(found.words)


def test_words_and_speech_both_tell_and_what_weighs_nothing_is_silent_beside_what_does():
    said = {"chess": "rook endgame", "music": "guitar riff", "bread": "oven flour"}
    y = [folder for folder in said for _ in range(12)]
    spoken = np.array([json.dumps({"speech": f"{said[folder]} {number}"}) for number, folder in enumerate(y)], object)
    titled = np.array([json.dumps({"title": f"clip {number % 5}"}) for number in range(36)], object)
    parts = {"words": Part.whole(titled, "text"), "speech": Part.whole(spoken, "text")}
    classifier = fit_classifier(parts, y, np.arange(36), TrainConfig())
    assert classifier.fusion.in_force == ("speech",)
    asked = {"words": '{"title": "clip oven"}', "speech": '{"speech": "the rook"}'}
    assert classifier.telling_words(asked, "chess")[0] == "rook"
    assert "oven" not in classifier.telling_words(asked, "bread")
    found = explanations(classifier, Likeness(classifier, parts), {name: part.at([0]) for name, part in parts.items()})
    assert found[0].folder == "chess"
    assert {"rook", "endgame"} <= set(found[0].words)


@pytest.mark.parametrize("width", [12, 600])
def test_likeness_is_the_cosine_of_centred_rows_as_near_as_is_kept_of_them(width):
    rng = np.random.default_rng(0)
    labels = np.arange(900) % 3
    rows = np.abs(3 * rng.exponential(size=(3, width))[labels] + rng.normal(size=(900, width))).astype(np.float32)
    parts = {"frames": Part.whole(rows)}
    config = TrainConfig(heads=("centroid",), repeats=1)
    classifier = fit_classifier(parts, [f"folder {label}" for label in labels], np.arange(900), config)
    found = Likeness(classifier, parts).nearest({"frames": Part.whole(rows[:5])}, 900)
    rooted = np.sqrt(rows.astype(np.float64))
    rooted /= np.linalg.norm(rooted, axis=1, keepdims=True)
    rooted -= rooted.mean(axis=0)
    rooted /= np.linalg.norm(rooted, axis=1, keepdims=True)
    for row, said in enumerate(found):
        exact = rooted @ rooted[row]
        assert said[0].row == row
        assert [one.similarity for one in said] == pytest.approx([exact[one.row] for one in said], abs=2e-3)
        assert [one.similarity for one in said] == sorted((one.similarity for one in said), reverse=True)


def test_of_equals_the_first_is_nearest():
    rows, y = clouds({"dance": 6, "food": 6})
    twice = np.concatenate([rows, rows])
    classifier = fit_classifier(
        {"frames": Part.whole(twice)}, [*y, *y], np.tile(np.arange(12), 2), TrainConfig(heads=("centroid",))
    )
    (found,) = Likeness(classifier, {"frames": Part.whole(twice)}).nearest({"frames": Part.whole(rows[3:4])}, 1)
    assert [one.row for one in found] == [3]
