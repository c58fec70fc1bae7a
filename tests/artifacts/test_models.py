import json
import multiprocessing
import os
import shutil

import pytest

from vidsort import artifacts
from vidsort.artifacts import publication
from vidsort.artifacts.files import as_json, new_version_id, read_json, version_ids, write_version, write_whole
from vidsort.artifacts.publication import predictions_of_models, publish, shorten_history, write_predictions
from vidsort.errors import ArtifactError, NotFoundError
from vidsort.insight import comparison

ENTRY = {"video": "7.mp4", "predicted_folder": "food", "confidence": 0.9,
         "top_predictions": [{"folder": "food", "confidence": 0.9}]}


def store(tmp_path, number, model_id="m"):
    predictions_id = f"20260101-00000{number}-abcdef"
    data = (json.dumps([ENTRY | {"confidence": number / 10}]) + "\n").encode()
    write_predictions(tmp_path, predictions_id, data, {"model_id": model_id})
    return predictions_id, data


def test_predictions_that_were_written_in_form_are_looked_at_again_only_where_they_were_changed(tmp_path, monkeypatch):
    looked = []
    monkeypatch.setattr(publication, "_require_entries", lambda data, path: looked.append(path.parent.name))
    ids = [f"20260101-00000{number}-abcdef" for number in range(3)]
    for predictions_id in ids:
        data = [b"[\n", json.dumps(ENTRY).encode(), b"\n]\n"]
        write_predictions(tmp_path, predictions_id, iter(data), {"model_id": "m"}, is_in_form=predictions_id != ids[0])
    changed = tmp_path / "predictions" / ids[1] / "predictions.json"
    changed.write_bytes(changed.read_bytes() + b" ")
    for predictions_id in ids:
        publish(tmp_path, predictions_id)
        assert json.loads((tmp_path / "predictions.json").read_bytes()) == [ENTRY]
    assert looked == ids[:2]


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path, monkeypatch):
    path = tmp_path / "new" / "file.json"
    write_whole(path, b"old")
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        write_whole(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(path.parent.iterdir()) == [path]


def test_a_version_is_written_whole_and_never_overwritten(tmp_path):
    folder = tmp_path / "models" / new_version_id()
    write_version(folder, {"a": b"1", "b": b"2"})
    with pytest.raises(ArtifactError, match="never overwritten"):
        write_version(folder, {"a": b"3"})
    assert (folder / "a").read_bytes() == b"1"
    with pytest.raises(FileNotFoundError):
        write_version(tmp_path / "models" / new_version_id(), {"no/such/folder": b""})
    assert version_ids(tmp_path / "models") == [folder.name]
    assert len(list((tmp_path / "models").iterdir())) == 1


def test_ids_sort_by_age_and_what_is_no_id_is_no_version(tmp_path):
    (tmp_path / ".20260101-000000-abcdef.1234").mkdir()
    (tmp_path / "20260102-000000-abcdef").mkdir()
    (tmp_path / "20260101-000000-ffffff").mkdir()
    (tmp_path / "notes").mkdir()
    assert version_ids(tmp_path) == ["20260101-000000-ffffff", "20260102-000000-abcdef"]
    assert version_ids(tmp_path / "none") == []


@pytest.mark.parametrize("model_id", ["", "..", "../models", "20260101-000000-abcdef\n", "20260101-000000-abcdef"])
def test_an_unknown_or_odd_model_id_is_not_found(tmp_path, model_id):
    with pytest.raises(NotFoundError):
        artifacts.model_dir(tmp_path, model_id)


def test_predictions_of_any_program_load(tmp_path):
    path = tmp_path / "predictions.json"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps([ENTRY | {"made_by": "other", "confidence": 1}]).encode())
    (entry,) = artifacts.read_predictions(path)
    assert entry.video == "7.mp4"
    assert entry.confidence == 1.0
    assert entry.top_predictions[0].folder == "food"
    path.write_text("[]")
    assert artifacts.read_predictions(path) == []


@pytest.mark.parametrize("text", [
    "", "{", "{}", "null", '[{"video": "7.mp4"}]', json.dumps([ENTRY | {"confidence": 1.5}]),
    json.dumps([ENTRY | {"confidence": "0.9"}]), json.dumps([ENTRY | {"confidence": float("nan")}]),
    json.dumps([ENTRY | {"predicted_folder": None}]), json.dumps([ENTRY | {"top_predictions": {}}]), "\udc80",
])
def test_predictions_that_are_damaged_are_refused_in_a_sentence(tmp_path, text):
    path = tmp_path / "predictions.json"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(ArtifactError, match="vidsort retrain"):
        artifacts.read_predictions(path)


