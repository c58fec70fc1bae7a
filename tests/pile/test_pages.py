"""The pile page by page, and kept in order while videos come and go."""

import os
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidsort.errors import InvalidNameError
from vidsort.library.live import LiveLibrary
from vidsort.pile.order import ORDERS
from vidsort.pile.pages import Arrangement, Pile, page
from vidsort.pile.predictions import Predictions
from vidsort.records import FolderScore, Prediction
from vidsort.store import open_database
from vidsort.store.review import Review


def prediction(name: str, folder: str, confidence: float) -> Prediction:
    top = (FolderScore(folder=folder, confidence=confidence),)
    return Prediction(video=name, predicted_folder=folder, confidence=confidence, top_predictions=top)


PREDICTIONS = Predictions("one", {
    "1.mp4": prediction("1.mp4", "food", 0.5),
    "2.mp4": prediction("2.mp4", "art", 0.9),
    "3.mp4": prediction("3.mp4", "food", 0.7),
})
NAMES = ["4.mp4", "3.mp4", "2.mp4", "1.mp4"]
TIMES = {"1.mp4": 4.0, "2.mp4": 1.0, "3.mp4": 3.0, "4.mp4": 2.0}


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory):
    """A root with the names above and thirty more, empty, each of its own time."""
    root = tmp_path_factory.mktemp("videos")
    for name, modified_s in (TIMES | {f"{number}.mp4": number % 7 for number in range(10, 40)}).items():
        (root / name).touch()
        os.utime(root / name, (modified_s, modified_s))
    return root


@pytest.fixture
def pile(tmp_path):
    """A pile of real names on a disk, with its library in memory, its review and its folder."""
    root = tmp_path / "videos"
    (root / "food").mkdir(parents=True)
    for name in NAMES:
        (root / name).touch()
    database = open_database(tmp_path / "artifacts")
    live, review = LiveLibrary(root), Review(database, "here")
    pile = Pile(live, review, database, tmp_path / "artifacts")
    pile.move = lambda origin, destination: (
        (root / origin).rename(root / destination), live.follow([(origin, destination)])
    )
    pile.review = review
    yield pile
    database.close()


def arranged(data_dir, order, names, skipped=None, predictions=PREDICTIONS, folder=None) -> Arrangement:
    arrangement = Arrangement(data_dir, ORDERS[order], folder, predictions)
    arrangement.follow(names, skipped or {})
    return arrangement


def filenames(answer):
    return [video["filename"] for video in answer["videos"]]


@pytest.mark.parametrize("order", ORDERS)
def test_what_is_put_off_comes_last_in_every_order_the_first_one_first(data_dir, order):
    keys = arranged(data_dir, order, NAMES, {"2.mp4": 20.0, "1.mp4": 10.0}).keys
    assert [key[-1] for key in keys][2:] == ["1.mp4", "2.mp4"]


def test_only_those_that_are_predicted_in_a_folder(data_dir):
    keys = arranged(data_dir, "filename", NAMES, folder="food").keys
    assert [key[-1] for key in keys] == ["1.mp4", "3.mp4"]


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("folder", [None, "a"])
@given(seed=st.integers(0, 2**32))
def test_whatever_comes_goes_and_is_put_off_the_order_is_as_if_made_anew(data_dir, order, folder, seed):
    chosen = random.Random(seed)
    names = [f"{number}.mp4" for number in range(10, 40)]
    predictions = Predictions("", {
        name: prediction(name, chosen.choice("ab"), chosen.choice([0.1, 0.5, 0.9])) for name in names[:20]
    })
    here = set(chosen.sample(names, 15))
    kept = arranged(data_dir, order, sorted(here), {}, predictions, folder)
    for _ in range(5):
        changed = {name: chosen.random() < 0.5 for name in chosen.sample(names, 4)}
        here = {name for name in here | set(changed) if changed.get(name, True)}
        skipped = {name: float(chosen.randint(1, 3)) for name in chosen.sample(names, chosen.randint(0, 5))}
        kept.follow(changed, skipped)
        assert kept.keys == arranged(data_dir, order, sorted(here), skipped, predictions, folder).keys


