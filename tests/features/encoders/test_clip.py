"""The kind `clip`: what is missing, damaged or not downloaded is one sentence, and nothing is downloaded unasked."""

import shutil
import socket
from pathlib import Path

import numpy as np
import pytest
from naming import HOSTILE
from pairs import COLOURS, PATTERNS, WIDTH, make_pair
from videos import make_video

from vidsort.cli import main
from vidsort.errors import SettingsError
from vidsort.features.encoders.clip import ClipConfig, ClipEncoder, ClipNames
from vidsort.features.encoders.frames import FramesEncoder
from vidsort.features.extraction import look
from vidsort.features.modalities import ExtractConfig, Modality

ASKS = (ClipConfig.require, ClipEncoder, ClipNames)


@pytest.fixture
def pair(tmp_path) -> Path:
    return make_pair(tmp_path / "pair")


def test_a_video_is_the_mean_of_its_pictures_and_closest_to_its_colour(pair, tmp_path):
    config = ClipConfig(clip_model=str(pair))
    encoder, names = ClipEncoder(config), ClipNames(config).folders(dict.fromkeys(COLOURS, ""))
    vectors = np.array([
        look(make_video(tmp_path / f"{name}.mp4", pattern=PATTERNS[name]), {"clip": encoder}).found["clip"].vector
        for name in COLOURS
    ])
    assert vectors.dtype == np.float32
    assert vectors.shape == (len(COLOURS), WIDTH)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    assert ((vectors - vectors.mean(axis=0)) @ names.T).argmax(axis=1).tolist() == list(range(len(COLOURS)))


def test_the_same_pictures_are_wanted_as_by_frames_so_that_they_are_decoded_once(pair):
    assert ClipEncoder(ClipConfig(clip_model=str(pair))).wanted == FramesEncoder(ExtractConfig()).wanted


def test_a_folder_is_told_by_its_line_too_and_may_have_any_name(pair):
    names = ClipNames(ClipConfig(clip_model=str(pair)))
    told, bare, red, odd = names.folders({"7": "red", "a_video": "", "red": "", "\udc80_red": ""})
    assert min(told @ red, odd @ red) > 0.9 > bare @ red
    assert np.isfinite(names.folders(dict.fromkeys(HOSTILE, ""))).all()


def test_an_id_changes_with_the_pair_and_how_many_pictures_it_sees():
    configs = [ClipConfig(), ClipConfig(clip_model="~/pair"), ClipConfig(clip_frames=4)]
    assert len({Modality("clip", config).id for config in configs}) == 3
    assert ExtractConfig(clip_frames=4).feature_set.id == ExtractConfig().feature_set.id


@pytest.mark.parametrize("missing", ["tokenizers", "huggingface_hub"])
def test_a_missing_extra_is_one_sentence_with_what_mends_it(monkeypatch, missing):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == missing else object())
    for ask in (*ASKS, ClipConfig.download):
        with pytest.raises(SettingsError, match=r'pip install "vidsort\[clip\]"'):
            ask(ClipConfig())


def removed(name):
    return lambda folder: (folder / name).unlink()


def written(name, content):
    return lambda folder: (folder / name).write_text(content)


@pytest.mark.parametrize(("damage", "said"), [
    (shutil.rmtree, "no vision side"),
    (removed("tiny-vision/model.onnx"), "no vision side"),
    (removed("tiny-text/model.onnx"), "no text side"),
    (written("tiny-vision/model.onnx", "none"), "cannot be used"),
    (written("tiny-text/model.onnx", "none"), "cannot be used"),
    (removed("tiny-vision/preprocessor_config.json"), "preprocessor_config.json"),
    (written("tiny-vision/preprocessor_config.json", "{}"), "cannot be used"),
    (removed("tiny-text/tokenizer.json"), "cannot be used"),
    (written("tiny-text/tokenizer.json", "{}"), "cannot be used"),
    (removed("tiny-text/tokenizer_config.json"), "tokenizer_config.json"),
    (written("tiny-text/tokenizer_config.json", "[]"), "cannot be used"),
])
def test_a_folder_that_holds_no_pair_is_a_sentence_that_names_the_setting(pair, damage, said):
    damage(pair)
    with pytest.raises(SettingsError, match=said) as told:
        ClipConfig(clip_model=str(pair)).require()
    assert "clip_model" in str(told.value)
    assert str(pair) in str(told.value)


