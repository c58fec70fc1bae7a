"""Cards on show: a browser with an id gets none that another one shows, and nobody else sees any of it."""

import time

import pytest
from test_routes import FIRST, SECOND, THIRD, client, make_client, sort

from vidsort.errors import ArtifactError
from vidsort.store.people.leases import LEASE_S, Leases

__all__ = ["client", "make_client"]

ANN, BEN = {"X-Vidsort-Browser": "ann"}, {"X-Vidsort-Browser": "ben"}


def queue(client, headers=None, **wanted):
    return client.get("/api/queue", params={"order": "filename"} | wanted, headers=headers).json()


def names(answer) -> list[str]:
    return [video["filename"] for video in answer["videos"]]


def test_two_browsers_get_different_cards_and_a_caller_without_an_id_all_of_them(client):
    everything = names(queue(client))
    first = queue(client, ANN)
    assert (names(first), first["elsewhere"]) == (everything, 0)
    second = queue(client, BEN)
    assert (names(second), second["elsewhere"]) == (everything[2:], 2)
    assert names(queue(client, ANN)) == [name for name in everything if name not in names(second)[:2]]
    assert (names(queue(client)), queue(client)["elsewhere"]) == (everything, 0)
    assert len(client.get("/api/videos", headers=BEN).json()["videos"]) == len(everything), "lists are never filtered"


def test_who_has_no_id_takes_nothing(client):
    queue(client)
    assert queue(client, ANN)["elsewhere"] == 0


def test_cards_are_leased_by_name_and_another_is_told_which_it_cannot_have(client):
    taken = client.post("/api/leases", json={"filenames": [FIRST, SECOND]}, headers=ANN).json()
    assert taken == {"here": [FIRST, SECOND], "elsewhere": [], "lease_s": LEASE_S}
    answer = client.post("/api/leases", json={"filenames": [SECOND, THIRD]}, headers=BEN).json()
    assert (answer["here"], answer["elsewhere"]) == ([THIRD], [SECOND])


def test_a_page_has_as_many_as_were_asked_for_although_some_are_elsewhere(client):
    client.post("/api/leases", json={"filenames": [FIRST]}, headers=ANN)
    page = queue(client, BEN, limit=1)
    assert (names(page), page["next_cursor"] is not None) == ([SECOND], True)


def test_a_browser_that_shows_cards_takes_no_more_by_asking_again(client):
    first = names(queue(client, ANN))
    client.post("/api/leases", json={"filenames": first[:1]}, headers=ANN)
    sort(client, first[0], "food")
    queue(client, ANN)
    assert queue(client, BEN)["elsewhere"] == 1, "the second of the first two, and not the third"


def test_where_leases_cannot_be_written_down_the_queue_is_told_all_the_same(client, monkeypatch, caplog):
    def full(*_):
        raise ArtifactError("the disk is full")

    monkeypatch.setattr(Leases, "take", full)
    assert len(names(queue(client, ANN))) == 3
    assert "the disk is full" in caplog.text


def test_what_was_filed_is_elsewhere_no_more_and_a_lease_stops_nobody(client):
    client.post("/api/leases", json={"filenames": [FIRST]}, headers=ANN)
    assert sort(client, FIRST, "food").status_code == 200
    assert queue(client, BEN)["elsewhere"] == 0


def test_after_a_minute_a_card_is_offered_again(client, monkeypatch):
    client.post("/api/leases", json={"filenames": [FIRST]}, headers=ANN)
    later = time.time() + LEASE_S + 1
    monkeypatch.setattr(time, "time", lambda: later)
    assert FIRST in names(queue(client, BEN))


@pytest.mark.parametrize("headers", [{}, {"X-Vidsort-Browser": "two words"}, {"X-Vidsort-Browser": "x" * 65}])
def test_a_lease_needs_an_id_and_a_wrong_one_is_told(client, headers):
    answer = client.post("/api/leases", json={"filenames": [FIRST]}, headers=headers)
    assert answer.status_code == 422
    assert "X-Vidsort-Browser" in answer.json()["detail"]


def test_the_history_says_which_browser_did_it(client):
    client.post("/api/sort", json={"filename": FIRST, "folder": "food"}, headers=ANN)
    sort(client, SECOND, "food")
    client.post("/api/folders", json={"name": "new"}, headers=BEN)
    moves = client.get("/api/history").json()["moves"]
    assert [(move["kind"], move["by"]) for move in moves] == [("create", "ben"), ("sort", None), ("sort", "ann")]
    client.post("/api/undo", json={"id": moves[2]["id"]}, headers=BEN)
    assert client.get("/api/history").json()["moves"][2]["by"] == "ben"
