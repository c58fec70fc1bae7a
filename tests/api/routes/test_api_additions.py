"""The additions to the API: undo, folders, batches, the queue, preferences, pages, the library."""

import json
from pathlib import Path

import pytest
from conftest import UNSORTED
from test_routes import FIRST, SECOND, THIRD, client, counts, entry, is_sentence, make_client, predict, sort

from vidsort.settings import load_settings

__all__ = ["client", "make_client"]


def names(answer):
    return [video["filename"] for video in answer.json()["videos"]]


def test_undo_takes_the_last_sort_back_and_redo_does_it_again(client, settings):
    sort(client, FIRST, "food")
    undone = client.post("/api/undo")
    assert undone.status_code == 200
    assert undone.json()["moves"][0]["state"] == "undone"
    assert counts(undone)["food"] == 4
    assert (settings.data_dir / FIRST).is_file()
    assert client.post("/api/redo").json()["moves"][0]["target"] == f"food/{FIRST}"
    assert client.post("/api/redo").status_code == 409


def test_undo_while_the_disk_is_away_is_refused_with_the_reason_and_keeps_its_turn(client, settings, tmp_path):
    sort(client, FIRST, "food")
    sort(client, SECOND, "food")
    settings.data_dir.rename(tmp_path / "disk")
    settings.data_dir.mkdir()
    for path in ("/api/undo", "/api/undo", "/api/undo"):
        answer = client.post(path)
        assert answer.status_code == 409
        assert "is empty" in answer.json()["detail"]
    settings.data_dir.rmdir()
    (tmp_path / "disk").rename(settings.data_dir)
    assert [client.post("/api/undo").json()["moves"][0]["source"] for _ in range(2)] == [SECOND, FIRST]


def test_undo_takes_an_id(client):
    sort(client, FIRST, "food")
    sort(client, SECOND, "food")
    first = client.get("/api/history").json()["moves"][-1]
    assert client.post("/api/undo", json={"id": first["id"]}).status_code == 200
    assert FIRST in names(client.get("/api/videos"))
    assert client.post("/api/undo", json={"id": 10_000}).status_code == 404
    assert client.post("/api/undo", json={"id": 2**53 - 1}).status_code == 404
    assert client.post("/api/undo", json={"id": float(first["id"])}).status_code == 409
    for wrong in ("1", True, 1e300, 0, -1, 1.5, 2**53, 2**63, -(2**63), 10**300):
        answer = client.post("/api/undo", json={"id": wrong})
        assert answer.status_code == 422
        assert is_sentence(answer)


def test_with_nothing_to_undo_or_a_place_that_is_taken_undo_is_409(client, settings):
    assert client.post("/api/undo").status_code == 409
    sort(client, FIRST, "food")
    (settings.data_dir / FIRST).write_bytes(b"another")
    answer = client.post("/api/undo")
    assert answer.status_code == 409
    assert is_sentence(answer)
    assert (settings.data_dir / FIRST).read_bytes() == b"another"


def test_what_lies_beside_a_video_goes_with_it_and_undo_tells_of_what_has_gone_or_changed(client, settings):
    stem = FIRST.removesuffix(".mp4")
    own = [f"{stem}.info.json", f"{stem}.en.vtt", f"{FIRST}.json"]
    for name in own:
        (settings.data_dir / name).write_text(name)
    sort(client, FIRST, "food")
    assert all((settings.data_dir / "food" / name).read_text() == name for name in own)
    assert client.post("/api/undo").json()["told"] == []
    assert all((settings.data_dir / name).read_text() == name for name in own)
    client.post("/api/redo")
    (settings.data_dir / "food" / own[0]).write_text("others")
    (settings.data_dir / "food" / own[1]).unlink()
    undone = client.post("/api/undo").json()
    assert [move["state"] for move in undone["moves"]] == ["undone"]
    assert [text.split()[0] for text in sorted(undone["told"])] == sorted(own[:2])
    assert client.get("/api/history/actions").json()["actions"][0]["count"] == 1


def test_a_taken_name_of_a_sidecar_is_409_and_nothing_is_moved(client, settings):
    name = FIRST.replace(".mp4", ".description")
    (settings.data_dir / name).write_text("mine")
    (settings.data_dir / "food" / name).write_text("theirs")
    answer = sort(client, FIRST, "food")
    assert answer.status_code == 409
    assert is_sentence(answer)
    assert name in answer.json()["detail"]
    assert (settings.data_dir / FIRST).exists()
    assert (settings.data_dir / name).read_text() == "mine"
    assert (settings.data_dir / "food" / name).read_text() == "theirs"


