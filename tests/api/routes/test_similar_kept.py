"""What is like a video comes from memory, and is never older than the store, the words and the library."""

import json

import pytest
from test_routes import client, make_client
from test_why_route import trained
from videos import make_video

from vidsort import extract_features, library, predict, train
from vidsort.api import compared
from vidsort.store.features import FeatureRow

__all__ = ["client", "make_client", "trained"]


@pytest.fixture
def read(monkeypatch) -> list[int]:
    """How many videos the features of were read, each time; the one that is asked about is not counted."""
    counts, real = [], compared.features_of
    monkeypatch.setattr(
        compared, "features_of", lambda database, videos, given: counts.append(len(videos)) or real(
            database, videos, given
        )
    )
    return counts


def similar(client, name) -> dict[str, dict]:
    return {one["filename"]: one for one in client.get(f"/api/videos/{name}/similar?limit=100").json()["videos"]}


def copied(settings, name, number) -> str:
    (settings.data_dir / f"{number}.mp4").write_bytes((settings.data_dir / name).read_bytes())
    return f"{number}.mp4"


def test_what_was_read_once_is_not_read_again(trained, client, read):
    first = similar(client, trained)
    other = next(iter(first))
    assert read == [15]
    assert similar(client, trained) == first
    assert trained in similar(client, other)
    assert read == [15]


def test_without_any_change_the_disk_is_not_looked_at_either(trained, client, monkeypatch):
    similar(client, trained)
    listed, real = [], library.videos
    monkeypatch.setattr(compared.library, "videos", lambda *given: listed.append(1) or real(*given))
    similar(client, trained)
    del listed[:]
    for _ in range(3):
        similar(client, trained)
    assert not listed


def test_a_video_that_is_sorted_and_taken_back_is_told_where_it_lies_and_nothing_is_read_anew(trained, client, read):
    before = similar(client, trained)
    other = next(iter(before))
    answer = client.post("/api/sort", json={"filename": trained, "folder": "food"})
    assert answer.status_code == 200
    assert similar(client, other)[trained]["folder"] == "food"
    client.post("/api/undo")
    assert similar(client, other)[trained]["folder"] is None
    assert similar(client, trained) == before
    assert read == [15]


def test_a_sort_costs_a_look_at_what_was_moved_and_not_at_the_library(trained, client, monkeypatch):
    before = similar(client, trained)
    other = next(iter(before))
    looked, real = [], compared.library.videos
    monkeypatch.setattr(compared.library, "videos", lambda *given: looked.append(1) or real(*given))
    assert client.post("/api/sort", json={"filename": trained, "folder": "food"}).status_code == 200
    assert similar(client, other)[trained]["folder"] == "food"
    assert client.post("/api/move", json={"filename": trained, "from": "food", "to": "dance"}).status_code == 200
    assert similar(client, other)[trained]["folder"] == "dance"
    assert not looked


def test_what_is_overwritten_where_it_lies_is_seen_once_all_are_looked_at_again(trained, client, settings, monkeypatch):
    monkeypatch.setattr(compared, "LOOK_EVERY_S", 0.0)
    monkeypatch.setattr(compared, "LOOKING_SHARE", 1e9)
    names = [one["filename"] for one in client.get("/api/videos").json()["videos"]]
    other, moved = [name for name in names if name != trained][:2]
    assert trained in similar(client, other)
    (settings.data_dir / trained).write_bytes((settings.data_dir / trained).read_bytes() + b"more")
    assert client.post("/api/sort", json={"filename": moved, "folder": "food"}).status_code == 200
    assert trained not in similar(client, other)


@pytest.mark.programs
def test_a_copy_is_found_at_once_a_new_video_once_it_is_extracted_and_none_when_it_has_gone(trained, client, settings):
    similar(client, trained)
    copy = copied(settings, trained, 555)
    assert similar(client, trained)[copy]["likeness"] == pytest.approx(1, abs=1e-3)
    (settings.data_dir / copy).unlink()
    assert copy not in similar(client, trained)
    # Another one comes to its name.
    make_video(settings.data_dir / copy, pattern=2, seed=9)
    assert copy not in similar(client, trained)
    extract_features.run(settings)
    assert similar(client, trained)[copy]["likeness"] < 0.99


