"""Where videos lie: moves are followed, and what is another video is never taken for one that was moved."""

import os

import pytest

from vidsort import library
from vidsort.library.live import places
from vidsort.library.live.places import Places

NAMES = ("1.mp4", "2.mp4", "3.mp4", "food/4.mp4", "dance/5.mp4")


@pytest.fixture
def data_dir(tmp_path):
    for number, name in enumerate(NAMES, 1):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x" * number)
    return tmp_path


def moved(data_dir, source, target):
    (data_dir / source).rename(data_dir / target)


def follows(known, data_dir):
    return known.follow(data_dir, library.scan(data_dir))


def test_moves_to_and_fro_are_followed(data_dir):
    known = Places(library.videos(data_dir))
    assert follows(known, data_dir)
    moved(data_dir, "1.mp4", "food/1.mp4")
    moved(data_dir, "dance/5.mp4", "5.mp4")
    assert follows(known, data_dir)
    moved(data_dir, "food/1.mp4", "dance/1.mp4")
    assert follows(known, data_dir)
    moved(data_dir, "dance/1.mp4", "1.mp4")
    (data_dir / "dance").rmdir()
    assert follows(known, data_dir)


def test_only_what_was_moved_is_looked_at(data_dir, monkeypatch):
    known, looked = Places(library.videos(data_dir)), []
    follows(known, data_dir)
    real = places.video_facts
    monkeypatch.setattr(places, "video_facts", lambda path: looked.append(path.name) or real(path))
    moved(data_dir, "2.mp4", "food/2.mp4")
    assert follows(known, data_dir)
    assert looked == ["2.mp4"]


def test_what_came_went_or_is_another_is_told(data_dir):
    def after(change):
        known = Places(library.videos(data_dir))
        change()
        return follows(known, data_dir)

    assert not after(lambda: (data_dir / "6.mp4").write_bytes(b"new"))
    assert not after((data_dir / "6.mp4").unlink)
    assert not after(lambda: moved(data_dir, "1.mp4", "7.mp4"))

    def replaced():
        (data_dir / "2.mp4").unlink()
        (data_dir / "food/2.mp4").write_bytes(b"other bytes")

    assert not after(replaced)

    def touched():
        moved(data_dir, "3.mp4", "food/3.mp4")
        os.utime(data_dir / "food/3.mp4", ns=(1, 1))

    assert not after(touched)


def test_too_many_at_once_are_not_followed_one_by_one(data_dir, monkeypatch):
    monkeypatch.setattr(places, "FEW", 1)
    known = Places(library.videos(data_dir))
    for name in ("1.mp4", "2.mp4"):
        moved(data_dir, name, f"food/{name}")
    assert not follows(known, data_dir)
