"""The panels of one video: each kind is drawn, or said to be absent, failed or not looked for."""

import contextlib

import pytest
from pairs import WIDTH, make_pair
from showing import make_shown_video, need_ocr
from speaking import speech_model
from videos import damage_pictures, damage_sound, make_video

from vidsort import extract_features, library
from vidsort.features.modalities import KINDS, ExtractConfig
from vidsort.features.stored import features_of
from vidsort.insight import figures
from vidsort.media import sample_frames
from vidsort.settings import Settings
from vidsort.store import open_database

pytestmark = pytest.mark.programs

NASTY = '<script>alert(1)</script> "quoted" 漢字'


@pytest.fixture
def shown(tmp_path):
    """Panels of the only video of a library, as they are after an extraction."""
    settings = Settings(data_dir=tmp_path / "library", artifacts_dir=tmp_path / "artifacts")

    def draw(**config):
        chosen = ExtractConfig(**config)
        extract_features.run(settings, chosen)
        with contextlib.closing(open_database(settings.artifacts_dir)) as database:
            known = features_of(database, library.videos(settings.data_dir), chosen.feature_set)
            return figures.evidence(settings.artifacts_dir, known, 0, chosen)

    return draw


def test_each_kind_that_a_video_has_is_drawn_and_words_are_text(shown, tmp_path):
    path = make_video(tmp_path / "library" / "1.mp4", seconds=2, audio=True)
    path.with_suffix(".description").write_text(f"{NASTY} #tag", encoding="utf-8")
    panels = shown()
    assert panels.html.count("data:image/webp") == len(sample_frames(path, ExtractConfig().frames).images) + 2
    assert panels.html.count("data:image/svg+xml") == 1
    assert "<script" not in panels.html
    assert "&lt;script&gt;" in panels.html
    assert "#tag" in panels.html
    assert [line.partition(":")[0] for line in panels.text.splitlines()][:5] == [
        "unsorted · 1.mp4", "frames", "motion", "sound", "words"
    ]
    assert "None" not in panels.text


def test_what_a_video_does_not_have_is_said_and_so_is_what_is_not_looked_for(shown, tmp_path):
    make_video(tmp_path / "library" / "1.mp4", seconds=0.1)
    panels = shown(modalities=("frames", "motion", "words"))
    assert panels.html.count("<img") == 1
    lines = dict(line.split(": ", 1) for line in panels.text.splitlines()[1:])
    assert lines["motion"].startswith("None: nothing moves")
    assert "sound" in lines["not looked for"]
    assert lines["words"].startswith("None: no file")


def test_what_cannot_be_had_is_said_with_its_reason(shown, tmp_path):
    path = damage_sound(make_video(tmp_path / "library" / "1.mp4", gop=100, audio=True))
    damage_pictures(path, first=1)
    path.with_suffix(".info.json").write_text("{")
    lines = dict(line.split(": ", 1) for line in shown().text.splitlines()[1:])
    assert lines["frames"].startswith("1 of them")
    assert lines["motion"].startswith("Failed: its movement cannot be seen")
    assert lines["sound"].startswith("Failed: its sound cannot be decoded")
    assert lines["words"].startswith("Failed: 1.info.json: it is no JSON")


def test_a_video_that_is_gone_has_a_reason_in_the_place_of_its_panels(shown, tmp_path):
    path = make_video(tmp_path / "library" / "1.mp4")
    shown()
    settings = Settings(data_dir=tmp_path / "library", artifacts_dir=tmp_path / "artifacts")
    config = ExtractConfig()
    with contextlib.closing(open_database(settings.artifacts_dir)) as database:
        known = features_of(database, library.videos(settings.data_dir), config.feature_set)
        path.unlink()
        assert "1.mp4 cannot be shown here" in figures.evidence(settings.artifacts_dir, known, 0, config).text


def test_a_kind_that_has_no_drawing_is_told_by_its_numbers_or_that_there_is_none(shown, tmp_path):
    make_video(tmp_path / "library" / "1.mp4")
    pair = make_pair(tmp_path / "pair")
    panels = shown(modalities=tuple(KINDS), speech_model=str(speech_model()), clip_model=str(pair))
    lines = dict(line.split(": ", 1) for line in panels.text.splitlines()[1:])
    assert list(lines) == list(KINDS)
    assert lines["semantic"].startswith("None: there are no words")
    assert lines["body"].startswith("None: no body")
    assert lines["speech"].startswith("None: nobody speaks")
    assert lines["ocr"].startswith("None: no text")
    assert lines["clip"] == f"{WIDTH} numbers."


def test_what_is_read_in_a_video_is_shown_as_text_and_what_is_understood_by_its_numbers(shown, tmp_path):
    need_ocr()
    path = make_shown_video(tmp_path / "library" / "1.mp4", [("Bake bread slowly",)])
    path.with_suffix(".description").write_text("bread")
    panels = shown(modalities=("frames", "words", "semantic", "ocr"))
    assert "Bake bread" in panels.text
    assert "semantic: 384 numbers." in panels.text
