"""Very large folders are listed by a process of its own, and what is known of them is what is there."""

import collections
import os
import random
import signal
import subprocess

import pytest

from vidsort.library import Snapshot, scan
from vidsort.library.live import Apart, LiveLibrary
from vidsort.library.live import apart as module

pytestmark = pytest.mark.programs

FOLDERS = ("", "food", "sport")
LONG_AGO_S = 1_000_000_000


@pytest.fixture
def data_dir(tmp_path, monkeypatch):
    """Two folders, some videos in each; every folder is taken for a large one."""
    monkeypatch.setattr(module, "LARGE", 0)
    root = tmp_path / "videos"
    for number in range(12):
        place = root / FOLDERS[number % 3] / f"{number}.mp4"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.touch()
    return root


@pytest.fixture
def live(data_dir):
    """One that is started and looks only where it is told to."""
    live = LiveLibrary(data_dir, poll_s=1000)
    live.start()
    yield live
    live.stop()


@pytest.fixture
def asked(monkeypatch):
    """How often the process was asked for each folder."""
    count = collections.Counter()
    real = Apart._ask

    def ask(self, folder):
        count[folder] += 1
        return real(self, folder)

    monkeypatch.setattr(Apart, "_ask", ask)
    return count


def move(live, origin, destination):
    """Move a video as the mover does."""
    (live.data_dir / origin).rename(live.data_dir / destination)
    live.follow([(origin, destination)])


class Somebody:
    """Changes a library at random: as the mover does, or behind the back of who watches it."""

    def __init__(self, live, seed):
        self.live, self.chance, self.moved = live, random.Random(seed), []

    def act(self):
        """One change."""
        root = self.live.data_dir
        what = self.chance.choice(("ours", "theirs", "back", "comes", "goes", "words"))
        there = sorted(str(path.relative_to(root)) for path in root.rglob("*.mp4"))
        place = self.chance.choice(there)
        target = f"{self.chance.choice(FOLDERS)}/{place.rpartition('/')[2]}".lstrip("/")
        if what in ("ours", "theirs") and not (root / target).exists():
            (move if what == "ours" else self.rename)(self.live, place, target)
            self.moved.append((place, target))
        elif what == "back" and self.moved:
            to, origin = self.moved.pop()
            if (root / origin).exists() and not (root / to).exists():
                self.rename(self.live, origin, to)
        elif what == "comes":
            (root / self.chance.choice(FOLDERS) / f"{self.chance.randrange(100, 200)}.mp4").touch()
        elif what == "goes" and len(there) > 3:
            (root / place).unlink()
        elif what == "words":
            (root / place).with_suffix(".description").touch()

    @staticmethod
    def rename(live, origin, destination):
        """Move a video as a file manager does."""
        (live.data_dir / origin).rename(live.data_dir / destination)


def known(live):
    """What is known of the library, with what lies beside videos."""
    return live.snapshot(), {folder: set(live._of.beside.get(folder, ())) for folder in FOLDERS}


def there(data_dir):
    """The same, as it is."""
    beside = {folder: {path.name for path in (data_dir / folder).glob("*.description")} for folder in FOLDERS}
    return scan(data_dir), beside


@pytest.mark.parametrize("seed", range(3))
def test_whoever_changes_it_before_and_while_it_is_listed_it_is_known_as_it_is(live, data_dir, monkeypatch, seed):
    somebody = Somebody(live, seed)
    real, waiting = Apart._answer, []

    def answer(self, known):
        while waiting:
            waiting.pop()
            somebody.act()
        return real(self, known)

    monkeypatch.setattr(Apart, "_answer", answer)
    for _ in range(60):
        for _ in range(somebody.chance.randrange(4)):
            somebody.act()
        waiting.extend(range(somebody.chance.randrange(3)))
        live.refresh(*FOLDERS[1:])
        waiting.clear()
        # What was changed meanwhile is seen by the next look.
        live.refresh(*FOLDERS[1:])
        assert known(live) == there(data_dir)


def test_only_what_differs_comes_over(live, data_dir, monkeypatch):
    told = []
    real = Apart._answer

    def answer(self, known):
        told.append(real(self, known))
        return told[-1]

    monkeypatch.setattr(Apart, "_answer", answer)
    (data_dir / "99.mp4").touch()
    (data_dir / "3.mp4").unlink()
    live.refresh()
    assert [(each.listing.videos, each.gone) for each in told if each.listing.videos] == [(("99.mp4",), {"3.mp4"})]


def test_one_that_was_killed_is_begun_anew(live, data_dir):
    (data_dir / "99.mp4").touch()
    os.kill(live._apart._process.pid, signal.SIGKILL)
    live._apart._process.wait()
    live.refresh()
    assert live.holds("99.mp4")
    (data_dir / "99.mp4").unlink()
    live.refresh()
    assert known(live) == there(data_dir)
    assert live._apart._process.poll() is None


def test_a_library_that_goes_and_comes_back_is_listed_as_a_whole(live, data_dir):
    data_dir.rename(data_dir.with_name("away"))
    live.refresh()
    assert live.snapshot() == Snapshot()
    data_dir.with_name("away").rename(data_dir)
    live.refresh()
    assert known(live) == there(data_dir)


def test_what_was_foreseen_is_not_listed_again(data_dir, asked):
    os.utime(data_dir, (LONG_AGO_S, LONG_AGO_S))
    apart = Apart(data_dir, "digits")
    apart.foresee()
    live = LiveLibrary(data_dir, poll_s=1000, apart=apart)
    live.start()
    assert (asked[""], live.snapshot()) == (1, scan(data_dir))
    live.stop()


@pytest.mark.parametrize("age_s", [LONG_AGO_S, None])
def test_what_came_after_it_was_foreseen_is_there(data_dir, asked, age_s):
    apart = Apart(data_dir, "digits")
    live = LiveLibrary(data_dir, poll_s=1000, apart=apart)
    if age_s is not None:
        os.utime(data_dir, (age_s, age_s))
    apart.foresee()
    (data_dir / "99.mp4").touch()
    live.start()
    assert live.holds("99.mp4")
    assert asked[""] == 2
    live.stop()


def test_a_small_library_and_a_single_look_need_no_process(data_dir, monkeypatch, asked):
    LiveLibrary(data_dir).poll()
    monkeypatch.setattr(module, "LARGE", 50_000)
    apart = Apart(data_dir, "digits")
    apart.foresee()
    live = LiveLibrary(data_dir, apart=apart)
    live.start()
    live.stop()
    assert not asked


def test_it_ends_with_the_server_and_with_who_started_it(live):
    process = live._apart._process
    assert process.poll() is None
    live.stop()
    assert process.poll() is not None
    assert subprocess.run(live._apart._command, input=b"", check=False, timeout=20).returncode == 0
