"""Videos for playback, and pictures of them: ranges, conditions, and every name that is none."""

import email.utils

import pytest
from conftest import UNSORTED
from fastapi.testclient import TestClient
from test_routes import FIRST, SECOND, client, is_sentence, make_client, sort
from videos import make_video

from vidsort.library.live import LiveLibrary

__all__ = ["client", "make_client"]
SIZE = 1000


@pytest.fixture
def video(client, settings) -> bytes:
    """The bytes of 7.mp4, which is no real video: it is served as it is."""
    data = bytes(number % 251 for number in range(SIZE))
    (settings.data_dir / "7.mp4").write_bytes(data)
    return data


def get(client: TestClient, **headers: str):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.get("/videos/7.mp4", headers=named)


def test_a_video_is_served_whole_as_mp4(client, video):
    answer = get(client)
    assert (answer.status_code, answer.content) == (200, video)
    assert answer.headers["content-type"] == "video/mp4"
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.headers["content-length"] == str(SIZE)


def test_the_root_comes_before_the_folders(client, settings, video):
    (settings.data_dir / "dance" / "7.mp4").write_bytes(b"in a folder")
    assert get(client).content == video
    (settings.data_dir / "7.mp4").unlink()
    assert get(client).content == b"in a folder"


def test_a_video_is_found_after_it_was_sorted(client):
    before = client.get(f"/videos/{FIRST}").content
    sort(client, FIRST, "food")
    assert client.get(f"/videos/{FIRST}").content == before


@pytest.mark.parametrize(("asked", "start", "end"), [
    ("bytes=0-9", 0, 10), ("bytes=990-", 990, 1000), ("bytes=-10", 990, 1000), ("bytes=0-", 0, 1000),
    ("bytes=995-2000", 995, 1000), ("bytes=-5000", 0, 1000), ("bytes=0-0", 0, 1), ("bytes=999-999", 999, 1000),
])
def test_a_part_is_served_as_a_player_asks_for_it(client, video, asked, start, end):
    for method in ("GET", "HEAD"):
        answer = client.request(method, "/videos/7.mp4", headers={"range": asked})
        assert answer.status_code == 206
        assert answer.headers["content-range"] == f"bytes {start}-{end - 1}/{SIZE}"
        assert answer.headers["content-length"] == str(end - start)
        assert answer.content == (video[start:end] if method == "GET" else b"")


@pytest.mark.parametrize("asked", ["bytes=1000-", "bytes=5000-6000", "bytes=-0", "bytes=99999999999999999999-"])
def test_a_part_outside_the_file_is_416_or_the_whole(client, video, asked):
    answer = get(client, range=asked)
    if answer.status_code == 416:
        assert answer.headers["content-range"] == f"bytes */{SIZE}"
        assert is_sentence(answer)
    else:
        assert (answer.status_code, answer.content) == (200, video)


@pytest.mark.parametrize("asked", [
    "", "bytes", "bytes=", "bytes=a-b", "lines=1-2", "bytes=9-5", "bytes=1-2,5-6", "bytes=--1",
])
def test_what_is_no_range_or_several_gives_the_whole(client, video, asked):
    answer = get(client, range=asked)
    assert (answer.status_code, answer.content) == (200, video)


def test_an_empty_file_is_served_and_has_no_parts(client, settings):
    (settings.data_dir / "7.mp4").touch()
    assert get(client).content == b""
    assert get(client, range="bytes=0-").status_code == 416


def test_what_the_browser_has_is_not_sent_again(client, video):
    first = get(client)
    assert get(client, if_none_match=first.headers["etag"]).status_code == 304
    assert get(client, if_none_match=f'"x", W/{first.headers["etag"]}').status_code == 304
    assert get(client, if_none_match="*").status_code == 304
    assert get(client, if_modified_since=first.headers["last-modified"]).status_code == 304
    answer = get(client, if_none_match=first.headers["etag"])
    assert answer.content == b""
    assert answer.headers["etag"] == first.headers["etag"]


def test_what_has_changed_or_cannot_be_compared_is_sent(client, video):
    assert get(client, if_none_match='"other"').status_code == 200
    assert get(client, if_modified_since=email.utils.formatdate(0, usegmt=True)).status_code == 200
    for nonsense in ("yesterday", "", "Mon, 99 Foo 2026 99:99:99 GMT"):
        assert get(client, if_modified_since=nonsense).status_code == 200


def test_a_part_of_another_version_is_not_mixed_in(client, video):
    first = get(client)
    for same in (first.headers["etag"], first.headers["last-modified"]):
        assert get(client, range="bytes=0-9", if_range=same).status_code == 206
    for other in ('"other"', email.utils.formatdate(0, usegmt=True)):
        assert get(client, range="bytes=0-9", if_range=other).content == video


