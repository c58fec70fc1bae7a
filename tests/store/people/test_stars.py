"""Stars: the newest first, a library at a time, kept however often they are given."""

import contextlib

import pytest

from vidsort.store import open_database
from vidsort.store.people.stars import Stars
from vidsort.store.rescue import TABLES


@pytest.fixture
def database(settings):
    with contextlib.closing(open_database(settings.artifacts_dir)) as opened:
        yield opened


def test_the_last_that_got_one_comes_first_and_given_twice_it_keeps_its_place(database, settings):
    stars = Stars(database, "one")
    for filename in ("2.mp4", "1.mp4", "2.mp4"):
        stars.give(filename)
    with contextlib.closing(open_database(settings.artifacts_dir)) as again:
        assert Stars(again, "one").filenames() == ["1.mp4", "2.mp4"]
    stars.take("1.mp4")
    stars.take("1.mp4")
    assert stars.filenames() == ["2.mp4"]


def test_each_library_has_its_own(database):
    Stars(database, "one").give("1.mp4")
    assert Stars(database, "another").filenames() == []


def test_a_rescue_saves_the_stars():
    assert "stars" in TABLES
