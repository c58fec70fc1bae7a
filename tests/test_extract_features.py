"""Extraction: only what is new is encoded, nothing finished is lost, nothing bad stops it."""

import functools
import json
import os
import re
import shutil
import signal
import subprocess
import sys

import numpy as np
import pytest
from videos import damage_sound, make_video

from vidsort import library as videos_of
from vidsort.artifacts import current_feature_set
from vidsort.artifacts.files import as_json, new_version_id, write_version, write_whole
from vidsort.errors import NotFoundError
from vidsort.extract_features import ExtractConfig, run
from vidsort.features.contents import GONE
from vidsort.features.stored import NO_MORE, features_of
from vidsort.settings import Settings
from vidsort.store import open_database

ALL = 15
# What is tested here is the same for every kind of evidence; one kind makes one call a video.
STEPS = {"extract_features": {"modalities": ("frames",)}}
pictures = functools.partial(ExtractConfig, modalities=("frames",))


@pytest.fixture
def settings(settings) -> Settings:
    """The same, for pictures alone."""
    return settings.model_copy(update={"steps": STEPS})


def encoder_calls(settings, config=None) -> int:
    return run(settings, config).outputs["encoder_calls"]


def stored(settings, config=None):
    database = open_database(settings.artifacts_dir)
    try:
        feature_set = (config or pictures()).feature_set
        return features_of(database, videos_of.videos(settings.data_dir), feature_set)
    finally:
        database.close()


@pytest.fixture
def extracted(extracted_template, library, tmp_path) -> Settings:
    """The tiny library with its features extracted, everything a copy of this test's own."""
    shutil.rmtree(library)
    shutil.copytree(extracted_template, tmp_path, dirs_exist_ok=True)
    return Settings(data_dir=library, artifacts_dir=tmp_path / "artifacts", steps=STEPS)


@pytest.fixture(scope="module")
def extracted_template(library_template, once_a_run):
    def make(root):
        shutil.copytree(library_template, root / "library")
        told = []
        settings = Settings(data_dir=root / "library", artifacts_dir=root / "artifacts", steps=STEPS)
        report = run(settings, progress=told.append)
        (root / "report.json").write_text(report.model_dump_json())
        (root / "progress.json").write_text(json.dumps([progress.model_dump() for progress in told]))

    return once_a_run("extracted and told", make)


def test_a_first_run_encodes_every_video_and_says_how_fast(extracted_template):
    report = json.loads((extracted_template / "report.json").read_text())
    assert (report["done"], report["skipped"], report["failed"]) == (ALL, 0, [])
    outputs = report["outputs"]
    assert outputs["encoder_calls"] == ALL
    assert outputs["videos_per_s"] > 0
    assert 1 <= outputs["frames_per_video"] <= ExtractConfig().frames
    assert outputs["decode_share"] + outputs["encode_share"] + outputs["poster_share"] == pytest.approx(1)


@pytest.mark.programs
def test_devices_that_are_not_there_are_told_once_each_and_change_no_row(extracted, tmp_path, caplog):
    # No machine has both: these are of Windows and of a Mac.
    given = {"hardware_decoding": "dxva2", "encoder_device": "coreml" if sys.platform != "darwin" else "cuda"}
    with_devices = extracted.model_copy(update={**given, "artifacts_dir": tmp_path / "anew"})
    report = run(with_devices)
    assert len([record for record in caplog.records if "does nothing here" in record.message]) == 2
    assert (report.outputs["encoder_calls"], report.outputs["hardware_share"]) == (ALL, 0)
    assert current_feature_set(with_devices.artifacts_dir).id == current_feature_set(extracted.artifacts_dir).id
    one, other = (stored(settings).parts["frames"] for settings in (extracted, with_devices))
    assert np.array_equal(one.X, other.X)


def test_progress_counts_to_the_end_with_rate_and_time_left(extracted_template):
    told = json.loads((extracted_template / "progress.json").read_text())
    encoding = [progress for progress in told if progress["message"] == "encoding new videos"]
    assert [progress["done"] for progress in encoding] == sorted(progress["done"] for progress in encoding)
    assert encoding[-1]["done"] == encoding[-1]["total"] == ALL
    assert encoding[0]["left_s"] > 0
    assert encoding[-1]["left_s"] == 0


def test_each_video_has_a_vector_of_length_one_and_signatures(extracted):
    found = stored(extracted)
    assert found.parts["frames"].X.shape == (ALL, 1280)
    assert np.linalg.norm(found.parts["frames"].X, axis=1) == pytest.approx(np.ones(ALL), abs=1e-3)
    assert np.all(found.signatures[:, 0] > 0)
    assert found.failed == []


