"""What other tools read is written as they document it, and whatever is written is read back as it was."""

import csv
import json
import shutil
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from places import tree_of_names

from vidsort.api.contract import ExportAnswer, LabelsAnswer
from vidsort.cli import main
from vidsort.exchange.forms import TASKS, TREES, tasks_bytes, write_tree
from vidsort.exchange.given import UNLABELLED, read_labels
from vidsort.exchange.rows import labels_table
from vidsort.exchange.tables import table_bytes
from vidsort.library import Snapshot, scan
from vidsort.library.names import is_filename, is_folder_name
from vidsort.records import Video

# Names that have what separates, quotes and ends things in each of the forms.
ODD = ("süß, 'ehrlich' & so", "a;b'c", "test", "学校")
FORMS = ("csv", "jsonl", "parquet", "videofolder", "fiftyone-tree", "fiftyone-labels", "label-studio")
ENDINGS = {"csv": ".csv", "jsonl": ".jsonl", "parquet": ".parquet", "label-studio": ".json"}


CHARACTERS = st.characters(exclude_categories=["Cs"]) | st.sampled_from("\r\n\t,;\"'&<.-\u2028\x85")
FOLDERS = st.text(CHARACTERS, min_size=1, max_size=8).filter(lambda name: is_folder_name(name) and name != UNLABELLED)
VIDEOS = st.text(CHARACTERS, min_size=1, max_size=8).map("{}.mp4".format) | st.just("x" * 251 + ".mp4")
LABELS = st.dictionaries(VIDEOS.filter(lambda name: is_filename(name, "any")), FOLDERS, min_size=1, max_size=4)


@given(labels=LABELS)
@examples(max_examples=50)
@pytest.mark.parametrize("form", FORMS)
def test_any_name_that_is_allowed_comes_back_from_each_form(tmp_path_factory, labels, form):
    where = tmp_path_factory.mktemp("forms")
    (where / "library").mkdir()
    lying = [
        Video(filename=filename, folder=folder, directory=where, size_bytes=0, mtime_ns=0)
        for filename, folder in labels.items()
    ]
    output = where / f"out{ENDINGS.get(form, '')}"
    if form in TREES:
        write_tree(form, output, lying, copies=False, library=where / "library")
    elif form == TASKS:
        output.write_bytes(tasks_bytes(lying, [], None))
    else:
        if form == "parquet":
            pytest.importorskip("pyarrow", reason="needs the extra `parquet`")
        folders = {folder: tuple(name for name in labels if labels[name] == folder) for folder in labels.values()}
        output.write_bytes(table_bytes(labels_table(Snapshot((), folders), ()), form))
    assert dict(read_labels(output)) == labels


@pytest.fixture
def odd(settings):
    """A library of odd names, with two videos of one name but for the ending, and one that lies in two folders."""
    shutil.rmtree(settings.data_dir)
    for number, folder in enumerate(ODD):
        (settings.data_dir / folder).mkdir(parents=True)
        for name in (f"{number}, \"eins\" & zwei;.mp4", f"{number} ü.mov"):
            (settings.data_dir / folder / name).write_bytes(f"{folder}/{name}".encode())
    (settings.data_dir / ODD[0] / "same.mp4").write_bytes(b"1")
    (settings.data_dir / ODD[0] / "same.mov").write_bytes(b"2")
    return settings.model_copy(update={"video_names": "any"})


def exported(settings, form: str, where: Path, *flags: str) -> Path:
    if form == "parquet":
        pytest.importorskip("pyarrow", reason="needs the extra `parquet`")
    output = where / f"out{ENDINGS.get(form, '')}"
    assert main(["export", "--format", form, "--output", str(output), *flags, *settings.as_flags()]) == 0
    return output


def labels_of(settings) -> set[tuple[str, str]]:
    found = scan(settings.data_dir, settings.video_names)
    return {(name, folder) for folder, names in found.folders.items() for name in names}