def test_a_batch_has_an_outcome_for_each_and_one_undo(client):
    moves = [(FIRST, "food"), (SECOND, "nope"), ("404.mp4", "food"), (THIRD, "sport")]
    body = {"moves": [{"filename": filename, "folder": folder} for filename, folder in moves]}
    answer = client.post("/api/sort/batch", json=body)
    assert answer.status_code == 200
    assert [outcome["status"] for outcome in answer.json()["outcomes"]] == [200, 400, 404, 200]
    assert not answer.json()["success"]
    assert names(client.get("/api/videos")) == [SECOND]
    assert len(client.post("/api/undo").json()["moves"]) == 2
    assert client.get("/api/videos").json()["total"] == UNSORTED
    assert client.post("/api/sort/batch", json={"moves": []}).status_code == 422


def test_a_batch_is_listed_as_one_action_and_taken_back_by_its_name(client):
    body = {"moves": [{"filename": filename, "folder": "food"} for filename in (FIRST, SECOND)]}
    client.post("/api/sort/batch", json=body)
    sort(client, THIRD, "food")
    last, batch = client.get("/api/history/actions").json()["actions"]
    assert (last["count"], last["move"]["source"]) == (1, THIRD)
    assert (batch["count"], batch["move"]["source"]) == (2, FIRST)
    assert client.get("/api/history/actions?limit=1").json()["actions"] == [last]
    undone = client.post("/api/undo", json={"batch": batch["move"]["batch"]})
    assert {move["source"] for move in undone.json()["moves"]} == {FIRST, SECOND}
    assert client.post("/api/undo", json={"batch": "none"}).status_code == 404


def test_guesses_follow_a_renamed_folder_at_once(client, settings):
    predict(settings, entry(FIRST, "food"), entry(SECOND, "sport"))
    before = client.get("/api/videos").json()
    client.patch("/api/folders/food", json={"name": "meals"})
    for path in ("/api/videos", "/api/queue", "/api/videos?order=folder"):
        found = {video["filename"]: video["predicted_folder"] for video in client.get(path).json()["videos"]}
        assert (found[FIRST], found[SECOND]) == ("meals", "sport")
    assert names(client.get("/api/videos?folder=meals")) == [FIRST]
    client.post("/api/undo")
    assert client.get("/api/videos").json() == before


def test_some_entries_of_the_queue_are_had_by_name(client):
    sort(client, SECOND, "food")
    asked = {"filenames": [THIRD, SECOND, FIRST, "../1.mp4"]}
    answer = client.post("/api/queue/entries", json=asked)
    assert names(answer) == [THIRD, FIRST]
    queue = {video["filename"]: video for video in client.get("/api/queue").json()["videos"]}
    assert answer.json()["videos"] == [queue[THIRD], queue[FIRST]]
    assert client.post("/api/queue/entries", json={"filenames": ["1.mp4"] * 1001}).status_code == 422


def test_a_folder_is_made_renamed_merged_and_brought_back(client):
    made = client.post("/api/folders", json={"name": "cooking"})
    assert made.status_code == 201
    assert counts(made)["cooking"] == 0
    for name, status in (("cooking", 409), ("Cooking", 409), ("../x", 400), ("", 400), (".x", 400), ("con", 400)):
        answer = client.post("/api/folders", json={"name": name})
        assert answer.status_code == status
        assert is_sentence(answer)
    assert "kitchen" in counts(client.patch("/api/folders/cooking", json={"name": "kitchen"}))
    assert client.patch("/api/folders/nope", json={"name": "x"}).status_code == 400
    assert client.patch("/api/folders/food", json={"name": "sport"}).status_code == 409
    merged = client.post("/api/folders/food/merge", json={"into": "kitchen"})
    assert counts(merged) == {"dance": 4, "kitchen": 4, "sport": 4}
    assert counts(client.post("/api/undo")) == {"dance": 4, "food": 4, "kitchen": 0, "sport": 4}


def test_a_folder_that_says_something_of_itself_is_not_removed(client, settings):
    (settings.data_dir / "food" / "folder.txt").write_text("dishes and drinks")
    merged = client.post("/api/folders/food/merge", json={"into": "sport"})
    assert counts(merged) == {"dance": 4, "food": 0, "sport": 8}
    assert "folder.txt" in merged.json()["told"][0]
    refused = client.post("/api/folders/food/merge", json={"into": "sport"})
    assert refused.status_code == 409
    assert "folder.txt" in refused.json()["detail"]
    assert client.get("/api/library").json()["left_out"] == []