def test_the_feature_set_and_its_config_are_on_record(extracted):
    on_record = current_feature_set(extracted.artifacts_dir)
    assert on_record == pictures().feature_set
    assert ExtractConfig.model_validate(on_record.config) == pictures()


def test_a_second_run_encodes_nothing_and_starts_no_process(extracted, monkeypatch):
    # The copy of the template has new paths and times, so this run reads the files once more.
    assert encoder_calls(extracted) == 0
    monkeypatch.setattr(subprocess, "Popen", None)
    monkeypatch.setattr("vidsort.features.contents.content_hash", None)
    report = run(extracted)
    assert (report.done, report.skipped, report.outputs["encoder_calls"]) == (0, ALL, 0)


def test_moving_videos_encodes_nothing(extracted, library):
    for path in sorted(library.glob("*.mp4")):
        path.rename(library / "food" / path.name)
    assert encoder_calls(extracted) == 0
    assert len(stored(extracted).videos) == ALL


@pytest.mark.programs
def test_five_new_videos_are_five_encoder_calls(extracted, library):
    for number in range(5):
        make_video(library / f"7900{number}.mp4", pattern=number)
    assert encoder_calls(extracted) == 5
    assert encoder_calls(extracted) == 0


@pytest.mark.programs
def test_two_files_of_the_same_bytes_are_encoded_once(extracted, library):
    new = make_video(library / "7901.mp4")
    shutil.copy(new, library / "food" / "7902.mp4")
    assert encoder_calls(extracted) == 1
    found = stored(extracted)
    rows = [row for row, video in enumerate(found.videos) if video.filename in ("7901.mp4", "7902.mp4")]
    assert len(rows) == 2
    assert np.array_equal(*found.parts["frames"].X[rows])


@pytest.mark.programs
def test_a_bad_file_has_a_reason_every_time_but_is_decoded_once(extracted, library, monkeypatch):
    (library / "food" / "7903.mp4").write_bytes(b"no video at all")
    make_video(library / "7904.mp4")
    report = run(extracted)
    assert report.outputs["encoder_calls"] == 1
    assert [(failure.filename, failure.folder) for failure in report.failed] == [("7903.mp4", "food")]
    assert report.failed[0].reason
    monkeypatch.setattr(subprocess, "Popen", None)
    assert run(extracted).failed == report.failed
    found = stored(extracted)
    assert found.failed == list(report.failed)
    assert "7903.mp4" not in {video.filename for video in found.videos}


@pytest.mark.programs
def test_each_video_counts_once_also_where_a_damaged_one_has_a_copy(extracted, library):
    (library / "7903.mp4").write_bytes(b"no video at all")
    shutil.copy(library / "7903.mp4", library / "food" / "7904.mp4")
    shutil.copy(make_video(library / "7905.mp4"), library / "food" / "7906.mp4")
    report = run(extracted)
    assert (report.done, report.skipped, len(report.failed)) == (1, ALL + 1, 2)
    again = run(extracted)
    assert (again.done, again.skipped, again.failed) == (0, ALL + 2, report.failed)


@pytest.mark.programs
def test_another_config_is_another_feature_set_and_both_stay(extracted):
    other = pictures(frames=2)
    assert encoder_calls(extracted, other) == ALL
    assert current_feature_set(extracted.artifacts_dir) == other.feature_set
    assert encoder_calls(extracted) == 0
    assert len(stored(extracted, other).videos) == len(stored(extracted).videos) == ALL


@pytest.mark.programs
def test_before_known_videos_are_looked_at_anew_a_sentence_says_why_how_many_and_how_long(extracted, library):
    make_video(library / "7900.mp4")
    told = []
    report = run(extracted, pictures(frames=2), progress=told.append)
    notice = report.outputs["notice"]
    assert re.fullmatch(
        rf"{ALL} videos are looked at anew, for about [\d.]+ s: frames is 2 instead of 8\.", notice
    )
    begun = next(progress for progress in told if progress.message == "starting the encoder")
    assert (begun.done, begun.total, begun.notice) == (0, ALL + 1, notice)
    # What is new is no news.
    make_video(library / "7901.mp4")
    assert run(extracted, pictures(frames=2)).outputs["notice"] is None


