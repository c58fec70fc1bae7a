"""What is said of folders: thin, mixed, two that look like one."""

import math

from vidsort.insight.comparison import OutOfFold
from vidsort.insight.folders import expected_misses, folder_health, likely_misfiled, look_alikes


def metrics(confusion: dict[str, list[int]]) -> dict:
    names = list(confusion)
    folders = {}
    for number, name in enumerate(names):
        count = sum(confusion[name])
        share = confusion[name][number] / count if count else 0.0
        recall = {"value": share, "low": 0.0, "high": 1.0, "count": count}
        folders[name] = {"count": count, "thin": count <= 2, "recall": recall}
    return {"folders": folders, "confusion": [confusion[name] for name in names]}


def test_the_folder_that_needs_most_comes_first_with_what_to_do():
    found = metrics({"good": [30, 0, 0, 0], "mixed": [3, 10, 12, 0], "sea": [0, 2, 20, 0], "thin": [1, 0, 0, 1]})
    rows = {row.folder: row for row in folder_health(found)}
    assert [row.folder for row in folder_health(found)][:2] == ["mixed", "thin"]
    assert rows["mixed"].advice == "mixed, or too like sea"
    assert rows["mixed"].mistaken_for == "sea"
    assert rows["thin"].advice.startswith("too few videos")
    assert rows["good"].advice == ""
    assert rows["good"].mistaken_for is None


def test_a_small_folder_that_is_recognised_is_called_thin_only():
    assert [row.advice for row in folder_health(metrics({"a": [5, 0], "b": [0, 50]}))] == ["thin: label more", ""]


def test_a_folder_that_could_not_be_tested_has_no_recall_and_may_all_be_missed():
    found = metrics({"a": [15, 0], "b": [0, 1]})
    found["folders"]["b"]["recall"] = {"value": 0.0, "low": 0.0, "high": 1.0, "count": 0}
    untested, tested = folder_health(found)
    assert (untested.folder, untested.recall, untested.low, untested.high) == ("b", None, None, None)
    assert untested.advice == "could not be tested: label more"
    assert expected_misses([untested, tested]) == {"b": 1.0, "a": 0.0}


def test_two_folders_that_are_taken_for_each_other_are_named_together():
    found = metrics({"cats": [6, 4, 0], "kittens": [5, 5, 0], "sea": [0, 1, 9]})
    assert [(first, second) for first, second, _ in look_alikes(found)] == [("cats", "kittens")]
    assert look_alikes(found)[0][2] == 9 / 20
    assert look_alikes(metrics({"a": [0, 0], "b": [0, 0]})) == []


def test_the_most_suspicious_comes_first_also_where_the_share_of_doubt_makes_the_surest_look_alike():
    count, ranked = 3, (("sea", 0.97), ("food", 0.01))
    said = OutOfFold(
        folders=("food", "sea"), filenames=tuple(f"{number}.mp4" for number in range(count)), content=("a", "b", "c"),
        labels=("food",) * count, groups=(0, 1, 2), scored=(True,) * count, ranked=(ranked,) * count,
    )
    by_share = likely_misfiled(said)
    assert [round(suspect.doubt, 3) for suspect in by_share] == [round(math.log(97), 3)] * count
    led = likely_misfiled(OutOfFold(**vars(said) | {"leads": (5.0, 40.0, 0.1)}))
    assert [(suspect.filename, suspect.doubt) for suspect in led] == [("1.mp4", 40.0), ("0.mp4", 5.0)]