def test_an_empty_folder_is_removed_undone_and_done_again(client, settings):
    assert client.post("/api/folders", json={"name": "golf"}).status_code == 201
    removed = client.delete("/api/folders/golf")
    assert removed.status_code == 200
    assert [(move["kind"], move["source"], move["state"]) for move in removed.json()["moves"]] == [
        ("remove", "golf", "done")
    ]
    assert "golf" not in counts(removed)
    assert not (settings.data_dir / "golf").exists()
    assert counts(client.post("/api/undo"))["golf"] == 0
    assert "golf" not in counts(client.post("/api/redo"))
    assert client.delete("/api/folders/golf").status_code == 400


@pytest.mark.parametrize("held", ["1.mp4", "folder.txt", ".hidden", "My clip.mov", "inner/", "1.mp4.part"])
def test_a_folder_that_holds_anything_is_409_and_nothing_in_it_goes(client, settings, held):
    path = settings.data_dir / "golf" / held
    path.parent.mkdir(parents=True)
    path.mkdir() if held.endswith("/") else path.write_text("mine")
    answer = client.delete("/api/folders/golf")
    assert answer.status_code == 409
    assert is_sentence(answer)
    assert held.strip("/") in answer.json()["detail"]
    assert path.exists()
    # A refused wish is no action.
    assert client.post("/api/undo").status_code == 409


@pytest.mark.parametrize(("name", "status"), [("nope", 400), ("%2e%2e", 400), (".x", 400), ("%00", 400), (FIRST, 400)])
def test_what_is_no_folder_is_not_removed(client, name, status):
    assert client.delete(f"/api/folders/{name}").status_code == status


def test_a_folder_name_with_signs_of_html_is_only_text(client):
    name = "img src=x onerror=alert(1)"
    assert name in counts(client.post("/api/folders", json={"name": name}))


def test_the_list_in_pages_is_the_whole_list(client, settings):
    predict(settings, entry(FIRST, confidence=0.2), entry(SECOND, confidence=0.9), entry(THIRD, "sport", 0.5))
    for order, expected in (("confident", [SECOND, THIRD, FIRST]), ("unsure", [FIRST, THIRD, SECOND]),
                            ("filename", [FIRST, SECOND, THIRD]), ("folder", [SECOND, FIRST, THIRD])):
        first = client.get("/api/videos", params={"limit": 2, "order": order})
        assert names(first) == expected[:2]
        assert first.json()["total"] == UNSORTED
        rest = client.get("/api/videos", params={"limit": 2, "order": order, "cursor": first.json()["next_cursor"]})
        assert names(rest) == expected[2:]
        assert rest.json()["next_cursor"] is None
    assert names(client.get("/api/videos?folder=sport")) == [THIRD]
    assert names(client.get("/api/videos?folder=dance")) == []


@pytest.mark.parametrize(("query", "status"), [
    ("limit=0", 422), ("limit=x", 422), ("limit=100000", 422), ("order=best", 422), ("cursor=nonsense", 400),
    ("folder=..", 400), ("folder=%00", 400), ("order=confident&cursor=W10", 400), ("cursor=", 400),
    ("order=confident&cursor==1.mp4", 409), ("order=folder&cursor=-0.5,=1.mp4", 409),
])
def test_pages_that_cannot_be_are_refused(client, query, status):
    assert client.get(f"/api/videos?{query}").status_code == status


def test_the_queue_has_what_the_page_shows_and_puts_off_what_is_skipped(client, settings):
    predict(settings, entry(SECOND))
    queue = client.get("/api/queue").json()
    assert (queue["total"], queue["skipped"], queue["next_cursor"]) == (UNSORTED, 0, None)
    first = queue["videos"][0]
    assert first["filename"] == SECOND
    expected = {"unreadable", "playable", "duration_s", "width", "height", "caption", "top_predictions", "skipped"}
    assert expected <= set(first)
    assert client.post("/api/skip", json={"filename": SECOND}).status_code == 200
    skipped = client.get("/api/queue")
    assert names(skipped)[-1] == SECOND
    assert skipped.json()["skipped"] == 1
    assert client.delete(f"/api/skip/{SECOND}").status_code == 200
    assert names(client.get("/api/queue"))[0] == SECOND
    assert client.post("/api/skip", json={"filename": "x"}).status_code == 400
    assert client.delete("/api/skip/x").status_code == 400


def test_what_was_skipped_and_sorted_since_is_not_counted(client):
    client.post("/api/skip", json={"filename": SECOND})
    sort(client, SECOND, "food")
    assert client.get("/api/queue").json()["skipped"] == 0


def test_preferences_are_kept_for_every_browser_and_every_restart(make_client):
    wanted = {"folder_keys": {"food": "1"}, "keys": {"undo": "z"}, "order": "unsure", "muted": True, "speed": 1.5}
    assert make_client().put("/api/preferences", json=wanted).status_code == 200
    assert make_client().get("/api/preferences").json() == wanted | {"volume": None, "colours": None}


