"""The words of a whole library: every form, read once, read again when changed, and nothing broken stops it."""

import contextlib
import logging
import os
import shutil
from pathlib import Path

import pytest

from vidsort import library
from vidsort.features.contents import contents_of
from vidsort.features.words import captions, exporter, gather, gathering
from vidsort.store import open_database
from vidsort.store.features import FeatureStore
from vidsort.store.words import WordStore

FORMS = {
    "1.info.json": '{"description": "by info", "title": "first"}', "food/2.description": "by description",
    "food/3.json": '{"desc": "by json"}', "4.mp4.json": '{"desc": "by name"}',
    "captions.csv": "filename,text\n5.mp4,by table\n2,beside\n", "food/captions.csv": "filename,text\n6.mp4,by inner\n",
}


@pytest.fixture
def pile(tmp_path) -> Path:
    """A library, as the exporter lays it, whose files are no videos: words are all that matters here."""
    root = tmp_path / "data" / "Favorites" / "videos"
    for number in range(1, 9):
        folder = root / "food" if number in (2, 3, 6) else root
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{number}.mp4").write_bytes(b"video %d" % number)
    for name, text in FORMS.items():
        (root / name).write_text(text)
    (tmp_path / "data" / ".appdata").mkdir()
    (tmp_path / "data" / ".appdata" / "db_texts.js").write_text('window.dbvd={"7": "by exporter"}')
    return root


@pytest.fixture
def database(tmp_path):
    with contextlib.closing(open_database(tmp_path / "artifacts")) as database:
        yield database


def contents(database, pile, video_names="digits"):
    return contents_of(FeatureStore(database), library.videos(pile, video_names)).hashes


def told(database, pile, video_names="digits") -> dict[str, str]:
    """What is said of each video after a gathering, and whatever is odd with its reason."""
    hashes = contents(database, pile, video_names)
    gather(database, pile, hashes, video_names)
    captions = contents_of(FeatureStore(database), list(hashes)).words
    documents = WordStore(database, pile).documents([video.filename for video in hashes])
    return {
        video.filename: captions.errors[video] if video in captions.errors else documents[video.filename]["description"]
        for video in hashes if video in captions.errors or video in captions.sources
    }


def test_each_form_is_read_and_a_video_without_words_has_none(pile, database):
    assert told(database, pile) == {
        "1.mp4": "by info", "2.mp4": "by description\nbeside", "3.mp4": "by json", "4.mp4": "by name",
        "5.mp4": "by table", "6.mp4": "by inner", "7.mp4": "by exporter",
    }
    counts = WordStore(database, pile).counts()
    assert gathering.told_forms(counts) == {
        "*.info.json": 1, "*.mp4.json": 1,
        "*.json": 1, "*.description": 1, "captions.csv": 3, "databases in .appdata": 1,
    }
    assert WordStore(database, pile).search("first", 9) == ["1.mp4"]


def test_an_unchanged_sidecar_is_not_opened_and_a_changed_one_is_read_again(pile, database, monkeypatch):
    told(database, pile)
    opened = []
    real = gathering.words_in
    monkeypatch.setattr(gathering, "words_in", lambda path, form: opened.append(path.name) or real(path, form))
    told(database, pile)
    assert opened == []
    (pile / "1.info.json").write_text('{"description": "by infi", "title": "first"}')
    os.utime(pile / "4.mp4.json", ns=(5, 5))
    (pile / "food" / "2.description").unlink()
    assert told(database, pile)["1.mp4"] == "by infi"
    assert sorted(opened) == ["1.info.json", "4.mp4.json"]
    assert told(database, pile)["2.mp4"] == "beside"
    assert WordStore(database, pile).search("info", 9) == []


@pytest.fixture
def opened(monkeypatch) -> list[str]:
    """The names of the files that are of many videos, as they are opened."""
    names, table, single = [], captions.read_captions, exporter.read_database
    monkeypatch.setattr(captions, "read_captions", lambda path: names.append(path.name) or table(path))
    monkeypatch.setattr(exporter, "read_database", lambda path: names.append(path.name) or single(path))
    return names


def test_an_unchanged_file_of_many_videos_is_not_opened_and_a_changed_one_is_read_again(pile, database, opened):
    before = told(database, pile)
    assert sorted(opened) == ["captions.csv", "captions.csv", "db_texts.js"]
    del opened[:]
    assert told(database, pile) == before
    assert opened == []
    (pile / "captions.csv").write_text("filename,text\n5.mp4,BY TABLE\n2,beside\n")
    os.utime(pile / "captions.csv", ns=(7, 7))
    assert told(database, pile)["5.mp4"] == "BY TABLE"
    assert opened == ["captions.csv"]
    del opened[:]
    # A further database, and one that has gone.
    (pile.parents[1] / ".appdata" / "db_videos.js").write_text('window.dbv={"7": {"audioId": 3}}')
    told(database, pile)
    assert sorted(opened) == ["db_texts.js", "db_videos.js"]
    (pile.parents[1] / ".appdata" / "db_texts.js").unlink()
    gather(database, pile, contents(database, pile))
    assert WordStore(database, pile).documents(["7.mp4"]) == {"7.mp4": {"sound": "3"}}
    (pile / "captions.csv").unlink()
    gather(database, pile, contents(database, pile))
    assert WordStore(database, pile).documents(["5.mp4"]) == {}