@pytest.mark.parametrize("form", FORMS)
def test_labels_go_out_and_come_back_as_they_were_and_one_undo_takes_it_back(odd, tmp_path, capsys, form):
    labels = labels_of(odd)
    output = exported(odd, form, tmp_path)
    assert set(read_labels(output)) == labels
    sorted_so = tree_of_names(odd.data_dir)
    # As a new library would have them: all in one pile, no folder made.
    for path in list(odd.data_dir.glob("*/*")):
        path.rename(odd.data_dir / path.name)
    for folder in ODD:
        (odd.data_dir / folder).rmdir()
    piled = tree_of_names(odd.data_dir)
    capsys.readouterr()
    assert main(["import-labels", str(output), "--json", *odd.as_flags()]) == 0
    planned = LabelsAnswer.model_validate_json(capsys.readouterr().out)
    assert (planned.dry_run, len(planned.moves), sorted(planned.makes)) == (True, len(labels), sorted(ODD))
    assert tree_of_names(odd.data_dir) == piled
    assert main(["import-labels", str(output), "--yes", *odd.as_flags()]) == 0
    assert tree_of_names(odd.data_dir) == sorted_so
    assert main(["import-labels", str(output), "--yes", *odd.as_flags()]) == 0
    assert "Nothing is to be moved." in capsys.readouterr().out
    assert main(["undo", *odd.as_flags()]) == 0
    assert tree_of_names(odd.data_dir) == piled


