"""Filing by a promise, blind cards, and what is remembered of decisions."""

import json
import math

import pytest
from promising import FOLDERS, folder_of, guess, name_of, pile_up, true_folder
from test_routes import client, counts, make_client, sort

from vidsort.errors import ConflictError
from vidsort.library.moves import Mover, Wish
from vidsort.store import open_database

__all__ = ["client", "make_client"]

SURE, UNSURE = 60, 60


@pytest.fixture
def piled(make_client, settings):
    """A client of a library with sure and unsure videos in its pile, and a model that is known to be right."""
    pile_up(settings, SURE, UNSURE)
    return make_client()


def autofile(client, rate=0.02, **more):
    answer = client.post("/api/autofile", json={"at_most_wrong": rate, **more})
    assert answer.status_code == 200
    return answer.json()


def queue(client, **wanted):
    return client.get("/api/queue", params={"limit": 1000, **wanted}).json()["videos"]


def blind(client):
    return [video["filename"] for video in queue(client) if video["blind"]]


def unsorted(client):
    return {video["filename"] for video in client.get("/api/videos").json()["videos"]}


def tree(settings):
    return sorted(str(path) for path in settings.data_dir.rglob("*.mp4"))


def test_a_dry_run_says_what_would_be_filed_and_moves_nothing(piled, settings):
    before = tree(settings)
    for body in ({}, {"dry_run": True}):
        found = autofile(piled, 0.05, **body)
        count = len(found["moves"]) + len(found["held"])
        assert count >= SURE
        assert {move["filename"] for move in found["moves"]} | set(found["held"]) == set(map(name_of, range(count)))
        assert all(move["folder"] == true_folder(move["filename"]) for move in found["moves"])
        assert found["batch"] is None
        assert 0 < found["expected_wrong"] <= found["upper_bound"] <= 0.05
        assert len(found["held"]) == math.ceil(count / 20)
        assert sum(folder["count"] for folder in found["counts"]) == len(found["moves"])
        sures = [each["confidence"] for each in found["least_sure"]]
        assert sures == sorted(sures)
        assert len(sures) == 10
        assert found["rests_on"]["labelled"] == 200
        assert found["rests_on"]["pile"] == SURE + UNSURE
    assert piled.post("/api/autofile").json()["batch"] is None
    assert tree(settings) == before


def test_what_is_filed_is_one_action_that_one_undo_takes_back(piled, settings):
    before = tree(settings)
    planned = autofile(piled, 0.05)
    found = autofile(piled, 0.05, dry_run=False)
    assert found["moves"] == planned["moves"]
    assert found["skipped"] == []
    assert unsorted(piled).isdisjoint(move["filename"] for move in found["moves"])
    for move in found["moves"]:
        assert (settings.data_dir / move["folder"] / move["filename"]).is_file()
    assert piled.get("/api/history/actions").json()["actions"][0]["count"] == len(found["moves"])
    assert piled.get("/api/pace").json()["sorted_last_hour"] == 0
    undone = piled.post("/api/undo", json={"batch": found["batch"]}).json()
    assert len(undone["moves"]) == len(found["moves"])
    assert tree(settings) == before


def test_what_is_held_back_comes_as_blind_cards_until_it_is_taken_back(piled):
    found = autofile(piled, 0.05, dry_run=False)
    assert set(found["held"]) <= set(blind(piled))
    assert set(found["held"]) <= unsorted(piled)
    entries = piled.post("/api/queue/entries", json={"filenames": found["held"]}).json()["videos"]
    assert all(video["blind"] and video["top_predictions"] for video in entries)
    assert piled.get("/api/queue/blind").json()["filenames"] == sorted(blind(piled))
    assert autofile(piled, 0.05)["moves"] == []
    piled.post("/api/undo")
    assert len(autofile(piled, 0.05)["moves"]) == len(found["moves"])


def test_a_promise_that_does_not_hold_is_withdrawn(piled):
    found = autofile(piled, 0.05, dry_run=False)
    for filename in found["held"]:
        sort(piled, filename, next(folder for folder in FOLDERS if folder != true_folder(filename)))
    now = autofile(piled, 0.05)
    assert now["moves"] == []
    assert "not promised any more" in now["reason"]
    realised, count = now["rests_on"]["realised"], len(found["held"])
    assert (realised["wrong"], realised["checked"], realised["holds"]) == (count, count, False)
    assert realised["low"] > 0.05
    for _ in found["held"]:
        piled.post("/api/undo")
    assert autofile(piled, 0.05)["rests_on"]["realised"]["holds"]


def test_a_promise_that_holds_is_told_with_its_interval(piled):
    found = autofile(piled, 0.05, dry_run=False)
    for filename in found["held"]:
        sort(piled, filename, true_folder(filename))
    realised = autofile(piled, 0.05)["rests_on"]["realised"]
    assert (realised["wrong"], realised["checked"], realised["holds"]) == (0, len(found["held"]), True)
    assert realised["low"] == 0 < realised["high"] < 1


def test_with_too_little_to_go_by_nothing_is_filed_and_the_answer_says_what_would_be_enough(make_client, settings):
    pile_up(settings, SURE, 0, labelled=12)
    found = autofile(make_client(), 0.05, dry_run=False)
    assert (found["moves"], found["batch"], found["held"]) == ([], None, [])
    assert "too little" in found["reason"]
    assert found["rests_on"]["enough"] == 30