def test_two_networks_that_are_no_pair_are_refused(tmp_path):
    make_pair(tmp_path, text_width=WIDTH + 1)
    with pytest.raises(SettingsError, match=r"pictures give 8 numbers and its texts 9.*clip_model"):
        ClipConfig(clip_model=str(tmp_path)).require()


@pytest.fixture
def hub(pair, monkeypatch, tmp_path):
    """A stand-in for the hub: what was asked of it; what it gives lies in `cache` once it was downloaded."""
    from huggingface_hub.errors import LocalEntryNotFoundError

    asked, cache = [], tmp_path / "cache"

    def snapshot(repository: str, *, local_files_only: bool, allow_patterns: list[str]) -> str:
        asked.append((repository, local_files_only))
        place = cache / repository
        if local_files_only and not place.is_dir():
            raise LocalEntryNotFoundError("not here")
        if not local_files_only:
            shutil.copytree(pair / f"tiny-{repository.rpartition('-')[2]}", place)
        return str(place)

    monkeypatch.setattr("huggingface_hub.snapshot_download", snapshot)
    return asked


def test_a_pair_with_a_name_is_never_downloaded_unless_asked_and_then_it_is_used(hub, settings, capsys, tmp_path):
    config = ClipConfig()
    for ask in ASKS:
        with pytest.raises(SettingsError, match="vidsort download clip"):
            ask(config)
    assert {is_local for _, is_local in hub} == {True}
    hub.clear()
    assert main(["download", "clip", *settings.as_flags()]) == 0
    names = ["Qdrant/clip-ViT-B-32-vision", "Qdrant/clip-ViT-B-32-text"]
    assert hub[:2] == [(name, False) for name in names]
    assert {is_local for _, is_local in hub[2:]} == {True}
    assert all(str(tmp_path / "cache" / name) in capsys.readouterr().out.replace("\n", "") for name in names[:1])
    config.require()
    # What was cut off lacks a file, and is asked for again.
    (tmp_path / "cache" / names[1] / "model.onnx").unlink()
    with pytest.raises(SettingsError, match="vidsort download clip"):
        config.require()


def test_a_repository_that_holds_both_sides_is_one_download(monkeypatch, tmp_path):
    make_pair(tmp_path, one_folder=True)
    monkeypatch.setattr("huggingface_hub.snapshot_download", lambda repository, **_: str(tmp_path))
    config = ClipConfig(clip_model="someone/both")
    assert config.download() == str(tmp_path)
    config.require()


def test_a_download_that_fails_says_what_else_to_do(monkeypatch):
    def snapshot(*_: object, **__: object) -> str:
        raise OSError("no route")

    monkeypatch.setattr("huggingface_hub.snapshot_download", snapshot)
    with pytest.raises(SettingsError, match=r"no route.*copy its folder"):
        ClipConfig().download()


def test_without_a_network_a_folder_is_all_that_is_needed(pair, monkeypatch):
    def connect(*_: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket.socket, "connect", connect)
    config = ClipConfig(clip_model=str(pair))
    config.require()
    assert config.download() == str(pair)
    with pytest.raises(SettingsError, match="nothing is downloaded unless asked"):
        ClipConfig(clip_model="nobody/at-all-{}").require()


def test_a_folder_may_be_named_from_where_the_settings_lie(pair, monkeypatch):
    monkeypatch.chdir(pair.parent)
    ClipConfig(clip_model="./pair").require()
