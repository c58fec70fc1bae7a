"""What was never looked at: not what was, nor what was moved since; one that was put in the place of another is."""

import contextlib

import pytest
from videos import make_video

from vidsort.jobs.backlog import never_looked_at
from vidsort.library.live import LiveLibrary
from vidsort.store import open_database
from vidsort.store.features import FeatureStore

NEW = "7900000000000000001.mp4"


@pytest.fixture
def looking(learned):
    with contextlib.closing(open_database(learned.artifacts_dir)) as database:
        live = LiveLibrary(learned.data_dir)
        yield lambda: (live.refresh(*live.folder_names()), never_looked_at(live, FeatureStore(database)))[1]


def test_what_was_looked_at_is_known_wherever_it_was_moved_to(looking, learned):
    assert looking() == []
    first, second, *_ = sorted(learned.data_dir.glob("*.mp4"))
    first.rename(learned.data_dir / "food" / first.name)
    assert looking() == []
    make_video(learned.data_dir / NEW, pattern=1)
    make_video(first, pattern=2, seconds=2)
    second.rename(learned.data_dir / "food" / second.name)
    # The place of the first is one that was looked at, and whether what lies there has changed is seen by who reads it.
    assert looking() == [NEW]


def test_another_video_of_a_known_name_is_not_known(looking, learned):
    name = next(learned.data_dir.glob("food/*.mp4")).name
    make_video(learned.data_dir / "dance" / name, pattern=2, seconds=2)
    assert looking() == [f"dance/{name}"]
