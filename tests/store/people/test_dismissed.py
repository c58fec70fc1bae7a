"""What a person found right is remembered, a library at a time, and outlives a damaged database."""

import contextlib

import pytest

from vidsort.store import open_database
from vidsort.store.people.dismissed import Dismissed
from vidsort.store.rescue import TABLES


@pytest.fixture
def database(settings):
    with contextlib.closing(open_database(settings.artifacts_dir)) as opened:
        yield opened


def test_what_was_dismissed_is_remembered_by_kind(database, settings):
    dismissed = Dismissed(database, "one")
    dismissed.note("misfiled", ["food/71000000000000000.mp4", "food/71000000000000100.mp4"])
    dismissed.note("misfiled", ["food/71000000000000000.mp4"])
    dismissed.note("duplicates", ["ab cd"])
    with contextlib.closing(open_database(settings.artifacts_dir)) as again:
        kept = Dismissed(again, "one")
        assert kept.subjects("misfiled") == {"food/71000000000000000.mp4", "food/71000000000000100.mp4"}
        assert kept.subjects("duplicates") == {"ab cd"}


def test_each_library_has_its_own(database):
    Dismissed(database, "one").note("misfiled", ["food/71000000000000000.mp4"])
    assert not Dismissed(database, "another").subjects("misfiled")


def test_a_rescue_saves_what_was_dismissed():
    assert "dismissed" in TABLES