@pytest.mark.parametrize("kind", ["/videos/{}", "/playable/{}", "/posters/{}.webp", "/strips/{}.webp"])
@pytest.mark.parametrize("name", [
    "1.mp4%0A", "%EF%BC%97.mp4", "a.mp4", "1.MP4", "..%2f1.mp4", "%2e%2e%2f%2e%2e%2fetc%2fpasswd", "food%2F1.mp4",
    "food/1.mp4", "1.mp4%00", "%00", "1" * 300 + ".mp4", "1.mp4%2f", "%FF.mp4", "..", "....//1.mp4", "1.mp4%5C",
])
def test_a_filename_that_is_none_is_400(client, kind, name):
    answer = client.get(kind.format(name).replace("/..", "/%2e%2e"))
    assert answer.status_code == 400, answer.text
    assert is_sentence(answer)


@pytest.mark.parametrize("kind", ["/videos/{}", "/playable/{}", "/posters/{}.webp", "/strips/{}.webp"])
def test_a_video_that_is_not_there_is_404(client, kind):
    answer = client.get(kind.format("404.mp4"))
    assert answer.status_code == 404
    assert is_sentence(answer)


def test_a_link_out_of_the_library_is_not_followed(client, settings, tmp_path):
    (tmp_path / "secret").write_text("secret")
    (settings.data_dir / "7.mp4").symlink_to(tmp_path / "secret")
    assert client.get("/videos/7.mp4").status_code == 404


@pytest.mark.programs
def test_poster_and_strip_are_pictures_that_are_not_sent_twice(client):
    for kind in ("posters", "strips"):
        answer = client.get(f"/{kind}/{SECOND}.webp")
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "image/webp"
        assert answer.content[8:12] == b"WEBP"
        again = client.get(f"/{kind}/{SECOND}.webp", headers={"if-none-match": answer.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")


@pytest.mark.programs
def test_what_cannot_be_decoded_has_no_pictures_and_no_copy_but_its_reason(client, video):
    for path in ("/posters/7.mp4.webp", "/strips/7.mp4.webp", "/playable/7.mp4"):
        answer = client.get(path)
        assert answer.status_code == 422
        assert "cannot be decoded" in answer.json()["detail"]


@pytest.mark.programs
def test_a_video_that_browsers_play_is_its_own_copy(client):
    assert client.get(f"/playable/{FIRST}").content == client.get(f"/videos/{FIRST}").content


@pytest.mark.programs
def test_another_video_is_played_from_a_copy_that_is_made_once(client, settings, eventually):
    original = make_video(settings.data_dir / "9.mp4", codec="mpeg4")
    before = original.read_bytes()
    first = client.get("/playable/9.mp4")
    assert (first.status_code, first.json()["status"]) == (202, "preparing")

    def made():
        answer = client.get("/playable/9.mp4")
        return answer if answer.status_code == 200 else None

    copy = eventually(made, 30)
    assert copy.headers["content-type"] == "video/mp4"
    assert copy.content != before
    assert client.get("/playable/9.mp4", headers={"range": "bytes=0-9"}).status_code == 206
    assert original.read_bytes() == before
    assert client.get("/api/videos").json()["total"] == UNSORTED + 1


ALL_KINDS = ["/videos/7.mp4", "/playable/7.mp4", "/posters/7.mp4.webp", "/strips/7.mp4.webp"]


@pytest.mark.parametrize("path", ALL_KINDS)
def test_a_folder_that_is_swapped_for_a_link_after_the_video_was_found_shows_nothing(
    client, settings, tmp_path, monkeypatch, path
):
    make_video(settings.data_dir / "dance" / "7.mp4")
    secret = make_video(tmp_path / "outside" / "7.mp4")
    real = LiveLibrary.find

    def find_and_swap(live, filename):
        found = real(live, filename)
        if not (settings.data_dir / "dance").is_symlink():
            (settings.data_dir / "dance").rename(tmp_path / "aside")
            (settings.data_dir / "dance").symlink_to(secret.parent)
        return found

    monkeypatch.setattr(LiveLibrary, "find", find_and_swap)
    answer = client.get(path)
    assert answer.status_code == 404, answer.text
    assert is_sentence(answer)


@pytest.mark.programs
@pytest.mark.parametrize("path", ALL_KINDS)
def test_a_video_that_is_sorted_just_when_it_is_opened_is_found_again(client, settings, monkeypatch, path):
    make_video(settings.data_dir / "7.mp4")
    real, left = LiveLibrary.find, [1, 2]

    def find_and_sort(live, filename):
        found = real(live, filename)
        if left:
            found.rename(settings.data_dir / ("dance" if left.pop() == 2 else "food") / "7.mp4")
        return found

    monkeypatch.setattr(LiveLibrary, "find", find_and_sort)
    assert client.get(path).status_code == 200
    assert left == []
