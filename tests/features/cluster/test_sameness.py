"""Whether machines would see videos alike: a version, sources, weights or a model that differ are named."""

import pytest

from vidsort.errors import SettingsError
from vidsort.features.cluster.sameness import difference, made
from vidsort.features.encoders.speech import SpeechConfig
from vidsort.features.modalities import ExtractConfig, to_json

CHOSEN = to_json(ExtractConfig().chosen)


def test_a_machine_is_like_itself():
    assert difference(made(), CHOSEN) is None
    assert "efficientnet_lite0.onnx" in made().weights


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"version": "9.9"}, f"has vidsort {made().version} instead of 9.9"),
        ({"weights": made().weights | {"trial.mp4": "00"}}, "has other weights (trial.mp4): install vidsort"),
        ({"sources": "00"}, f"has vidsort {made().version} from other sources"),
    ],
)
def test_what_differs_is_named(change, said):
    assert difference(made()._replace(**change), CHOSEN).startswith(said)


def test_a_kind_that_is_not_installed_or_not_known_is_named(monkeypatch):
    def require(self) -> None:
        raise SettingsError("What is said cannot be heard because something is missing.")

    speech = to_json(ExtractConfig(modalities=("speech",)).chosen)
    monkeypatch.setattr(SpeechConfig, "require", require)
    assert difference(made(), speech) == (
        "cannot look for speech: What is said cannot be heard because something is missing"
    )
    assert difference(made(), '{"a": ["telepathy", {}]}').startswith("does not know what is to be looked for")


def test_another_model_in_a_folder_of_that_name_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(SpeechConfig, "require", lambda self: None)
    (tmp_path / "model.bin").write_bytes(b"weights")
    there = to_json(ExtractConfig(modalities=("speech",), speech_model=str(tmp_path)).chosen)
    assert difference(made(), there) is None
    (tmp_path / "model.bin").write_bytes(b"other weights")
    assert difference(made(), there) == (
        f"has another model for speech in {tmp_path}: copy the folder there from this machine"
    )