@pytest.mark.programs
def test_what_could_not_be_had_and_can_be_by_now_counts(trained, client, settings, monkeypatch):
    new = settings.data_dir / "555.mp4"
    new.write_bytes((settings.data_dir / trained).read_bytes() + b"more")
    real = extract_features.FeatureStore.put

    def failing(self, rows, facts=None):
        real(self, [FeatureRow(row.modality, row.source, error="no answer", retry=True) for row in rows], facts)

    monkeypatch.setattr(extract_features.FeatureStore, "put", failing)
    extract_features.run(settings)
    monkeypatch.undo()
    assert new.name not in similar(client, trained)
    extract_features.run(settings)
    assert similar(client, trained)[new.name]["likeness"] == pytest.approx(1, abs=1e-2)


def test_other_words_make_other_likenesses(client, settings):
    for number, path in enumerate(sorted(settings.data_dir.rglob("*.mp4"))):
        said = ("a rook endgame", "a riff with chords")[number % 2]
        path.with_suffix(".info.json").write_text(json.dumps({"title": f"{said} {number}"}))
        if path.parent != settings.data_dir:
            path.rename(settings.data_dir / ("food", "dance")[number % 2] / path.name)
            side = path.with_suffix(".info.json")
            side.rename(settings.data_dir / ("food", "dance")[number % 2] / side.name)
    words = settings.model_copy(update={"steps": {"extract_features": {"modalities": ("words",)}}})
    extract_features.run(words)
    train.run(words)
    predict.run(words)
    one, *others = sorted(path.name for path in settings.data_dir.glob("*.mp4"))
    before = similar(client, one)
    assert before
    (settings.data_dir / one).with_suffix(".info.json").write_text(json.dumps({"title": "a riff with chords"}))
    (settings.data_dir / others[0]).with_suffix(".info.json").write_text(json.dumps({"title": "a riff with chords"}))
    extract_features.run(words)
    assert similar(client, one)[others[0]]["likeness"] == pytest.approx(1, abs=1e-3)


@pytest.fixture
def large(monkeypatch):
    monkeypatch.setattr(compared, "MOST_KEPT", 14)


def test_of_a_library_that_is_too_large_a_sketch_is_kept_and_the_same_is_found(
    trained, make_client, read, large, monkeypatch
):
    client = make_client()
    found = similar(client, trained)
    for _ in range(2):
        assert similar(client, trained) == found
    # All of it once, and each time those that may be like it.
    assert read == [15, 15, 15, 15]
    monkeypatch.undo()
    whole = similar(make_client(), trained)
    assert list(found) == list(whole)
    assert [one["likeness"] for one in found.values()] == pytest.approx(
        [one["likeness"] for one in whole.values()], abs=1e-3
    )


def test_of_many_only_those_are_compared_whole_that_may_be_like_it(trained, make_client, read, large, monkeypatch):
    monkeypatch.setattr(compared, "COMPARED_WHOLE", 4)
    client = make_client()
    best = list(similar(client, trained))
    assert read == [15, 4]
    assert len(best) == 3
    monkeypatch.undo()
    assert best == list(similar(make_client(), trained))[:3]


def test_what_has_gone_or_was_moved_since_a_sketch_was_made_is_told_as_it_is_now(
    trained, settings, client, read, large
):
    other, another = list(similar(client, trained))[:2]
    lies = client.get(f"/api/videos/{another}").json()["folder"]
    (settings.data_dir / (client.get(f"/api/videos/{other}").json()["folder"] or "") / other).unlink()
    target = next(one["name"] for one in client.get("/api/folders").json()["folders"] if one["name"] != lies)
    wish = {"filename": another, "from": lies, "to": target}
    assert client.post("/api/move", json=wish).status_code == 200
    now = similar(client, trained)
    assert other not in now
    assert now[another]["folder"] == target
    assert read == [15, 15, 14]


def test_what_is_extracted_after_a_sketch_was_made_is_found_when_it_is_time(
    trained, settings, make_client, large, monkeypatch
):
    monkeypatch.setattr(compared, "LOOK_EVERY_S", 0.0)
    monkeypatch.setattr(compared, "LOOKING_SHARE", 1e9)
    client = make_client()
    similar(client, trained)
    copy = copied(settings, trained, 8000000000000000009)
    extract_features.run(settings)
    assert similar(client, trained)[copy]["likeness"] == pytest.approx(1, abs=1e-3)