def test_for_a_video_that_came_files_of_many_are_read_again_for_one_that_left_they_are_not(pile, database, opened):
    (pile / "captions.csv").write_text("filename,text\n5.mp4,by table\n9.mp4,of the ninth\n")
    told(database, pile)
    del opened[:]
    (pile / "8.mp4").unlink()
    told(database, pile)
    assert opened == []
    (pile / "9.mp4").write_bytes(b"video 9")
    assert told(database, pile)["9.mp4"] == "of the ninth"
    assert sorted(opened) == ["captions.csv", "db_texts.js"]


def test_two_libraries_below_the_same_databases_keep_what_they_read_apart(pile, database, opened):
    other = pile.parents[0] / "more"
    other.mkdir()
    (other / "7.mp4").write_bytes(b"another 7")
    (other / "8.mp4").write_bytes(b"another 8")
    for _ in range(2):
        assert told(database, pile)["7.mp4"] == told(database, other)["7.mp4"] == "by exporter"
    assert opened.count("db_texts.js") == 2


def test_a_video_that_is_moved_keeps_its_words_before_and_after_the_next_gathering(pile, database):
    before = told(database, pile)
    for name in ("1.mp4", "1.info.json", "5.mp4"):
        (pile / name).rename(pile / "food" / name)
    moved = [video for video in library.videos(pile) if video.filename in ("1.mp4", "5.mp4")]
    assert len(contents_of(FeatureStore(database), moved).words.sources) == 2
    assert told(database, pile) == before
    (pile / "food").rename(pile / "meals")
    assert told(database, pile) == {**before, "6.mp4": "by inner"}


def test_a_broken_file_is_told_by_name_and_reason_and_the_others_are_read(pile, database, caplog):
    (pile / "8.info.json").write_text("{")
    (pile / "1.json").write_text("[1]")
    (pile.parents[1] / ".appdata" / "db_texts.js").write_text("alert(1)")
    (pile / "food" / "captions.csv").write_text("a,b")
    with caplog.at_level(logging.WARNING):
        found = gather(database, pile, contents(database, pile))
    assert {path.name for path in found.broken} == {"8.info.json", "1.json", "db_texts.js", "captions.csv"}
    (left_out,) = found.left_out(pile)
    assert (left_out.kind, left_out.count, left_out.reason) == ("words", 4, "4 files of words cannot be read")
    assert len(caplog.records) == gathering.LOGGED + 1
    now = told(database, pile)
    assert "8.info.json: it is no JSON" in now["8.mp4"]
    assert now["1.mp4"] == "by info"
    assert found.with_words == 5
    # What has become readable without a change to its time is read again.
    stamp = (pile / "8.info.json").stat()
    (pile / "8.info.json").write_text("3")
    os.utime(pile / "8.info.json", ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    assert "holds a int" in told(database, pile)["8.mp4"]


def test_links_folders_and_files_of_other_forms_are_no_words(pile, database, tmp_path):
    (tmp_path / "secret.json").write_text('{"desc": "a secret"}')
    (pile / "8.json").symlink_to(tmp_path / "secret.json")
    (pile / "8.info.json").mkdir()
    (pile / "8.en.vtt").write_text("not read")
    (pile / "8.txt").write_text("not read")
    (pile / "food" / "captions.csv").unlink()
    (pile / "food" / "captions.csv").symlink_to(pile / "captions.csv")
    found = gather(database, pile, contents(database, pile))
    assert found.broken == {}
    assert "8.mp4" not in told(database, pile)


def test_two_videos_of_one_stem_share_what_is_of_the_stem(pile, database):
    shutil.copy(pile / "4.mp4", pile / "4.mov")
    (pile / "4.json").write_text('{"title": "t", "desc": "of both"}')
    now = told(database, pile, "any")
    assert now["4.mov"] == "of both"
    assert now["4.mp4"] == "by name\nof both"


def test_what_is_said_inside_the_file_counts_too(pile, database):
    hashes = contents(database, pile)
    of = {video.filename: content for video, content in hashes.items()}
    FeatureStore(database).put([], {
        of["8.mp4"]: {"tags": {"title": "Inside", "comment": "c", "artist": "me", "genre": "Hip Hop, Jazz"}},
        of["7.mp4"]: {"caption": "before there were tags"}, of["1.mp4"]: {"tags": {}, "caption": None},
    })
    gather(database, pile, hashes)
    assert WordStore(database, pile).documents(["8.mp4", "7.mp4"]) == {
        "8.mp4": {"title": "Inside", "description": "c", "author": "me", "hashtags": ["hip hop", "jazz"]},
        "7.mp4": {"description": "by exporter\nbefore there were tags"},
    }


def test_nothing_in_the_library_is_written(pile, database):
    root = pile.parents[1]
    before = {path: (path.stat().st_mtime_ns, path.is_dir() or path.read_bytes()) for path in root.rglob("*")}
    told(database, pile)
    assert {path: (path.stat().st_mtime_ns, path.is_dir() or path.read_bytes()) for path in root.rglob("*")} == before


def test_a_library_without_words_costs_no_row(pile, database):
    shutil.rmtree(pile.parents[1] / ".appdata")
    for name in FORMS:
        (pile / name).unlink()
    assert gather(database, pile, contents(database, pile)).with_words == 0
    counts = "SELECT (SELECT count(*) FROM sidecars), (SELECT count(*) FROM documents), count(*) FROM captions"
    assert database.connection().execute(counts).fetchone() == (0, 0, 0)
    assert WordStore(database, pile).counts() == {}