@pytest.mark.parametrize("wrong", [
    {"nonsense": 1}, {"folder_keys": {"food": ""}}, {"folder_keys": {"food": "x" * 100}}, {"volume": 2},
    {"order": "best"}, {"folder_keys": {str(number): "1" for number in range(2000)}}, [], "x",
])
def test_preferences_that_are_none_are_refused(client, wrong):
    assert client.put("/api/preferences", json=wrong).status_code == 422


def test_the_pace_is_told(client):
    sort(client, FIRST, "food")
    pace = client.get("/api/pace").json()
    assert (pace["sorted_last_hour"], pace["remaining"]) == (1, UNSORTED - 1)
    assert {"per_hour", "top1_accepted_share", "left_s"} <= set(pace)


def test_a_library_is_previewed_without_touching_it(client, settings, tmp_path):
    preview = client.get("/api/library/preview", params={"path": str(settings.data_dir)}).json()
    assert (preview["exists"], preview["unsorted"], len(preview["folders"])) == (True, UNSORTED, 3)
    for path in ("/no/such", "\0", str(settings.data_dir / FIRST), "~nobody-here/x"):
        assert client.get("/api/library/preview", params={"path": path}).json()["exists"] is False


def test_a_library_that_a_program_chose_is_not_changed_from_the_page(client, tmp_path):
    told = client.get("/api/library").json()
    assert (told["can_choose"], told["decided_by"]) == (False, "program")
    refused = client.post("/api/library", json={"path": str(tmp_path)})
    assert refused.status_code == 409
    assert refused.json()["detail"] == told["reason"]
    assert not Path("vidsort.toml").exists()


def test_where_the_environment_decides_the_library_the_variable_is_named(make_client, settings, monkeypatch, tmp_path):
    monkeypatch.setenv("VIDSORT_DATA_DIR", str(settings.data_dir))
    client = make_client(load_settings(artifacts_dir=settings.artifacts_dir))
    told = client.get("/api/library").json()
    assert (told["can_choose"], told["decided_by"]) == (False, "environment")
    assert "VIDSORT_DATA_DIR" in told["reason"]
    refused = client.post("/api/library", json={"path": str(tmp_path)})
    assert (refused.status_code, refused.json()["detail"]) == (409, told["reason"])


def test_choosing_another_library_switches_at_once_in_every_worker(make_client, settings):
    Path("vidsort.toml").write_text(f'data_dir = "{settings.data_dir / "food"}"\n')
    start = load_settings(artifacts_dir=settings.artifacts_dir)
    one, other = make_client(start), make_client(start)
    assert one.get("/api/videos").json()["total"] == 4
    told = other.get("/api/library").json()
    assert (told["can_choose"], told["decided_by"], told["reason"]) == (True, "file", None)
    assert one.post("/api/library", json={"path": "/no/such"}).status_code == 400
    chosen = one.post("/api/library", json={"path": str(settings.data_dir)})
    assert (chosen.status_code, chosen.json()["unsorted"]) == (200, UNSORTED)
    for worker in (one, other):
        assert worker.get("/api/videos").json()["total"] == UNSORTED
        assert worker.get("/api/library").json()["data_dir"] == str(settings.data_dir)


def test_two_workers_agree_at_once_on_what_one_of_them_moved(make_client, monkeypatch):
    one, other = make_client(), make_client()
    for worker in (one, other):
        worker.get("/api/videos")
        # Only what the journal tells: the disk is looked at every half second in a running server.
        monkeypatch.setattr(worker.app.state.workspace.library, "_is_watched", True)
    sort(one, FIRST, "food")
    assert names(other.get("/api/videos")) == [SECOND, THIRD]
    assert counts(other.get("/api/folders"))["food"] == 5
    other.post("/api/undo")
    assert names(one.get("/api/videos")) == [FIRST, SECOND, THIRD]
    one.post("/api/folders", json={"name": "new"})
    assert counts(other.get("/api/folders"))["new"] == 0


def test_models_are_none_before_the_first_training(client):
    assert client.get("/api/models").json() == {"models": [], "current": None}
    assert client.post("/api/models/20260101-000000-abcdef/promote").status_code == 404
    assert client.post("/api/models/..%2f/promote").status_code == 404
    assert client.post("/api/models/rollback").status_code == 404


def test_the_server_says_that_it_lives(client):
    assert client.get("/healthz").json()["status"] == "ok"


def test_what_the_page_is_told_changes_with_every_sort(client):
    state = client.app.state.workspace.state
    before = state()
    sort(client, FIRST, "food")
    after = json.loads(json.dumps(state()))
    assert after["total"] == before["total"] - 1
    assert {"folders", "retrain", "predictions"} <= set(after)
