"""The links of a library on disk: found once, brought up to date, and found anew where what is kept is of no use."""

import contextlib
import shutil

import pytest
from conftest import take_over
from videos import make_video

from vidsort import extract_features, library, train
from vidsort.features.modalities import ExtractConfig, kept_beside
from vidsort.insight.comparison import read_out_of_fold
from vidsort.insight.duplicates import kept, links_now
from vidsort.settings import Settings
from vidsort.store import open_database
from vidsort.store.features import FeatureStore


def double(data_dir):
    for folder, name, mirrored in (("food", "72000000000000001.mp4", False), ("sport", "72000000000000002.mp4", True)):
        make_video(data_dir / folder / name, seed=7, pattern=1, mirrored=mirrored)


@pytest.fixture(scope="module")
def doubled_template(library_template, once_a_run):
    """The artifacts of the library that `doubled` gives, made once."""

    def make(home):
        shutil.copytree(library_template, home / "library")
        double(home / "library")
        extract_features.run(Settings(data_dir=home / "library", artifacts_dir=home / "artifacts"))

    return once_a_run("doubled", make) / "artifacts"


@pytest.fixture
def doubled(doubled_template, settings):
    """A library that was looked at, with a video of one folder mirrored in another."""
    double(settings.data_dir)
    take_over(doubled_template, settings)
    return settings


def now(settings, feature_set=None):
    with contextlib.closing(open_database(settings.artifacts_dir)) as database:
        videos = library.videos(settings.data_dir)
        return links_now(database, settings.artifacts_dir, videos, feature_set or ExtractConfig().feature_set)


def test_links_are_kept_and_nothing_is_compared_twice(doubled, monkeypatch):
    first = now(doubled)
    assert (len(first.links), first.lacking) == (1, 0)
    compared = []
    monkeypatch.setattr("vidsort.insight.duplicates.links.likeness", lambda *both: compared.append(both) or 0.0)
    assert now(doubled).links.keys() == first.links.keys()
    assert not compared


@pytest.mark.parametrize("damaged", [b"{", b"{}", b'{"basis": "another", "contents": [], "links": [], "compared": []}'])
def test_what_cannot_be_used_is_found_anew(doubled, damaged):
    first = now(doubled)
    kept.path_of(doubled.artifacts_dir).write_bytes(damaged)
    assert now(doubled).links == pytest.approx(first.links, abs=1e-4)


def test_an_extraction_compares_what_it_has_looked_at(doubled, monkeypatch):
    compared = []
    monkeypatch.setattr("vidsort.insight.duplicates.links.likeness", lambda *both: compared.append(both) or 0.0)
    found = now(doubled)
    assert (len(found.links), found.waiting, compared) == (1, 0, [])


def test_a_retrain_leaves_the_links_and_a_set_is_one_group(doubled):
    report = train.run(doubled)
    assert kept.path_of(doubled.artifacts_dir).is_file()
    evidence = read_out_of_fold(doubled.artifacts_dir / "models" / report.outputs["model_id"])
    group_of = dict(zip(evidence.filenames, evidence.groups, strict=True))
    assert group_of["72000000000000001.mp4"] == group_of["72000000000000002.mp4"]
    assert len(set(evidence.groups)) == len(evidence.filenames) - 1


@pytest.mark.programs
def test_videos_from_before_there_were_prints_get_them_by_the_next_extraction(doubled):
    modality = kept_beside(ExtractConfig().feature_set)
    with contextlib.closing(open_database(doubled.artifacts_dir)) as database:
        with database.write() as connection:
            connection.execute("DELETE FROM features WHERE modality = ?", (modality.id,))
        contents = now(doubled)
        assert (contents.links, contents.lacking) == ({}, len(contents.found.videos))
        assert extract_features.run(doubled).outputs["encoder_calls"] == 0
        assert not FeatureStore(database).missing(modality.id, contents.found.contents)
    assert len(now(doubled).links) == 1


def test_without_frames_there_are_no_prints_and_no_links(doubled):
    sound = ExtractConfig(modalities=("sound",)).feature_set
    assert now(doubled, sound).links == {}


def test_in_a_very_large_library_those_in_folders_are_compared_first(doubled, monkeypatch):
    monkeypatch.setattr(kept, "MOST", 14)
    found = now(doubled)
    assert (len(found.found.videos), found.beyond, len(found.links)) == (14, 3, 1)
    assert all(video.folder for video in found.found.videos)
