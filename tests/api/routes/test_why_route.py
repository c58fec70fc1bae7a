"""Why a video is predicted where it is, and what is like it: by the model in force, whatever lies where by now."""

import pytest
from test_routes import client, make_client

from vidsort import extract_features

__all__ = ["client", "make_client"]


@pytest.fixture
def trained(learned) -> str:
    """A library with a model; the filename of an unsorted video."""
    return sorted(path.name for path in learned.data_dir.glob("*.mp4"))[0]


def test_a_guess_is_explained_by_shares_and_sorted_videos_where_they_lie_now(trained, client, settings):
    why = client.get(f"/api/videos/{trained}/why").json()
    guess = client.get(f"/api/videos/{trained}").json()
    assert why["predicted_folder"] == guess["predicted_folder"]
    assert why["confidence"] == pytest.approx(guess["confidence"], abs=1e-5)
    assert sum(one["share"] for one in why["shares"]) == pytest.approx(1)
    assert len(why["nearest"]) == 3
    for one in why["nearest"]:
        assert (settings.data_dir / one["folder"] / one["filename"]).is_file()
    likenesses = [one["likeness"] for one in why["nearest"]]
    assert likenesses == sorted(likenesses, reverse=True)
    # A folder that has another name by now is told by that.
    folder = why["predicted_folder"]
    assert client.patch(f"/api/folders/{folder}", json={"name": "renamed"}).status_code == 200
    again = client.get(f"/api/videos/{trained}/why").json()
    assert again["predicted_folder"] == "renamed"
    assert {one["folder"] for one in again["nearest"]}.isdisjoint({folder})


def test_a_sorted_video_is_not_its_own_neighbour(trained, client, settings):
    name = next(path.name for path in settings.data_dir.glob("*/*.mp4"))
    why = client.get(f"/api/videos/{name}/why").json()
    assert len(why["nearest"]) == 3
    assert name not in [one["filename"] for one in why["nearest"]]


def test_what_is_like_a_video_is_found_in_the_whole_library_the_copy_first(trained, client, settings):
    copy = settings.data_dir / "123456789.mp4"
    copy.write_bytes((settings.data_dir / trained).read_bytes())
    extract_features.run(settings)
    found = client.get(f"/api/videos/{trained}/similar").json()["videos"]
    assert (found[0]["filename"], found[0]["folder"]) == (copy.name, None)
    assert found[0]["likeness"] == pytest.approx(1, abs=1e-3)
    assert trained not in [one["filename"] for one in found]
    everything = {path.name for path in settings.data_dir.rglob("*.mp4")}
    assert {one["filename"] for one in found} == everything - {trained}
    assert len(client.get(f"/api/videos/{trained}/similar?limit=2").json()["videos"]) == 2


def test_in_turns_the_same_is_found(trained, client, settings, monkeypatch):
    whole = client.get(f"/api/videos/{trained}/similar").json()["videos"]
    monkeypatch.setattr("vidsort.api.compared.AT_ONCE", 4)
    turns = client.get(f"/api/videos/{trained}/similar").json()["videos"]
    assert {one["filename"] for one in turns} == {one["filename"] for one in whole}


def test_without_a_model_or_features_it_is_said_what_to_do(client, settings):
    name = sorted(path.name for path in settings.data_dir.glob("*.mp4"))[0]
    for question in ("why", "similar"):
        answer = client.get(f"/api/videos/{name}/{question}")
        assert (answer.status_code, "retrain" in answer.json()["detail"]) == (404, True)


def test_a_video_that_was_not_looked_at_yet_is_a_conflict(trained, client, settings):
    new = settings.data_dir / "987654321.mp4"
    new.write_bytes((settings.data_dir / trained).read_bytes() + b"more")
    answer = client.get(f"/api/videos/{new.name}/why")
    assert (answer.status_code, "extract" in answer.json()["detail"]) == (409, True)
    assert client.get("/api/videos/404.mp4/why").status_code == 404
    assert client.get("/api/videos/a.mp4/similar").status_code == 400
