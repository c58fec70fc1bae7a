"""The demo library: always the same, made once, never in the way of what was sorted since."""

from itertools import pairwise

import numpy as np
import pytest

from vidsort import library
from vidsort.cli.demo import library as demo
from vidsort.cli.demo.art import THEMES
from vidsort.cli.demo.brush import HEIGHT, WIDTH
from vidsort.errors import ArtifactError
from vidsort.media import probe


@pytest.fixture
def few_clips(monkeypatch):
    """One sorted and one unsorted clip of two themes: enough to see the library made."""
    wanted = [clip for clip in demo.clips() if clip.themes[0] in ("ocean", "paper") and clip.seed[1] in (0, 11)]
    monkeypatch.setattr(demo, "clips", lambda: wanted)
    return wanted


def test_there_are_sixty_clips_in_five_folders_and_a_pile_of_twenty():
    clips = demo.clips()
    assert len({clip.filename for clip in clips}) == 60
    assert {clip.folder for clip in clips} == {*THEMES, None}
    assert sum(clip.folder is None for clip in clips) == 20
    assert demo.clips() == clips


def test_a_few_of_the_pile_show_two_themes_so_that_there_is_something_to_decide():
    doubles = [clip for clip in demo.clips() if len(clip.themes) == 2]
    assert len(doubles) == 5
    assert all(clip.folder is None for clip in doubles)


def test_the_pile_is_mixed():
    pile = [clip.themes[0] for clip in sorted(demo.clips()) if clip.folder is None]
    assert sum(one != other for one, other in pairwise(pile)) > 8


@pytest.mark.parametrize("theme", THEMES)
def test_a_theme_paints_moving_frames_that_its_lots_decide(theme):
    first, again, other = (THEMES[theme](np.random.default_rng(seed)) for seed in (1, 1, 2))
    frame = first(0.5)
    assert frame.shape == (HEIGHT, WIDTH, 3)
    assert frame.dtype == np.uint8
    assert np.array_equal(frame, again(0.5))
    assert not np.array_equal(frame, first(1.5))
    assert not np.array_equal(frame, other(0.5))
    assert frame.std() > 10


def test_the_library_is_made_and_a_second_run_makes_nothing(tmp_path, few_clips):
    told = []
    report = demo.make_library(tmp_path, progress=told.append)
    assert (report.done, report.skipped) == (4, 0)
    assert [progress.done for progress in told] == [1, 2, 3, 4]
    assert {video.folder for video in library.videos(tmp_path)} == {"ocean", "paper", None}
    facts = [probe(video.path) for video in library.videos(tmp_path)]
    assert all(fact.browser_playable and 2 <= fact.duration_s <= 3.6 for fact in facts)

    (moved,) = [clip for clip in few_clips if clip.folder is None and clip.themes[0] == "paper"]
    (tmp_path / moved.filename).rename(tmp_path / "paper" / moved.filename)
    (tmp_path / "ocean" / next(clip.filename for clip in few_clips if clip.folder == "ocean")).unlink()
    report = demo.make_library(tmp_path)
    assert (report.done, report.skipped) == (1, 3)
    assert not (tmp_path / moved.filename).exists()
    assert not list(tmp_path.rglob(".*"))


def test_a_place_that_cannot_be_written_is_named(tmp_path, few_clips):
    (tmp_path / "file").touch()
    with pytest.raises(ArtifactError, match="file"):
        demo.make_library(tmp_path / "file" / "videos")
