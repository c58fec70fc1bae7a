"""Each move is applied to the library in memory once, whichever process made it; other folders are not looked at."""

import collections
import os
import threading
from pathlib import Path

import pytest
from places import add_sidecars, make_places, tree

from vidsort.library import scan
from vidsort.library.live import LiveLibrary
from vidsort.library.moves.mover import Mover
from vidsort.library.opened import OpenFolder
from vidsort.store import open_database

WITHIN_S = 3
BURST = 150


@pytest.fixture
def data_dir(tmp_path) -> Path:
    """A small library; see `make_places`."""
    return make_places(tmp_path / "videos")


@pytest.fixture
def database(tmp_path):
    """A fresh database, closed at the end."""
    database = open_database(tmp_path / "artifacts")
    yield database
    database.close()


@pytest.fixture
def live(data_dir):
    """The library in memory, stopped at the end."""
    live = LiveLibrary(data_dir)
    live.poll()
    yield live
    live.stop()


@pytest.fixture
def looks(data_dir, monkeypatch):
    """How often this thread asks the system for the facts of each place in the library, and lists it."""
    count, own_thread = collections.Counter(), threading.get_ident()

    def counting(name, real):
        def counted(path=".", *arguments, **options):
            place = os.fspath(path) if not isinstance(path, int) else ""
            if threading.get_ident() == own_thread and str(place).startswith(str(data_dir)):
                count[name, os.path.relpath(place, data_dir)] += 1
            return real(path, *arguments, **options)
        return counted

    for name in ("stat", "lstat", "scandir", "listdir"):
        monkeypatch.setattr(os, name, counting(name, getattr(os, name)))
    return count


def test_a_sort_looks_four_times_at_anything_but_its_file_however_many_folders(data_dir, database, live, looks):
    mover = Mover(data_dir, database, live)
    mover.recover()  # looks once whether the library is the one that it was
    found = {}
    for folder_count in (2, 200):
        for number in range(folder_count):
            (data_dir / f"folder{number}").mkdir(exist_ok=True)
        live.poll()
        looks.clear()
        filename = live.snapshot().unsorted[0]
        mover.sort(filename, "soccer")
        live.folders()
        mover.catch_up()
        found[folder_count] = sorted(look for look in looks.elements() if filename not in look[1])
    assert found[2] == found[200] == 2 * [("stat", ".")] + 2 * [("stat", "soccer")]


def test_a_sort_of_a_video_with_sidecars_looks_at_nothing_else_either(data_dir, database, live, looks, monkeypatch):
    add_sidecars(data_dir)
    live.poll()
    mover = Mover(data_dir, database, live)
    mover.recover()
    monkeypatch.setattr(OpenFolder, "names", lambda _: pytest.fail("a folder was listed"))
    looks.clear()
    mover.sort("10.mp4", "soccer")
    live.folders()
    mover.catch_up()
    found = sorted(look for look in looks.elements() if not look[1].rpartition("/")[2].startswith("10."))
    assert found == 2 * [("stat", ".")] + 2 * [("stat", "soccer")]


def test_what_lies_beside_videos_is_known_after_moves_of_our_own(data_dir, database, live, monkeypatch):
    add_sidecars(data_dir)
    live.poll()
    before = tree(data_dir)
    mover = Mover(data_dir, database, live)
    monkeypatch.setattr(OpenFolder, "names", lambda _: pytest.fail("a folder was listed"))
    mover.sort("10.mp4", "soccer")
    mover.undo()
    mover.redo()
    mover.undo()
    mover.sort("10.mp4", "food")
    assert (data_dir / "food" / "10.en.vtt").exists()
    mover.undo()
    assert tree(data_dir) == before


def test_an_own_move_is_applied_once(data_dir, database, live, monkeypatch):
    applied = []
    real_follow = live.follow
    monkeypatch.setattr(live, "follow", lambda moves: (applied.append(moves), real_follow(moves)))
    mover = Mover(data_dir, database, live)
    mover.sort("10.mp4", "soccer")
    mover.catch_up()
    mover.undo()
    mover.catch_up()
    assert applied == [[("10.mp4", "soccer/10.mp4")], [("soccer/10.mp4", "10.mp4")]]


def test_what_another_process_moves_is_followed_at_once_also_between_moves_of_our_own(data_dir, database, live):
    ours, other = Mover(data_dir, database, live), Mover(data_dir, database)
    other.sort("10.mp4", "soccer")
    ours.sort("11.mp4", "food")
    assert live.snapshot() == scan(data_dir)
    other.undo()
    ours.catch_up()
    assert live.snapshot() == scan(data_dir)
    other.create_folder("golf")
    other.sort("12.mp4", "golf")
    ours.catch_up()
    assert live.snapshot() == scan(data_dir)


def test_what_is_asked_in_the_midst_of_a_move_of_ours_is_not_applied_twice(data_dir, database, live, monkeypatch):
    applied = []
    real_follow = live.follow
    mover = Mover(data_dir, database, live)

    def follow(moves):
        applied.append(moves)
        mover.catch_up()
        real_follow(moves)
        mover.catch_up()

    monkeypatch.setattr(live, "follow", follow)
    for change in (lambda: mover.sort("10.mp4", "soccer"), mover.undo, mover.redo):
        change()
    assert len(applied) == 3
    assert live.snapshot() == scan(data_dir)


def test_what_others_do_during_a_burst_of_sorts_shows_within_three_seconds(data_dir, database, live, eventually):
    for number in range(BURST):
        (data_dir / f"5{number:03}.mp4").touch()
    live.start()
    mover = Mover(data_dir, database, live)
    errors = []

    def sort_all():
        try:
            for number in range(BURST):
                mover.sort(f"5{number:03}.mp4", ("food", "soccer")[number % 2])
        except Exception as error:
            errors.append(error)

    burst = threading.Thread(target=sort_all)
    burst.start()
    number = 0
    while burst.is_alive():
        (data_dir / f"6{number:04}.mp4").touch()
        (data_dir / "food" / f"7{number:04}.mp4").touch()
        if number % 3 == 0:
            (data_dir / f"6{number:04}.mp4").rename(data_dir / "tennis" / f"6{number:04}.mp4")
        number += 1
        burst.join(0.003)
    assert not errors
    assert number > 10
    eventually(lambda: live.snapshot() == scan(data_dir), WITHIN_S)


def test_who_asks_while_another_thread_catches_up_is_answered_when_that_is_done(data_dir, database, live, monkeypatch):
    mover, other = Mover(data_dir, database, live), Mover(data_dir, database)
    other.sort("10.mp4", "soccer")
    may_go_on, is_at_it, follow = threading.Event(), threading.Event(), live.follow

    def slowly(moves):
        is_at_it.set()
        assert may_go_on.wait(WITHIN_S)
        follow(moves)

    monkeypatch.setattr(live, "follow", slowly)
    first = threading.Thread(target=mover.catch_up)
    first.start()
    assert is_at_it.wait(WITHIN_S)
    seen = []

    def look():
        mover.catch_up()
        seen.append("10.mp4" in live.snapshot().unsorted)

    second = threading.Thread(target=look)
    second.start()
    second.join(0.2)
    may_go_on.set()
    for thread in (first, second):
        thread.join(WITHIN_S)
    assert seen == [False]
