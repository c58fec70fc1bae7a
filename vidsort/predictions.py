"""Predictions in memory: read when the server starts and again whenever the file changes."""

import contextlib
import gc
import logging
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .artifacts import read_predictions
from .errors import ArtifactError
from .records import Prediction

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Predictions:
    """One reading of the file, by filename; `entries` is the JSON text of what a list shows of each.

    `version` is another one for each file, and the same in all processes.
    """

    version: str = ""
    by_video: Mapping[str, Prediction] = field(default_factory=dict)
    entries: Mapping[str, str] = field(default_factory=dict)


class LivePredictions:
    """What predictions.json says now, whoever wrote it.

    A missing file is an empty set. A damaged one is an empty set at the start; later the
    predictions that were read before stay in force until the file is whole.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stamp: tuple[int, int, int] | None = None
        self._predictions = Predictions()
        self._reading = threading.Lock()
        self.current()
        if self._stamp is None:
            log.warning("There are no predictions in %s yet: run `vidsort retrain` to make them.", path)

    def current(self) -> Predictions:
        """The predictions in force; reads the file if it has changed, and costs one `stat` otherwise."""
        with self._reading:
            stamp = self._look()
            if stamp != self._stamp:
                self._stamp = stamp
                with _no_collection():
                    self._predictions = self._read()
            return self._predictions

    def _look(self) -> tuple[int, int, int] | None:
        try:
            facts = self._path.stat()
        except OSError:
            return None
        return facts.st_ino, facts.st_size, facts.st_mtime_ns

    def _read(self) -> Predictions:
        found: list[Prediction] = []
        if self._stamp is not None:
            try:
                found = read_predictions(self._path)
            except ArtifactError as error:
                log.warning("%s The predictions stay as they were.", error)
                return self._predictions
        return Predictions(
            "-".join(f"{part:x}" for part in self._stamp or ()),
            {prediction.video: prediction for prediction in found},
            {prediction.video: prediction.model_dump_json(exclude={"video"}) for prediction in found},
        )


@contextlib.contextmanager
def _no_collection() -> Iterator[None]:
    """Without looking for garbage: among a hundred thousand new objects that are all kept, it doubles the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
