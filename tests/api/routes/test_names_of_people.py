"""Videos as people have them: any name works in every route once it is let in, and what is left out is told."""

import os
import shutil
from pathlib import Path
from urllib.parse import quote

import pytest
from test_routes import client, make_client
from videos import make_video

from vidsort.client import VidsortClient
from vidsort.errors import InvalidNameError, NotFoundError
from vidsort.extract_features import run
from vidsort.settings import load_settings

__all__ = ["client", "make_client"]

NAMES = (
    "My clip [dQw4w9WgXcQ].mp4", "IMG_1234.MP4", 'a "b" \'c\' <img src=x>.mp4', "a#b?c%20d&e;f+g.mp4", "100%.mp4",
    "\N{PARTY POPPER}.mp4", "סרטון.mp4", "\N{RIGHT-TO-LEFT OVERRIDE}gnp.mp4", "caf\u00e9.mp4", "cafe\u0301.mp4",
    "back\\slash.mp4", "...more.mp4"[3:], "x" * 251 + ".mp4",
)


@pytest.fixture
def named(settings, library):
    """Settings that let any name in, with a video of each of these names unsorted."""
    clip = make_video(library / "clip.mov")
    for name in NAMES:
        shutil.copy(clip, library / name)
    return settings.model_copy(update={"video_names": "any"})


@pytest.fixture
def server(make_client, named) -> VidsortClient:
    server = VidsortClient("http://127.0.0.1")
    server._http = make_client(named)
    return server


def left_out(client) -> dict[str, dict]:
    return {one["kind"]: one for one in client.get("/api/library").json()["left_out"]}


def test_by_default_they_are_told_and_refused(client, named):
    one = left_out(client)["names"]
    assert one["reason"] == f"{len(NAMES) + 1} videos are left out because of their names"
    assert one["count"] == len(NAMES) + 1
    assert one["examples"]
    assert "video_names" in one["mend"]
    refused = client.post("/api/sort", json={"filename": NAMES[0], "folder": "food"})
    assert refused.status_code == 400
    assert "video_names" in refused.json()["detail"]
    assert client.get(f"/videos/{quote(NAMES[0])}").status_code == 400


@pytest.mark.programs
def test_let_in_each_is_listed_played_pictured_sorted_and_taken_back(server, named):
    http = server._http
    assert not left_out(http)
    assert {*NAMES, "clip.mov"} <= {video.filename for video in server.videos().videos}
    assert {*NAMES, "clip.mov"} <= {video.filename for video in server.queue(limit=1000).videos}
    for name in NAMES:
        # The test client decodes a path twice; a server does so once.
        part = quote(name.replace("%", "%25"), safe="")
        played = http.get(f"/videos/{part}")
        assert (played.status_code, played.headers["content-type"]) == (200, "video/mp4")
        for path in (f"/posters/{part}.webp", f"/strips/{part}.webp", f"/playable/{part}"):
            assert http.get(path).status_code == 200, path
        assert http.post("/api/skip", json={"filename": name}).status_code == 200
        assert http.delete(f"/api/skip/{part}").status_code == 200
        assert server.sort(name, "food").filename == name
        assert (named.data_dir / "food" / name).is_file()
        assert server.history(1).moves[0].source == name
        server.undo()
        assert (named.data_dir / name).is_file()
    assert server.sort_batch([(name, "food") for name in NAMES]).success
    server.undo()
    assert {*NAMES} <= {video.filename for video in server.videos().videos}


def test_leftovers_and_bad_names_are_refused_also_where_any_is_let_in(server):
    for name in ("1.f137.mp4", "._1.mp4", "1.mp4.part", "tab\t.mp4", "../1.mp4", "a/b.mp4", "a.txt"):
        with pytest.raises(InvalidNameError):
            server.sort(name, "food")


@pytest.mark.programs
@pytest.mark.parametrize(
    ("name", "codec", "media_type", "is_copied"),
    [
        ("a.MOV", "libx264", "video/quicktime", False), ("b.webm", "libvpx-vp9", "video/webm", False),
        ("c.mkv", "libx264", "video/x-matroska", True), ("d.avi", "mpeg4", "video/x-msvideo", True),
        ("e.ts", "libx264", "video/mp2t", True), ("f.mpg", "mpeg2video", "video/mpeg", True),
        ("g.wmv", "wmv2", "video/x-ms-wmv", True), ("h.3gp", "libx264", "video/3gpp", False),
        ("i.m4v", "libx264", "video/x-m4v", False),
    ],
)
def test_each_kind_has_its_type_and_is_copied_where_no_browser_plays_it(
    make_client, named, name, codec, media_type, is_copied, eventually
):
    made = make_video(named.data_dir / name.lower(), codec=codec, rate=25)
    made.rename(named.data_dir / name)
    http = make_client(named)
    assert http.get(f"/videos/{name}").headers["content-type"] == media_type
    assert http.get(f"/posters/{name}.webp").status_code == 200
    assert (http.get(f"/playable/{name}").status_code == 202) == is_copied
    played = eventually(lambda: (answer := http.get(f"/playable/{name}")).status_code == 200 and answer, 60)
    assert played.headers["content-type"] == ("video/webm" if name == "b.webm" else "video/mp4")


