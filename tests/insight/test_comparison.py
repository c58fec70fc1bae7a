import dataclasses

import numpy as np
import pytest

from vidsort.errors import ArtifactError
from vidsort.insight.comparison import (
    Difference,
    OutOfFold,
    leads,
    out_of_fold_json,
    paired_difference,
    read_out_of_fold,
    verdict,
)


def evidence(answers, labels, folders=None, *, groups=None, scored=None):
    """A model's answers, one ranking of folders a video; video n has content "n"."""
    count = len(labels)
    ranked = [answer if isinstance(answer, list) else [answer] for answer in answers]
    return OutOfFold(
        folders=tuple(folders or sorted(set(labels))),
        filenames=tuple(f"{number}.mp4" for number in range(count)),
        content=tuple(str(number) for number in range(count)),
        labels=tuple(labels),
        groups=tuple(groups or range(count)),
        scored=tuple(scored or [True] * count),
        ranked=tuple(tuple((name, 0.5 - place / 10) for place, name in enumerate(names)) for names in ranked),
    )


LABELS = ["food", "sport"] * 50


def spoil(share):
    return [{"food": "sport", "sport": "food"}[label] if number % 100 < share else label
            for number, label in enumerate(LABELS)]


def test_a_much_worse_model_is_held_back_and_the_sentence_says_what_to_do():
    pair = paired_difference(evidence(spoil(5), LABELS), evidence(spoil(30), LABELS))
    assert (pair.count, pair.before, pair.after) == (100, 0.95, 0.70)
    assert pair.low < -0.25 < pair.high < 0
    promote, text = verdict(pair, "old")
    assert not promote
    assert text.startswith("Held back: clearly worse than old: 70.0% right against 95.0%")
    assert "vidsort models promote" in text


@pytest.mark.parametrize(("before", "after"), [(5, 6), (5, 5), (30, 5)])
def test_an_equal_or_better_model_is_promoted(before, after):
    pair = paired_difference(evidence(spoil(before), LABELS), evidence(spoil(after), LABELS))
    assert verdict(pair, "old")[0]


@pytest.mark.parametrize(("before", "after", "words"), [
    (6, 5, "not clearly worse than old, learnt from 5 more: 95.0% right against 94.0%"),
    (5, 5, "not clearly worse than old, learnt from 5 more: 95.0% right against 95.0% on the 100 videos that both can"),
    (40, 5, "clearly better than old, learnt from 5 more: "),
])
def test_the_verdict_says_why_in_words_and_shows_no_interval_of_nothing(before, after, words):
    pair = paired_difference(evidence(spoil(before), LABELS), evidence(spoil(after), LABELS))
    text = verdict(pair, "old", more=5)[1]
    assert text.startswith(f"Promoted: {words}")
    assert "+0.0 to +0.0" not in text
    assert "learnt" not in verdict(pair, "old", more=0)[1]
    assert "learnt from 2 fewer" in verdict(pair, "old", more=-2)[1]


@pytest.mark.parametrize(("low", "high", "told"), [
    (-0.0004, 0.021, "+0.0 to +2.1 points"), (-0.0004, 0.0004, ""),
])
def test_no_end_of_the_interval_reads_minus_nothing(low, high, told):
    text = verdict(Difference(200, 0.9996, 0.9996, 0.0, low, high), "old")[1]
    assert text.startswith("Promoted: not clearly worse than old: >99.9% right against >99.9% on the 200 videos")
    assert ("interval" in text) == bool(told)
    assert told in text


def test_the_first_model_and_one_that_cannot_be_compared_are_promoted():
    assert verdict(paired_difference(evidence([], []), evidence([], [])), None)[0]
    promote, text = verdict(paired_difference(evidence([], []), evidence(LABELS, LABELS)), "old")
    assert promote
    assert "no videos of two folders" in text


def test_one_folder_alone_compares_nothing():
    scored = [label == "food" for label in LABELS]
    pair = paired_difference(evidence(LABELS, LABELS, scored=scored), evidence(spoil(40), LABELS))
    assert pair.count == 0


def test_a_new_folder_is_never_a_reason_to_hold_a_model_back():
    """Half of food was taken for the new folder, which is all that is worse; the second choice is right."""
    labels = [*LABELS, *["soup"] * 10]
    after = [["soup", "food"] if label == "food" else [label] for label in LABELS] + [["food", "soup"]] * 10
    pair = paired_difference(evidence(LABELS, LABELS), evidence(after, labels))
    assert (pair.count, pair.difference) == (100, 0.0)


def test_old_answers_are_judged_by_todays_folders():
    moved = ["sport" if number < 40 else label for number, label in enumerate(LABELS)]
    pair = paired_difference(evidence(LABELS, LABELS), evidence(moved, moved))
    assert (pair.before, pair.after) == (0.8, 1.0)


def test_videos_that_could_not_be_scored_do_not_count():
    scored = [number >= 90 for number in range(100)]
    assert paired_difference(evidence(LABELS, LABELS, scored=scored), evidence(LABELS, LABELS)).count == 10


def test_copies_widen_the_interval():
    alone = paired_difference(evidence(LABELS, LABELS), evidence(spoil(20), LABELS))
    groups = [number // 10 for number in range(100)]
    copies = paired_difference(evidence(LABELS, LABELS), evidence(spoil(20), LABELS, groups=groups))
    assert copies.low < alone.low
    assert copies.high >= alone.high


def test_answers_come_back_from_disk_as_they_were(tmp_path):
    found = evidence([["food", "sport"], ["sport"]], ["food", "sport"], groups=[0, 1], scored=[True, False])
    (tmp_path / "out_of_fold.json").write_bytes(out_of_fold_json(found))
    assert read_out_of_fold(tmp_path) == found
    led = dataclasses.replace(found, leads=(12.345, None))
    (tmp_path / "out_of_fold.json").write_bytes(out_of_fold_json(led))
    assert read_out_of_fold(tmp_path) == led


def test_a_lead_is_over_the_own_folder_and_unknown_where_that_is():
    scores = np.array([[0.0, -3.0, -1.0], [-2.0, -np.inf, 0.5], [-np.inf, -np.inf, -np.inf], [-1.0, -np.inf, -np.inf]])
    found = leads(scores, np.array([1, 0, 0, 0]))
    assert found[:2].tolist() == [3.0, 2.5]
    assert not np.isfinite(found[2:]).any()


@pytest.mark.parametrize("text", ["", "{}", '{"folders": [], "videos": [{"filename": "1.mp4"}]}', "[]"])
def test_damaged_answers_are_an_error(tmp_path, text):
    (tmp_path / "out_of_fold.json").write_text(text)
    with pytest.raises(ArtifactError, match="run `vidsort retrain`"):
        read_out_of_fold(tmp_path)


def test_the_interval_holds_the_truth_about_as_often_as_it_says():
    held = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        before = [label if rng.random() < 0.8 else "none" for label in LABELS]
        after = [label if rng.random() < 0.7 else "none" for label in LABELS]
        pair = paired_difference(evidence(before, LABELS), evidence(after, LABELS))
        held += pair.low <= -0.1 <= pair.high
    assert held >= 52
