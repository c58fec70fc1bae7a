"""The order in which a person reviews, page by page, and what is known of each video."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidsort import extract_features
from vidsort.errors import InvalidNameError
from vidsort.pile.order import ModificationTimes, arrange, facts_of, page, predicted_in
from vidsort.records import FolderScore, Prediction
from vidsort.store import open_database

ORDERS = ("confident", "unsure", "filename", "newest", "folder")


def prediction(name: str, folder: str, confidence: float) -> Prediction:
    top = (FolderScore(folder=folder, confidence=confidence),)
    return Prediction(video=name, predicted_folder=folder, confidence=confidence, top_predictions=top)


PREDICTIONS = {
    "1.mp4": prediction("1.mp4", "food", 0.5),
    "2.mp4": prediction("2.mp4", "art", 0.9),
    "3.mp4": prediction("3.mp4", "food", 0.7),
}
NAMES = ["4.mp4", "3.mp4", "2.mp4", "1.mp4"]
TIMES = {"1.mp4": 4.0, "2.mp4": 1.0, "3.mp4": 3.0, "4.mp4": 2.0}


@pytest.mark.parametrize(("order", "expected"), [
    ("confident", "2314"),
    ("unsure", "1324"),
    ("filename", "1234"),
    ("newest", "1342"),
    ("folder", "2314"),
])
def test_each_order_and_videos_without_a_prediction_last(order, expected):
    keys = arrange(NAMES, PREDICTIONS, order, modified_s=TIMES)
    assert [key[-1] for key in keys] == [f"{name}.mp4" for name in expected]


@pytest.mark.parametrize("order", ORDERS)
def test_what_is_put_off_comes_last_in_every_order_the_first_one_first(order):
    keys = arrange(NAMES, PREDICTIONS, order, skipped={"2.mp4": 20.0, "1.mp4": 10.0}, modified_s=TIMES)
    assert [key[-1] for key in keys][2:] == ["1.mp4", "2.mp4"]


@pytest.mark.parametrize("order", ORDERS)
@given(limit=st.integers(1, 7), seed=st.integers(0, 100))
def test_the_pages_together_are_the_whole_pile_once(order, limit, seed):
    names = [f"{number}.mp4" for number in range(20)]
    chosen = random.Random(seed)
    predictions = {name: prediction(name, chosen.choice("ab"), chosen.choice([0.1, 0.5])) for name in names[:15]}
    keys = arrange(names, predictions, order)
    seen, cursor = [], None
    while True:
        shown = page(keys, limit, cursor)
        seen += shown.filenames
        cursor = shown.next_cursor
        if cursor is None:
            break
    assert seen == [key[-1] for key in keys]


def test_videos_that_leave_the_pile_between_two_pages_take_nobodys_turn():
    names = [f"{number}.mp4" for number in range(10, 20)]
    first = page(arrange(names, {}, "filename"), 4)
    left = [name for name in names if name not in first.filenames]
    assert page(arrange(left, {}, "filename"), 4, first.next_cursor).filenames == left[:4]


@pytest.mark.parametrize("cursor", ["x", "é", "e30", "W10=x", "WzEsIDJd", "bnVsbA", "W251bGxd", "====", "[" * 2000])
def test_a_cursor_of_our_making_only(cursor):
    keys = arrange(NAMES, PREDICTIONS, "confident")
    with pytest.raises(InvalidNameError, match="cursor"):
        page(keys, 2, cursor)


def test_only_those_that_are_predicted_in_a_folder():
    assert predicted_in("food", NAMES, PREDICTIONS) == ["3.mp4", "1.mp4"]


def test_modification_times_leave_out_what_is_gone(library):
    names = sorted(path.name for path in library.glob("*.mp4"))
    found = ModificationTimes(library).of([*names, "404.mp4"])
    assert found == {name: (library / name).stat().st_mtime for name in names}


def test_facts_are_those_of_the_extraction_and_a_broken_file_has_its_reason(settings):
    names = sorted(path.name for path in settings.data_dir.glob("*.mp4"))
    (settings.data_dir / "7.mp4").write_bytes(b"no video at all")
    database = open_database(settings.artifacts_dir)
    assert facts_of(database, settings.artifacts_dir, settings.data_dir, names) == {}
    extract_features.run(settings)
    (settings.data_dir / "8.mp4").write_bytes(b"not looked at yet")
    facts = facts_of(database, settings.artifacts_dir, settings.data_dir, [*names, "7.mp4", "8.mp4", "404.mp4"])
    assert sorted(facts) == sorted([*names, "7.mp4"])
    assert (facts[names[0]]["width"], facts[names[0]]["height"]) == (64, 96)
    assert facts[names[0]]["browser_playable"]
    assert "reason" in facts["7.mp4"]
    database.close()
