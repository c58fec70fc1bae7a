"""The kind `clip` through the three steps: folders told by their names in pictures, without a word or a label."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from conftest import take_over
from pairs import COLOURS, PATTERNS, WIDTH, make_pair
from videos import make_video

from vidsort import artifacts, extract_features, predict, train
from vidsort.api.likeness import Explanations
from vidsort.api.workspace import Workspace
from vidsort.errors import SettingsError
from vidsort.features.modalities import ExtractConfig
from vidsort.insight import doctor
from vidsort.settings import Settings

EACH = 4
RESTS_ON = "folder names and pictures; no video is sorted yet"


@pytest.fixture(scope="module")
def pair(tmp_path_factory) -> Path:
    """Where the pair of every test lies: what was seen is kept by its path, too."""
    return tmp_path_factory.mktemp("pair") / "pair"


@pytest.fixture
def place(tmp_path, pair) -> Settings:
    """Videos of four colours, all unsorted and without a word, and an empty folder for each colour."""
    shutil.rmtree(pair, ignore_errors=True)
    return placed(tmp_path, make_pair(pair))


def placed(home: Path, pair: Path) -> Settings:
    data_dir = home / "library"
    for name, pattern in PATTERNS.items():
        (data_dir / name).mkdir(parents=True)
        for number in range(EACH):
            make_video(data_dir / f"{7000 + 10 * pattern + number}.mp4", pattern=pattern)
    steps = {"extract_features": {"modalities": ["frames", "words", "clip"], "clip_model": str(pair)}}
    return Settings(data_dir=data_dir, artifacts_dir=home / "artifacts", steps=steps)


@pytest.fixture(scope="module")
def looked_at_template(pair, tmp_path_factory, any_program) -> Path:
    """The artifacts of such a place after an extraction, made once."""
    settings = placed(tmp_path_factory.mktemp("looked at"), make_pair(pair))
    with any_program():
        extract_features.run(settings)
    return settings.artifacts_dir


@pytest.fixture
def looked_at(looked_at_template, place) -> Settings:
    """Such a place after an extraction."""
    take_over(looked_at_template, place)
    return place


def guesses(settings: Settings) -> dict[str, str]:
    entries = artifacts.read_predictions(artifacts.predictions_path(settings.artifacts_dir))
    return {entry.video: entry.predicted_folder for entry in entries}


def right(settings: Settings) -> float:
    """The share of right first guesses of those that are not sorted."""
    found = guesses(settings)
    true = {name: list(COLOURS)[(int(name.removesuffix(".mp4")) - 7000) // 10] for name in found}
    return float(np.mean([found[name] == true[name] for name in found]))


def sort_one_of_each(settings: Settings, turn: int) -> None:
    for name, pattern in PATTERNS.items():
        video = f"{7000 + 10 * pattern + turn}.mp4"
        (settings.data_dir / video).rename(settings.data_dir / name / video)


def retrained(settings: Settings) -> dict[str, object]:
    outputs = train.run(settings).outputs
    predict.run(settings)
    return artifacts.show_model(settings.artifacts_dir, outputs["model_id"])


@pytest.mark.programs
def test_names_are_found_in_pictures_and_labels_take_over_from_there(place):
    assert extract_features.run(place).outputs["encoder_calls"] == 2 * EACH * len(COLOURS)
    shown = retrained(place)
    before = right(place)
    assert before >= 0.9
    assert list(shown["metrics"]["modalities"]) == ["names_seen"]
    assert shown["manifest"]["rests_on"] == RESTS_ON
    assert RESTS_ON in shown["metrics"]["note"]
    weights = []
    for turn in range(EACH - 1):
        sort_one_of_each(place, turn)
        shown = retrained(place)
        assert right(place) >= before
        kinds = shown["metrics"]["modalities"]
        assert {"frames", "clip", "names_seen"} <= kinds.keys()
        weights.append(kinds["names_seen"]["weight"])
    assert shown["manifest"]["rests_on"] is None
    assert weights[0] > 0


def test_names_that_say_the_wrong_thing_lose_to_labels(looked_at):
    other = dict(zip(COLOURS, reversed(COLOURS), strict=True))
    retrained(looked_at)
    assert right(looked_at) >= 0.9
    for turn in range(EACH - 1):
        for name, pattern in PATTERNS.items():
            video = f"{7000 + 10 * pattern + turn}.mp4"
            (looked_at.data_dir / video).rename(looked_at.data_dir / other[name] / video)
    retrained(looked_at)
    found = guesses(looked_at)
    assert [found[f"{7000 + 10 * pattern + EACH - 1}.mp4"] for pattern in PATTERNS.values()] == list(other.values())


def test_a_line_of_folder_txt_tells_what_a_name_does_not(looked_at):
    (looked_at.data_dir / "blue").rename(looked_at.data_dir / "7")
    (looked_at.data_dir / "7" / "folder.txt").write_text("what is blue\n")
    extract_features.run(looked_at)
    retrained(looked_at)
    found = guesses(looked_at)
    assert [found[f"{7010 + number}.mp4"] for number in range(EACH)] == ["7"] * EACH


@pytest.mark.programs
def test_words_and_pictures_are_both_what_guesses_rest_on_where_there_are_both(looked_at):
    (looked_at.data_dir / "7000.description").write_text("red as can be")
    extract_features.run(looked_at)
    shown = retrained(looked_at)
    assert set(shown["metrics"]["modalities"]) == {"names", "names_seen"}
    assert shown["manifest"]["rests_on"] == "folder names, captions and pictures; no video is sorted yet"


def test_why_and_what_is_alike_are_told_before_any_label(looked_at):
    retrained(looked_at)
    explanations = Explanations(Workspace(looked_at))
    why = explanations.why("7010.mp4")
    assert (why["predicted_folder"], why["words"], why["nearest"]) == ("blue", [], [])
    assert why["shares"] == [{"kind": "names_seen", "share": 1.0}]
    alike = explanations.similar("7010.mp4", 3)
    assert {found["filename"] for found in alike} == {"7011.mp4", "7012.mp4", "7013.mp4"}


@pytest.mark.programs
def test_what_is_chosen_and_cannot_be_had_is_told_before_anything_is_looked_at(place, pair):
    checks = {check.name: check for check in doctor.examine(place)}
    assert checks["extras"].state == "ok"
    shutil.rmtree(pair)
    with pytest.raises(SettingsError, match="no vision side"):
        extract_features.run(place)
    assert not (place.artifacts_dir / "features").exists()
    assert extract_features.run(place, ExtractConfig(modalities=("frames",))).failed == ()


def test_a_model_that_goes_by_pictures_still_predicts_where_the_pair_has_gone(looked_at, pair, caplog):
    retrained(looked_at)
    before = guesses(looked_at)
    shutil.rmtree(pair)
    assert extract_features.run(looked_at, ExtractConfig(modalities=("frames", "words"))).failed == ()
    assert "no vision side" in caplog.text
    predict.run(looked_at)
    assert guesses(looked_at) == before


def test_another_pair_in_the_place_of_the_first_is_not_compared_with_its_vectors(looked_at, pair, caplog):
    make_pair(pair, text_width=WIDTH + 1)
    sort_one_of_each(looked_at, 0)
    assert "names_seen" not in retrained(looked_at)["metrics"]["modalities"]
    assert "another model lies where that of the videos lay" in caplog.text
