"""Predictions in memory: read when the server starts and again whenever the file changes."""

import contextlib
import gc
import hashlib
import itertools
import logging
import threading
from collections.abc import Collection, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from pathlib import Path

from ..artifacts.looked_at import looked_at_path, read_looked_at, stamp_of, version_of
from ..artifacts.publication import blocks_in, bytes_of_predictions, columns_of
from ..errors import ArtifactError
from ..library import is_learned
from ..records import FolderScore, Prediction
from .columns import Columns, Overlaid, folders_of, laid_over
from .entries import Guess, entry_text

log = logging.getLogger(__name__)

# So many predictions are more than all else that a server holds.
MANY = 10_000


@dataclass(frozen=True)
class Predictions:
    """One reading of the file, by filename.

    `version` is another one for each file, and the same in all processes.
    """

    version: str = ""
    by_video: Mapping[str, Prediction] = field(default_factory=dict)

    def guesses_of(self, names: Sequence[str]) -> list[Guess | None]:
        """What orders need to know of each of these videos; None where there is no prediction."""
        if isinstance(self.by_video, Columns | Overlaid):
            return self.by_video.guesses_of(names)
        return [None if (said := self.by_video.get(name)) is None else Guess.of(said) for name in names]

    def texts(self, names: Sequence[str]) -> list[str]:
        """The entries of these videos in the list as JSON text."""
        return [entry_text(name, self.by_video.get(name)) for name in names]

    def changed_since(self, before: "Predictions") -> Sequence[str] | None:
        """The names whose prediction may be another than in `before`; None: any."""
        return () if before is self else None


