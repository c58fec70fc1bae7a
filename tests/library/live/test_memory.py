"""The library in memory keeps step with the disk, whoever changes it."""

import collections
import itertools
import os
import threading
from pathlib import Path

import pytest

from vidsort.errors import NotFoundError
from vidsort.library import Snapshot, scan
from vidsort.library.live import LiveLibrary, versions, watching
from vidsort.library.live import memory as live_library

WITHIN_S = 2


@pytest.fixture
def data_dir(tmp_path) -> Path:
    """Folders food and soccer with a video each, two unsorted; the files are no real videos."""
    root = tmp_path / "videos"
    for place in ("food/3.mp4", "soccer/5.mp4", "1.mp4", "2.mp4"):
        (root / place).parent.mkdir(parents=True, exist_ok=True)
        (root / place).touch()
    return root


@pytest.fixture
def live(data_dir):
    """A started one, stopped at the end."""
    live = LiveLibrary(data_dir)
    live.start()
    yield live
    live.stop()


def counts(live):
    return {folder.name: folder.count for folder in live.folders()}


@pytest.fixture
def clock(monkeypatch):
    """The time in seconds, as a list of one, for those who let it pass themselves."""
    now_s = [0.0]
    monkeypatch.setattr(watching.time, "monotonic", lambda: now_s[0])
    return now_s


@pytest.fixture
def counted(monkeypatch):
    """How many folders were looked at, and listed."""
    count = collections.Counter()
    real_look, real_timed = watching.Watch._look, watching.Watch.timed

    def look(*arguments):
        count["look"] += 1
        return real_look(*arguments)

    def timed(*arguments):
        count["listing"] += 1
        return real_timed(*arguments)

    monkeypatch.setattr(watching.Watch, "_look", look)
    monkeypatch.setattr(watching.Watch, "timed", timed)
    return count


def settled(data_dir, clock) -> LiveLibrary:
    """A library in memory in which nothing has changed for a while."""
    live = LiveLibrary(data_dir)
    live.poll()
    for _ in range(10):
        clock[0] += 1
        live.poll()
    return live


def move(live, origin, destination):
    """Move a video as the mover does."""
    folders = {place.rpartition("/")[0] for place in (origin, destination)}
    with live.moving(folders):
        (live.data_dir / origin).rename(live.data_dir / destination)
        live.follow([(origin, destination)])


def test_it_is_right_from_the_start(live, data_dir):
    assert live.exists
    assert live.snapshot() == scan(data_dir)
    assert counts(live) == {"food": 1, "soccer": 1}
    assert live.find("5.mp4") == data_dir / "soccer" / "5.mp4"


def test_it_answers_without_having_been_started(data_dir):
    assert LiveLibrary(data_dir).snapshot() == scan(data_dir)


def test_what_a_file_manager_does_shows_within_two_seconds(live, data_dir, eventually):
    (data_dir / "1.mp4").rename(data_dir / "soccer" / "1.mp4")
    eventually(lambda: counts(live) == {"food": 1, "soccer": 2} and live.snapshot().unsorted == ("2.mp4",), WITHIN_S)
    (data_dir / "tennis").mkdir()
    (data_dir / "tennis" / "9.mp4").touch()
    eventually(lambda: counts(live) == {"food": 1, "soccer": 2, "tennis": 1}, WITHIN_S)
    (data_dir / "soccer").rename(data_dir / "football")
    eventually(lambda: counts(live) == {"food": 1, "football": 2, "tennis": 1}, WITHIN_S)
    (data_dir / "food" / "3.mp4").unlink()
    (data_dir / "food").rmdir()
    eventually(lambda: counts(live) == {"football": 2, "tennis": 1}, WITHIN_S)