@pytest.mark.parametrize("between", [",\n", ", ", ",\n\n"])
@pytest.mark.parametrize("at_once", [1, 300, 10**6])
def test_a_file_is_read_the_same_however_much_of_it_at_once(tmp_path, monkeypatch, between, at_once):
    monkeypatch.setattr(publication, "BLOCK_BYTES", at_once)
    path = tmp_path / "predictions.json"
    entries = [json.dumps(ENTRY | {"video": f"{number}.mp4"}) for number in range(9)]
    path.write_text("[\n" + between.join(entries) + "\n]\n")
    blocks = list(publication.blocks_of_predictions(path))
    assert [entry.video for block in blocks for entry in block] == [f"{number}.mp4" for number in range(9)]
    assert (len(blocks) > 1) == (between == ",\n" and at_once < 10**6)
    for damaged in ('"confidence": 1.5', '"confidence": "x"'):
        path.write_text("[\n" + between.join([*entries[:8], entries[8].replace('"confidence": 0.9', damaged)]) + "\n]")
        with pytest.raises(ArtifactError, match=r"at 8.*vidsort retrain"):
            artifacts.read_predictions(path)
    path.write_text("[\n" + between.join(entries))
    with pytest.raises(ArtifactError, match="vidsort retrain"):
        artifacts.read_predictions(path)


def test_the_scores_of_an_entry_may_lie_on_lines_too(tmp_path, monkeypatch):
    monkeypatch.setattr(publication, "BLOCK_BYTES", 1)
    scores = [{"folder": "food", "confidence": 0.9}, {"folder": "art", "confidence": 0.1}]
    text = json.dumps([ENTRY | {"top_predictions": scores}] * 3).replace("}, {", "},\n{")
    (tmp_path / "predictions.json").write_text(text)
    found = artifacts.read_predictions(tmp_path / "predictions.json")
    assert [[score.folder for score in entry.top_predictions] for entry in found] == [["food", "art"]] * 3


def test_missing_predictions_are_an_error_that_says_what_to_do(tmp_path):
    with pytest.raises(ArtifactError, match="run `vidsort retrain`"):
        artifacts.read_predictions(tmp_path / "predictions.json")


def test_a_rollback_restores_the_predictions_byte_for_byte(tmp_path):
    (first, first_bytes), (second, second_bytes) = store(tmp_path, 1, "a"), store(tmp_path, 2, "b")
    assert artifacts.current(tmp_path) is None
    publish(tmp_path, first)
    now = publish(tmp_path, second)
    assert artifacts.predictions_path(tmp_path).read_bytes() == second_bytes
    assert (now.model_id, [was.model_id for was in now.history]) == ("b", ["a"])
    assert artifacts.rollback(tmp_path).model_id == "a"
    assert artifacts.predictions_path(tmp_path).read_bytes() == first_bytes
    assert artifacts.current(tmp_path).predictions_id == first
    with pytest.raises(NotFoundError, match="no earlier"):
        artifacts.rollback(tmp_path)
    assert artifacts.predictions_path(tmp_path).read_bytes() == first_bytes


def test_publishing_the_same_again_adds_nothing_to_the_history(tmp_path):
    first, _ = store(tmp_path, 1)
    publish(tmp_path, first)
    assert publish(tmp_path, first).history == ()


def test_predictions_of_another_program_come_back_by_rollback(tmp_path):
    foreign = json.dumps([ENTRY], indent=7).encode()
    artifacts.predictions_path(tmp_path).write_bytes(foreign)
    publish(tmp_path, store(tmp_path, 1)[0])
    later = json.dumps([ENTRY], indent=3).encode()
    artifacts.predictions_path(tmp_path).write_bytes(later)
    publish(tmp_path, store(tmp_path, 2)[0])
    assert artifacts.rollback(tmp_path).model_id is None
    assert artifacts.predictions_path(tmp_path).read_bytes() == later
    assert artifacts.rollback(tmp_path).model_id == "m"
    artifacts.rollback(tmp_path)
    assert artifacts.predictions_path(tmp_path).read_bytes() == foreign


def test_predictions_that_are_gone_change_nothing(tmp_path):
    first, data = store(tmp_path, 1)
    publish(tmp_path, first)
    with pytest.raises(ArtifactError, match="run `vidsort predict`"):
        publish(tmp_path, "20260101-000009-abcdef")
    assert artifacts.predictions_path(tmp_path).read_bytes() == data
    assert artifacts.current(tmp_path).predictions_id == first


