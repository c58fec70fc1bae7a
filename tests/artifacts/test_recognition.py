"""What a stranger would try on whose artifacts are whose: names in common, folders emptied, libraries swapped."""

import shutil

import pytest
from labelled import make_library

from vidsort.artifacts.owners import OWNER_NAME, at_home, owner_of, remember
from vidsort.artifacts.recognition import seen
from vidsort.cli import main
from vidsort.errors import AwayError
from vidsort.library.moves import Mover
from vidsort.settings import Settings
from vidsort.store import open_database


@pytest.fixture
def place(tmp_path) -> Settings:
    settings = Settings(data_dir=tmp_path / "first", artifacts_dir=tmp_path / "artifacts")
    make_library(settings.data_dir, {"dance": 4, "food": 4, None: 4})
    return settings


def at(settings, path) -> Settings:
    return settings.model_copy(update={"data_dir": path})


def test_an_artifacts_folder_may_lie_in_a_folder_called_libraries(place, tmp_path):
    settings = place.model_copy(update={"artifacts_dir": tmp_path / "libraries" / "artifacts"})
    assert at_home(settings) == settings
    database = open_database(settings.artifacts_dir)
    assert database.path.parent == settings.artifacts_dir
    database.close()


def test_names_in_common_make_no_other_library_the_one_that_is_gone(place, tmp_path):
    """A drive is away, and a new library has files called the same."""
    first = at_home(place).artifacts_dir
    names = sorted(path.name for path in place.data_dir.rglob("*.mp4"))
    place.data_dir.rename(tmp_path / "unplugged")
    new = tmp_path / "new"
    new.mkdir()
    for number, name in enumerate(names):
        (new / name).write_bytes(b"another video" * (number + 1))
    assert at_home(at(place, new)).artifacts_dir != first
    (tmp_path / "unplugged").rename(place.data_dir)
    assert at_home(place).artifacts_dir == first


def test_one_video_in_common_is_not_enough(place, tmp_path):
    first = at_home(place).artifacts_dir
    place.data_dir.rename(tmp_path / "unplugged")
    new = tmp_path / "new"
    new.mkdir()
    video = next((tmp_path / "unplugged").glob("*.mp4"))
    shutil.copy2(video, new / video.name)
    assert at_home(at(place, new)).artifacts_dir != first


def test_a_library_is_found_again_where_its_old_mount_point_is_left_empty(place, tmp_path):
    first = at_home(place).artifacts_dir
    place.data_dir.rename(tmp_path / "elsewhere")
    place.data_dir.mkdir()
    assert at_home(at(place, tmp_path / "elsewhere")).artifacts_dir == first


def test_another_library_at_the_path_of_one_that_was_moved_gets_nothing_of_it(place, tmp_path):
    first = at_home(place).artifacts_dir
    filename = sorted(path.name for path in place.data_dir.glob("*.mp4"))[0]
    Mover(place.data_dir, open_database(first)).sort(filename, "food")
    place.data_dir.rename(tmp_path / "elsewhere")
    place.data_dir.mkdir()
    for number in range(4):
        (place.data_dir / f"55{number}.mp4").write_bytes(b"new" * (number + 1))
    home = at_home(place).artifacts_dir
    assert home != first
    mover = Mover(place.data_dir, open_database(first))
    assert mover.history() == []
    mover.create_folder("own")
    moved = at(place, tmp_path / "elsewhere")
    assert at_home(moved).artifacts_dir == first
    assert [move.source for move in Mover(moved.data_dir, open_database(first)).history()] == [filename]
    assert [move.target for move in Mover(place.data_dir, open_database(first)).history()] == ["own"]


def test_adopting_works_also_after_the_new_path_has_been_used(place, tmp_path, capsys):
    at_home(place)
    old, new = tmp_path / "second", tmp_path / "third"
    make_library(old, {"cats": 3})
    home = at_home(at(place, old)).artifacts_dir
    shutil.rmtree(old)
    new.mkdir()
    (new / "cats").mkdir()
    (new / "999.mp4").write_bytes(b"only this")
    assert at_home(at(place, new)).artifacts_dir != home
    assert main(["adopt", str(old), *at(place, new).as_flags()]) == 0
    assert at_home(at(place, new)).artifacts_dir == home
    assert main(["models", "list", *at(place, new).as_flags()]) == 0


def test_the_first_folder_made_and_taken_back_leaves_an_empty_library_that_works(tmp_path):
    settings = Settings(data_dir=tmp_path / "new", artifacts_dir=tmp_path / "artifacts")
    settings.data_dir.mkdir()
    at_home(settings)
    mover = Mover(settings.data_dir, open_database(settings.artifacts_dir))
    mover.create_folder("first")
    remember(settings.artifacts_dir, seen(settings.data_dir))
    mover.rename_folder("first", "other")
    mover.undo()
    assert owner_of(settings.artifacts_dir).folders == ("first",)
    mover.undo()
    assert list(settings.data_dir.iterdir()) == []
    at_home(settings)
    mover.create_folder("second")


def test_a_damaged_record_of_another_library_stops_nobody_else(place, tmp_path):
    at_home(place)
    make_library(tmp_path / "second", {"cats": 3})
    home = at_home(at(place, tmp_path / "second")).artifacts_dir
    (home / OWNER_NAME).write_text("[" * 100_000)
    assert at_home(place) == place
    assert main(["models", "list", *place.as_flags()]) == 0


def test_a_folder_swapped_under_an_open_mover_is_not_worked_on(place, tmp_path):
    at_home(place)
    mover = Mover(place.data_dir, open_database(place.artifacts_dir))
    filename = sorted(path.name for path in place.data_dir.glob("*.mp4"))[0]
    mover.sort(filename, "food")
    place.data_dir.rename(tmp_path / "kept")
    (place.data_dir / "stranger").mkdir(parents=True)
    (place.data_dir / "1.mp4").write_bytes(b"x")
    with pytest.raises(AwayError):
        mover.undo()
    with pytest.raises(AwayError):
        mover.sort("1.mp4", "stranger")
    shutil.rmtree(place.data_dir)
    (tmp_path / "kept").rename(place.data_dir)
    assert [move.source for move in mover.undo()] == [filename]


def test_who_finds_out_what_is_in_a_large_library_rests_in_between(place, monkeypatch):
    monkeypatch.setattr("vidsort.artifacts.recognition.BETWEEN_RESTS", 5)
    rests = []
    assert seen(place.data_dir, rest=rests.append) == seen(place.data_dir)
    assert len(rests) == 12 // 5
    assert all(took_s >= 0 for took_s in rests)
