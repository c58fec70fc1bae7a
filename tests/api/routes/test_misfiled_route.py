"""GET /api/misfiled and "it is right here": planted wrong labels are found, and asked about once."""

import pytest
from test_routes import client, make_client

from vidsort import artifacts
from vidsort.insight.comparison import OutOfFold, out_of_fold_json

__all__ = ["client", "make_client"]


@pytest.fixture
def doubted(learned) -> str:
    """A library whose model says of one video in `food` that it belongs into `dance`; its filename."""
    places = sorted(path.relative_to(learned.data_dir) for path in learned.data_dir.glob("*/*.mp4"))
    wrong = next(place.name for place in places if place.parent.name == "food")
    likely = [
        (("dance", 0.97), ("food", 0.0), ("sport", 0.03)) if place.name == wrong else ((place.parent.name, 0.9),)
        for place in places
    ]
    said = OutOfFold(
        folders=("dance", "food", "sport"), filenames=tuple(place.name for place in places),
        content=tuple(f"{number:064x}" for number in range(len(places))),
        labels=tuple(place.parent.name for place in places),
        groups=tuple(range(len(places))), scored=(True,) * len(places), ranked=tuple(likely),
    )
    now = artifacts.current(learned.artifacts_dir)
    (artifacts.model_dir(learned.artifacts_dir, now.model_id) / "out_of_fold.json").write_bytes(out_of_fold_json(said))
    return wrong


def suspects(client):
    return [(one["filename"], one["folder"], one["suggested"]) for one in
            client.get("/api/misfiled").json()["videos"]]


def test_without_a_model_the_answer_is_empty_with_a_reason(client):
    answer = client.get("/api/misfiled").json()
    assert (answer["videos"], answer["reason"][-1]) == ([], ".")


def test_a_doubted_video_is_told_until_a_person_says_it_is_right(doubted, client, make_client):
    [found] = client.get("/api/misfiled?limit=1").json()["videos"]
    assert (found["own"], found["other"], found["predicted_folder"]) == (0, 0.97, None)
    assert suspects(client) == [(doubted, "food", "dance")]
    answer = client.post(f"/api/misfiled/{doubted}/dismiss")
    assert answer.json() == {"success": True, "filename": doubted, "folders": ["food"]}
    assert suspects(client) == suspects(make_client()) == []


def test_a_renamed_folder_keeps_its_suspects_and_what_was_found_right(doubted, client):
    assert client.patch("/api/folders/food", json={"name": "meals"}).status_code == 200
    assert suspects(client) == [(doubted, "meals", "dance")]
    client.post("/api/undo")
    client.post(f"/api/misfiled/{doubted}/dismiss")
    assert client.patch("/api/folders/food", json={"name": "meals"}).status_code == 200
    assert suspects(client) == []


def test_what_was_moved_since_is_not_asked_about(doubted, client, settings):
    (settings.data_dir / "food" / doubted).rename(settings.data_dir / "sport" / doubted)
    assert suspects(client) == []


def test_only_what_lies_in_a_folder_can_be_right_there(doubted, client, settings):
    name = next(settings.data_dir.glob("*.mp4")).name
    assert client.post(f"/api/misfiled/{name}/dismiss").status_code == 404
    assert client.post("/api/misfiled/404.mp4/dismiss").status_code == 404
    assert client.post("/api/misfiled/a.mp4/dismiss").status_code == 400
