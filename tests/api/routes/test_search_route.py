"""Search and records: what is asked for is found wherever it lies, whatever is typed."""

import contextlib
import json

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from test_routes import client, make_client

from vidsort import library
from vidsort.features.contents import contents_of
from vidsort.features.words import gather
from vidsort.store import open_database
from vidsort.store.features import FeatureStore

__all__ = ["client", "make_client"]

WORDS = {
    "2.mp4": {"title": "A rook endgame", "description": "and a long way to it " * 40 + "zugzwang #chess"},
    "1.mp4": {"description": "sourdough crumb", "uploader": "baker"},
}


@pytest.fixture
def told(settings) -> dict[str, str | None]:
    """Puts words beside two videos of the library, one of them in a folder; where each video lies."""
    videos = library.videos(settings.data_dir)
    places = {}
    unsorted = next(video for video in videos if video.folder is None)
    filed = next(video for video in videos if video.folder is not None)
    for video, said in zip((unsorted, filed), WORDS.values(), strict=True):
        video.path.with_suffix(".info.json").write_text(json.dumps(said))
        places[video.filename] = video.folder
    with contextlib.closing(open_database(settings.artifacts_dir)) as database:
        gather(database, settings.data_dir, contents_of(FeatureStore(database), videos).hashes)
    return places


def found(client, query: str) -> list[tuple[str, str | None]]:
    answer = client.get("/api/search", params={"q": query})
    assert answer.status_code == 200
    return [(video["filename"], video["folder"]) for video in answer.json()["videos"]]


def test_words_find_unsorted_and_sorted_videos_by_their_beginnings(client, told):
    unsorted, filed = told
    assert found(client, "zugzw") == [(unsorted, None)]
    assert found(client, "SOURD crumb") == [(filed, told[filed])]
    assert found(client, "baker") == [(filed, told[filed])]
    assert found(client, "rook sourdough") == found(client, "") == found(client, "  ") == []


def test_a_find_is_told_where_it_lies_now(client, told):
    unsorted, filed = told
    assert client.post("/api/sort", json={"filename": unsorted, "folder": told[filed]}).status_code == 200
    assert found(client, "zugzwang") == [(unsorted, told[filed])]
    assert client.post("/api/undo").status_code == 200
    assert found(client, "zugzwang") == [(unsorted, None)]


@hypothesis_settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(query=st.one_of(st.text(max_size=40), st.text('"*()^-+:{}NEARORANDNOT \'\\', max_size=40)))
def test_no_text_breaks_a_search(client, told, query):
    answer = client.get("/api/search", params={"q": query.encode("utf-8", "replace").decode()})
    assert answer.status_code == 200


def test_a_query_that_is_too_long_is_refused_in_a_sentence(client):
    answer = client.get("/api/search", params={"q": "a" * 1001})
    assert answer.status_code == 422
    assert "q in the query" in answer.json()["detail"]


def test_a_video_has_a_record_with_its_words_wherever_it_lies(client, told):
    unsorted, filed = told
    record = client.get(f"/api/videos/{unsorted}").json()
    assert (record["filename"], record["folder"], record["words"]["hashtags"]) == (unsorted, None, ["chess"])
    assert record["words"]["title"] == "A rook endgame"
    record = client.get(f"/api/videos/{filed}").json()
    assert (record["folder"], record["predicted_folder"], record["words"]["author"]) == (told[filed], None, "baker")


@pytest.mark.parametrize(("name", "status"), [("99.mp4", 404), ("a.mp4", 400), ("..%2F1.mp4", 400), ("1.mp4%0A", 400)])
def test_no_other_name_has_a_record(client, name, status):
    answer = client.get(f"/api/videos/{name}")
    assert answer.status_code == status
    assert answer.json()["detail"]