def test_changes_that_leave_no_trace_in_the_time_stamp_show_as_well(live, data_dir, eventually):
    """As on FAT, which keeps times in steps of two seconds."""
    stamp = (data_dir / "food").stat().st_mtime_ns
    (data_dir / "food" / "8.mp4").touch()
    os.utime(data_dir / "food", ns=(stamp, stamp))
    eventually(lambda: counts(live)["food"] == 2, WITHIN_S)


def test_a_quiet_library_is_not_listed_again(data_dir, clock, counted):
    live = settled(data_dir, clock)
    counted.clear()
    for clock[0] in range(11, 20):
        live.poll()
    assert counted["listing"] == 0


def test_listing_a_busy_big_folder_takes_a_tenth_of_the_time_at_most(data_dir, clock, monkeypatch):
    listed_at = []

    def slow_list(path, **rule):
        listed_at.append(clock[0])
        clock[0] += 0.4
        return real_list(path, **rule)

    real_list = live_library.list_root
    monkeypatch.setattr(live_library, "list_root", slow_list)
    live = LiveLibrary(data_dir)
    for number in range(200):
        (data_dir / f"{100 + number}.mp4").touch()
        live.poll(is_paced=True)
        clock[0] += 0.1
    assert 0.4 * len(listed_at) <= 0.1 * (clock[0] - listed_at[0]) + 0.4 * (watching.BORROWED + 1)
    assert len(listed_at) >= 5


def test_what_changes_now_and_then_is_seen_at_once_however_big_the_folder(data_dir, clock, monkeypatch):
    def slow_list(path, **rule):
        clock[0] += 1.5
        return real_list(path, **rule)

    real_list = live_library.list_root
    monkeypatch.setattr(live_library, "list_root", slow_list)
    live = LiveLibrary(data_dir)
    live.poll()
    for number in range(5):
        clock[0] += 60
        live.poll(is_paced=True)
        (data_dir / f"{100 + number}.mp4").touch()
        # Seen, and looked at once more for what came in the same moment.
        for _ in range(5):
            clock[0] += 0.6
            live.poll(is_paced=True)
        assert f"{100 + number}.mp4" in live.snapshot().unsorted


def test_a_listing_that_waits_for_other_threads_costs_no_more_than_one_that_does_not(data_dir, clock, monkeypatch):
    took_s, listed_at = [0.4], []

    def slow_list(path, **rule):
        listed_at.append(clock[0])
        clock[0] += took_s[0]
        return real_list(path, **rule)

    real_list = live_library.list_root
    monkeypatch.setattr(live_library, "list_root", slow_list)
    live = LiveLibrary(data_dir)
    live.poll()
    took_s[0] = 6.0
    listed_at.clear()
    for number in range(300):
        (data_dir / f"{100 + number}.mp4").touch()
        live.poll(is_paced=True)
        clock[0] += 0.5
    # As long as they waited for others these have to themselves, and not ten times as long.
    later = [after - before for before, after in itertools.pairwise(listed_at)]
    assert all(2 * 6.0 - 0.4 <= each <= 2 * 6.0 + 1 for each in later)


def test_listing_many_busy_folders_takes_a_tenth_of_the_time_at_most_all_together(data_dir, clock, monkeypatch):
    spent = []

    def slow_list(path, **rule):
        spent.append(0.05)
        clock[0] += 0.05
        return real_list(path, **rule)

    real_list = live_library.list_folder
    monkeypatch.setattr(live_library, "list_folder", slow_list)
    folders = [data_dir / f"folder{number}" for number in range(40)]
    for folder in folders:
        folder.mkdir()
    live = LiveLibrary(data_dir)
    live.poll()
    spent.clear()
    began_s, number = clock[0], 0
    while clock[0] < began_s + 200:
        number += 1
        for folder in folders:
            (folder / f"{number}.mp4").touch()
        live.poll(is_paced=True)
        clock[0] += 0.5
    borrowed_s = watching.BORROWED * 0.05 * len(folders)
    assert 0.05 <= (sum(spent) - borrowed_s) / (clock[0] - began_s) <= 0.11
    assert live.snapshot().folders.keys() == {folder.name for folder in data_dir.iterdir() if folder.is_dir()}


