"""Each library finds its own artifacts again, none touches another's, and one that is away is not taken for empty."""

import json
import shutil
import subprocess
import sys

import pytest
from labelled import make_library, store_features
from places import keeping_permissions

from vidsort import artifacts, predict, train
from vidsort.artifacts.owners import (
    OWNER_NAME,
    adopt,
    at_home,
    choose_anew,
    home_of,
    owner_of,
    remember,
    require_there,
    seen,
)
from vidsort.cli import main
from vidsort.errors import ArtifactError, AwayError, NotFoundError
from vidsort.learning.fitting import TrainConfig
from vidsort.library.moves import Mover
from vidsort.settings import Settings
from vidsort.store import open_database

COUNTS = {"dance": 6, "food": 6, None: 4}
QUICK = TrainConfig(heads=("centroid",), folds=2, repeats=1)


@pytest.fixture
def place(tmp_path) -> Settings:
    """A library with features, and artifacts that nobody owns yet."""
    settings = Settings(data_dir=tmp_path / "first", artifacts_dir=tmp_path / "artifacts")
    make_library(settings.data_dir, COUNTS)
    return settings


@pytest.fixture
def other(place, tmp_path) -> Settings:
    """Another library with the same artifacts folder."""
    make_library(tmp_path / "other", {"cats": 5, "dogs": 5, None: 3})
    for number, path in enumerate(sorted((tmp_path / "other").rglob("*.mp4"))):
        path.rename(path.with_name(f"9{number}.mp4"))
    return place.model_copy(update={"data_dir": tmp_path / "other"})


def test_the_first_library_keeps_the_artifacts_and_any_other_gets_a_place_in_them(place, other):
    assert at_home(place) == place
    home = at_home(other).artifacts_dir
    assert home.parent == place.artifacts_dir / "libraries"
    assert at_home(at_home(other)).artifacts_dir == home_of(place.artifacts_dir, other.data_dir) == home
    assert at_home(place) == place
    assert owner_of(home).folders == ("cats", "dogs")


