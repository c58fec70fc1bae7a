"""The whole loop as a person runs it: programs on a tiny library, from an untouched folder to moved videos and back."""

import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from videos import make_video

from vidsort import extract_features, predict, train
from vidsort.artifacts import read_predictions
from vidsort.artifacts.feature_sets import RENAMED
from vidsort.artifacts.owners import adopt
from vidsort.features.modalities import ExtractConfig
from vidsort.learning.fitting import TrainConfig
from vidsort.library import scan
from vidsort.settings import Settings

pytestmark = pytest.mark.programs

QUICK = TrainConfig(heads=("centroid",))


@pytest.fixture(scope="module")
def learned(library_template, tmp_path_factory) -> Path:
    """A home with a library and its artifacts after one retrain by the command line; copy it to change it."""
    home = tmp_path_factory.mktemp("home")
    shutil.copytree(library_template, home / "library")
    done = vidsort(home, "retrain")
    assert done.returncode == 0, done.stderr
    return home


@pytest.fixture
def home(learned, tmp_path) -> Path:
    """A learned home of this test's own."""
    home = Path(shutil.copytree(learned, tmp_path / "home"))
    # The copied artifacts know the library that they were copied with, which is still there.
    adopt(home / "artifacts", home / "library", learned / "library")
    return home


def flags(home: Path) -> list[str]:
    return ["--data-dir", str(home / "library"), "--artifacts-dir", str(home / "artifacts")]


def vidsort(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "vidsort", *arguments, *flags(home)],
        capture_output=True, text=True, check=False, timeout=120,
    )


def in_one_line(printed: str) -> str:
    """What is printed without the lines of tables, which may break a sentence anywhere between two words."""
    return " ".join(re.sub("[\u2500-\u257f]", " ", printed).split())


def tree(home: Path) -> dict[str, bytes]:
    library = home / "library"
    return {str(path.relative_to(library)): path.read_bytes() for path in library.rglob("*") if path.is_file()}


def test_one_command_learns_and_predicts_every_unsorted_video(learned):
    predictions = {entry.video: entry for entry in read_predictions(learned / "artifacts" / "predictions.json")}
    assert set(predictions) == set(scan(learned / "library").unsorted)
    for number, folder in enumerate(("dance", "food", "sport")):
        entry = predictions[f"71000000000000{number}00.mp4"]
        assert entry.predicted_folder == folder
        assert entry.top_predictions[0].confidence == entry.confidence
        assert len(entry.top_predictions) == 3


def test_the_predictions_have_the_documented_form(learned):
    entries = json.loads((learned / "artifacts" / "predictions.json").read_text())
    assert set(entries[0]) == {"video", "predicted_folder", "confidence", "top_predictions"}
    assert set(entries[0]["top_predictions"][0]) == {"folder", "confidence"}


def test_a_second_run_encodes_nothing_and_predicts_the_same(home):
    before = (home / "artifacts" / "predictions.json").read_bytes()
    done = vidsort(home, "retrain")
    assert done.returncode == 0, done.stderr
    assert "encoder calls: 0" in done.stdout
    assert (home / "artifacts" / "predictions.json").read_bytes() == before


def test_moving_by_confidence_is_a_dry_run_until_yes_and_one_undo_takes_all_back(home):
    before = tree(home)
    shown = vidsort(home, "predict", "--move", "--threshold", "0")
    assert shown.returncode == 0, shown.stderr
    assert "nothing was" in shown.stdout
    assert all(name in shown.stdout for name in scan(home / "library").unsorted)
    assert tree(home) == before

    moved = vidsort(home, "predict", "--move", "--threshold", "0", "--yes")
    assert moved.returncode == 0, moved.stderr
    assert "3 videos moved" in moved.stdout
    assert scan(home / "library").unsorted == ()
    assert "food/71000000000000100.mp4" in tree(home)
    assert sorted(tree(home).values()) == sorted(before.values())

    assert vidsort(home, "undo").returncode == 0
    assert tree(home) == before
    assert vidsort(home, "undo").returncode == 4