@pytest.mark.parametrize("folder_count", [2, 200])
def test_a_move_of_ours_takes_two_looks_at_each_of_its_folders_and_no_listing(data_dir, clock, counted, folder_count):
    for number in range(folder_count - 2):
        (data_dir / f"folder{number}").mkdir()
    live = settled(data_dir, clock)
    for name in ("1.mp4", "2.mp4"):
        counted.clear()
        move(live, name, f"soccer/{name}")
        assert counted == {"look": 4}
        assert live.snapshot() == scan(data_dir)
        live.poll(is_paced=True)
        assert counted["listing"] == 0


def test_a_burst_of_moves_causes_a_look_or_two_behind_it(data_dir, clock, counted):
    """Somebody may have changed something in the very moment of one of them, which no time stamp tells."""
    live = settled(data_dir, clock)
    counted.clear()
    for number in range(20):
        move(live, *(("1.mp4", "soccer/1.mp4") if number % 2 == 0 else ("soccer/1.mp4", "1.mp4")))
        clock[0] += 0.01
        live.poll(is_paced=True)
    assert counted["listing"] == 0
    for _ in range(40):
        clock[0] += 0.5
        live.poll(is_paced=True)
    assert 2 <= counted["listing"] <= 4  # the root and the folder


@pytest.mark.parametrize("moment", ["before", "meanwhile", "after"])
def test_what_somebody_else_does_in_the_moment_of_our_move_shows_within_three_seconds(data_dir, clock, moment):
    live = settled(data_dir, clock)

    def somebody_else(now):
        if now == moment:
            (data_dir / "soccer" / "77.mp4").touch()
            (data_dir / "88.mp4").touch()
            (data_dir / "2.mp4").unlink()

    somebody_else("before")
    with live.moving(["", "soccer"]):
        (data_dir / "1.mp4").rename(data_dir / "soccer" / "1.mp4")
        somebody_else("meanwhile")
        live.follow([("1.mp4", "soccer/1.mp4")])
    somebody_else("after")
    for _ in range(5):
        clock[0] += 0.5
        live.poll(is_paced=True)
    assert live.snapshot() == scan(data_dir)


def test_a_move_that_takes_long_hides_nothing(data_dir, clock):
    live = settled(data_dir, clock)
    with live.moving(["", "soccer"]):
        (data_dir / "88.mp4").touch()
        for _ in range(5):
            clock[0] += 0.5
            live.poll(is_paced=True)
        assert "88.mp4" in live.snapshot().unsorted


def test_a_folder_that_comes_back_with_its_old_time_stamp_has_its_videos(data_dir, clock):
    live = settled(data_dir, clock)
    (data_dir / "food").rename(data_dir.parent / "food")
    live.poll()
    assert "food" not in live.snapshot().folders
    (data_dir.parent / "food").rename(data_dir / "food")
    clock[0] += 0.1
    live.poll()
    assert live.snapshot() == scan(data_dir)


def test_a_folder_that_could_not_be_asked_for_a_while_has_its_videos_afterwards(data_dir, clock, monkeypatch):
    live = settled(data_dir, clock)
    real_stat = Path.stat

    def fails(path, **options):
        if path.name == "food":
            raise OSError(5, "Input/output error")
        return real_stat(path, **options)

    with monkeypatch.context() as broken:
        broken.setattr(Path, "stat", fails)
        live.poll()
    live.poll()
    assert live.snapshot() == scan(data_dir)


