import numpy as np
from labelled import clouds

from vidsort.insight.comparison import OutOfFold
from vidsort.insight.folders import likely_misfiled
from vidsort.insight.why import nearest_labelled


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


def test_a_video_that_another_folder_claims_is_suspect_and_the_worst_comes_first():
    good = [("food", {"food": 0.9, "dance": 0.1}), ("dance", {"dance": 0.9, "food": 0.1})] * 10
    bad = [("dance", {"food": 0.92, "dance": 0.08}), ("food", {"dance": 0.99, "food": 0.01})]
    found = likely_misfiled(evidence(good + bad))
    assert [(suspect.filename, suspect.folder, suspect.suggested) for suspect in found] == [
        ("21.mp4", "food", "dance"), ("20.mp4", "dance", "food"),
    ]
    assert (found[0].own, found[0].other) == (0.01, 0.99)


def test_a_doubt_that_is_no_claim_makes_no_suspect():
    good = [("food", {"food": 0.95, "dance": 0.05}), ("dance", {"dance": 0.95, "food": 0.05})] * 10
    assert likely_misfiled(evidence([*good, ("food", {"dance": 0.55, "food": 0.45})])) == []


def test_videos_that_could_not_be_scored_are_not_suspects():
    rows = [("food", {"food": 0.9, "dance": 0.1})] * 5 + [("dance", {"food": 1.0})]
    assert likely_misfiled(evidence(rows, scored=[True] * 5 + [False])) == []
    assert likely_misfiled(evidence([])) == []


def test_the_nearest_labelled_videos_are_of_the_same_folder_and_a_copy_is_nearest():
    features, y = clouds({"a": 20, "b": 20, "c": 20}, spread=0.4)
    found = nearest_labelled(features[::7], features, count=4)
    for number, neighbours in enumerate(found):
        assert neighbours[0].row == 7 * number
        assert neighbours[0].similarity > 0.999
        assert {y[neighbour.row] for neighbour in neighbours} == {y[7 * number]}
        similarities = [neighbour.similarity for neighbour in neighbours]
        assert similarities == sorted(similarities, reverse=True)


def test_without_labelled_videos_there_are_no_neighbours():
    features, _ = clouds({"a": 2})
    assert nearest_labelled(features, np.empty((0, 48), np.float32)) == [[], []]
    assert nearest_labelled(features[:0], features) == []
    assert len(nearest_labelled(features, features[:1], count=5)[0]) == 1