def a_model(settings, config) -> str:
    """A model in force that needs the features of this config; its id."""
    model_id, needed = new_version_id(), config.feature_set
    manifest = {"feature_set": needed.id, "modalities": needed.modalities, "extract_config": needed.config}
    write_version(settings.artifacts_dir / "models" / model_id, {"manifest.json": as_json(manifest)})
    now = {"model_id": model_id, "predictions_id": new_version_id(), "at": "2026-01-01T00:00:00+00:00"}
    write_whole(settings.artifacts_dir / "current.json", as_json(now))
    return model_id


@pytest.mark.programs
def test_a_new_video_also_gets_what_the_model_in_force_needs(extracted, library):
    a_model(extracted, pictures())
    make_video(library / "7900.mp4")
    report = run(extracted, pictures(frames=2))
    # All by the new settings, and the new one by those of the model too.
    assert (report.done, report.outputs["encoder_calls"]) == (ALL + 1, ALL + 2)
    assert len(stored(extracted).videos) == len(stored(extracted, pictures(frames=2)).videos) == ALL + 1
    assert current_feature_set(extracted.artifacts_dir) == pictures(frames=2).feature_set
    assert run(extracted, pictures(frames=2)).outputs["encoder_calls"] == 0


@pytest.mark.programs
def test_what_a_model_needs_that_can_no_longer_be_made_is_not_tried(extracted, library, monkeypatch):
    a_model(extracted, pictures())
    make_video(library / "7900.mp4")
    before = pictures().feature_set
    monkeypatch.setattr("vidsort.features.encoders.frames.FramesConfig.revision", 99)
    report = run(extracted)
    assert report.outputs["encoder_calls"] == ALL + 1
    assert report.outputs["notice"].endswith(": this version of vidsort sees frames in another way.")
    database = open_database(extracted.artifacts_dir)
    found = features_of(database, videos_of.videos(library), before)
    assert [(failure.filename, failure.reason) for failure in found.failed] == [("7900.mp4", NO_MORE)]
    database.close()


@pytest.mark.programs
def test_a_damaged_model_in_force_is_no_reason_to_look_at_nothing(extracted, library, caplog):
    model_id = a_model(extracted, pictures(frames=2))
    (extracted.artifacts_dir / "models" / model_id / "manifest.json").write_text("{")
    make_video(library / "7900.mp4")
    assert encoder_calls(extracted) == 1
    assert "cannot be told" in caplog.text


def when_it_starts(act):
    """A progress callback that acts once, after the library was listed and before the first video is opened."""
    done = []

    def tell(progress):
        if progress.message == "starting the encoder" and not done:
            done.append(True)
            act()

    return tell


@pytest.mark.programs
def test_videos_that_are_sorted_meanwhile_are_found_anew_by_their_content(settings, library):
    moved = sorted(library.glob("*.mp4"))

    def sort_them():
        for path in moved:
            path.rename(library / "food" / path.name)

    report = run(settings, progress=when_it_starts(sort_them))
    assert (report.done, report.failed) == (ALL, ())
    assert len(stored(settings).videos) == ALL
    assert encoder_calls(settings) == 0


@pytest.mark.programs
def test_a_video_that_is_removed_meanwhile_is_left_out_with_the_reason_and_forgotten(settings, library):
    gone = next(library.glob("*.mp4"))
    report = run(settings, progress=when_it_starts(gone.unlink))
    assert report.done == ALL - 1
    assert [(failure.filename, failure.reason) for failure in report.failed] == [(gone.name, GONE)]
    again = run(settings)
    assert (again.done, again.failed) == (0, ())


@pytest.mark.programs
def test_videos_that_change_names_meanwhile_are_never_taken_for_one_another(settings, library):
    one, other = sorted(library.glob("*.mp4"))[:2]

    def swap():
        one.rename(library / "x")
        other.rename(one)
        (library / "x").rename(other)

    assert run(settings, progress=when_it_starts(swap)).done == ALL
    meanwhile = stored(settings).parts["frames"].X
    shutil.rmtree(settings.artifacts_dir)
    run(settings)
    assert np.array_equal(meanwhile, stored(settings).parts["frames"].X)


@pytest.mark.programs
def test_an_interruption_loses_only_the_videos_in_flight(settings):
    seen = []

    def interrupt(progress):
        if progress.done >= 3:
            seen.append(progress.done)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(settings, progress=interrupt)
    assert len(stored(settings).videos) >= seen[0] >= 3
    assert encoder_calls(settings) == ALL - seen[0]