def test_what_came_into_the_root_and_left_it_is_told_from_any_version_on(data_dir, clock, monkeypatch):
    live = settled(data_dir, clock)
    first, names = live.unsorted_since(None)
    assert names == ("1.mp4", "2.mp4")
    assert live.unsorted_since(first) == (first, {})
    move(live, "1.mp4", "soccer/1.mp4")
    second, changed = live.unsorted_since(first)
    assert changed == {"1.mp4": False}
    move(live, "soccer/1.mp4", "1.mp4")
    (data_dir / "9.mp4").touch()
    clock[0] += 0.1
    live.poll()
    assert live.unsorted_since(second)[1] == {"1.mp4": True, "9.mp4": True}
    assert live.unsorted_since(first)[1] == {"1.mp4": True, "9.mp4": True}
    assert live.unsorted_since(first - 1)[1] == ("1.mp4", "2.mp4", "9.mp4")
    monkeypatch.setattr(versions, "FEW", 2)
    now = live.version
    for number in range(3):
        (data_dir / f"5{number}.mp4").touch()
    clock[0] += 0.1
    live.poll()
    assert live.unsorted_since(now)[1] == live.snapshot().unsorted
    assert live.unsorted_since(live.version) == (live.version, {})


def test_our_own_moves_show_at_once_without_a_look_at_the_disk(live, data_dir, monkeypatch):
    live.stop()
    monkeypatch.setattr(live_library, "list_root", None)
    monkeypatch.setattr(live_library, "list_folder", None)
    live.follow([("1.mp4", "soccer/1.mp4"), ("food/3.mp4", "soccer/3.mp4")])
    assert live.snapshot() == Snapshot(("2.mp4",), {"food": (), "soccer": ("1.mp4", "3.mp4", "5.mp4")})
    live.follow([("soccer/1.mp4", "1.mp4")])
    assert live.snapshot() == Snapshot(("1.mp4", "2.mp4"), {"food": (), "soccer": ("3.mp4", "5.mp4")})


def test_a_move_made_during_a_listing_is_not_forgotten(live, data_dir, monkeypatch):
    live.stop()
    before = live_library.list_root(data_dir)

    def list_while_somebody_sorts(path, **_):
        (path / "1.mp4").rename(path / "soccer" / "1.mp4")
        live.follow([("1.mp4", "soccer/1.mp4")])
        return before

    monkeypatch.setattr(live_library, "list_root", list_while_somebody_sorts)
    live.refresh()
    assert live.snapshot() == Snapshot(("2.mp4",), {"food": ("3.mp4",), "soccer": ("1.mp4", "5.mp4")})


def test_a_move_into_a_folder_made_elsewhere_counts_all_that_is_in_it(live, data_dir):
    live.stop()
    (data_dir / "tennis").mkdir()
    (data_dir / "tennis" / "9.mp4").touch()
    (data_dir / "1.mp4").rename(data_dir / "tennis" / "1.mp4")
    live.follow([("1.mp4", "tennis/1.mp4")])
    assert live.snapshot().folders["tennis"] == ("1.mp4", "9.mp4")


def test_a_snapshot_in_hand_never_changes(live):
    snapshot = live.snapshot()
    live.follow([("1.mp4", "soccer/1.mp4")])
    assert snapshot == Snapshot(("1.mp4", "2.mp4"), {"food": ("3.mp4",), "soccer": ("5.mp4",)})


def test_the_version_grows_with_changes_only(live, data_dir):
    live.stop()
    version = live.version
    live.refresh("food", "soccer")
    assert live.version == version
    live.follow([("1.mp4", "soccer/1.mp4")])
    assert live.version > version


def test_a_library_may_come_later_and_go_again(tmp_path, eventually):
    live = LiveLibrary(tmp_path / "later")
    live.start()
    try:
        assert not live.exists
        assert live.snapshot() == Snapshot()
        with pytest.raises(NotFoundError):
            live.find("1.mp4")
        (tmp_path / "new" / "food").mkdir(parents=True)
        (tmp_path / "new" / "1.mp4").touch()
        (tmp_path / "new").rename(tmp_path / "later")
        eventually(lambda: live.exists and live.snapshot() == Snapshot(("1.mp4",), {"food": ()}), WITHIN_S)
        (tmp_path / "later").rename(tmp_path / "gone")
        eventually(lambda: not live.exists and live.snapshot() == Snapshot(), WITHIN_S)
    finally:
        live.stop()