# A pipe comes to the place of the predictions when they have just been made, before they are moved by.
PREDICTIONS_SWAPPED = """
import os, sys
from vidsort import predict
from vidsort.artifacts import home_of, predictions_path
real = predict.run
def run(settings, *values, **named):
    report = real(settings, *values, **named)
    path = predictions_path(home_of(settings.artifacts_dir, settings.data_dir))
    path.unlink()
    os.mkfifo(path)
    return report
predict.run = run
from vidsort.cli import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes of this kind here")
@pytest.mark.parametrize(("place", "command", "code"), [
    ("current.json", ["predict"], 7), ("features/current.json", ["train"], 7), ("predictions.json", ["doctor"], 1),
    (None, ["predict", "--move", "--threshold", "0", "--yes"], 7),
])
def test_a_pipe_in_place_of_an_artifact_is_one_sentence_and_never_waited_for(home, place, command, code):
    before, program = tree(home), ["-c", PREDICTIONS_SWAPPED]
    if place is not None:
        program = ["-m", "vidsort"]
        (home / "artifacts" / place).unlink()
        os.mkfifo(home / "artifacts" / place)
    done = subprocess.run(
        [sys.executable, *program, *command, *flags(home)], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    assert "no file that can be read" in in_one_line(done.stdout + done.stderr)
    assert tree(home) == before


def test_a_threshold_that_nothing_reaches_moves_nothing(home):
    before = tree(home)
    done = vidsort(home, "predict", "--move", "--threshold", "1", "--yes")
    assert done.returncode == 0, done.stderr
    assert "nothing to move" in done.stdout
    assert tree(home) == before


def test_a_move_that_would_overwrite_is_refused_and_said_so(home):
    name = "71000000000000100.mp4"
    shutil.copy(home / "library" / "food" / "70000000000000100.mp4", home / "library" / "food" / name)
    before = tree(home)
    done = vidsort(home, "predict", "--move", "--threshold", "0", "--yes")
    assert done.returncode == 4
    assert "Stayed where they were" in done.stdout
    after = tree(home)
    assert after[name] == before[name]
    assert after[f"food/{name}"] == before[f"food/{name}"]


def test_what_is_set_of_a_step_holds_for_a_retrain_and_a_command_and_a_flag_wins_for_one_run(home, monkeypatch):
    def named() -> set[int]:
        return {len(entry.top_predictions) for entry in read_predictions(home / "artifacts" / "predictions.json")}

    Path("vidsort.toml").write_text("[predict]\ntop_k = 1\n[train]\nheads = ['lda']\n")
    done = vidsort(home, "retrain")
    assert done.returncode == 0, done.stderr
    assert named() == {1}
    assert "lda" in vidsort(home, "models", "list").stdout
    assert vidsort(home, "predict", "--top-k", "3").returncode == 0
    assert named() == {3}
    monkeypatch.setenv("VIDSORT_PREDICT__TOP_K", "2")
    assert vidsort(home, "predict").returncode == 0
    assert named() == {2}
    monkeypatch.setenv("VIDSORT_PREDICT__TOP", "2")
    refused = vidsort(home, "retrain")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "did you mean VIDSORT_PREDICT__TOP_K?" in refused.stderr


def test_without_a_threshold_what_promises_few_wrong_moves_is_moved_and_told(home):
    before = tree(home)
    shown = vidsort(home, "predict", "--move", "--yes")
    assert shown.returncode == 0, shown.stderr
    assert "No confidence promises at most 5% wrong moves yet" in shown.stdout
    assert tree(home) == before
    (metrics,) = (home / "artifacts" / "models").glob("*/metrics.json")
    found = json.loads(metrics.read_text())
    least = min(entry.confidence for entry in read_predictions(home / "artifacts" / "predictions.json"))
    bought = {"threshold": least, "cover": 1.0, "error": 0.01, "low": 0.0, "high": 0.04, "count": 3}
    found["cover_against_error"] = [bought]
    metrics.write_text(json.dumps(found))
    shown = vidsort(home, "predict", "--move")
    assert "Without a threshold it takes a confidence of" in shown.stdout
    assert "at most 5% wrong moves" in shown.stdout
    assert "By folder" in shown.stdout
    by_folder = shown.stdout.split("By folder")[1]
    assert [folder in by_folder for folder in ("dance", "food", "sport")] == [True] * 3
    assert "3 videos would be moved" in shown.stdout
    assert tree(home) == before


def test_what_was_moved_is_told_also_where_its_names_cannot_be_written(home, monkeypatch):
    (home / "library" / "food").rename(home / "library" / "\u98df\u3079\u7269 \U0001f35c")
    assert vidsort(home, "train").returncode == 0
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    moved = vidsort(home, "predict", "--move", "--threshold", "0", "--yes")
    assert (moved.returncode, "Traceback" in moved.stderr) == (0, False)
    assert "3 videos moved" in moved.stdout
    assert scan(home / "library").unsorted == ()


def test_versions_are_listed_promoted_and_rolled_back_byte_for_byte(home):
    predictions = home / "artifacts" / "predictions.json"
    first = predictions.read_bytes()
    (home / "library" / "71000000000000200.mp4").rename(home / "library" / "sport" / "71000000000000200.mp4")
    assert vidsort(home, "retrain").returncode == 0
    assert predictions.read_bytes() != first
    rows = vidsort(home, "models", "list").stdout.splitlines()
    assert len(rows) == 1 + 2
    assert vidsort(home, "models", "rollback").returncode == 0
    assert predictions.read_bytes() == first


def settings_of(home: Path) -> Settings:
    return Settings(data_dir=home / "library", artifacts_dir=home / "artifacts")


def predicted(home: Path) -> dict[str, str]:
    return {
        entry.video: entry.predicted_folder for entry in read_predictions(home / "artifacts" / "predictions.json")
    }


def test_the_model_in_force_keeps_predicting_what_is_new_after_an_extraction_with_new_settings(home):
    before = predicted(home)
    make_video(home / "library" / "7900.mp4", pattern=1)
    done = vidsort(home, "extract-features", "--frames", "2")
    assert done.returncode == 0, done.stderr
    assert "15 videos are looked at anew" in done.stderr
    assert "frames is 2 instead of 8" in done.stderr
    predict.run(settings_of(home))
    assert predicted(home) == before | {"7900.mp4": "food"}

    # And the next model learns from what was extracted last.
    train.run(settings_of(home), QUICK)
    predict.run(settings_of(home))
    models = sorted((home / "artifacts" / "models").iterdir())
    assert [json.loads((path / "manifest.json").read_text())["extract_config"]["frames"] for path in models] == [8, 2]
    assert set(predicted(home)) == {*before, "7900.mp4"}


@pytest.mark.parametrize(("frames", "name"), [(4, "55767116c102"), (2, "90deb65026b7")])
def test_a_model_from_before_there_were_modalities_keeps_predicting_until_the_next_one_takes_over(home, frames, name):
    """Its manifest names a feature set and a pooling; its features, which are made otherwise now, are still there."""
    settings = settings_of(home)
    config = ExtractConfig(frames=frames, modalities=("frames",))
    extract_features.run(settings, config)
    train.run(settings, QUICK)
    predict.run(settings)
    before = predicted(home)
    (modality,) = config.chosen
    path = max((home / "artifacts" / "models").iterdir()) / "manifest.json"
    manifest = json.loads(path.read_text())
    assert manifest.pop("modalities") == {"frames": modality}
    del manifest["extract_config"]["modalities"]
    manifest["extract_config"]["pooling"] = "mean"
    path.write_text(json.dumps(manifest | {"feature_set": name}))
    with sqlite3.connect(home / "artifacts" / "vidsort.db") as connection:
        kept = RENAMED.get(name, name)
        connection.execute("UPDATE features SET modality = ? WHERE modality = ?", (kept, modality))
    connection.close()

    predict.run(settings)
    assert predicted(home) == before
    make_video(home / "library" / "7900.mp4", pattern=1)
    extract_features.run(settings)
    (failure,) = predict.run(settings).failed
    assert (failure.filename, "run vidsort retrain" in failure.reason) == ("7900.mp4", True)
    assert predicted(home) == before
    train.run(settings, QUICK)
    predict.run(settings)
    assert predicted(home).keys() == before.keys() | {"7900.mp4"}


def test_videos_of_any_name_are_learned_predicted_moved_and_told_of_as_any(tmp_path, library_template):
    """Names as people have them: the same videos by other names have the same predictions."""
    library = tmp_path / "library"
    shutil.copytree(library_template, library)
    paths = sorted(library.rglob("*.mp4"))
    names = {path.name: f"Clip {number} «ü» 漢字 #1%20.MP4" for number, path in enumerate(paths)}
    by_digits = vidsort(tmp_path, "retrain")
    assert by_digits.returncode == 0, by_digits.stderr
    before = predicted(tmp_path)
    for path in paths:
        path.rename(path.with_name(names[path.name]))
    left_out = vidsort(tmp_path, "doctor")
    assert f"{len(names)} videos are left out because of their names" in in_one_line(left_out.stdout)
    assert "All is well" not in left_out.stdout

    done = vidsort(tmp_path, "retrain", "--video-names", "any")
    assert done.returncode == 0, done.stderr
    assert predicted(tmp_path) == {names[name]: folder for name, folder in before.items()}
    assert vidsort(tmp_path, "predict", "--video-names", "any", "--move", "--threshold", "0", "--yes").returncode == 0
    assert not scan(library, "any").unsorted
    for name, folder in before.items():
        assert (library / folder / names[name]).is_file()


def test_a_library_with_one_folder_says_what_to_do(tmp_path, library_template):
    shutil.copytree(library_template / "food", tmp_path / "library" / "food")
    done = vidsort(tmp_path, "retrain")
    assert done.returncode == 6
    assert done.stderr.splitlines()[-1].startswith("Training needs videos in at least two folders")
    assert "Traceback" not in done.stderr
    assert vidsort(tmp_path, "train").returncode == 6


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="no signals of this kind here")
def test_the_server_serves_what_was_learned_sorts_and_stops_cleanly(home, eventually):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    base = f"http://127.0.0.1:{port}"

    def ask(path: str, body: dict | None = None) -> dict:
        request = urllib.request.Request(
            base + path, json.dumps(body).encode() if body else None, {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def is_up() -> bool:
        assert server.poll() is None, server.stderr.read()
        try:
            return bool(ask("/api/folders"))
        except OSError:
            return False

    command = [sys.executable, "-m", "vidsort", "serve", "--port", str(port), *flags(home)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:
        try:
            eventually(is_up, 60)
            videos = ask("/api/videos")["videos"]
            assert [video["predicted_folder"] for video in videos] == ["dance", "food", "sport"]
            sorted_one = ask("/api/sort", {"filename": videos[0]["filename"], "folder": "dance"})
            assert {"name": "dance", "count": 5} in sorted_one["folders"]
            assert (home / "library" / "dance" / videos[0]["filename"]).is_file()
        finally:
            server.send_signal(signal.SIGTERM)
            _, errors = server.communicate(timeout=20)
    assert "Traceback" not in errors
