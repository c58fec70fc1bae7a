"""The table of kinds of evidence: ids that change with what comes out, and old features that go on being known."""

import os
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
from pydantic import Field, ValidationError
from videos import make_video

from vidsort.features import modalities
from vidsort.features.contents import Contents
from vidsort.features.encoders.clip import ClipConfig
from vidsort.features.encoders.evidence import EvidenceConfig
from vidsort.features.encoders.frames import FramesConfig, FramesEncoder
from vidsort.features.encoders.semantic import SemanticConfig
from vidsort.features.encoders.speech import SpeechConfig
from vidsort.features.extraction import look
from vidsort.features.modalities import KINDS, ExtractConfig, Kind, Modality, makeable
from vidsort.records import FeatureSet


class SmellConfig(EvidenceConfig):
    revision: ClassVar[int] = 1

    smell_seconds: int = Field(10)


SMELL = Kind(SmellConfig, lambda contents: contents.hashes, lambda config: config)


def test_an_id_changes_with_the_kind_each_field_and_the_revision(monkeypatch):
    configs = [FramesConfig(), FramesConfig(frames=5), FramesConfig(crops=("center",)), FramesConfig(crops_per_frame=1)]
    ids = {Modality("frames", config).id for config in configs} | {Modality("motion", FramesConfig()).id}
    monkeypatch.setattr(FramesConfig, "revision", 99)
    ids |= {Modality("frames", config).id for config in configs}
    assert len(ids) == 9
    assert all(len(one) == 12 for one in ids)


@pytest.mark.parametrize(
    "config", [SemanticConfig(semantic_model="models"), SpeechConfig(speech_model="./models"),
               ClipConfig(clip_model="./models")],
)
def test_an_id_changes_with_what_lies_in_the_folder_of_a_model(config, monkeypatch):
    """Vectors of the model that lay there before must never be compared with those of the one that lies there now."""
    here = Path.cwd()
    (here / "vidsort.toml").touch()
    files = [here / "models" / name for name in ("config.json", "onnx/model.onnx", "vision/onnx/model.onnx")]
    modality = Modality("one", config)
    before = [modality.id]
    for number, file in enumerate(files):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("weights")
        os.utime(file, (number, number))
        before.append(modality.id)
        file.write_text("others!")
        before.append(modality.id)
    assert len(set(before)) == 7
    (here / "models" / "README.md").touch()
    (here / "elsewhere").mkdir()
    monkeypatch.chdir(here / "elsewhere")
    assert modality.id == before[-1]


def test_of_one_modality_the_feature_set_is_that_modality_and_of_several_their_choice(monkeypatch):
    alone = ExtractConfig(modalities=("frames",)).feature_set
    assert alone.modalities == {"frames": alone.id}
    monkeypatch.setitem(modalities.KINDS, "smell", SMELL)

    class Both(FramesConfig, SmellConfig):
        modalities: tuple[str, ...] = ("smell", "frames")
        chosen, feature_set = ExtractConfig.chosen, ExtractConfig.feature_set

    both = Both().feature_set
    assert both.modalities["frames"] == alone.id
    assert len({*both.modalities.values(), both.id}) == 3
    assert Both(modalities=("frames", "smell")).feature_set.id == both.id
    assert Both(smell_seconds=5).feature_set.id != both.id
    # What a kind that was not chosen would be shown makes no difference.
    assert Both(modalities=("frames",), smell_seconds=5).feature_set.id == alone.id


def test_a_config_has_the_fields_of_every_kind_and_no_two_kinds_share_one():
    fields = [name for kind in KINDS.values() for name in kind.config.model_fields]
    assert sorted(ExtractConfig.model_fields) == sorted([*fields, "modalities"])
    assert all(isinstance(kind.config.revision, int) for kind in KINDS.values())


def test_a_kind_that_there_is_not_is_refused():
    with pytest.raises(ValidationError, match="'frames'"):
        ExtractConfig(modalities=("smell",))
    with pytest.raises(ValidationError):
        ExtractConfig(modalities=())


def test_what_is_made_as_it_was_can_be_made_and_nothing_else(monkeypatch):
    config = ExtractConfig(frames=3, modalities=("frames",))
    assert makeable(config.feature_set) == config.chosen
    assert makeable(FeatureSet(id="x", modalities={"smell": "x"}, config={})) == {}
    lost = config.feature_set.model_copy(update={"config": config.feature_set.config | {"encoder": "of_the_past"}})
    assert makeable(lost) == {}
    before = config.feature_set
    monkeypatch.setattr(FramesConfig, "revision", 99)
    assert makeable(before) == {}


def test_the_frames_of_a_video_give_what_their_revision_says(tmp_path):
    """Where this fails, what comes out has changed: raise FramesConfig's revision, and write down the new numbers."""
    assert FramesConfig.revision == 3
    strongest = {400: 0.306, 343: 0.233, 1137: 0.226, 989: 0.184, 61: 0.183, 801: 0.182, 263: 0.174, 1165: 0.168}
    signed = [
        4713414352121186585, 13020104641888957596, 16641001527084758774, 7163372463023017321, 1808504277833303833,
        10271618480106353558,
    ]
    video = make_video(tmp_path / "1.mp4", seconds=2, size=(96, 160), pattern=3, seed=5)
    found = look(video, {"frames": FramesEncoder(FramesConfig())}).found["frames"]
    assert np.linalg.norm(found.vector) == pytest.approx(1, abs=1e-5)
    # As near as other versions of the codec, and other processors in the integers, come.
    assert {index: float(found.vector[index]) for index in strongest} == pytest.approx(strongest, abs=0.02)
    assert max((int(got) ^ want).bit_count() for got, want in zip(found.signatures, signed, strict=True)) <= 4


def test_bytes_are_what_is_seen_is_kept_by():
    assert KINDS["frames"].reads(Contents({"a video": b"its hash"})) == {"a video": b"its hash"}
