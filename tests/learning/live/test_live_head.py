"""The head between two key presses: what the model in force would say with the labels of now."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from labelled import clouds
from sklearn.naive_bayes import GaussianNB

from vidsort.learning.fitting import TrainConfig, fit_classifier
from vidsort.learning.live.head import LiveHead
from vidsort.learning.rows.names import Names, lettered
from vidsort.learning.rows.parts import Part

COUNTS = {"cooking": 24, "sailing": 22, "dancing": 20}
FEATURES, OF = clouds(COUNTS)
FOLDERS = sorted(COUNTS)
STEPS = st.lists(
    st.tuples(st.integers(0, len(OF) - 1), st.sampled_from([*FOLDERS, "new", None])), min_size=1, max_size=40
)
QUICK = TrainConfig(heads=("lda",), repeats=1)


def parts_of(kinds=("frames", "motion", "words")) -> dict[str, Part]:
    """All kinds of rows; every fifth video has no words, every seventh no motion."""
    rng, rows = np.random.default_rng(1), np.arange(len(OF))
    moves = np.array([[FOLDERS.index(folder), 1] for folder in OF]) + rng.normal(size=(len(OF), 2))
    said = np.array([json.dumps({"description": f"{folder} today"}) if row % 5 else "" for row, folder in
                     enumerate(OF)], object)
    parts = {
        "frames": Part.whole(FEATURES), "motion": Part(moves.astype(np.float32), rows % 7 > 0, "m", "scaled"),
        "words": Part(said, rows % 5 > 0, "w", "text"),
    }
    return {name: parts[name] for name in kinds}


def held_of(parts, labelled, heads=("lda",)):
    learned = {name: part.at(labelled) for name, part in parts.items()}
    config = TrainConfig(heads=heads, repeats=1)
    return fit_classifier(learned, OF[labelled], np.arange(len(labelled)), config)


def labels_of(rows) -> dict[int, str]:
    return {int(row): str(OF[row]) for row in rows}


def right(head: LiveHead) -> float:
    folders, pile, shares = head.shares()
    return float((np.array(folders)[shares.argmax(axis=1)] == OF[pile]).mean())


@pytest.mark.parametrize("kinds", [("frames",), ("words", "motion"), ("frames", "motion", "words")])
def test_a_full_retrain_with_the_same_choices_says_the_same(kinds):
    parts, order = parts_of(kinds), np.random.default_rng(0).permutation(len(OF))
    before, now = order[:30], order[:40]
    head = LiveHead(parts, held_of(parts, before))
    head.learn(labels_of(before), FOLDERS)
    head.learn(labels_of(now), FOLDERS)
    folders, pile, shares = head.shares()
    whole = held_of(parts, now).predict_proba({name: part.at(pile) for name, part in parts.items()})
    assert folders == tuple(FOLDERS)
    assert sorted(pile) == sorted(set(range(len(OF))) - set(now))
    assert (shares.argmax(axis=1) == whole.argmax(axis=1)).mean() > 0.9
    np.testing.assert_allclose(shares.sum(axis=1), 1)


@settings(max_examples=8, deadline=None)
@given(steps=STEPS)
def test_however_labels_came_about_the_guesses_are_those_of_the_labels_that_there_are(steps):
    agree_on(steps)


@pytest.mark.storm
@settings(max_examples=40, deadline=None)
@given(steps=STEPS)
def test_however_labels_came_about_in_many_ways(steps):
    agree_on(steps)


def agree_on(steps: list[tuple[int, str | None]]) -> None:
    """A head that learned step by step and one that learned at once give the same."""
    parts = parts_of()
    held = held_of(parts, np.arange(0, len(OF), 2))
    step_by_step, at_once = (LiveHead(parts, held) for _ in range(2))
    start = labels_of(range(0, len(OF), 2))
    step_by_step.learn(start, FOLDERS)
    for row, folder in steps:
        step_by_step.learn({row: folder}, [*FOLDERS, "new"])
        start[row] = folder
    at_once.learn(start, [*FOLDERS, "new"])
    for one, other in zip(step_by_step.shares(), at_once.shares(), strict=True):
        if isinstance(one, tuple):
            assert one == other
        else:
            np.testing.assert_allclose(one, other, atol=1e-3)


def test_a_folder_of_a_moment_ago_is_offered_after_one_example_and_an_undo_takes_that_back():
    parts = parts_of(("frames",))
    others = np.flatnonzero(OF != "dancing")
    head = LiveHead(parts, held_of(parts, others[::2]))
    head.learn(labels_of(others[::2]), FOLDERS)
    _, pile, before = head.shares()
    example = int(np.flatnonzero(OF == "dancing")[0])
    head.learn({example: "dancing"}, FOLDERS)
    folders, pile, shares = head.shares()
    like = OF[pile] == "dancing"
    first = np.array(folders)[shares.argmax(axis=1)]
    assert (first[like] == "dancing").mean() > 0.7
    assert (first[~like] == OF[pile][~like]).mean() > 0.9
    head.learn({example: None}, FOLDERS)
    np.testing.assert_allclose(head.shares()[2], before, atol=1e-4)


@pytest.mark.parametrize("winner", ["centroid", "logistic C=3", "neighbours", "mlp"])
def test_every_head_that_a_model_may_have_learns(winner):
    parts, order = parts_of(("frames",)), np.random.default_rng(0).permutation(len(OF))
    head = LiveHead(parts, held_of(parts, order[:30], (winner.split()[0],)), winner=winner)
    head.learn(labels_of(order[:40]), FOLDERS)
    assert right(head) > 0.9


def test_without_a_model_it_works_from_the_second_folders_first_video_on():
    head = LiveHead(parts_of(), None)
    cooking, sailing = (int(np.flatnonzero(folder == OF)[0]) for folder in ("cooking", "sailing"))
    head.learn({cooking: "cooking"}, ["cooking"])
    assert np.ptp(head.shares()[2]) == 0
    head.learn({sailing: "sailing"}, ["cooking", "sailing"])
    folders, pile, shares = head.shares()
    either = OF[pile] != "dancing"
    assert (np.array(folders)[shares.argmax(axis=1)] == OF[pile])[either].mean() > 0.8
    for count in (5, 12, 30):
        head.learn(labels_of(np.random.default_rng(0).permutation(len(OF))[:count]), FOLDERS)
    assert right(head) > 0.9


def test_before_any_label_the_names_of_folders_speak():
    parts = parts_of()
    named = dict.fromkeys(FOLDERS, "")
    names = Names(tuple(FOLDERS), {"names": lettered("words", parts["words"].X.tolist(), named)})
    head = LiveHead(parts, None, names)
    head.learn({}, FOLDERS)
    folders, pile, shares = head.shares()
    speaks = parts["words"].mask[pile]
    assert (np.array(folders)[shares.argmax(axis=1)] == OF[pile])[speaks].mean() == 1
    assert np.ptp(shares[~speaks]) < 1e-9
    head.learn({}, [*FOLDERS, "other"], names)
    assert head.shares()[2].shape[1] == 4


def test_nothing_known_is_no_error():
    head = LiveHead({}, None)
    head.learn({}, [])
    folders, pile, shares = head.shares()
    assert (folders, len(pile), shares.shape) == ((), 0, (0, 0))


def test_a_head_of_others_learns_on_as_it_was_handed_over():
    parts, order = parts_of(("frames",)), np.random.default_rng(0).permutation(len(OF))
    before, now = order[:30], order[:40]
    learned = {name: part.at(before) for name, part in parts.items()}
    held = fit_classifier(
        learned, OF[before], np.arange(len(before)), QUICK.model_copy(update={"heads": ("mine",)}),
        own={"mine": GaussianNB(var_smoothing=0.05)},
    )
    head = LiveHead(parts, held, winner="mine")
    head.learn(labels_of(before), FOLDERS)
    assert right(head) > 0.8
    # A folder that the model has not seen is known once videos lie in it, and the others stay so.
    head.learn({int(row): "aside" for row in now[30:]}, [*FOLDERS, "aside"])
    folders, _, shares = head.shares()
    assert shares[:, folders.index("aside")].max() > 0.1
    assert shares.shape == (len(OF) - 40, 4)
