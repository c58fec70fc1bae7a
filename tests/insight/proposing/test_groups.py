"""The groups of a library, by real videos through the real encoders; no video is opened for it."""

import contextlib
import json
import shutil

import numpy as np
import pytest
from conftest import take_over
from videos import make_video

from vidsort import extract_features, library
from vidsort.artifacts import current_feature_set
from vidsort.features import contents
from vidsort.features.modalities import ExtractConfig
from vidsort.insight.proposing import kept as kept_groups
from vidsort.insight.proposing.groups import FITS_NONE, groups_in
from vidsort.insight.proposing.kept import NOTHING_SEEN, TOO_FEW, KeptGroups
from vidsort.settings import Settings
from vidsort.store import open_database

KINDS = ("dogs", "bread")


FRAMES_AND_WORDS = ExtractConfig(modalities=("frames", "words"))


@pytest.fixture(scope="module")
def pile_template(once_a_run):
    """A pile as `pile` is and its artifacts, made once."""

    def make(home):
        data_dir = home / "pile"
        for number in range(30):
            path = data_dir / f"73000000000000{number:02}.mp4"
            make_video(path, pattern=number % 3, seed=number)
            if number % 3 < 2:
                words = {"id": path.stem, "title": "look at this", "tags": [KINDS[number % 3], "fyp"]}
                path.with_suffix(".info.json").write_text(json.dumps(words), encoding="utf-8")
        extract_features.run(Settings(data_dir=data_dir, artifacts_dir=home / "artifacts"), FRAMES_AND_WORDS)

    return once_a_run("pile of three kinds", make)


@pytest.fixture
def pile(tmp_path, settings, pile_template):
    """Settings on a library that is a pile: of three kinds ten videos each, of which two kinds have captions."""
    settings = settings.model_copy(update={"data_dir": shutil.copytree(pile_template / "pile", tmp_path / "pile")})
    take_over(pile_template / "artifacts", settings, FRAMES_AND_WORDS)
    return settings


@pytest.fixture
def database(pile):
    with contextlib.closing(open_database(pile.artifacts_dir)) as opened:
        yield opened


def kinds_of(group) -> set[int]:
    return {int(name[:16]) % 100 % 3 for name in group.videos}


def test_before_any_video_is_sorted_there_are_groups_of_one_kind_each(pile, database, monkeypatch):
    monkeypatch.setattr(contents, "content_hash", None)  # no video is opened
    found = groups_in(database, library.videos(pile.data_dir), current_feature_set(pile.artifacts_dir))
    assert found.has_seen
    assert len(found.groups) >= 3
    assert all(len(kinds_of(group)) == 1 for group in found.groups)
    assert {group.fits for group in found.groups} == {None}
    names = [{group.name for group in found.groups if kinds_of(group) == {kind}} for kind in range(3)]
    assert "dogs" in names[0]
    assert "bread" in names[1]
    assert all(name.startswith("Group ") for name in names[2])
    assert found == groups_in(database, library.videos(pile.data_dir), current_feature_set(pile.artifacts_dir))


@pytest.mark.programs
def test_when_a_kind_has_its_folder_groups_are_of_the_others(pile, database):
    rng = np.random.default_rng(0)
    videos = library.videos(pile.data_dir)
    for number, folder in ((0, "old"), (1, "older")):
        (pile.data_dir / folder).mkdir()
        for extra in range(12):
            make_video(pile.data_dir / folder / f"7400000000000{number}{extra:02}.mp4", pattern=number,
                       seed=int(rng.integers(1000, 9999)))
    extract_features.run(pile, FRAMES_AND_WORDS)
    videos = library.videos(pile.data_dir)
    found = groups_in(database, videos, current_feature_set(pile.artifacts_dir), ["old", "older"])
    assert found.groups
    assert {kind for group in found.groups for kind in kinds_of(group)} == {2}
    assert all(group.fits < FITS_NONE for group in found.groups)


def asked(kept, settings):
    return kept.groups(settings.data_dir, settings.artifacts_dir, library.scan(settings.data_dir))


@pytest.mark.programs
def test_what_was_found_stays_while_videos_are_filed_and_is_found_anew_where_there_are_others(
    pile, database, monkeypatch
):
    kept, looked = KeptGroups(database), []
    real = kept_groups.groups_in
    monkeypatch.setattr(kept_groups, "groups_in", lambda *given: looked.append(1) or real(*given))
    groups, reason = asked(kept, pile)
    assert reason is None
    assert asked(kept, pile) == (groups, None)
    (pile.data_dir / groups[0].videos[0]).unlink()
    after, _ = asked(kept, pile)
    assert after[0].videos == groups[0].videos[1:]
    assert after[0].size == groups[0].size - 1
    assert looked == [1]
    make_video(pile.data_dir / "7500000000000000.mp4", pattern=1, seed=99)
    asked(kept, pile)
    assert looked == [1, 1]
    extract_features.run(pile, FRAMES_AND_WORDS)
    asked(kept, pile)
    assert looked == [1, 1, 1]


def test_without_features_or_videos_there_is_a_reason(pile, database, settings, tmp_path):
    with contextlib.closing(open_database(tmp_path / "other")) as empty:
        assert KeptGroups(empty).groups(pile.data_dir, tmp_path / "other", library.scan(pile.data_dir)) == (
            [], NOTHING_SEEN
        )
        assert KeptGroups(empty).groups(pile.data_dir, pile.artifacts_dir, library.scan(pile.data_dir)) == (
            [], NOTHING_SEEN
        )
    assert asked(KeptGroups(database), settings.model_copy(update={"data_dir": settings.data_dir})) == ([], TOO_FEW)