@pytest.mark.parametrize("order", ORDERS)
@given(limit=st.integers(1, 7), seed=st.integers(0, 100))
def test_the_pages_together_are_the_whole_pile_once(data_dir, order, limit, seed):
    names = [f"{number}.mp4" for number in range(20)]
    chosen = random.Random(seed)
    predictions = {name: prediction(name, chosen.choice("ab"), chosen.choice([0.1, 0.5])) for name in names[:15]}
    keys = arranged(data_dir, order, names, predictions=Predictions("", predictions)).keys
    seen, cursor = [], None
    while True:
        shown = page(keys, limit, cursor)
        seen += shown.filenames
        cursor = shown.next_cursor
        if cursor is None:
            break
    assert seen == [key[-1] for key in keys]


@pytest.mark.parametrize("order", ORDERS)
def test_videos_that_leave_the_pile_between_two_pages_take_nobodys_turn(data_dir, order):
    arrangement = arranged(data_dir, order, [f"{number}.mp4" for number in range(10, 30)])
    first = page(arrangement.keys, 4)
    second = page(arrangement.keys, 4, first.next_cursor)
    arrangement.follow(dict.fromkeys(first.filenames, False), {})
    assert page(arrangement.keys, 4, first.next_cursor) == second


@pytest.mark.parametrize("cursor", ["x", "é", "e30", "W10=x", "WzEsIDJd", "bnVsbA", "W251bGxd", "====", "[" * 2000])
def test_a_cursor_of_our_making_only(data_dir, cursor):
    with pytest.raises(InvalidNameError, match="cursor"):
        page(arranged(data_dir, "confident", NAMES).keys, 2, cursor)


def test_a_move_puts_nothing_in_order_again(pile, monkeypatch):
    asked = []
    real_key = Arrangement._key
    monkeypatch.setattr(Arrangement, "_key", lambda self, name: (asked.append(name), real_key(self, name))[1])
    assert filenames(pile.queue(PREDICTIONS, 50, None, "confident")) == ["2.mp4", "3.mp4", "1.mp4", "4.mp4"]
    asked.clear()
    pile.move("3.mp4", "food/3.mp4")
    assert filenames(pile.queue(PREDICTIONS, 50, None, "confident")) == ["2.mp4", "1.mp4", "4.mp4"]
    pile.move("food/3.mp4", "3.mp4")
    pile.review.skip("2.mp4")
    answer = pile.queue(PREDICTIONS, 50, None, "confident")
    assert filenames(answer) == ["3.mp4", "1.mp4", "4.mp4", "2.mp4"]
    assert (answer["total"], answer["skipped"]) == (4, 1)
    assert set(asked) == {"3.mp4", "2.mp4"}


def test_other_predictions_are_another_order_where_it_needs_them(pile):
    other = Predictions("two", {"4.mp4": prediction("4.mp4", "art", 1.0)})
    for order, first, then in (("confident", "2314", "4123"), ("filename", "1234", "1234")):
        for predictions, expected in ((PREDICTIONS, first), (other, then), (PREDICTIONS, first)):
            answer = pile.queue(predictions, 50, None, order)
            assert filenames(answer) == [f"{number}.mp4" for number in expected]
            assert answer["predictions"] == predictions.version
            assert answer["videos"][-1]["predicted_folder"] == getattr(
                predictions.by_video.get(filenames(answer)[-1]), "predicted_folder", None
            )


def test_skips_are_of_the_queue_and_not_of_the_list(pile):
    pile.review.skip("2.mp4")
    for _ in range(2):
        assert filenames(pile.queue(PREDICTIONS, 50, None, "confident"))[-1] == "2.mp4"
        assert filenames(pile.videos(PREDICTIONS, 50, None, "confident", None))[0] == "2.mp4"


def test_all_orders_in_turn_stay_right_while_videos_leave(pile):
    for name in NAMES:
        pile.move(name, f"food/{name}")
        for order in ORDERS:
            for folder in (None, "food", "art"):
                fresh = Pile(pile._live, pile.review, pile._database, pile._artifacts_dir)
                wanted = (PREDICTIONS, 50, None, order, folder)
                assert pile.videos(*wanted) == fresh.videos(*wanted)


def test_entries_are_of_those_asked_for_that_are_unsorted(pile):
    pile.move("3.mp4", "food/3.mp4")
    assert filenames(pile.entries(PREDICTIONS, ["4.mp4", "3.mp4", "404.mp4", "1.mp4"])) == ["4.mp4", "1.mp4"]
