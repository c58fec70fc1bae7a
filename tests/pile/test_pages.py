"""The pile page by page, with what is told of each video."""

import json
import threading

import pytest

from vidsort.library.live import LiveLibrary
from vidsort.pile import pages
from vidsort.pile.arrangement import Arrangement, Ranking
from vidsort.pile.order import ORDERS
from vidsort.pile.pages import Pile
from vidsort.pile.predictions import Predictions
from vidsort.records import FolderScore, Prediction
from vidsort.store import open_database
from vidsort.store.people.review import Review


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


def filenames(answer):
    return [video["filename"] for video in answer["videos"]]


def test_a_move_puts_nothing_in_order_again(pile, monkeypatch):
    asked = []
    real_keys = Arrangement._keys
    monkeypatch.setattr(Arrangement, "_keys", lambda self, names: (asked.extend(names), real_keys(self, names))[1])
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


def test_a_very_large_pile_is_told_piece_by_piece_and_the_same(pile, monkeypatch):
    whole = pile.listing(PREDICTIONS)
    monkeypatch.setattr(pages, "MOST_HELD", 3)
    told = pile.listing(PREDICTIONS)
    assert json.loads(b"".join(told)) == json.loads(whole)
    pile.move("3.mp4", "food/3.mp4")
    assert json.loads(pile.listing(PREDICTIONS))["total"] == 3


def test_what_is_elsewhere_takes_no_place_of_a_page(pile):
    for cursor in (None, pile.queue(PREDICTIONS, 1, None, "confident")["next_cursor"]):
        answer = pile.queue(PREDICTIONS, 2, cursor, "confident", elsewhere=frozenset({"3.mp4"}))
        assert filenames(answer) == (["2.mp4", "1.mp4"] if cursor is None else ["1.mp4", "4.mp4"])
        assert (answer["next_cursor"] is None) == (cursor is not None)


def test_entries_are_of_those_asked_for_that_are_unsorted(pile):
    pile.move("3.mp4", "food/3.mp4")
    assert filenames(pile.entries(PREDICTIONS, ["4.mp4", "3.mp4", "404.mp4", "1.mp4"])) == ["4.mp4", "1.mp4"]


def test_a_large_pile_is_ranked_anew_beside_the_requests_and_what_was_sorted_is_gone_at_once(
    pile, monkeypatch, eventually
):
    monkeypatch.setattr(pages, "MOST_AT_ONCE", 1)
    rankings = [Ranking({name: float(at) for at, name in enumerate(NAMES)}), Ranking({"1.mp4": 0.0, "2.mp4": 1.0})]
    asked, may_go_on = [], threading.Event()

    def ranking_of(order, _predictions, is_first):
        asked.append((order, is_first))
        if len(asked) > 1:
            assert may_go_on.wait(10)
        return rankings[min(len(asked), 2) - 1]

    pile._ranking_of = ranking_of
    first = pile.queue(PREDICTIONS, 2, None, "telling")
    assert filenames(first) == ["4.mp4", "3.mp4"]
    pile.move("4.mp4", "food/4.mp4")
    # While it is made the order is the one before, without the video that has just gone; one at a time is made.
    assert filenames(pile.queue(PREDICTIONS, 50, None, "telling")) == ["3.mp4", "2.mp4", "1.mp4"]
    assert filenames(pile.queue(PREDICTIONS, 50, None, "telling")) == ["3.mp4", "2.mp4", "1.mp4"]
    assert filenames(pile.queue(PREDICTIONS, 50, first["next_cursor"], "telling")) == ["2.mp4", "1.mp4"]
    pile.move("3.mp4", "food/3.mp4")
    may_go_on.set()
    eventually(lambda: filenames(pile.queue(PREDICTIONS, 50, None, "telling")) == ["1.mp4", "2.mp4"])
    assert asked[:2] == [("telling", True)] * 2


def test_a_ranking_that_cannot_be_made_leaves_the_order_as_it_was(pile, monkeypatch, eventually, caplog):
    monkeypatch.setattr(pages, "MOST_AT_ONCE", 1)
    pile._ranking_of = lambda *_: Ranking({name: float(at) for at, name in enumerate(NAMES)})
    pile.queue(PREDICTIONS, 50, None, "alike")
    pile._ranking_of = lambda *_: 1 / 0
    for _ in range(2):
        assert filenames(pile.queue(PREDICTIONS, 50, None, "alike")) == NAMES
        eventually(lambda: not pile._making)
    assert "could not be ranked anew" in caplog.text