@pytest.fixture
def program(settings):
    """The step as a program of its own process group, its first video done."""
    command = [sys.executable, "-m", "vidsort.extract_features", "--data-dir", settings.data_dir]
    with subprocess.Popen(
        [*command, "--artifacts-dir", settings.artifacts_dir],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    ) as program:
        for line in program.stdout:
            if json.loads(line)["progress"]["done"] >= 1:
                break
        yield program


def group_is_empty(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return True
    return False


@pytest.mark.programs
def test_ctrl_c_ends_the_program_and_its_children(program, settings, eventually):
    os.killpg(program.pid, signal.SIGINT)
    _, said = program.communicate(timeout=30)
    assert program.returncode == 130
    assert "Traceback" not in said
    eventually(lambda: group_is_empty(program.pid))
    assert 0 < encoder_calls(settings) < ALL


@pytest.mark.programs
def test_children_do_not_outlive_a_parent_that_was_killed(program, eventually):
    program.kill()
    program.communicate(timeout=30)
    eventually(lambda: group_is_empty(program.pid))


def test_an_empty_library_is_no_error_and_a_missing_one_is(tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    assert run(Settings(data_dir=empty, artifacts_dir=tmp_path / "artifacts", steps=STEPS)).done == 0
    with pytest.raises(NotFoundError, match="--data-dir"):
        run(Settings(data_dir=tmp_path / "nowhere", artifacts_dir=tmp_path / "artifacts", steps=STEPS))


def test_posters_are_there_after_extraction(extracted):
    assert len(list((extracted.artifacts_dir / "pictures").rglob("*.poster.webp"))) == ALL


@pytest.mark.programs
def test_a_picture_that_cannot_be_kept_costs_no_features(settings):
    settings.artifacts_dir.mkdir()
    (settings.artifacts_dir / "pictures").write_text("in the way")
    report = run(settings)
    assert report.outputs["encoder_calls"] == ALL
    assert report.failed == ()


@pytest.mark.programs
def test_every_odd_file_gives_features_or_a_reason(data_sets, tmp_path):
    odd = [path for path in sorted((data_sets / "odd").iterdir()) if path.suffix != ".md"]
    library = tmp_path / "odd"
    library.mkdir()
    for number, path in enumerate(odd):
        shutil.copyfile(path, library / f"{number}.mp4")
    settings = Settings(data_dir=library, artifacts_dir=tmp_path / "artifacts", steps=STEPS)
    report = run(settings)
    assert report.done + len(report.failed) == len(odd) > 50
    assert all(failure.reason for failure in report.failed)
    assert report.done >= 30
    again = run(settings)
    assert (again.done, again.failed) == (0, report.failed)


@pytest.mark.programs
def test_words_are_gathered_with_the_tags_of_files_that_are_new_and_broken_ones_are_told(extracted, library):
    make_video(library / "79100.mp4", tags={"comment": "said inside"})
    (library / "79100.json").write_text('{"desc": "said beside"}')
    make_video(library / "79101.mp4", pattern=2)
    (library / "79101.info.json").write_text("{")
    config = ExtractConfig(modalities=("frames", "words"))
    report = run(extracted, config)
    assert report.failed == ()
    assert report.outputs["with_words"] == 1
    assert [(one.kind, one.count, one.examples) for one in report.left_out] == [("words", 1, ("79101.info.json",))]
    part = stored(extracted, config).parts["words"]
    assert part.X[part.mask].tolist() == ['{"description": "said beside\\nsaid inside"}']
    assert [reason.partition(":")[0] for reason in part.failed.values()] == ["79101.info.json"]
    assert run(extracted, config).outputs["encoder_calls"] == 0


@pytest.mark.programs
def test_a_kind_that_a_video_does_not_have_is_told_apart_from_one_that_failed_and_neither_is_looked_at_again(
    extracted, library
):
    config = ExtractConfig(modalities=("frames", "motion", "sound"))
    make_video(library / "79200.mp4", audio=True)
    damage_sound(make_video(library / "79201.mp4", audio=True))
    report = run(extracted, config)
    # What was known before is not looked at for its frames again.
    assert report.outputs["encoder_calls"] == 2 + (ALL + 2) + 1
    told = rf"{ALL} videos have none; 1 failed \(its sound cannot be decoded: .+\)"
    assert re.fullmatch(told, report.outputs["sound"])
    assert "motion" not in report.outputs
    assert {"79200.mp4", "79201.mp4"} <= {video.filename for video in stored(extracted, config).videos}
    again = run(extracted, config)
    assert again.outputs["encoder_calls"] == 0
    assert again.outputs["sound"] == report.outputs["sound"]