def test_an_unexpected_error_is_logged_and_the_watching_goes_on(live, data_dir, monkeypatch, caplog, eventually):
    real_list = live_library.list_root
    failures = [RuntimeError("boom")]

    def fails_once(path, **rule):
        if failures:
            raise failures.pop()
        return real_list(path, **rule)

    monkeypatch.setattr(live_library, "list_root", fails_once)
    (data_dir / "7.mp4").touch()
    eventually(lambda: "boom" in caplog.text, WITHIN_S)
    eventually(lambda: "7.mp4" in live.snapshot().unsorted, 2 * WITHIN_S)


def test_stop_ends_the_thread(data_dir):
    live = LiveLibrary(data_dir)
    live.start()
    live.stop()
    assert not any(thread.name == "live-library" for thread in threading.enumerate())
    live.stop()


def beside(live, place):
    """What begins like this video, the folder being as it is now."""
    return live.beside(place, (live.data_dir / place).parent.stat())


def test_what_begins_like_a_video_is_known_without_a_look(data_dir, clock, counted):
    for name in ("1.json", "1.en.vtt", "11.json", "1.txt", "2.mp4.json", "soccer/5.srt"):
        (data_dir / name).touch()
    live = settled(data_dir, clock)
    counted.clear()
    assert beside(live, "1.mp4") == ["1.mp4", "1.en.vtt", "1.json"]
    assert beside(live, "2.mp4") == ["2.mp4", "2.mp4.json"]
    assert beside(live, "soccer/5.mp4") == ["5.mp4", "5.srt"]
    assert beside(live, "food/3.mp4") == ["3.mp4"]
    assert not counted
    assert live.snapshot() == scan(data_dir)


def test_what_begins_like_a_video_is_not_known_once_somebody_else_changed_its_folder(data_dir, clock):
    live = settled(data_dir, clock)
    (data_dir / "1.json").touch()
    (data_dir / "new").mkdir()
    assert beside(live, "1.mp4") is None
    assert beside(live, "new/1.mp4") is None
    clock[0] += 5
    live.poll()
    assert beside(live, "1.mp4") == ["1.mp4", "1.json"]


def test_what_begins_like_a_video_is_not_known_while_its_folder_is_listed(data_dir, clock, monkeypatch):
    live = settled(data_dir, clock)
    (data_dir / "1.json").touch()
    known = []
    real_list = live_library.list_root

    def list_root(*arguments, **options):
        listing = real_list(*arguments, **options)
        known.append(beside(live, "1.mp4"))
        return listing

    monkeypatch.setattr(live_library, "list_root", list_root)
    clock[0] += 5
    live.poll()
    assert known == [None]
    assert beside(live, "1.mp4") == ["1.mp4", "1.json"]


def test_a_sidecar_that_comes_or_goes_makes_no_new_version(data_dir, clock):
    live = settled(data_dir, clock)
    before = live.version
    (data_dir / "1.json").touch()
    clock[0] += 5
    live.poll()
    move(live, "1.json", "soccer/1.json")
    assert live.version == before
    assert beside(live, "1.mp4") == ["1.mp4"]


def test_where_time_stamps_are_coarse_what_begins_like_a_video_is_known_when_they_are_old(data_dir, clock):
    live = settled(data_dir, clock)
    os.utime(data_dir, (1000, 1000))
    clock[0] += 5
    live.poll()
    (data_dir / "1.json").touch()
    os.utime(data_dir, (1000, 1000))
    assert beside(live, "1.mp4") is None
    clock[0] += 5
    live.poll()
    assert beside(live, "1.mp4") == ["1.mp4", "1.json"]