def test_the_first_library_may_be_looked_through_later_and_keeps_its_place_meanwhile(place, other, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr("vidsort.artifacts.owners.scan", None)
        assert home_of(place.artifacts_dir, place.data_dir, remembers_later=True) == place.artifacts_dir
    assert not owner_of(place.artifacts_dir).is_looked_at
    assert at_home(place) == place
    # Another one is looked at as ever, and does not take what seems to be nobody's.
    home = home_of(place.artifacts_dir, other.data_dir, remembers_later=True)
    assert home != place.artifacts_dir
    assert owner_of(home).folders == ("cats", "dogs")
    remember(place.artifacts_dir, seen(place.data_dir))
    assert owner_of(place.artifacts_dir).folders == ("dance", "food")
    assert owner_of(place.artifacts_dir).is_looked_at


def test_a_library_that_was_never_looked_through_is_not_taken_for_one_that_has_gone(place):
    shutil.rmtree(place.data_dir)
    place.data_dir.mkdir()
    home_of(place.artifacts_dir, place.data_dir, remembers_later=True)
    require_there(place.artifacts_dir, place.data_dir)


def test_steps_on_another_library_leave_what_the_first_one_has_in_force(place, other):
    for settings in (place, other):
        store_features(at_home(settings))
        train.run(settings, QUICK)
        predict.run(settings)
    first, second = place.artifacts_dir, at_home(other).artifacts_dir
    assert artifacts.current(first).model_id != artifacts.current(second).model_id
    before = (first / "predictions.json").read_bytes()
    assert main(["predict", *other.as_flags()]) == 0
    assert (first / "predictions.json").read_bytes() == before
    names = {entry["video"] for entry in json.loads((second / "predictions.json").read_text())}
    assert names == {path.name for path in other.data_dir.glob("*.mp4")}
    assert [version.model_id for version in artifacts.list_models(first)] == [artifacts.current(first).model_id]


def test_predictions_of_another_program_belong_to_the_library_they_are_used_with(place):
    place.artifacts_dir.mkdir()
    (place.artifacts_dir / "predictions.json").write_text("[]")
    assert at_home(place) == place
    assert (place.artifacts_dir / "predictions.json").read_text() == "[]"


def test_a_library_that_was_moved_is_known_again_by_what_is_in_it_with_its_history(place, other, tmp_path):
    at_home(place)
    home = at_home(other).artifacts_dir
    Mover(other.data_dir, open_database(home)).sort("90.mp4", "cats")
    moved = other.model_copy(update={"data_dir": tmp_path / "elsewhere"})
    other.data_dir.rename(moved.data_dir)
    assert at_home(moved).artifacts_dir == home
    assert owner_of(home).path == str(moved.data_dir)
    assert [move.source for move in Mover(moved.data_dir, open_database(home)).history()] == ["90.mp4"]


def test_a_copy_of_a_library_that_is_still_there_is_another_one(place, tmp_path):
    at_home(place)
    shutil.copytree(place.data_dir, tmp_path / "copy")
    assert at_home(place.model_copy(update={"data_dir": tmp_path / "copy"})).artifacts_dir != place.artifacts_dir


def test_a_library_that_was_copied_along_with_its_artifacts_finds_them_again(place, tmp_path):
    at_home(place)
    shutil.copytree(place.data_dir, tmp_path / "copy" / "library")
    shutil.copytree(place.artifacts_dir, tmp_path / "copy" / "artifacts")
    copied = Settings(data_dir=tmp_path / "copy" / "library", artifacts_dir=tmp_path / "copy" / "artifacts")
    assert at_home(copied) == copied
    assert at_home(place) == place


def test_a_library_of_other_videos_in_place_of_one_that_has_gone_is_another_one(place, other):
    at_home(place)
    shutil.rmtree(place.data_dir)
    assert at_home(other).artifacts_dir != place.artifacts_dir


def test_one_command_says_which_library_it_was(place, other, tmp_path, capsys):
    at_home(place)
    home = at_home(other).artifacts_dir
    new = other.model_copy(update={"data_dir": tmp_path / "new"})
    make_library(new.data_dir, {"cats": 2})
    assert main(["adopt", str(other.data_dir), *new.as_flags()]) == 0
    assert str(new.data_dir) in capsys.readouterr().out
    assert at_home(new).artifacts_dir == home
    with pytest.raises(NotFoundError, match="those that have"):
        adopt(place.artifacts_dir, new.data_dir, tmp_path / "never")


def test_an_empty_folder_that_was_tried_first_does_not_keep_the_artifacts(place, tmp_path):
    empty = place.model_copy(update={"data_dir": tmp_path / "empty"})
    empty.data_dir.mkdir()
    assert at_home(empty) == empty
    assert at_home(place) == place


def test_a_library_that_is_not_there_yet_gets_no_artifacts(place, tmp_path):
    missing = place.model_copy(update={"data_dir": tmp_path / "missing"})
    assert at_home(missing) == missing
    assert not place.artifacts_dir.exists()


OPEN = (
    "import sys; from pathlib import Path; from vidsort.api.workspace import Workspace\n"
    "from vidsort.settings import Settings\n"
    "workspace = Workspace(Settings(data_dir=Path(sys.argv[1]), artifacts_dir=Path(sys.argv[2])))\n"
    "print(workspace.look_after().live.exists, workspace.library.artifacts_dir)\n"
)


@pytest.mark.programs
def test_a_library_that_is_closed_to_us_and_unknown_is_opened_as_one_that_is_not_there_yet(place):
    place.data_dir.chmod(0)
    try:
        command = [*keeping_permissions(), sys.executable, "-c", OPEN, place.data_dir, place.artifacts_dir]
        told = subprocess.run(command, capture_output=True, text=True, check=False)
    finally:
        place.data_dir.chmod(0o755)
    assert told.stdout == f"False {place.artifacts_dir}\n", told.stderr
    assert owner_of(place.artifacts_dir) is None
    # Once it is open it is the first one after all.
    assert at_home(place) == place
    assert owner_of(place.artifacts_dir).path == str(place.data_dir)


def empty(folder):
    for path in folder.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def test_a_library_that_is_empty_now_is_away_and_nothing_is_made_or_moved_there(place, tmp_path):
    store_features(at_home(place))
    train.run(place, QUICK)
    predict.run(place)
    mover = Mover(place.data_dir, open_database(place.artifacts_dir))
    unsorted = sorted(path.name for path in place.data_dir.glob("*.mp4"))
    mover.sort(unsorted[0], "food")
    kept = tmp_path / "kept"
    place.data_dir.rename(kept)
    place.data_dir.mkdir()
    before = (place.artifacts_dir / "predictions.json").read_bytes()
    steps = (lambda: predict.run(place), lambda: train.run(place))
    for attempt in (lambda: mover.create_folder("new"), mover.undo, *steps):
        with pytest.raises(AwayError, match=r"is empty now.*plug its drive in"):
            attempt()
    assert list(place.data_dir.iterdir()) == []
    assert (place.artifacts_dir / "predictions.json").read_bytes() == before
    place.data_dir.rmdir()
    kept.rename(place.data_dir)
    assert [move.source for move in mover.undo()] == [unsorted[0]]


def test_other_videos_on_another_device_are_away_and_the_same_ones_are_not(place, other):
    home = at_home(place).artifacts_dir
    record = json.loads((home / OWNER_NAME).read_text())
    (home / OWNER_NAME).write_text(json.dumps(record | {"device": 1}))
    require_there(home, place.data_dir)
    for path in place.data_dir.rglob("*.mp4"):
        path.rename(path.with_name(f"8{path.name}"))
    with pytest.raises(AwayError, match="another device"):
        require_there(home, place.data_dir)


def test_what_was_emptied_on_purpose_is_chosen_anew(place, capsys):
    home = at_home(place).artifacts_dir
    empty(place.data_dir)
    remember(home, seen(place.data_dir))
    with pytest.raises(AwayError):
        at_home(place)
    assert main(["doctor", *place.as_flags()]) == 1
    assert main(["adopt", *place.as_flags()]) == 0
    assert at_home(place) == place
    choose_anew(place.artifacts_dir, place.data_dir)
    assert owner_of(home).is_empty


def test_a_new_users_empty_folder_works(tmp_path):
    settings = Settings(data_dir=tmp_path / "new", artifacts_dir=tmp_path / "artifacts")
    settings.data_dir.mkdir()
    assert at_home(settings) == settings
    Mover(settings.data_dir, open_database(settings.artifacts_dir)).create_folder("first")


def test_a_damaged_record_says_what_to_do(place):
    home = at_home(place).artifacts_dir
    (home / OWNER_NAME).write_text("[" * 1000)
    with pytest.raises(ArtifactError, match="remove it"):
        at_home(place)
    (home / OWNER_NAME).unlink()
    assert at_home(place) == place
