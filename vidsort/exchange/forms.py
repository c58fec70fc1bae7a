"""Labels in the forms that other tools read: trees of videos with what says where each lay, and tasks.

videofolder: https://huggingface.co/docs/datasets/video_dataset
fiftyone-tree, fiftyone-labels: https://docs.voxel51.com/user_guide/import_datasets.html
label-studio: https://labelstud.io/guide/task_format
"""

import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import quoteattr

from ..errors import VidsortError
from ..records import Prediction, Video
from .rows import Table
from .tables import table_bytes
from .written import require_free, taken

SPLIT = "train"
# By which a tool of theirs knows what is whose.
LABEL = "label"
TASKS_FROM, TASKS_TO = "folder", "video"
# Without it a folder called "test" would be taken for another split.
CARD = f"""\
---
configs:
- config_name: default
  data_files:
  - split: {SPLIT}
    path: "{SPLIT}/**"
---
Written by `vidsort export --format videofolder`.
"""

LONGEST_STEM_BYTES = 240

# What puts a video to a new place.
Put = Callable[[Path, Path], object]


def write_tree(form: str, target: Path, labelled: Sequence[Video], *, copies: bool, library: Path) -> None:
    """Make a folder in one of the forms that are trees, with links to the videos or copies of them.

    Raises SettingsError for a place in the library, ConflictError for one that is taken, VidsortError where the disk
    does not do it; the videos stay as they are in any case.
    """
    require_free(target, library)
    try:
        target.mkdir(parents=True)
    except FileExistsError as error:
        raise taken(target) from error
    try:
        TREES[form](target, labelled, shutil.copy2 if copies else _link)
    except OSError as error:
        why = error.strerror or error
        raise VidsortError(f"{target} could not be written whole ({why}): remove it and try again.") from error


def tasks_bytes(labelled: Sequence[Video], pile: Sequence[Prediction], model_id: str | None) -> bytes:
    """Tasks for Label Studio: sorted videos with their annotation, unsorted ones with the guess as a prediction.

    A video is named by where it lies in the library, which has to be the root of a local storage there.
    """
    tasks = [_task(video.folder, video.filename, {"annotations": [{"result": _result(video.folder or "")}]})
             for video in labelled]
    for one in pile:
        guess = {"model_version": model_id or "", "score": one.confidence, "result": _result(one.predicted_folder)}
        tasks.append(_task(None, one.video, {"predictions": [guess]}))
    return (json.dumps(tasks, indent=1) + "\n").encode("ascii")


def interface(folders: Sequence[str]) -> bytes:
    """The labelling interface that these tasks are for."""
    choices = "\n".join(f"    <Choice value={quoteattr(name)}/>" for name in folders)
    return (
        f'<View>\n  <Video name="{TASKS_TO}" value="$video"/>\n'
        f'  <Choices name="{TASKS_FROM}" toName="{TASKS_TO}" choice="single">\n{choices}\n  </Choices>\n</View>\n'
    ).encode("utf-8", "surrogateescape")


def _link(source: Path, target: Path) -> None:
    target.symlink_to(source.resolve())


def _write_videofolder(target: Path, labelled: Sequence[Video], put: Put) -> None:
    rows = [{"file_name": f"{video.folder}/{video.filename}", LABEL: video.folder} for video in labelled]
    _put_by_folder(target / SPLIT, labelled, put)
    (target / SPLIT).mkdir(exist_ok=True)
    (target / SPLIT / "metadata.csv").write_bytes(table_bytes(Table(("file_name", LABEL), rows), "csv"))
    (target / "README.md").write_text(CARD, encoding="utf-8")


def _put_by_folder(target: Path, labelled: Sequence[Video], put: Put) -> None:
    for video in labelled:
        place = target / (video.folder or "")
        place.mkdir(parents=True, exist_ok=True)
        put(video.path, place / video.filename)


def _write_labels(target: Path, labelled: Sequence[Video], put: Put) -> None:
    """A file of labels beside each video; of two that have one name the second has another one here."""
    index = []
    for name in ("data", "labels"):
        (target / name).mkdir()
    for video, name in zip(labelled, _names(labelled), strict=True):
        places = {"data": f"data/{name}", "labels": f"labels/{Path(name).stem}.json"}
        put(video.path, target / places["data"])
        label = {"type": "eta.core.data.CategoricalAttribute", "name": LABEL, "value": video.folder}
        _write_json(target / places["labels"], {
            "filename": video.filename, "attrs": {"attrs": [label]}, "frames": {},
        })
        index.append(places)
    _write_json(target / "manifest.json", {
        "type": "eta.core.datasets.LabeledVideoDataset", "description": "vidsort", "index": index,
    })


def _names(labelled: Sequence[Video]) -> Iterator[str]:
    """A name each, none twice, nor with another ending."""
    taken: set[str] = set()
    for video in labelled:
        stem, ending = Path(video.filename).stem, Path(video.filename).suffix
        # So that the ending of the labels has room behind it, and a number.
        stem = stem.encode()[:LONGEST_STEM_BYTES].decode(errors="ignore")
        number, name = 1, stem
        while name.casefold() in taken:
            number += 1
            name = f"{stem}-{number}"
        taken.add(name.casefold())
        yield name + ending


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=1) + "\n", encoding="ascii")


def _task(folder: str | None, filename: str, said: dict[str, Any]) -> dict[str, Any]:
    place = f"{folder}/{filename}" if folder is not None else filename
    address = f"/data/local-files/?d={quote(place, errors='surrogateescape')}"
    return {"data": {"video": address, "filename": filename}, **said}


def _result(folder: str) -> list[dict[str, Any]]:
    return [{"from_name": TASKS_FROM, "to_name": TASKS_TO, "type": "choices", "value": {"choices": [folder]}}]


TREES = {"videofolder": _write_videofolder, "fiftyone-tree": _put_by_folder, "fiftyone-labels": _write_labels}
TASKS = "label-studio"
