"""What is told of a video of the pile: its prediction, and what extraction found in it."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from ..artifacts import current_feature_set
from ..errors import ArtifactError
from ..features.contents import Contents
from ..features.stored import errors_of
from ..library import Snapshot
from ..records import Prediction, Video
from ..store import Database
from ..store.features import FeatureStore
from ..store.words import WordStore

NO_PREDICTION: dict[str, Any] = {"predicted_folder": None, "confidence": 0, "top_predictions": []}
_NO_PREDICTION_TEXT = json.dumps(NO_PREDICTION)


class Guess(NamedTuple):
    """What orders need to know of a prediction, of which a hundred thousand are wanted at once.

    two: the first two folders, fewer where no more are told; margin: how far the first is ahead of the second.
    """

    predicted_folder: str
    confidence: float
    two: tuple[str, ...]
    margin: float

    @classmethod
    def of(cls, said: Prediction) -> "Guess":
        """The same of one entry."""
        top = said.top_predictions
        margin = top[0].confidence - top[1].confidence if len(top) > 1 else said.confidence
        return cls(said.predicted_folder, said.confidence, tuple(score.folder for score in top[:2]), margin)


def entry(filename: str, prediction: Prediction | None) -> dict[str, object]:
    """The video as the list has it."""
    named: dict[str, object] = {"filename": filename}
    return named | (prediction.model_dump(exclude={"video"}) if prediction else NO_PREDICTION)


def entry_text(filename: str, prediction: Prediction | None) -> str:
    """The same as JSON text, in ASCII as far as the name goes, which need not be valid Unicode."""
    rest = prediction.model_dump_json(exclude={"video"}) if prediction else _NO_PREDICTION_TEXT
    return f'{{"filename": {json.dumps(filename)}, {rest[1:]}'


def records(
    filenames: Iterable[str], snapshot: Snapshot, predicted: Mapping[str, Prediction]
) -> Iterator[dict[str, object]]:
    """The videos of these names wherever they lie, in their order, with the folder; what is nowhere is left out.

    `folder` is None in the pile; a sorted video has no prediction, whatever was said of it before. One of several
    folders comes once for each.
    """
    for filename in filenames:
        for folder in snapshot.places_of(filename):
            prediction = predicted.get(filename) if folder is None else None
            yield entry(filename, prediction) | {"folder": folder}


def facts_of(
    database: Database, artifacts_dir: Path, data_dir: Path, filenames: Sequence[str]
) -> dict[str, dict[str, object]]:
    """The keys of a queue entry that say what is in these unsorted videos, `unreadable` with the reason if it is so.

    A video that was not looked at yet, or has changed since, is left out: nothing is claimed of it.
    """
    videos = []
    for name in filenames:
        try:
            facts = (data_dir / name).stat()
        except OSError:
            continue
        videos.append(Video(
            filename=name, folder=None, directory=data_dir, size_bytes=facts.st_size, mtime_ns=facts.st_mtime_ns
        ))
    store = FeatureStore(database)
    contents = store.remembered_contents(videos)
    found = store.facts(contents.values())
    try:
        reasons = errors_of(store, Contents(contents), current_feature_set(artifacts_dir))
    except ArtifactError:
        reasons = {}  # nothing was extracted yet
    words = WordStore(database, data_dir).documents([video.filename for video in contents])
    return {
        video.filename: _shown(found.get(content, {}) | _caption(words.get(video.filename)), reasons.get(video))
        for video, content in contents.items()
        if content in found or video in reasons
    }


def _shown(facts: dict[str, object], unreadable: str | None) -> dict[str, object]:
    """From the keys of MediaFacts, and the reason why extraction made nothing of it."""
    if not facts.get("readable", unreadable is None):
        playable = "none"
    else:
        playable = "direct" if facts.get("browser_playable", True) else "copy"
    shown = {name: facts.get(name) for name in ("duration_s", "width", "height", "caption")}
    return {"unreadable": unreadable, "playable": playable} | shown


def _caption(words: dict[str, Any] | None) -> dict[str, object]:
    """What was posted with a video, where any words go with it; it says more than a tag in the file."""
    text = (words or {}).get("description") or (words or {}).get("title")
    return {"caption": text} if text else {}
