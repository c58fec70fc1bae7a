"""What cannot be seen has not gone."""

import contextlib
import subprocess
import sys

import pytest
from kept import copied, template
from places import keeping_permissions

from vidsort.artifacts import home_of
from vidsort.settings import Settings
from vidsort.store import open_database
from vidsort.upkeep.gone import gone_from


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Settings:
    return template(tmp_path_factory.mktemp("made"))


def gone(settings: Settings):
    with contextlib.closing(open_database(settings.artifacts_dir)) as database:
        home = home_of(settings.artifacts_dir, settings.data_dir)
        return gone_from(settings, home, database, knows_pictures=False)


@pytest.mark.programs
def test_a_folder_that_cannot_be_read_has_lost_nothing(made, tmp_path):
    settings = copied(made, tmp_path / "kept")
    (settings.data_dir / "dance" / "1.mp4").unlink()
    (settings.data_dir / "food").chmod(0)
    code = (
        "import sys; from pathlib import Path; from test_gone import gone; from vidsort.settings import Settings\n"
        "found = gone(Settings(data_dir=Path(sys.argv[1]), artifacts_dir=Path(sys.argv[2])))\n"
        "print(*(row.path.decode() for row in found.contents))"
    )
    done = subprocess.run(
        [*keeping_permissions(), sys.executable, "-c", code, settings.data_dir, settings.artifacts_dir],
        env={"PYTHONPATH": ":".join(sys.path)}, capture_output=True, text=True, check=False, cwd=tmp_path,
    )
    (settings.data_dir / "food").chmod(0o755)
    assert done.stdout.split() == [str(settings.data_dir / "dance" / "1.mp4")], done.stderr


def test_a_video_whose_name_is_left_out_or_that_lies_too_deep_is_there(made, tmp_path):
    settings = copied(made, tmp_path / "kept")
    (settings.data_dir / "dance" / "1.mp4").rename(settings.data_dir / "dance" / "holiday.mp4")
    assert [row.path.rpartition(b"/")[2] for row in gone(settings).contents] == [b"1.mp4"]
    # Its path has gone, its content has not.
    assert gone(settings).dead == frozenset()


def test_what_changed_places_is_known_by_its_old_path_only_until_it_was_read_at_the_new_one(made, tmp_path):
    from vidsort import library
    from vidsort.features.contents import contents_of
    from vidsort.store.features import FeatureStore

    settings = copied(made, tmp_path / "kept")
    (settings.data_dir / "dance" / "1.mp4").rename(settings.data_dir / "food" / "1.mp4")
    assert gone(settings).contents == ()
    with contextlib.closing(open_database(settings.artifacts_dir)) as database:
        contents_of(FeatureStore(database), library.videos(settings.data_dir))
    (left,) = gone(settings).contents
    assert left.path.endswith(b"dance/1.mp4")
    assert gone(settings).dead == frozenset()