class LivePredictions:
    """What predictions.json says now, whoever wrote it, and of videos that it does not name what came out since.

    A missing file is an empty set. A damaged one is an empty set at the start; later the
    predictions that were read before stay in force until the file is whole.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stamp: tuple[int, int, int] | None = None
        self._predictions = Predictions()
        self._since_path = looked_at_path(path.parent)
        self._since_stamp: tuple[int, int, int] | None = None
        # What predictions.json says, and the same with what came out since.
        self._completed: tuple[Predictions, Predictions] | None = None
        self._reading = threading.Lock()
        self.current()

    def warn_if_none(self) -> None:
        """Log it where there are none, for who starts a server."""
        if self._stamp is None:
            log.warning("There are no predictions in %s yet: run `vidsort retrain` to make them.", self._path)

    def current(self) -> Predictions:
        """The predictions in force; reads a file if it has changed, and costs two `stat` otherwise."""
        with self._reading:
            stamp, since = stamp_of(self._path), stamp_of(self._since_path)
            if stamp != self._stamp:
                self._stamp = stamp
                with no_collection():
                    self._predictions = self._read()
                    if len(self._predictions.by_video) > MANY:
                        # These stay until there are others: they are not looked through for garbage time and again.
                        gc.freeze()
            if self._completed is None or self._completed[0] is not self._predictions or since != self._since_stamp:
                self._since_stamp = since
                with no_collection():
                    self._completed = (self._predictions, self._complete())
            return self._completed[1]

    def _complete(self) -> Predictions:
        said = self._predictions
        if self._since_stamp is None:
            return said
        try:
            since = read_looked_at(self._since_path.parent)
        except ArtifactError as error:
            log.warning("%s The videos that came since are shown without a guess.", error)
            return said
        if since is None or since.completes != said.version:
            return said
        more = {entry.video: entry for entry in since.predictions if entry.video not in said.by_video}
        version = f"{said.version}+{version_of(self._since_stamp)}"
        return Predictions(version, laid_over(said.by_video, more)) if more else said

    def _read(self) -> Predictions:
        entries: Mapping[str, Prediction] = {}
        if self._stamp is not None:
            try:
                entries = _read(self._path)
            except ArtifactError as error:
                log.warning("%s The predictions stay as they were.", error)
                return self._predictions
        return Predictions(version_of(self._stamp), entries)


def _read(path: Path) -> Mapping[str, Prediction]:
    """The entries of a file by filename; raises ArtifactError."""
    data = bytes_of_predictions(path)
    columns = columns_of(path.parent, data)
    if columns is not None:
        try:
            return Columns.of_bytes(columns)
        except ValueError as error:
            log.warning("The columns of %s are left out (%s): its entries are read instead.", path, error)
    return _entries(blocks_in(data, path))


def _entries(blocks: Iterator[list[Prediction]]) -> Mapping[str, Prediction]:
    """The entries by filename, of very many in columns."""
    first: list[Prediction] = []
    for block in blocks:
        first += block
        if len(first) > MANY:
            return Columns(itertools.chain([first], blocks))
    return {entry.video: entry for entry in first}


def following(predictions: Predictions, heirs: Mapping[str, str]) -> Predictions:
    """The same with folders that have gone replaced by those that took their place; its own version where that differs.

    Where two become one, the probabilities of both add up.
    """
    entries = predictions.by_video
    affected = _naming(entries, heirs.keys())
    if not affected:
        return predictions
    renamed = entries.renamed(heirs) if isinstance(entries, Columns) else None
    return Predictions(
        f"{predictions.version}{digest_of(sorted(heirs.items()))}",
        laid_over(entries, {name: followed(entries[name], heirs) for name in affected}) if renamed is None else renamed,
    )


def suggesting(predictions: Predictions, not_learned: Collection[str]) -> Predictions:
    """The same without the folders that are not learned from; its own version where any was named.

    Confidences stay what they are: a video that may belong elsewhere is no surer to belong to what is left.
    """
    if not not_learned:
        return predictions
    entries = predictions.by_video
    unlearned = {folder for folder in _folders_in(entries) if not is_learned(folder, not_learned)}
    if not unlearned:
        return predictions
    return Predictions(
        f"{predictions.version}{digest_of([(folder, '') for folder in sorted(unlearned)])}",
        laid_over(entries, {name: _suggested(entries[name], unlearned) for name in _naming(entries, unlearned)}),
    )


def _folders_in(entries: Mapping[str, Prediction]) -> Set[str]:
    """All folders that any of these may name."""
    if isinstance(entries, Columns | Overlaid):
        return set(entries.folders)
    return set(itertools.chain.from_iterable(map(folders_of, entries.values())))


def _naming(entries: Mapping[str, Prediction], folders: Set[str]) -> list[str]:
    """The videos of which the entry names any of these folders."""
    if isinstance(entries, Columns | Overlaid):
        return entries.naming(folders)
    return [name for name, entry in entries.items() if not folders_of(entry).isdisjoint(folders)]


def _suggested(prediction: Prediction, unlearned: Set[str]) -> Prediction | None:
    """The entry itself where it names none of them, else with the next best first; None where it names no other."""
    if folders_of(prediction).isdisjoint(unlearned):
        return prediction
    left = tuple(score for score in prediction.top_predictions if score.folder not in unlearned)
    if prediction.predicted_folder not in unlearned:
        return prediction.model_copy(update={"top_predictions": left})
    if not left:
        return None
    return prediction.model_copy(update={
        "predicted_folder": left[0].folder, "confidence": left[0].confidence, "top_predictions": left,
    })


def digest_of(renamed: Sequence[tuple[str, str]]) -> str:
    """What is put behind a version of predictions whose folders were renamed since."""
    return "-" + hashlib.blake2b(repr(renamed).encode(), digest_size=4).hexdigest()


def followed(prediction: Prediction, heirs: Mapping[str, str]) -> Prediction:
    """One entry of the same; the entry itself where it names no folder that has gone."""
    if folders_of(prediction).isdisjoint(heirs):
        return prediction
    shares: dict[str, float] = {}
    for score in prediction.top_predictions:
        folder = heirs.get(score.folder, score.folder)
        shares[folder] = min(1.0, round(shares.get(folder, 0.0) + score.confidence, 6))
    best = sorted(shares.items(), key=lambda share: -share[1])
    folder = heirs.get(prediction.predicted_folder, prediction.predicted_folder)
    if folder in shares:
        folder = best[0][0]
    return Prediction(
        video=prediction.video,
        predicted_folder=folder,
        confidence=shares.get(folder, prediction.confidence),
        top_predictions=tuple(FolderScore(folder=name, confidence=share) for name, share in best),
    )


@contextlib.contextmanager
def no_collection() -> Iterator[None]:
    """Without looking for garbage: among a hundred thousand new objects that are all kept, it doubles the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
