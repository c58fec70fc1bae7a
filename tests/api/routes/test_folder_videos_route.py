"""GET /api/folders/{name}/videos: what lies in a folder, page by page; what moves meanwhile repeats nobody."""

import os

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from test_misfiled_route import doubted
from test_routes import FIRST, client, is_sentence, make_client, sort

from vidsort.shelves.folder_orders import FOLDER_ORDERS

__all__ = ["client", "doubted", "make_client"]


def names(answer):
    assert answer.status_code == 200
    return [video["filename"] for video in answer.json()["videos"]]


def look(client, folder="food", **asked):
    return client.get(f"/api/folders/{folder}/videos", params=asked)


def test_a_record_is_an_entry_of_the_list_and_the_folder(client, settings):
    answer = look(client).json()
    assert answer["total"] == len(answer["videos"]) == 4
    assert answer["next_cursor"] is None
    first = min(path.name for path in (settings.data_dir / "food").iterdir())
    assert answer["videos"][0] == {
        "filename": first, "folder": "food", "predicted_folder": None, "confidence": 0, "top_predictions": [],
    }


@pytest.mark.parametrize("order", FOLDER_ORDERS)
@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=8)
@given(limit=st.integers(1, 5))
def test_the_pages_together_are_the_folder_exactly_once(client, settings, order, limit):
    seen, cursor = [], None
    while True:
        answer = look(client, order=order, limit=limit, **({"cursor": cursor} if cursor else {}))
        seen += names(answer)
        cursor = answer.json()["next_cursor"]
        if cursor is None:
            break
    assert sorted(seen) == sorted(path.name for path in (settings.data_dir / "food").iterdir())


@pytest.mark.parametrize("order", FOLDER_ORDERS)
def test_what_is_moved_out_between_two_pages_takes_nobodys_turn(learned, client, order):
    whole = names(look(client, order=order))
    first = look(client, order=order, limit=2)
    assert names(first) == whole[:2]
    wish = {"filename": whole[0], "from": "food", "to": "dance"}
    assert client.post("/api/move", json=wish).status_code == 200
    rest = look(client, order=order, limit=2, cursor=first.json()["next_cursor"])
    assert names(rest) == whole[2:]
    assert rest.json()["total"] == 3
    assert client.post("/api/undo").status_code == 200
    assert sorted(names(look(client, order=order))) == sorted(whole)


def test_the_newest_come_first(client, settings):
    found = sorted((settings.data_dir / "food").iterdir())
    for age, path in enumerate((found[2], found[0], found[3], found[1])):
        os.utime(path, (1e9 - age, 1e9 - age))
    assert names(look(client, order="newest")) == [found[at].name for at in (2, 0, 3, 1)]


def test_what_is_least_like_the_rest_comes_first_also_right_after_it_was_filed(learned, client):
    stranger = min(path.name for path in (learned.data_dir / "sport").iterdir())
    assert client.post("/api/move", json={"filename": stranger, "from": "sport", "to": "food"}).status_code == 200
    assert names(look(client, order="unlike"))[0] == stranger
    assert client.post("/api/undo").status_code == 200
    assert stranger not in names(look(client, order="unlike"))


def test_the_likely_misfiled_come_first_until_a_person_says_that_it_is_right(doubted, client):
    assert names(look(client, order="misfiled"))[0] == doubted
    assert client.patch("/api/folders/food", json={"name": "meals"}).status_code == 200
    assert names(look(client, "meals", order="misfiled"))[0] == doubted
    client.post(f"/api/misfiled/{doubted}/dismiss")
    assert names(look(client, "meals", order="misfiled")) == names(look(client, "meals"))


def test_a_folder_that_was_made_by_hand_just_now_is_looked_into(client, settings):
    look(client)
    (settings.data_dir / "new").mkdir()
    assert look(client, "new").json() == {"videos": [], "total": 0, "next_cursor": None}
    sort(client, FIRST, "new")
    assert names(look(client, "new")) == [FIRST]


@pytest.mark.parametrize("folder", [
    "nope", "..", "%2e%2e", ".", "a%2Fb", "..%2Ffood", "%00", "%5C", ".hidden", "x" * 300, FIRST, "Food", "%0A",
])
def test_what_is_no_folder_is_400(client, settings, folder):
    (settings.data_dir / ".hidden").mkdir()
    answer = client.get(f"/api/folders/{folder}/videos".replace("/./", "/%2E/").replace("/../", "/%2E%2E/"))
    assert answer.status_code == 400
    assert is_sentence(answer)


def test_a_link_that_leads_out_of_the_library_is_no_folder(client, settings, tmp_path):
    (tmp_path / "outside").mkdir()
    (settings.data_dir / "link").symlink_to(tmp_path / "outside")
    assert look(client, "link").status_code == 400


@pytest.mark.parametrize(("query", "status"), [
    ("limit=0", 422), ("limit=x", 422), ("limit=100000", 422), ("order=best", 422), ("order=confident", 422),
    ("cursor=nonsense", 400), ("cursor=", 400), (f"cursor={'1' * 2001}", 422), ("order=newest&cursor==1.mp4", 409),
    ("cursor=0.0,-1.0,=1.mp4", 409),
])
def test_pages_that_cannot_be_are_refused(client, query, status):
    answer = client.get(f"/api/folders/food/videos?{query}")
    assert answer.status_code == status
    assert is_sentence(answer)