def test_a_preview_says_what_would_be_left_out(client, tmp_path):
    (tmp_path / "other" / "food").mkdir(parents=True)
    (tmp_path / "other" / "My clip.mp4").touch()
    (tmp_path / "other" / "food" / "1.mp4").symlink_to(tmp_path / "other" / "My clip.mp4")
    told = client.get("/api/library/preview", params={"path": str(tmp_path / "other")}).json()
    assert (told["exists"], told["unsorted"], told["folders"]) == (True, 0, [{"name": "food", "count": 0}])
    names, links = told["left_out"]
    assert (names["kind"], names["examples"]) == ("names", ["My clip.mp4"])
    assert names["reason"] == "1 video is left out because of its name"
    assert "video_names" in names["mend"]
    assert (links["kind"], links["examples"]) == ("links", ["food/1.mp4"])
    assert client.get("/api/library/preview", params={"path": "/no/such"}).json()["left_out"] == []


def test_a_link_is_said_to_be_one(client, settings, tmp_path):
    (tmp_path / "outside.mp4").touch()
    (settings.data_dir / "4001.mp4").symlink_to(tmp_path / "outside.mp4")
    assert left_out(client)["links"]["examples"] == ["4001.mp4"]
    for answer in (
        client.post("/api/sort", json={"filename": "4001.mp4", "folder": "food"}), client.get("/videos/4001.mp4"),
    ):
        assert answer.status_code == 404
        assert "is a link" in answer.json()["detail"]


def test_two_spellings_are_two_videos_and_neither_takes_the_others_place(server, named):
    for name in ("caf\u00e9.mp4", "cafe\u0301.mp4", "IMG_1234.MP4"):
        server.sort(name, "food")
    shutil.copy(named.data_dir / "100%.mp4", named.data_dir / "img_1234.mp4")
    server.sort("img_1234.mp4", "food")
    there = set(os.listdir(named.data_dir / "food"))  # noqa: PTH208
    assert {"caf\u00e9.mp4", "cafe\u0301.mp4", "IMG_1234.MP4", "img_1234.mp4"} <= there


def test_where_the_file_decides_they_are_let_in_from_the_page_at_once(make_client, named):
    Path("vidsort.toml").write_text(f'data_dir = "{named.data_dir}"\n')
    client = make_client(load_settings(artifacts_dir=named.artifacts_dir))
    assert client.get("/api/library").json()["reason_of_names"] is None
    told = client.put("/api/library/names", json={"video_names": "any"}).json()
    assert (told["video_names"], told["left_out"]) == ("any", [])
    assert 'video_names = "any"' in Path("vidsort.toml").read_text()
    assert set(NAMES) <= {video["filename"] for video in client.get("/api/videos").json()["videos"]}


def test_folders_set_aside_here_leave_the_names_of_those_that_are_elsewhere(make_client, named):
    Path("vidsort.toml").write_text(f'data_dir = "{named.data_dir}"\nnot_learned = ["trash", "sport"]\n')
    client = make_client(load_settings(artifacts_dir=named.artifacts_dir))
    told = client.put("/api/library/not-learned", json={"folders": ["food"]}).json()
    assert told["not_learned"] == ["food"]
    assert 'not_learned = ["trash", "food"]' in Path("vidsort.toml").read_text()


@pytest.mark.parametrize("decided", ["environment", "flag", "program"])
def test_where_something_stronger_decides_the_page_is_told_what(make_client, named, monkeypatch, decided):
    settings = named
    if decided == "environment":
        monkeypatch.setenv("VIDSORT_VIDEO_NAMES", "digits")
    if decided != "program":
        flags = {"video_names": "digits"} if decided == "flag" else {}
        settings = load_settings(data_dir=named.data_dir, artifacts_dir=named.artifacts_dir, **flags)
    client = make_client(settings)
    reason = client.get("/api/library").json()["reason_of_names"]
    assert reason
    refused = client.put("/api/library/names", json={"video_names": "any"})
    assert (refused.status_code, refused.json()["detail"]) == (409, reason)


@pytest.mark.programs
def test_videos_that_cannot_be_read_are_told_once_they_were_looked_at(client, settings):
    (settings.data_dir / "food" / "666.mp4").write_bytes(b"not a video")
    report = run(settings)
    assert [failure.filename for failure in report.failed] == ["666.mp4"]
    assert left_out(client)["unreadable"]["examples"] == ["food/666.mp4"]
    (settings.data_dir / "food" / "666.mp4").unlink()
    client.app.state.workspace.library.live.refresh("food")
    assert not left_out(client)


def test_a_video_that_has_gone_is_no_link(client):
    with pytest.raises(NotFoundError, match="not among the unsorted"):
        client.app.state.workspace.library.mover.sort("999.mp4", "food")
