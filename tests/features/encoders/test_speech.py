"""Speech: what is said comes as text, and what nobody said does not."""

import csv
import json
import re
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from speaking import RATE, make_heard_video, speech_model, spoken, synthesized

from vidsort.errors import SettingsError
from vidsort.features.encoders import speech
from vidsort.features.encoders.speech import SpeechConfig, SpeechEncoder, is_meant
from vidsort.features.extraction import look
from vidsort.media.reading.sound import Sound

SAID = "The goalkeeper saved the penalty and our team won the match."
DIGITS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
# All of them take a minute; the benchmark hears all.
EVERY_CLIP = 4


@pytest.fixture(scope="module")
def encoder() -> SpeechEncoder:
    return SpeechEncoder(SpeechConfig(speech_model=str(speech_model())))


def heard(encoder: SpeechEncoder, *pieces: np.ndarray) -> dict[str, str]:
    document = encoder.encode(Sound(list(pieces), RATE)).document
    return json.loads(document) if document else {}


@pytest.mark.programs
def test_what_is_said_in_a_video_is_its_text_with_its_language(encoder, tmp_path):
    video = make_heard_video(tmp_path / "1.mp4", spoken(SAID))
    found = look(video, {"speech": encoder}).found["speech"]
    assert found.vector is None
    said = json.loads(found.document)
    assert said["language"] == "en"
    assert {"goalkeeper", "penalty", "team", "match"} <= set(re.findall("[a-z]+", said["speech"].lower()))


@pytest.mark.programs
@pytest.mark.parametrize("effects", [
    ("trim", "0", "5"), ("synth", "5", "sine", "440"), ("synth", "5", "sine", "200-3000"), ("synth", "5", "whitenoise"),
    ("synth", "5", "pinknoise"), ("synth", "5", "brownnoise"), ("synth", "5", "square", "110", "tremolo", "4", "90"),
    ("synth", "5", "pluck", "C4", "repeat", "1"), ("synth", "5", "saw", "220", "tremolo", "6"),
], ids=" ".join)
def test_silence_tones_hiss_and_music_say_nothing(encoder, effects):
    assert heard(encoder, synthesized(*effects, "vol", "0.4")) == {}


@pytest.mark.programs
def test_hiss_before_and_after_a_voice_is_cut_away(encoder):
    hiss = 0.2 * synthesized("synth", "6", "whitenoise")
    said = heard(encoder, np.concatenate([hiss, spoken(SAID), hiss]))["speech"]
    assert "penalty" in said.lower()
    assert len(said.split()) <= len(SAID.split()) + 3


def test_without_a_sound_track_or_in_no_time_nothing_is_said(encoder):
    assert encoder.encode(None).document is None
    assert heard(encoder) == {}
    assert heard(encoder, np.zeros(3, np.float32)) == {}


@pytest.mark.programs
def test_the_same_sound_gives_the_same_text(encoder):
    voice = spoken("seven three one, seven three one, bananas")
    assert heard(encoder, voice) == heard(encoder, voice)


@pytest.mark.storm
def test_nine_of_ten_spoken_digits_are_kept(encoder, data_sets):
    lines = (data_sets / "labels.csv").read_text(encoding="utf-8").splitlines()
    rows = sorted((row for row in csv.DictReader(lines) if row["set"] == "voices"), key=lambda row: row["folder"])
    kept = there = 0
    for row in rows[::EVERY_CLIP]:
        found = look(data_sets / "voices" / row["folder"] / row["filename"], {"speech": encoder}).found["speech"]
        words = re.findall(r"[a-z]+|\d", json.loads(found.document or '{"speech": ""}')["speech"].lower())
        told = [str(DIGITS.index(word)) if word in DIGITS else word for word in words]
        true = [piece.partition("_")[0] for piece in row["source"].split()]
        kept += sum(min(told.count(digit), true.count(digit)) for digit in set(true))
        there += len(true)
    assert there > 100
    assert kept / there >= 0.9


@pytest.mark.parametrize(("told", "is_kept"), [
    ({}, True),
    ({"compression_ratio": 5.0}, False),
    ({"avg_logprob": -1.2}, True),
    ({"avg_logprob": -1.2, "no_speech_prob": 0.7}, False),
    ({"avg_logprob": -1.7}, False),
    ({"no_speech_prob": 0.9}, True),
])
def test_what_repeats_itself_and_what_whisper_doubts_is_left_out(told, is_kept):
    sure = {"compression_ratio": 1.0, "avg_logprob": -0.3, "no_speech_prob": 0.1}
    assert is_meant(SimpleNamespace(**sure | told)) is is_kept


def test_a_missing_extra_is_one_sentence_with_what_mends_it(monkeypatch):
    monkeypatch.setattr(speech.importlib.util, "find_spec", lambda name: None)
    for ask in (SpeechConfig().require, SpeechConfig().download):
        with pytest.raises(SettingsError, match=r'pip install "vidsort\[speech\]"'):
            ask()


def test_a_model_with_a_name_is_never_downloaded_unless_asked(monkeypatch, tmp_path):
    speech_model()
    from huggingface_hub.errors import LocalEntryNotFoundError

    asked = []

    def snapshot(repository: str, *, local_files_only: bool, allow_patterns: list[str]) -> str:
        asked.append((repository, local_files_only))
        if local_files_only:
            raise LocalEntryNotFoundError("not here")
        return str(tmp_path)

    monkeypatch.setattr("huggingface_hub.snapshot_download", snapshot)
    config = SpeechConfig(speech_model="tiny")
    for ask in (config.require, lambda: SpeechEncoder(config)):
        with pytest.raises(SettingsError, match="vidsort download speech"):
            ask()
    assert asked == [("Systran/faster-whisper-tiny", True)] * 2
    assert config.download() == str(tmp_path)
    assert asked[2:] == [("Systran/faster-whisper-tiny", False)]
    with pytest.raises(SettingsError, match=r"'tinny'.*large-v3"):
        SpeechConfig(speech_model="tinny").require()


def test_a_download_that_fails_says_what_else_to_do(monkeypatch):
    speech_model()

    def snapshot(*_: object, **__: object) -> str:
        raise OSError("no route")

    monkeypatch.setattr("huggingface_hub.snapshot_download", snapshot)
    with pytest.raises(SettingsError, match=r"no route.*copy its folder"):
        SpeechConfig(speech_model="tiny").download()


def test_a_folder_is_used_as_it_is_and_one_without_a_model_is_told(monkeypatch, tmp_path):
    folder = speech_model()
    assert SpeechConfig(speech_model=str(folder)).on_this_machine() == folder
    assert SpeechConfig(speech_model=str(folder)).download() == str(folder)
    with pytest.raises(SettingsError, match=r"model\.bin"):
        SpeechConfig(speech_model=str(tmp_path)).require()
    monkeypatch.chdir(tmp_path)
    Path("tiny").mkdir()
    with pytest.raises(SettingsError, match=r"in .*tiny"):
        SpeechConfig(speech_model="./tiny").require()