def test_what_is_no_predictions_is_never_put_in_force(tmp_path):
    first, data = store(tmp_path, 1)
    publish(tmp_path, first)
    second, _ = store(tmp_path, 2)
    for damaged in (b"", b"{}", b"[" * 100_000, b'[{"video": 7}]'):
        (tmp_path / "predictions" / second / "predictions.json").write_bytes(damaged)
        with pytest.raises(ArtifactError, match="documented form"):
            publish(tmp_path, second)
        assert artifacts.predictions_path(tmp_path).read_bytes() == data
    (tmp_path / "predictions" / second / "manifest.json").write_text('{"model_id": ["m"]}')
    assert set(predictions_of_models(tmp_path).values()) == {first}


def test_a_file_that_is_no_predictions_is_kept_and_stepped_over(tmp_path, caplog):
    first, data = store(tmp_path, 1)
    publish(tmp_path, first)
    artifacts.predictions_path(tmp_path).write_bytes(b"[{")
    now = publish(tmp_path, store(tmp_path, 2)[0])
    assert [was.predictions_id for was in now.history] == [first]
    assert b"[{" in [path.read_bytes() for path in tmp_path.glob("predictions/*/predictions.json")]
    assert "never put in force again" in caplog.text
    artifacts.rollback(tmp_path)
    assert artifacts.predictions_path(tmp_path).read_bytes() == data


def test_predictions_that_are_gone_do_not_keep_new_ones_from_being_published(tmp_path, caplog):
    first, data = store(tmp_path, 1)
    publish(tmp_path, first)
    shutil.rmtree(tmp_path / "predictions" / first)
    second, new = store(tmp_path, 2)
    now = publish(tmp_path, second)
    assert artifacts.predictions_path(tmp_path).read_bytes() == new
    # What was in force is still there, though nobody knows any more which model made it.
    assert [was.model_id for was in now.history] == [None]
    assert "no way back" in caplog.text
    artifacts.rollback(tmp_path)
    assert artifacts.predictions_path(tmp_path).read_bytes() == data


@pytest.mark.parametrize("predictions_id", ["../../elsewhere", "", "20260101-000001-abcdef/..", None, 7])
def test_what_is_in_force_is_named_by_an_id(tmp_path, predictions_id):
    (tmp_path / "current.json").write_text(json.dumps({"model_id": "m", "predictions_id": predictions_id, "at": ""}))
    with pytest.raises(ArtifactError, match="damaged"):
        artifacts.current(tmp_path)


def _publish_often(folder, predictions_id):
    for _ in range(20):
        publish(folder, predictions_id)


@pytest.mark.programs
def test_two_processes_that_publish_never_leave_a_mixture(tmp_path):
    made = dict(store(tmp_path, number, f"m{number}") for number in (1, 2))
    context = multiprocessing.get_context("spawn")
    rivals = [context.Process(target=_publish_often, args=(tmp_path, each)) for each in made]
    for rival in rivals:
        rival.start()
    for rival in rivals:
        rival.join()
    assert [rival.exitcode for rival in rivals] == [0, 0]
    now = artifacts.current(tmp_path)
    assert artifacts.predictions_path(tmp_path).read_bytes() == made[now.predictions_id]
    assert len(now.history) <= 100


def test_a_damaged_current_file_says_what_to_do(tmp_path):
    (tmp_path / "current.json").write_text("{")
    with pytest.raises(ArtifactError, match="remove it"):
        artifacts.current(tmp_path)


def test_json_is_utf8_and_has_null_for_what_is_no_number():
    assert as_json({"folder": "Süßes", "value": float("nan")}).decode() == '{\n "folder": "Süßes",\n "value": null\n}\n'


def test_a_damaged_model_is_left_out_of_the_list(tmp_path, caplog):
    write_version(tmp_path / "models" / new_version_id(), {"manifest.json": b"{}", "metrics.json": b"{}"})
    assert artifacts.list_models(tmp_path) == []
    assert "damaged" in caplog.text
    assert comparison.versions_frame(tmp_path).empty
    with pytest.raises(ArtifactError):
        read_json(tmp_path / "none.json")


def test_a_shorter_history_goes_back_less_far_and_what_is_in_force_stays(tmp_path):
    ids = []
    for number in range(4):
        predictions_id, _ = store(tmp_path, number)
        publish(tmp_path, predictions_id)
        ids.append(predictions_id)
    for most, left in ((9, ids[:3]), (2, ids[1:3]), (0, [])):
        shorten_history(tmp_path, most)
        now = artifacts.current(tmp_path)
        assert ([one.predictions_id for one in now.history], now.predictions_id) == (left, ids[3])
    with pytest.raises(NotFoundError):
        artifacts.rollback(tmp_path)
    shorten_history(tmp_path / "empty", 1)