def test_a_videofolder_is_as_hugging_face_documents_it(odd, tmp_path):
    output = exported(odd, "videofolder", tmp_path)
    with (output / "train" / "metadata.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {(Path(row["file_name"]).name, row["label"]) for row in rows} == labels_of(odd)
    for row in rows:
        path = output / "train" / row["file_name"]
        assert path.is_symlink()
        assert path.read_bytes() == (odd.data_dir / row["file_name"]).read_bytes()
    # One split, also where a folder is called as another one.
    head = (output / "README.md").read_text(encoding="utf-8").split("---\n")[1]
    assert yaml.safe_load(head)["configs"][0]["data_files"] == [{"split": "train", "path": "train/**"}]


# Their reader leaves the table to be closed by the collector.
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_hugging_face_datasets_loads_it(odd, tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    datasets = pytest.importorskip("datasets", reason="datasets is not installed")
    output = exported(odd, "videofolder", tmp_path, "--copy")
    found = datasets.load_dataset(str(output), cache_dir=str(tmp_path / "cache"))
    rows = found["train"].cast_column("video", datasets.Video(decode=False))
    assert {(Path(row["video"]["path"]).name, row["label"]) for row in rows} == labels_of(odd)


def test_a_tree_of_fiftyone_has_a_folder_a_class_and_copies_are_of_their_own(odd, tmp_path):
    output = exported(odd, "fiftyone-tree", tmp_path, "--copy")
    assert tree_of_names(output) == tree_of_names(odd.data_dir)
    name = next(output.glob("*/same.mp4"))
    assert not name.is_symlink()
    name.write_bytes(b"changed")
    assert (odd.data_dir / ODD[0] / "same.mp4").read_bytes() == b"1"


def test_labels_of_fiftyone_are_a_manifest_and_a_file_a_video(odd, tmp_path):
    (odd.data_dir / ODD[1] / "same.mp4").write_bytes(b"another of that name")
    output = exported(odd, "fiftyone-labels", tmp_path)
    manifest = json.loads((output / "manifest.json").read_text())
    assert manifest["type"] == "eta.core.datasets.LabeledVideoDataset"
    assert isinstance(manifest["description"], str)
    found = set()
    for places in manifest["index"]:
        data, labels = Path(places["data"]), Path(places["labels"])
        assert (data.parent.name, labels.parent.name, data.stem) == ("data", "labels", labels.stem)
        said = json.loads((output / labels).read_text())
        (label,) = said["attrs"]["attrs"]
        assert (label["type"], label["name"]) == ("eta.core.data.CategoricalAttribute", "label")
        source = odd.data_dir / label["value"] / said["filename"]
        assert (output / data).read_bytes() == source.read_bytes()
        found.add((said["filename"], label["value"]))
    assert found == labels_of(odd)
    assert len({places["labels"] for places in manifest["index"]}) == len(found)


def test_tasks_of_label_studio_fit_the_interface_that_is_written_with_them(learned, tmp_path):
    output = exported(learned, "label-studio", tmp_path)
    view = ElementTree.fromstring(output.with_suffix(".xml").read_text(encoding="utf-8"))
    video, choices = view.find("Video"), view.find("Choices")
    known = {choice.get("value") for choice in choices}
    assert known == {"dance", "food", "sport"}
    tasks = json.loads(output.read_text())
    assert len(tasks) == 15
    for task in tasks:
        address = task["data"][video.get("value").removeprefix("$")]
        assert (learned.data_dir / address.removeprefix("/data/local-files/?d=")).is_file()
        (said,) = task["annotations"] if "annotations" in task else task["predictions"]
        (result,) = said["result"]
        assert (result["from_name"], result["to_name"]) == (choices.get("name"), choices.get("toName"))
        assert result["to_name"] == video.get("name")
        assert result["type"] == "choices"
        assert set(result["value"]["choices"]) <= known
        if "predictions" in task:
            assert 0 < said["score"] <= 1
            assert said["model_version"]
    assert sum("predictions" in task for task in tasks) == 3


def test_a_guess_is_no_label_when_tasks_come_back(learned, tmp_path):
    output = exported(learned, "label-studio", tmp_path)
    assert len(read_labels(output)) == 12


@pytest.mark.parametrize("manifest", [
    "{}", "[]", "null", "1", '"index"', '{"index": [{}]}', '{"index": [{"labels": 1}]}',
])
def test_a_manifest_without_labels_is_one_sentence(settings, tmp_path, capsys, manifest):
    (tmp_path / "manifest.json").write_text(manifest)
    assert main(["import-labels", str(tmp_path), *settings.as_flags()]) == 2
    told = capsys.readouterr()
    assert (told.out, told.err.count("\n")) == ("", 1)
    assert "export the folder anew" in told.err


@pytest.mark.parametrize(("name", "text"), [
    ("a.jsonl", '{"filename": "71000000000000000.mp4", "folder": ["dance"]}'),
    ("a.json", '[{"data": {"filename": ["71000000000000000.mp4"]}, "annotations": [{"result": [{"type": "choices",'
               ' "value": {"choices": ["dance"]}}]}]}]'),
    ("a/labels/a.json", '{"filename": "71000000000000000.mp4", "attrs": {"attrs": [{"name": "label", "value": {}}]}}'),
])
def test_a_list_is_no_name(settings, tmp_path, capsys, name, text):
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    if path.parent.name == "labels":
        path = path.parent.parent
        (path / "manifest.json").write_text('{"index": [{"labels": "labels/a.json"}]}')
    assert main(["import-labels", str(path), *settings.as_flags()]) == 2
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize(("arguments", "code", "said"), [
    (("export", "--format", "videofolder", "--output", "{library}/x"), 2, "in the library"),
    (("export", "--format", "fiftyone-tree", "--output", "{there}"), 4, "never written over"),
    (("export", "--output", "{there}/labels.csv"), 4, "never written over"),
    (("export", "history", "--format", "videofolder", "--output", "x"), 2, "is of labels"),
    (("export", "said", "--format", "csv", "--output", "x"), 2, "jsonl"),
    (("export", "--format", "videofolder", "--output", "-"), 2, "makes a folder"),
    (("export", "--copy", "--output", "x.csv"), 2, "--copy"), (("export", "--json", "--output", "-"), 2, "--json"),
    (("export", "features", "--output", "x.csv"), 3, "extract-features"),
    (("import-labels", "{there}/nowhere.csv"), 3, "nowhere.csv"),
    (("import-labels", "{there}/odd.csv"), 2, "no column"),
    (("import-labels", "{there}/odd.json"), 2, "no JSON"), (("import-labels", "{there}/tasks.json"), 2, "tasks"),
    (("import-labels", "{there}/odd.jsonl"), 2, "as a table"),
    (("import-labels", "{there}/twins.csv"), 4, "one folder"),
    (("import-labels", "{there}/twin.csv"), 4, "one folder"),
    (("import-labels", "{there}/bad.csv"), 2, "folder"),
])
def test_what_cannot_be_written_or_read_is_one_sentence(settings, tmp_path, monkeypatch, capsys, arguments, code, said):
    there = tmp_path / "there"
    there.mkdir()
    monkeypatch.chdir(tmp_path)
    files = {
        "labels.csv": "", "odd.csv": "a,b\n1,2\n", "odd.json": "{", "tasks.json": '[{"annotations": [{"result": 1}]}]',
        "odd.jsonl": "1\n", "bad.csv": "filename,folder\n71000000000000000.mp4,../x\n",
        "twin.csv": "filename,folder\n71000000000000000.mp4,Dance\n",
        "twins.csv": "filename,folder\n71000000000000000.mp4,Golf\n71000000000000100.mp4,golf\n",
    }
    for name, text in files.items():
        (there / name).write_text(text, encoding="utf-8")
    before = tree_of_names(settings.data_dir)
    given = [one.format(library=settings.data_dir, there=there) for one in arguments]
    assert main([*given, *settings.as_flags()]) == code
    told = capsys.readouterr()
    assert (told.out, told.err.count("\n")) == ("", 1)
    assert said in told.err
    assert tree_of_names(settings.data_dir) == before


def test_what_was_written_is_told_as_json(settings, tmp_path, capsys):
    exported(settings, "csv", tmp_path, "--json")
    told = ExportAnswer.model_validate_json(capsys.readouterr().out)
    assert (told.what, told.form, told.count) == ("labels", "csv", 12)
