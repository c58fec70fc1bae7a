"""GET /api/duplicates and "not a duplicate": a mirrored copy is found, asked about once, then with a new one."""

import shutil

import pytest
from test_routes import client, make_client
from videos import make_video

from vidsort import extract_features

__all__ = ["client", "make_client"]

ONE, MIRRORED = "72000000000000001.mp4", "72000000000000002.mp4"


@pytest.fixture
def doubled(settings):
    """A library with a video and a mirrored, smaller copy of it in a folder, and the two files."""
    one, other = settings.data_dir / ONE, settings.data_dir / "food" / MIRRORED
    make_video(one, seed=7, pattern=1, size=(96, 144))
    make_video(other, seed=7, pattern=1, size=(96, 144), mirrored=True, gop=5)
    extract_features.run(settings)
    return one, other


def named(client):
    return [sorted(one["filename"] for one in found["videos"]) for found in
            client.get("/api/duplicates").json()["duplicates"]]


def test_before_anything_was_looked_at_the_answer_is_empty_with_a_reason(client):
    answer = client.get("/api/duplicates").json()
    assert (answer["duplicates"], answer["reason"][-1]) == ([], ".")


@pytest.mark.programs
def test_a_mirrored_copy_is_told_with_what_tells_which_to_keep(client, doubled):
    answer = client.get("/api/duplicates").json()
    assert answer["reason"] is None
    [found] = answer["duplicates"]
    by_name = {one["filename"]: one for one in found["videos"]}
    assert by_name.keys() == {ONE, MIRRORED}
    for path, folder in zip(doubled, (None, "food"), strict=True):
        told = by_name[path.name]
        assert (told["folder"], told["size_bytes"], told["width"], told["height"]) == (
            folder, path.stat().st_size, 96, 144
        )
        assert told["bit_rate"] == pytest.approx(8 * told["size_bytes"] / told["duration_s"], abs=1)


@pytest.mark.programs
def test_what_is_no_duplicate_does_not_come_back_but_with_a_new_member(client, make_client, doubled, settings):
    [found] = client.get("/api/duplicates").json()["duplicates"]
    answer = client.post(f"/api/duplicates/{found['id']}/dismiss")
    assert answer.json() == {"success": True, "id": found["id"], "filenames": [ONE, MIRRORED]}
    assert named(client) == named(make_client()) == []
    third = make_video(settings.data_dir / "72000000000000003.mp4", seed=7, pattern=1, size=(96, 144), gop=3)
    extract_features.run(settings)
    assert named(make_client()) == [[ONE, MIRRORED, third.name]]


@pytest.mark.programs
def test_the_same_bytes_twice_are_a_set_until_dismissed(client, make_client, settings):
    name = next(settings.data_dir.glob("food/*.mp4")).name
    shutil.copy2(settings.data_dir / "food" / name, settings.data_dir / "73000000000000001.mp4")
    extract_features.run(settings)
    [found] = client.get("/api/duplicates").json()["duplicates"]
    assert {one["filename"] for one in found["videos"]} == {name, "73000000000000001.mp4"}
    assert client.post(f"/api/duplicates/{found['id']}/dismiss").status_code == 200
    assert named(client) == []
    shutil.copy2(settings.data_dir / "food" / name, settings.data_dir / "73000000000000002.mp4")
    extract_features.run(settings)
    assert len(named(make_client())[0]) == 3


@pytest.mark.programs
def test_a_set_that_is_not_there_is_404(client, doubled):
    assert client.post("/api/duplicates/0123456789abcdef/dismiss").status_code == 404
    assert client.post(f"/api/duplicates/{'a' * 65}/dismiss").status_code == 422
