"""What a library is known by is written down beside the requests, and in time."""

import contextlib
import time

import pytest
from labelled import make_library

from vidsort.artifacts.owners import at_home, owner_of
from vidsort.library.live import LiveLibrary
from vidsort.live import remembering
from vidsort.live.remembering import Remembering
from vidsort.settings import Settings


@pytest.fixture
def home(tmp_path):
    settings = Settings(data_dir=tmp_path / "videos", artifacts_dir=tmp_path / "artifacts")
    make_library(settings.data_dir, {"dance": 4, None: 4})
    at_home(settings)
    return settings


@contextlib.contextmanager
def kept(settings):
    live = LiveLibrary(settings.data_dir)
    live.start()
    yield live, Remembering(settings.artifacts_dir, settings.data_dir, live, lambda: None)
    live.stop()


def folders_of(settings):
    return owner_of(settings.artifacts_dir).folders


def test_a_new_folder_of_a_small_library_is_written_down_before_anybody_goes_on(home):
    with kept(home) as (live, remembers):
        (home.data_dir / "food").mkdir()
        live.poll()
        remembers.look_after()
        assert folders_of(home) == ("dance", "food")


def test_that_of_a_large_one_is_written_down_beside(home, monkeypatch, eventually):
    monkeypatch.setattr(remembering, "AT_ONCE", 2)
    with kept(home) as (live, remembers):
        (home.data_dir / "food").mkdir()
        live.poll()
        remembers.look_after()
        eventually(lambda: folders_of(home) == ("dance", "food"))


def test_who_rests_for_long_is_hurried_at_the_end_and_writes_down_how_it_is_then(home, monkeypatch, eventually):
    monkeypatch.setattr("vidsort.artifacts.recognition.BETWEEN_RESTS", 1)
    monkeypatch.setattr(remembering, "RESTS", 1e9)
    with kept(home) as (live, remembers):
        remembers.begin()
        (home.data_dir / "food").mkdir()
        live.poll()
        began = time.monotonic()
        remembers.end()
        assert time.monotonic() - began < 10
        assert folders_of(home) == ("dance", "food")


def test_nothing_is_written_down_of_a_library_that_is_plainly_away(home):
    with kept(home) as (live, _):
        away = Remembering(home.artifacts_dir, home.data_dir, live, lambda: "its disk is away")
        (home.data_dir / "food").mkdir()
        live.poll()
        away.look_after()
        assert folders_of(home) == ("dance",)