def test_without_any_predictions_or_with_those_of_another_program_nothing_is_filed(client, settings):
    assert autofile(client)["moves"] == []
    pile_up(settings, SURE, 0)
    (settings.artifacts_dir / "predictions.json").write_text(
        json.dumps([guess(number, 0.9) for number in range(SURE)]), encoding="utf-8"
    )
    found = autofile(client, 0.05)
    assert found["moves"] == []
    assert "another program" in found["reason"]


def test_nothing_is_filed_into_a_folder_that_is_gone_nor_what_was_put_off(piled, settings):
    for path in (settings.data_dir / "food").iterdir():
        path.unlink()
    (settings.data_dir / "food").rmdir()
    piled.post("/api/skip", json={"filename": name_of(0)})
    found = autofile(piled, 0.1)
    assert {move["folder"] for move in found["moves"]} == {"dance", "sport"}
    assert name_of(0) not in {move["filename"] for move in found["moves"]}


def test_a_name_that_is_taken_stays_and_is_told(piled, settings):
    chosen = autofile(piled, 0.05)["moves"][0]
    taken = settings.data_dir / chosen["folder"] / chosen["filename"]
    taken.write_bytes(b"another")
    found = autofile(piled, 0.05, dry_run=False)
    assert [(each["filename"], each["status"]) for each in found["skipped"]] == [(chosen["filename"], 409)]
    assert chosen not in found["moves"]
    assert found["batch"]
    assert taken.read_bytes() == b"another"


def test_of_a_library_that_is_away_nothing_is_filed(piled, settings, tmp_path):
    piled.get("/api/videos")
    settings.data_dir.rename(tmp_path / "disk")
    settings.data_dir.mkdir()
    found = autofile(piled, 0.05, dry_run=False)
    assert found["moves"] == []
    assert "is empty now" in found["reason"]


@pytest.mark.parametrize("body", [
    {"at_most_wrong": -0.1}, {"at_most_wrong": 1.5}, {"at_most_wrong": "2 %"}, {"at_most_wrong": None},
    {"dry_run": "no"}, {"dry_run": 0}, {"rate": 0.02}, [], 0.02,
])  # fmt: skip
def test_a_body_of_the_wrong_shape_is_422(piled, body):
    assert piled.post("/api/autofile", json=body).status_code == 422


def test_two_servers_draw_the_same_cards_and_a_decision_brings_the_next_one_nearer(piled, make_client):
    shown = [video["blind"] for video in queue(piled)]
    assert sum(shown) == len(blind(make_client()))
    assert blind(piled) == blind(make_client())
    if any(shown):
        assert shown.index(True) == 19
        sort(piled, queue(piled)[0]["filename"], "food")
        assert [video["blind"] for video in queue(piled)].index(True) == 18


def test_how_often_a_person_agrees_is_counted_with_and_without_seeing_the_guess(make_client, settings):
    pile_up(settings, SURE, UNSURE)
    all_blind = make_client(settings.model_copy(update={"blind_share": 1.0}))
    assert len(blind(all_blind)) == SURE + UNSURE
    sort(all_blind, name_of(0), folder_of(0))
    sort(all_blind, name_of(1), folder_of(2))
    moves = [{"filename": name_of(number), "folder": folder_of(number)} for number in (3, 4, 5)]
    all_blind.post("/api/sort/batch", json={"moves": moves})
    expected = {"seen_agreed": 3, "seen_count": 3, "blind_agreed": 1, "blind_count": 2}
    assert all_blind.get("/api/pace").json()["agreement"] == expected
    all_blind.post("/api/undo")
    all_blind.post("/api/undo")
    expected |= {"seen_agreed": 0, "seen_count": 0, "blind_count": 1}
    assert all_blind.get("/api/pace").json()["agreement"] == expected
    assert autofile(all_blind)["rests_on"]["blind"] == 1
    all_blind.post("/api/redo")
    assert all_blind.get("/api/pace").json()["agreement"]["blind_count"] == 2


def test_without_a_share_no_card_is_blind_and_nothing_is_held_back(make_client, settings):
    pile_up(settings, SURE, UNSURE)
    none = make_client(settings.model_copy(update={"blind_share": 0.0}))
    found = autofile(none, 0.05, dry_run=False)
    assert len(found["moves"]) >= SURE
    assert found["held"] == blind(none) == []


def test_what_was_filed_alone_proves_nothing_to_the_next_promise(make_client, settings):
    """The folder is the guess itself: a model that learned from it would seem to be right."""
    pile_up(settings, SURE, UNSURE)
    first = make_client()
    before = autofile(first, 0.05)["rests_on"]["labelled"]
    from vidsort.store.people.decisions import Decisions

    database = open_database(settings.artifacts_dir)
    library = first.app.state.workspace.library
    (settings.data_dir / "0.mp4").write_bytes(b"x")
    noting = Decisions(database, library.history).filed_alone_as(0.05, [])
    Mover(settings.data_dir, database, video_names="any").move_batch([Wish("0.mp4", None, "food")], noting=noting)
    assert autofile(first, 0.05)["rests_on"]["labelled"] == before - 1
    database.close()


def test_a_decision_that_cannot_be_remembered_is_made_all_the_same(piled, monkeypatch, caplog):
    def full(*_):
        raise ConflictError("The disk is full.")

    monkeypatch.setattr(piled.app.state.workspace.library.decisions, "note", full)
    assert sort(piled, name_of(0), "food").status_code == 200
    assert "The disk is full" in caplog.text
    assert counts(piled.get("/api/folders"))["food"] == 5
